"""A job as one self-contained page: its papers, people, materials, every run in full, hashes.

The runs' parts are those of `preheat report`. Every text is escaped by the template.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from preheat import paths
from preheat.errors import PreheatError
from preheat.record import jobtext, pending, people
from preheat.record.history import board_cycles, site_cycles
from preheat.record.jobverdict import against
from preheat.record.model import Job, RunRef
from preheat.record.recorded import procedures
from preheat.record.store import Store
from preheat.report import page as report_page
from preheat.report.content import content
from preheat.report.runs import load
from preheat_core import VERSION

STATES = (
    "This page shows what people entered and what the controller measured. What is said of an "
    "inspection under J-STD-001 or IPC-A-610 is the statement of the person named beside it. "
    "The page itself accepts nothing and certifies nothing."
)
SIGNED = ("Operator", "Inspection", "Approval")


class Table(NamedTuple):
    """A table of the page as text; left out when it has no rows."""

    title: str
    heads: tuple[str, ...]
    rows: "list[tuple[str, ...]]"


class RunPart(NamedTuple):
    """One run: its line, and its part as markup, or why there is none."""

    line: str
    markup: Any
    problem: str


def page(store: Store, number: int, today: str) -> str:
    """The page of a job as HTML. today: YYYY-MM-DD. UsageError when there is no such job."""
    job, head = store.job(number), store.head()
    waiting, elsewhere = pending.of(store, job), store.elsewhere(job)
    return _template().render(
        title=f"Job {number}: {job.activity} of {job.board_serial}",
        style=report_page._safe(report_page.style(f"job {number}, record {head.sha[:16]}")),
        made=f"made {today} · preheat {VERSION}",
        facts=list(facts(job, store.board_jobs(job.board_serial))),
        tables=[table for table in tables(store, job) if table.rows],
        runs=[_run(store, job, i, today, elsewhere) for i in range(len(job.runs))],
        waiting=[jobtext.waiting(one) for one in waiting],
        states=STATES,
        signed=SIGNED,
        hashes=[("record", f"event {head.events}, {head.sha}"),
                *[(f"log of {run.run_id}", run.log_sha256) for run in job.runs]],
    )  # fmt: skip


def facts(job: Job, on_board: "list[Job]") -> "Iterator[tuple[str, str]]":
    """What the job says in single words; what it does not say has a dash."""
    closed = job.closed_at and f"{job.closed_at:%Y-%m-%d %H:%M}Z by {job.closed_by}"
    limit = job.cycle_limit_board
    said = (
        ("board", job.board_serial), ("assembly", job.assembly), ("revision", job.revision),
        ("class", str(job.product_class)), ("board type", job.board_type),
        ("activity", job.activity), ("existing alloy", job.existing_alloy),
        ("new alloy", job.new_alloy), ("approval", job.approval_ref),
        ("change order", job.change_order), ("ESD", job.esd),
        ("heat cycles of the board", f"{board_cycles(on_board)}"
         + ("" if limit is None else f" of {limit} by contract")),
        ("coating", job.coating and jobtext.parts(job.coating)),
        ("bake", job.bake and jobtext.parts(job.bake)),
        ("equipment", ", ".join(job.equipment)),
        ("opened", f"{job.opened_at:%Y-%m-%d %H:%M}Z by {job.opened_by}"), ("closed", closed),
    )  # fmt: skip
    for word, text in said:
        yield word, text or "—"


def tables(store: Store, job: Job) -> "Iterator[Table]":
    """The job's lists."""
    known = procedures(job)
    yield Table("Procedures", ("procedure", "", "skill", "conformance", "source"), [
        (row.id, row.title, row.skill or "—",
         "-".join(dict.fromkeys(row.conformance)) if row.conformance else "—",
         row.source + ("" if row.verified else " (unverified)")) for row in known
    ] + [(ref, "nothing is known of it", "—", "—", "—") for ref in job.procedures
         if ref not in {row.id for row in known}])  # fmt: skip
    on_board = store.board_jobs(job.board_serial)
    yield Table("Sites", ("site", "package", "heat cycles, all jobs", "limit"), [
        (s.reference, s.package or "—", str(site_cycles(on_board, s.reference)),
         "—" if job.cycle_limit_site is None else str(job.cycle_limit_site)) for s in job.sites
    ])  # fmt: skip
    yield Table("Materials", ("kind", "name", "lot", "alloy", "expires"), [
        (m.kind, m.name, m.lot, m.alloy or "—", str(m.expires or "—")) for m in job.materials
    ])  # fmt: skip
    yield Table("People", ("operator", "run", "skill today", "certificates that counted"), [
        _person(store, run) for run in job.runs
    ])
    yield Table("Inspection, as stated", ("checkpoint", "statement", "by", "at"), [
        (c.name, c.result, c.by, f"{c.at:%Y-%m-%d %H:%M}Z") for c in job.checkpoints
    ])
    yield Table("Overrides", ("gate", "reason", "by", "at"), [
        (o.rule, o.reason, o.name, f"{o.at:%Y-%m-%d %H:%M}Z") for o in job.overrides
    ])
    yield Table("Warnings of gates, as each run began", ("run", "gate", "what it said"), [
        (run_id, row.rule, row.text) for run_id, row in jobtext.warned(job)
    ])
    yield Table("Notes", ("note", "by", "at"), [
        (n.text, n.by, f"{n.at:%Y-%m-%d %H:%M}Z") for n in job.notes
    ])


def _person(store: Store, run: RunRef) -> tuple[str, ...]:
    try:
        who = store.operator(run.operator)
    except PreheatError:
        return run.operator or "—", run.run_id, "—", "not in the record"
    papers = people.counting(who, people.day_of(run.started_at)) if run.started_at else []
    said = "; ".join(f"{p.level} {p.number} to {p.expires}" for p in papers)
    return who.name, run.run_id, who.skill or "—", said or "none"


def _run(
    store: Store, job: Job, place: int, today: str, elsewhere: "dict[str, list[int]]"
) -> RunPart:
    run = job.runs[place]
    line = jobtext.run_line(run, elsewhere)
    try:
        data = store.read_log(run.log_sha256)
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{paths.safe(run.run_id)}.plog"  # a log may say anything
            path.write_bytes(data)
            found = against(load(str(path)), job, run.sites)
        part = report_page.section(content(found, today), found, key=f"run{place}")
    except PreheatError as err:
        return RunPart(line, "", err.message)
    return RunPart(line, report_page._safe(part), "")


@lru_cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("preheat.traveller", "."), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    ).get_template("traveller.html")  # fmt: skip
