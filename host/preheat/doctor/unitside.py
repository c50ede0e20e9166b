"""Gathers the unit's side over the line protocol: hello twice, status, settings, lists.

Opens only a port that was named or is known, through its owner where there is one. Asks nothing
that changes the unit, and enters no prompt.
"""

import platform
import time
from typing import Any

from preheat import backupfile, connect, logs, owner, paths, pulling, sightings, tomlfiles, units
from preheat.connect import Target
from preheat.doctor import laptop
from preheat.doctor.facts import Hello, Unit
from preheat.errors import PreheatError, Refused, UsageError
from preheat_core import runlog

PAUSE_S = 2.0  # between the two hellos
TICK_S = 0.25  # uptime_ms is that of the unit's last tick
HEATING = ("ramp", "hold", "wait")


def gather(target: Target) -> Unit:
    """The facts of the unit at a settled target; `error` tells why it was not reached."""
    known = target.unit
    base: dict[str, Any] = {"port": target.port}
    if known is not None:
        base.update(name=known.name, board=known.board, **_remembered(known.uid))
    try:
        with connect.connect(known.name if known else target.port) as link:
            return _ask(link, base)
    except UsageError:
        raise  # the request itself was wrong
    except PreheatError as error:
        holders = laptop.holders(platform.system(), target.port)
        oldest = _oldest(base.get("board", ""))
        return Unit(**base, error=error, holders=holders, micropython_min=oldest)


def _ask(link: Any, base: dict[str, Any]) -> Unit:
    first = _hello(link)
    uid, board = str(first.fields.get("uid") or ""), str(first.fields.get("board") or "")
    base.update(_remembered(uid))
    memory = base["memory"]
    if first.fields.get("settings_hash") or not memory:  # else the name is a stand-in
        base["name"] = str(first.fields.get("name") or "")
    else:
        base["name"] = base.get("name") or memory.name
    base["board"] = board if first.fields.get("board_hash") or not memory else memory.board
    status = link.request("status")
    more: dict[str, Any] = {}
    if status.get("state") not in HEATING:  # data do not move while it heats
        try:
            more["settings"] = units.read_settings(link)
        except Refused as refusal:
            more["unusable"] = refusal.problems if refusal.code == "check" else ()
        rows = [("log", *row) for row in logs.in_unit(link)]
        rows += [("incident", *row) for row in pulling.incidents_in_unit(link)]
        more.update(logs=tuple(rows), reused=_reused(base["name"], rows))
    time.sleep(max(0.0, PAUSE_S - (time.time() - first.clock_s)))
    last = _hello(link)
    return Unit(
        **base, **more, first=first, last=last, status=status,
        through=link.what if isinstance(link, owner.OwnedLink) else "",
        restarted=link.restarted_on_open, micropython_min=_oldest(board),
    )


def _hello(link: Any) -> Hello:
    before_s = time.time()
    fields = link.request("hello")
    after_s = time.time()
    return Hello(fields, (before_s + after_s) / 2, abs(after_s - before_s) / 2 + TICK_S)


def _remembered(uid: str) -> dict[str, Any]:
    backup = backupfile.newest(uid) if uid else None
    return {"memory": sightings.recall(uid), "backup": str(backup.path) if backup else ""}


def _oldest(board: str) -> tuple[int, int]:
    """The oldest MicroPython for that board; (0, 0) when this computer has no such board file."""
    try:
        return tomlfiles.load_host_facts(board).micropython_min if board else (0, 0)
    except PreheatError:
        return (0, 0)


def _reused(name: str, rows: "list[tuple[Any, ...]]") -> tuple[str, ...]:
    """Ids of closed runs of which this computer has another, complete log.

    A unit never gives an id twice, unless it has lost its file system.
    """
    found = []
    for kind, run_id, size, end, *_ in rows:
        path = paths.logs_dir() / (name or "-") / f"{run_id}{logs.SUFFIX}"
        if kind != "log" or end is None or not path.exists():
            continue
        others = path.parent.glob(f"{run_id}*{logs.SUFFIX}")
        if size not in [other.stat().st_size for other in others]:
            if runlog.read(path.read_bytes()).end is not None:
                found.append(run_id)
    return tuple(found)
