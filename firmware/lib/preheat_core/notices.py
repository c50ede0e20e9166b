"""When to tell of an approach to a limit and of withheld heat: once, not at every tick."""

from preheat_core.clock import add, diff

INHIBIT_MS = 5000  # an inhibit that comes and goes is told again after this, then twice this, …
INHIBIT_MAX_MS = 10_240_000
APPROACH_AGAIN_C = 3.0  # an approach is told again after falling this far below


class Notices:
    """Turns the guard's state of each tick into the few events worth telling."""

    __slots__ = ("_inhibit", "_now_ms", "_pause_ms", "_told_ms", "_warned")

    def __init__(self):
        self._now_ms = 0
        self.reset()

    def reset(self) -> None:
        """A run begins: everything is news again."""
        self._warned = None  # index of the probe whose approach was told
        self._inhibit = None
        self._told_ms = None
        self._pause_ms = INHIBIT_MS

    def step(self, dt_ms: int, guard, heating: bool):
        """The events of this tick, as dicts."""
        self._now_ms = add(self._now_ms, dt_ms)
        events = []
        near = guard.approach
        if near is not None and self._warned is None:
            index, temp_c, row = near
            self._warned = index
            events.append(
                {
                    "ev": "approach",
                    "role": row.role,
                    "temp_c": round(temp_c, 1),
                    "limit_c": row.trip_c,
                }
            )
        elif near is None and self._warned is not None:
            watch = guard.limit_watches[self._warned]
            if watch.temp_c < watch.limit.approach_c - APPROACH_AGAIN_C:
                self._warned = None
        inhibit = guard.inhibit if heating else None
        if inhibit is not None and inhibit != self._inhibit:
            if self._told_ms is None or diff(self._now_ms, self._told_ms) >= self._pause_ms:
                if self._told_ms is not None:
                    # A flickering probe in a bake of two days must not fill the run's log.
                    self._pause_ms = min(2 * self._pause_ms, INHIBIT_MAX_MS)
                self._told_ms = self._now_ms
                events.append({"ev": "inhibit", "code": inhibit})
        self._inhibit = inhibit
        return events
