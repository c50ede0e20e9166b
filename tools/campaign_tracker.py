"""One fault of a campaign run: since when it is evident, how much time it has, what came of it."""

from typing import Any

import campaign_bounds as bounds
import campaign_evidence as evidence
from campaign_bounds import TICK_S
from campaign_evidence import Sight
from campaign_plants import Fitted


class Tracker:
    """One fault of a run: since when it is there, how far its bounds are used up, what came."""

    def __init__(self, fault: dict, unit: Fitted):
        self.kind = fault["kind"]
        self.fault = fault
        self.row = bounds.row_of(self.kind, unit)
        if self.kind == "tc_detached" and fault.get("value", 0.3) > bounds.DETACHED_MOST:
            self.row = None  # it may go unseen, and the board get too hot
            self.limit = False
        else:
            self.limit = self.row is None or self.row.limit
        self._clock = None if self.row is None else evidence.make(self.row, unit, fault)
        self.began_s: float | None = None
        self.active = False
        self.since_s: float | None = None  # of the present evidence
        self.reach = self.hard = 0.0
        self.found: str | None = None  # the code that was latched
        self.took_s: float | None = None
        self.latched_s: float | None = None
        self.told = False  # that it was missed
        self.delay(0.0, unit)

    def delay(self, slack_s: float, unit: Fitted) -> None:
        """A slow step or a bent clock beside this fault may delay its detection by so much."""
        hard_s = None if self.row is None else self.row.seconds(unit)[1]
        self._ease = 1.0 if not hard_s else hard_s / (hard_s + slack_s + TICK_S)

    @property
    def due(self) -> bool:
        """The hard bound has passed."""
        return self.hard * self._ease >= 1.0

    def begin(self, sight: Sight) -> None:
        """The fault is there in this tick."""
        if self.began_s is None:
            self.began_s = sight.now_s - sight.dt_s

    def step(self, sight: Sight) -> None:
        """One tick in which the fault is there and its evidence was not enough yet."""
        if self._clock is None or self.found is not None:
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

    def latched(self, code: str, now_s: float) -> None:
        """A fault was latched while this one is or was there, in the tick that began then."""
        if self.began_s is None or self.found is not None:
            return
        self.found = code
        self.latched_s = now_s
        if self.since_s is None and self.row is not None and self.row.evidence == "Instant":
            self.since_s = self.began_s  # in the very tick
        if self.since_s is not None:
            self.took_s = max(0.0, now_s - self.since_s)

    def forget(self) -> None:
        """The unit has started again: what was evident before is void."""
        if self.found is None:
            self.since_s, self.reach, self.hard = None, 0.0, 0.0

    @property
    def missed(self) -> bool:
        """The hard bound has passed and nothing was latched."""
        return self.told or self.found is None and self.due

    @property
    def pending(self) -> bool:
        """Evidence is there and the hard bound is still ahead."""
        return self.found is None and self.since_s is not None and self.hard > 0 and not self.due

    def result(self, alone: bool) -> dict[str, Any]:
        """Plain figures."""
        return {"kind": self.kind, "began": self.began_s is not None, "code": self.found,
                "evidence": self.since_s is not None, "took_s": self.took_s,
                "bounded": self.row is not None, "alone": alone,
                "reached": None if self.row is None or self.row.reach_s is None
                or self.since_s is None else self.reach < 1.0, "missed": self.missed}
