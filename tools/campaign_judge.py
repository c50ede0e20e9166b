"""Judges one unit of the campaign from its plant: was heat there that had to be gone, was it hot?

The unit's own word counts in one place only: which faults it has latched. The temperatures are
judged by campaign_truth.
"""

from typing import Any

import campaign_bounds as bounds
from campaign_bounds import RELAY, TICK_S
from campaign_evidence import Sight
from campaign_plants import Fitted
from campaign_tracker import Tracker
from campaign_truth import LEAST_S, Truth

from preheat_core.faults import UNPLUG, severity

AFTER_TRIP_S = 2 * TICK_S + 0.1  # heat may last so long past the beginning of a tick that trips


class Judge:
    """Sees every tick of a unit; `unsafe` and `false` collect sentences.

    slack_s: by which a bent clock or slow steps of this run may delay everything.
    """

    def __init__(
        self, fitted: Fitted, profile: dict, faults: list, healthy: bool, slack_s: float = 0.0
    ):
        self.fitted = fitted
        self.healthy = healthy
        self.truth = Truth(fitted, profile)
        self.slack_s = slack_s
        self._faults = faults
        self.trackers = self._fresh()
        self.past: list[Tracker] = []  # of runs before one that was started on a cleared latch
        self.unsafe: list[str] = []
        self.false: list[str] = []
        self.limited: list[str] = []  # trips that the plant really earned
        self.unplug: list[str] = []  # UNPLUG was shouted and the relay obeys
        self.codes: list[str] = []  # latched now
        self.details: dict[str, str] = {}  # and what is said of each
        self.said: list[str] = []  # all that ever was
        self.latched_s: float | None = None
        self._off_s: float | None = None  # since when no run may heat
        self._could = True  # take the heat away, at the last tick

    def _fresh(self) -> list[Tracker]:
        rows = [Tracker(fault, self.fitted) for fault in self._faults]
        for tracker in rows:
            tracker.delay(self.slack_s, self.fitted)
        return rows

    def again(self) -> None:
        """The latch was cleared: what is there still must be found anew."""
        self.past += self.trackers
        self.trackers = self._fresh()

    def tick(self, sight: Sight, codes: list[str], setpoint_c: "float | None") -> None:
        """One tick has passed."""
        for tracker in self.trackers:
            if tracker.active:
                tracker.begin(sight)
                tracker.stand(self.codes)
        self.hear(codes, sight.now_s - sight.dt_s)
        self._seen = [row for row in self.trackers if not self._hidden(row, sight)]
        for tracker in self.trackers:
            shown = tracker.active and tracker in self._seen
            tracker.show(sight, shown)
            if shown:
                tracker.step(sight)
            elif not tracker.missed:
                tracker.forget()
        was, self._could = self._could, self._controllable(sight.world)
        controllable = was and self._could
        if controllable:
            self._heat(sight)
        else:
            self._loose(sight)
        wrong = self.truth.look(sight, self.trackers, setpoint_c, controllable)
        if wrong is not None:
            self._note(wrong)

    def _hidden(self, row: Tracker, sight: Sight) -> bool:
        """The probe by which it shows stands or says nothing, so it shows no more.

        A probe that repeats its word hides what else is wrong with it; a relay is judged by the
        heater's probe or the board's, unless the load sense sees it. While others heat the board
        its own probe says nothing of the relay.
        """
        world = sight.world
        dead = any(other.active and other.kind in bounds.HEATLESS for other in self.trackers)
        if row.kind == "tc_detached" and dead:
            return True  # a junction in cool air and a cold board read the same
        hides: tuple[str, ...] = ()
        shows: tuple[str, ...] = ()
        if row.kind in bounds.HIDDEN:
            hides, shows = ("tc_frozen",), row.chips(world)
        elif row.kind == "ssr_stuck_on" and row.row is not None:
            hides = bounds.BLIND
            if row.row.sensors == "heater" or (row.row.sensors == "any" and sight.external):
                shows = tuple(c.name for c in world.chips.values() if c.role == "heater")
            elif row.row.sensors == "any":
                shows = (world._control,)
        blind = [name for other in self.trackers if other.active and other.kind in hides
                 for name in other.chips(world)]
        return bool(shows) and all(name in blind for name in shows)

    def hear(self, codes: list[str], now_s: float) -> None:
        """What is latched after the tick that began then."""
        new = codes[len(self.codes):] if codes[:len(self.codes)] == self.codes else codes
        self.codes = list(codes)
        self.said += [code for code in new if code not in self.said]
        if not codes:
            self.latched_s = None
        if not new:
            return
        if self.latched_s is None:
            self.latched_s = now_s
        begun = [tracker for tracker in self.trackers if tracker.began_s is not None]
        for tracker in begun:
            tracker.latched(new, now_s)
        if not any(tracker.kind in RELAY for tracker in begun):
            self.unplug += [f"{code} at {now_s:.1f} s" for code in new
                            if severity(code) == UNPLUG]
        benign = all(tracker.kind in bounds.BENIGN for tracker in begun)
        if self.healthy or benign:
            # What was cleared and is there still may strike before its new tracker begins.
            past = [old for old in self.past if old.began_s is not None]
            known = {code for old in past for code in (old.codes or ())}
            for code in new:
                if code in known:
                    continue
                words = f"{code} at {now_s:.1f} s"
                earned = self.truth.earned(code, self.details.get(code, ""))
                (self.limited if earned else self.false).append(words)

    def reset(self, sight: Sight, codes: list[str]) -> None:
        """The unit is about to start again, within a tick."""
        self.hear(codes, sight.now_s - sight.dt_s)
        if self._could and self._controllable(sight.world):
            self._still(sight)

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
                began_s = tracker.shown_s  # a probe that repeats its word repeats a good one
                late_s = bounds.SAMPLE_S + sight.dt_s + self.slack_s
                if began_s is not None and sight.now_s > began_s + late_s:
                    self._note(f"heat {sight.now_s:.1f} s on a reading that is invalid since "
                               f"{began_s:.1f} s")
        self._still(sight)
        if self.latched_s is not None and heat:
            if sight.now_s - sight.dt_s > self.latched_s + AFTER_TRIP_S:
                self._note(f"heat {sight.now_s:.1f} s after the trip at {self.latched_s:.1f} s")
        if sight.heating:
            self._off_s = None
        elif self._off_s is None:
            self._off_s = sight.now_s
        elif heat and sight.now_s - sight.dt_s > self._off_s + AFTER_TRIP_S:
            self._note(f"heat {sight.now_s:.1f} s without a run")

    def _still(self, sight: Sight) -> None:
        stuck = any(kind in sight.world._kinds for kind in RELAY)
        # The gate's timer is wound by a permit; a relay that is stuck needs none.
        if sight.heat_s > (bounds.WATCHDOG_S + 1.0 if stuck else bounds.STILL_S):
            self._note(f"{sight.heat_s:.2f} s of heat while the loop stood still until "
                       f"{sight.now_s:.1f} s")

    def _loose(self, sight: Sight) -> None:
        """Heat that nothing in the unit can take away: a person must hear of it."""
        for tracker in self._seen:
            if tracker.kind not in RELAY or not tracker.active:
                continue
            if self.latched_s is not None and sight.loose_s > LEAST_S:
                tracker.uncut = True
            loud = tracker.row is not None and tracker.row.loud
            if tracker.listen(sight) and loud and not tracker.told_quiet:
                tracker.told_quiet = True
                self._note(f"heat {sight.now_s:.1f} s that nothing can cut, and no UNPLUG after "
                           f"{', '.join(self.codes)}")

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
