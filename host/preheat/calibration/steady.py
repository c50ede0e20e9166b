"""Whether readings stand still enough to be one number, and which number."""

import math
from typing import NamedTuple

DRIFT_C = 0.2  # over the whole measurement: less than one step of the amplifier
SPREAD_C = 0.4  # standard deviation; the amplifier's own noise and steps make 0.1 to 0.2
LEAST = 8  # readings

Sample = tuple[float, float]  # seconds, °C


class Steady(NamedTuple):
    """Mean and standard deviation in °C, the drift from first to last by the slope, how many."""

    mean_c: float
    std_c: float
    drift_c: float
    readings: int


def slope_c_s(samples: "list[Sample]") -> float:
    """Least-squares slope in °C/s; 0 where all are of one moment."""
    mean_s = sum(t for t, _ in samples) / len(samples)
    mean_c = sum(c for _, c in samples) / len(samples)
    moment = sum((t - mean_s) ** 2 for t, _ in samples)
    if moment <= 0:
        return 0.0
    return sum((t - mean_s) * (c - mean_c) for t, c in samples) / moment


def measure(samples: "list[Sample]") -> Steady:
    """The figures of at least two readings in the order of time."""
    mean_c = sum(c for _, c in samples) / len(samples)
    std_c = math.sqrt(sum((c - mean_c) ** 2 for _, c in samples) / (len(samples) - 1))
    drift_c = slope_c_s(samples) * (samples[-1][0] - samples[0][0])
    return Steady(mean_c, std_c, drift_c, len(samples))


def unsteady(samples: "list[Sample]") -> str:
    """What is wrong with these readings as one number, as a sentence; empty if nothing is."""
    if len(samples) < LEAST:
        return f"only {len(samples)} readings came; {LEAST} are needed"
    found = measure(samples)
    if abs(found.drift_c) > DRIFT_C:
        way = "rises" if found.drift_c > 0 else "falls"
        span_s = samples[-1][0] - samples[0][0]
        return (
            f"it still {way}: {abs(found.drift_c):.1f} °C in {span_s:.0f} s, {DRIFT_C} °C at most"
        )
    if found.std_c > SPREAD_C:
        return (
            f"it jumps: a standard deviation of {found.std_c:.2f} °C, {SPREAD_C} °C at most; "
            "a tip that moves, or noise on the wire"
        )
    return ""
