"""What this computer saw of each unit last: enough to notice that it lost its data or its time.

One small file a unit, seen/UID.json, so that processes that speak to different units never meet.
It is a help, never a condition: what cannot be written or read is passed over.
"""

import contextlib
import json
import re
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from preheat import keepfile, paths
from preheat.errors import UsageError

MOST = 200  # remembered units; the longest unseen is forgotten first
_UID = re.compile(r"[0-9a-f]{1,64}\Z")


@dataclass(frozen=True)
class Sighting:
    """A unit as it was seen.

    board: the name of its board file. The three hashes are the last ones that were not null: a
    unit that has lost its data does not take the memory of them along. boot_id, uptime_ms and
    epoch_s (this computer's clock) are of the first hello of its present boot.
    """

    uid: str
    name: str = ""
    board: str = ""
    board_hash: str = ""
    settings_hash: str = ""
    fw_hash: str = ""
    boot_id: str = ""
    uptime_ms: int = 0
    epoch_s: float = 0.0


def recall(uid: str) -> "Sighting | None":
    """The memory of that unit; None when there is none that reads."""
    try:
        data = json.loads(_file(uid).read_text(encoding="utf-8"))
        row = Sighting(**{field.name: data[field.name] for field in fields(Sighting)})
        kinds = [type(value) for value in asdict(row).values()]
    except (OSError, ValueError, KeyError, TypeError, UsageError):
        return None
    good = kinds[:7] == [str] * 7 and kinds[7] is int and kinds[8] in (int, float)
    return row if good and row.uid == uid else None


def note(hello: dict[str, Any], now_s: "float | None" = None) -> None:
    """Remember what a hello said; written only when something new was said. Never raises."""
    uid = str(hello.get("uid") or "")
    if not _UID.match(uid):
        return
    before = recall(uid) or Sighting(uid)
    after = _seen(before, hello, time.time() if now_s is None else now_s)
    if after == before:
        return
    with contextlib.suppress(OSError, UsageError):
        target = _file(uid)
        keepfile.write(target, (json.dumps(asdict(after), indent=1) + "\n").encode())
        for path in sorted(target.parent.glob("*.json"), key=_age)[:-MOST]:
            path.unlink(missing_ok=True)


def _seen(before: Sighting, hello: dict[str, Any], now_s: float) -> Sighting:
    """`before` with what this hello adds."""
    told = {key: str(hello[key]) for key in ("board_hash", "settings_hash", "fw_hash")
            if hello.get(key)}
    if "board_hash" in told:
        told["board"] = str(hello.get("board") or "")
    if "settings_hash" in told:  # without settings the name is a stand-in
        told["name"] = str(hello.get("name") or "")
    boot_id, uptime_ms = str(hello.get("boot_id") or ""), hello.get("uptime_ms")
    row = replace(before, **told)
    if boot_id and boot_id != before.boot_id and isinstance(uptime_ms, int):
        row = replace(row, boot_id=boot_id, uptime_ms=uptime_ms, epoch_s=now_s)
    return row


def _file(uid: str) -> Path:
    return paths.seen_dir() / f"{uid}.json"


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just tidied it away
        return 0.0
