"""Changes to a job as a person asks for them at the bench, checked as a whole before any event."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from preheat.errors import Refused, UsageError
from preheat.record import document, entry, fold, jobtext, pending, recorded
from preheat.record.model import Job
from preheat.record.query import Filter, Page
from preheat.record.store import Store


def open_job(store: Store, author: str, words: Sequence[str]) -> Job:
    """A new job of KEY=VALUE words. UsageError names everything that it must still say."""
    keys = [key for key in fold.OPENING if key not in ("materials", "equipment")]
    body = entry.fields_of(Job, words, [k for k in keys if k != "procedure_facts"], _now())
    missing = entry.missing_of(Job, body, fold.OPENING)
    if missing:
        text = ", ".join(missing)
        raise UsageError(f"a job must say {text}", "add them; more later with `preheat job set`",
                         tuple(missing))  # fmt: skip
    if body.get("procedures"):
        body |= recorded.entry(body["procedures"])
    made = store.append(author, "job.opened", fold.NEW_JOB, body)
    return store.job(int(made.subject.partition("/")[2]))


def spelled_otherwise(store: Store, serial: str) -> list[str]:
    """Serial numbers of other jobs that differ from this one in capitals only."""
    near = store.jobs(Filter(text=serial), Page(1000))
    same = {one.board_serial for one in near if one.board_serial.casefold() == serial.casefold()}
    return sorted(same - {serial})


def set_job(store: Store, author: str, number: int, words: Sequence[str]) -> Job:
    """The job with single values changed."""
    before = document.plain(store.job(number))
    body = entry.fields_of(Job, words, fold.SETTABLE, _now(), before)
    if not body:
        raise UsageError("nothing to set", "say what, KEY=VALUE; `preheat job set --help`")
    store.append(author, "job.set", f"job/{number}", body)
    return store.job(number)


def add_row(store: Store, author: str, number: int, what: str, words: Sequence[str]) -> Job:
    """The job with one row more."""
    key, row = entry.row_of(what, words, _now())
    body: dict[str, Any] = recorded.entry([row]) if key == "procedures" else {key: [row]}
    store.append(author, "job.added", f"job/{number}", body)
    return store.job(number)


def remove_row(
    store: Store, author: str, number: int, what: str, which: str, reason: str
) -> Job:
    """The job without a row that was entered wrongly: a site by its reference, a material by any
    of its values, the others as they are written."""
    job = store.job(number)
    key = entry.ROWS[what][0]
    rows = [row for row in getattr(job, key) if which in _names_of(row)]
    if len(set(rows)) != 1:
        there = "; ".join(map(_in_full, rows or getattr(job, key))) or "none"
        count = "has no" if not rows else f"has {len(rows)} times"
        raise UsageError(f"job {number} {count} {what} {which}",
                         f"name it by what only one has: {there}")  # fmt: skip
    rows = rows[:1]  # of two that were entered alike one goes
    body: dict[str, Any] = {key: rows, "reason": reason}
    facts = [one for one in job.procedure_facts if key == "procedures" and one.id == rows[0]]
    if facts:
        body["procedure_facts"] = facts
    store.append(author, "job.removed", f"job/{number}", body)
    return store.job(number)


def close_job(store: Store, author: str, number: int, reason: str = "") -> Job:
    """The job closed. Refused without a reason while a log is missing: it could not come in."""
    waiting = pending.of(store, store.job(number))
    if waiting and not reason:
        names = ", ".join(one.run_id for one in waiting)
        raise Refused(f"job {number} waits for the log of run {names}",
                      f"`preheat log pull`, then `preheat job attach-run {number}`; where it is "
                      "lost, close with --reason",
                      "pending")  # fmt: skip
    store.append(author, "job.closed", f"job/{number}", {"reason": reason} if reason else {})
    return store.job(number)


def _names_of(row: Any) -> list[str]:
    if isinstance(row, str):
        return [row, row.partition(":")[2]] if ":" in row else [row]
    if hasattr(row, "reference"):
        return [row.reference]
    return [str(value) for value in document.plain(row).values()]


def _in_full(row: Any) -> str:
    return row if isinstance(row, str) else jobtext.parts(row)


def _now() -> datetime:
    return datetime.now(UTC)
