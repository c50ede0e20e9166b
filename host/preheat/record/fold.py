"""The fold: what a job or an operator is after an event, given what it was before. Pure.

`apply` is used when an event is appended and when everything is made anew from the events, so a
rule that is added here later must never refuse what an earlier version let in.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from preheat.errors import Refused
from preheat.record import document, heat, sense
from preheat.record.model import Certificate, Event, Job, Operator
from preheat_core.check import Problem, shown

State = Job | Operator | None
Found = list[Problem]

# Lists of a job: what a person may take back, and what stays for ever.
TAKEN_BACK = ("procedures", "procedure_facts", "sites", "materials", "equipment")
KEPT = ("checkpoints", "begun", "runs", "overrides", "notes")
_BY_STORE = ("number", "status", "opened_at", "opened_by", "closed_at", "closed_by",
             "overrides_used")  # fmt: skip
OPENING = tuple(key for key in document.hints(Job) if key not in (*_BY_STORE, *KEPT))
SETTABLE = tuple(key for key in OPENING if key not in TAKEN_BACK)
OPERATOR_SETTABLE = ("skill", "skill_at", "skill_by", "roles", "active")
NEW_JOB = "job/new"  # the subject of a job that has no number yet


def job_number(subject: str) -> int | None:
    """The N of "job/N"; None for any other subject."""
    head, _, tail = subject.partition("/")
    plain = tail.isascii() and tail.isdigit() and tail[0] != "0" and len(tail) < 10
    return int(tail) if head == "job" and plain else None


def operator_name(subject: str) -> str | None:
    """The NAME of "operator/NAME"; None for any other subject."""
    head, _, tail = subject.partition("/")
    return tail if head == "operator" and tail else None


def apply(state: State, event: Event) -> Job | Operator:
    """The event's subject as it is after it. `state`: as it was, None if it did not exist.

    Refused with every problem when the event makes no sense there.
    """
    found = document.read_field(document.hints(Job)["opened_by"], event.author, "author")[1]
    known = KINDS.get(event.kind)
    if known is None:
        found.append(Problem("kind", event.kind, "one of " + ", ".join(KINDS)))
    after: State = None
    if known is not None:
        before, change = known
        wrong = _subject_problems(state, event, before)
        after, more = (None, wrong) if wrong else change(state, event)
        found += more
    if after is not None and not found:
        found += sense.problems(after)
    if found or after is None:
        raise refusal(event, found)
    return after


def refusal(event: Event, found: Found) -> Refused:
    """Why an event is not recorded, with every problem."""
    return Refused(
        f"{event.subject}: {event.kind} makes no sense: " + "; ".join(str(p) for p in found),
        "correct what is named; nothing was recorded",
        problems=[str(p) for p in found],
    )


def _subject_problems(state: State, event: Event, before: str) -> Found:
    """Does the event speak of the right kind of thing, in the right state?"""
    subject, is_job = event.subject, event.kind.startswith("job.")
    if is_job and job_number(subject) is None:
        return [Problem("subject", subject, "job/N")]
    if not is_job and operator_name(subject) is None:
        return [Problem("subject", subject, "operator/NAME")]
    if before == "none":
        return [Problem("subject", subject, "new: it is there already")] if state else []
    if state is None:
        return [Problem("subject", subject, "known: there is no such entry")]
    if isinstance(state, Job) and state.status != before:
        fix = "reopen it with a reason" if before == "open" else ""
        return [Problem("status", state.status, before, fix)]
    return []


def _limited(body: dict[str, Any], keys: tuple[str, ...]) -> Found:
    want, fix = "absent: it cannot be given here", "possible here: " + ", ".join(keys)
    return [Problem(shown(key)[1:-1], body[key], want, fix) for key in body if key not in keys]


def _at(event: Event) -> datetime:
    return datetime.fromisoformat(event.at)


def _opened(state: State, event: Event) -> tuple[State, Found]:
    found = _limited(event.body, OPENING)
    if found:
        return None, found
    number = job_number(event.subject)
    filled = {"number": number, "opened_at": _at(event), "opened_by": event.author}
    return document.read(Job, event.body, "", filled)


def _set(state: Any, event: Event, keys: tuple[str, ...]) -> tuple[State, Found]:
    found = _limited(event.body, keys)
    if not event.body:
        found.append(Problem("", event.body, "at least one of " + ", ".join(keys)))
    hints, changes = document.hints(type(state)), {}
    for key in event.body:
        if key in keys:
            changes[key], more = document.read_field(hints[key], event.body[key], key)
            found += more
    return (None, found) if found else (replace(state, **changes), found)


def _job_set(state: State, event: Event) -> tuple[State, Found]:
    return _set(state, event, SETTABLE)


def _signed(event: Event, key: str, row: Any) -> Any:
    """A row with the event's time and author where it does not say its own."""
    if not isinstance(row, dict) or key not in ("checkpoints", "overrides", "notes"):
        return row
    who = "name" if key == "overrides" else "by"
    return {"at": event.at, who: event.author, **row}


