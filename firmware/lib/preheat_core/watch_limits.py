"""Judges of the limits: too hot, about to coast too hot, rising too fast."""

from preheat_core.filters import Median, Slope

SLOPE_WINDOW_MS = 4500
RAMP_TRIP_MARGIN_C_S = 1.0  # at the limit heat is withheld; this far beyond it the run ends
# Two wild samples tilt the fitted line up for less than this, a jump of 15 °C that stays for more.
RAMP_PERSIST_MS = 2000


class LimitWatch:
    """One probe against its limit row; keeps the filtered temperature and slope for others."""

    __slots__ = ("_fast_ms", "_hot", "_median", "_slope", "limit", "slope_c_s", "temp_c")

    def __init__(self):
        self.limit = None  # a limits.Limit row, or None: this role has no limit
        self.reset()

    def reset(self) -> None:
        """Forget the past, for instance after a probe was moved to another board."""
        self._median = Median(5)
        self._slope = Slope(SLOPE_WINDOW_MS)
        self._hot = 0  # the last five samples as bits: at or above the limit
        self._fast_ms = 0
        self.temp_c = None
        self.slope_c_s = 0.0

    def sample(self, now_ms: int, temp_c: "float | None") -> None:
        """Take one sample; None (invalid) leaves the filters as they are."""
        if temp_c is None:
            return
        self.temp_c = self._median.add(temp_c)
        self._slope.add(now_ms, self.temp_c)
        self.slope_c_s = self._slope.c_s() or 0.0
        over = self.limit is not None and temp_c >= self.limit.trip_c
        self._hot = (self._hot << 1 | (1 if over else 0)) & 31

    @property
    def tripped(self) -> bool:
        """Four of the last five samples reached the limit: a second of them, spikes apart.

        Heat is withheld from the first of them on; this is about ending the run.
        """
        return self._hot in (15, 23, 27, 29, 30, 31)

    def near(self, temp_c: "float | None", coast_s: float) -> bool:
        """Heat must be withheld: at the approach level, or about to coast over the limit."""
        if self.limit is None or self.temp_c is None:
            return False
        hottest_c = self.temp_c if temp_c is None else max(temp_c, self.temp_c)
        coast_c = max(0.0, self.slope_c_s) * coast_s
        return hottest_c >= self.limit.approach_c or self.temp_c + coast_c >= self.limit.trip_c

    def too_fast(self, dt_ms: int, ramp_max_c_s: float) -> "str | None":
        """ "inhibit" above the ramp limit, "trip" when far above it for a while, else None."""
        if self.slope_c_s <= ramp_max_c_s:
            self._fast_ms = 0
            return None
        if self.slope_c_s > ramp_max_c_s + RAMP_TRIP_MARGIN_C_S:
            self._fast_ms += dt_ms
        else:
            self._fast_ms = 0
        return "trip" if self._fast_ms >= RAMP_PERSIST_MS else "inhibit"
