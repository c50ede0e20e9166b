"""Where this operating system mounts removable volumes, and which of those boot volumes are."""

import getpass
import os
import string
import sys
from dataclasses import dataclass
from pathlib import Path

INFO = "INFO_UF2.TXT"
BY_LABEL = Path("/dev/disk/by-label")


@dataclass(frozen=True)
class Volume:
    """A mounted UF2 boot volume; `board_id` is what its INFO_UF2.TXT calls itself."""

    path: Path
    board_id: str


def read_volume(path: Path) -> "Volume | None":
    """The boot volume at `path`; None when there is none (or no longer)."""
    try:
        text = (path / INFO).read_text(encoding="ascii", errors="replace")
    except OSError:  # also a volume that vanished and was not yet unmounted
        return None
    rows = [line.partition(":") for line in text.splitlines()]
    ids = [value.strip() for key, _, value in rows if key.strip().lower() == "board-id"]
    return Volume(path, ids[0] if ids else "")


def boot_volumes() -> list[Volume]:
    """Every boot volume that is mounted now, sorted by path."""
    found = [read_volume(path) for path in candidates()]
    return sorted((v for v in found if v), key=lambda volume: str(volume.path))


def candidates() -> list[Path]:
    """Every place at which a removable volume may be mounted now."""
    if sys.platform == "win32":
        return [Path(f"{letter}:\\") for letter in string.ascii_uppercase[3:]]
    found: list[Path] = []
    for folder in roots():
        try:
            found += [path for path in folder.iterdir() if path.is_dir()]
        except OSError:
            continue
    return found


def roots() -> list[Path]:
    """The folders in which a POSIX system mounts removable volumes."""
    if sys.platform == "darwin":
        return [Path("/Volumes")]
    return [Path("/run/media") / _user(), Path("/media") / _user(), Path("/media")]


def unmounted_device(label: str) -> "str | None":
    """The device of a volume with that label that Linux knows; None elsewhere or if it is away."""
    device = BY_LABEL / label
    return str(device) if os.path.exists(device) else None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # KeyError before Python 3.13: no such user
        return "nobody"
