"""Run logs on this computer: pulled from a unit and verified, found by name, exported.

A log lies at logs/<unit>/<run_id>.plog exactly as the unit wrote it. Nothing is overwritten but
by more of itself: a unit whose flash was made anew counts its runs from the start again.
"""

import csv
import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from preheat import paths, transfer
from preheat.errors import PreheatError, Refused, UsageError, VerifyError
from preheat_core import runlog

Progress = Callable[[int, int], None]
SUFFIX = ".plog"
BASE_COLUMNS = (
    "t_s", "state", "stage", "setpoint_c", "duty", "delivered", "inhibit", "external_heat",
    "contactor",
)


class UnitLog(NamedTuple):
    """A log in a unit. `end` is None while it is still being written."""

    run_id: str
    size: int
    end: "str | None"


def in_unit(link: Any) -> list[UnitLog]:
    """The logs a unit holds, oldest first."""
    return [UnitLog(*row[:3]) for row in transfer.items(link, "log")]


def pull(link: Any, run_id: str, progress: "Progress | None" = None) -> Path:
    """Fetch one log, verify it, and file it; returns where it lies.

    A transfer that was cut off goes on where it stopped. VerifyError when the file does not have
    the unit's hash; the partial file is then discarded. What is damaged in the unit itself is
    kept as it is: `load` says how much of it reads.
    """
    hello = link.request("hello")  # anew: the name may have changed since the link was opened
    folder = unit_folder(hello.get("name"), hello.get("uid"))
    part = folder / f"{run_id}.part"
    got = bytearray(part.read_bytes()) if part.exists() else bytearray()
    try:
        data = transfer.fetch(link, "log", run_id, progress, got)
    except VerifyError:
        part.unlink(missing_ok=True)
        raise
    except (PreheatError, KeyboardInterrupt):
        part.write_bytes(got)
        raise
    log = runlog.read(data)
    if log.blocks == 0:
        part.unlink(missing_ok=True)
        raise VerifyError(
            f"log {run_id} holds nothing that reads ({log.problem})", "delete it in the unit"
        )
    target = _free_place(folder, run_id, data)
    if not target.exists() or target.read_bytes() != data:
        part.write_bytes(data)
        part.replace(target)
    part.unlink(missing_ok=True)
    return target


def unit_folder(name: "str | None", uid: "str | None") -> Path:
    """The folder of one unit's logs; made when missing."""
    folder = paths.logs_dir() / (name or f"uid-{uid or 'unknown'}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _free_place(folder: Path, run_id: str, data: bytes) -> Path:
    """Where these bytes belong: the plain name, or a numbered one if that is another log.

    A log that was pulled before it was closed is the beginning of the closed one.
    """
    number = 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        target = folder / f"{run_id}{tail}{SUFFIX}"
        if not target.exists() or data.startswith(target.read_bytes()):
            return target
        number += 1


def on_host() -> list[Path]:
    """Every log on this computer, the newest last."""
    found = paths.logs_dir().glob(f"*/*{SUFFIX}")
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def find(which: str) -> Path:
    """A log by path, by `last`, by run id, or by unit/run id; UsageError when it is not one."""
    path = Path(which)
    if os.path.isfile(path):  # unlike Path.is_file, it does not raise on an overlong name
        return path
    known = on_host()
    if which == "last":
        if not known:
            raise UsageError("there is no log on this computer", "fetch one: `preheat log pull`")
        return known[-1]
    unit, _, run_id = which.rpartition("/")
    fits = [p for p in known if p.stem == run_id and unit in ("", p.parent.name)]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise UsageError(f"no log is named {which!r}", "see `preheat log list`")
    names = ", ".join(f"{p.parent.name}/{p.stem}" for p in fits)
    raise UsageError(f"several logs are named {which!r}", f"choose one: {names}")


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


def damage(log: runlog.Log) -> "str | None":
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
        "events": log.events,
        "summary": log.summary,
        "end": log.end,
        "complete": log.problem is None,
        "problem": damage(log),
    }


def age(path: Path) -> str:
    """When a log was filed, in local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime))
