"""A job in words, a line each, for the terminal. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from preheat.record.document import plain
from preheat.record.heat import awaited
from preheat.record.history import board_cycles, site_cycles
from preheat.record.model import Begun, Job, RunRef, Warned
from preheat.record.pending import Pending
from preheat.record.spelling import spelled


def lines(
    job: Job, on_board: "list[Job]", elsewhere: "Mapping[str, list[int]]"
) -> list[str]:
    """What was said of a job; what was not is left out.

    `on_board`: all jobs on its board. `elsewhere`: other jobs by the hash of a log of this one's.
    """
    rows = [
        (f"job {job.number}", f"{job.status}, opened {job.opened_at:%Y-%m-%d} by {job.opened_by}"),
        ("board", " ".join(filter(None, (job.board_serial, job.assembly, job.revision)))),
        ("kind", f"{job.activity}, class {job.product_class}, board type {job.board_type}"),
        ("cycles", f"{board_cycles(on_board)} on the board over all jobs"
                   + _limit(job.cycle_limit_board)),
        *_of_sites(job, on_board),
        *[("procedure", _procedure(job, ref)) for ref in job.procedures],
        ("alloys", _alloys(job)),
        ("coating", job.coating and parts(job.coating)),
        ("approval", job.approval_ref), ("order", job.change_order), ("esd", job.esd),
        ("bake", job.bake and parts(job.bake)),
        *[("material", parts(row)) for row in job.materials],
        *[("equipment", row) for row in job.equipment],
        *[("check", f"{c.name}: {c.result} ({c.by}, {c.at:%Y-%m-%d %H:%M}Z)")
          for c in job.checkpoints],
        *[("override", f"{o.rule}: {o.reason} ({o.name}, {o.at:%Y-%m-%d %H:%M}Z)")
          for o in job.overrides],
        *[("run", run_line(run, elsewhere)) for run in job.runs],
        *[("warned", f"{run_id}: {row.rule}: {row.text}") for run_id, row in warned(job)],
        *[("note", f"{n.text} ({n.by}, {n.at:%Y-%m-%d %H:%M}Z)") for n in job.notes],
    ]  # fmt: skip
    indent = "\n" + " " * 11  # a text of several lines stays one entry
    return [f"{word:<10} {text}".replace("\n", indent) for word, text in rows if text]


def waiting(one: Pending) -> str:
    """A run whose log is not in the record yet, and how it gets there."""
    return (
        f"WAITING    run {one.run_id} on {one.unit or one.uid}: its log is not in the record yet: "
        f"`preheat log pull {one.run_id}`, then `preheat job attach-run {one.job}`"
    )


def lacking(job: Job, run: Begun) -> str:
    """A run whose log has not come in, for somebody who looks at the whole record."""
    at = f"{run.started_at:%Y-%m-%d %H:%M}Z" if run.started_at else "an unknown time"
    return (f"WAITING    job {job.number} ({job.status}): the log of run {run.run_id} on "
            f"{run.unit or run.uid or '?'}, begun {at} by {run.operator or '?'}, has not come in")


def run_line(run: RunRef, elsewhere: "Mapping[str, list[int]]") -> str:
    """A run in one line."""
    at = f"{run.started_at:%Y-%m-%d %H:%M}Z" if run.started_at else "at an unknown time"
    where = " ".join(run.sites) or "no site"
    cycle = "" if run.heat_cycle else ", no heat cycle"
    verdict = f", {run.verdict}" if run.verdict else ""
    others = ", ".join(map(str, elsewhere.get(run.log_sha256, ())))
    too = f", in job {others} too" if others else ""
    why = f" ({run.also})" if run.also else ""
    return (f"{run.run_id} on {run.unit}, {at}, by {run.operator or '?'}: {run.profile}, {where}"
            f"{cycle}; {run.end or 'no end'}{verdict}; log {run.log_sha256[:12]}…{too}{why}")


def warned(job: Job) -> "list[tuple[str, Warned]]":
    """What gates told at the start of each run without holding it back, with the run's id."""
    return [(run.run_id, row) for run in (*job.runs, *awaited(job)) for row in run.warnings]


def body(value: "dict[str, Any]") -> str:
    """An event's body in one line that is not too long."""
    text = spelled(value)
    return text if len(text) <= 160 else text[:159] + "…"


def parts(thing: Any) -> str:
    """What is said of a part of a job, a bake say, in one line."""
    said = plain(thing).items()
    return ", ".join(f"{key} {value}" for key, value in said if value not in (None, ""))


def _of_sites(job: Job, on_board: "list[Job]") -> "Iterator[tuple[str, str]]":
    for site in job.sites:
        count = site_cycles(on_board, site.reference)
        yield "site", (f"{site.reference} {site.package}".strip()
                       + f": {count} heat cycle{'' if count == 1 else 's'}"
                       + _limit(job.cycle_limit_site))  # fmt: skip


def _limit(limit: "int | None") -> str:
    return "" if limit is None else f" of {limit} by contract"


def _procedure(job: Job, ref: str) -> str:
    known = next((one for one in job.procedure_facts if one.id == ref), None)
    if known is None:
        return ref
    levels = "-".join(dict.fromkeys(filter(None, (known.conformance_low,
                                                  known.conformance_high))))  # fmt: skip
    tail = [f"skill {known.skill}" if known.skill else "", f"conformance {levels}" if levels
            else "", "" if known.verified else "unverified"]  # fmt: skip
    return f"{ref}  {known.title}  ({', '.join(filter(None, tail))})"


def _alloys(job: Job) -> str:
    said = (("existing", job.existing_alloy), ("new", job.new_alloy))
    return ", ".join(f"{word} {name}" for word, name in said if name)
