"""Questions to the record: lists of jobs, and what an auditor asks."""

from dataclasses import dataclass

import sqlalchemy as sa

from preheat.record import history, schema
from preheat.record.model import Job


@dataclass(frozen=True)
class Filter:
    """Which jobs: equal to what is given; `text` is looked for in serial and assembly."""

    status: str | None = None
    board_serial: str | None = None
    assembly: str | None = None
    activity: str | None = None
    opened_by: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Page:
    """At most `limit` jobs with numbers below `before` (None: from the newest on)."""

    limit: int = 50
    before: int | None = None


@dataclass(frozen=True)
class JobLine:
    """A job in a list. `cycles`: heat cycles of the board as this job knows them."""

    number: int
    status: str
    board_serial: str
    assembly: str
    revision: str
    product_class: int
    activity: str
    opened_at: str
    opened_by: str
    cycles: int
    runs: int


@dataclass(frozen=True)
class LotUse:
    """A material of a job."""

    job: int
    board_serial: str
    kind: str
    name: str
    lot: str
    runs: int


@dataclass(frozen=True)
class RunLine:
    """A run of a job. `started_on`: None where no clock was set, so nobody can say.

    `last_until`: its operator's last day with a certificate before that, or None.
    """

    job: int
    board_serial: str
    run_id: str
    operator: str
    started_on: str | None
    last_until: str | None


@dataclass(frozen=True)
class SiteLine:
    """A site of a board with its heat cycles over all jobs, and the jobs that name it."""

    board_serial: str
    reference: str
    cycles: int
    jobs: tuple[int, ...]


_JOB_COLUMNS = [schema.job.c[name] for name in JobLine.__annotations__]


def jobs(connection: sa.Connection, filters: Filter, page: Page) -> list[JobLine]:
    """Jobs that fit, the newest first."""
    wanted = sa.select(*_JOB_COLUMNS).order_by(schema.job.c.number.desc()).limit(page.limit)
    for key in ("status", "board_serial", "assembly", "activity", "opened_by"):
        value = getattr(filters, key)
        if value is not None:
            wanted = wanted.where(schema.job.c[key] == value)
    if filters.text:
        within = schema.job.alias()  # the inner question is answered by an index alone
        fits = sa.select(within.c.number).where(
            within.c.board_serial.icontains(filters.text, autoescape=True)
            | within.c.assembly.icontains(filters.text, autoescape=True)
        )
        wanted = wanted.where(schema.job.c.number.in_(fits))
    if page.before is not None:
        wanted = wanted.where(schema.job.c.number < page.before)
    return [JobLine(*row) for row in connection.execute(wanted)]


def with_lot(connection: sa.Connection, lot: str, kind: "str | None" = None) -> list[LotUse]:
    """Uses of a lot, by job."""
    job, use = schema.job.c, schema.material_use.c
    wanted = (
        sa.select(job.number, job.board_serial, use.kind, use.name, use.lot, job.runs)
        .join_from(schema.material_use, schema.job)
        .where(use.lot == lot)
        .order_by(job.number, use.position)
    )
    if kind is not None:
        wanted = wanted.where(use.kind == kind)
    return [LotUse(*row) for row in connection.execute(wanted)]


def uncertified(connection: sa.Connection, operator: "str | None" = None) -> list[RunLine]:
    """Runs without a certificate of their operator that counted on the day (in UTC).

    Those of an unknown day are among them: no certificate is known to have counted.
    """
    run, job, held = schema.run.c, schema.job.c, schema.certificate.c
    mine = sa.select(held.operator).where(
        held.operator == run.operator, held.issued <= run.started_on,
        held.counts_until >= run.started_on,
    )  # fmt: skip
    last = (
        sa.select(sa.func.max(held.counts_until))
        .where(held.operator == run.operator, held.counts_until < run.started_on)
        .scalar_subquery()
    )
    wanted = (
        sa.select(run.job, job.board_serial, run.run_id, run.operator, run.started_on, last)
        .join_from(schema.run, schema.job)
        .where(run.started_on.is_(None) | ~mine.exists())
        .order_by(run.job, run.position)
    )
    if operator is not None:
        wanted = wanted.where(run.operator == operator)
    return [RunLine(*row) for row in connection.execute(wanted)]


def hot_sites(connection: sa.Connection, more_than: int) -> list[SiteLine]:
    """Sites with more than so many cycles, the hottest first.

    A site's cycles in its jobs add up to no less than in all together, so that sum chooses the
    boards whose jobs are looked at.
    """
    job, site = schema.job.c, schema.site.c
    candidates = connection.execute(
        sa.select(job.board_serial, site.reference)
        .join_from(schema.site, schema.job)
        .group_by(job.board_serial, site.reference)
        .having(sa.func.sum(site.cycles) > more_than)
    ).all()
    found, on_board = [], {}
    for serial, reference in candidates:
        if serial not in on_board:
            on_board[serial] = history.jobs_on(connection, serial)
        count = history.site_cycles(on_board[serial], reference)
        if count > more_than:
            found.append(SiteLine(serial, reference, count, _naming(on_board[serial], reference)))
    return sorted(found, key=lambda line: (-line.cycles, line.board_serial, line.reference))


def _naming(jobs_: "list[Job]", reference: str) -> tuple[int, ...]:
    return tuple(j.number for j in jobs_ if any(s.reference == reference for s in j.sites))
