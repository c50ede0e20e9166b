"""What a run will be like on a tuned unit: the real kernel on a plant made of the unit's model.

Nothing is printed here. It is advice for one board, the one that the unit was tuned with unless
another mass is given; words for people are in `forecasttext`.
"""

import time
from typing import Any, NamedTuple

from preheat import units
from preheat.bench.inprocess import InProcess
from preheat.modelplant import plant_of
from preheat_core import feasible, limits
from preheat_core import profile as profiles
from preheat_core import settings as unit_settings
from preheat_core.clock import TICK_MS
from preheat_core.faults import WAIT
from preheat_core.model import Model

LONG_HOLD_S = 180  # a longer hold is not played to its end: nothing happens there any more
COAST_S = 120  # after the end of heat the board may go on rising
MOST_S = 3600  # no more of a run is played, nor for longer than
PATIENCE_S = 15  # by the clock on the wall; the rest is taken from the plan
CURVE_MS = 1000
STRETCHED_S = 3.0  # a shorter wait is not called one
COLUMNS = ("t_s", "setpoint_c", "board_c", "heater_c", "duty")


class Stage(NamedTuple):
    """One stage: what it needs by the model (shares of full power, 1 = all), and how it went.

    `duty` is the largest that the controller asked for; None where the stage was not reached.
    `held_s` and `lag_c`: of a profile that is not to be stretched, how long hold-back kept the
    setpoint waiting, and how far the board was behind it then.
    """

    name: str
    ramp_c_s: float
    needed: float
    needed_at_c: float
    most_c_s: float
    hold: float
    duty: "float | None" = None
    heater_c: "float | None" = None
    stretched_s: "float | None" = None
    held_s: "float | None" = None
    lag_c: "float | None" = None


class Forecast(NamedTuple):
    """`problems` keep the run from being started; then nothing was played and there is no curve.

    `end` is how the run would end, "" when it was too long to be played to its end; `curve` has
    rows of COLUMNS. Operator waits count as no time at all.
    """

    problems: "tuple[Any, ...]"
    stages: "tuple[Stage, ...]"
    power_w: float
    board_j_k: float
    tuned_j_k: float
    planned_s: float
    end: str = ""
    detail: str = ""
    seconds: float = 0.0
    peak_c: "float | None" = None
    overshoot_c: "float | None" = None
    curve: "tuple[tuple[float, ...], ...]" = ()

    @property
    def stretched(self) -> "list[Stage]":
        """The stages whose setpoint has to wait for the board."""
        return [stage for stage in self.stages if (stage.stretched_s or 0) >= STRETCHED_S]

    @property
    def lagging(self) -> "list[Stage]":
        """The stages that are not to be stretched, but whose setpoint is held back."""
        return [stage for stage in self.stages if (stage.held_s or 0) >= STRETCHED_S]

    @property
    def follows(self) -> bool:
        """True when the unit can follow the profile as it is written."""
        return self.end == "done" and not self.stretched and not self.lagging

    def as_dict(self) -> dict[str, Any]:
        """The forecast as plain JSON values."""
        rows = [stage._asdict() for stage in self.stages]
        for row in rows:
            row["needed_w"] = row["needed"] * self.power_w
        return {
            **{k: v for k, v in self._asdict().items() if k not in ("stages", "curve")},
            "problems": [str(problem) for problem in self.problems],
            "follows": self.follows,
            "stages": [{k: _rounded(v) for k, v in row.items()} for row in rows],
            "curve": {name: [row[i] for row in self.curve] for i, name in enumerate(COLUMNS)},
        }


def make(
    profile: dict[str, Any], board: dict[str, Any], settings: dict[str, Any],
    start_c: "float | None" = None, heater_c: "float | None" = None,
    mass_j_k: "float | None" = None, most_s: float = MOST_S,
) -> "Forecast | None":
    """Play `profile` on the unit of `board` and `settings`, all checked and fitting each other.

    start_c, heater_c: where board and heater are now; without them, at the model's ambient.
    mass_j_k: of another board. None when the unit is not tuned: nothing is known then.
    """
    profile, settings = profiles.normalise(profile), unit_settings.normalise(settings)
    tuned = settings.get("model")
    if tuned is None:
        return None
    laid = {**tuned, "board_j_k": mass_j_k or tuned["board_j_k"]}
    power_w = board["zones"][0]["power_w"]
    begin_c: float = tuned["ambient_c"] if start_c is None else start_c
    found = Forecast(
        problems=tuple(feasible.problems(profile, board, {**settings, "model": laid})),
        stages=_needs(profile, board, Model(laid)),
        power_w=power_w, board_j_k=laid["board_j_k"], tuned_j_k=tuned["board_j_k"],
        planned_s=round(profiles.planned_s(profile, begin_c), 1),
    )
    if found.problems:
        return found
    plant = plant_of(laid, power_w, begin_c, begin_c if heater_c is None else heater_c)
    return _Play(InProcess(plant, board, settings), profile, most_s).told(found)


