"""The true temperatures of one unit against its run's limits, and whether a trip was earned.

The margin is what the sensors may be wrong by: the declared error, what the board gains while its
probe is late, and by how much a frozen, detached or shifted probe lies as the plant knows it. A
probe that lies by any amount thereby bounds nothing more than that the guard works on what it
reads: how hot the board then truly gets stands in the table (`excess_c`), not in the verdict.
The spread across the board is not judged, only whether a trip for it was earned.
"""

from collections import deque
from typing import Any

from campaign_bounds import LYING
from campaign_evidence import Sight
from campaign_plants import Fitted
from campaign_tracker import Tracker

from preheat_core import limits
from preheat_core.board import PROCESS_ROLES

LEAST_S = 0.02  # current for less than this is the edge of a pulse
LOOK_BACK_S = 60.0
EXTERNAL_S = 180.0  # heat from above is in the board so long after it has stopped
TAIL_MOST_S = 60.0
MOLTEN_S = 3.0  # to see and to end it
UNSHOWN = "of heat do not show at the probe"  # as control_predictive.py has it


class Truth:
    """Sees every tick. `excess_c`: truth above the run's limit, at most; `over_c`: above the
    highest setpoint, at most, after a fault began."""

    def __init__(self, fitted: Fitted, profile: dict):
        self.fitted = fitted
        self.excess_c = self.over_c = -999.0
        self._limits = found = limits.effective(fitted.board, fitted.settings, profile)
        self._limit_c = found.row("board").trip_c
        self._limits_c: dict[int, float] = {}  # of the other nodes, where they differ
        # What a fault did that nothing could cut has yet to cool: how much heat that got since.
        self._left_s: float | None = None
        self._error_c = fitted.settings["sensor_error_c"]
        # What a fault did goes on to show for as long as its heat coasts and the probe is late;
        # what comes after that is the guard's again.
        coast_s = fitted.board["zones"][0]["coast_s"]
        self._tail_s = min(TAIL_MOST_S, fitted.late_s + coast_s)
        self._past: deque[tuple[float, float]] = deque()
        self._late_c = 0.0
        self._hottest_c = self._hot_heater_c = -999.0
        self._external_s = self._sampled_s = -1e9
        self._setpoint_c: float | None = None
        self._stands_c: dict[str, float] = {}  # by probe: what a frozen chip repeats
        self._lies: dict[str, tuple[float, float]] = {}  # by probe: °C at most, when it lied last
        self._molten_s = self._maybe_molten_s = self._longest_s = 0.0
        self._apart_c = 0.0

    def look(
        self, sight: Sight, trackers: list[Tracker], setpoint_c: "float | None", controllable: bool
    ) -> "str | None":
        """One tick has passed: what is unsafe about it, or None."""
        world, now_s = sight.world, sight.now_s
        plant = world.plant
        if setpoint_c is not None:
            self._setpoint_c = max(self._setpoint_c or 0.0, setpoint_c)
        self._look_at_lies(world, trackers, now_s)
        nodes = self._nodes(world)
        true_c = max(plant.temps_c[node] for node in nodes)
        self._hottest_c = max(self._hottest_c, true_c)
        self._hot_heater_c = max(self._hot_heater_c, plant.heater_c())
        self._trail(now_s, plant.board_c())
        if plant.external_w > 0:
            self._external_s = now_s
        began = [tracker for tracker in trackers if tracker.began_s is not None]
        if began and self._setpoint_c is not None:
            self.over_c = max(self.over_c, true_c - self._setpoint_c)
        self.excess_c = max(self.excess_c, true_c - self._limit_c)
        self._count(sight, true_c, max(nodes.values()))
        if not controllable or any(
            not t.limit and t.recent(now_s, self._tail_s) for t in began
        ):
            self._left_s = 0.0
            return None
        others = now_s - self._external_s < EXTERNAL_S  # heat that is not ours
        swapped = any(t.kind == "board_swap" for t in began)
        if (others or swapped) and sight.heat_s <= LEAST_S:
            return None
        # The margin shrinks while it cools: what was left has gone when it is below the limit.
        if self._left_s is not None:
            self._left_s += sight.heat_s
            if self._too_hot(plant, nodes, now_s, 0.0) is None:
                self._left_s = None
        hot = self._too_hot(plant, nodes, now_s)
        if hot is not None and (self._left_s is None or self._left_s > LEAST_S):
            return hot
        most_s = self._limits.tal_max_s
        if most_s is not None and self._molten_s > most_s + MOLTEN_S:
            return (f"above liquidus for {self._molten_s:.0f} s at {now_s:.1f} s: at most "
                    f"{most_s:.0f} s")
        return None

    def _too_hot(
        self, plant: Any, nodes: dict[int, float], now_s: float, share: float = 1.0
    ) -> "str | None":
        """The first node that is above its limit by more than a share of its margin."""
        for node, lie_c in nodes.items():
            margin_c = (self._error_c + self._late_c + lie_c) * share
            limit_c = self._limits_c.get(node, self._limit_c)
            if plant.temps_c[node] > limit_c + margin_c:
                return (f"{plant.temps_c[node]:.1f} C at {now_s:.1f} s: limit "
                        f"{limit_c:.0f} C and {margin_c:.1f} C of margin")
        return None

    def _nodes(self, world: Any) -> dict[int, float]:
        """The plant's nodes that a limit is for, and by how much their probes lie at most."""
        nodes = {world.plant.board: 0.0}
        self._limits_c = {}
        for chip in world.chips.values():
            if chip.probe is None or chip.role not in PROCESS_ROLES:
                continue
            lie_c = self._lies.get(chip.name, (0.0, 0.0))[0]
            mine = [chip.probe.node]
            if chip.name == world._control:
                mine.append(world.plant.board)
            for node in mine:
                nodes[node] = max(nodes.get(node, 0.0), lie_c)
            if chip.probe.node != world.plant.board:  # a part's limit is that of its probe's role
                limit_c = self._limits.row(chip.role).trip_c
                known_c = self._limits_c.get(chip.probe.node)
                if limit_c is not None and (known_c is None or limit_c < known_c):
                    self._limits_c[chip.probe.node] = limit_c
        return nodes

    def _look_at_lies(self, world: Any, trackers: list[Tracker], now_s: float) -> None:
        """What each chip reads, against what its probe has: the injected offset."""
        liars = [tracker for tracker in trackers if tracker.kind in LYING]
        for chip in world.chips.values():
            name = chip.name
            lying = [t for t in liars if t.active and name in t.chips(world)]
            if not lying or chip.probe is None:
                self._stands_c.pop(name, None)
                if name in self._lies and now_s - self._lies[name][1] > self._tail_s:
                    del self._lies[name]
                continue
            kinds = [tracker.kind for tracker in lying]
            true_c = chip.probe.temp_c
            fallen_c = chip._detached_c if "tc_detached" in kinds else None
            read_c = true_c if fallen_c is None else fallen_c
            read_c += sum(t.fault.get("value", 15.0) for t in lying if t.kind == "tc_offset")
            if "tc_frozen" in kinds:
                read_c = self._stands_c.setdefault(name, read_c)
            most_c = self._lies.get(name, (0.0, 0.0))[0]
            self._lies[name] = (max(most_c, abs(true_c - read_c)), now_s)

    def _count(self, sight: Sight, true_c: float, lie_c: float) -> None:
        """Seconds above liquidus, for certain and as the probes may have it; the spread."""
        reads_c = [chip.probe.temp_c for chip in sight.world.chips.values()
                   if chip.probe is not None and chip.role in PROCESS_ROLES]
        self._apart_c = max(self._apart_c, max(reads_c) - min(reads_c))
        liquidus_c = self._limits.liquidus_c
        if liquidus_c is None or not sight.heating:
            self._molten_s = self._maybe_molten_s = 0.0
            return
        wrong_c = self._error_c + self._late_c + lie_c
        self._molten_s += sight.dt_s * (true_c >= liquidus_c + wrong_c)
        self._maybe_molten_s += sight.dt_s * (max(reads_c) >= liquidus_c - self._error_c)
        self._longest_s = max(self._longest_s, self._maybe_molten_s)

    def earned(self, code: str, detail: str = "") -> bool:
        """The plant really did what this code says.

        No timeout is: the campaign's profiles allow each wait longer than any run is played.
        """
        found = self._limits
        if code == "no_rise":  # heat does not show by a bad tune's own model, and it says so
            return self.fitted.tune == "bad" and detail.endswith(UNSHOWN)
        if code == "over_temp":
            return self._hottest_c >= self._limit_c - 3.0
        if code == "heater_over_temp":
            return self._hot_heater_c >= found.row("heater").trip_c - 5.0
        if code == "tal_long":
            return self._longest_s >= (found.tal_max_s or 1e9) - MOLTEN_S
        if code == "spread":
            return self._apart_c >= (found.spread_max_c or 1e9) - self._error_c
        return code == "ramp_fast" and self._steepest() > found.ramp_max_c_s + 0.5

    def _steepest(self) -> float:
        rows = list(self._past)
        return max(((b - a) / (t - s) for (s, a), (t, b) in zip(rows, rows[4:]) if t > s),
                   default=0.0)

    def _trail(self, now_s: float, true_c: float) -> None:
        """Lag times rate: what the board gains in the time its probe is late, lately."""
        if now_s - self._sampled_s < 1.0:
            return
        self._sampled_s = now_s
        past = self._past
        past.append((now_s, true_c))
        while past[0][0] < now_s - LOOK_BACK_S:
            past.popleft()
        late = int(self.fitted.late_s + 2)
        rows = [c for _, c in past]
        if len(rows) > late:
            self._late_c = max(0.0, *(b - a for a, b in zip(rows, rows[late:])))
        else:
            self._late_c = max(rows) - rows[0]
