"""One writer at a time for a file that is read, changed and written whole.

Holds among the threads of this process and among processes of this computer. The system lets go
of the lock when its process dies, so nothing is ever left locked.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from preheat.errors import UsageError

WAIT_S = 10.0  # whoever holds it only writes a small file
_RETRY_S = 0.02
_threads = threading.RLock()


@contextlib.contextmanager
def locked(path: Path, wait_s: "float | None" = None,
           threads: "contextlib.AbstractContextManager[Any]" = _threads) -> Iterator[None]:
    """Nobody else changes `path` meanwhile; beside it lies an empty file NAME.lock.

    What is held for long has a lock of its own among `threads`, and its own patience, `wait_s`
    (default `WAIT_S`) for other processes. `UsageError` when somebody holds it for longer, or the
    folder cannot be written.
    """
    mark = path.with_name(f"{path.name}.lock")
    with threads:
        try:
            file = mark.open("ab")
        except OSError as err:
            raise UsageError(f"cannot write {mark}: {err.strerror}",
                             "make the folder writable, or choose another") from err
        with file:
            _wait(file, mark, WAIT_S if wait_s is None else wait_s)
            yield  # closing the file lets go of it


def _wait(file: IO[bytes], mark: Path, wait_s: float) -> None:
    end_s = time.monotonic() + wait_s
    while not _taken(file):
        if time.monotonic() > end_s:
            raise UsageError(f"another program has held {mark} for {wait_s:g} s",
                             "end the other preheat, then try again")
        time.sleep(_RETRY_S)


if os.name == "nt":
    import msvcrt

    def _taken(file: IO[bytes]) -> bool:
        """Whether the lock is ours now."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(file: IO[bytes]) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
