"""The tables: events and head are the truth, all others are a projection that can be made anew.

One schema for SQLite and PostgreSQL: text, whole numbers, no type of one of them alone. Times
and dates are ISO 8601 texts, so that they sort; documents are canonical JSON.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

VERSION = 1
metadata = MetaData()


def _text(name: str, **more: bool) -> Column[str]:
    return Column(name, Text, nullable=more.pop("nullable", False), **more)  # type: ignore[arg-type]


event = Table(
    "event", metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True,
           autoincrement=False),
    _text("at"), _text("author"), _text("kind"), _text("subject"), _text("body"),
    _text("prev_sha"), _text("sha"),
    Index("event_subject", "subject", "seq"),
    Index("event_at", "at"),  # before heat the record is asked for its newest time
)  # fmt: skip

# One row, id 1: how many events there are, the last one's hash, the last job's number.
head = Table(
    "head", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("events", BigInteger, nullable=False),
    _text("sha"),
    Column("last_job", Integer, nullable=False),
)  # fmt: skip

job = Table(
    "job", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("status"), _text("board_serial"), _text("assembly"), _text("revision"),
    Column("product_class", Integer, nullable=False),
    _text("activity"), _text("opened_at"), _text("opened_by"),
    Column("cycles", Integer, nullable=False),
    Column("runs", Integer, nullable=False),
    _text("document"),
    Index("job_serial", "board_serial", "number"),
    Index("job_text", "board_serial", "assembly"),  # for searching without reading documents
    Index("job_assembly", "assembly", "number"),
    Index("job_status", "status", "number"),
)  # fmt: skip


def _part(name: str, *columns: "Column[str] | Column[int] | Index") -> Table:
    return Table(
        name, metadata,
        Column("job", Integer, ForeignKey("job.number"), primary_key=True, autoincrement=False),
        Column("position", Integer, primary_key=True, autoincrement=False),
        *columns,
    )  # fmt: skip


material_use = _part(
    "material_use", _text("kind"), _text("name"), _text("lot"), Index("material_lot", "lot"),
)  # fmt: skip
site = _part(
    "site", _text("reference"), _text("package"),
    Column("cycles_before", Integer, nullable=False),
    Column("cycles", Integer, nullable=False),
    Index("site_cycles", "cycles"),
)  # fmt: skip
run = _part(
    "run", _text("run_id"), _text("log_sha256"), _text("unit"), _text("operator"),
    _text("started_on", nullable=True), Column("heat_cycle", Integer, nullable=False),
    _text("end"), _text("verdict"),
    Index("run_log", "log_sha256"), Index("run_operator", "operator", "started_on"),
)  # fmt: skip

operator = Table(
    "operator", metadata,
    Column("name", Text, primary_key=True),
    Column("active", Integer, nullable=False),
    _text("document"),
)  # fmt: skip
# `counts_until`: the day it expires, or the day before it was revoked.
certificate = Table(
    "certificate", metadata,
    Column("operator", Text, ForeignKey("operator.name"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _text("level"), _text("number"), _text("issued"), _text("counts_until"),
    Index("certificate_until", "counts_until"),
)  # fmt: skip

# What a job's and an operator's entries are made of, the parts before what they refer to.
JOB_PARTS = (material_use, site, run)
OPERATOR_PARTS = (certificate,)
