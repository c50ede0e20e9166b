"""The numbers of one run, computed as it goes: peak, slopes, time above liquidus, tracking.

Sums are kept as integers (ms, 0.01 °C): a 32-bit float would lose them in a run of hours.
"""

import math

from preheat_core.filters import Slope

SLOPE_WINDOW_MS = 10_000  # declared with every result: a slope means little without its window
SLOPE_EVERY_MS = 1000  # a fit over the window is the costly part; its result changes slowly
GAP_MAX_MS = 10_000  # a longer gap between samples is not bridged by a straight line


class RunMetrics:
    """Streaming metrics of one probe. liquidus_c: °C, or None where it has no meaning."""

    def __init__(self, liquidus_c=None):
        self._liquidus_c = liquidus_c
        self._slope = Slope(SLOPE_WINDOW_MS)
        self._first_ms = self._last_ms = None  # of all samples
        self._before = None  # (t_ms, temp_c) of the last valid one
        self._peak_c = self._peak_ms = None
        self._fastest_c_s = self._slowest_c_s = self._fit_ms = None
        self._above_ms = self._stretch_ms = self._longest_ms = 0
        self._over_c = None
        self._samples = self._scored = self._squares = 0
        # What the sequencer counted; the samples do not tell.
        self.stretched_ms: "int | None" = None

    def add(self, t_ms, temp_c, setpoint_c, score):
        """Take one sample.

        t_ms: ms since the start of the run, rising, not wrapped. temp_c: °C, None for a gap.
        setpoint_c: °C or None. score: True where tracking the setpoint is the plant's duty
        (False while the operator heats from above). ValueError if time does not advance.
        """
        if self._last_ms is None:
            self._first_ms = t_ms
        self._last_ms = t_ms
        if temp_c is None:
            return
        self._samples += 1
        if self._peak_c is None or temp_c > self._peak_c:
            self._peak_c, self._peak_ms = temp_c, t_ms
        self._add_slope(t_ms, temp_c)
        if self._liquidus_c is not None:
            self._add_above(t_ms, temp_c)
        if score and setpoint_c is not None:
            error_c = temp_c - setpoint_c
            self._scored += 1
            self._squares += round(error_c * 100) ** 2
            self._over_c = max(error_c, self._over_c or 0.0)
        self._before = (t_ms, temp_c)

    def _add_slope(self, t_ms, temp_c):
        self._slope.add(t_ms, temp_c)
        if self._fit_ms is not None and t_ms - self._fit_ms < SLOPE_EVERY_MS:
            return
        slope = self._slope.c_s()
        if slope is None:
            return
        self._fit_ms = t_ms
        if self._fastest_c_s is None or slope > self._fastest_c_s:
            self._fastest_c_s = slope
        if self._slowest_c_s is None or slope < self._slowest_c_s:
            self._slowest_c_s = slope

    def _add_above(self, t_ms, temp_c):
        """Count the part of the step from the last sample to this one that lies above liquidus."""
        if self._before is None or t_ms - self._before[0] > GAP_MAX_MS:
            self._stretch_ms = 0
            return
        step_ms = t_ms - self._before[0]
        before_c, now_c = self._before[1] - self._liquidus_c, temp_c - self._liquidus_c
        if before_c < 0 and now_c < 0:
            return
        if before_c < 0:  # crossed upward: a new stretch begins
            self._stretch_ms = 0
            step_ms = round(step_ms * now_c / (now_c - before_c))
        elif now_c < 0:
            step_ms = round(step_ms * before_c / (before_c - now_c))
        self._above_ms += step_ms
        self._stretch_ms += step_ms
        self._longest_ms = max(self._longest_ms, self._stretch_ms)

    def summary(self) -> dict:
        """The metrics so far, fit for JSON. None: not known, or without meaning here.

        duration_s: first to last sample. peak_c at peak_at_s. max_ramp_c_s and max_cool_c_s:
        steepest least-squares rise and fall over slope_window_s, both >= 0. tal_s, tal_longest_s:
        time above liquidus, all and the longest stretch, crossings interpolated. overshoot_c:
        highest excess over the setpoint, >= 0, and tracking_rmse_c, both over scored samples.
        stretched_s: how long the setpoint waited for power. samples: how many were valid.
        """
        has_liquidus = self._liquidus_c is not None
        rising, falling = self._fastest_c_s, self._slowest_c_s
        return {
            "duration_s": _s(None if self._last_ms is None else self._last_ms - self._first_ms),
            "peak_c": _rounded(self._peak_c),
            "peak_at_s": _s(self._peak_ms),
            "max_ramp_c_s": _rounded(None if rising is None else max(rising, 0.0)),
            "max_cool_c_s": _rounded(None if falling is None else max(-falling, 0.0)),
            "slope_window_s": SLOPE_WINDOW_MS // 1000,
            "tal_s": _s(self._above_ms if has_liquidus else None),
            "tal_longest_s": _s(self._longest_ms if has_liquidus else None),
            "overshoot_c": _rounded(self._over_c),
            "tracking_rmse_c": _rounded(
                math.sqrt(self._squares / self._scored) / 100 if self._scored else None
            ),
            "stretched_s": _s(self.stretched_ms),
            "samples": self._samples,
        }


def _s(ms):
    return None if ms is None else round(ms / 1000, 1)


def _rounded(x):
    return None if x is None else round(x, 2)
