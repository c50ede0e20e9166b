"""The rows that a job or an operator has in the tables, made from it alone; and writing them."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert

from preheat.record import document, schema
from preheat.record.fold import State, job_number, operator_name
from preheat.record.heat import cycles, cycles_at
from preheat.record.model import Certificate, Job, Operator
from preheat.record.spelling import spelled

Rows = dict[Table, list[dict[str, Any]]]


def text_of(thing: "Job | Operator") -> str:
    """Its document: canonical JSON without what equals its default."""
    return spelled(document.plain(thing))


def thing_of(kind: type, text: str) -> Any:
    """The Job or Operator of a document. ValueError when it is not one."""
    made, problems = document.read(kind, json.loads(text), "")
    if problems:
        raise ValueError("; ".join(str(problem) for problem in problems))
    return made


def rows(thing: "Job | Operator") -> Rows:
    """Its rows by table, the row it all hangs on first."""
    return _job_rows(thing) if isinstance(thing, Job) else _operator_rows(thing)


def _job_rows(job: Job) -> Rows:
    def part(table: Table, items: "list[dict[str, Any]]") -> tuple[Table, list[dict[str, Any]]]:
        return table, [{"job": job.number, "position": i, **row} for i, row in enumerate(items)]

    whole = {
        "number": job.number, "status": job.status, "board_serial": job.board_serial,
        "assembly": job.assembly, "revision": job.revision, "product_class": job.product_class,
        "activity": job.activity, "opened_at": document.at_text(job.opened_at),
        "opened_by": job.opened_by, "cycles": cycles(job), "runs": len(job.runs),
        "document": text_of(job),
    }  # fmt: skip
    return {
        schema.job: [whole],
        **dict([
            part(schema.material_use, [
                {"kind": m.kind, "name": m.name, "lot": m.lot} for m in job.materials
            ]),
            part(schema.site, [
                {"reference": s.reference, "package": s.package,
                 "cycles_before": s.cycles_before, "cycles": cycles_at(job, s.reference)}
                for s in job.sites
            ]),
            part(schema.run, [
                {"run_id": r.run_id, "log_sha256": r.log_sha256, "unit": r.unit,
                 "operator": r.operator, "heat_cycle": int(r.heat_cycle), "end": r.end,
                 "started_on": document.at_text(r.started_at)[:10] if r.started_at else None,
                 "verdict": r.verdict}
                for r in job.runs
            ]),
        ]),
    }  # fmt: skip


def counts_until(one: Certificate) -> str:
    """The last day on which a certificate counts."""
    until = one.expires
    if one.revoked_at is not None:
        until = min(until, one.revoked_at - timedelta(days=1))
    return until.isoformat()


def _operator_rows(operator: Operator) -> Rows:
    whole = {
        "name": operator.name, "active": int(operator.active), "document": text_of(operator),
    }  # fmt: skip
    held = [
        {"operator": operator.name, "position": i, "level": one.level, "number": one.number,
         "issued": one.issued.isoformat(), "counts_until": counts_until(one)}
        for i, one in enumerate(operator.certificates)
    ]  # fmt: skip
    return {schema.operator: [whole], schema.certificate: held}


def tables_of(subject: str) -> "tuple[Table, tuple[Table, ...], Any]":
    """For a subject: its table, those of its parts, and its key."""
    number = job_number(subject)
    if number is not None:
        return schema.job, schema.JOB_PARTS, number
    return schema.operator, schema.OPERATOR_PARTS, operator_name(subject)


def key_column(table: Table) -> Any:
    """The column that says whose row it is: always the first."""
    return next(iter(table.columns))


def put(connection: Connection, things: "dict[str, State]", known: "set[str]") -> None:
    """Write the rows of things by subject; `known`: those that have rows already."""
    inserts: Rows = {}
    for subject, thing in things.items():
        if thing is None:
            continue
        whole, parts, key = tables_of(subject)
        made = rows(thing)
        if subject in known:
            for table in parts:
                connection.execute(delete(table).where(key_column(table) == key))
            row = made.pop(whole)[0]
            connection.execute(whole.update().where(key_column(whole) == key).values(row))
        for table, lines in made.items():
            inserts.setdefault(table, []).extend(lines)
    # What others refer to comes first.
    for table in schema.metadata.sorted_tables:
        if inserts.get(table):
            connection.execute(insert(table), inserts[table])


def clear(connection: Connection) -> None:
    """Empty the projection; the events stay."""
    for table in (*schema.JOB_PARTS, schema.job, *schema.OPERATOR_PARTS, schema.operator):
        connection.execute(delete(table))
