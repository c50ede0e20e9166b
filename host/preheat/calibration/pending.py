"""Points that were taken and wait to be fitted, per unit and probe, and settings put aside.

Both lie in the data folder's calibration/: hours may pass between ice and boiling water.
"""

import datetime
import json
from pathlib import Path
from typing import Any

from preheat import keepfile, paths, tomltext
from preheat.calibration.fit import MOST_POINTS, NEAR_C, Point
from preheat.errors import Refused, UsageError
from preheat_core import settings


class Pending:
    """The waiting points of the unit with chip id `uid`; read at once, written whole."""

    def __init__(self, uid: str) -> None:
        if not uid:
            raise UsageError("the unit tells no chip id", "points are kept by it: deploy again")
        self.path = paths.calibration_dir() / f"{paths.safe(uid)}.points.json"
        self._points: dict[str, list[Point]] = {}
        self._load()

    def _load(self) -> None:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        try:
            data = json.loads(text)
            for probe, rows in data["points"].items():
                self._points[probe] = [_point(row) for row in rows]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{self.path} is not a readable list of points ({error})",
                "delete it, and take the points again",
            ) from error

    def _save(self) -> None:
        points = {
            probe: [point._asdict() for point in rows]
            for probe, rows in sorted(self._points.items()) if rows
        }
        text = json.dumps({"schema": 1, "points": points}, indent=1, ensure_ascii=False)
        keepfile.write(self.path, (text + "\n").encode())

    def all(self) -> dict[str, list[Point]]:
        """Every probe's points, the coldest first."""
        return {probe: self.of(probe) for probe in sorted(self._points) if self._points[probe]}

    def of(self, probe: str) -> list[Point]:
        """The points of one probe, the coldest first."""
        return sorted(self._points.get(probe, ()), key=lambda point: point.true_c)

    def need_room(self, probe: str, true_c: float) -> None:
        """Refused when another point would be one too many."""
        near = [p for p in self.of(probe) if abs(p.true_c - true_c) < NEAR_C]
        if not near and len(self.of(probe)) >= MOST_POINTS:
            raise Refused(
                f"{probe} has {MOST_POINTS} points already",
                f"fit them: `preheat calibrate apply {probe}`, or drop them: "
                f"`preheat calibrate clear {probe} --points`", "state",
            )  # fmt: skip

    def add(self, probe: str, point: Point) -> list[Point]:
        """Keep a point; one within NEAR_C of it gives way. Answers those that gave way."""
        self.need_room(probe, point.true_c)
        rows = self._points.get(probe, [])
        gone = [p for p in rows if abs(p.true_c - point.true_c) < NEAR_C]
        self._points[probe] = [p for p in rows if p not in gone] + [point]
        self._save()
        return gone

    def drop(self, probe: str) -> list[Point]:
        """Forget a probe's points; answers them."""
        gone = self.of(probe)
        self._points.pop(probe, None)
        if gone:
            self._save()
        return gone


def _point(row: dict[str, Any]) -> Point:
    point = Point(**row)
    for value in (point.true_c, point.error_c, point.read_c, point.std_c):
        float(value)
    return point


def now() -> str:
    """The time on this computer, to the minute."""
    return datetime.datetime.now().isoformat(timespec="minutes")


def put_aside(values: dict[str, Any]) -> Path:
    """Write a unit's settings to a TOML file of their own; it can be pushed back as it is."""
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    text = tomltext.dumps(settings.normalise(values))
    number = 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        path = paths.calibration_dir() / f"{values['name']}-{stamp}{tail}.toml"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            return path
        except FileExistsError:
            number += 1
        except OSError as error:
            raise UsageError(
                f"the settings could not be put aside in {path}: {error.strerror}",
                "make room there; nothing was changed",
            ) from error
