"""Does everything still hang together: chain, head, heads file, tables, logs, the database.

Reads one state of the database and changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa

from preheat.errors import PreheatError, Refused
from preheat.record import engine, events, fold, heads, logs, projection, schema, shape
from preheat.record.events import Problem, Row
from preheat.record.model import Event, Job

_CHUNK = 300  # things compared at once; SQLite takes some hundred values in one statement


def rows(
    connection: sa.Connection, subject: "str | None" = None, by_subject: bool = False
) -> Iterator[Row]:
    """The events as they lie there, streamed: of one subject or all, in order of the chain."""
    first = (schema.event.c.subject,) if by_subject else ()
    wanted = sa.select(schema.event).order_by(*first, schema.event.c.seq)
    if subject is not None:
        wanted = wanted.where(schema.event.c.subject == subject)
    for row in connection.execute(wanted.execution_options(yield_per=1000)):
        yield Row(*row)


def problems(database: sa.Engine, place: engine.Place, most: int) -> list[Problem]:
    """Everything that does not verify, at most `most`."""
    anchors = list(heads.read(place.heads))  # first: what they name is surely in the database then
    try:
        with engine.transaction(database, place) as connection, _Lossless(connection):
            return list(islice(_all(connection, place, anchors), most))
    except PreheatError as err:
        return [Problem("edited", str(place.text), err.message)]


class _Lossless:
    """While it lasts, SQLite's texts that are not UTF-8 are read as what they are, not refused."""

    def __init__(self, connection: sa.Connection) -> None:
        raw = connection.connection.dbapi_connection
        self.raw: Any = raw if connection.dialect.name == "sqlite" else None

    def __enter__(self) -> None:
        if self.raw is not None:
            self.raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")

    def __exit__(self, *exception: object) -> None:
        if self.raw is not None:
            self.raw.text_factory = str


