"""What was measured in a run: the numbers, and one function that measures them all.

Every time between samples is a straight line, so crossings are interpolated. The same
definitions, sample by sample and on both Pythons, are in preheat_core/metrics.py and measures.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from preheat.analysis import slopes, spans
from preheat.analysis.series import Array, Series, Trace
from preheat_core.board import PROCESS_ROLES
from preheat_core.measures import NEAR_BODY_C, over_c

SLOPE_WINDOW_S = 10.0  # what results are reported over; the guard of a unit judges over 4 to 5 s


@dataclass(frozen=True)
class ProbeMeasures:
    """One probe's numbers; None where unknown or without meaning.

    peak_c: highest reading (of Trace.high_c where it is known), °C, at peak_at_s after t_s = 0.
    max_ramp_c_s, max_cool_c_s: steepest least-squares rise and fall over Measures.slope_window_s,
    °C/s, both >= 0. soak_s: s between the two temperatures of Measures.soak_c until the upper
    one is first reached. tal_s, tal_longest_s: s above liquidus, in all and the longest stretch.
    near_body_s: s within 5 °C of the body limit or above it. to_peak_s: s from 25 °C to the
    peak. over_limit_c: °C of the peak over the limit of the probe's role, 0 where it stayed
    below.
    """

    name: str
    role: str
    peak_c: "float | None" = None
    peak_at_s: "float | None" = None
    max_ramp_c_s: "float | None" = None
    max_cool_c_s: "float | None" = None
    soak_s: "float | None" = None
    tal_s: "float | None" = None
    tal_longest_s: "float | None" = None
    near_body_s: "float | None" = None
    to_peak_s: "float | None" = None
    over_limit_c: "float | None" = None


@dataclass(frozen=True)
class Measures:
    """A run's numbers: each probe's, in the order of the series, and those of the whole run.

    duration_s: first to last sample. spread_at_peak_c: °C between the hottest and the coldest
    probe of a process role when the hottest of them peaked. overshoot_c: highest excess of the
    controlled probe over its setpoint, >= 0; tracking_rmse_c: root mean square of their
    difference over the samples; both without the time in which heat from above was declared.
    energy_wh: Wh of mains energy. slope_window_s, soak_c, liquidus_c, body_max_c: what the
    numbers were measured with.
    """

    probes: tuple[ProbeMeasures, ...]
    duration_s: "float | None" = None
    spread_at_peak_c: "float | None" = None
    overshoot_c: "float | None" = None
    tracking_rmse_c: "float | None" = None
    energy_wh: "float | None" = None
    slope_window_s: float = SLOPE_WINDOW_S
    soak_c: "tuple[float, float] | None" = None
    liquidus_c: "float | None" = None
    body_max_c: "float | None" = None

    def probe(self, name: str) -> ProbeMeasures:
        """The probe of that name; KeyError when there is none."""
        for probe in self.probes:
            if probe.name == name:
                return probe
        raise KeyError(name)


# What a limit can be set on: numbers of each probe, and numbers of the whole run.
OF_PROBE = tuple(ProbeMeasures.__dataclass_fields__)[2:]
OF_RUN = (
    "duration_s", "spread_at_peak_c", "overshoot_c", "tracking_rmse_c", "energy_wh",
)  # fmt: skip


def measure(
    series: Series,
    *,
    liquidus_c: "float | None" = None,
    body_max_c: "float | None" = None,
    soak_c: "tuple[float, float] | None" = None,
    limit_c: "Mapping[str, float] | None" = None,
    power_w: "float | None" = None,
    slope_window_s: float = SLOPE_WINDOW_S,
) -> Measures:
    """Every number of a run.

    liquidus_c: °C of the alloy. body_max_c: °C, the limit of a component's body. soak_c: the two
    temperatures of the soak, the lower first. limit_c: by role, the limit that peaks are held
    against. power_w: W of all heaters. What is None leaves its numbers unknown. ValueError for a
    soak or a slope window that cannot be.
    """
    if soak_c is not None and not soak_c[0] < soak_c[1]:
        raise ValueError(f"a soak from {soak_c[0]} to {soak_c[1]} °C")
    limits = limit_c or {}
    probes = [
        ProbeMeasures(
            trace.name,
            trace.role,
            **_peak(series.t_s, trace, limits.get(trace.role)),
            **_course(series.t_s, trace.temp_c, liquidus_c, body_max_c, soak_c, slope_window_s),
        )
        for trace in series.traces
    ]
    over_setpoint_c, rmse_c = _tracking(series)
    return Measures(
        probes=tuple(probes),
        duration_s=float(series.t_s[-1] - series.t_s[0]) if len(series.t_s) else None,
        spread_at_peak_c=spans.spread_at_peak_c(
            [trace.temp_c for trace in series.traces if trace.role in PROCESS_ROLES]
        ),
        overshoot_c=over_setpoint_c,
        tracking_rmse_c=rmse_c,
        energy_wh=None
        if power_w is None or series.delivered is None
        else spans.energy_wh(series.t_s, series.delivered, power_w),
        slope_window_s=slope_window_s,
        soak_c=soak_c,
        liquidus_c=liquidus_c,
        body_max_c=body_max_c,
    )


def _peak(t_s: Array, trace: Trace, limit_c: "float | None") -> dict[str, Any]:
    top_c = trace.temp_c if trace.high_c is None else np.fmax(trace.temp_c, trace.high_c)
    at = spans.peak_at(top_c)
    if at is None:
        return {}
    peak_c = float(top_c[at])
    return {
        "peak_c": peak_c,
        "peak_at_s": float(t_s[at]),
        "to_peak_s": spans.climb_s(t_s, trace.temp_c, at, peak_c),
        "over_limit_c": over_c(peak_c, limit_c),
    }


def _course(
    t_s: Array,
    temp_c: Array,
    liquidus_c: "float | None",
    body_max_c: "float | None",
    soak_c: "tuple[float, float] | None",
    slope_window_s: float,
) -> dict[str, Any]:
    """The numbers of the readings' course. A missing reading is a longer step, not a value."""
    missing = np.isnan(temp_c)
    if missing.any():
        t_s, temp_c = t_s[~missing], temp_c[~missing]
    if not len(temp_c):
        return {}
    rising, falling = slopes.steepest_c_s(t_s, temp_c, slope_window_s)
    found: dict[str, Any] = {
        "max_ramp_c_s": None if rising is None else max(rising, 0.0),
        "max_cool_c_s": None if falling is None else max(-falling, 0.0),
    }
    gaps = spans.gaps_after(t_s)
    if liquidus_c is not None:
        found["tal_s"], found["tal_longest_s"] = spans.time_between(
            t_s, temp_c, liquidus_c, gaps=gaps
        )
    if body_max_c is not None:
        near_c = body_max_c - NEAR_BODY_C
        found["near_body_s"], _ = spans.time_between(t_s, temp_c, near_c, gaps=gaps)
    if soak_c is not None:
        found["soak_s"], _ = spans.time_between(t_s, temp_c, *soak_c, once=True, gaps=gaps)
    return found


def _tracking(series: Series) -> "tuple[float, float] | tuple[None, None]":
    """(highest excess over the setpoint, root mean square of the error), as RunMetrics has it."""
    control = series.control
    if control is None or series.setpoint_c is None:
        return None, None
    error_c = control.temp_c - series.setpoint_c
    scored = ~np.isnan(error_c)
    if series.external is not None:
        scored &= ~series.external
    if not scored.all():
        error_c = error_c[scored]
    if not len(error_c):
        return None, None
    return max(float(error_c.max()), 0.0), float(np.sqrt((error_c * error_c).mean()))
