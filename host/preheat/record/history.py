"""What jobs have in common: heat of a board and its sites in all jobs on it, and runs."""

import json
from typing import Any

import sqlalchemy as sa

from preheat.record import heat, projection, schema
from preheat.record.heat import cycles, cycles_at
from preheat.record.model import Begun, Job
from preheat.record.spelling import spelled


def jobs_on(connection: sa.Connection, serial: str) -> list[Job]:
    """The jobs on one board, oldest first."""
    found = connection.execute(
        sa.select(schema.job.c.document)
        .where(schema.job.c.board_serial == serial)
        .order_by(schema.job.c.number)
    )
    return [projection.thing_of(Job, text) for (text,) in found]


def numbers_on(connection: sa.Connection, serial: str) -> list[int]:
    """The numbers of the jobs on one board, oldest first."""
    found = sa.select(schema.job.c.number).where(schema.job.c.board_serial == serial)
    return list(connection.scalars(found.order_by(schema.job.c.number)))


def with_run(connection: sa.Connection, run_id: str, uid: str, sha: str) -> list[int]:
    """The jobs that have this log, or under which this run of a named unit is or began.

    Without a log in common every job's text is searched: a person waits for it, and seldom.
    """
    same_log = sa.select(schema.run.c.job).where(schema.run.c.log_sha256 == sha)
    found = set(connection.scalars(same_log))
    named = sa.select(schema.job.c.document).where(
        schema.job.c.document.contains(f'"run_id":{spelled(run_id)}', autoescape=True)
    )
    for job in (projection.thing_of(Job, text) for text in connection.scalars(named)):
        if uid and any((one.run_id, one.uid) == (run_id, uid) for one in (*job.begun, *job.runs)):
            found.add(job.number)
    return sorted(found)


def elsewhere(connection: sa.Connection, job: Job) -> "dict[str, list[int]]":
    """By the hash of a log of the job's: the other jobs that have it."""
    row = schema.run.c
    found: dict[str, list[int]] = {}
    for sha, number in connection.execute(
        sa.select(row.log_sha256, row.job)
        .where(row.log_sha256.in_([run.log_sha256 for run in job.runs]), row.job != job.number)
        .order_by(row.job)
    ):
        found.setdefault(sha, []).append(number)
    return found


def awaited(connection: sa.Connection) -> "list[tuple[Job, Begun]]":
    """Every run that began under a job and whose log has not come in."""
    named = sa.select(schema.job.c.document).where(schema.job.c.document.contains('"begun":'))
    found = []
    for text in connection.scalars(named.order_by(schema.job.c.number)):
        job = json.loads(text)
        heard = {(run["run_id"], run.get("uid")) for run in job.get("runs", ())}
        if any((one["run_id"], one.get("uid")) not in heard for one in job["begun"]):
            whole = projection.thing_of(Job, text)
            found += [(whole, one) for one in heat.awaited(whole)]
    return found


def total(counts: "list[tuple[int, int]]") -> int:
    """Cycles in all, from (before, in the job) of each job in order.

    What a job says of the time before it counts when it knows more than the jobs before it.
    """
    sum_ = 0
    for before, own in counts:
        sum_ = max(sum_, before) + own
    return sum_


def board_cycles(jobs: "list[Job]") -> int:
    """Heat cycles of the board that these jobs were on."""
    return total([(job.cycles_before, cycles(job) - job.cycles_before) for job in jobs])


def site_cycles(jobs: "list[Job]", reference: str) -> int:
    """Heat cycles of one of its sites."""
    counts = []
    for job in jobs:
        before = sum(s.cycles_before for s in job.sites if s.reference == reference)
        counts.append((before, cycles_at(job, reference) - before))
    return total(counts)


def filled(connection: sa.Connection, body: dict[str, Any], serial: str) -> dict[str, Any]:
    """A body that opens a job or adds sites, with the cycles before it where it is silent."""
    told = "board_serial" not in body or "cycles_before" in body
    rows = body["sites"] if isinstance(body.get("sites"), list) else []
    if told and all(isinstance(row, dict) and "cycles_before" in row for row in rows):
        return body
    jobs = jobs_on(connection, serial) if isinstance(serial, str) else []
    if not jobs:
        return body
    body = dict(body)
    if "board_serial" in body and "cycles_before" not in body and board_cycles(jobs):
        body["cycles_before"] = board_cycles(jobs)
    sites = body.get("sites")
    if isinstance(sites, list):
        body["sites"] = [_site_filled(jobs, row) for row in sites]
    return body


def _site_filled(jobs: "list[Job]", row: Any) -> Any:
    if not isinstance(row, dict) or "cycles_before" in row:
        return row
    before = site_cycles(jobs, str(row.get("reference")))
    return {**row, "cycles_before": before} if before else row
