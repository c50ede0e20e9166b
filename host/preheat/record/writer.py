"""Inside the transaction of a change: numbers, hashes, what becomes of each subject, all rows."""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from preheat.errors import Refused, VerifyError
from preheat.record import (
    document,
    engine,
    events,
    fold,
    heads,
    history,
    intake,
    logs,
    projection,
    schema,
)
from preheat.record.model import Event, Job, Operator

Change = tuple[str, str, dict[str, Any]]  # kind, subject, body; values of the model are welcome


def load(connection: sa.Connection, kind: type, subject: str) -> Any:
    """A job or an operator by its subject; None when there is none."""
    table, _, key = projection.tables_of(subject)
    text = connection.scalar(
        sa.select(table.c.document).where(projection.key_column(table) == key)
    )
    try:
        return None if text is None else projection.thing_of(kind, text)
    except ValueError as err:
        raise VerifyError(f"{subject} cannot be read: {err}", "`preheat audit verify`") from err


class Writer:
    """One change of the record, inside its transaction."""

    def __init__(
        self, connection: sa.Connection, place: engine.Place, author: str, at: str
    ) -> None:
        self.connection, self.place, self.author, self.at = connection, place, author, at
        row = connection.execute(sa.select(schema.head).with_for_update()).one()
        self.count, self.sha, self.last_job = row.events, row.sha, row.last_job
        self.things: dict[str, fold.State] = {}
        self.known: set[str] = set()

    def run(self, changes: Iterable[Change]) -> list[Event]:
        """The events made of `changes`, written."""
        self._check_head()
        made = [self._event(*change) for change in changes]
        rows = [
            {**{key: getattr(one, key) for key in events.Row._fields},
             "body": events.body_text(one.body)}
            for one in made
        ]  # fmt: skip
        self.connection.execute(sa.insert(schema.event), rows)
        projection.put(self.connection, self.things, self.known)
        self.connection.execute(
            sa.update(schema.head).values(events=self.count, sha=self.sha, last_job=self.last_job)
        )
        return made

    def _check_head(self) -> None:
        """Nothing is added to a record that is shorter than, or not, what it was."""
        last = heads.last(self.place.heads)
        if last is None:
            return
        sha = self.connection.scalar(
            sa.select(schema.event.c.sha).where(schema.event.c.seq == last.count)
        )
        if sha != last.sha:
            raise VerifyError(
                f"{self.place.text} has lost events: {self.place.heads} says that there were "
                f"{last.count}, the last with hash {last.sha[:12]}…",
                "bring back the newest database; `preheat audit verify` says more",
            )

    def _event(self, kind: str, subject: str, body: dict[str, Any]) -> Event:
        if subject == fold.NEW_JOB:
            self.last_job += kind == "job.opened"
            subject = f"job/{self.last_job}"
        elif kind == "job.opened":
            raise Refused(f"{subject} cannot be opened by its number",
                          f"open {fold.NEW_JOB}: numbers are given here, once each")
        state = self._state(subject)
        try:
            body = self._filled(kind, state, document.plain(body))
            body = json.loads(events.body_text(body))
            self.count += 1
            made = events.make(
                self.count, self.at, self.author, kind, subject, body, self.sha
            )
        except ValueError as err:
            raise Refused(f"{subject}: {kind} cannot be written down: {err}",
                          "give JSON values, and times with their zone") from err
        self.sha = made.sha
        self._check_logs(made)
        self.things[subject] = fold.apply(state, made)
        found = intake.problems(made)
        if found:
            raise fold.refusal(made, found)
        return made

    def _state(self, subject: str) -> fold.State:
        if subject not in self.things:
            number = fold.job_number(subject)
            if number is None and fold.operator_name(subject) is None:
                return None
            kind = Operator if number is None else Job
            self.things[subject] = load(self.connection, kind, subject)
            if self.things[subject] is not None:
                self.known.add(subject)
        return self.things[subject]

    def _filled(self, kind: str, state: fold.State, body: Any) -> Any:
        if not isinstance(body, dict):
            raise ValueError("the body is not a table of keys and values")
        if kind == "job.opened":
            return history.filled(self.connection, body, body.get("board_serial", ""))
        if kind == "job.added" and isinstance(state, Job) and "sites" in body:
            return history.filled(self.connection, body, state.board_serial)
        return body

    def _check_logs(self, made: Event) -> None:
        runs = made.body.get("runs") if made.kind == "job.added" else None
        for row in runs if isinstance(runs, list) else ():
            sha = row.get("log_sha256") if isinstance(row, dict) else None
            if isinstance(sha, str) and len(sha) == 64:
                logs.read(self.place.folder, sha)
