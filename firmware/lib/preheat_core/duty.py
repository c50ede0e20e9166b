"""Time proportioning: a duty becomes one contiguous pulse per window, in whole mains cycles."""

from preheat_core.clock import TICK_MS


class Window:
    """Deals out a duty as milliseconds of on-time per tick, over a window of 1 to 8 ticks.

    The pulse begins with the window, so a tick is all on, all off, or on with one falling edge.
    On-time comes in whole mains cycles (a zero-cross relay passes half waves; whole cycles keep
    direct current out of the supply); what does not fit is carried to the next window.
    """

    __slots__ = ("_carry_ms", "_cycle_ms", "_index", "_left_ms", "ticks")

    def __init__(self, ticks: int, mains_hz: int):
        self.ticks = ticks
        self._cycle_ms = 1000.0 / mains_hz
        self.reset()

    def reset(self) -> None:
        """Start a new window with nothing carried: after heat was withheld or a run began."""
        self._index = 0
        self._left_ms = 0.0
        self._carry_ms = 0.0

    @property
    def at_start(self) -> bool:
        """True when the next tick begins a window, and so takes a duty."""
        return self._index == 0

    def tick(self, duty: float) -> int:
        """On-time of this tick in ms, 0..TICK_MS. The duty counts at the window's first tick."""
        if self._index == 0:
            wanted_ms = min(1.0, max(0.0, duty)) * self.ticks * TICK_MS + self._carry_ms
            # A float's last digits must not lose a whole cycle: 0.5 * 1000 ms is 25 cycles.
            cycles = int(wanted_ms / self._cycle_ms + 1e-3)
            # A full window has no edge in it: it may end inside a cycle and go on in the next.
            self._left_ms = min(float(self.ticks * TICK_MS), cycles * self._cycle_ms)
            self._carry_ms = min(self._cycle_ms, max(0.0, wanted_ms - self._left_ms))
        self._index = (self._index + 1) % self.ticks
        on_ms = min(float(TICK_MS), self._left_ms)
        self._left_ms -= on_ms
        # 250 ms is not a whole number of 60 Hz cycles: a full tick stays on into the next one.
        return int(on_ms + 0.5)
