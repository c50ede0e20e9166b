"""The only place that turns the heater's relay on; it needs this tick's permit, every tick."""

from preheat_core.clock import diff
from preheat_fw.pads import Pad

DROP_MS = 600  # the hardware timer takes the heat away this long after the last permit


class Gate:
    """One solid-state relay behind a permit that expires by itself.

    `ssr` and `contactor` are callables pin(0/1) (contactor may be None); `timer` has the
    `init(mode=, period=, callback=)` and `deinit()` of machine.Timer; `ticks_ms` is the clock.
    `hard`: the timer's init takes hard=True and calls back in the interrupt itself.
    """

    def __init__(self, ssr, contactor, timer, one_shot, ticks_ms, hard=False):
        self._ssr = ssr
        self._contactor = contactor
        self._timer = timer
        self._one_shot = one_shot
        self._ticks_ms = ticks_ms
        self._more = {"hard": True} if hard else {}
        self._wound = False  # the timer runs
        self._on_since_ms = None
        self._delivered_ms = 0
        self._drop_call = self._drop  # bound once: an interrupt must not allocate
        self._closed = 0
        self._ssr_pad = Pad(ssr, "ssr")
        self._contactor_pad = None if contactor is None else Pad(contactor, "contactor")
        self.dropped = False  # the timer had to act
        self.off()
        self.close(False)

    def _drop(self, _timer) -> None:
        # May run inside an interrupt: nothing here may allocate or raise before the pin is low.
        self._ssr(0)
        if self._contactor is not None:
            self._contactor(0)
        self.dropped = True

    def close(self, closed: bool) -> None:
        """Contactor closed or open; it moves with the relay off only."""
        level = 1 if closed else 0
        try:
            if level != self._closed:
                self.off()
        except Exception:
            level = 0  # a relay that cannot be commanded off: its contactor opens all the more
            raise
        finally:
            self._closed = level
            if self._contactor is not None:
                self._contactor(level)

    def read_back(self) -> list:
        """(code, detail) of each pin whose pad is not as commanded; once a tick, before driving.

        A pad that obeys proves the pad, never the relay behind it.
        """
        found = [self._ssr_pad.check(1 if self.on else 0)]
        if self._contactor_pad is not None:
            found.append(self._contactor_pad.check(self._closed))
        if self.dropped:  # looked at last: the timer may have acted in between
            return []
        return [("pad", detail) for detail in found if detail is not None]

    def tick(self, permit: bool, on_ms: int) -> None:
        """Begin a tick: heat on only with a permit and some on-time, else off."""
        if not permit or on_ms <= 0:
            self.off()
            return
        self._timer.init(
            mode=self._one_shot, period=DROP_MS, callback=self._drop_call, **self._more
        )
        self._wound = True
        if self.dropped:  # looked at when the old timer can act no more
            self.off()
            return
        if self._on_since_ms is None:
            self._on_since_ms = self._ticks_ms()
        self._ssr(1)

    def off(self) -> None:
        """Heat off, now; always allowed."""
        self._ssr(0)
        self._account()
        self._on_since_ms = None
        # Nothing is left to take away: a slow write to the flash is no fault of the loop then.
        if self._wound:
            self._wound = False
            self._timer.deinit()

    def delivered(self) -> int:
        """On-time in ms since the last call."""
        self._account()
        delivered_ms = self._delivered_ms
        self._delivered_ms = 0
        return delivered_ms

    @property
    def on(self) -> bool:
        """True while the relay is commanded on."""
        return self._on_since_ms is not None

    def _account(self) -> None:
        if self._on_since_ms is not None:
            now_ms = self._ticks_ms()
            self._delivered_ms += max(0, diff(now_ms, self._on_since_ms))
            self._on_since_ms = now_ms
