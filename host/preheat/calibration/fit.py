"""From points (what was read against what was true) to offset and gain, or why there are none.

true = gain × reading + offset, the reading linearised and otherwise uncorrected: it is what
`preheat_core.thermocouple.calibrated` computes on the unit.
"""

from typing import NamedTuple

from preheat.errors import Refused
from preheat_core import settings, thermocouple

MOST_POINTS = 3  # two for a line, one to see whether it is one
LEAST_SPAN_C = 50.0  # 0.25 °C of resolution at each end: a gain within 1 %
NEAR_C = 10.0  # closer points tell the same; the later one counts
RESOLUTION_C = 0.25  # the amplifier's step; a mean may be off by half of it
_BOUNDS = {f.key: (f.low, f.high) for f in settings.CALIBRATION_FIELDS if f.kind == "number"}
OFFSET_C = _BOUNDS["offset_c"]
GAIN = _BOUNDS["gain"]
WRONG = (
    "a probe that far off is damaged, of another type than K or wired the wrong way round; "
    "or the reference is wrong, or the tip was not at its temperature: look for the cause"
)


class Point(NamedTuple):
    """One fixed point: `true_c` ± `error_c`, and the uncorrected `read_c` with its spread, in °C.

    kind: ice, boiling, reference or an alloy. at: when, as YYYY-MM-DDTHH:MM. how: in words.
    """

    kind: str
    true_c: float
    error_c: float
    read_c: float
    std_c: float
    at: str
    how: str

    def __str__(self) -> str:
        return f"{self.kind} {self.true_c:.2f} °C, read {self.read_c:.2f} °C"


class Fit(NamedTuple):
    """An offset in °C, a gain, and per point what is left: true minus corrected, in °C."""

    offset_c: float
    gain: float
    residuals_c: tuple[float, ...]

    @property
    def residual_c(self) -> float:
        """The largest residual, without its sign."""
        return round(max(abs(value) for value in self.residuals_c), 2)


def uncorrected(shown_c: float, offset_c: float, gain: float) -> float:
    """The linearised reading behind what a unit shows: the inverse of `calibrated`."""
    return (shown_c - offset_c) / gain


def fit(points: list[Point]) -> Fit:
    """Offset (one point) or offset and gain (two or three, least squares), within their bounds.

    Refused: none or too many, a span of less than LEAST_SPAN_C, a result out of bounds.
    """
    if not 1 <= len(points) <= MOST_POINTS:
        raise Refused(f"a fit takes 1 to {MOST_POINTS} points, not {len(points)}", code="check")
    mean_read_c = sum(p.read_c for p in points) / len(points)
    mean_true_c = sum(p.true_c for p in points) / len(points)
    gain = 1.0
    if len(points) > 1:
        _need_span(points)
        moment = sum((p.read_c - mean_read_c) ** 2 for p in points)
        both = sum((p.read_c - mean_read_c) * (p.true_c - mean_true_c) for p in points)
        if moment <= 0:
            raise Refused(f"every point read the same {mean_read_c:.2f} °C", WRONG, "check")
        gain = both / moment
    # Rounded to what settings files show; 0.000001 at 1000 °C is 0.001 °C.
    gain = round(gain, 6)
    offset_c = round(mean_true_c - gain * mean_read_c, 3)
    _need_bounds(offset_c, gain)
    residuals = tuple(
        round(p.true_c - thermocouple.calibrated(p.read_c, offset_c, gain), 3) for p in points
    )
    return Fit(offset_c, gain, residuals)


def need_plausible(true_c: float, read_c: float) -> None:
    """Refused where no offset and gain within their bounds could make `read_c` true."""
    most_c = OFFSET_C[1] + (GAIN[1] - 1) * abs(read_c)
    if abs(true_c - read_c) > most_c:
        raise Refused(
            f"read {read_c:.1f} °C where {true_c:.1f} °C is true: {true_c - read_c:+.1f} °C is "
            f"more than a calibration may correct ({most_c:.1f} °C)",
            f"nothing was recorded; {WRONG}", "check",
        )  # fmt: skip


def error_at(points: list[Point], at_c: float) -> "float | None":
    """How far the line may be off at `at_c` by what the points themselves leave open, in °C.

    Each end may be off by its error and half the amplifier's step. None for one point: it tells
    nothing of the gain.
    """
    if len(points) < 2:
        return None
    low, high = min(points, key=_true), max(points, key=_true)
    share = (at_c - low.true_c) / (high.true_c - low.true_c)
    return abs(1 - share) * _open(low) + abs(share) * _open(high)


def _true(point: Point) -> float:
    return point.true_c


def _open(point: Point) -> float:
    return point.error_c + RESOLUTION_C / 2


def _need_span(points: list[Point]) -> None:
    span_c = max(map(_true, points)) - min(map(_true, points))
    if span_c < LEAST_SPAN_C:
        raise Refused(
            f"the points are {span_c:.1f} °C apart: a gain needs {LEAST_SPAN_C:.0f} °C",
            "take one farther away, or drop them (`preheat calibrate clear PROBE --points`) and "
            "take the one that counts", "check",
        )  # fmt: skip


def _need_bounds(offset_c: float, gain: float) -> None:
    wrong = []
    if not GAIN[0] <= gain <= GAIN[1]:
        wrong.append(f"a gain of {gain:.4f} is outside {GAIN[0]} to {GAIN[1]}")
    if not OFFSET_C[0] <= offset_c <= OFFSET_C[1]:
        wrong.append(f"an offset of {offset_c:+.2f} °C is outside {OFFSET_C[0]} to {OFFSET_C[1]}")
    if wrong:
        raise Refused(" and ".join(wrong), f"nothing was stored; {WRONG}", "check", wrong)
