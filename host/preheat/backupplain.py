"""Files in a backup that are not preheat's, laid out beside it as they were on the board."""

import base64
from pathlib import Path
from typing import Any

from preheat import paths
from preheat.errors import UsageError

_OURS = ("/data/", "/board_pins.py", "/fw.json")
_PROGRAMS = ("/boot.py", "/main.py")  # ours where /fw.json says that a deploy put them there


def foreign(content: dict[str, Any]) -> dict[str, bytes]:
    """{path on the board: bytes} of what no restore and no deploy brings back."""
    ours = _OURS + _PROGRAMS if "/fw.json" in content["files"] else _OURS
    return {path: base64.b64decode(data) for path, data in sorted(content["files"].items())
            if not path.startswith(ours)}


def lay_out(content: dict[str, Any], backup: Path) -> "Path | None":
    """Write them into a new folder beside the file `backup`; None when there are none.

    UsageError when they cannot be written: the backup has them all the same.
    """
    files = foreign(content)
    if not files:
        return None
    folder = backup.with_suffix(".files")
    try:
        for path, data in files.items():
            parts = [_safe(part) for part in path.split("/") if part]
            place = folder.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    except OSError as error:
        raise UsageError(f"the board's own files cannot be written in {folder}: {error.strerror}",
                         f"make room there; they are in {backup} too") from error
    return folder


def _safe(part: str) -> str:
    """A name from the board as one of this computer's: it may not lead out of the folder."""
    stem, dot, suffix = part.rpartition(".")
    return f"{paths.safe(stem)}{dot}{paths.safe(suffix)}" if stem else paths.safe(suffix)
