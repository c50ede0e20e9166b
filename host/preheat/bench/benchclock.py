"""Bench time and what hangs on it: ticks with MicroPython's wrap, hardware timers, the watchdog.

Bench time is an int in µs since the unit was started. It moves only through `advance` (sleeping)
and, a little, by looking at it; it goes on over resets, while ticks begin afresh at each boot.
"""

TICKS_PERIOD = 1 << 30
TICKS_START_MS = TICKS_PERIOD - 30000  # every run crosses the wrap
ASK_US = 5  # what looking at the clock costs; a loop that only looks must end too
_FAR_US = 3600000000


class UnitReset(Exception):
    """The microcontroller was reset; args: cause ("reset", "soft", "watchdog", "power"), off_s."""


def raise_reset(cause, off_s):
    """The usual on_reset of an in-process world."""
    raise UnitReset(cause, off_s)


class Timer:
    """One hardware timer; `callback(owner)` runs when bench time passes `due_us`."""

    __slots__ = ("callback", "due_us", "owner", "period_us")

    def __init__(self, owner):
        self.owner = owner
        self.callback = None
        self.due_us = None
        self.period_us = None


class BenchClock:
    """Base of World, which says what passes (`_integrate`) and what else is due (`_own_*`)."""

    def __init__(self, on_reset=raise_reset):
        self.on_reset = on_reset  # (cause, off_s); must not return
        self.now_us = 0
        self.boot_us = 0
        self._next_us = 0
        self._in_event = False
        self._timers = []
        self._wdt_us = None
        self._wdt_due_us = None

    def _integrate(self):
        raise NotImplementedError

    def _own_events(self):
        raise NotImplementedError

    def _own_due_us(self):
        raise NotImplementedError

    def reset(self, cause, off_s=0.0):
        """End this boot for a named cause; does not return."""
        self._integrate()
        self.on_reset(cause, off_s)

    def ticks_ms(self):
        """MicroPython's ticks_ms of this boot: starts 30 s before its wrap."""
        self._ask()
        return (TICKS_START_MS + (self.now_us - self.boot_us) // 1000) & (TICKS_PERIOD - 1)

    def ticks_us(self):
        """ticks_us of this boot."""
        self._ask()
        return (TICKS_START_MS * 1000 + self.now_us - self.boot_us) & (TICKS_PERIOD - 1)

    def _ask(self):
        if self.now_us + ASK_US < self._next_us:
            self.now_us += ASK_US
        else:
            self.advance(ASK_US)

    def advance(self, us):
        """Pass bench time; timers, watchdog, faults and trace rows come at their exact moments.

        What no event needs is integrated later, at the next event or pin edge, or by `sync`.
        """
        target = self.now_us + max(int(us), 0)
        if self._in_event:  # a timer callback cannot sleep: only its clock goes on
            self.now_us = target
            return
        while self._next_us <= target:
            if self._next_us > self.now_us:
                self.now_us = self._next_us
            self._integrate()
            self._events()
        if target > self.now_us:
            self.now_us = target

    def sync(self):
        """Bring the plant up to now, before looking into it."""
        self._integrate()

    def _events(self):
        now = self.now_us
        self._own_events()
        for timer in list(self._timers):
            if timer.due_us is not None and timer.due_us <= now:
                self._fire(timer)
        if self._wdt_due_us is not None and self._wdt_due_us <= now:
            self.reset("watchdog")
        self._plan()

    def _plan(self):
        """Find the bench time of the next event."""
        due = self.now_us + _FAR_US
        own = self._own_due_us()
        if own is not None and own < due:
            due = own
        if self._wdt_due_us is not None and self._wdt_due_us < due:
            due = self._wdt_due_us
        for timer in self._timers:
            if timer.due_us is not None and timer.due_us < due:
                due = timer.due_us
        self._next_us = due

    def _fire(self, timer):
        if timer.period_us is None:
            timer.due_us = None
        else:
            timer.due_us += timer.period_us
        self._in_event = True
        try:
            timer.callback(timer.owner)
        finally:
            self._in_event = False

    def start_timer(self, timer, delay_us, callback, periodic=False):
        """(Re)start a Timer."""
        delay_us = max(int(delay_us), 1)
        timer.callback = callback
        timer.due_us = self.now_us + delay_us
        timer.period_us = delay_us if periodic else None
        if timer not in self._timers:
            self._timers.append(timer)
        self._plan()

    def stop_timer(self, timer):
        """Stop it; a stopped timer may be started again."""
        timer.due_us = None
        if timer in self._timers:
            self._timers.remove(timer)

    def start_watchdog(self, timeout_ms):
        """Start the watchdog; it bites in bench time and cannot be stopped."""
        self._wdt_us = int(timeout_ms) * 1000
        self.feed()

    def feed(self):
        """Feed it; nothing happens before it was started."""
        if self._wdt_us is not None:
            self._wdt_due_us = self.now_us + self._wdt_us
            self._plan()
