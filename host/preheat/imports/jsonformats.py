"""JSON profiles: kiln-controller and picoReflow (v1, v2), EZ Make Oven and uReflowOven, pico-kiln.

Written from the published structure of each; what a key means is said where it is read.
"""

from typing import Any

from preheat.imports.curve import MOST_POINTS, START_C, Curve, Path
from preheat_core.check import shown

_UNITS = {
    "c": "c", "celsius": "c", "celcius": "c", "degc": "c",
    "f": "f", "fahrenheit": "f", "degf": "f",
}  # fmt: skip
_TIMES_S = {"s": 1, "second": 1, "seconds": 1, "m": 60, "minute": 60, "minutes": 60,
            "h": 3600, "hour": 3600, "hours": 3600}  # fmt: skip


def kind_of(d: dict) -> "str | None":
    """Which format the keys of a JSON object are of; None if of none."""
    if "segments" in d:
        return "kiln-v2"
    if "steps" in d:
        return "pico-kiln"
    if "profile" in d:
        return "ez-oven"
    return "kiln-v1" if "data" in d else None


def kiln_v1(d: dict, temp_unit: "str | None") -> Curve:
    """`data`: rows of [time, temperature]. TempUnit and TimeUnit only in one offspring of it;
    without them the times are seconds, and the temperatures are whatever that kiln was set to.
    """
    curve = Curve("kiln-controller v1", _unit(d.get("TempUnit", d.get("temp_units"))), temp_unit)
    curve.name = curve.text(d.get("name"))
    said = d.get("TimeUnit", "seconds")
    scale_s = _TIMES_S.get(said.lower()) if isinstance(said, str) else None
    if scale_s is None:
        curve.problems.append(f"TimeUnit is {shown(said)}: must be seconds, minutes or hours")
    _points(curve, d.get("data"), "data", scale_s or 1)
    return curve


def ez_oven(d: dict, temp_unit: "str | None") -> Curve:
    """`profile`: rows of [s, °C], with `title`, `alloy`, `melting_point` and `reference`; the
    marks of `stages` are for its display.
    """
    curve = Curve("EZ Make Oven", "c", temp_unit)
    curve.name = curve.text(d.get("title"))
    curve.alloy = curve.text(d.get("alloy"), 60)
    curve.reference = curve.text(d.get("reference"))
    if "melting_point" in d:
        curve.melting = curve.number(d["melting_point"], "melting_point", 0, 2000)
    _points(curve, d.get("profile"), "profile", 1)
    if "stages" in d:
        curve.notes.append("the marks in `stages` are for that oven's display: left out")
    return curve


def kiln_v2(d: dict, temp_unit: "str | None") -> Curve:
    """`segments` of rate (degrees an hour, "max" or "cool"), target and hold (minutes)."""
    curve = Curve("kiln-controller v2", _unit(d.get("temp_units")), temp_unit)
    curve.name = curve.text(d.get("name"))
    if d.get("version", 2) != 2:
        curve.problems.append("`version` is not 2: only v1 (`data`) and v2 are known")
    path = Path(curve, _start(curve, d.get("start_temp")))
    for i, row in _rows(curve, d["segments"], "segments"):
        where = f"segments[{i}]"
        rate = row.get("rate")
        target = curve.number(row.get("target", path.temp), f"{where}.target")
        hold_s = 60 * curve.number(row.get("hold", 0), f"{where}.hold", 0, 1e5)
        if rate == "cool":
            path.loose(where)
        elif rate == "max":
            path.ramp_free(target, where)
        elif target != path.temp:
            _paced(path, target, curve.number(rate, f"{where}.rate", -1e7), where)
        path.hold(hold_s, where)
    return curve


def pico_kiln(d: dict, temp_unit: "str | None") -> Curve:
    """`steps` of type ramp (target_temp; desired_rate in degrees an hour), hold (duration in
    seconds) and cooling. Its `min_rate` belongs to its own guard.
    """
    curve = Curve("pico-kiln", _unit(d.get("temp_units")), temp_unit)
    curve.name = curve.text(d.get("name"))
    path = Path(curve, _start(curve, None))
    for i, row in _rows(curve, d["steps"], "steps"):
        where = f"steps[{i}]"
        kind = row.get("type")
        target = curve.number(row.get("target_temp", path.temp), f"{where}.target_temp")
        if kind == "cooling":
            path.loose(where)
        elif kind == "hold":
            if target != path.temp:
                curve.problems.append(f"{where} holds {target:g} after a step to {path.temp:g}")
            path.hold(curve.number(row.get("duration"), f"{where}.duration", 0), where)
        elif kind != "ramp":
            curve.problems.append(f"{where}.type must be ramp, hold or cooling")
        elif "desired_rate" not in row and target < path.temp:
            path.loose(where)
        elif "desired_rate" not in row:
            curve.notes.append(f"{where} has no rate: 100 degrees an hour, as pico-kiln takes it")
            path.ramp_at(target, 100, where)
        elif target != path.temp:
            path.ramp_at(target, _rate(curve, row, where), where)
    if any("min_rate" in row for row in d["steps"] if isinstance(row, dict)):
        curve.notes.append("`min_rate` is for pico-kiln's guard: left out, this one has its own")
    return curve


READERS = {"kiln-v1": kiln_v1, "kiln-v2": kiln_v2, "ez-oven": ez_oven, "pico-kiln": pico_kiln}


def _unit(said: Any) -> "str | None":
    """The unit that the file names; "?" for a word that is none."""
    if said is None:
        return None
    return _UNITS.get(said.strip().lower(), "?") if isinstance(said, str) else "?"


def _start(curve: Curve, said: Any) -> float:
    if said is not None:
        return curve.number(said, "start_temp")
    curve.notes.append(f"the format has no start: {START_C:g} °C was taken")
    return curve.degrees(START_C)


def _paced(path: Path, target: float, rate: float, where: str) -> None:
    if rate and (rate > 0) != (target > path.temp):
        path.curve.problems.append(f"{where}: a rate of {rate:g} never gets to {target:g}")
    else:
        path.ramp_at(target, rate, where)


def _rate(curve: Curve, row: dict, where: str) -> float:
    return curve.number(row["desired_rate"], f"{where}.desired_rate", -1e7)


def _rows(curve: Curve, rows: Any, key: str) -> list[tuple[int, dict]]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_POINTS:
        curve.problems.append(f"{key} must be a list of 1 to {MOST_POINTS} tables")
        return []
    bad = [i for i, row in enumerate(rows) if not isinstance(row, dict)]
    curve.problems += [f"{key}[{i}] must be a table" for i in bad[:8]]
    return [(i, row) for i, row in enumerate(rows) if isinstance(row, dict)]


def _points(curve: Curve, rows: Any, key: str, scale_s: float) -> None:
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST_POINTS:
        curve.problems.append(f"{key} must be a list of 2 to {MOST_POINTS} rows [time, temp]")
        return
    for i, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != 2:
            curve.problems.append(f"{key}[{i}] must be [time, temperature]")
            continue
        at_s = curve.number(row[0], f"{key}[{i}][0]", 0) * scale_s
        curve.points.append((at_s, curve.number(row[1], f"{key}[{i}][1]")))
