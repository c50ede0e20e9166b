"""A bare board for deploy tests: real MicroPython on a pseudo-terminal with a littlefs of its own.

It boots as a board does (boot.py, main.py, then the prompt) and survives machine.reset(); it has
no pins. Use as a context manager; `port` is its device path.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

_RUN = "import sys; sys.argv[0] = 'micropython'; from micropython_unix import main; main()"
_START = """
import os, sys, vfs
class Flash:
    def __init__(self, path, blocks):
        self.blocks = blocks
        self.file = vfs.VfsPosix("/").open(path, "r+b")
    def readblocks(self, block, buf, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.readinto(buf)
    def writeblocks(self, block, buf, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.write(buf)
    def ioctl(self, op, arg):
        if op == 3:
            self.file.flush()
        return {4: self.blocks, 5: 4096}.get(op, 0)
flash = Flash(%r, %d)
try:
    disk = vfs.VfsLfs2(flash)
except OSError:
    vfs.VfsLfs2.mkfs(flash)
    disk = vfs.VfsLfs2(flash)
vfs.umount("/")
vfs.mount(disk, "/")
sys.path[:] = ["", "/lib"]
class machine:
    reset = staticmethod(lambda: os.system("kill -9 $PPID"))
sys.modules["machine"] = machine
for name in ("boot.py", "main.py"):
    try:
        text = open(name).read()
    except OSError:
        continue
    try:
        exec(text)
    except Exception as error:
        sys.print_exception(error)
"""


def required() -> None:
    """Skip the calling test where there is no MicroPython to run."""
    pytest.importorskip("micropython_unix", reason="no MicroPython for this system")


class BareBoard:
    """`log` is what every process of the board exited with; `blocks` of 4 KiB are its flash."""

    def __init__(self, folder: Path, blocks: int = 128) -> None:
        self._folder = folder
        flash = folder / "flash.img"
        if not flash.exists():
            flash.write_bytes(b"\xff" * 4096 * blocks)
        (folder / "start.py").write_text(_START % (str(flash), blocks))
        self.log: list[int] = []
        self.port = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._keep_running, daemon=True)

    def __enter__(self) -> "BareBoard":
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        while self._thread.is_alive():  # it may just be starting another one
            if self._process is not None:
                self._process.kill()
            self._thread.join(timeout=0.1)
        os.close(self._master)
        os.close(self._slave)

    def power_cut(self) -> None:
        """Take the supply away for a moment."""
        assert self._process is not None
        self._process.kill()

    def _keep_running(self) -> None:
        while not self._stopping:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, "-X", "heapsize=2M", "-i",
                 str(self._folder / "start.py")],
                stdin=self._master, stdout=self._master, stderr=self._master,
                start_new_session=True,
            )
            self.log.append(self._process.wait())
