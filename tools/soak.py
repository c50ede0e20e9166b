"""Runs on and on, for hours of bench time: memory, ticks, logs and clock must stay as they were.

    python3 tools/soak.py [--hours 8] [--plant NAME] [--profile NAME] [--blocks N] [--json]

A virtual unit (real firmware, MicroPython where there is one, the real host library) plays one
profile again and again: start, heat, cooling to the touch, log pulled and marked. Its flash is
small enough that old logs have to make room for new ones. Exit code 1 if anything drifts.
"""

import in_venv  # noqa: F401 - before anything that only .venv has

# isort: split
import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from preheat import job, logs, tomlfiles
from preheat.bench import supervisor
from preheat.connect import open_direct
from preheat.errors import DeviceLost, PreheatError

BLOCKS = 152  # of 4 KiB: the firmware, and room for a few logs only
SLACK_BYTES = 4096  # that free memory may be less by than after the first run
IDLE_SPEED = 50.0  # between two runs nothing happens that has to be waited for
LATE_SHARE = 0.001  # of the ticks


class Hands:
    """View, keys and interrupts of a run in one: continues operator holds."""

    count = 0

    def __init__(self) -> None:
        self._orders: list[str] = []

    def status(self, message: dict[str, Any]) -> None:
        """Telemetry is not looked at."""

    def event(self, message: dict[str, Any]) -> None:
        """An operator's hold is continued."""
        if message["ev"] == "operator":
            self._orders.append("continue")

    def note(self, text: str) -> None:
        """Nobody reads it."""

    def read(self) -> list[str]:
        """What a person would have typed."""
        orders, self._orders = self._orders, []
        return orders

    def forgive(self) -> None:
        """Nothing was interrupted."""


def open_soon(port: str, within_s: float = 30.0) -> Any:
    """A link to a unit that is still starting."""
    until_s = time.monotonic() + within_s
    while True:
        try:
            return open_direct(port)
        except DeviceLost:
            if time.monotonic() > until_s:
                raise


def play(link: Any, values: dict[str, Any]) -> dict[str, Any]:
    """One run to the closing of its log; the row of the table."""
    hands = Hands()
    result = job.attend(link, job.start(link, job.prepare(link, values)), hands, hands, hands)
    status = link.request("status")
    hello = link.request("hello")
    kept, start = 0, 0
    while start is not None:
        listed = link.request("list", kind="log", **{"from": start})
        kept, start = kept + len(listed["items"]), listed["next"]
    return {
        "run": result.run_id, "end": result.end, "pulled": result.path is not None,
        "note": result.note, "mem_free": hello["mem_free"], "boot_id": hello["boot_id"],
        "uptime_s": hello["uptime_ms"] / 1000, "faults": status["faults"],
        "logs_kept": kept, **_ticks(result.path),
    }  # fmt: skip


def _ticks(path: "Path | None") -> dict[str, Any]:
    """Late ticks and the longest one as the log's summary has them, and how long the log is."""
    if path is None:
        return {"late_ticks": None, "worst_ms": None, "log_ms": 0}
    log = logs.load(path)
    said = log.summary or {}
    return {
        "late_ticks": said.get("late_ticks"), "worst_ms": said.get("worst_tick_ms"),
        "log_ms": log.records[-1][0] if log.records else 0,
    }  # fmt: skip


def soak(hours: float, plant: str, profile: str, blocks: int) -> dict[str, Any]:
    """Play for so many hours of bench time; rows and what is wrong with them."""
    values = tomlfiles.load_profile(profile)
    supervisor.BLOCKS = blocks
    rows: list[dict[str, Any]] = []
    began_s = time.perf_counter()
    unit = supervisor.VirtualUnit(plant, speed=0, idle_speed=IDLE_SPEED)
    with unit, open_soon(unit.port) as link:
        while not rows or rows[-1]["uptime_s"] < hours * 3600:
            rows.append(play(link, values))
            if rows[-1]["end"] != "done" or rows[-1]["faults"]:
                break
    return {
        "plant": plant, "profile": profile, "interpreter": unit.interpreter, "rows": rows,
        "wall_s": time.perf_counter() - began_s, "problems": judge(rows, unit.boots),
    }  # fmt: skip


def judge(rows: list[dict[str, Any]], boots: int) -> list[str]:
    """What has drifted or failed, as sentences; nothing when all is as it was."""
    found = []
    for row in rows:
        if row["end"] != "done" or row["faults"] or not row["pulled"] or row["note"]:
            found.append(f"{row['run']} ended {row['end']}: {row['faults']} {row['note'] or ''}")
        if (row["late_ticks"] or 0) > LATE_SHARE * row["log_ms"] / 250:
            found.append(f"{row['run']}: {row['late_ticks']} late ticks, {row['worst_ms']} ms")
    if boots != 1 or len({row["boot_id"] for row in rows}) != 1:
        found.append(f"the unit restarted: {boots} boots")
    if len({row["run"] for row in rows}) != len(rows):
        found.append("a run's id came twice")
    for before, after in zip(rows, rows[1:]):
        if rows[0]["mem_free"] - after["mem_free"] > SLACK_BYTES:
            found.append(f"{after['run']}: {after['mem_free']} bytes free, less than before")
        if after["uptime_s"] - before["uptime_s"] < after["log_ms"] / 1000:
            found.append(f"{after['run']}: the unit's own clock went less than the run's")
    return found


def main() -> int:
    """Soak and print; 1 if something drifted."""
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--hours", type=float, default=8.0, help="of bench time; default: 8")
    parser.add_argument("--plant", default="hotplate", help="default: hotplate")
    parser.add_argument("--profile", default="hotplate-sac305", help="default: hotplate-sac305")
    parser.add_argument("--blocks", type=int, default=BLOCKS, help=f"of flash; default: {BLOCKS}")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["PREHEAT_HOME"] = home  # these logs are of no use to anybody
        found = soak(asked.hours, asked.plant, asked.profile, asked.blocks)
    if asked.json:
        print(json.dumps(found))
    else:
        print("run      end   uptime s  log s  free bytes  logs kept  late  worst ms")
        for row in found["rows"]:
            print(
                f"{row['run']}  {row['end']:5} {row['uptime_s']:8.0f}"
                f" {row['log_ms'] / 1000:6.0f} {row['mem_free']:11} {row['logs_kept']:10}"
                f" {row['late_ticks']!s:>5} {row['worst_ms']!s:>9}"
            )
        print(
            "\n".join(found["problems"]) or "nothing drifted",
            f"({len(found['rows'])} runs, {found['wall_s']:.0f} s)",
        )
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PreheatError as error:
        sys.exit(f"soak: {error}")
