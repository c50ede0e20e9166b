"""Fewer points for the same line: what lies close to the straight between its neighbours goes.

Ramer (1972), Douglas and Peucker (1973), with the distance measured in °C at the same time.
"""

Points = list[tuple[float, float]]

TOLERANCES_C = (0.5, 1.0, 2.0, 3.0, 5.0)  # the first that leaves few enough points counts


def simplified(points: Points, tolerance_c: float) -> Points:
    """The points of a line through rising times of which every other is within `tolerance_c`."""
    keep = {0, len(points) - 1}
    open_spans = [(0, len(points) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        far, worst = _farthest(points, first, last)
        if worst > tolerance_c:
            keep.add(far)
            open_spans += [(first, far), (far, last)]
    return [points[i] for i in sorted(keep)]


def value_c(points: Points, at_s: float) -> float:
    """Temperature of the line at a time; the ends go on level."""
    before = points[0]
    for point in points:
        if point[0] >= at_s:
            span_s = point[0] - before[0]
            share = (at_s - before[0]) / span_s if span_s > 0 else 1.0
            return before[1] + (point[1] - before[1]) * share
        before = point
    return points[-1][1]


def _farthest(points: Points, first: int, last: int) -> tuple[int, float]:
    far, worst = first, -1.0
    ends = [points[first], points[last]]
    for i in range(first + 1, last):
        away = abs(points[i][1] - value_c(ends, points[i][0]))
        if away > worst:
            far, worst = i, away
    return far, worst
