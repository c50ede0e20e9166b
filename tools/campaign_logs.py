"""Reads what a unit of the campaign has left in its flash: the logs of its runs, its incidents.

A unit that was reset in mid-run may have lost what was not written yet, even all of it.
"""

from collections.abc import Collection
from typing import Any

from preheat import incidents
from preheat_core import runlog
from preheat_core.faults import UNPLUG, severity
from preheat_core.incident import QUIET

# Whole ticks from a fault until its incident is in the flash even if the supply goes: the latch
# comes first, then the head and the 160 rows before it, 20 a tick, and twice as long for rests of
# a window with the relay on.
WRITTEN_TICKS = 24
OPEN = "there is no summary"  # a log's only problem: whatever else is wrong is said first


def problems(logs: dict[str, bytes], play: Any) -> list[str]:
    """What is wrong with the logs: by run id, `play` a finished campaign_play.Play."""
    found = []
    begun = play.started - (play.host.begun_s is None and not play.rebooted)
    if len(logs) < begun:
        found.append(f"{begun} runs and {len(logs)} logs")
    for run_id, data in logs.items():
        log = runlog.read(data)
        unwritten = play.rebooted and log.header is None and not log.records
        if log.summary is None and play.host.refused is not None and not log.lost_bytes:
            continue  # a next run was refused while this one's log still went on
        if log.problem is not None and not unwritten:
            found.append(f"log {run_id}: {log.problem}")
        elif log.end is None:
            found.append(f"log {run_id} has no end")
    # A fault that came when all heat was over is none of the last run's.
    ended_s, latched_s = play._ended_s, play.judge.latched_s
    in_run = ended_s is None or latched_s is None or latched_s <= ended_s
    if play.codes and logs and play.final and not play.rebooted and in_run:
        end = runlog.read(list(logs.values())[-1]).end or ""
        if not end.startswith("fault:"):
            found.append(f"a fault is latched and the last log ends as {end}")
    return found


class Owed:
    """Which faults must have left an incident: the first that is latched while the firmware runs
    and nothing else is, and every one that calls for unplugging."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []  # [code, whole ticks since]
        self._seen: list[str] = []
        self._closed: set[str] | None = None  # names in the flash at the last look's boot

    def tick(self, codes: list[str], whole: bool) -> None:
        """One tick has passed; `whole`: through all of its steps."""
        for row in self.rows:
            row[1] += whole
        for code in codes:
            if code in self._seen or code in QUIET:
                continue
            if severity(code) == UNPLUG or all(old in QUIET for old in self._seen):
                self.rows.append([code, 0])
            self._seen.append(code)
        self._seen = list(codes)

    def boot(self, orderly: bool, codes: list[str]) -> None:
        """The unit has started again. What a reset came too soon for is not owed."""
        least = 1 if orderly else WRITTEN_TICKS
        self.rows = [row for row in self.rows if row[1] >= least]
        # What stays owed is in the flash by now.
        for row in self.rows:
            row[1] = max(row[1], WRITTEN_TICKS)
        self._seen = list(codes)

    def last_boot(self, names: Collection[str]) -> None:
        """The boot of the last look, which is too short for an incident that begins in it."""
        self._closed = set(names)

    def problems(self, files: dict[str, bytes], rebooted: bool) -> list[str]:
        """What is wrong with the incidents, by name; those that are owed must be among them."""
        found = []
        told: list[str] = []  # each code once per incident that tells of it
        for name, data in files.items():
            log = incidents.read(data)
            unwritten = rebooted and log.header is None and not log.records
            begun = self._closed is not None and name not in self._closed
            if begun and log.header and (log.problem or "").startswith(OPEN):
                pass  # its 20 seconds are not over
            elif log.problem is not None and not unwritten:
                found.append(f"incident {name}: {log.problem}")
            elif log.end not in ("whole", "short", "reset"):
                found.append(f"incident {name} ends as {log.end}")
            elif log.at is None and not (rebooted and log.end == "reset"):
                found.append(f"incident {name} has no row of its fault")
            rows = [*((log.summary or {}).get("faults") or ()), (log.header or {}).get("what")]
            told += {row[0] for row in rows if row}
        for code, _ in self.rows:
            if code in told:
                told.remove(code)
            else:
                found.append(f"{code} was latched and left no incident")
        return found
