"""Is an SQLite file built as preheat builds it: nothing added, dropped or altered in its schema.

What a trigger writes or a view shows, no event said. SQLAlchemy's own statements are the measure.
"""

import sqlalchemy as sa

from preheat.record import schema
from preheat.record.events import Problem

_STATISTICS = "sqlite_stat"  # tables that SQLite's own ANALYZE adds


def problems(connection: sa.Connection) -> "list[Problem]":
    """What in the file's schema is not as preheat made it; none for a server's."""
    if connection.dialect.name != "sqlite":
        return []
    made, there = _fresh(), _things(connection)
    found = []
    for what in sorted(made.keys() | there.keys()):
        if what not in made:
            text = "preheat made no such thing"
        elif what not in there:
            text = "it is gone"
        elif made[what] != there[what]:
            text = "it is not as preheat made it"
        else:
            continue
        found.append(Problem("schema", " ".join(what), text))
    return found


def _fresh() -> "dict[tuple[str, str], str]":
    """Everything in a database that was made this moment."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        made = _things(connection)
    engine.dispose()
    return made


def _things(connection: sa.Connection) -> "dict[tuple[str, str], str]":
    """By kind and name: the table it belongs to and its statement, without its spacing."""
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return {
        (kind, name): f"{table}: {''.join((sql or '').split()).lower()}"
        for kind, name, table, sql in rows
        if not name.startswith(_STATISTICS)
    }
