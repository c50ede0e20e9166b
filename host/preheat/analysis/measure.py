"""What was measured in a run: the numbers, and one function that measures them all.

Every time between samples is a straight line, so crossings are interpolated. The same
definitions, sample by sample and on both Pythons, are in preheat_core/metrics.py and measures.py.
"""

from dataclasses import dataclass


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
    probe of a process role when the hottest of them peaked. overshoot_c: highest excess of the controlled
    probe over its setpoint, >= 0; tracking_rmse_c: root mean square of their difference; both
    without the time in which heat from above was declared. energy_wh: Wh of mains energy.
    slope_window_s, soak_c, liquidus_c, body_max_c: what the numbers were measured with.
    """

    probes: tuple[ProbeMeasures, ...]
    duration_s: "float | None" = None
    spread_at_peak_c: "float | None" = None
    overshoot_c: "float | None" = None
    tracking_rmse_c: "float | None" = None
    energy_wh: "float | None" = None
    slope_window_s: float = 10.0
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
