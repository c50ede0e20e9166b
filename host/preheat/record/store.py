"""The record as a whole: changes go in as events, jobs and people come out, everything verifies.

Every change is one transaction: the events, what they make of jobs and operators, and the head of
the chain, or nothing at all. SQLAlchemy comes in here and stays behind this file's package.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from preheat.errors import UsageError, VerifyError
from preheat.record import (
    engine,
    events,
    export,
    fold,
    heads,
    history,
    logs,
    projection,
    proof,
    query,
    schema,
    verify,
    writer,
)
from preheat.record.events import Problem, now_text
from preheat.record.model import Begun, Event, Job, Operator


class Head(NamedTuple):
    """How far the chain has come: the number of events and the last one's hash."""

    events: int
    sha: str


class Store:
    """A record, opened by URL or path (None: PREHEAT_RECORD_URL, else the data folder).

    `create`: make it when there is none (else UsageError). Use it in `with`, or call `close`.
    """

    def __init__(
        self,
        url: "str | os.PathLike[str] | None" = None,
        create: bool = True,
        clock: Callable[[], str] = now_text,
    ) -> None:
        self.place = engine.place(url)
        self._clock = clock
        self._seen: proof.Seen = {}
        self._engine = engine.connect(self.place, create)
        self._make_tables(create)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _make_tables(self, create: bool) -> None:
        with self.reading() as connection:
            there = sa.inspect(connection).has_table(schema.head.name)
            version = connection.scalar(sa.select(schema.head.c.version)) if there else None
        if version is None and not create:
            raise UsageError(f"there is no record at {self.place.text}", "name another")
        if version is None:
            with self._writing() as connection:
                engine.exclusive(connection)
                schema.metadata.create_all(connection)
                if connection.scalar(sa.select(schema.head.c.version)) is None:
                    row = {"id": 1, "version": schema.VERSION, "events": 0, "last_job": 0,
                           "sha": events.GENESIS}  # fmt: skip
                    connection.execute(sa.insert(schema.head), row)
        elif version != schema.VERSION:
            raise UsageError(
                f"{self.place.text} was written by another preheat (schema {version}, "
                f"this one knows {schema.VERSION})",
                "use the newer preheat",
            )

    def reading(self) -> Any:
        """A connection that sees one state of the record (a context manager)."""
        return engine.transaction(self._engine, self.place)

    def _writing(self) -> Any:
        return engine.transaction(self._engine, self.place, writing=True)

    # ------------------------------------------------------------------ changes

    def append(self, author: str, kind: str, subject: str, body: dict[str, Any]) -> Event:
        """Record one change. Refused with every problem when it makes no sense.

        Kinds are those of `fold.KINDS`. A job is opened with the subject "job/new" and gets the
        next number, which is in the event returned; so are heat cycles that the record knows of.
        """
        return self.append_all(author, [(kind, subject, body)])[0]

    def append_all(self, author: str, changes: Sequence[writer.Change]) -> list[Event]:
        """Record several changes, all or none. "job/new" after an opening is the job opened."""
        if not changes:
            return []
        with self._writing() as connection:
            made = writer.Writer(connection, self.place, author, self._clock()).run(changes)
        last = made[-1]
        try:
            heads.append(self.place.heads, last.seq, last.sha, last.at)
        except (OSError, UsageError) as err:
            raise VerifyError(
                f"event {last.seq} is recorded, but {self.place.heads} cannot be written: {err}",
                "make room or make it writable; the next change will secure this one too",
            ) from err
        return made

    def keep_log(self, source: "Path | bytes") -> str:
        """Keep a run log beside the database; its SHA-256. Do it before the run is recorded."""
        return logs.keep(self.place.folder, source)

    def read_log(self, sha: str) -> bytes:
        """A kept log; VerifyError when it is missing or changed."""
        return logs.read(self.place.folder, sha)

    # ------------------------------------------------------------------ what is there

    def head(self) -> Head:
        """How far the chain has come; printed on a page it proves that page's past."""
        with self.reading() as connection:
            row = connection.execute(sa.select(schema.head.c.events, schema.head.c.sha)).one()
        return Head(*row)

    def job(self, number: int) -> Job:
        """A job; UsageError when there is none of that number."""
        found = self._thing(Job, f"job/{number}")
        if found is None:
            raise UsageError(f"there is no job {number}", "`preheat job list` has them")
        return found

    def operator(self, name: str) -> Operator:
        """A person; UsageError when the record does not know the name."""
        found = self._thing(Operator, f"operator/{name}")
        if found is None:
            raise UsageError(f"there is no operator {name}", "`preheat operator list` has them, "
                             "`preheat operator add` enters one")  # fmt: skip
        return found

    def _thing(self, kind: type, subject: str) -> Any:
        with self.reading() as connection:
            return writer.load(connection, kind, subject)

    def proven(self, subjects: "Sequence[str]") -> "list[fold.State]":
        """Each subject as its events make it; VerifyError where the tables say otherwise."""
        with self.reading() as connection:
            return proof.states(connection, subjects, self._seen)

    def operators(self, active: "bool | None" = None) -> list[Operator]:
        """Everybody, by name; with `active` only those who are, or are not."""
        wanted = sa.select(schema.operator.c.document).order_by(schema.operator.c.name)
        if active is not None:
            wanted = wanted.where(schema.operator.c.active == int(active))
        with self.reading() as connection:
            return [projection.thing_of(Operator, text) for (text,) in connection.execute(wanted)]

    def jobs(
        self, filters: "query.Filter | None" = None, page: "query.Page | None" = None
    ) -> list[query.JobLine]:
        """Jobs, the newest first, a page at a time."""
        with self.reading() as connection:
            return query.jobs(connection, filters or query.Filter(), page or query.Page())

    def board_numbers(self, serial: str) -> list[int]:
        """The numbers of all jobs on one board, oldest first."""
        with self.reading() as connection:
            return history.numbers_on(connection, serial)

    def board_jobs(self, serial: str) -> list[Job]:
        """All jobs on one board, oldest first; see `history` for its heat cycles."""
        with self.reading() as connection:
            return history.jobs_on(connection, serial)

    def awaited(self) -> "list[tuple[Job, Begun]]":
        """Every run that began under a job and whose log has not come in."""
        with self.reading() as connection:
            return history.awaited(connection)

    def jobs_with_run(self, run_id: str, uid: str, sha: str) -> list[int]:
        """The jobs that have this log, or under which this run is or began."""
        with self.reading() as connection:
            return history.with_run(connection, run_id, uid, sha)

    def elsewhere(self, job: Job) -> dict[str, list[int]]:
        """By the hash of a log of the job's: the other jobs that have it too."""
        with self.reading() as connection:
            return history.elsewhere(connection, job)

    def events(self, subject: "str | None" = None) -> list[Event]:
        """The events of one subject, or all of them, in order."""
        with self.reading() as connection:
            return [events.found(row) for row in verify.rows(connection, subject)]

    def vouched_since(self) -> "int | None":
        """The event with which the heads file begins; None where it has no line."""
        first = next((one for one in heads.read(self.place.heads)
                      if isinstance(one, heads.Head)), None)  # fmt: skip
        return None if first is None else first.count

    def hashes(self) -> list[str]:
        """The hash of every event, in order."""
        with self.reading() as connection:
            return list(connection.scalars(sa.select(schema.event.c.sha).order_by(
                schema.event.c.seq)))  # fmt: skip

    def newest(self) -> "datetime | None":
        """The latest time that any event says; None in an empty record."""
        with self.reading() as connection:
            at = connection.scalar(sa.select(sa.func.max(schema.event.c.at)))
        try:
            return None if at is None else datetime.fromisoformat(at)
        except ValueError as err:
            raise VerifyError(f"an event is of {at!r}, which is no time",
                              "`preheat audit verify` says more") from err  # fmt: skip

    def with_lot(self, lot: str, kind: "str | None" = None) -> list[query.LotUse]:
        """Which boards saw this lot of a material."""
        with self.reading() as connection:
            return query.with_lot(connection, lot, kind)

    def uncertified(self, operator: "str | None" = None) -> list[query.RunLine]:
        """Runs on a day on which their operator held no certificate that counts."""
        with self.reading() as connection:
            return query.uncertified(connection, operator)

    def hot_sites(self, more_than: int) -> list[query.SiteLine]:
        """Sites that have seen more heat cycles than this, over all jobs on their board."""
        with self.reading() as connection:
            return query.hot_sites(connection, more_than)

    # ------------------------------------------------------------------ audit

    def verify(self, most: int = 1000) -> list[Problem]:
        """Everything that does not verify, at most `most`; empty when all is as it was written."""
        return verify.problems(self._engine, self.place, most)

    def export(self, form: str) -> Iterator[str]:
        """The record as lines: "jsonl" (all events, verifiable), "csv" (events), "jobs.csv" …"""
        with self.reading() as connection:
            yield from export.lines(connection, form)

    def rebuild(self) -> int:
        """Make the projection anew from the events; their number. VerifyError if they are bad."""
        bad = [p for p in self.verify() if p.kind not in ("projection", "log")]
        if bad:
            raise VerifyError(f"the events do not verify: {bad[0]}", "nothing was changed")
        with self._writing() as connection:
            projection.clear(connection)
            return verify.refold(connection)
