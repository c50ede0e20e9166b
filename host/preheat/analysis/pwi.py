"""Measured numbers against their windows, and the process window index (PWI) over them.

PWI = 100 · max |x - mid| / half-width, over probes and statistics: 0 in the middle of every
window, 100 at a limit of one. The definition is the public one, as profilers show it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from preheat.analysis.measure import OF_PROBE, OF_RUN, Measures
from preheat_core.board import PROCESS_ROLES

OUT_PERCENT = 100.0  # from here on a number is out of its window


@dataclass(frozen=True)
class Window:
    """The limits of one statistic: a field of ProbeMeasures or Measures, in its unit.

    low, high: None where there is no such limit; with both, low < high. source: who says so.
    verified: False for limits that nobody has checked. roles: whose probes it is for; none
    stands for every process role. Of no meaning for a statistic of the whole run. from_c: of a
    time above liquidus, the °C that whoever set the limit counts it from; None: the run's own.
    ValueError for limits that cannot be or a statistic that is not known.
    """

    statistic: str
    low: "float | None"
    high: "float | None"
    unit: str
    source: str
    verified: bool = True
    roles: tuple[str, ...] = ()
    from_c: "float | None" = None

    def __post_init__(self) -> None:
        if self.statistic not in OF_PROBE + OF_RUN:
            raise ValueError(f"no statistic is named {self.statistic!r}")
        if self.low is None and self.high is None:
            raise ValueError(f"a window of {self.statistic} needs a limit")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"a window of {self.statistic} from {self.low} to {self.high}")


@dataclass(frozen=True)
class Rating:
    """One number in its window. probe: its name, None for a number of the whole run.

    percent: 100 · (x - mid) / half-width, its sign says on which side; None for a window with
    one limit. inside: |percent| < 100; on the right side of a single limit, or on it. margin:
    distance to the nearer limit in the window's unit, negative outside.
    """

    probe: "str | None"
    window: Window
    value: float
    percent: "float | None"
    inside: bool
    margin: float


def rate(measures: Measures, windows: Sequence[Window]) -> list[Rating]:
    """Every measured number that has a window, in the order of windows, then of probes.

    What was not measured (None) has no rating: see `unrated`.
    """
    return [
        _rating(probe, window, value)
        for window in windows
        for probe, value in _values(measures, window)
        if value is not None
    ]


def unrated(measures: Measures, windows: Sequence[Window]) -> list[tuple["str | None", Window]]:
    """(probe or None, window) of what should have been within limits and was not measured.

    A window for which there is no probe at all is among them, without a name.
    """
    missing: list[tuple[str | None, Window]] = []
    for window in windows:
        found = list(_values(measures, window)) or [(None, None)]
        missing += [(probe, window) for probe, value in found if value is None]
    return missing


def pwi(ratings: Iterable[Rating]) -> "tuple[float, Rating] | None":
    """The process window index and the rating that binds; >= 100 is out.

    Of the ratings in windows with two limits; None when there are none. The first of equals.
    """
    percents = [(abs(r.percent), r) for r in ratings if r.percent is not None]
    return max(percents, key=lambda pair: pair[0], default=None)


def _values(measures: Measures, window: Window) -> Iterator[tuple["str | None", "float | None"]]:
    if window.statistic in OF_RUN:
        yield None, getattr(measures, window.statistic)
        return
    roles = window.roles or PROCESS_ROLES
    # A time above another temperature is another number: this one was not measured.
    known = window.from_c is None or window.from_c == measures.liquidus_c
    for probe in measures.probes:
        if probe.role in roles:
            yield probe.name, getattr(probe, window.statistic) if known else None


def _rating(probe: "str | None", window: Window, value: float) -> Rating:
    low, high = window.low, window.high
    margin = min(
        *([value - low] if low is not None else []),
        *([high - value] if high is not None else []),
        float("inf"),
    )
    if low is None or high is None:
        return Rating(probe, window, value, None, margin >= 0, margin)
    half = (high - low) / 2
    percent = 100 * (value - (low + high) / 2) / half
    return Rating(probe, window, value, percent, abs(percent) < OUT_PERCENT, margin)
