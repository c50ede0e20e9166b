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
# Sums run over so many samples from an origin of their own: over a million samples, sums of
# squared seconds would lose the digits that a window of 10 s needs. It also fits the cache.
CHUNK = 4096


def slopes_c_s(t_s: Array, temp_c: Array, window_s: float) -> Array:
    """The slope of the least-squares line through the samples of (t - window_s .. t), at each t.

    t_s: s, strictly rising, any spacing; temp_c: °C without NaN, of the same length. °C/s, NaN
    where the samples of the window span less than 80 % of it. A line is not laid across more
    than GAP_MAX_S without a sample. ValueError for a window that is not above 0.

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
        rising = max(rising, float(np.fmax.reduce(found)))
        falling = min(falling, float(np.fmin.reduce(found)))
    return (rising, falling) if rising >= falling else (None, None)


def _chunks(t_s: Array, temp_c: Array, window_s: float) -> Iterator[Array]:
    if not window_s > 0:
        raise ValueError(f"a slope needs a window above 0 s, not {window_s}")
    near_s, first = _without_gaps(t_s)
    for begin in range(0, len(t_s), CHUNK):
        yield _chunk(near_s, temp_c, window_s, begin, min(begin + CHUNK, len(t_s)), first)


def _without_gaps(t_s: Array) -> "tuple[Array, Array | None]":
    """Times with every long gap made short, and the first sample after the gap before each.

    What follows a gap of days would else be far from its chunk's origin. None without a gap.
    """
    steps_s = np.diff(t_s)
    if not len(steps_s) or float(steps_s.max()) <= GAP_MAX_S:
        return t_s, None
    wide = steps_s > GAP_MAX_S
    near_s = t_s.astype(float)
    near_s[1:] -= np.cumsum(np.where(wide, steps_s - GAP_MAX_S, 0.0))
    first = np.zeros(len(t_s), np.intp)
    first[1:] = np.maximum.accumulate(np.where(wide, np.arange(1, len(t_s)), 0))
    return near_s, first


def _chunk(
    t_s: Array, temp_c: Array, window_s: float, begin: int, end: int, first: "Array | None"
) -> Array:
    """The slopes at the samples from `begin` to before `end`."""
    edge_s = t_s[begin:end] - (window_s + SLACK_S)
    back = begin - int(np.searchsorted(t_s[:end], edge_s[0]))
    origin = begin - back
    if first is None and _even(t_s, edge_s, begin - back, end - back):
        left: Array | slice = slice(0, end - begin)
        count: Array | float = float(back + 1)
    else:
        starts = np.searchsorted(t_s[:end], edge_s)
        if first is not None:
            starts = np.maximum(starts, first[begin:end])
        origin = int(starts[0])
        left = starts - origin
        count = np.arange(begin + 1, end + 1) - starts
    near_s = t_s[origin:end] - t_s[(origin + end) // 2]
    near_c = temp_c[origin:end] - temp_c[begin]
    right = slice(begin + 1 - origin, end + 1 - origin)
    sum_t, sum_c, sum_tc, sum_tt = (
        _running(values, left, right)
        for values in (near_s, near_c, near_s * near_c, near_s * near_s)
    )
    across = sum_tc - sum_t * sum_c / count
    along = sum_tt - sum_t * sum_t / count
    span_s = near_s[right.start - 1 : right.stop - 1] - near_s[left]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(
            (span_s >= LEAST_SHARE * window_s - SLACK_S) & (count > 1), across / along, np.nan
        )


def _even(t_s: Array, edge_s: Array, first: int, last: int) -> bool:
    """True where the windows begin one sample after the other, as in an even recording."""
    if first < 1:
        return False
    starts_in = (t_s[first:last] >= edge_s).all()
    return bool(starts_in and (t_s[first - 1 : last - 1] < edge_s).all())


def _running(values: Array, left: "Array | slice", right: slice) -> Array:
    """Sums of `values` from each left to before each right."""
    total = np.empty(len(values) + 1)
    total[0] = 0.0
    np.cumsum(values, out=total[1:])
    return total[right] - total[left]
