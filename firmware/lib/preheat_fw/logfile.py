"""Run logs as files, one a run: made, appended to, listed, read in pieces, closed after a restart.

Run ids are "r000001" and up, and are never given twice, even after logs were deleted.
"""

import binascii
import hashlib
import os

from preheat_core.runlog import Writer, tail
from preheat_fw.store import Store, StoreError, commit, file_size, make_dir

RESERVE_BYTES = 32768  # kept free for settings, profiles, latched faults and littlefs itself
_SUFFIX = ".plog"
_COUNTER = "next.json"


class LogFile:
    """One log open for appending. OSError from append or flush: the log has failed."""

    def __init__(self, path):
        self._file = open(path, "ab")

    def append(self, block) -> None:
        """Adds bytes; they are safe only after flush."""
        self._file.write(block)

    def flush(self) -> None:
        """Brings what was appended to the flash. May take tens of milliseconds."""
        commit(self._file)

    def close(self) -> None:
        """Flushes and closes; again does nothing."""
        self._file.close()


class LogDir:
    """The logs under `root`, which is made. `problems` lists what went wrong, as sentences."""

    def __init__(self, root="/logs"):
        self._root = root.rstrip("/")
        make_dir(self._root or "/")
        self._store = Store(root)
        self.problems = self._store.problems

    def _path(self, run_id):
        if not _is_run_id(run_id):
            raise ValueError("not a run id: " + repr(run_id)[:40])
        return self._root + "/" + run_id + _SUFFIX

    def ids(self) -> list:
        """The ids of all logs, oldest first."""
        found = []
        for name in os.listdir(self._root or "/"):
            if name.endswith(_SUFFIX) and _is_run_id(name[: -len(_SUFFIX)]):
                found.append(name[: -len(_SUFFIX)])
        return sorted(found, key=lambda run_id: (len(run_id), run_id))

    def next_run_id(self) -> str:
        """A new id. StoreError if it could not be noted that it is taken."""
        stored = self._store.read_json(_COUNTER)
        ids = self.ids()
        number = int(ids[-1][1:]) + 1 if ids else 1
        if isinstance(stored, int):
            number = max(number, stored)
        for _ in range(2):  # twice: the version kept beside it must not give this id again either
            self._store.write_json(_COUNTER, number + 1)
        return "r%06d" % number

    def create(self, run_id) -> LogFile:
        """A new, empty log. StoreError if it is there already."""
        path = self._path(run_id)
        if file_size(path) is not None:
            raise StoreError("problem", "there is a log " + run_id + " already")
        return LogFile(path)

    def size(self, run_id) -> "int | None":
        """Bytes of a log; None if there is none."""
        return file_size(self._path(run_id))

    def _tail(self, run_id):
        with open(self._path(run_id), "rb") as file:

            def piece(off, n):
                file.seek(off)
                return file.read(n)

            return tail(piece, self.size(run_id))

    def info(self, run_id) -> tuple:
        """(run id, size in bytes, end state or None while it has no summary)."""
        try:
            return run_id, self.size(run_id), self._tail(run_id)[2]
        except OSError:
            return run_id, self.size(run_id) or 0, None

    def list(self) -> list:
        """`info` of every log, oldest first; it opens each."""
        return [self.info(run_id) for run_id in self.ids()]

    def read(self, run_id, off, n) -> bytes:
        """At most n bytes from `off` on; empty past the end. OSError if there is no such log."""
        with open(self._path(run_id), "rb") as file:
            file.seek(off)
            return file.read(n)

    def sha(self, run_id, each=None) -> str:
        """As store.sha, of a whole log; calls `each()` every 4 KB: a long log takes seconds."""
        digest = hashlib.sha256()
        with open(self._path(run_id), "rb") as file:
            while True:
                piece = file.read(4096)
                if not piece:
                    break
                digest.update(piece)
                if each is not None:
                    each()
        return binascii.hexlify(digest.digest()).decode()[:16]

    def remove(self, run_id) -> bool:
        """Deletes a log; False if there is none."""
        path = self._path(run_id)
        if file_size(path) is None:
            return False
        os.remove(path)
        return True

    def free_bytes(self) -> int:
        """Room in the file system."""
        if not hasattr(os, "statvfs"):  # Windows: the virtual bench on a laptop's disk
            return 1 << 30
        fs = os.statvfs(self._root or "/")
        return fs[1] * fs[4]

    def room_for(self, nbytes) -> bool:
        """Whether a log of nbytes fits and leaves RESERVE_BYTES."""
        return self.free_bytes() >= nbytes + RESERVE_BYTES

    def finish_interrupted(self):
        """Closes every log that a restart cut off with end state "reset"; answers their ids.

        To be called once, at boot. A log that cannot be closed is noted in `problems`.
        """
        finished = []
        for run_id in self.ids():
            try:
                seq, t_ms, end = self._tail(run_id)
                if end is not None:
                    continue
                writer = Writer(0, seq + 1)
                blocks = writer.event({"t_ms": t_ms, "ev": "interrupted", "run": run_id})
                blocks += writer.summary({"t_ms": t_ms, "run": run_id, "end": "reset"})
                log = LogFile(self._path(run_id))
                try:
                    log.append(b"".join(blocks))
                    log.flush()
                finally:
                    log.close()
                finished.append(run_id)
            except OSError as error:
                self.problems.append("log %s could not be closed: %s" % (run_id, error))
        return finished


def _is_run_id(run_id) -> bool:
    if not isinstance(run_id, str) or not 7 <= len(run_id) <= 10 or run_id[0] != "r":
        return False
    return all(c in "0123456789" for c in run_id[1:])