def on_unit(
    link: Any, profile: dict[str, Any], mass_j_k: "float | None" = None, most_s: float = MOST_S
) -> "Forecast | None":
    """`make` for the unit at this link as it is now: its board, settings and readings."""
    settings = units.read_settings(link)
    if settings is None or settings.get("model") is None:
        return None
    board = units.read_stored(link, "board", "board")
    seen_c = {row[0]: row[2] for row in link.request("status")["probes"]}
    heaters = [row["name"] for row in board["probes"] if row["role"] == "heater"]
    start_c = seen_c.get(board["zones"][0]["probe"])
    heater_c = next((seen_c[name] for name in heaters if seen_c.get(name) is not None), None)
    return make(profile, board, settings, start_c, heater_c, mass_j_k, most_s)


def _needs(profile: dict[str, Any], board: dict[str, Any], model: Model) -> "tuple[Stage, ...]":
    found = []
    for row in feasible.rows(profile, model, board["zones"][0]["power_w"]):
        most_c_s = feasible.most_c_s(model, board, row)
        found.append(Stage(row.name, row.ramp_c_s, row.duty, row.at_c, most_c_s, row.hold))
    return tuple(found)


class _Play:
    """One run in a hurry: long holds cut, operators at once, to the end of the coast."""

    def __init__(self, unit: InProcess, profile: dict[str, Any], most_s: float) -> None:
        self.unit = unit
        self.most_ms = most_s * 1000
        self.run_max_s = limits.effective(unit.board, unit.kernel.settings, profile).run_max_s
        stages = profile["stages"]
        self.cut_s = [max(0, stage["hold_s"] - LONG_HOLD_S) for stage in stages]
        short = [{**s, "hold_s": s["hold_s"] - cut} for s, cut in zip(stages, self.cut_s)]
        self.profile = {**profile, "stages": short}
        self.duty = [0.0] * len(stages)
        self.heater_c: list[float | None] = [None] * len(stages)
        self.stretched_ms = [0] * len(stages)
        self.held_ms = [0] * len(stages)
        self.lag_c = [0.0] * len(stages)
        self.t_ms = 0
        self.curve: list[tuple[float, ...]] = []

    def told(self, found: Forecast) -> Forecast:
        """`found` with how the run went."""
        why = self.unit.start(self.profile)
        if why is not None:
            return found._replace(end="refused", detail=why)
        kernel, run = self.unit.kernel, self.unit.kernel.run
        assert run is not None
        until_s = time.monotonic() + PATIENCE_S
        while kernel.heating and self.t_ms < self.most_ms and time.monotonic() < until_s:
            self._tick(run)
            if run.state == WAIT:
                kernel.orders.proceed()
        index = run.sequencer.index
        seconds = self.t_ms / 1000 + sum(self.cut_s[:index])
        end, detail = run.end or "", ""
        if kernel.heating:
            seconds += run.sequencer.left_s() + sum(self.cut_s[index:])
        elif end == "done":
            seconds += self.cut_s[index]
            self.curve += [(seconds, *self.curve[-1][1:])]
            self._coast(run)
            if seconds > self.run_max_s:
                end, detail = "fault:run_timeout", f"at most {self.run_max_s} s"
        else:
            end, detail = f"fault:{kernel.latch.worst}", f"stage {run.sequencer.stage['name']}"
        numbers = run.metrics.summary()
        stages = [
            stage._replace(
                duty=self.duty[i], heater_c=self.heater_c[i],
                stretched_s=self.stretched_ms[i] / 1000, held_s=self.held_ms[i] / 1000,
                lag_c=self.lag_c[i],
            ) if self.heater_c[i] is not None else stage
            for i, stage in enumerate(found.stages)
        ]
        return found._replace(
            stages=tuple(stages), end=end, detail=detail, seconds=round(seconds, 1),
            peak_c=numbers["peak_c"], overshoot_c=numbers["overshoot_c"], curve=tuple(self.curve),
        )

    def _tick(self, run: Any) -> None:
        sequencer, plant = run.sequencer, self.unit.world.plant
        index, before_ms = sequencer.index, sequencer.stretched_ms
        self.unit.tick()
        self.t_ms += TICK_MS
        heater_c = plant.heater_c()
        self.duty[index] = max(self.duty[index], run.duty)
        self.heater_c[index] = max(self.heater_c[index] or heater_c, heater_c)
        self.stretched_ms[index] += sequencer.stretched_ms - before_ms
        setpoint = sequencer.setpoint
        if not self.profile["stretch"] and setpoint.held and not setpoint.arrived:
            self.held_ms[index] += TICK_MS
            lag_c = abs(setpoint.setpoint_c - plant.board_c())
            self.lag_c[index] = max(self.lag_c[index], lag_c)
        if self.t_ms % CURVE_MS == 0:
            t_s = self.t_ms / 1000 + sum(self.cut_s[: sequencer.index])
            row = (setpoint.setpoint_c, plant.board_c(), heater_c, run.duty)
            self.curve.append((t_s, *(round(value, 2) for value in row)))

    def _coast(self, run: Any) -> None:
        """The peak may come after the heat is off."""
        plant = self.unit.world.plant
        top_c = plant.board_c()
        for _ in range(COAST_S * 1000 // TICK_MS):
            self.unit.tick()
            top_c = max(top_c, plant.board_c())
            if run.closed or plant.board_c() < top_c - 1:
                return


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
