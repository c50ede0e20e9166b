"""Judges one unit of the campaign from its plant: was heat there that had to be gone, was it hot?

The unit's own word counts in one place only: which faults it has latched.
"""

from collections import deque
from typing import Any

import campaign_bounds as bounds
from campaign_bounds import TICK_S
from campaign_evidence import Sight
from campaign_plants import Fitted
from campaign_tracker import Tracker

from preheat_core import limits
from preheat_core.board import PROCESS_ROLES
from preheat_core.faults import UNPLUG, severity

AFTER_TRIP_S = 2 * TICK_S + 0.1  # heat may last so long past the beginning of a tick that trips
LEAST_S = 0.02  # current for less than this is the edge of a pulse
LOOK_BACK_S = 60.0
EXTERNAL_S = 180.0  # heat from above is in the board so long after it has stopped
RELAY = ("ssr_stuck_on", "pad_stuck_high")  # faults that truly call for unplugging
TIMEOUTS = ("ramp_timeout", "hold_timeout", "run_timeout", "operator_timeout")


class Judge:
    """Sees every tick of a unit; `unsafe` and `false` collect sentences.

    slack_s: by which a bent clock or slow steps of this run may delay everything.
    """

    def __init__(
        self, fitted: Fitted, profile: dict, faults: list, healthy: bool, slack_s: float = 0.0
    ):
        self.fitted = fitted
        self.healthy = healthy
        self.trackers = [Tracker(fault, fitted) for fault in faults]
        self.unsafe: list[str] = []
        self.false: list[str] = []
        self.limited: list[str] = []  # trips that the plant really earned
        self.unplug: list[str] = []  # UNPLUG was shouted and the relay obeys
        self.codes: list[str] = []
        self.excess_c = -999.0  # truth above the run's limit, at most
        self.over_c = -999.0  # truth above the highest setpoint, at most, after a fault began
        found = limits.effective(fitted.board, fitted.settings, profile)
        self._limit = found.row("board")
        self._heater_max_c = found.row("heater").trip_c
        self._ramp_max_c_s = found.ramp_max_c_s
        self._error_c = fitted.settings["sensor_error_c"]
        self._past: deque[tuple[float, float]] = deque()
        self._late_c = 0.0
        self._hottest_c = -999.0
        self._hot_heater_c = -999.0
        self._external_s = -1e9
        self._latched_s: float | None = None
        self._off_s: float | None = None  # since when no run may heat
        self._could = True  # take the heat away, at the last tick
        self.setpoint_c: float | None = None
        self.slack_s = slack_s
        for tracker in self.trackers:
            tracker.delay(slack_s, fitted)
        self._sampled_s = -1.0

    def tick(self, sight: Sight, codes: list[str], setpoint_c: "float | None") -> None:
        """One tick has passed."""
        if setpoint_c is not None:
            self.setpoint_c = max(self.setpoint_c or 0.0, setpoint_c)
        for tracker in self.trackers:
            if tracker.active:
                tracker.begin(sight)
        self._codes(codes, sight.now_s - sight.dt_s)
        active = [row.kind for row in self.trackers if row.active]
        self._seen = [row for row in self.trackers if not self._hidden(row, active)]
        for tracker in self.trackers:
            if tracker.active and tracker in self._seen:
                tracker.step(sight)
            elif not tracker.missed:
                tracker.forget()
        was, self._could = self._could, self._controllable(sight.world)
        controllable = was and self._could
        if controllable:
            self._heat(sight)
        self._temperature(sight, controllable)

    def _hidden(self, row: Tracker, active: list[str]) -> bool:
        """A board's probe that stands, or lies somewhere else, tells little of the rest."""
        by_board = row.kind in RELAY and row.row is not None and row.row.sensors == "any"
        if "tc_frozen" in active and (row.kind in bounds.HIDDEN or by_board):
            return True
        return "tc_detached" in active and by_board

    def _codes(self, codes: list[str], now_s: float) -> None:
        new = codes[len(self.codes):] if codes[:len(self.codes)] == self.codes else codes
        self.codes = list(codes)
        if not new:
            return
        if self._latched_s is None:
            self._latched_s = now_s
        begun = [tracker for tracker in self.trackers if tracker.began_s is not None]
        for tracker in begun:
            tracker.latched(new[0], now_s)
        if not any(tracker.kind in RELAY for tracker in begun):
            self.unplug += [f"{code} at {now_s:.1f} s" for code in new
                            if severity(code) == UNPLUG]
        benign = all(tracker.kind in bounds.BENIGN for tracker in begun)
        if self.healthy or benign:
            for code in new:
                words = f"{code} at {now_s:.1f} s"
                if self._earned(code):
                    self.limited.append(words)
                else:
                    self.false.append(words)

    def _earned(self, code: str) -> bool:
        """The plant really did what this code says."""
        if code in TIMEOUTS:
            return True
        if code == "no_rise" and self.fitted.tune == "bad":
            return True  # the model in its settings is another unit's, and it says so
        if code == "over_temp":
            return self._hottest_c >= self._limit.trip_c - 3.0
        if code == "heater_over_temp":
            return self._hot_heater_c >= self._heater_max_c - 5.0
        return code == "ramp_fast" and self._steepest() > self._ramp_max_c_s + 0.5

    def _steepest(self) -> float:
        rows = list(self._past)
        return max(((b - a) / (t - s) for (s, a), (t, b) in zip(rows, rows[4:]) if t > s),
                   default=0.0)

    def _controllable(self, world: Any) -> bool:
        kinds = world._kinds
        if self.fitted.contactor and "contactor_welded" not in kinds:
            return True
        return not any(kind in kinds for kind in RELAY)

    def _heat(self, sight: Sight) -> None:
        """Heat that the relay or the contactor could still have taken away."""
        heat = sight.heat_s > LEAST_S
        stuck = any(kind in sight.world._kinds for kind in RELAY)  # the contactor waits for proof
        for tracker in self._seen:
            if tracker.due and heat and sight.heating:
                self._note(f"heat {sight.now_s:.1f} s: {tracker.kind} is evident since "
                           f"{tracker.since_s:.1f} s")
            if stuck or not (tracker.active and heat and sight.heating):
                continue
            if tracker.kind in bounds.INHIBITS:
                began_s = tracker.began_s
                late_s = bounds.SAMPLE_S + sight.dt_s + self.slack_s
                if began_s is not None and sight.now_s > began_s + late_s:
                    self._note(f"heat {sight.now_s:.1f} s on a reading that is invalid since "
                               f"{began_s:.1f} s")
        # The gate's timer is wound by a permit; a relay that is stuck needs none.
        if sight.heat_s > (bounds.WATCHDOG_S + 1.0 if stuck else bounds.STILL_S):
            self._note(f"{sight.heat_s:.2f} s of heat while the loop stood still until "
                       f"{sight.now_s:.1f} s")
        if self._latched_s is not None and heat:
            if sight.now_s - sight.dt_s > self._latched_s + AFTER_TRIP_S:
                self._note(f"heat {sight.now_s:.1f} s after the trip at {self._latched_s:.1f} s")
        if sight.heating:
            self._off_s = None
        elif self._off_s is None:
            self._off_s = sight.now_s
        elif heat and sight.now_s - sight.dt_s > self._off_s + AFTER_TRIP_S:
            self._note(f"heat {sight.now_s:.1f} s without a run")

    def _temperature(self, sight: Sight, controllable: bool) -> None:
        """The true temperatures against the run's limit and the declared margin."""
        plant = sight.world.plant
        nodes = {plant.board} | {
            chip.probe.node for chip in sight.world.chips.values()
            if chip.probe is not None and chip.role in PROCESS_ROLES
        }
        true_c = max(plant.temps_c[node] for node in nodes)
        self._hottest_c = max(self._hottest_c, true_c)
        self._hot_heater_c = max(self._hot_heater_c, plant.heater_c())
        self._trail(sight.now_s, plant.board_c())
        if plant.external_w > 0:
            self._external_s = sight.now_s
        began = [tracker for tracker in self.trackers if tracker.began_s is not None]
        if began and self.setpoint_c is not None:
            self.over_c = max(self.over_c, true_c - self.setpoint_c)
        excess_c = true_c - self._limit.trip_c
        self.excess_c = max(self.excess_c, excess_c)
        margin_c = self._error_c + self._late_c + sum(
            abs(t.fault.get("value", 15.0)) for t in began if t.kind == "tc_offset"
        )
        if excess_c <= margin_c or not controllable:
            return
        if any(not t.limit for t in began):
            return
        others = sight.now_s - self._external_s < EXTERNAL_S  # heat that is not ours
        swapped = any(t.kind == "board_swap" for t in began)
        if (others or swapped) and sight.heat_s <= LEAST_S:
            return
        self._note(f"{true_c:.1f} C at {sight.now_s:.1f} s: limit {self._limit.trip_c:.0f} C and "
                   f"{margin_c:.1f} C of margin")

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

    def _note(self, sentence: str) -> None:
        if len(self.unsafe) < 5:  # what comes after it follows from it
            self.unsafe.append(sentence)

    @property
    def pending(self) -> bool:
        """Something is still to be waited for."""
        return any(tracker.pending for tracker in self.trackers)

    def close(self) -> None:
        """A boot is over: what was evident in it and never latched."""
        for tracker in self.trackers:
            if tracker.missed and tracker.due:
                tracker.told = True
                self._note(f"{tracker.kind} was evident since {tracker.since_s:.1f} s and never "
                           "latched")
            tracker.forget()
        self._off_s = None
