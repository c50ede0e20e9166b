"""The run logs of the record: kept by their SHA-256, read-only, each once.

A log lies at logs/ab/cdef….plog, exactly as it was given.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from preheat import keepfile
from preheat.errors import UsageError, VerifyError

SUFFIX = ".plog"


def path_of(folder: Path, sha: str) -> Path:
    """Where the log with this hash lies in a record's folder."""
    return folder / "logs" / sha[:2] / f"{sha[2:]}{SUFFIX}"


def keep(folder: Path, source: "Path | bytes") -> str:
    """Keep a log; the SHA-256 it is known by from now on.

    UsageError when it cannot be read or written, VerifyError when another lies in its place.
    """
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
        sha = hashlib.sha256(data).hexdigest()
        path = path_of(folder, sha)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
    except OSError as err:
        raise UsageError(
            f"the log cannot be kept: {err.strerror} ({err.filename})", "see that it can be read "
            "and that the record's folder has room",
        ) from err
    read(folder, sha)
    return sha


def _write(path: Path, data: bytes) -> None:
    try:
        keepfile.write(path, data)
        os.chmod(path, stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    except PermissionError:
        if not path.exists():  # Windows: another process has just kept the same
            raise


def read(folder: Path, sha: str) -> bytes:
    """A kept log. VerifyError when it is missing or no longer what was kept."""
    try:
        data = path_of(folder, sha).read_bytes()
    except OSError as err:
        raise VerifyError(
            f"the log {sha[:12]}… is not in the record: {err.strerror}",
            f"bring back {path_of(folder, sha)} from a backup",
        ) from err
    if hashlib.sha256(data).hexdigest() != sha:
        raise VerifyError(
            f"the log {sha[:12]}… is not what was kept: its SHA-256 differs",
            f"bring back {path_of(folder, sha)} from a backup",
        )
    return data


def kept(folder: Path) -> Iterator[str]:
    """The hashes that the files in the folder are named by."""
    for path in sorted((folder / "logs").glob(f"??/*{SUFFIX}")):
        yield path.parent.name + path.stem
