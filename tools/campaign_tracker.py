"""One fault of a campaign run: since when it is evident, how much time it has, what came of it."""

from typing import Any

import campaign_bounds as bounds
import campaign_evidence as evidence
from campaign_bounds import TICK_S
from campaign_evidence import Sight
from campaign_plants import Fitted

from preheat_core.faults import UNPLUG, severity


class Tracker:
    """One fault of a run: since when it is there, how far its bounds are used up, what came.

    `found` is the first code that truly answers it, `ended` another one that ended the run: then
    no heat is left to be detected, and the fault is neither found nor missed.
    """

    def __init__(self, fault: dict, unit: Fitted):
        self.kind = fault["kind"]
        self.fault = fault
        self.row = bounds.row_of(self.kind, unit)
        answers = bounds.BOUNDS.get(self.kind)
        self.codes = answers[0].codes if answers else None  # None: whatever comes
        self.limit = self.row is None or self.row.limit
        if self.kind == "tc_detached" and fault.get("value", 0.3) > bounds.DETACHED_MOST:
            self.row = None  # it may go unseen
        self._clock = None if self.row is None else evidence.make(self.row, unit, fault)
        self._loud: evidence.Evidence | None = None  # of heat that nothing can cut
        if self.row is not None and self.kind in bounds.RELAY:
            self._loud = evidence.Stuck(self.row, unit, fault)
        self.began_s: float | None = None
        self.there_s: float | None = None  # when it was there last
        self.shown_s: float | None = None  # since when it is there and nothing hides it
        self.active = False
        self.since_s: float | None = None  # of the present evidence
        self.reach = self.hard = self.quiet = 0.0
        self.found: str | None = None
        self.ended: str | None = None
        self.uncut = False  # its heat went on after a trip, for nothing could cut it
        self.shouted = False  # UNPLUG, in any way
        self.took_s: float | None = None
        self.told = False  # that it was missed
        self.told_quiet = False
        self.delay(0.0, unit)

    def delay(self, slack_s: float, unit: Fitted) -> None:
        """A slow step or a bent clock beside this fault may delay its detection by so much."""
        hard_s = None if self.row is None else self.row.seconds(unit)[1]
        self._ease = 1.0 if not hard_s else hard_s / (hard_s + slack_s + TICK_S)

    def chips(self, world: Any) -> tuple[str, ...]:
        """The names of the probes that it sits on; none where it is no probe's fault."""
        if self.kind not in bounds.CHIPS:
            return ()
        wanted = self.fault.get("probe")
        if wanted is None and self.kind.startswith("spi"):
            return tuple(chip.name for chip in world.chips.values())
        return (wanted or world._control,)

    @property
    def due(self) -> bool:
        """The hard bound has passed."""
        return self.hard * self._ease >= 1.0

    @property
    def done(self) -> bool:
        """A code was latched while it was there: nothing is waited for any more."""
        return self.found is not None or self.ended is not None

    def begin(self, sight: Sight) -> None:
        """The fault is there in this tick."""
        if self.began_s is None:
            self.began_s = sight.now_s - sight.dt_s
        self.there_s = sight.now_s

    def stand(self, codes: list[str]) -> None:
        """What is latched already while it is there: its own code needs no second latching."""
        own = [code for code in codes if self.codes is not None and code in self.codes]
        if own and not self.done:
            self.found = own[0]
            self.shouted = self.shouted or severity(own[0]) == UNPLUG

    def show(self, sight: Sight, shown: bool) -> None:
        """Whether it is there in this tick, and the unit can see it."""
        if not shown:
            self.shown_s = None
        elif self.shown_s is None:
            self.shown_s = sight.now_s - sight.dt_s

    def recent(self, now_s: float, tail_s: float) -> bool:
        """It is there, or was within the last `tail_s`."""
        return self.there_s is not None and now_s - self.there_s <= tail_s

    def step(self, sight: Sight) -> None:
        """One tick in which the fault is there and its evidence was not enough yet."""
        if self._clock is None or self.done:
            return
        used = self._clock.share(sight)
        if used is None:
            if not self.due:
                self.since_s, self.reach, self.hard = None, 0.0, 0.0
            return
        if self.since_s is None:
            first_s = sight.beat_s if self.kind == "host_silent" else sight.now_s - sight.dt_s
            self.since_s = first_s
        self.reach += used[0]
        self.hard += used[1]

    def listen(self, sight: Sight) -> bool:
        """One tick in which nothing can cut this heat: True when UNPLUG was due and not said."""
        if self._loud is None or self.shouted:
            return False
        used = self._loud.share(sight)
        self.quiet = 0.0 if used is None else self.quiet + used[1]
        return self.done and self.quiet * self._ease >= 1.0

    def latched(self, new: list[str], now_s: float) -> None:
        """Faults were latched while this one is or was there, in the tick that began then."""
        if self.began_s is None:
            return
        self.shouted = self.shouted or any(severity(code) == UNPLUG for code in new)
        own = [code for code in new if self.codes is None or code in self.codes]
        if not own and not self.done:
            self.ended = new[0]
        if not own or self.done:
            return
        self.found = own[0]
        if self.since_s is None and self.row is not None and self.row.evidence == "Instant":
            self.since_s = self.began_s  # in the very tick
        if self.since_s is not None:
            self.took_s = max(0.0, now_s - self.since_s)

    def forget(self) -> None:
        """The unit has started again: what was evident before is void."""
        self.quiet = 0.0
        if not self.done:
            self.since_s, self.reach, self.hard = None, 0.0, 0.0

    @property
    def missed(self) -> bool:
        """The hard bound has passed and nothing was latched."""
        return self.told or not self.done and self.due

    @property
    def pending(self) -> bool:
        """Evidence is there and the hard bound is still ahead, of a code or of UNPLUG."""
        if self.done:
            loud = self.row is not None and self.row.loud and not self.shouted
            return loud and 0 < self.quiet * self._ease < 1.0
        return self.since_s is not None and self.hard > 0 and not self.due

    def result(self, alone: bool) -> dict[str, Any]:
        """Plain figures."""
        bounded = self.row is not None and self.row.reach_s is not None
        measured = bounded and self.since_s is not None and self.ended is None
        return {"kind": self.kind, "began": self.began_s is not None, "code": self.found,
                "ended": self.ended, "evidence": self.since_s is not None, "took_s": self.took_s,
                "bounded": self.row is not None, "alone": alone,
                "reached": self.reach < 1.0 if measured else None, "missed": self.missed,
                "unplug": self.shouted if self.uncut else None}
