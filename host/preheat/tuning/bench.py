"""Tunes a unit on a virtual plant inside this process: test, fit and judgement, as `tune` does."""

from typing import Any, NamedTuple

from preheat.bench.inprocess import InProcess
from preheat.tuning.outcome import Tuned, evaluate
from preheat.tuning.recipe import TOP_C, tune_profile
from preheat_core import runlog


class Fit(NamedTuple):
    """What tuning on a plant gave.

    model: the table for the settings, empty without a fit · fit_c: rms of board probe against
    model, °C · minutes: from the start to the end of the test · problems: why this must not be
    stored, empty for a good one · tuned: data, fit and doubts · log: the run's log · end: how
    it ended.
    """

    model: dict[str, Any]
    fit_c: float
    minutes: float
    problems: list[str]
    tuned: Tuned
    log: runlog.Log
    end: str


def tune_on_plant(
    plant: dict[str, Any], board: dict[str, Any], settings: dict[str, Any],
    top_c: float = TOP_C, faults: Any = (), seed: int = 1,
) -> Fit:
    """A whole tuning run of the real kernel on a plant. All dicts are checked ones.

    RuntimeError if the unit refuses to start.
    """
    unit = InProcess(plant, board, settings, faults, seed)
    refusal = unit.start(tune_profile(board, top_c))
    if refusal is not None:
        raise RuntimeError(f"the unit refuses to tune: {refusal}")
    kernel = unit.kernel
    while kernel.heating:
        unit.wait(1)
    kernel.close_run()
    unit.wait(0.25)  # the bench collects the last blocks
    log = runlog.read(b"".join(unit.blocks))
    tuned = evaluate(log, unit.board)
    fitted = tuned.fitted
    return Fit(
        tuned.model() if fitted else {}, fitted.fit_c if fitted else float("nan"), tuned.minutes,
        [str(doubt) for doubt in tuned.doubts], tuned, log, str(kernel.last_end),
    )
