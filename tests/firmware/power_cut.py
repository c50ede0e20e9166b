"""Runs on MicroPython: the store and the log on a littlefs whose power goes away after N writes.

Usage: power_cut.py LIB store|log. The last line printed is `ok` and what was seen.
"""

import os
import sys

sys.path.insert(0, sys.argv[1])

from preheat_core.runlog import Writer, read
from preheat_fw.logfile import LogDir
from preheat_fw.store import Store, StoreError

BLOCK = 512
COUNT = 256


class Flash:
    """A RAM block device over `data`; after `left` writes the power is gone for good."""

    def __init__(self, data, left=None):
        self.data = data
        self.left = left
        self.used = 0

    def readblocks(self, number, buf, offset=0):
        at = number * BLOCK + offset
        buf[:] = self.data[at : at + len(buf)]

    def writeblocks(self, number, buf, offset=0):
        at = number * BLOCK + offset
        size = self._spend(len(buf))
        self.data[at : at + size] = memoryview(buf)[:size]
        if size < len(buf):
            raise OSError(5)

    def ioctl(self, op, arg):
        if op == 4:
            return COUNT
        if op == 5:
            return BLOCK
        if op == 6:
            at = arg * BLOCK
            if self._spend(BLOCK) < BLOCK:
                raise OSError(5)
            self.data[at : at + BLOCK] = b"\xff" * BLOCK
        return 0

    def _spend(self, size):
        """How much of a write happens: all, half of the one that is cut, nothing after it."""
        self.used += 1
        if self.left is None or self.used <= self.left:
            return size
        return size // 2 if self.used == self.left + 1 else 0


def boot(data, left=None):
    """Mounts what the flash holds as /cut, as a restart does; gives the device."""
    try:
        os.umount("/cut")
    except OSError:
        pass  # the first boot, or a file system whose device has gone
    flash = Flash(data, left)
    os.mount(os.VfsLfs2(flash, progsize=32, readsize=32, lookahead=32), "/cut")
    return flash


def formatted():
    data = bytearray(BLOCK * COUNT)
    os.VfsLfs2.mkfs(Flash(data), progsize=32, readsize=32, lookahead=32)
    return data


def spread(total):
    """About sixteen cuts over the whole sequence, with the first and the last write."""
    return sorted(set([0, 1, 2, total - 1, total] + [total * i // 12 for i in range(1, 12)]))


OLD, NEW = b"old" * 150, b"new" * 200
NAMES = ("settings.json", "profiles/x.json")


def store_work(done):
    """Replaces what is stored, then deletes one; `done` collects what was answered as good."""
    store = Store("/cut/data")
    for name in NAMES:
        store.write_bytes(name, NEW)
        done.append(name)
    store.write_bytes(NAMES[0], OLD + NEW)
    done.append("again")
    store.remove(NAMES[1])
    done.append("removed")


def store_check(done):
    """After the restart: what was answered as good is there, what was not is old or new."""
    store = Store("/cut/data")
    first, second = store.read_bytes(NAMES[0]), store.read_bytes(NAMES[1])
    if "again" in done:
        assert first == OLD + NEW
    elif NAMES[0] in done:
        assert first in (NEW, OLD + NEW), first
    else:
        assert first in (OLD, NEW), first
    if "removed" in done:
        assert second is None
    elif NAMES[1] in done:
        assert second == NEW or (second is None and "again" in done), second
    else:
        assert second in (OLD, NEW), second
    store.write_bytes(NAMES[0], b"after")
    assert store.read_bytes(NAMES[0]) == b"after"


def store_before():
    store = Store("/cut/data")
    for name in NAMES:
        store.write_bytes(name, OLD)


def log_work(done):
    """A short run: `done` collects how many records were flushed, and the run's id."""
    logs = LogDir("/cut/logs")
    run_id = logs.next_run_id()
    done.append(run_id)
    log = logs.create(run_id)
    writer = Writer(1)
    for block in writer.header({"run": run_id}):
        log.append(block)
    log.flush()
    done.append(0)
    for i in range(120):
        block = writer.add_record(i * 1000, 1, 0, 50.0, 0.5, 0.5, 0, ((50.0, 49.0, 51.0),))
        if block:
            log.append(block)
        if i % 30 == 29:
            log.append(writer.flush())
            log.flush()
            done.append(i + 1)
    for block in writer.summary({"end": "done"}):
        log.append(block)
    log.close()
    done.append("closed")


def log_check(done):
    """After the restart: every flushed record reads, the log is closed, the id is not reused."""
    logs = LogDir("/cut/logs")
    finished = logs.finish_interrupted()
    assert not logs.problems or not done, logs.problems
    assert logs.finish_interrupted() == []
    if len(done) > 1:
        data = logs.read(done[0], 0, 100000)
        log = read(data)
        flushed = [mark for mark in done[1:] if mark != "closed"]
        assert len(log.records) >= flushed[-1], (len(log.records), done)
        assert log.header == {"run": done[0]} and log.problem is None, log.problem
        assert log.end == ("reset" if finished else "done")
        assert not (finished and "closed" in done)
        assert logs.info(done[0]) == (done[0], len(data), log.end)
    fresh = logs.next_run_id()
    assert fresh not in done, fresh


def log_before():
    LogDir("/cut/logs").next_run_id()


def main(before, work, check):
    boot(formatted())
    data = formatted()
    boot(data)
    before()
    start = bytes(data)
    flash = boot(data)
    used = flash.used
    done = []
    work(done)
    total = flash.used - used
    complete = len(done)
    check(done)
    counts = []
    for left in spread(total):
        data = bytearray(start)
        boot(data, left)
        done = []
        try:
            work(done)
        except (OSError, StoreError):
            assert left < total
        boot(data)
        check(done)
        counts.append(len(done))
    assert counts[0] == 0 and counts[-1] == complete, counts
    print("ok", total, "writes, answered before each cut:", counts)


if sys.argv[2] == "store":
    main(store_before, store_work, store_check)
else:
    main(log_before, log_work, log_check)
