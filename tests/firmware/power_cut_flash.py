"""Runs on MicroPython: littlefs on a flash whose power goes away at any of its operations.

`walk` plays some work once to count the writes and erases it makes, then again for every one of
them and every way of cutting it, restarts each time and has the outcome checked.
"""

import os

# What becomes of the operation that is cut: it does not happen, half of it does, or half of it
# does and the rest is left between what it was and what it should be.
WAYS = ("nothing", "half", "noise")
SMALL = (512, 32, 256)  # block, program size, blocks: small blocks need more operations
RP2 = (4096, 256, 64)  # an RP2's own, and fewer blocks than any board has
NO_POWER = -5  # EIO, as a block device answers it


class PowerCut(Exception):
    """The unit has no power: whatever it would do or say next does not happen."""


class Flash:
    """A block device over `data`. After `left` operations the next is cut as `way` says."""

    def __init__(self, data, shape, left=None, way="nothing"):
        self.data = data
        self.block, _, self.count = shape
        self.left = left
        self.way = way
        self.used = 0

    @property
    def cut(self):
        """True once the power has gone."""
        return self.left is not None and self.used > self.left

    def readblocks(self, number, buf, offset=0):
        """The device's read; one without power answers nothing."""
        if self.cut:
            return NO_POWER
        at = number * self.block + offset
        buf[:] = self.data[at : at + len(buf)]
        return 0

    def writeblocks(self, number, buf, offset=0):
        """The device's program operation."""
        return self._operate(number * self.block + offset, buf)

    def ioctl(self, op, arg):
        """Count, size and erase."""
        if op == 4:
            return self.count
        if op == 5:
            return self.block
        if op == 6:
            return self._operate(arg * self.block, b"\xff" * self.block)
        return 0

    def _operate(self, at, new):
        if self.cut:
            return NO_POWER
        self.used += 1
        size = len(new)
        if not self.cut:
            self.data[at : at + size] = new
            return 0
        half = 0 if self.way == "nothing" else size // 2
        self.data[at : at + half] = memoryview(new)[:half]
        if self.way == "noise":
            chance = self.used
            for index in range(half, size):
                chance = (chance * 1103515245 + 12345) & 0x3FFFFFFF
                # Some bits are there already, some are not yet.
                mask = chance >> 12 & 0xFF
                self.data[at + index] = self.data[at + index] & ~mask & 0xFF | new[index] & mask
        return NO_POWER


class Bench:
    """The flash of one unit through its restarts, mounted as /cut; `flash` is the present device.

    A device that a restart left behind is dead: files that were open on it write no more.
    """

    def __init__(self, shape=SMALL):
        self.shape = shape
        self.files = []  # open ones, to be let go of before the memory's collector does it
        self.data = bytearray(shape[0] * shape[2])
        self.flash = Flash(self.data, shape)
        os.VfsLfs2.mkfs(self.flash, progsize=shape[1], readsize=32, lookahead=32)

    def boot(self, left=None, way="nothing"):
        """Mount what is there, as a restart does; the power lasts for `left` operations."""
        try:
            os.umount("/cut")
        except OSError:
            pass  # the first boot, or a file system whose device has gone
        self.flash.left = -1
        for file in self.files:
            try:
                file.close()
            except (OSError, PowerCut):
                pass  # without power nothing of it arrives
        self.files = []
        self.flash = Flash(self.data, self.shape, left, way)
        made = os.VfsLfs2(self.flash, progsize=self.shape[1], readsize=32, lookahead=32)
        os.mount(made, "/cut")

    def alive(self):
        """PowerCut unless there is power: to be asked before anything is taken as answered."""
        if self.flash.cut:
            raise PowerCut


def walk(case, shape):
    """Walk one case; (operations counted, cuts tried, different moments of the work they hit).

    `case` has before(bench), work(bench, done) and check(bench, done): `done` is where work notes
    what was answered, each after bench.alive().
    """
    bench = Bench(shape)
    bench.boot()
    case.before(bench)
    start = bytes(bench.data)
    bench.boot()
    done = []
    case.work(bench, done)
    total = bench.flash.used
    complete = len(done)
    bench.boot()
    case.check(bench, done)
    tried = 0
    seen = set()
    for way in WAYS:
        for left in range(total):
            bench.flash.left = -1
            bench.data[:] = start
            bench.boot(left, way)
            done = []
            try:
                case.work(bench, done)
            except (OSError, PowerCut):
                pass
            assert bench.flash.cut, f"operation {left} of {total} was not reached"
            bench.boot()
            try:
                case.check(bench, done)
            except Exception:
                print("cut at operation", left, "of", total, way, "after", done)
                raise
            seen.add(len(done))
            tried += 1
    assert len(seen) >= complete, (sorted(seen), complete)  # every step was cut in the middle
    return total, tried, len(seen)
