"""Run logs as files, one a run: made, appended to, listed, read in pieces, closed after a restart.

Run ids are "r000001" and up, and are never given twice, even after logs were deleted. A log that
a host has fetched whole has an empty file beside it, r000001.plog.ok. Incidents are kept alike.
"""

import os

from preheat_core.runlog import Writer, tail
from preheat_fw.store import ENOSPC, Store, StoreError, commit, file_size, make_dir

# Kept free for incidents, settings, profiles, latched faults and littlefs itself.
RESERVE_BYTES = 32768
PROBE_BYTES = 256
_PULLED = ".ok"
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

    def __init__(self, root="/logs", suffix=".plog"):
        self._root = root.rstrip("/")
        self._suffix = suffix
        make_dir(self._root or "/")
        self._store = Store(root)
        self._probes = 0
        self.problems = self._store.problems

    def beside(self, name, suffix):
        """A LogDir of other files, in the folder `name` beside this one."""
        try:
            return LogDir(self._root[: self._root.rfind("/") + 1] + name, suffix)
        except OSError:  # a full or failing flash takes no new folder, and must not stop the boot
            return LogDir(self._root, suffix)

    def _path(self, run_id, tail=""):
        if not _is_run_id(run_id):
            raise ValueError("not a run id: " + repr(run_id)[:40])
        return self._root + "/" + run_id + self._suffix + tail

    def ids(self) -> list:
        """The ids of all logs, oldest first."""
        found = []
        for name in os.listdir(self._root or "/"):
            if name.endswith(self._suffix) and _is_run_id(name[: -len(self._suffix)]):
                found.append(name[: -len(self._suffix)])
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
        self._unmark(run_id)
        return LogFile(path)

    def mark(self, run_id) -> None:
        """Notes that a host has this log whole. OSError if that cannot be noted."""
        with open(self._path(run_id, _PULLED), "wb") as file:
            commit(file)

    def marked(self, run_id) -> bool:
        """Whether a host has this log whole."""
        return file_size(self._path(run_id, _PULLED)) is not None

    def _unmark(self, run_id) -> None:
        if self.marked(run_id):
            os.remove(self._path(run_id, _PULLED))

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

    def feed(self, run_id, off, n, digest) -> int:
        """Feeds at most n bytes from `off` on to a digest; how many there were."""
        done = 0
        with open(self._path(run_id), "rb") as file:
            file.seek(off)
            while done < n:
                piece = file.read(min(1024, n - done))
                if not piece:
                    break
                digest.update(piece)
                done += len(piece)
        return done

    def remove(self, run_id) -> bool:
        """Deletes a log; False if there is none."""
        path = self._path(run_id)
        if file_size(path) is None:
            return False
        self._unmark(run_id)  # first: a mark without its log could pass for another's
        os.remove(path)
        return True

    def free_bytes(self) -> int:
        """Room in the file system."""
        if not hasattr(os, "statvfs"):  # Windows: the virtual bench on a laptop's disk
            return 1 << 30
        fs = os.statvfs(self._root or "/")
        return fs[1] * fs[4]

    def probe(self, nbytes=PROBE_BYTES) -> "tuple | None":
        """Writes, reads and removes a small file; None, or (fault code, what went wrong)."""
        path = self._root + "/probe"
        self._probes += 1
        data = bytes((self._probes * 7 + i * 31) & 0xFF for i in range(nbytes))
        try:
            self.ids()  # a folder that cannot be read keeps nothing either
            with open(path, "wb") as file:
                file.write(data)
                commit(file)
            with open(path, "rb") as file:
                back = file.read()
            os.remove(path)
        except OSError as error:
            full = error.args and error.args[0] == ENOSPC
            return "flash_full" if full else "flash_bad", str(error)[:60]
        return None if back == data else ("flash_bad", "a file did not read back as written")

    def room_for(self, nbytes) -> bool:
        """Whether a log of nbytes fits and leaves RESERVE_BYTES."""
        return self.free_bytes() >= nbytes + RESERVE_BYTES

    def finish_interrupted(self):
        """Closes every log that a restart cut off with end state "reset"; answers their ids.

        To be called once, at boot. A log that cannot be closed is noted in `problems`.
        """
        finished = []
        try:
            ids = self.ids()
        except OSError as error:
            self.problems.append("%s cannot be read: %s" % (self._root, error))
            return finished
        for run_id in ids:
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
