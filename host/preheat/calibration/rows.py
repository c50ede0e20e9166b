"""A `[[calibration]]` row: made of a fit and its papers, put into settings, said in words."""

from typing import Any, NamedTuple

from preheat.calibration import dates
from preheat.calibration.fit import Fit, Point, error_at
from preheat_core import settings

ASIDE_C = (150.0, 245.0)  # where it matters: the usual soak, the hottest body
KEYS = tuple(field.key for field in settings.CALIBRATION_FIELDS)


class Papers(NamedTuple):
    """Who calibrated, with what; None: not said."""

    operator: "str | None" = None
    instrument: "str | None" = None
    certificate: "str | None" = None
    due: "str | None" = None


def make(probe: str, found: Fit, points: list[Point], papers: Papers) -> dict[str, Any]:
    """The row for settings; its date is that of the latest point."""
    row = {
        "probe": probe,
        "offset_c": found.offset_c,
        "gain": found.gain,
        "date": max(point.at for point in points)[:10],
        "residual_c": found.residual_c,
        "points": "; ".join(f"{p.kind} {p.true_c:.2f}: {p.read_c:.2f}" for p in points),
        **papers._asdict(),
    }
    return {key: row[key] for key in KEYS if row[key] is not None}


def find(values: dict[str, Any], probe: str) -> "dict[str, Any] | None":
    """The row of a probe in settings."""
    return next((row for row in values["calibration"] if row["probe"] == probe), None)


def replaced(values: dict[str, Any], probe: str, row: "dict[str, Any] | None") -> dict[str, Any]:
    """Settings with another row for a probe, in the old one's place, or without it."""
    rows = list(values["calibration"])
    at = next((i for i, old in enumerate(rows) if old["probe"] == probe), len(rows))
    rows[at : at + 1] = [] if row is None else [row]
    return {**values, "calibration": rows}


def changes(
    before: "dict[str, Any] | None", after: "dict[str, Any] | None"
) -> list[tuple[str, Any, Any]]:
    """(key, before, after) of what differs, in the order of the field table."""
    old, new = before or {}, after or {}
    return [(k, old.get(k), new.get(k)) for k in KEYS if old.get(k) != new.get(k)]


def state(row: "dict[str, Any] | None") -> str:
    """How a calibration stands today: none, good, expired, or what cannot be told."""
    if row is None:
        return "not calibrated"
    due = dates.parse(row.get("due"))
    if due is None:
        return "no due date"
    left = (due - dates.today()).days
    return f"good for {dates.days(left)}" if left >= 0 else f"EXPIRED {dates.days(-left)} ago"


def age(row: dict[str, Any]) -> str:
    """The row's date and how long ago that is."""
    made = dates.parse(row.get("date"))
    if made is None:
        return "no date"
    old = (dates.today() - made).days
    return f"{made} ({dates.days(old)} ago)" if old > 0 else f"{made} (today)"


def leaves_open(points: list[Point], sensor_error_c: float) -> list[str]:
    """What these points do not tell, in sentences."""
    said = []
    if len(points) == 1:
        true_c = points[0].true_c
        far = ", ".join(f"{abs(at_c - true_c) / 100:.1f} °C at {at_c:.0f} °C" for at_c in ASIDE_C)
        said.append(
            "one point tells the offset there and nothing of the gain: 1 % of gain error, unseen, "
            f"would be {far}; a second point, 50 °C away or more, tells it"
        )
    else:
        errors = [(at_c, error_at(points, at_c)) for at_c in ASIDE_C]
        far = ", ".join(f"±{error_c:.1f} °C at {at_c:.0f} °C" for at_c, error_c in errors)
        said.append(f"the points themselves leave {far} open")
    if any(point.kind == "reference" for point in points):
        said.append(
            "the reference's own error comes on top: see its certificate (a MAX31855 without one: "
            "±2 °C by its data sheet, and its thermocouple's tolerance)"
        )
    if len(points) == 2:
        said.append("two points fit any line: their residual of 0 proves nothing, a third would")
    said.append(
        f"sensor_error_c stays {sensor_error_c:g} °C: it also covers how the probe is attached; "
        "docs/commissioning.md says when less is honest"
    )
    return said
