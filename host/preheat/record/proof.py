"""Do the tables say of a few jobs and people what their events say? Asked before heat.

What was found once is kept for as long as neither the events nor the table's row get others: a
run is judged three times, and a board may have had a thousand jobs.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa

from preheat.errors import VerifyError
from preheat.record import events, fold, projection, schema

_CHUNK = 300  # subjects asked for at once; SQLite takes some hundred values in one statement
Seen = dict[str, tuple[int, str, fold.State]]  # by subject: its last event, its row, what it is


def states(connection: sa.Connection, subjects: "Sequence[str]", seen: Seen) -> "list[fold.State]":
    """What each subject is by its events, None without any; `seen` is brought up to date.

    VerifyError where a table says otherwise, or an event is not what was written.
    """
    for chunk in _chunks(dict.fromkeys(subjects)):
        last, rows = _last(connection, chunk), _documents(connection, chunk)
        now = {one: (last.get(one, 0), rows.get(one, "")) for one in chunk}
        anew = [one for one in chunk if seen.get(one, ())[:2] != now[one]]
        made = dict.fromkeys(anew) | dict(_folded(connection, anew))
        for one, state in made.items():
            if (projection.text_of(state) if state is not None else "") != now[one][1]:
                raise VerifyError(f"{one} is not what its events say: somebody changed the "
                                  "database", "`preheat audit verify` says more")  # fmt: skip
            seen[one] = (*now[one], state)
    return [seen[one][2] for one in subjects]


def _last(connection: sa.Connection, subjects: "list[str]") -> "dict[str, int]":
    event = schema.event.c
    found = connection.execute(
        sa.select(event.subject, sa.func.max(event.seq))
        .where(event.subject.in_(subjects))
        .group_by(event.subject)
    )
    return {subject: int(seq) for subject, seq in found}


def _documents(connection: sa.Connection, subjects: "list[str]") -> "dict[str, str]":
    found: dict[str, str] = {}
    for kind in (schema.job, schema.operator):
        keys = {projection.tables_of(one)[2]: one for one in subjects
                if projection.tables_of(one)[0] is kind}  # fmt: skip
        column = projection.key_column(kind)
        for key, text in connection.execute(
            sa.select(column, kind.c.document).where(column.in_(keys))
        ):
            found[keys[key]] = text
    return found


def _folded(
    connection: sa.Connection, subjects: "list[str]"
) -> "Iterator[tuple[str, fold.State]]":
    event = schema.event.c
    rows = connection.execute(
        sa.select(schema.event)
        .where(event.subject.in_(subjects))
        .order_by(event.subject, event.seq)
    )
    for subject, of_it in groupby((events.Row(*row) for row in rows), lambda row: row.subject):
        state: fold.State = None
        for row in of_it:
            state = fold.apply(state, events.found(row))
        yield subject, state


def _chunks(items: "dict[str, Any]") -> "Iterator[list[str]]":
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
