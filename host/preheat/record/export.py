"""The record as text for others: events as JSON lines that verify by themselves, tables as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from preheat.errors import UsageError
from preheat.record import events, schema, verify

# What each form holds; "jsonl" alone is the whole record.
TABLES = {
    "csv": schema.event,
    "jobs.csv": schema.job,
    "runs.csv": schema.run,
    "materials.csv": schema.material_use,
    "sites.csv": schema.site,
    "certificates.csv": schema.certificate,
}
FORMS = ("jsonl", *TABLES)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def lines(connection: sa.Connection, form: str) -> Iterator[str]:
    """Lines with their line feeds. UsageError for a form that is not known."""
    if form == "jsonl":
        return (f"{json_line(row)}\n" for row in verify.rows(connection))
    if form not in TABLES:
        raise UsageError(f"the record has no form {form}", "choose " + ", ".join(FORMS))
    return _csv(connection, TABLES[form])


def json_line(row: events.Row) -> str:
    """An event as one line of JSON; its body as a table, not as text."""
    return json.dumps(row._asdict() | {"body": json.loads(row.body)}, ensure_ascii=False)


def _csv(connection: sa.Connection, table: sa.Table) -> Iterator[str]:
    columns = [column for column in table.columns if column.name != "document"]
    yield _line(column.name for column in columns)
    wanted = sa.select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execute(wanted.execution_options(yield_per=1000)):
        yield _line(_cell(value) for value in row)


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(list(cells))
    return text.getvalue()


def problems(exported: Iterable[str]) -> Iterator[events.Problem]:
    """What does not verify in JSON lines that were exported: the chain, nothing else."""
    return events.chain_problems(_read(line) for line in exported if line.strip())


def _read(line: str) -> events.Row:
    try:
        made = json.loads(line)
        return events.Row(**{**made, "body": events.body_text(made["body"])})
    except (ValueError, TypeError, KeyError):
        return events.Row("?", "", "", "", "", "", "", "")