def _rows(
    event: Event, keys: tuple[str, ...], *also: str
) -> tuple[dict[str, tuple[Any, ...]], Found]:
    found, rows, hints = _limited(event.body, (*keys, *also)), {}, document.hints(Job)
    for key in keys:
        given = event.body.get(key)
        if given is None:
            continue
        if isinstance(given, list):
            given = [_signed(event, key, row) for row in given]
        rows[key], more = document.read_field(hints[key], given, key)
        found += more
    if not found and not any(rows.values()):
        found.append(Problem("", event.body, "rows for one of " + ", ".join(keys)))
    return rows, found


def _job_added(state: Any, event: Event) -> tuple[State, Found]:
    rows, found = _rows(event, (*TAKEN_BACK, *KEPT))
    if found:
        return None, found
    after = replace(state, **{key: getattr(state, key) + rows[key] for key in rows})
    unheard = [run for run in rows.get("runs", ())
               if not any(heat.same_run(run, one) for one in state.begun)]  # fmt: skip
    if rows.get("begun") or unheard:
        after = replace(after, overrides_used=len(state.overrides))
    return after, found


def _job_removed(state: Any, event: Event) -> tuple[State, Found]:
    rows, found = _rows(event, TAKEN_BACK, "reason")
    if found:
        return None, found
    found = _reason(event)
    changes = {}
    for key, gone in rows.items():
        left = list(getattr(state, key))
        for item in gone:
            if item in left:
                left.remove(item)
            else:
                found.append(Problem(key, document.plain(item), "one of the job's"))
        changes[key] = tuple(left)
    return replace(state, **changes), found


def _reason(event: Event) -> Found:
    reason = event.body.get("reason")
    fits = isinstance(reason, str) and bool(reason.strip()) and len(reason) <= 2000
    return [] if fits else [Problem("reason", reason, "text of 1 to 2000 characters")]


def _job_closed(state: Any, event: Event) -> tuple[State, Found]:
    found = _limited(event.body, ("reason",))
    if event.body:
        found += _reason(event)
    closed = replace(state, status="closed", closed_at=_at(event), closed_by=event.author)
    return closed, found


def _job_reopened(state: Any, event: Event) -> tuple[State, Found]:
    found = _limited(event.body, ("reason",)) + _reason(event)
    return replace(state, status="open", closed_at=None, closed_by=None), found


def _operator_added(state: State, event: Event) -> tuple[State, Found]:
    found = _limited(event.body, (*OPERATOR_SETTABLE, "certificates"))
    if found:
        return None, found
    body = {**event.body, "name": operator_name(event.subject)}
    return document.read(Operator, _skilled(body, event), "")


def _skilled(body: dict[str, Any], event: Event) -> dict[str, Any]:
    """A body that says a skill, with when and by whom where it does not say its own."""
    if body.get("skill") is None:
        return body
    return {"skill_at": event.at[:10], "skill_by": event.author, **body}


def _operator_set(state: State, event: Event) -> tuple[State, Found]:
    return _set(state, replace(event, body=_skilled(event.body, event)), OPERATOR_SETTABLE)


def _operator_certified(state: Any, event: Event) -> tuple[State, Found]:
    made, found = document.read(Certificate, event.body, "")
    if found:
        return None, found
    return replace(state, certificates=(*state.certificates, made)), found


def _operator_revoked(state: Any, event: Event) -> tuple[State, Found]:
    found = _limited(event.body, ("level", "number", "reason", "at")) + _reason(event)
    day, more = document.read_field(
        document.hints(Certificate)["issued"], event.body.get("at", event.at[:10]), "at"
    )
    found += more
    marked, hit = [], False
    for one in state.certificates:
        meant = one.number == event.body.get("number") and one.revoked is None
        meant = meant and event.body.get("level", one.level) == one.level
        hit = hit or meant
        text = event.body.get("reason", "")
        marked.append(replace(one, revoked=text, revoked_at=day) if meant else one)
    if not hit:
        want = "the number of one of the operator's certificates that count"
        found.append(Problem("number", event.body.get("number"), want))
    return replace(state, certificates=tuple(marked)), found


# kind: (what the subject must be before: none, open, closed or any, how it changes)
KINDS: dict[str, tuple[str, Callable[[State, Event], tuple[State, Found]]]] = {
    "job.opened": ("none", _opened),
    "job.set": ("open", _job_set),
    "job.added": ("open", _job_added),
    "job.removed": ("open", _job_removed),
    "job.closed": ("open", _job_closed),
    "job.reopened": ("closed", _job_reopened),
    "operator.added": ("none", _operator_added),
    "operator.set": ("any", _operator_set),
    "operator.certified": ("any", _operator_certified),
    "operator.revoked": ("any", _operator_revoked),
}
