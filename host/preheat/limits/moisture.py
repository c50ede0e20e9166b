"""Moisture: how long a part may lie open, and how long it is baked, by level and thickness."""

from dataclasses import dataclass

from preheat.errors import Refused
from preheat.limits import load
from preheat.limits.numbers import MARK, UNVERIFIED, Number, number
from preheat.limits.schema import BAKE

TEMPS_C = (125, 90, 40)  # the last two with at most 5 % relative humidity
_HOURS = {"h": 1, "d": 24}


@dataclass(frozen=True)
class Bake:
    """One bake: `temp_c` for `saturated_h` (a part that may hold all the water it can), or
    `floor_h` (one that lay open at most 72 h longer than its floor life; the longest where the
    table gives a range). body_mm: for bodies up to it. `shown`: as the table prints it."""

    body_mm: float
    msl: str
    temp_c: int
    saturated_h: int
    floor_h: int
    shown: str
    source: str
    confidence: str

    @property
    def verified(self) -> bool:
        return self.confidence != UNVERIFIED


@dataclass(frozen=True)
class FloorLife:
    """How long a part of a level may lie open at 30 °C and 60 % relative humidity at most."""

    msl: str
    life: str
    source: str
    confidence: str

    @property
    def verified(self) -> bool:
        return self.confidence != UNVERIFIED

    @property
    def said(self) -> str:
        """The life with its mark."""
        return self.life if self.verified else f"{self.life} ({MARK})"


def levels() -> "tuple[str, ...]":
    """The moisture sensitivity levels, 1 to 6."""
    return tuple(row["msl"] for row in load.tables()["moisture"]["floor_life"])


def floor_life(msl: str) -> FloorLife:
    """The floor life of a level, in any case; Refused with the known ones."""
    for row in load.tables()["moisture"]["floor_life"]:
        if row["msl"] == msl.strip().casefold():
            source = load.sources()[row["source"]]
            return FloorLife(row["msl"], row["life"], source, row["confidence"])
    raise Refused(
        f"no moisture level {msl!r} is known here", f"use one of {', '.join(levels())}", "check"
    )


def bakes(msl: str, thickness_mm: "float | None" = None) -> "list[Bake]":
    """The bakes of a level, by thickness: those of the body's row, or of all rows for None.

    Empty where the tables have none: levels 1, 2 and 6, bodies over 4.5 mm, and 5a between 1.4
    and 2 mm. Refused for an unknown level or a thickness that is none.
    """
    level = floor_life(msl).msl
    if thickness_mm is not None and not 0 < thickness_mm < 100:
        raise Refused(f"a body of {thickness_mm:g} mm is none", "give its thickness", "check")
    rows = load.tables()["moisture"]["bake"]
    if thickness_mm is not None:
        fitting = [row["body_mm"] for row in rows if thickness_mm <= row["body_mm"]]
        rows = [row for row in rows if fitting and row["body_mm"] == min(fitting)]
    return [
        _bake(row, level, temp_c)
        for row in rows if level in row["msl"].split() for temp_c in TEMPS_C
    ]  # fmt: skip


def interruption_min() -> Number:
    """An interruption longer than this adds to the bake, minutes."""
    return number(load.tables()["moisture"]["interruption_min"], load.sources())


def _bake(row: "dict", level: str, temp_c: int) -> Bake:
    text = row[f"at_{temp_c}"]
    saturated_h, _, floor_h = hours(text)
    return Bake(row["body_mm"], level, temp_c, saturated_h, floor_h, text,
                load.sources()[row["source"]], row["confidence"])


def hours(text: str) -> "tuple[int, int, int]":
    """(saturated, shortest floor, longest floor) in h of "17/11 h" or "10/8-10 d"; ValueError."""
    found = BAKE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    by = _HOURS[found[4]]
    return int(found[1]) * by, int(found[2] or found[3]) * by, int(found[3]) * by
