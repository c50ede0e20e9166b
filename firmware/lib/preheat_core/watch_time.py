"""Judges the clock itself: did the ticks of a heating run come when they should?

A tick takes 250 ms. Some are late in a healthy unit, without heat: an RP2 erases a sector of its
flash in 45 to 400 ms, every 10 s at most, and a host that stops reading costs 500 ms once. Seven
such writes fit into a minute. A clock that goes back, stands still or jumps ahead is conclusive at
once: while it is wrong, nothing that is measured against it means anything.
"""

LATE_MS = 500
TRIP_MS = 1500  # one tick of this length: the heat was not judged for too long
WINDOW = 240  # ticks, a minute
LATE_MOST = 8  # of these


class TimeWatch:
    """The ticks of one run's heat; `late_ticks` and `worst_ms` go into its summary."""

    __slots__ = ("_at", "_begun", "_recent", "_ring", "late_ticks", "worst_ms")

    def __init__(self):
        self.late_ticks = 0
        self.worst_ms = 0
        self._ring = bytearray(WINDOW)  # 1 where that tick was late
        self._at = 0
        self._recent = 0  # of the ring
        self._begun = False

    def step(self, took_ms: int) -> "str | None":
        """Judge the tick before this one, `took_ms` by the clock as it is; why it trips, or None.

        The first is passed over: the order to start came in it, with its writes to the flash,
        and no heat was on yet.
        """
        if not self._begun:
            self._begun = True
            return None
        late = not 0 < took_ms <= LATE_MS
        self.late_ticks += late
        self.worst_ms = max(self.worst_ms, took_ms)
        self._recent += late - self._ring[self._at]
        self._ring[self._at] = late
        self._at = (self._at + 1) % WINDOW
        if took_ms <= 0:
            return f"the clock went {took_ms} ms in a tick"
        if took_ms > TRIP_MS:
            return f"a tick took {took_ms} ms"
        if self._recent > LATE_MOST:
            return f"{self._recent} of {WINDOW} ticks late, the worst {self.worst_ms} ms"
        return None
