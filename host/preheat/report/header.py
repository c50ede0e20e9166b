"""A log header's fields, read for the page: a log may say anything, nothing is taken on trust.

What is not of the documented type (docs/log-format.md) is None or left out; `problems` says so.
"""

import math
from dataclasses import dataclass
from typing import Any

from preheat_core.limits import LIMIT_ROLES
from preheat_core.profile import PURPOSES

LONGEST_TEXT = 80  # of a name or a source as shown; a unit's own are far shorter


@dataclass(frozen=True)
class RoleLimit:
    """What bound a role's probes: °C at which the run trips, and from which heat is withheld."""

    role: str
    trip_c: float
    approach_c: "float | None"
    source: str


@dataclass(frozen=True)
class Calibrated:
    """One probe's calibration as it was in the unit; dates as YYYY-MM-DD, None where unsaid."""

    probe: str
    offset_c: "float | None"
    gain: "float | None"
    date: "str | None" = None
    due: "str | None" = None
    instrument: "str | None" = None
    certificate: "str | None" = None


@dataclass(frozen=True)
class Header:
    """What a log says of its run; `said` holds the plain texts by their field's name."""

    said: "dict[str, str]"
    limits: "tuple[RoleLimit, ...]" = ()
    calibration: "tuple[Calibrated, ...]" = ()
    stages: "tuple[str, ...]" = ()
    detached: "bool | None" = None
    epoch_s: "float | None" = None
    liquidus_c: "float | None" = None
    ramp_max_c_s: "float | None" = None
    run_max_s: "float | None" = None
    spread_max_c: "float | None" = None
    tal_max_s: "float | None" = None
    problems: "tuple[str, ...]" = ()

    @property
    def purpose(self) -> "str | None":
        """What the profile was for, one of PURPOSES; None where an older log does not say it."""
        said = self.said.get("purpose")
        return said if said in PURPOSES else None

    def limit(self, role: str) -> "RoleLimit | None":
        """The limit of a role; None where the log names none."""
        return next((row for row in self.limits if row.role == role), None)

    def error_c(self, role: str) -> "float | None":
        """The sensor error that the unit's settings declare, > 0: its limit less the level from
        which heat is withheld. None for the heater, whose distance is fixed, and where unknown."""
        row = self.limit(role)
        if row is None or row.approach_c is None or role == "heater":
            return None
        error_c = row.trip_c - row.approach_c
        return error_c if error_c > 0 else None


TEXTS = (
    "run", "by", "profile", "profile_hash", "alloy", "unit", "uid", "boot_id", "fw_hash", "board",
    "board_hash", "settings_hash", "purpose",
)  # fmt: skip
NUMBERS = ("epoch_s", "liquidus_c", "ramp_max_c_s", "run_max_s", "spread_max_c", "tal_max_s")


def read(raw: Any) -> Header:
    """The fields of a header; an empty one for None, which has no problems of its own."""
    raw = raw if isinstance(raw, dict) else {}
    numbers = {key: number(raw.get(key)) for key in NUMBERS}
    problems = [
        f"{key} is not a number"
        for key in NUMBERS
        if raw.get(key) is not None and numbers[key] is None
    ]
    limits = tuple(row for row in map(_limit, rows(raw.get("limits"))) if row)
    if len(limits) != len(rows(raw.get("limits"))):
        problems.append("a row of its limits does not read")
    if raw.get("purpose") not in (None, *PURPOSES):
        problems.append("its purpose is none that this version knows")
    stages = raw.get("stages")
    detached = raw.get("detached")
    return Header(
        {key: text(raw[key]) for key in TEXTS if isinstance(raw.get(key), str)},
        limits,
        tuple(row for row in map(_calibrated, rows(raw.get("calibration"))) if row),
        tuple(text(name) for name in stages) if isinstance(stages, list) else (),
        detached if isinstance(detached, bool) else None,
        **numbers,
        problems=tuple(problems),
    )


def text(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Any value as one short line without control characters; markup stays as it is."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def number(value: Any) -> "float | None":
    """A finite number as float; None for anything else, truth values too."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def rows(value: Any) -> "list[list[Any]]":
    """The lists in a list; none for anything else."""
    return [row for row in value if isinstance(row, list)] if isinstance(value, list) else []


def _limit(row: "list[Any]") -> "RoleLimit | None":
    role, trip_c, approach_c, source = (*row, None, None, None, None)[:4]
    trip = number(trip_c)
    if role not in LIMIT_ROLES or trip is None:
        return None
    return RoleLimit(role, trip, number(approach_c), text(source) if source else "unknown")


def _calibrated(row: "list[Any]") -> "Calibrated | None":
    probe, offset_c, gain, *more = (*row, *[None] * 7)[:7]
    if probe is None:
        return None
    told = [None if value is None else text(value) for value in more]
    return Calibrated(text(probe), number(offset_c), number(gain), *told)
