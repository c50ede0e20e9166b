"""What the gates must know of alloys, fluxes and moisture: one small function each.

The numbers and their sources are those of `preheat.limits`; this is the only file here that asks
it. A name that it does not know is no error: the gates say what cannot be judged.
"""

from collections.abc import Sequence
from datetime import timedelta

from preheat.errors import Refused
from preheat.limits import alloys, moisture, parts
from preheat.limits import question as limits
from preheat.limits.alloys import AlloyRow
from preheat.record.model import Job
from preheat_core import alloys as device

_HOURS = {"h": 1, "days": 24, "weeks": 24 * 7, "year": 24 * 365}


def alloy(name: str | None) -> AlloyRow | None:
    """The row of an alloy, by any usual name; None where nobody knows it."""
    if name is None:
        return None
    try:
        return alloys.find(name)
    except Refused:
        return None


def family(name: str | None) -> str | None:
    """What a unit and its profiles call an alloy: "SnPb", "SAC305" or "SnBi"; None if unknown."""
    row = alloy(name)
    return None if row is None else row.family


def has_lead(name: str | None) -> bool | None:
    """Whether there is lead in it; None where nobody knows the alloy."""
    row = alloy(name)
    return None if row is None else row.has_lead


def has_bismuth(name: str | None) -> bool | None:
    """Whether there is bismuth in it; None where nobody knows the alloy."""
    row = alloy(name)
    return None if row is None else row.has_bismuth


def same_alloy(one: str, other: str) -> bool:
    """Whether two names mean alloys of one kind, as to family, lead and bismuth.

    Unknown ones are compared by their letters.
    """
    rows = alloy(one), alloy(other)
    if rows[0] is None or rows[1] is None:
        return _plain(one) == _plain(other)
    return _kind(rows[0]) == _kind(rows[1])


def melts_below(name: str | None, profile_alloy: str) -> bool:
    """Whether an alloy's family melts below what a profile is for; False where it is unknown."""
    mine, theirs = family(name), family(profile_alloy)
    if mine is None or theirs is None:
        return False
    return device.find(mine).solidus_c < device.find(theirs).solidus_c


def lowest_family(job: Job) -> str | None:
    """Of the job's alloys the one that melts first, by the unit's word; None if none is known."""
    known = [one for one in map(family, (job.existing_alloy, job.new_alloy)) if one is not None]
    return min(known, key=lambda one: device.find(one).solidus_c, default=None)


def flux_fits(label: str, joint: str) -> bool:
    """Whether a flux's label, "SnPb, SAC305", names the alloy it is used with."""
    return any(same_alloy(word.strip(), joint) for word in label.split(",") if word.strip())


def floor_life(msl: str) -> timedelta | None:
    """How long a part of a moisture level may be out of its bag; None: without end, 0: not at all.

    "168 h", "4 weeks", "1 year" of the table; ValueError if it says it in other words.
    """
    life = moisture.floor_life(msl).life
    if life == "unlimited":
        return None
    if life == "bake before use":
        return timedelta(0)
    count, _, unit = life.partition(" ")
    if not count.isdecimal() or unit not in _HOURS:
        raise ValueError(life)
    return timedelta(hours=int(count) * _HOURS[unit])


def bake_hours(msl: str, thickness_mm: float | None, temp_c: float) -> float | None:
    """Hours of bake that dry a saturated body; None where no table says.

    A body of unknown thickness, or of one whose row leaves the level out, counts as the thickest.
    The temperature counts as the next lower one of the table: hotter is not proven to be quicker.
    """
    rows = moisture.bakes(msl, thickness_mm) or moisture.bakes(msl)
    usable = [row for row in rows if row.temp_c <= temp_c]
    if not usable or (thickness_mm or 0) > max(row.body_mm for row in rows):
        return None
    hottest = max(row.temp_c for row in usable)
    return max(row.saturated_h for row in usable if row.temp_c == hottest)


def limits_question(
    job: Job, sites: Sequence[str], run_alloy: "str | None", error_c: "float | None"
) -> "limits.Question | None":
    """What a run of the job asks the tables of limits; None where they can say nothing of it.

    The job's alloy of the run's family, the new one first. A package where the sites have one
    between them; a name that the tables do not have is none.
    """
    stated = [name for name in (job.new_alloy, job.existing_alloy) if name is not None]
    names = [name for name in stated if run_alloy and same_family(name, run_alloy)]
    existing = job.existing_alloy if alloy(job.existing_alloy) else None
    packages = {package(site.package) for site in job.sites if site.reference in sites}
    part = packages.pop() if len(packages) == 1 else None
    if not names and run_alloy is None:
        return None
    return limits.Question(
        names[0] if names else str(run_alloy), existing, part,
        sensor_error_c=limits.SENSOR_ERROR_C if error_c is None else error_c,
    )


def package(name: str) -> "str | None":
    """The tables' name of a package; None where they do not have it."""
    try:
        return parts.find_package(name).name if name else None
    except Refused:
        return None


def same_family(one: str, other: str) -> bool:
    """Whether a unit takes both for the same."""
    return family(one) is not None and family(one) == family(other)


def hottest_bake_c() -> float:
    """The highest temperature at which a table dries parts."""
    return max(moisture.TEMPS_C)


def _kind(row: AlloyRow) -> tuple[str, bool, bool]:
    return row.family, row.has_lead, row.has_bismuth


def _plain(name: str) -> str:
    return "".join(name.casefold().replace("-", "").split())
