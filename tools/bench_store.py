"""How the record grows: opening, listing and one job's report with few jobs in it and with many.

    python3 tools/bench_store.py [--json|--markdown] [--sizes 1000,10000,100000] [--repeats N]

Each job has a site, two materials, a run with its log and a checkpoint: five events. Times are
medians in milliseconds, as a fresh verb meets them: the record is opened anew each time. Filling
goes in transactions of many jobs; `record one` is one change as a person makes it. What SQLAlchemy
takes to import is told apart: it does not depend on the record. At last what the gates ask before
heat, where one board has had many jobs.
"""

import in_venv  # noqa: F401 - before anything that only .venv has

# isort: split
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from preheat.record import bench
from preheat.record.model import Checkpoint, Material, RunRef, Site
from preheat.record.query import Filter
from preheat.record.store import Store

SIZES = (1000, 10_000, 100_000)
BATCH = 500  # jobs in one transaction while filling
PEOPLE, LOTS, LOGS = 12, 400, 40
EVENTS_EACH = 5
BOARDS = 70_000
ALONE = {"reference": "U7", "package": "BGA-256", "cycles_before": 0}
ON_ONE_BOARD = (1, 100, 1000)  # jobs


def changes(
    number: int, shas: "list[str]", now: Any, boards: int
) -> list[tuple[str, str, dict[str, Any]]]:
    """What is told of the job that gets this number; on one board nobody counts its past."""
    person = f"Person {number % PEOPLE}"
    run = RunRef(
        run_id=f"r{number:07}", log_sha256=shas[number % LOGS], unit="bench-1", operator=person,
        profile="bga-sac305", alloy="SAC305", started_at=now, end="done", sites=("U7",),
        verdict="inside the limits",
    )  # fmt: skip
    materials = [
        Material("flux", "no-clean gel", f"F-{number % LOTS}", flux_type="ROL0"),
        Material("paste", "type 4", f"P-{number % LOTS}", alloy="SAC305"),
    ]
    job = "job/new"
    return [
        ("job.opened", job, {
            "board_serial": f"SN-{number % boards:06}", "assembly": f"A-{number % 300}",
            "revision": "C", "product_class": 2, "board_type": "R", "activity": "rework",
            "sites": [Site("U7", "BGA-256")], "existing_alloy": "SAC305",
            **({"cycles_before": 0, "sites": [ALONE]} if boards == 1 else {}),
        }),
        ("job.added", job, {"materials": materials, "procedures": ["ipc-7711/5.7.1.1"]}),
        ("job.added", job, {"runs": [run]}),
        ("job.added", job, {"checkpoints": [Checkpoint("joints", "as wanted", person, now)]}),
        ("job.closed", job, {}),
    ]  # fmt: skip


def fill(path: Path, until: int, boards: int = BOARDS) -> float:
    """Jobs up to number `until`; the seconds it took."""
    from datetime import UTC, datetime

    start = time.perf_counter()
    with Store(path) as store:
        now = datetime.now(UTC)
        shas = [store.keep_log(b"%06d" % i * 5000) for i in range(LOGS)]
        number = store.jobs()[0].number if store.head().events else 0
        if not number:
            for i in range(PEOPLE):
                store.append("Bench", "operator.added", f"operator/Person {i}", {"skill": "A"})
        while number < until:
            batch: list[Any] = []
            for _ in range(min(BATCH, until - number)):
                number += 1
                batch += changes(number, shas, now, boards)
            store.append_all(f"Person {number % PEOPLE}", batch)
    return time.perf_counter() - start


def report(store: Store, number: int) -> int:
    """What a page on a job needs: the job, people, events, logs, the board's past."""
    job = store.job(number)
    people = {run.operator for run in job.runs}
    known = [store.operator(name) for name in people]
    logs = [store.read_log(run.log_sha256) for run in job.runs]
    events = store.events(f"job/{number}")
    return len(known) + len(logs) + len(events) + len(store.board_jobs(job.board_serial))


