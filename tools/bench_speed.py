"""How many times faster than real time the virtual bench runs a 10-minute profile.

    .venv/bin/python tools/bench_speed.py [--json] [--plant NAME] [--runs N]
                                          [--interpreter micropython|cpython]

Everything takes part: the firmware in its interpreter, plant, serial line and host. What counts
is the time from the start order to the end of heat; cooling and the pulling of the log do not.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from preheat import job, tomlfiles
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.connect import open_direct
from preheat.errors import PreheatError
from preheat.runner import raise_for_end

BASE = "hotplate-sac305"
MINUTES = 10
TARGET_C = 120
RAMP_C_S = 0.8  # every shipped plant can nearly follow
RAMP_TAKES_S = 120  # from the room


def profile() -> dict[str, Any]:
    """Ten minutes: a ramp, then a hold."""
    hold_s = MINUTES * 60 - RAMP_TAKES_S
    stage = {
        "name": "hold", "target_c": TARGET_C, "ramp_c_s": RAMP_C_S, "hold_s": hold_s,
        "ramp_max_s": 1800, "hold_max_s": hold_s + 120,
    }
    return {**tomlfiles.load_profile(BASE), "name": "ten-minutes", "stages": [stage]}


class Watch:
    """View, keys and interrupts of a run in one: notes when heat ended, by both clocks."""

    count = 0

    def __init__(self) -> None:
        self.began_s = time.perf_counter()
        self.wall_s = self.run_s = 0.0

    def status(self, message: dict[str, Any]) -> None:
        """Telemetry: the run's own seconds, until its end."""
        if not self.wall_s:
            self.run_s = message.get("t") or self.run_s

    def event(self, message: dict[str, Any]) -> None:
        """The end of heat stops the watch."""
        if message["ev"] == "end":
            self.wall_s = time.perf_counter() - self.began_s

    def note(self, text: str) -> None:
        """Not needed here."""

    def read(self) -> list[str]:
        """No keys."""
        return []


def measure(plant: str, interpreter: str) -> dict[str, Any]:
    """One run; PreheatError if it does not end well."""
    unit = VirtualUnit(plant, speed=0, interpreter=interpreter)
    with unit, open_direct(unit.port) as link:
        ready = job.prepare(link, profile())
        watch = Watch()
        result = job.attend(link, job.start(link, ready), watch, watch, watch)
    raise_for_end(result.end, result.detail)
    return {"run_s": watch.run_s, "wall_s": watch.wall_s, "ratio": watch.run_s / watch.wall_s}


def main() -> None:
    """Measure and print."""
    known = ["micropython", "cpython"] if has_micropython() else ["cpython"]
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--interpreter", choices=known, help="default: each there is")
    parser.add_argument("--plant", default="hotplate", help="default: hotplate")
    parser.add_argument("--runs", type=int, default=1, help="runs of each; the median is shown")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as home:
        _keep_data_in(Path(home))
        for interpreter in [asked.interpreter] if asked.interpreter else known:
            runs = [measure(asked.plant, interpreter) for _ in range(max(1, asked.runs))]
            middle = statistics.median_low(row["ratio"] for row in runs)
            best = next(row for row in runs if row["ratio"] == middle)
            found[interpreter] = {key: round(value, 1) for key, value in best.items()}
    if asked.json:
        print(json.dumps(found))
        return
    for interpreter, row in found.items():
        print(f"{interpreter:12} {row['run_s']:.0f} s of profile in {row['wall_s']:.1f} s: "
              f"{row['ratio']:.0f} times real time")


def _keep_data_in(home: Path) -> None:
    """The logs of these runs are of no use to anybody."""
    import os

    os.environ["PREHEAT_HOME"] = str(home)


if __name__ == "__main__":
    try:
        main()
    except PreheatError as error:
        sys.exit(f"bench_speed: {error}")
