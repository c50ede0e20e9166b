"""When a fault's evidence is conclusive, told from the plant's own state.

Each class answers `share(sight)`: how much of its (reach, hard) bounds the last tick used up, or
None while there is no evidence; then the clock starts again.
"""

import copy
from collections import deque
from dataclasses import dataclass
from typing import Any

from campaign_bounds import AWAY_C, LOW_DUTY, LOW_DUTY_S, Row
from campaign_plants import Fitted

from preheat.bench.plant import DEAD_TIME_STEP_S, Plant

# Dead time and lag of the slowest admissible probe, s, untuned; the heaviest board, J/K.
SLOWEST_S = {"quartz": (10, 8), "plate": (10, 8), "ceramic": (30, 10), "oven": (30, 10)}
HEAVIEST_J_K, WEAKEST = 600.0, 0.8
MOVES_C = 1.0
DUTY_S = 8.0
LITTLE = 0.02  # of the lightest plate's full power: more would move the heaviest board as well
FEEBLE = 0.3  # a broken heater that gets all the time what little is left of it looks well
JUMP_S = 8.0  # two time constants of a junction in the air


@dataclass
class Sight:
    """One tick as the plant and the host saw it. Times are bench seconds."""

    world: Any
    now_s: float = 0.0
    dt_s: float = 0.0
    external: bool = False  # heat from above is declared, or was just now
    heating: bool = False  # a run was heating before this tick or is after it
    commanded_s: float = 0.0  # the relay's pin was high in this tick
    heat_s: float = 0.0  # current flowed in this tick
    loose_s: float = 0.0  # current flowed without the command
    duty: float = 0.0  # commanded, mean over DUTY_S
    beat_s: float = 0.0  # when the host last was heard
    detached: bool = True
    setpoint_c: "float | None" = None  # of the run that heats


class Duty:
    """Mean of what was commanded over the last DUTY_S."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, float]] = deque()
        self._dt_s = self._on_s = 0.0

    def add(self, dt_s: float, on_s: float) -> float:
        """One tick; the mean."""
        self._rows.append((dt_s, on_s))
        self._dt_s += dt_s
        self._on_s += on_s
        while self._dt_s > DUTY_S and len(self._rows) > 1:
            old_dt_s, old_on_s = self._rows.popleft()
            self._dt_s -= old_dt_s
            self._on_s -= old_on_s
        return max(0.0, self._on_s / self._dt_s) if self._dt_s else 0.0


class Evidence:
    """Base: `value` and `probe` are the fault row's; bounds are those of `row`."""

    def __init__(self, row: Row, unit: Fitted, fault: dict):
        self.unit = unit
        self.fault = fault
        self.reach_s, self.hard_s = row.seconds(unit)

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """See the module."""
        raise NotImplementedError

    def _used(self, dt_s: float) -> tuple[float, float]:
        return (dt_s / self.reach_s if self.reach_s else 0.0,
                dt_s / self.hard_s if self.hard_s else 0.0)


class Instant(Evidence):
    """The fault itself is the evidence, in a run."""

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """All of the tick."""
        return self._used(sight.dt_s) if sight.heating else None


class Silence(Evidence):
    """The time since the host was last heard, in a run that needs it."""

    def __init__(self, row: Row, unit: Fitted, fault: dict):
        super().__init__(row, unit, fault)
        self._first = True

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """From the last beat on."""
        if not sight.heating or sight.detached:
            return None
        passed_s = sight.now_s - sight.beat_s if self._first else sight.dt_s
        self._first = False
        return self._used(passed_s)


class Stuck(Evidence):
    """Current flows with little of it commanded."""

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """While the mean command is half or less and heat is there all the same."""
        if sight.duty > 0.5 or sight.loose_s <= 0.02:
            return None
        if sight.world.plant.gain < FEEBLE and not self.unit.load_sense:
            return None
        if sight.external and not self._seen_idle():
            return None
        if not sight.heating and not self.unit.contactor and not self._seen_idle():
            return None
        reach, hard = self._used(sight.dt_s)
        return reach, 0.0 if self._wanted(sight) else hard * self._strength(sight)

    def _strength(self, sight: Sight) -> float:
        """What shows is the heat: a heater that has lost power under a stuck relay shows less, and
        at first it shows what a cut would. The share of the weakest healthy power that is left."""
        if self.unit.load_sense:
            return 1.0
        return min(1.0, sight.world.plant.gain * self.unit.power / WEAKEST)

    def _wanted(self, sight: Sight) -> bool:
        """The board is below its setpoint and heat is commanded. Then nothing but a tune, a
        heater's probe or a load sense tells a heavy board under full heat from a light one under
        what is commanded; above the setpoint heat is withheld, and that tells."""
        if self.unit.tune != "none" or self._seen_idle() or sight.setpoint_c is None:
            return False
        return sight.duty > LITTLE and sight.world.plant.board_c() < sight.setpoint_c

    def _seen_idle(self) -> bool:
        """Without a run only these tell: anybody may warm the board."""
        return self.unit.load_sense or self.unit.has("heater")


