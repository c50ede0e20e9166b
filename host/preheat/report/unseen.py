"""Times that gaps in the readings leave open: what was seen is then only the least it can be."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from preheat.analysis.measure import Measures
from preheat.analysis.series import Series
from preheat.analysis.slopes import GAP_MAX_S
from preheat.report.checks import OF_JOINT, Check
from preheat_core.measures import NEAR_BODY_C

_ABOVE = tuple(name for name in OF_JOINT if name != "peak_c")  # times above one temperature


def sure(series: Series, measures: Measures) -> Measures:
    """The numbers without the times that a gap may have cut short."""
    probes = []
    for probe in measures.probes:
        found: dict[str, Any] = {
            name: None for name in (*_ABOVE, "near_body_s", "soak_s")
            if getattr(probe, name) is not None
            and _open(series, probe.name, name, _from_c(name, measures), measures)
        }  # fmt: skip
        probes.append(replace(probe, **found))
    return replace(measures, probes=tuple(probes))


def doubted(series: Series, measures: Measures, found: Sequence[Check]) -> "list[Check]":
    """The rows of the table, those of such times without their number; but what was seen to be
    over its limit stays outside, since more time would only be worse."""
    return [_unknown(row) if _in_doubt(series, measures, row) else row for row in found]


def _in_doubt(series: Series, measures: Measures, row: Check) -> bool:
    if row.rating is None or not row.probe or row.value is None:
        return False
    if row.inside is False and row.high is not None and row.value >= row.high:
        return False
    from_c = row.rating.window.from_c
    from_c = _from_c(row.statistic, measures) if from_c is None else from_c
    return _open(series, row.probe, row.statistic, from_c, measures)


def _unknown(row: Check) -> Check:
    return replace(row, value=None, inside=None, margin=None, rating=None)


def _from_c(statistic: str, measures: Measures) -> "float | None":
    """The °C that a time above one temperature is counted from."""
    if statistic == "near_body_s":
        return None if measures.body_max_c is None else measures.body_max_c - NEAR_BODY_C
    return measures.liquidus_c if statistic in _ABOVE else None


def _open(
    series: Series, probe: str, statistic: str, from_c: "float | None", measures: Measures
) -> bool:
    """Whether a gap between two readings of a probe touches where a time of it counts."""
    temp_c = series.trace(probe).temp_c
    seen = ~np.isnan(temp_c)
    t_s, temp_c = series.t_s[seen], temp_c[seen]
    low_c, high_c = from_c, None
    if statistic == "soak_s" and measures.soak_c is not None:
        low_c, high_c = measures.soak_c
        reached = np.flatnonzero(temp_c >= high_c)  # it counts until then
        if len(reached):
            t_s, temp_c = t_s[: reached[0] + 1], temp_c[: reached[0] + 1]
    if low_c is None or len(t_s) < 2:
        return False
    gap = np.diff(t_s) > GAP_MAX_S
    top, bottom = np.fmax(temp_c[1:], temp_c[:-1]), np.fmin(temp_c[1:], temp_c[:-1])
    touched = top >= low_c if high_c is None else (top >= low_c) & (bottom <= high_c)
    return bool((gap & touched).any())
