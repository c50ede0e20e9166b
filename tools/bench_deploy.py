"""How long a deploy takes, and how much sooner it is done than `mpremote cp -r` of the sources.

    .venv/bin/python tools/bench_deploy.py [--json | --markdown] [--runs N] [--line NAME ...]

All in one run, over the same lines, each in a process of its own as a person starts it: a deploy
onto a bare virtual unit, a second one without changes, and the real mpremote copying the sources
onto another bare one. A pseudo-terminal keeps the line's speed and, each way, the millisecond of
a USB frame. The unit behind it has this computer's speed, not a microcontroller's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paced_line import PacedLine

from preheat import manifest
from preheat.bench import flash as flash_files
from preheat.bench.supervisor import VirtualUnit
from preheat.remote import Remote, fingerprint

# (bytes a second, seconds each way): a UART behind an adapter, native USB, no real line at all.
LINES = {"115200 baud": (11520.0, 0.001), "1 MB/s": (1e6, 0.001), "unpaced": (0.0, 0.0)}
BOARD = "virtual-hotplate"
BARE = {"/boot.py": b"# nothing here yet\n"}
GOAL_SAME_S, GOAL_RATIO = 1.0, 3.0
LONGEST_S = 600


@contextmanager
def bare_unit(line: str, home: Path) -> Iterator[str]:
    """The port of a virtual unit with an empty flash, at its MicroPython prompt.

    Under a name of its own: at /dev/pts mpremote leaves out the 10 ms for which it naps whenever
    nothing is there to be read from a port.
    """
    with (
        VirtualUnit("hotplate", speed=0, files=BARE) as unit,
        PacedLine(unit.port, *LINES[line], home / "port") as paced,
    ):
        Remote(paced.port, prompt_s=20).close()
        yield paced.port


def timed(words: list[str], home: Path, folder: "Path | None" = None) -> float:
    """Seconds that a program takes; RuntimeError with its last words if it fails."""
    begin_s = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, encoding="utf-8", cwd=folder,
        timeout=LONGEST_S, env={**os.environ, "PREHEAT_HOME": str(home)},
    )
    took_s = time.perf_counter() - begin_s
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr or done.stdout}")
    return took_s


def measure(line: str, home: Path) -> dict[str, Any]:
    """One run of all three over such a line; seconds."""
    with bare_unit(line, home) as port:
        words = ["preheat", "deploy", "--board", BOARD, "--port", port, "--json"]
        full_s = timed(words, home)
        same_s = timed(words, home)
    sources = home / "sources"
    texts = manifest.sources()
    flash_files.write(texts, sources)
    with bare_unit(line, home) as port:
        names = sorted({path.split("/")[1] for path in texts})
        copy_s = timed(["mpremote", "connect", port, "resume", "fs", "cp", "-r", *names, ":"],
                       home, sources)
        with Remote(port) as remote:  # a copy that is not whole would be no measure
            there = remote.hashes(list(texts))
        lost = [path for path, data in texts.items() if there[path] != fingerprint(data)]
        if lost:
            raise RuntimeError(f"mpremote did not copy {', '.join(lost)}")
    return {"full_s": full_s, "same_s": same_s, "mpremote_s": copy_s}


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of each time, and the ratio of these."""
    row = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    row["ratio"] = row["mpremote_s"] / row["full_s"]
    return {key: round(value, 2) for key, value in row.items()}


def markdown(found: dict[str, dict[str, Any]]) -> list[str]:
    """The table of docs/benchmarks.md."""
    lines = ["| line | `deploy` with nothing to do, s | full deploy, s | `mpremote cp -r` of the "
             "sources, s | ratio |", "|---|---|---|---|---|"]
    return lines + [
        f"| {line} | {row['same_s']:.2f} | {row['full_s']:.1f} | {row['mpremote_s']:.1f} | "
        f"{row['ratio']:.1f} |" for line, row in found.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--line", action="append", choices=list(LINES), help="default: the "
                        "first two")
    parser.add_argument("--runs", type=int, default=1, help="runs of each; the median is shown")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON document")
    shape.add_argument("--markdown", action="store_true", help="the table for the documents")
    asked = parser.parse_args()
    found = {}
    for line in asked.line or list(LINES)[:2]:
        with tempfile.TemporaryDirectory() as home:
            found[line] = summary([measure(line, Path(home))
                                   for _ in range(max(1, asked.runs))])
    if asked.json:
        print(json.dumps(found))
    elif asked.markdown:
        print("\n".join(markdown(found)))
    else:
        for line, row in found.items():
            print(f"{line:12} no change {row['same_s']:.2f} s (goal {GOAL_SAME_S:g}), full "
                  f"{row['full_s']:.1f} s, mpremote {row['mpremote_s']:.1f} s: "
                  f"{row['ratio']:.1f} times (goal {GOAL_RATIO:g})")


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"bench_deploy: {error}")