class Loose(Evidence):
    """Current flows at times that are not commanded, by whatever holds the relay's pin."""

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """While the command leaves a quarter of the time free."""
        if sight.duty > 0.75 or sight.loose_s <= 0.02 or not sight.heating:
            return None
        return self._used(sight.dt_s)


class Dead(Evidence):
    """Heat is commanded and none flows."""

    def __init__(self, row: Row, unit: Fitted, fault: dict):
        super().__init__(row, unit, fault)
        self._idle = True

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """By the commanded duty; a duty of nearly nothing is no evidence, and no pardon."""
        if not sight.heating or sight.heat_s > 0.02:
            return None
        if sight.duty >= LOW_DUTY:
            return self._used(sight.dt_s)
        if sight.duty < 0.03:
            return None if self._idle else (0.0, 0.0)
        self._idle = False
        return sight.dt_s / LOW_DUTY_S, 0.0


class Frozen(Evidence):
    """Reach: the slowest admissible plant has moved. Hard: the word stands while heat flows."""

    def __init__(self, row: Row, unit: Fitted, fault: dict):
        super().__init__(row, unit, fault)
        self._body: Plant | None = None
        self._from_c = 0.0
        self._moved = False
        self._ours = fault.get("probe") is None

    def _begin(self, world: Any) -> None:
        body = copy.deepcopy(world.plant)
        unit = self.unit
        if body.board != body.heater and unit.heater != "oven":
            body.j_k[body.board] = max(HEAVIEST_J_K, body.j_k[body.board])
        else:
            body.j_k[body.board] += HEAVIEST_J_K
        body.power_w *= WEAKEST / unit.power
        body.gain = 1.0
        body.external_w = 0.0
        probe = next(p for p in body.probes if p.role == "board")
        dead_s, lag_s = SLOWEST_S[unit.heater]
        if unit.tune == "good":
            dead_s = min(dead_s, len(probe.dead) * DEAD_TIME_STEP_S + 3)
            lag_s = min(lag_s, probe.lag_s * 1.25 + 1)
        probe.lag_s = lag_s
        steps = int(dead_s / DEAD_TIME_STEP_S)
        probe.dead = [probe.seen_c] * max(0, steps - len(probe.dead)) + list(probe.dead)
        body._ring = 0
        self._body = body
        self._from_c = probe.temp_c

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """In a run only."""
        if not sight.heating:
            return None
        if self._body is None:
            self._begin(sight.world)
        body = self._body
        assert body is not None
        if not self._moved:
            body.step(sight.dt_s, sight.heat_s / sight.dt_s)
            at_c = next(p for p in body.probes if p.role == "board").temp_c
            self._moved = abs(at_c - self._from_c) >= MOVES_C
        reach, hard = self._used(sight.dt_s)
        # The firmware counts from 0.02 of its own mean on: just there nobody is right or wrong.
        under_heat = sight.duty > 0.03
        if not under_heat and not self._moved:
            return None
        return reach if self._moved and self._ours else 0.0, hard if under_heat else 0.0


class Away(Evidence):
    """The reading went far from what the probe would read where it belongs, and went there fast.

    A junction that falls to where the air happens to be as warm as the board shows nothing, nor
    does one that falls to what it read before, over a board that was changed just then.
    """

    def __init__(self, row: Row, unit: Fitted, fault: dict):
        super().__init__(row, unit, fault)
        self._age_s = 0.0
        self._first = True
        self._before = self._jumped = False
        self._from_c = 0.0  # what it read when it fell

    def share(self, sight: Sight) -> "tuple[float, float] | None":
        """While they are AWAY_C apart, if they came to be so within JUMP_S."""
        self._age_s += sight.dt_s
        if not sight.heating or sight.external or self.fault.get("probe") is not None:
            return None
        world = sight.world
        chip = next(c for c in world.chips.values() if c.name == world._control)
        read_c = chip._detached_c if chip._detached_c is not None else chip.probe.temp_c
        if self.fault["kind"] == "tc_offset":
            read_c += self.fault.get("value", 15.0)
        away = abs(read_c - chip.probe.temp_c) >= AWAY_C
        if self._first:
            # It was so before the run; a junction that still cools has fallen all the same.
            fallen = away or chip._detached_c is not None
            self._before = fallen and self._age_s > 1.0
            self._from_c = chip.probe.temp_c
            self._first = False
        if not away:
            return None
        seen = abs(read_c - self._from_c) >= AWAY_C
        self._jumped = self._jumped or (seen and self._age_s <= JUMP_S and not self._before)
        return self._used(sight.dt_s) if self._jumped else None


def make(row: Row, unit: Fitted, fault: dict) -> Evidence:
    """The evidence that a row of the bounds names."""
    kinds = {c.__name__: c for c in (Instant, Silence, Stuck, Loose, Dead, Frozen, Away)}
    return kinds[row.evidence](row, unit, fault)
