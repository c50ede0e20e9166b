"""Judges of a single probe: is there a valid reading, and does it move at all?"""

STALE_MS = 1000  # this long without a valid reading is conclusive
FROZEN_MS = 60_000  # the whole word unchanged under heat: a live chip flickers in its last bits
FROZEN_FAST_MS = 20_000  # the same, once the probe was seen to move and much heat is delivered
STANDS_MOST_MS = 1 << 20
MOVED_C = 2.0  # a probe has answered the heat once it moved this far


class SensorWatch:
    """Validity and liveliness of one probe."""

    __slots__ = ("_first_c", "_loaded_ms", "_moved", "_word", "code", "invalid_ms", "same_ms")

    def __init__(self):
        self.code = None  # the fault of the newest sample, None while it is valid
        self.invalid_ms = 0  # without a valid sample for so long
        self.arm()

    def arm(self) -> None:
        """A run begins: the probe has to prove itself again."""
        self._word = None
        self.same_ms = 0  # the whole word has stood so long
        self._loaded_ms = 0  # and under heat
        self._first_c = None
        self._moved = False

    def step(self, dt_ms: int, reading, load: float, far: bool) -> "str | None":
        """Judge one sample; returns a fault code when the evidence is conclusive.

        `load` is the share of full power delivered over the last seconds, 0..1; `far` says that
        the setpoint is well away from the controlled temperature.
        """
        self.code = reading.fault
        if reading.fault is not None:
            self.invalid_ms = min(self.invalid_ms + dt_ms, STANDS_MOST_MS)
            return reading.fault if self.invalid_ms >= STALE_MS else None
        self.invalid_ms = 0
        if self._first_c is None:
            self._first_c = reading.temp_c
        elif abs(reading.temp_c - self._first_c) >= MOVED_C:
            self._moved = True
        same = reading.word == self._word
        self._word = reading.word
        self.same_ms = min(self.same_ms + dt_ms, STANDS_MOST_MS) if same else 0
        if not same:
            self._loaded_ms = 0
        elif load > 0.02:  # without heat a steady probe may stand; its time goes on with the next
            self._loaded_ms += dt_ms
        fast = self._moved and far and load >= 0.3
        limit_ms = FROZEN_FAST_MS if fast else FROZEN_MS
        return "frozen" if self._loaded_ms >= limit_ms else None
