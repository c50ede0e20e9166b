"""Least-squares slopes over a window of time, for a whole run at once.

A slope means nothing without its window: the same run may show 1.1 °C/s over 60 s and 5 °C/s over
1 s. Profilers state a temperature range, a slope range and a number of seconds, so every result
here goes with its window.
"""

from collections.abc import Iterator

import numpy as np

from preheat.analysis.series import Array
from preheat_core.measures import GAP_MAX_MS

GAP_MAX_S = GAP_MAX_MS / 1000
LEAST_SHARE = 0.8  # of the window that the samples in it must span, as filters.Slope has it
SLACK_S = 0.0005  # times are whole ms: what differs by less is the same time
CHUNK = 8192  # samples that are looked at together: they fit the cache
# Sums run over no more than so many samples from an origin of their own: over a million, those of
# squared seconds would lose the digits that a window of 10 s needs.
SUMMED = 2048
EVEN_S = 1e-6  # samples whose steps differ by less are evenly spaced
MOST_WEIGHTS = 64  # with more samples in a window, sums are faster than weights


def slopes_c_s(t_s: Array, temp_c: Array, window_s: float) -> Array:
    """The slope of the least-squares line through the samples of (t - window_s .. t), at each t.

    t_s: s, strictly rising, any spacing; temp_c: °C without NaN, of the same length. °C/s, NaN
    where the samples of the window span less than 80 % of it. A line is not laid across more
    than GAP_MAX_S without a sample. Within 1e-6 °C/s of a fit through each window by itself.
    ValueError for a window that is not above 0.

    slope = sum((t - t_mean)(x - x_mean)) / sum((t - t_mean)²), from sums up to each sample. For
    even samples h apart with noise of standard deviation s, that of the slope is
    s·sqrt(12 / (n(n² - 1))) / h: 0.25 °C of quantisation, read 4 times a second, leaves
    0.004 °C/s over 10 s, and 0.09 over 1 s.
    """
    return np.concatenate([np.empty(0), *_chunks(t_s, temp_c, window_s)])


def steepest_c_s(
    t_s: Array, temp_c: Array, window_s: float
) -> "tuple[float, float] | tuple[None, None]":
    """The highest and the lowest of `slopes_c_s`, °C/s; (None, None) when there is none."""
    rising, falling = -np.inf, np.inf
    for found in _chunks(t_s, temp_c, window_s):
        high, low = float(found.max()), float(found.min())
        if np.isnan(high):
            high, low = float(np.fmax.reduce(found)), float(np.fmin.reduce(found))
        rising, falling = max(rising, high), min(falling, low)
    return (rising, falling) if rising >= falling else (None, None)


def _chunks(t_s: Array, temp_c: Array, window_s: float) -> Iterator[Array]:
    if not window_s > 0:
        raise ValueError(f"a slope needs a window above 0 s, not {window_s}")
    steps_s = np.diff(t_s)
    near_s, first = t_s, None
    if len(steps_s) and float(steps_s.max()) > GAP_MAX_S:
        near_s, first = _without_gaps(t_s, steps_s)
    for begin in range(0, len(t_s), CHUNK):
        end = min(begin + CHUNK, len(t_s))
        back = _even(t_s, steps_s, window_s, begin, end) if first is None else None
        if back is not None:
            yield _weighted(t_s, temp_c, window_s, begin - back, begin, end)
            continue
        for part in range(begin, end, SUMMED):
            yield _summed(near_s, temp_c, window_s, part, min(part + SUMMED, end), first)


def _without_gaps(t_s: Array, steps_s: Array) -> "tuple[Array, Array]":
    """Times with every long gap made short, and the first sample after the gap before each.

    What follows a gap of days would else be far from its chunk's origin.
    """
    wide = steps_s > GAP_MAX_S
    near_s = t_s.astype(float)
    near_s[1:] -= np.cumsum(np.where(wide, steps_s - GAP_MAX_S, 0.0))
    first = np.zeros(len(t_s), np.intp)
    first[1:] = np.maximum.accumulate(np.where(wide, np.arange(1, len(t_s)), 0))
    return near_s, first


def _even(t_s: Array, steps_s: Array, window_s: float, begin: int, end: int) -> "int | None":
    """How many samples lie in each window before its own, where all are evenly spaced."""
    edge_s = window_s + SLACK_S
    back = begin - int(np.searchsorted(t_s[:begin], t_s[begin] - edge_s))
    if not 0 < back <= min(MOST_WEIGHTS, begin - 1):
        return None
    steps_s = steps_s[begin - back - 1 : end - 1]
    low_s, high_s = float(steps_s.min()), float(steps_s.max())
    same = high_s - low_s < EVEN_S and back * high_s <= edge_s < (back + 1) * low_s
    return back if same else None


def _summed(
    t_s: Array, temp_c: Array, window_s: float, begin: int, end: int, first: "Array | None"
) -> Array:
    """The slopes at the samples from `begin` to before `end`, wherever they lie."""
    edge_s = t_s[begin:end] - (window_s + SLACK_S)
    starts = np.searchsorted(t_s[:end], edge_s)
    if first is not None:
        starts = np.maximum(starts, first[begin:end])
    origin = int(starts[0])
    left, right = starts - origin, slice(begin + 1 - origin, end + 1 - origin)
    near_s = t_s[origin:end] - t_s[(origin + end) // 2]
    near_c = temp_c[origin:end] - temp_c[begin]
    sum_t, sum_c, sum_tc, sum_tt = (
        _running(values, left, right)
        for values in (near_s, near_c, near_s * near_c, near_s * near_s)
    )
    count = np.arange(begin + 1, end + 1) - starts
    across = sum_tc - sum_t * sum_c / count
    along = sum_tt - sum_t * sum_t / count
    span_s = t_s[begin:end] - t_s[starts]
    enough = (span_s >= LEAST_SHARE * window_s - SLACK_S) & (count > 1)
    return np.divide(across, along, out=np.full(end - begin, np.nan), where=enough)


def _weighted(
    t_s: Array, temp_c: Array, window_s: float, origin: int, begin: int, end: int
) -> Array:
    """The slopes over even samples: every window has the weights of the first one's times."""
    times_s = t_s[origin : begin + 1]
    if times_s[-1] - times_s[0] < LEAST_SHARE * window_s - SLACK_S:
        return np.full(end - begin, np.nan)
    off_s = times_s - times_s.mean()
    return np.correlate(temp_c[origin:end], off_s / (off_s * off_s).sum())


def _running(values: Array, left: Array, right: slice) -> Array:
    """Sums of `values` from each left to before each right."""
    total = np.empty(len(values) + 1)
    total[0] = 0.0
    np.cumsum(values, out=total[1:])
    return total[right] - total[left]
