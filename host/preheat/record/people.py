"""Who may do what on which day: certificates that count, modules held, what soon expires.

Pure: the day is an argument. Certificates count up to and including their last day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from preheat.errors import UsageError
from preheat.record import terms
from preheat.record.model import Certificate, Operator, expiry

SOON_DAYS = 60


@dataclass(frozen=True)
class Held:
    """Training modules on the certificates that count: all of them, and those with practice."""

    modules: frozenset[int]
    practised: frozenset[int]


@dataclass(frozen=True)
class Expiry:
    """A certificate that ends soon, or has ended: `days_left` is 0 on its last day, then < 0."""

    operator: str
    certificate: Certificate
    days_left: int


def certificate(
    level: str, modules: Sequence[int], issued: date, *, number: str,
    expires: date | None = None, practised: Sequence[int] = (),
) -> Certificate:  # fmt: skip
    """A certificate as it is entered; UsageError with all that cannot be.

    A module that the basic programme only lectures on counts as lecture unless it stands in
    `practised`: practical work on it was proven separately. `issued`, `expires`: first and last
    day; two years without `expires`.
    """
    numbers = [row.number for row in terms.MODULES]
    found = []
    if level not in [row.code for row in terms.CERTIFICATIONS]:
        levels = ", ".join(row.code for row in terms.CERTIFICATIONS)
        found.append(f"level {level!r} is none of {levels}")
    strange = sorted(set(modules) - set(numbers))
    if strange:
        found.append(f"there is no module {_listed(strange)}")
    found += [
        f"module {row.number} ({row.title}) is missing: every certificate has it"
        for row in terms.MODULES
        if row.mandatory and row.number not in modules
    ]
    extra = sorted(set(practised) - set(modules))
    if extra:
        found.append(f"practice in module {_listed(extra)} without the module")
    if expires is not None and expires < issued:
        found.append(f"it expires on {expires}, before it was issued on {issued}")
    if not number.strip():
        found.append("its number is missing")
    if found:
        fix = "enter it as it stands on the paper"
        raise UsageError(f"this certificate cannot be: {'; '.join(found)}", fix, tuple(found))
    lectures = {row.number for row in terms.MODULES if row.lecture_only} - set(practised)
    return Certificate(
        level=level,  # type: ignore[arg-type] - checked above
        modules=tuple(sorted(set(modules))),
        issued=issued,
        expires=expires or expiry(issued),
        number=number.strip(),
        lecture_only=tuple(sorted(lectures & set(modules))),
    )


def counts(paper: Certificate, day: date) -> bool:
    """Whether a certificate counts on a day: issued by then, not expired, not revoked by then.

    A revocation without a day counts from the beginning.
    """
    if paper.revoked and (paper.revoked_at is None or paper.revoked_at <= day):
        return False
    return paper.issued <= day <= paper.expires


def counting(operator: Operator, day: date) -> list[Certificate]:
    """The operator's certificates that count on a day."""
    return [paper for paper in operator.certificates if counts(paper, day)]


def held(operator: Operator, day: date) -> Held:
    """The modules an operator holds on a day; practice on one certificate is enough."""
    papers = counting(operator, day)
    every = frozenset(number for paper in papers for number in paper.modules)
    practised = frozenset(
        number for paper in papers for number in set(paper.modules) - set(paper.lecture_only)
    )
    return Held(every, practised)


def needed(modules: Iterable[int | None]) -> tuple[int, ...]:
    """The modules that a job asks for: those of its procedures and the mandatory ones, sorted."""
    mandatory = {row.number for row in terms.MODULES if row.mandatory}
    return tuple(sorted(mandatory | {number for number in modules if number is not None}))


def has_skill(have: str | None, need: str | None) -> bool:
    """Whether a demonstrated skill reaches what is needed: I < A < E; nothing reaches I.

    True where nothing is needed.
    """
    if need is None:
        return True
    return have is not None and terms.skill_rank(have) >= terms.skill_rank(need)


def expiring(
    operators: Iterable[Operator], day: date, within_days: int = SOON_DAYS
) -> list[Expiry]:
    """What ends within so many days from `day`, or has ended, the most urgent first.

    Left out: people who are no longer active, certificates that were revoked, and those whose
    modules, with their practice, one other certificate holds for longer.
    """
    found = []
    for operator in operators:
        for paper in operator.certificates if operator.active else ():
            left = (paper.expires - day).days
            if left <= within_days and not paper.revoked and not _renewed(operator, paper):
                found.append(Expiry(operator.name, paper, left))
    return sorted(found, key=lambda row: (row.days_left, row.operator, row.certificate.number))


def day_of(at: datetime) -> date:
    """The calendar day at the bench of a moment: an aware time in this computer's own zone."""
    return at.astimezone().date()


def _renewed(operator: Operator, paper: Certificate) -> bool:
    """Another certificate holds all this one does, for longer."""
    practised = set(paper.modules) - set(paper.lecture_only)
    return any(
        other.expires > paper.expires
        and not other.revoked
        and set(other.modules) >= set(paper.modules)
        and set(other.modules) - set(other.lecture_only) >= practised
        for other in operator.certificates
    )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)
