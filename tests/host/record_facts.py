"""What the record's tests share: a store in a temporary folder, a job, a run, a person."""

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

from preheat.record.model import Certificate, Material, RunRef, Site
from preheat.record.store import Store

AUTHOR = "Ines Vogt"
BOARD = {"board_serial": "SN-0042", "product_class": 3, "board_type": "R", "activity": "rework"}
CERTIFICATE = Certificate("CIS", (1, 4, 8), date(2025, 3, 1), number="C-1", lecture_only=(8,))
FLUX = Material("flux", "no-clean gel", "F-77", flux_type="ROL0")
BGA = Site("U7", "BGA-256")
STARTED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def opened(store: Store, **more) -> int:
    """The number of a job that was opened just now."""
    event = store.append(AUTHOR, "job.opened", "job/new", {**BOARD, **more})
    return int(event.subject.removeprefix("job/"))


def run_ref(store: Store, data: bytes, **more) -> RunRef:
    """A run whose log, `data`, is kept."""
    facts = {"run_id": "r-" + data.hex()[:12], "operator": AUTHOR, "started_at": STARTED, **more}
    return RunRef(log_sha256=store.keep_log(data), **facts)


def full(store: Store) -> int:
    """A job with a bit of everything, and its operator."""
    number = opened(store, sites=[BGA], existing_alloy="SAC305")
    subject = f"job/{number}"
    store.append_all(AUTHOR, [
        ("operator.added", f"operator/{AUTHOR}", {"skill": "E", "certificates": [CERTIFICATE]}),
        ("job.added", subject, {"materials": [FLUX], "procedures": ["ipc-7711/5.7.1.1"]}),
        ("job.added", subject, {"runs": [run_ref(store, b"heat", sites=("U7",))]}),
        ("job.added", subject, {"checkpoints": [{"name": "joints", "result": "äöü °C, fine"}]}),
        ("job.set", subject, {"approval_ref": "QN-9"}),
        ("job.closed", subject, {}),
    ])  # fmt: skip
    return number


def raw(store: Store, *statements: tuple) -> None:
    """Change the database behind the record's back."""
    with sqlite3.connect(store.place.file) as connection:
        for statement in statements:
            connection.execute(*statement)
    connection.close()


def database(folder: Path) -> str:
    return str(folder / "record.db")
