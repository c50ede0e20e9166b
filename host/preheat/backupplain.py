"""Files in a backup that are not preheat's, laid out beside it as they were on the board."""

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from preheat import paths
from preheat.errors import UsageError

_MARK = "/fw.json"  # with it a deploy put all of _DEPLOYED there
_DEPLOYED = (_MARK, "/board_pins.py", "/boot.py", "/main.py")
_STORED = re.compile(
    r"/data/(settings|board|latch|armed|intent|profiles/[^/]+)\.json(\.bak|\.new)?"
)


def foreign(content: dict[str, Any]) -> dict[str, bytes]:
    """{path on the board: bytes} of what no restore and no deploy brings back."""
    deployed = _MARK in content["files"]
    live = content["made"]["way"] == "line"  # then it was our own app that gave them
    ours = deployed or live or content["settings"] or content["board"]
    return {path: base64.b64decode(data) for path, data in sorted(content["files"].items())
            if not (deployed and path in _DEPLOYED or ours and _STORED.fullmatch(path))}


def lay_out(content: dict[str, Any], backup: Path) -> "Path | None":
    """Write them into a new folder beside the file `backup`; None when there are none.

    UsageError when they cannot be written: the backup has them all the same.
    """
    files = foreign(content)
    if not files:
        return None
    folder = backup.with_suffix(".files")
    try:
        for path, place in places(files, folder).items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(files[path])
    except OSError as error:
        raise UsageError(f"the board's own files cannot be written in {folder}: {error.strerror}",
                         f"make room there; they are in {backup} too") from error
    return folder


def places(paths_there: Iterable[str], folder: Path) -> dict[str, Path]:
    """{path on the board: its place under `folder`}: no two get the same, on any file system."""
    chosen: dict[str, Path] = {}
    taken: set[str] = set()
    found = {}
    for path in sorted(paths_there):
        there, here = "", folder
        for part in [part for part in path.split("/") if part]:
            there = f"{there}/{part}"
            if there not in chosen:
                chosen[there] = _free(here, _safe(part) or "_", taken)
            here = chosen[there]
        found[path] = here
    return found


def _free(folder: Path, name: str, taken: set[str]) -> Path:
    """`name` in `folder`, with a number before its suffix where that is taken."""
    place, number = folder / name, 1
    while str(place).casefold() in taken:  # Windows and macOS know no upper and lower case
        number += 1
        place = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    taken.add(str(place).casefold())
    return place


def _safe(part: str) -> str:
    """A name from the board as one of this computer's: it may not lead out of the folder."""
    stem, dot, suffix = part.rpartition(".")
    return f"{paths.safe(stem)}{dot}{paths.safe(suffix)}" if stem else paths.safe(suffix)
