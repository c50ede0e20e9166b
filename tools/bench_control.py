"""The tuned strategy against textbook PI and PID: same kernel, guard, window, chips and noise.

    python3 tools/bench_control.py [--json|--markdown] [--quick] [--only PLANT ...] [-o FOLDER]

Tunes every plant with the product's own `tune`, plays every case of bench_matrix, prints what
the true temperature did and which goals hold, and writes a picture. All runs are repeatable; the
whole takes some minutes on two processes. Exit code 0 also when a goal is missed: it measures.
"""

import in_venv  # noqa: F401 - before anything that only .venv has

# isort: split
import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bench_matrix
import bench_picture
import bench_plants
import bench_reach
import bench_table

PROCESSES = 2


def measure(plants: tuple[str, ...], quick: bool) -> dict[str, Any]:
    """Tune and play everything; rows, tunings and seconds."""
    began_s = time.monotonic()
    jobs = bench_matrix.cases(plants, quick)
    units = list(dict.fromkeys(case.unit for case in jobs))
    with multiprocessing.Pool(PROCESSES) as pool:
        tuned = dict(zip(units, _told("tuning", pool.imap(bench_matrix.tune, units), len(units))))
        work = [(case, tuned[case.unit]) for case in jobs]
        rows = _told("runs", pool.imap(bench_matrix.run, work), len(work))
    order = [case for name in bench_plants.NAMES for case in jobs if case.plant == name]
    by_case = dict(zip(jobs, rows))
    return {
        "seconds": round(time.monotonic() - began_s),
        "tuning": [_tuning(unit, tuned[unit]) for unit in units],
        "rows": [by_case[case] for case in order],
    }


def _told(what: str, results, count: int) -> list:
    """All results, with progress for whoever waits."""
    found = []
    for result in results:
        found.append(result)
        if sys.stderr.isatty():
            print(f"\r{what} {len(found)}/{count} ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return found


def _tuning(unit: tuple[str, bool], tuned: bench_matrix.Tuned) -> dict[str, Any]:
    process = tuned.process
    return {
        "plant": unit[0], "hard": unit[1], "minutes": round(tuned.minutes, 1),
        "fit_c": round(tuned.fit_c, 2), "problems": tuned.problems,
        "model": tuned.settings.get("model"),
        "textbook": {key: round(value, 2) for key, value in vars(process).items()},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description="Compare the tuned strategy with textbook PI and PID on the virtual plants."
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--markdown", action="store_true", help="the tables for the documents")
    parser.add_argument("--quick", action="store_true", help="only the bench profile, as tuned")
    parser.add_argument("--only", action="append", choices=bench_plants.NAMES, metavar="PLANT",
                        help="one of " + ", ".join(bench_plants.NAMES) + "; may be repeated")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER",
                        help="where the picture goes; default: a temporary folder")
    asked = parser.parse_args()
    found = measure(tuple(asked.only or bench_plants.NAMES), asked.quick)
    folder = asked.output or Path(tempfile.mkdtemp(prefix="preheat-bench-"))
    picture = bench_picture.save(found["rows"], folder)
    for row in found["rows"]:
        row.pop("curve", None)
    goals = bench_reach.lines(found["rows"])
    if asked.json:
        reach = [{**vars(line), "holds": line.holds} for line in goals]
        print(json.dumps({**found, "reach": reach, "picture": str(picture)}))
        return
    if asked.markdown:
        print(bench_table.markdown(found, goals))
        return
    print(bench_table.text(found, goals))
    print(f"picture: {picture}")


if __name__ == "__main__":
    main()
