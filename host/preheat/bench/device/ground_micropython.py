"""The real computer under a MicroPython unit: its files, clock, serial line and process.

The root becomes a littlefs on a file; a posix file system that stays unmounted reaches the rest.
"""

# pyright: reportAttributeAccessIssue=false, reportMissingImports=false, reportArgumentType=false

import json
import os
import select
import sys
import time

import micropython
import vfs

from .blockdev import BLOCK, FileFlash

_COPY = 4096


class Ground:
    """`config_path` is the supervisor's JSON file."""

    def __init__(self, config_path):
        self._posix = vfs.VfsPosix()  # no root argument: with one, rename mixes up its two paths
        self.config = json.loads(self.read(config_path) or "")
        self.wall_ms = time.ticks_ms  # 64-bit here: no wrap to think of
        self.sleep_ms = time.sleep_ms
        self._stdin = sys.stdin.buffer
        self._line = select.poll()
        self._line.register(sys.stdin, select.POLLIN)
        self.make_poll = select.poll

    # files of the computer

    def read(self, path):
        """Text of a file, or None."""
        try:
            with self._posix.open(path, "r") as file:
                return file.read()
        except OSError:
            return None

    def write(self, path, text):
        """Write a file so that it is there whole or not at all."""
        with self._posix.open(path + ".new", "w") as file:
            file.write(text)
        self._posix.rename(path + ".new", path)

    def take(self, path):
        """Text of a file that is gone afterwards, or None."""
        try:
            self._posix.stat(path)
        except OSError:
            return None
        self._posix.rename(path, path + ".taken")
        return self.read(path + ".taken")

    def appender(self, path):
        """A function that appends text to a file, unbuffered."""
        return self._posix.open(path, "a").write

    # the line to the host

    def readable(self, timeout_ms):
        """True as soon as the host has sent something, False after timeout_ms."""
        for row in self._line.poll(timeout_ms):
            if row[1] & select.POLLIN:
                return True
            self.die()  # hung up: the supervisor is gone
        return False

    def discard(self):
        """Throw away what the host has sent."""
        while self.readable(0):
            self._stdin.read(1)

    # the board

    def mount(self, config):
        """Mount the flash image as root; a new one is formatted and gets the image's files."""
        posix = self._posix
        path, count = config["flash"], config["blocks"]
        try:
            new = posix.stat(path)[6] == 0
        except OSError:
            new = True
        if new:
            with posix.open(path, "wb") as file:
                for _ in range(count):
                    file.write(b"\xff" * BLOCK)
        flash = FileFlash(posix.open(path, "r+b"), posix.stat(path)[6] // BLOCK)
        if new:
            vfs.VfsLfs2.mkfs(flash)
        root = vfs.VfsLfs2(flash)
        vfs.umount("/")
        vfs.mount(root, "/")
        os.chdir("/")
        if new:
            for name in config["files"]:
                self._copy(config["image"] + name, name)

    def _copy(self, source, target):
        folder = ""
        for part in target.split("/")[1:-1]:
            folder += "/" + part
            try:
                os.mkdir(folder)
            except OSError:
                pass  # it is there already
        with self._posix.open(source, "rb") as old, open(target, "wb") as new:
            data = old.read(_COPY)
            while data:
                new.write(data)
                data = old.read(_COPY)

    def become_board(self):
        """Search paths as on a board."""
        sys.path[:] = ["", ".frozen", "/lib"]

    def print_exception(self, error):
        """What a board prints when a file raises."""
        sys.print_exception(error)

    def after_main(self, child):
        """Ctrl-C works again; returning leads into the interpreter's REPL."""
        micropython.kbd_intr(3)

    def die(self):
        """End this process at once."""
        while True:
            os.system("kill -9 $PPID")  # the shell's parent is this process
