"""Judges of the limits: too hot, about to coast too hot, rising too fast."""

from preheat_core.filters import Median, Slope

SLOPE_WINDOW_MS = 4500
RAMP_TRIP_MARGIN_C_S = 1.0  # at the limit heat is withheld; this far beyond it the run ends
# Two wild samples tilt the fitted line up for less than this, a jump of 15 °C that stays for more.
RAMP_PERSIST_MS = 2000


class LimitWatch:
    """One probe against its limit row; keeps the filtered temperature and slope for others."""

    __slots__ = (
        "_at",
        "_fast_ms",
        "_hot",
        "_median",
        "_sealed",
        "_slope",
        "limit",
        "room_c",
        "slope_c_s",
        "temp_c",
    )

    def __init__(self):
        self.limit = None  # a limits.Limit row, or None: this role has no limit
        self.reset()

    def bind(self, limit, sealed, at: int) -> None:
        """Judge by this row, whose numbers are those at 2 `at` and the next of `sealed`."""
        self.limit = limit
        self._sealed = sealed
        self._at = 2 * at

    def reset(self) -> None:
        """Forget the past, for instance after a probe was moved to another board."""
        self._median = Median(5)
        self._slope = Slope(SLOPE_WINDOW_MS)
        self._hot = 0  # the last five samples as bits: at or above the limit
        self._fast_ms = 0
        self.temp_c = None
        self.slope_c_s = 0.0
        self.room_c = 1e9  # left below the approach level, or below the limit when it coasts

    def forget(self) -> None:
        """The probe was away: its next sample has nothing to do with the last."""
        self._median.reset()
        self._slope.reset()
        self.slope_c_s = 0.0

    def sample(self, now_ms: int, temp_c: "float | None") -> None:
        """Take one sample; None (invalid) leaves the filters as they are."""
        if temp_c is None:
            return
        self.temp_c = self._median.add(temp_c)
        self._slope.add(now_ms, self.temp_c)
        self.slope_c_s = self._slope.c_s() or 0.0
        over = self.limit is not None and temp_c >= self._sealed.number(self._at)
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
        approach_c = self._sealed.number(self._at + 1)
        coast_c = max(0.0, self.slope_c_s) * coast_s
        over_c = self._sealed.number(self._at) - coast_c
        self.room_c = min(approach_c, over_c) - self.temp_c
        return hottest_c >= approach_c or self.room_c <= 0

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
