"""Plays one run of the benchmark: the real kernel on a plant, watched from outside.

    result = play(plant, board, settings, profile)

See bench_scores.Result for what comes back.
"""

from collections.abc import Callable
from typing import Any

from bench_scores import Result, Trace, score

from preheat.bench.inprocess import InProcess
from preheat_core import profile as profiles
from preheat_core import settings as unit_settings
from preheat_core.clock import TICK_MS
from preheat_core.faults import WAIT
from preheat_core.run import Run

Table = dict[str, Any]
OPERATOR_S = 60.0  # a person continues a waiting stage after this long
MOST_S = 20000.0


def untuned(name: str = "bench") -> Table:
    """The settings of a unit that was never tuned."""
    return unit_settings.default(name)


def play(
    plant: Table,
    board: Table,
    settings: Table,
    profile: Table,
    control: "Callable[[], Any] | None" = None,
    gain: float = 1.0,
    seed: int = 1,
    cool_s: float = 0.0,
) -> Result:
    """A whole run. RuntimeError if the unit refuses it, or it does not end.

    control: makes a strategy (see preheat_core.control) that replaces the settings' one.
    gain: share of the rated power that the heater really gives. cool_s: watch on for so long
    after the heat, for faults.
    """
    faults = [] if gain == 1.0 else [{"at_s": 0, "kind": "heater_gain", "value": gain}]
    unit = InProcess(plant, board, settings, faults, seed)
    profile = profiles.normalise(profile)
    from_c = _settled_c(unit)
    refusal = unit.start(profile)
    if refusal is not None:
        raise RuntimeError(f"the unit refuses {profile['name']}: {refusal}")
    kernel = unit.kernel
    run = kernel.run
    assert run is not None  # it was not refused
    if control is not None:
        run.control = control()
        run.control.reset(run.sequencer.setpoint.setpoint_c, 0.0)
    trace = Trace()
    _heat(unit, run, trace)
    for _ in range(int(cool_s * 1000) // TICK_MS):
        if kernel.run is None:
            break
        unit.tick()
    codes = [event["code"] for event in unit.events if event["ev"] == "fault"]
    ends = [event["end"] for event in unit.events if event["ev"] == "end"]
    targets_c = [stage["target_c"] for stage in profile["stages"]]
    planned_s = profiles.planned_s(profile, from_c) - profile["stages"][-1]["hold_s"]
    return score(trace, targets_c, planned_s, ends[-1] if ends else "none", codes)


def _settled_c(unit: InProcess) -> float:
    """Where the plant starts; true, for it has not been heated."""
    return unit.world.plant.board_c()


def _heat(unit: InProcess, run: Run, trace: Trace) -> None:
    """Tick until heat is over, one row of the trace per tick."""
    kernel = unit.kernel
    setpoint = run.sequencer.setpoint
    waited = 0
    for tick in range(int(MOST_S * 1000) // TICK_MS):
        unit.world.bus_word()  # no chip is selected: only brings the plant up to this moment
        plant = unit.world.plant
        true_c, heater_c = plant.board_c(), plant.heater_c()
        unit.tick()
        if not kernel.heating:
            return
        trace.t_s.append(tick * TICK_MS / 1000)
        trace.true_c.append(true_c)
        trace.heater_c.append(heater_c)
        read_c, valid = kernel.guard.control()
        trace.read_c.append(read_c if valid else None)
        trace.setpoint_c.append(setpoint.setpoint_c)
        trace.duty.append(run.duty)
        trace.stage.append(run.sequencer.index)
        trace.state.append(run.state)
        waited = waited + TICK_MS if run.state == WAIT else 0
        if waited >= OPERATOR_S * 1000:
            kernel.orders.proceed()
    raise RuntimeError(f"no end within {MOST_S:.0f} s")