def median_ms(repeats: int, act: "Callable[[int], object]") -> float:
    """Milliseconds of `act(turn)`, the median."""
    times = []
    for turn in range(repeats):
        start = time.perf_counter()
        act(turn)
        times.append(time.perf_counter() - start)
    return round(statistics.median(times) * 1000, 2)


def measure(path: Path, size: int, repeats: int) -> dict[str, Any]:
    """The figures of a record of `size` jobs."""
    with Store(path) as store:
        row = {
            "list": median_ms(repeats, lambda turn: store.jobs()),
            "list_text": median_ms(repeats, lambda turn: store.jobs(Filter(text="SN-0004"))),
            "report": median_ms(repeats, lambda turn: report(store, 1 + turn * 7919 % size)),
            "lot": median_ms(repeats, lambda turn: store.with_lot(f"F-{turn}")),
            "record_one": median_ms(repeats, lambda turn: store.append(
                "Bench", "operator.set", "operator/Person 0", {"skill": "E"})),
        }  # fmt: skip
        start = time.perf_counter()
        assert store.verify() == []
        row["verify_s"] = round(time.perf_counter() - start, 2)
    row["open"] = median_ms(repeats, lambda turn: Store(path).close())
    row["mb"] = round(sum(f.stat().st_size for f in path.parent.glob("record.*")) / 1e6, 1)
    return row


def gates_ms(folder: Path, repeats: int) -> dict[int, dict[str, float]]:
    """What the gates ask of the record, for a board with so many jobs: first, and once more."""
    from datetime import UTC, datetime

    rows = {}
    for count in ON_ONE_BOARD:
        path = folder / f"board-{count}" / "record.db"
        fill(path, count, boards=1)
        order = bench.Order(count, "Person 1")
        first, again = [], []
        for _ in range(repeats):
            with Store(path) as store:
                for times in (first, again):
                    start = time.perf_counter()
                    bench.question(store, order, None, None, datetime.now(UTC))
                    times.append(time.perf_counter() - start)
        rows[count] = {"first": round(statistics.median(first) * 1000, 1),
                       "again": round(statistics.median(again) * 1000, 1)}  # fmt: skip
    return rows


def importing_ms(repeats: int) -> float:
    """What a process pays for importing the store, beyond starting Python."""
    code = "import time; t = time.perf_counter(); import preheat.record.store; " \
           "print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(repeats)
    ]
    return round(statistics.median(times) * 1000)


COLUMNS = {
    "open": "open, ms", "list": "newest 50, ms", "list_text": "search serials, ms",
    "report": "one report, ms", "lot": "boards of a lot, ms", "record_one": "record one, ms",
    "verify_s": "verify all, s", "mb": "database and heads, MB",
}  # fmt: skip


def markdown(rows: "dict[int, dict[str, Any]]") -> str:
    """The figures as docs/benchmarks.md has them."""
    lines = ["| jobs | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for size, row in rows.items():
        lines.append(f"| {size} | " + " | ".join(str(row[key]) for key in COLUMNS) + " |")
    return "\n".join(lines)


def main() -> None:
    """Fill a record in a temporary folder to each size in turn, and measure it there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--repeats", type=int, default=15)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    rows: dict[int, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        for size in sorted(int(text) for text in asked.sizes.split(",")):
            filled_s = fill(path, size)
            rows[size] = measure(path, size, asked.repeats)
            print(f"{size} jobs, filled in {filled_s:.0f} s: {rows[size]}", file=sys.stderr)
        gates = gates_ms(Path(folder), min(asked.repeats, 5))
    import_ms = importing_ms(5)
    if asked.json:
        print(json.dumps({"import_ms": import_ms, "jobs": rows, "gates": gates}))
    else:
        print(markdown(rows))
        print("\n| jobs on one board | gates asked, ms | once more, ms |\n|---|---|---|")
        for count, row in gates.items():
            print(f"| {count} | {row['first']} | {row['again']} |")
        print(f"\nimporting the store: {import_ms} ms")


if __name__ == "__main__":
    main()
