"""Times and energy of a whole run at once: how long where, how long until, how much.

The definitions of preheat_core/measures.py, whose constants they share: a temperature is a
straight line from sample to sample, unless the two are further apart than GAP_MAX_S.
"""

import numpy as np

from preheat.analysis.series import Array
from preheat_core.measures import CLIMB_FROM_C, CLIMB_WARM_C, GAP_MAX_MS

GAP_MAX_S = GAP_MAX_MS / 1000


def gaps_after(t_s: Array) -> Array:
    """Indices of the samples after which there is none for longer than GAP_MAX_S."""
    return np.flatnonzero(np.diff(t_s) > GAP_MAX_S)


def time_between(
    t_s: Array, temp_c: Array, low_c: float, high_c: "float | None" = None, *,
    once: bool = False, gaps: "Array | None" = None,
) -> tuple[float, float]:
    """Seconds between two temperatures, both included: in all, and the longest single stretch.

    t_s: s, strictly rising; temp_c: °C without NaN, of the same length. high_c None: all above
    low_c, which is time above liquidus (total and longest, as profilers show both), or time
    within 5 °C of a body limit (J-STD-020). once: until high_c is first reached, which is its
    preheat time from Tsmin to Tsmax. gaps: gaps_after(t_s), where it is at hand.
    """
    gaps = gaps_after(t_s) if gaps is None else gaps
    if once and high_c is not None and len(temp_c):
        reached = temp_c >= high_c
        end = int(reached.argmax()) + 1
        if reached[end - 1]:
            t_s, temp_c, gaps = t_s[:end], temp_c[:end], gaps[gaps < end - 1]
    if len(t_s) < 2:
        return 0.0, 0.0
    side = (temp_c >= low_c).view(np.int8)  # 0 below, 1 between, 2 above
    if high_c is not None:
        side = side + (temp_c > high_c)
    # Steps from one side to another, and gaps; from each to the next the side stays the same.
    cuts = np.union1d(np.flatnonzero(side[1:] != side[:-1]), gaps)
    starts, ends = np.append(0, cuts + 1), np.append(cuts, len(t_s) - 1)
    parts_s = np.empty(2 * len(cuts) + 1)
    parts_s[::2] = np.where(side[starts] == 1, t_s[ends] - t_s[starts], 0.0)
    gap = np.isin(cuts, gaps, assume_unique=True)
    parts_s[1::2] = np.where(gap, 0.0, _crossing_s(t_s, temp_c, cuts, low_c, high_c))
    begins = np.ones(len(parts_s), bool)
    begins[1::2] = gap | (side[cuts] != 1)
    begins[2::2] = False
    longest_s = np.add.reduceat(parts_s, np.flatnonzero(begins)).max()
    return float(parts_s.sum()), float(longest_s)


def _crossing_s(
    t_s: Array, temp_c: Array, at: Array, low_c: float, high_c: "float | None"
) -> Array:
    """Seconds between the two temperatures in each step from sample `at` to the next."""
    before_c, now_c = temp_c[at], temp_c[at + 1]
    bottom, top = np.minimum(before_c, now_c), np.maximum(before_c, now_c)
    inside = np.minimum(top, np.inf if high_c is None else high_c) - np.maximum(bottom, low_c)
    rise = top - bottom
    part = np.divide(np.maximum(inside, 0.0), rise, out=np.zeros(len(at)), where=rise > 0)
    return (t_s[at + 1] - t_s[at]) * part


def peak_at(temp_c: Array) -> "int | None":
    """Index of the highest reading when it is first reached; None when all are NaN."""
    if not len(temp_c):
        return None
    at = int(temp_c.argmax())  # the first NaN if there is one
    if np.isnan(temp_c[at]):
        known = ~np.isnan(temp_c)
        return int(np.nanargmax(temp_c)) if known.any() else None
    return at


def climb_s(t_s: Array, temp_c: Array, peak: int, peak_c: float) -> "float | None":
    """Seconds from 25 °C to the peak at index `peak` (J-STD-020).

    temp_c: °C, NaN where there is no reading. 25 °C: where the run last rose through it before
    the peak. A run that begins at up to 35 °C is counted from its first sample, a warmer one has
    no such time, nor one whose rise through 25 °C was not seen (None).
    """
    if peak_c < CLIMB_FROM_C:
        return None
    valid = np.flatnonzero(~np.isnan(temp_c[: peak + 1]))
    if not len(valid):
        return None
    below = np.flatnonzero(temp_c[valid] < CLIMB_FROM_C)
    if not len(below):
        first = valid[0]
        return float(t_s[peak] - t_s[first]) if temp_c[first] <= CLIMB_WARM_C else None
    if below[-1] == len(valid) - 1:
        return None
    before, now = valid[below[-1]], valid[below[-1] + 1]
    if t_s[now] - t_s[before] > GAP_MAX_S:
        return None
    part = (CLIMB_FROM_C - temp_c[before]) / (temp_c[now] - temp_c[before])
    return float(t_s[peak] - t_s[before] - (t_s[now] - t_s[before]) * part)


def energy_wh(t_s: Array, delivered: Array, power_w: float) -> float:
    """Wh of heaters of this rated power (W, at the rated voltage) from the relay's on-time.

    delivered: 0..1, on-time since the sample before; what lies before the first sample or in a
    gap is not known and not counted.
    """
    step_s = np.diff(t_s)
    step_s[step_s > GAP_MAX_S] = 0.0
    step_s *= delivered[1:]
    on_s = float(step_s.sum())
    return (float(np.nansum(step_s)) if np.isnan(on_s) else on_s) / 3600 * power_w


def spread_at_peak_c(temps_c: list[Array]) -> "float | None":
    """°C between hottest and coldest when the hottest reading of them all was first reached.

    temps_c: of each probe, all of one length, NaN where there is no reading. None with fewer than
    two readings then. Profilers show the difference of the peaks, each at its own time, since a
    board moves through their oven; over a preheater all probes see the same moment.
    """
    if len(temps_c) < 2:
        return None
    every = np.array(temps_c)
    at = peak_at(np.fmax.reduce(every, axis=0))
    if at is None:
        return None
    known = every[:, at][~np.isnan(every[:, at])]
    return float(known.max() - known.min()) if len(known) > 1 else None
