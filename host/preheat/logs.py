"""Run logs on this computer: where they lie, found by name, read, exported.

A log lies at logs/<unit>/<run_id>.plog exactly as the unit wrote it. Nothing is overwritten but
by more of itself: a unit whose flash was made anew counts its runs from the start again.
"""

import csv
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from preheat import faulttexts, paths, transfer
from preheat.errors import Refused, UsageError, VerifyError
from preheat_core import runlog

SUFFIX = ".plog"
BASE_COLUMNS = (
    "t_s", "state", "stage", "setpoint_c", "duty", "delivered", "inhibit", "external_heat",
    "contactor",
)


class UnitLog(NamedTuple):
    """A log or an incident in a unit. `end` is None while it is still being written."""

    run_id: str
    size: int
    end: "str | None"
    pulled: bool = False


def in_unit(link: Any, kind: str = "log") -> list[UnitLog]:
    """The logs (or incidents) a unit holds, oldest first."""
    return [UnitLog(*row[:4]) for row in transfer.items(link, kind)]


def unit_folder(name: "str | None", uid: "str | None") -> Path:
    """The folder of one unit's logs; made when missing."""
    folder = paths.logs_dir() / (name or f"uid-{uid or 'unknown'}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def free_place(folder: Path, run_id: str, data: bytes, suffix: str = SUFFIX) -> Path:
    """Where these bytes belong: the plain name, or a numbered one if that is another log.

    A log that was pulled before it was closed is the beginning of the closed one.
    """
    number = 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        target = folder / f"{run_id}{tail}{suffix}"
        if not target.exists() or data.startswith(target.read_bytes()):
            return target
        number += 1


def on_host(suffix: str = SUFFIX) -> list[Path]:
    """Every log (or incident) on this computer, the newest last."""
    found = paths.logs_dir().glob(f"*/*{suffix}")
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def find(which: str, suffix: str = SUFFIX, what: str = "log") -> Path:
    """A log by path, by `last`, by run id, or by unit/run id; UsageError when it is not one.

    suffix and what: of incidents instead.
    """
    path = Path(which)
    if os.path.isfile(path):  # unlike Path.is_file, it does not raise on an overlong name
        return path
    known = on_host(suffix)
    if which == "last":
        if not known:
            raise UsageError(
                f"there is no {what} on this computer", "fetch one: `preheat log pull`"
            )
        return known[-1]
    unit, _, run_id = which.rpartition("/")
    fits = [p for p in known if p.stem == run_id and unit in ("", p.parent.name)]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise UsageError(f"no {what} is named {which!r}", "see `preheat log list`")
    names = ", ".join(f"{p.parent.name}/{p.stem}" for p in fits)
    raise UsageError(f"several {what}s are named {which!r}", f"choose one: {names}")


def name(path: Path) -> str:
    """How to name a filed log, so that `find` gives it: by its run, or unit/run where several
    units have one of that run."""
    alike = [other for other in on_host(path.suffix) if other.stem == path.stem]
    return path.stem if alike == [path] else f"{path.parent.name}/{path.stem}"


def pick_in_unit(link: Any, which: str) -> UnitLog:
    """A log in the unit by run id or `last`; Refused when it has none of that name."""
    rows = in_unit(link)
    if which == "last" and rows:
        return rows[-1]
    for row in rows:
        if row.run_id == which:
            return row
    what = "no log" if which == "last" else f"no log {which}"
    raise Refused(f"the unit holds {what}", "see `preheat log list --unit`", code="missing")


def load(path: Path) -> runlog.Log:
    """Read a log, whatever its state; VerifyError when nothing in it reads."""
    log = runlog.read(path.read_bytes())
    if log.blocks == 0:
        raise VerifyError(f"{path} is not a run log ({log.problem})", "choose another file")
    return log


def damage(log: Any) -> "str | None":
    """One sentence about what is missing or damaged in a log; None for a whole one."""
    if log.problem is None:
        return None
    text = f"{log.problem}; {log.blocks} blocks and {len(log.records)} records were read"
    if log.lost_bytes:
        text += f", {log.lost_bytes} bytes were not"
    return text


def probe_names(log: runlog.Log) -> list[str]:
    """The probes' names from the header; p1, p2 … where the header is lost."""
    rows = (log.header or {}).get("probes") or ()
    names = [str(row[0]) for row in rows if isinstance(row, list) and row]
    count = max((len(record[7]) for record in log.records), default=len(names))
    return (names + [f"p{i + 1}" for i in range(len(names), count)])[:count]


def rows(log: runlog.Log) -> Iterator[dict[str, Any]]:
    """The records as flat dicts with the columns of the CSV, in their order."""
    names = probe_names(log)
    for t_ms, state, stage, setpoint_c, duty, delivered, flags, probes in log.records:
        row = {
            "t_s": t_ms / 1000,
            "state": state,
            "stage": stage,
            "setpoint_c": setpoint_c,
            "duty": duty,
            "delivered": delivered,
            "inhibit": int(bool(flags & runlog.FLAG_INHIBIT)),
            "external_heat": int(bool(flags & runlog.FLAG_EXTERNAL)),
            "contactor": int(bool(flags & runlog.FLAG_CONTACTOR)),
        }
        for i, name in enumerate(names):
            last, low, high = probes[i] if i < len(probes) else (None, None, None)
            row[f"{name}_c"] = last
            row[f"{name}_min_c"] = low
            row[f"{name}_max_c"] = high
        yield row


def to_csv(log: runlog.Log) -> str:
    """The records as CSV: a head line, one line a record, empty cells where there is no value."""
    columns = list(BASE_COLUMNS)
    for name in probe_names(log):
        columns += [f"{name}_c", f"{name}_min_c", f"{name}_max_c"]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows(log))
    return text.getvalue()


def to_dict(log: runlog.Log) -> dict[str, Any]:
    """Everything that was read, as plain JSON values."""
    return {
        "header": log.header,
        "records": list(rows(log)),
        "events": faulttexts.told(log.events),
        "summary": log.summary,
        "end": log.end,
        "complete": log.problem is None,
        "problem": damage(log),
    }


def age(path: Path) -> str:
    """When a log was filed, in local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime))
