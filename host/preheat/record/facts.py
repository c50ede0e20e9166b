"""What the gates must know of alloys, fluxes and moisture: one small function each.

Alloys come from `preheat.limits` once that is there; until then from the few that a unit knows.
"""

from datetime import timedelta
from importlib import import_module

from preheat.errors import PreheatError
from preheat_core import alloys

# What people write for the three families, lower case without blanks and hyphens.
_ALIASES = {
    "snpb": "SnPb", "sn63pb37": "SnPb", "sn60pb40": "SnPb", "sn62pb36ag2": "SnPb",
    "sac305": "SAC305", "sac387": "SAC305", "sac405": "SAC305", "sn96.5ag3cu0.5": "SAC305",
    "snbi": "SnBi", "sn42bi58": "SnBi", "sn42bi57ag1": "SnBi", "sn42bi57.6ag0.4": "SnBi",
}  # fmt: skip

# Time out of the dry bag at up to 30 °C and 60 % r.h. before a bake is due: J-STD-033 as reprinted
# by vendors (levels 2 to 4 seen, 5 and 5a recalled, so unverified). 6: before every use.
FLOOR_LIFE: dict[str, timedelta | None] = {
    "1": None, "2": timedelta(days=365), "2a": timedelta(weeks=4), "3": timedelta(hours=168),
    "4": timedelta(hours=72), "5": timedelta(hours=48), "5a": timedelta(hours=24),
    "6": timedelta(0),
}  # fmt: skip

# Hours of bake for a body that is saturated, by (thickest mm, level) and temperature in °C:
# J-STD-033 user bake as reprinted (eesemi.com, bake tables). Up to 4.5 mm only the longest of the
# range was seen, and that unverified.
_THIN, _MEDIUM, _THICK = 1.4, 2.0, 4.5
BAKE_H: dict[tuple[float, str], dict[int, float]] = {
    (_THIN, "2a"): {125: 5, 90: 17, 40: 192}, (_THIN, "3"): {125: 9, 90: 33, 40: 312},
    (_THIN, "4"): {125: 11, 90: 37, 40: 360}, (_THIN, "5"): {125: 12, 90: 41, 40: 408},
    (_THIN, "5a"): {125: 16, 90: 54, 40: 528},
    (_MEDIUM, "2a"): {125: 21, 90: 72, 40: 696}, (_MEDIUM, "3"): {125: 27, 90: 96, 40: 888},
    (_MEDIUM, "4"): {125: 34, 90: 120, 40: 1128}, (_MEDIUM, "5"): {125: 40, 90: 144, 40: 1368},
    **{(_THICK, level): {125: 48, 90: 240, 40: 1896} for level in ("2a", "3", "4", "5", "5a")},
}  # fmt: skip


def family(name: str | None) -> str | None:
    """What a unit calls an alloy: "SnPb", "SAC305" or "SnBi"; None where nobody knows it."""
    if name is None:
        return None
    if name in alloys.NAMES:
        return name
    return _from_limits(name) or _ALIASES.get(_plain(name))


def same_alloy(one: str, other: str) -> bool:
    """Whether two names mean alloys of one family; unknown ones by their letters."""
    known = family(one), family(other)
    return known[0] == known[1] if None not in known else _plain(one) == _plain(other)


def solidus_c(name: str | None) -> float | None:
    """Where the alloy's family begins to melt, °C; None where it is not known."""
    known = family(name)
    return None if known is None else alloys.find(known).solidus_c


def flux_fits(label: str, alloy: str) -> bool:
    """Whether a flux's label, "SnPb, SAC305", names the alloy it is used with."""
    return any(same_alloy(word.strip(), alloy) for word in label.split(",") if word.strip())


def floor_life(msl: str) -> timedelta | None:
    """How long a component of a moisture level may be out of its bag; None: without end."""
    return FLOOR_LIFE[msl]


def bake_hours(msl: str, thickness_mm: float | None, temp_c: float | None) -> float | None:
    """Hours of bake that dry a saturated body; None where no table says.

    A body of unknown thickness is taken for the thickest. The temperature counts as the next
    lower one of the table: hotter is not proven to be quicker.
    """
    if temp_c is None:
        return None
    body = _THICK if thickness_mm is None else thickness_mm
    for most, level in BAKE_H:
        if level == msl and body <= most:
            usable = [c for c in BAKE_H[most, level] if c <= temp_c]
            return BAKE_H[most, level][max(usable)] if usable else None
    return None


def _from_limits(name: str) -> str | None:
    try:
        found = import_module("preheat.limits.alloys").find(name)
    except (ImportError, KeyError, PreheatError):  # not there yet, or not known there
        return None
    return getattr(found, "family", None)


def _plain(name: str) -> str:
    return "".join(name.casefold().replace("-", "").split())
