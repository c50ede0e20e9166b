"""Judges of the gates on the job's papers, coating, materials, alloys. What is wrong, or None."""

from collections.abc import Iterator

from preheat.record import facts, people, terms
from preheat.record.model import Material
from preheat.record.question import Question

_SOLDERS = ("solder", "paste", "wire")


def still_open(q: Question) -> str | None:
    """A closed job takes no run, nor an override."""
    return None if q.job.status == "open" else "the job is closed"


def approval(q: Question) -> str | None:
    """A repair needs an approval."""
    if q.job.activity != "repair" or _said(q.job.approval_ref):
        return None
    return "the job is a repair without a reference to its approval"


def change_order(q: Question) -> str | None:
    """A modification needs a change order."""
    if q.job.activity != "modification" or _said(q.job.change_order):
        return None
    return "the job is a modification without a change order"


def coating_there(q: Question) -> str | None:
    """No heat while the coating is on."""
    coating = q.job.coating
    if coating is None:
        return None
    if _said(coating.replaced_by):
        return f"the {coating.kind} coating was replaced: it is on again"
    if _said(coating.removed_by):
        return None
    return f"the {coating.kind} coating is not recorded as removed"


def coating_method(q: Question) -> str | None:
    """A coating that was removed by a method that does not fit it is told of."""
    coating = q.job.coating
    if coating is None or not _said(coating.removed_by):
        return None
    fit = terms.coating(coating.kind).methods
    if not fit:
        return "the coating was removed without being identified"
    method = (coating.removed_by or "").strip().casefold()
    if method in fit:
        return None
    return f"{coating.kind} was removed by {coating.removed_by}; {', '.join(fit)} fit it"


def lead_and_bismuth(q: Question) -> str | None:
    """Bismuth and lead never meet; that there is no lead must be known, not hoped."""
    coming, existing = list(_coming(q)), q.job.existing_alloy
    bismuth = [name for name in coming if facts.has_bismuth(name)]
    lead = [name for name in coming if facts.has_lead(name)]
    if facts.has_bismuth(existing) and lead:
        return f"{lead[0]} is to go on a board soldered with {existing}"
    if not bismuth:
        return None
    if lead:
        return f"the job uses {bismuth[0]} and {lead[0]}"
    known = facts.has_lead(existing)
    if known is None:
        what = "an alloy not stated" if existing is None else f"{existing}, an alloy not known"
        return f"{bismuth[0]} is to go on a board soldered with {what}: lead cannot be ruled out"
    return f"{bismuth[0]} is to go on a board soldered with {existing}" if known else None


def mixed(q: Question) -> str | None:
    """Two families of alloy in one joint are told of."""
    old, new = q.job.existing_alloy, q.job.new_alloy
    if old is None or new is None or facts.same_alloy(old, new):
        return None
    return f"{new} comes on joints of {old}"


def profile_alloy(q: Question) -> str | None:
    """The profile's alloy is one of the job's, and its bottom heat spares the existing joints."""
    if q.profile is None:
        return None
    name, alloy = q.profile.get("name"), q.profile.get("alloy")
    stated = [one for one in (q.job.existing_alloy, q.job.new_alloy) if one is not None]
    if alloy is None or not stated:
        return f"profile {name} is for {alloy}, the job states no alloy"
    if facts.family(alloy) not in [facts.family(one) for one in stated]:
        return f"profile {name} is for {alloy}, the job for {' and '.join(dict.fromkeys(stated))}"
    existing = q.job.existing_alloy
    if q.profile.get("purpose") != "reflow" and facts.melts_below(existing, alloy):
        return f"profile {name} is for {alloy}, but the board's joints of {existing} melt below"
    return None


def flux(q: Question) -> str | None:
    """A flux whose label names other alloys does not go with the job's."""
    alloy = _joint(q)
    if alloy is None:
        return None
    wrong = [
        f"{_lot(row)} is for {row.alloy}"
        for row in q.job.materials
        if row.kind == "flux" and row.alloy and not facts.flux_fits(row.alloy, alloy)
    ]
    return f"{', '.join(wrong)}, the joint is {alloy}" if wrong else None


def flux_unstated(q: Question) -> str | None:
    """A flux of which nobody said for which alloys it is made is told of."""
    silent = [_lot(row) for row in q.job.materials if row.kind == "flux" and not row.alloy]
    return f"nobody said which alloys {', '.join(silent)} is for" if silent else None


def solder(q: Question) -> str | None:
    """Solder or paste of another alloy than the job's new one is told of."""
    alloy = q.job.new_alloy
    if alloy is None:
        return None
    wrong = [
        f"{_lot(row)} is {row.alloy}"
        for row in q.job.materials
        if row.kind in _SOLDERS and row.alloy and not facts.same_alloy(row.alloy, alloy)
    ]
    return f"{', '.join(wrong)}, the job's new alloy {alloy}" if wrong else None


def material_expired(q: Question) -> str | None:
    """A lot past its date is told of."""
    day = people.day_of(q.now)
    old = [
        f"{_lot(row)} ended on {row.expires}"
        for row in q.job.materials
        if row.expires is not None and row.expires < day
    ]
    return ", ".join(old) or None


def _coming(q: Question) -> Iterator[str]:
    """Alloys that are put on the board."""
    if q.job.new_alloy is not None:
        yield q.job.new_alloy
    for row in q.job.materials:
        if row.kind in _SOLDERS and row.alloy:
            yield row.alloy


def _joint(q: Question) -> str | None:
    return q.job.new_alloy if q.job.new_alloy is not None else q.job.existing_alloy


def _lot(row: Material) -> str:
    return f"{row.kind} {row.name} (lot {row.lot})"


def _said(text: str | None) -> bool:
    return bool(text and text.strip())
