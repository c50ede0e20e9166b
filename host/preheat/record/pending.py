"""Runs of a job that began and whose logs are not in the record yet: a note on this computer each.

The note is written when the heat starts and goes when the log is in the record, so that a laptop
that dies in mid-run forgets neither the run nor the heat cycle.
"""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from preheat import keepfile, paths


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


def put(one: Pending) -> None:
    """Keep the note; OSError when it cannot be written."""
    keepfile.write(_place(one), json.dumps(asdict(one)).encode())


def drop(one: Pending) -> None:
    """Its log is in the record now."""
    with contextlib.suppress(OSError):
        _place(one).unlink(missing_ok=True)


def of_job(store: str, job: int) -> list[Pending]:
    """The job's runs that still lack their logs, oldest first."""
    found = []
    for path in _folder().glob(f"job-{job}-*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            found.append(Pending(**{**row, "sites": tuple(row["sites"])}))
    mine = [one for one in found if (one.store, one.job) == (store, job)]
    return sorted(mine, key=lambda one: one.started_at)


def _place(one: Pending) -> Path:
    return _folder() / f"job-{one.job}-{paths.safe(one.uid)}-{paths.safe(one.run_id)}.json"


def _folder() -> Path:
    folder = paths.record_dir() / "pending"
    folder.mkdir(exist_ok=True)
    return folder
