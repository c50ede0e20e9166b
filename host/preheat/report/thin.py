"""Fewer points of a long curve, none of its spikes lost: lowest and highest of each column."""

import numpy as np

from preheat.analysis.series import Array

ALIKE_C = 1.0  # a column that moves by less is drawn as one point


def thinned(
    t_s: Array,
    value: Array,
    low: "Array | None" = None,
    high: "Array | None" = None,
    columns: int = 700,
    alike: float = ALIKE_C,
) -> "tuple[Array, Array]":
    """(times, values) to draw as one line: at most two points a column of equal time, and every
    column's lowest and highest value among them.

    low, high: the extremes since the sample before, where they are known. A column in which
    nothing was read is NaN: the line is broken there. columns: 1 or more.
    """
    if not len(t_s):
        return np.empty(0), np.empty(0)
    low = value if low is None else np.fmin(value, low)
    high = value if high is None else np.fmax(value, high)
    span_s = float(t_s[-1] - t_s[0]) or 1.0
    column = np.minimum(((t_s - t_s[0]) * (columns / span_s)).astype(np.int64), columns - 1)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    lowest = np.fmin.reduceat(low, starts)
    highest = np.fmax.reduceat(high, starts)
    times: list[float] = []
    values: list[float] = []
    ends = [*starts[1:].tolist(), len(t_s)]
    for i, (a, b) in enumerate(zip(starts.tolist(), ends)):
        least, most = float(lowest[i]), float(highest[i])
        if not most - least >= alike:  # NaN too
            seen = value[a:b][~np.isnan(value[a:b])]
            times.append(float(t_s[b - 1]))
            values.append(float(seen[-1]) if len(seen) else most)
            continue
        first = int(np.nanargmin(low[a:b])), least
        second = int(np.nanargmax(high[a:b])), most
        if second[0] < first[0]:
            first, second = second, first
        for at, drawn in (first, second):
            times.append(float(t_s[a + at]))
            values.append(drawn)
    return np.array(times), np.array(values)
