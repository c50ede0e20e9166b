"""Where the toolkit keeps its files on this computer: one home, and the folders inside it.

`PREHEAT_HOME` moves all of it; otherwise it is the user's data folder of the operating system.
"""

import os
from pathlib import Path

import platformdirs

from preheat.errors import UsageError


def home() -> Path:
    """The toolkit's folder; made when missing."""
    chosen = os.environ.get("PREHEAT_HOME")
    path = Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("preheat"))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path} cannot hold preheat's files: {error.strerror}",
            "name a folder of yours in PREHEAT_HOME",
        ) from error
    return path


def _inside(name: str, private: bool = False) -> Path:
    path = home() / name
    path.mkdir(exist_ok=True, mode=0o700 if private else 0o777)
    return path


def run_dir() -> Path:
    """Control files of processes that own a port now; readable by this user alone."""
    return _inside("run", private=True)


def logs_dir() -> Path:
    """Run logs pulled from units."""
    return _inside("logs")


def boards_dir() -> Path:
    """The user's own board files; those that come with preheat live in the package."""
    return _inside("boards")


def procedures_dir() -> Path:
    """The site's own rework procedures; those that come with preheat live in the package."""
    return _inside("procedures")


def calibration_dir() -> Path:
    """Calibration points that wait to be fitted, and settings as they were before a fit."""
    return _inside("calibration")


def provision_dir() -> Path:
    """What was provisioned: manifest.json and manifest.csv."""
    return _inside("provision")


def safe(text: str) -> str:
    """A text from outside as part of a file's name: letters, digits and - stay."""
    return "".join(c if c.isascii() and (c.isalnum() or c == "-") else "_" for c in text)[:64]


def backups_dir() -> Path:
    """Backups of units, one file each."""
    return _inside("backups")


def record_dir() -> Path:
    """The rework record: record.db, record.heads and the logs that belong to it."""
    return _inside("record")


def seen_dir() -> Path:
    """What was last seen of each unit, one small file each."""
    return _inside("seen")


def units_file() -> Path:
    """The registry of known units (may not exist yet)."""
    return home() / "units.json"
