"""Which runs make up the control benchmark, and one of them done: case in, plain figures out.

Every plant is tuned once as it is and once hard, by the product's own `tune` on that very plant.
The textbook controllers are tuned on the noise-free step response of the same plant.
"""

from dataclasses import asdict, dataclass
from typing import Any

import bench_plants
from bench_cases import play, untuned
from bench_identify import identify
from textbook import Process, Textbook, simc_pi, simc_pid

from preheat.tuning.bench import tune_on_plant

OURS, PI, PID = "ours", "pi", "pid"
BENCH = "bench"  # the profile of bench_plants.bench_profile
AS_IT_IS, POWER, BOARD = "as tuned", "power", "board"
GAINS = (0.8, 1.2)
COOL_S = 200.0  # a stuck relay is judged 180 s after the heat: no run may look like one
PICTURE_EVERY = 8  # ticks


@dataclass(frozen=True)
class Case:
    """One run. `tuned_on` is the plant whose model and gains are used; `gain` scales the power."""

    plant: str
    hard: bool
    profile: str
    controller: str
    kind: str = AS_IT_IS
    gain: float = 1.0
    tuned_on: str = ""

    @property
    def unit(self) -> tuple[str, bool]:
        """What it was tuned on: (plant, hard)."""
        return self.tuned_on or self.plant, self.hard


@dataclass(frozen=True)
class Tuned:
    """What one tuning run and one step response gave."""

    settings: dict
    process: Process
    minutes: float
    fit_c: float
    problems: list


def cases(plants: "tuple[str, ...]", quick: bool = False) -> list[Case]:
    """Every run on these plants, the long ones first. quick: only the bench profile as tuned."""
    found = []
    for name in plants:
        for hard in (False, True):
            found += [Case(name, hard, BENCH, who) for who in (OURS, PI, PID)]
            if quick:
                continue
            for profile in bench_plants.stock_profiles(name):
                found += [Case(name, hard, profile, who) for who in (OURS, PID)]
            found += [Case(name, hard, BENCH, who, POWER, gain)
                      for gain in GAINS for who in (OURS, PID)]
            heater, _, kind = name.partition("-")
            if kind in ("light", "heavy"):
                found += [Case(name, hard, BENCH, who, BOARD, tuned_on=f"{heater}-medium")
                          for who in (OURS, PID)]
    return sorted(found, key=lambda case: case.profile != "bake-125")


def tune(unit: tuple[str, bool]) -> Tuned:
    """Tune the product's strategy and identify the process, on one plant."""
    plant, board = bench_plants.plant_and_board(*unit)
    settings = untuned()
    found = tune_on_plant(plant, board, settings)
    problems = [str(problem) for problem in found.problems]
    if not problems:  # else `tune` stores nothing, and the unit stays as it was
        settings = {**settings, "strategy": "predictive", "model": found.model}
    return Tuned(settings, identify(plant, board), found.minutes, found.fit_c, problems)


def run(job: tuple[Case, Tuned]) -> dict[str, Any]:
    """The figures of one case; `curve` holds a thinned trace where the picture wants it."""
    case, tuned = job
    plant, board = bench_plants.plant_and_board(case.plant, case.hard)
    if case.profile == BENCH:
        profile = bench_plants.bench_profile(plant, board, case.gain)
    else:
        profile = bench_plants.stock_profile(case.profile)
    control = None
    if case.controller != OURS:
        gains = (simc_pi if case.controller == PI else simc_pid)(tuned.process)
        control = lambda: Textbook(gains)  # noqa: E731 - a factory of one line
    settings = tuned.settings if case.controller == OURS else untuned()
    cool_s = COOL_S if case.controller == OURS else 0.0
    result = play(plant, board, settings, profile, control, case.gain, cool_s=cool_s)
    row = {**asdict(case), **result.figures()}
    if case.profile == BENCH and case.kind == AS_IT_IS and case.controller != PI:
        trace = result.trace
        row["curve"] = {
            "t_s": trace.t_s[::PICTURE_EVERY],
            "true_c": [round(c, 2) for c in trace.true_c[::PICTURE_EVERY]],
            "setpoint_c": [round(c, 2) for c in trace.setpoint_c[::PICTURE_EVERY]],
        }
    return row
