"""Runs of a job that began and whose logs are not in the record yet.

The record says so itself, for every computer. Before it can, when the heat has just started, a
note on this computer does, so that a laptop that dies or a busy record forgets no heat.
"""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from preheat import keepfile, paths
from preheat.record import document, heat
from preheat.record.model import Job, Warned
from preheat.record.store import Store


@dataclass(frozen=True)
class Pending:
    """A run of a job. `started_at`: UTC, ISO 8601. `store`: the place of its record."""

    store: str
    job: int
    run_id: str
    uid: str
    unit: str
    operator: str
    started_at: str
    sites: tuple[str, ...]
    heat_cycle: bool
    warnings: tuple[Warned, ...] = ()
    also: str = ""


def put(one: Pending) -> None:
    """Keep the note; OSError when it cannot be written."""
    keepfile.write(_place(one), json.dumps(asdict(one)).encode())


def drop(one: Pending) -> None:
    """Its log is in the record now."""
    with contextlib.suppress(OSError):
        _place(one).unlink(missing_ok=True)


def row(one: Pending) -> dict[str, Any]:
    """A run that began as its job's row `begun` has it."""
    at = {"started_at": one.started_at} if one.started_at else {}
    return {"run_id": one.run_id, "uid": one.uid, "unit": one.unit, "operator": one.operator,
            "sites": list(one.sites), "heat_cycle": one.heat_cycle,
            "warnings": list(one.warnings), **at}  # fmt: skip


def of(store: Store, job: Job) -> list[Pending]:
    """The job's runs that still lack their logs, as the record or a note says, oldest first."""
    text = store.place.text
    found = [
        Pending(text, job.number, one.run_id, one.uid, one.unit, one.operator,
                document.at_text(one.started_at) if one.started_at else "", one.sites,
                one.heat_cycle, one.warnings)
        for one in heat.awaited(job)
    ]  # fmt: skip
    known = {(one.run_id, one.uid) for one in (*job.begun, *job.runs)}
    found += [one for one in notes(text, job.number) if (one.run_id, one.uid) not in known]
    return sorted(found, key=lambda one: one.started_at)


def notes(store: str, job: int) -> list[Pending]:
    """The notes on this computer about a job's runs, oldest first."""
    found = []
    for path in _folder().glob(f"job-{job}-*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            warned = tuple(Warned(**row) for row in made.pop("warnings", ()))
            found.append(Pending(**{**made, "sites": tuple(made["sites"]), "warnings": warned}))
    mine = [one for one in found if (one.store, one.job) == (store, job)]
    return sorted(mine, key=lambda one: one.started_at)


def _place(one: Pending) -> Path:
    return _folder() / f"job-{one.job}-{paths.safe(one.uid)}-{paths.safe(one.run_id)}.json"


def _folder() -> Path:
    folder = paths.record_dir() / "pending"
    folder.mkdir(exist_ok=True)
    return folder
