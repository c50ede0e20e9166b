"""What a job's procedures asked for when entered, so that a later edit changes no job."""

from dataclasses import asdict
from typing import Any

from preheat.record import procedures as catalogue
from preheat.record.model import Job, ProcedureFacts
from preheat.record.procedurefile import Procedure


def facts(row: Procedure) -> ProcedureFacts:
    """What of a procedure is kept in the job."""
    low, high = row.conformance or (None, None)
    codes: Any = {"activity": row.activity, "skill": row.skill, "conformance_low": low,
                  "conformance_high": high, "board_types": row.board_types}  # fmt: skip
    return ProcedureFacts(  # the codes were checked when the file was read
        id=row.id, title=row.title, module=row.module, source=row.source, verified=row.verified,
        **codes,
    )  # fmt: skip


def procedures(job: Job) -> tuple[Procedure, ...]:
    """The job's procedures as they were entered; as they are now, where nothing was kept."""
    kept = {one.id: _procedure(one) for one in job.procedure_facts}
    today = catalogue.look_up(ref for ref in job.procedures if ref not in kept)
    found = kept | {row.id: row for row in today}
    return tuple(found[ref] for ref in job.procedures if ref in found)


def entry(refs: "list[str]") -> "dict[str, list[object]]":
    """The part of a job's body that names procedures: whole ids, and what they ask for.

    UsageError for one that is not known.
    """
    rows = [catalogue.find(ref) for ref in refs]
    return {"procedures": [row.id for row in rows], "procedure_facts": [facts(r) for r in rows]}


def _procedure(one: ProcedureFacts) -> Procedure:
    row = asdict(one)
    low, high = row.pop("conformance_low"), row.pop("conformance_high")
    both = (low, high) if low and high else None
    return Procedure(
        **row, namespace=one.id.partition(":")[0], conformance=both, component=None, methods=()
    )
