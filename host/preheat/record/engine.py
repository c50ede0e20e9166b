"""Opening the record's database by URL: SQLite in a file on this computer, or a PostgreSQL server.

SQLite: write-ahead log, every commit brought to the disk, foreign keys on, one writer at a time.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import URL, make_url

from preheat import paths
from preheat.errors import PreheatError, UsageError, VerifyError
from preheat.record import netshare

WAIT_MS = 10_000  # for another writer; a transaction takes milliseconds
WRITING = "preheat_writing"  # execution option of a connection that will write
_LOCK_KEY = 0x70726568  # "preh": whoever makes the tables holds this lock of PostgreSQL's


class Place(NamedTuple):
    """Where a record lies: its database, and the folder and file beside it on this computer."""

    url: URL
    folder: Path  # holds logs/
    heads: Path
    text: str  # for messages; without a password

    @property
    def file(self) -> "Path | None":
        """The database's file, None for a server."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None


def place(store: "str | os.PathLike[str] | None" = None) -> Place:
    """What `--store`, else PREHEAT_RECORD_URL, else the data folder says: a URL or a path.

    A path is a database file, or a folder that has or gets a record.db.
    """
    text = os.fspath(store) if store is not None else os.environ.get("PREHEAT_RECORD_URL") or ""
    if not text:
        text = str(paths.record_dir())
    if "://" not in text:
        path = Path(text).expanduser().absolute()
        if path.is_dir():
            path = path / "record.db"
        return _file(URL.create("sqlite", database=str(path)))
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (exc.ArgumentError, ValueError) as err:
        raise UsageError(f"the store's URL cannot be read: {err}", _FORMS) from err
    if kind == "sqlite":
        if not url.database or ":memory:" in url.database or "mode=memory" in text:
            raise UsageError("a record in memory proves nothing", _FORMS)
        return _file(url.set(database=str(Path(url.database).expanduser().absolute())))
    if kind != "postgresql":
        raise UsageError(f"a record cannot be kept in {kind}", _FORMS)
    if "+" not in url.drivername:
        url = url.set(drivername="postgresql+psycopg")
    folder = paths.record_dir()
    name = paths.safe(f"{url.host or 'local'}-{url.port or 5432}-{url.database or ''}")
    return Place(url, folder, folder / f"{name}.heads", url.render_as_string())


_FORMS = "give a path, sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"


def _file(url: URL) -> Place:
    path = Path(url.database or "")
    return Place(url, path.parent, path.with_suffix(".heads"), str(path))


def connect(where: Place, create: bool) -> sa.Engine:
    """An engine for a place. UsageError when it cannot be there, or is not and `create` is off."""
    file = where.file
    if file is None:
        try:
            return sa.create_engine(where.url)
        except ModuleNotFoundError as err:
            raise UsageError(
                f"{where.text} needs a driver: {err}",
                "install it with `pip install psycopg[binary]`",
            ) from err
    if not file.exists() and not create:
        raise UsageError(f"there is no record at {file}", "name another with --store")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise UsageError(
            f"{file.parent} cannot hold a record: {err.strerror}", "name a folder of yours"
        ) from err
    share = netshare.found(file.parent)
    if share:
        raise UsageError(
            f"{file.parent} is on a share of another computer ({share}), where SQLite cannot "
            "keep two writers apart",
            "use a local disk, or a PostgreSQL server for several computers",
        )
    engine = sa.create_engine(where.url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # BEGIN is ours, see _begin
    for pragma in (
        f"busy_timeout={WAIT_MS}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL",
    ):  # fmt: skip
        raw.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    # A writer that begins as a reader can find the database changed when it comes to write.
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextlib.contextmanager
def transaction(
    engine: sa.Engine, where: Place, writing: bool = False
) -> "Iterator[sa.Connection]":
    """A connection in a transaction: kept as a whole at the end, or not at all.

    The database's own errors become UsageError (busy, out of reach) or VerifyError (damaged).
    """
    try:
        with engine.connect() as connection:
            options: dict[str, Any] = {WRITING: writing}
            if not writing and where.file is None:
                options["isolation_level"] = "REPEATABLE READ"  # one state, as in SQLite
            connection = connection.execution_options(**options)
            with connection.begin():
                yield connection
    except exc.DBAPIError as err:
        raise said(err, where) from err


def said(err: exc.DBAPIError, where: Place) -> PreheatError:
    """What a database's error means for a person."""
    text = str(err.orig).strip().splitlines()[0] if str(err.orig).strip() else str(err)
    if "locked" in text:
        return UsageError(
            f"another program has held {where.text} for {WAIT_MS // 1000} s",
            "end the other preheat, then try again",
        )
    if "malformed" in text or "not a database" in text or "decode" in text:
        return VerifyError(
            f"{where.text} is damaged: {text}",
            "keep the file, and go on from a backup of the folder",
        )
    return UsageError(
        f"{where.text} cannot be used: {text}", "check that it is reachable and has room"
    )


def exclusive(connection: sa.Connection) -> None:
    """Nobody else makes tables until this transaction ends (SQLite: BEGIN IMMEDIATE did it)."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
