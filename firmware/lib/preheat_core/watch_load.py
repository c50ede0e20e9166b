"""Judge of the load-sense input: does current flow exactly when the relay is switched on?

It sees the circuit itself: a relay that is stuck, and a fuse or heater that is broken.
"""

SURE_MS = 1000  # in all, of ticks in which it was looked at
EDGE_MS = 20  # a zero-cross relay lets go at the end of its half wave


class LoadSense:
    """`clear` says that a sensor that is known to work sees no current while none should flow."""

    __slots__ = ("_clear_ms", "_missing_ms", "_proved", "_seen_ms")

    def __init__(self):
        self._seen_ms = 0
        self._missing_ms = 0
        self._clear_ms = 0
        self._proved = False

    def arm(self) -> None:
        """A run begins: a fuse may have been changed."""
        self._missing_ms = 0

    @property
    def clear(self) -> bool:
        """True while no current flows, by a sensor that has seen current before."""
        return self._proved and self._clear_ms >= SURE_MS

    def step(self, dt_ms: int, on_ms: int, load_seen, load_on) -> "str | None":
        """One tick with `on_ms` of heat; None, "stuck_on" or "no_rise".

        `load_seen` is the input at its end, `load_on` at the end of its pulse; None where there
        is no such input or no pulse.
        """
        if load_seen is None:
            return None
        if on_ms + EDGE_MS < dt_ms:
            self._seen_ms = self._seen_ms + dt_ms if load_seen else 0
            self._clear_ms = 0 if load_seen else min(self._clear_ms + dt_ms, SURE_MS)
        else:
            self._clear_ms = 0
        if load_on is not None:
            self._missing_ms = 0 if load_on else self._missing_ms + dt_ms
            self._proved = bool(load_on)
        if self._seen_ms >= SURE_MS:
            return "stuck_on"
        return "no_rise" if self._missing_ms >= SURE_MS else None
