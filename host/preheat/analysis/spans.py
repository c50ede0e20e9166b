"""Times and energy of a whole run at once: how long where, how long until, how much.

The definitions of preheat_core/measures.py, whose constants they share: a temperature is a
straight line from sample to sample, unless the two are further apart than GAP_MAX_S.
"""

import numpy as np

from preheat.analysis.series import Array
from preheat_core.measures import CLIMB_FROM_C, CLIMB_WARM_C, GAP_MAX_MS

GAP_MAX_S = GAP_MAX_MS / 1000


def time_between(
    t_s: Array, temp_c: Array, low_c: float, high_c: "float | None" = None, once: bool = False
) -> tuple[float, float]:
    """Seconds between two temperatures, both included: in all, and the longest single stretch.

    t_s: s, strictly rising; temp_c: °C without NaN, of the same length. high_c None: all above
    low_c, which is time above liquidus (total and longest, as profilers show both), or time
    within 5 °C of a body limit (J-STD-020). once: until high_c is first reached, which is its
    preheat time from Tsmin to Tsmax.
    """
    if once and high_c is not None:
        reached = temp_c >= high_c
        if reached.any():
            end = int(reached.argmax()) + 1
            t_s, temp_c = t_s[:end], temp_c[:end]
    touches = temp_c >= low_c
    touches = touches[:-1] | touches[1:]
    if high_c is not None:
        below = temp_c <= high_c
        touches &= below[:-1] | below[1:]
    at = np.flatnonzero(touches)
    if not len(at):
        return 0.0, 0.0
    before_c, now_c = temp_c[at], temp_c[at + 1]
    step_s = t_s[at + 1] - t_s[at]
    bottom, top = np.minimum(before_c, now_c), np.maximum(before_c, now_c)
    inside = np.minimum(top, np.inf if high_c is None else high_c) - np.maximum(bottom, low_c)
    rise = top - bottom
    part_s = step_s * np.divide(inside, rise, out=np.ones(len(at)), where=rise > 0)
    gap = step_s > GAP_MAX_S
    part_s[gap] = 0.0
    begins = gap | (before_c < low_c)
    if high_c is not None:
        begins |= before_c > high_c
    begins[0] = True
    return float(part_s.sum()), float(np.add.reduceat(part_s, np.flatnonzero(begins)).max())


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
    return float(np.nansum(step_s * delivered[1:])) / 3600 * power_w


def spread_at_peak_c(temps_c: list[Array]) -> "float | None":
    """°C between hottest and coldest when the hottest reading of them all was first reached.

    temps_c: of each probe, all of one length, NaN where there is no reading. None with fewer than
    two readings then. Profilers show the difference of the peaks, each at its own time, since a
    board moves through their oven; over a preheater all probes see the same moment.
    """
    if len(temps_c) < 2:
        return None
    every = np.array(temps_c)
    if not (~np.isnan(every)).any():
        return None
    at = int(np.nanargmax(np.fmax.reduce(every, axis=0)))
    known = every[:, at][~np.isnan(every[:, at])]
    return float(known.max() - known.min()) if len(known) > 1 else None
