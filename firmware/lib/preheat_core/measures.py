"""The numbers of a whole run that only a host reports, sample by sample: times, spread, energy.

What a unit computes itself (peak, slopes, time above liquidus, tracking) is in metrics.py; this
file is not sent to units. Between samples a temperature is a straight line, unless they are
further apart than GAP_MAX_MS. Sums are integers: a 32-bit float would lose them in hours.
"""

from preheat_core import clock, metrics

# A log has one record in ten seconds while a hold lasts, and a tick or two may come late.
GAP_MAX_MS = metrics.GAP_MAX_MS + 2 * clock.TICK_MS
NEAR_BODY_C = 5.0  # J-STD-020: time within 5 °C of the classification temperature, or above
CLIMB_FROM_C = 25.0  # J-STD-020: time from 25 °C to the peak
CLIMB_WARM_C = 35.0  # a run that begins no warmer than this is counted from its first sample


def _part_ms(step_ms, before_c, now_c, low_c, high_c):
    """ms of a straight step of step_ms that lie between low_c and high_c (None: no end)."""
    bottom, top = min(before_c, now_c), max(before_c, now_c)
    if top < low_c or (high_c is not None and bottom > high_c):
        return 0
    inside_low = max(bottom, low_c)
    inside_high = top if high_c is None else min(top, high_c)
    if inside_low == bottom and inside_high == top:
        return step_ms
    return round(step_ms * ((inside_high - inside_low) / (top - bottom)))


class TimeBetween:
    """Time between two temperatures, both included: all of it, and the longest single stretch.

    high_c None: all above low_c, so time above liquidus, or near a body limit (of low_c =
    limit - NEAR_BODY_C). once: only until high_c is first reached, so the soak or preheat time
    of a climb, whatever the cooling is like (J-STD-020: from Tsmin to Tsmax).
    """

    def __init__(self, low_c, high_c=None, once=False):
        if high_c is not None and not low_c < high_c:
            raise ValueError(f"from {low_c} to {high_c} °C is no span")
        self._low_c = low_c
        self._high_c = high_c
        self._once = once
        self._before = None  # (t_ms, temp_c) of the last valid sample
        self._over = False
        self._stretch_ms = 0
        self.ms = self.longest_ms = 0

    def add(self, t_ms, temp_c):
        """Take one sample: t_ms rising; temp_c in °C, None for a gap."""
        if temp_c is None:
            return
        before, self._before = self._before, (t_ms, temp_c)
        if self._over:
            return
        self._over = self._once and self._high_c is not None and temp_c >= self._high_c
        if before is None:
            return
        if t_ms - before[0] > GAP_MAX_MS:
            self._stretch_ms = 0
            return
        part_ms = _part_ms(t_ms - before[0], before[1], temp_c, self._low_c, self._high_c)
        if not self._inside(before[1]):
            self._stretch_ms = 0
        self.ms += part_ms
        self._stretch_ms += part_ms
        self.longest_ms = max(self.longest_ms, self._stretch_ms)

    def _inside(self, temp_c):
        return temp_c >= self._low_c and (self._high_c is None or temp_c <= self._high_c)


class Climb:
    """Time from 25 °C to the peak (J-STD-020), the highest reading when it is first reached.

    25 °C: where the run last rose through it before the peak. A warm workshop's run counts from
    its first sample.
    """

    def __init__(self):
        self._before = None
        self._from_ms = None  # where it rose through 25 °C; None: below, or not known
        self._peak_c = None
        self.ms = None

    def add(self, t_ms, temp_c, high_c=None):
        """Take one sample: t_ms rising; temp_c in °C, None for a gap; high_c: the highest since
        the sample before, where that is known.
        """
        if temp_c is not None:
            self._follow(t_ms, temp_c)
        top_c = high_c
        if temp_c is not None and (high_c is None or temp_c > high_c):
            top_c = temp_c
        if top_c is not None and (self._peak_c is None or top_c > self._peak_c):
            self._peak_c = top_c
            known = self._from_ms is not None and top_c >= CLIMB_FROM_C
            self.ms = t_ms - self._from_ms if known else None

    def _follow(self, t_ms, temp_c):
        before, self._before = self._before, (t_ms, temp_c)
        if temp_c < CLIMB_FROM_C:
            self._from_ms = None
        elif before is None:
            self._from_ms = t_ms if temp_c <= CLIMB_WARM_C else None
        elif before[1] < CLIMB_FROM_C and t_ms - before[0] <= GAP_MAX_MS:
            part = (CLIMB_FROM_C - before[1]) / (temp_c - before[1])
            self._from_ms = before[0] + round((t_ms - before[0]) * part)


class Spread:
    """The spread of several probes when the hottest reading of them all was first reached."""

    def __init__(self):
        self._peak_c = None
        self.spread_c = None

    def add(self, temps_c):
        """Take one sample of every probe: °C, None where there is no reading.

        With a single reading at that time the spread is not known.
        """
        known = [temp_c for temp_c in temps_c if temp_c is not None]
        if not known or (self._peak_c is not None and max(known) <= self._peak_c):
            return
        self._peak_c = max(known)
        self.spread_c = self._peak_c - min(known) if len(known) > 1 else None


class Energy:
    """Energy from the relay's on-time: what each sample says of the time since the one before.

    What lies before the first sample or in a gap is not known and not counted.
    """

    def __init__(self):
        self._last_ms = None
        self._on_ms = 0

    def add(self, t_ms, delivered):
        """Take one sample: t_ms rising; delivered: on-time since the one before it, 0..1."""
        if self._last_ms is not None and t_ms - self._last_ms <= GAP_MAX_MS:
            self._on_ms += round((t_ms - self._last_ms) * delivered)
        self._last_ms = t_ms

    def wh(self, power_w):
        """Wh of heaters of this rated power, in W, at the rated voltage."""
        return self._on_ms / 3_600_000 * power_w


def over_c(peak_c, limit_c):
    """°C of a peak over a limit, 0 where it stayed below; None if either is None."""
    return None if peak_c is None or limit_c is None else max(peak_c - limit_c, 0.0)
