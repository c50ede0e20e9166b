"""Judges of the gates on people and procedures. Each answers what is wrong, or None."""

from preheat.record import people, terms
from preheat.record.model import Operator
from preheat.record.question import Question

_HIGH = "H"


def operator(q: Question) -> str | None:
    """The record must know who heats, and the person must still be active."""
    if q.operator is None:
        return "the record does not know who does this"
    if not q.operator.active:
        return f"{q.operator.name} is no longer active"
    return None


def certificate(q: Question) -> str | None:
    """A certificate must count on the day."""
    who, day = q.operator, people.day_of(q.now)
    if who is None or people.counting(who, day):
        return None
    if not who.certificates:
        return f"{who.name} has no certificate"
    paper = max(who.certificates, key=lambda paper: paper.expires)
    if paper.revoked:
        return f"{who.name}'s certificate {paper.number} was revoked: {paper.revoked}"
    if day < paper.issued:
        return f"{who.name}'s certificate {paper.number} is of {paper.issued}, still to come"
    return f"{who.name}'s certificate {paper.number} expired on {paper.expires}"


def module(q: Question) -> str | None:
    """Every module that the job asks for must be on a certificate that counts."""
    who = q.operator
    if who is None:
        return None
    missing = set(_needed(q)) - people.held(who, people.day_of(q.now)).modules
    return f"{who.name} lacks {_modules(missing)}" if missing else None


def lecture(q: Question) -> str | None:
    """A module that was only heard in a lecture is told of."""
    who = q.operator
    if who is None:
        return None
    held = people.held(who, people.day_of(q.now))
    heard = set(_needed(q)) & (held.modules - held.practised)
    return f"{who.name} has {_modules(heard)} only by lecture" if heard else None


def skill(q: Question) -> str | None:
    """The demonstrated skill must reach that of every procedure."""
    who = q.operator
    if who is None:
        return None
    over = [row for row in q.procedures if not people.has_skill(who.skill, row.skill)]
    if not over:
        return None
    asked = ", ".join(f"{row.id} asks for {row.skill}" for row in over)
    return f"{asked}; {_shown_skill(who)}"


def no_procedure(q: Question) -> str | None:
    """A job names the procedures it follows."""
    return None if q.job.procedures else "the job names no procedure"


def unknown_procedure(q: Question) -> str | None:
    """Every procedure that the job names must be known, or nothing can be asked of it."""
    known = {row.id for row in q.procedures}
    missing = [ref for ref in q.job.procedures if ref not in known]
    return f"nothing is known of procedure {', '.join(missing)}" if missing else None


def activity(q: Question) -> str | None:
    """A procedure that repairs or modifies makes the job one: the approvals differ."""
    others = [
        f"{row.id} is a {row.activity}"
        for row in q.procedures
        if row.activity in ("repair", "modification") and row.activity != q.job.activity
    ]
    return f"the job is a {q.job.activity}, but {', '.join(others)}" if others else None


def board_type(q: Question) -> str | None:
    """A procedure is for certain types of boards, where its source says so."""
    wrong = [
        f"{row.id} is for {', '.join(row.board_types)}"
        for row in q.procedures
        if row.board_types and q.job.board_type not in row.board_types
    ]
    return f"the board is of type {q.job.board_type}, but {'; '.join(wrong)}" if wrong else None


def low_conformance(q: Question) -> str | None:
    """Class 3: no procedure that reaches Low at best."""
    low = [row.id for row in q.procedures if row.conformance and row.conformance[1] == "L"]
    if q.job.product_class != 3 or not low:
        return None
    return f"the board is of class 3, {', '.join(low)} of Low conformance"


def doubtful_conformance(q: Question) -> str | None:
    """Class 3: a procedure that may end below High is told of."""
    doubtful = [
        f"{row.id} is {'-'.join(sorted(set(row.conformance), key=terms.conformance_rank))}"
        for row in q.procedures
        if row.conformance and row.conformance[0] != _HIGH and row.conformance[1] != "L"
    ]
    if q.job.product_class != 3 or not doubtful:
        return None
    return f"the board is of class 3, but {', '.join(doubtful)}"


def _needed(q: Question) -> tuple[int, ...]:
    return people.needed(row.module for row in q.procedures)


def _modules(numbers: set[int]) -> str:
    named = ", ".join(f"{n} ({terms.module(n).title})" for n in sorted(numbers))
    return f"module {named}" if len(numbers) == 1 else f"modules {named}"


def _shown_skill(who: Operator) -> str:
    return f"{who.name} showed {who.skill}" if who.skill else f"{who.name} showed none yet"