def _all(
    connection: sa.Connection, place: engine.Place, anchors: "list[heads.Head | int]"
) -> Iterator[Problem]:
    if connection.dialect.name == "sqlite":
        for (text,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if text != "ok":
                yield Problem("edited", "database", text)
    yield from shape.problems(connection)
    head = connection.execute(sa.select(schema.head)).one_or_none()
    if head is None:
        yield Problem("removed", "head", "the row that counts the events is gone")
    bad: set[str] = set()
    count = None if head is None else head.events
    for problem in events.chain_problems(rows(connection), count):
        if problem.kind == "edited":
            bad.add(problem.where)
        yield problem
    if head is not None:
        yield from _head(connection, head)
    if count and place.file is not None and not anchors:
        # A server's record may never have been changed from this computer.
        text = f"{place.heads} is gone or empty: nothing vouches for the end"
        yield Problem("head", "heads file", text)
    yield from _anchored(connection, anchors)
    logs_wanted: dict[str, str] = {}
    yield from _projected(connection, bad, logs_wanted)
    yield from _logs(place, logs_wanted)


def _head(connection: sa.Connection, head: Any) -> Iterator[Problem]:
    last = connection.scalar(
        sa.select(schema.event.c.sha).order_by(schema.event.c.seq.desc()).limit(1)
    )
    if head.sha != (last or events.GENESIS):
        yield Problem("removed", "head", "the last event is not the one that was written last")
    numbers = connection.scalar(sa.select(sa.func.max(schema.job.c.number))) or 0
    if head.last_job != numbers:
        yield Problem("projection", "head", f"job numbers go to {numbers}, not {head.last_job}")


def _anchored(connection: sa.Connection, anchors: "list[heads.Head | int]") -> Iterator[Problem]:
    for chunk in _chunks(anchors):
        counts = [anchor.count for anchor in chunk if isinstance(anchor, heads.Head)]
        found = connection.execute(
            sa.select(schema.event.c.seq, schema.event.c.sha).where(schema.event.c.seq.in_(counts))
        )
        there: dict[int, str] = {row.seq: row.sha for row in found}
        for anchor in chunk:
            if isinstance(anchor, int):
                yield Problem("head", f"heads file, line {anchor}", "it cannot be read")
            elif anchor.count not in there:
                text = f"event {anchor.count} was there once and is missing"
                yield Problem("removed", f"heads file, line {anchor.line}", text)
            elif there[anchor.count] != anchor.sha:
                text = f"event {anchor.count} is not the one that was written then"
                yield Problem("head", f"heads file, line {anchor.line}", text)


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def folded(
    connection: sa.Connection, bad: "set[str]"
) -> Iterator[tuple[str, fold.State, "Problem | None"]]:
    """Every subject as its events make it, with the problem where they do not.

    `bad`: where there are events that are known not to be what was written; they are left out.
    """
    for subject, of_it in groupby(rows(connection, by_subject=True), lambda row: row.subject):
        state: fold.State = None
        problem = None
        for row in of_it:
            where = f"event {row.seq}"
            if where in bad:
                continue
            try:
                state = fold.apply(state, Event(**{**row._asdict(), "body": json.loads(row.body)}))
            except Refused as err:
                problem = Problem("edited", where, err.message)
        yield subject, state, problem


def _projected(
    connection: sa.Connection, bad: "set[str]", logs_wanted: "dict[str, str]"
) -> Iterator[Problem]:
    """What the tables say against what the events make of it."""
    sums: dict[sa.Table, int] = {}
    for chunk in _chunks(folded(connection, bad)):
        wanted: projection.Rows = {}
        by_kind: dict[sa.Table, set[Any]] = {}
        for subject, state, problem in chunk:
            if problem is not None:
                yield problem
            if state is None:
                continue
            whole, parts, key = projection.tables_of(subject)
            for table in (whole, *parts):
                by_kind.setdefault(table, set()).add(key)
            for table, lines in projection.rows(state).items():
                wanted.setdefault(table, []).extend(lines)
                sums[table] = sums.get(table, 0) + len(lines)
            if isinstance(state, Job):
                logs_wanted.update((run.log_sha256, subject) for run in state.runs)
        for table, keys in by_kind.items():
            yield from _compared(connection, table, keys, wanted.get(table, []))
    for table in (schema.job, *schema.JOB_PARTS, schema.operator, *schema.OPERATOR_PARTS):
        there = connection.scalar(sa.select(sa.func.count()).select_from(table))
        if there != sums.get(table, 0):
            text = f"{there} rows, where the events make {sums.get(table, 0)}"
            yield Problem("projection", f"table {table.name}", text)


def _compared(
    connection: sa.Connection, table: sa.Table, keys: "set[Any]", lines: "list[dict[str, Any]]"
) -> Iterator[Problem]:
    width = len(table.primary_key.columns)
    names = [column.name for column in table.columns]
    there = {
        tuple(row[:width]): tuple(row)
        for row in connection.execute(
            sa.select(table).where(projection.key_column(table).in_(keys))
        )
    }
    made = {}
    for line in lines:
        row = tuple(line[name] for name in names)
        made[row[:width]] = row
    for key in sorted(there.keys() | made.keys(), key=str):
        if there.get(key) != made.get(key):
            where = f"{table.name} " + "/".join(str(part) for part in key)
            yield Problem("projection", where, "the table does not say what the events say")


def _logs(place: engine.Place, wanted: "dict[str, str]") -> Iterator[Problem]:
    kept = set(logs.kept(place.folder))
    for sha in sorted(kept | wanted.keys()):
        where = wanted.get(sha, "no job")
        try:
            data = logs.path_of(place.folder, sha).read_bytes()
        except OSError:
            yield Problem("log", where, f"the log {sha[:12]}… is missing or cannot be read")
            continue
        if hashlib.sha256(data).hexdigest() != sha:
            yield Problem("log", where, f"the log {sha[:12]}… is not what was kept")


def refold(connection: sa.Connection) -> int:
    """Write the (emptied) projection anew from the events; how many things there are."""
    count = 0
    for chunk in _chunks(folded(connection, set())):
        projection.put(connection, {subject: state for subject, state, _ in chunk}, set())
        count += len(chunk)
    return count
