"""The real computer under a unit that CPython runs: a folder for a flash, a socket for a line.

There is no REPL: when main.py has ended, the unit waits for Ctrl-D, which resets it.
"""

import builtins
import contextlib
import gc
import json
import os
import select
import socket
import sys
import time
import traceback
import types

from .hosted import BoardOs, SocketIn, SocketOut, SocketPoll

CTRL_D = b"\x04"


class Ground:
    """`config_path` is the supervisor's JSON file."""

    def __init__(self, config_path):
        self._open = builtins.open
        self.config = json.loads(self.read(config_path) or "")
        self._sock = socket.create_connection(("127.0.0.1", self.config["line_port"]))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._monotonic = time.monotonic
        self._sleep = time.sleep
        self._rename = os.replace
        self._exit = os._exit

    def wall_ms(self):
        """Real milliseconds."""
        return int(self._monotonic() * 1000)

    def sleep_ms(self, ms):
        """Sleep really."""
        self._sleep(ms / 1000)

    # files of the computer

    def read(self, path):
        """Text of a file, or None."""
        try:
            with self._open(path, encoding="utf-8") as file:
                return file.read()
        except OSError:
            return None

    def write(self, path, text):
        """Write a file so that it is there whole or not at all."""
        with self._open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        self._rename(path + ".new", path)

    def take(self, path):
        """Text of a file that is gone afterwards, or None."""
        try:
            self._rename(path, path + ".taken")
        except OSError:
            return None
        return self.read(path + ".taken")

    def appender(self, path):
        """A function that appends text to a file, unbuffered."""
        file = self._open(path, "ab", buffering=0)
        return lambda text: file.write(text.encode())

    # the line to the host

    def make_poll(self):
        """A poll object over the socket that stands for stdin and stdout."""
        return SocketPoll(self._sock)

    def readable(self, timeout_ms):
        """True as soon as the host has sent something, False after timeout_ms."""
        if not select.select([self._sock], (), (), max(timeout_ms, 0) / 1000)[0]:
            return False
        if not self._sock.recv(1, socket.MSG_PEEK):
            self.die()  # hung up: the supervisor is gone
        return True

    def discard(self):
        """Throw away what the host has sent."""
        while self.readable(0):
            self._sock.recv(4096)

    # the board

    def mount(self, config):
        """The folder is the root for everything that firmware opens; it is filled already."""
        board_os = BoardOs(config["flash"], config["blocks"])
        builtins.open = board_os.open
        sys.modules["os"] = board_os  # pyright: ignore[reportArgumentType]
        self._root = config["flash"]

    def become_board(self):
        """What firmware expects of the interpreter besides the shims."""
        sys.path[:0] = [self._root + "/lib", self._root]
        sys.stdin = SocketIn(self._sock)
        sys.stdout = SocketOut(self._sock)
        extra = types.ModuleType("micropython")
        for name, value in (
            ("const", lambda x: x),
            ("kbd_intr", lambda code: None),
            ("alloc_emergency_exception_buf", lambda size: None),
            ("schedule", lambda function, arg: function(arg)),
            ("native", lambda function: function),
            ("viper", lambda function: function),
        ):
            setattr(extra, name, value)
        sys.modules["micropython"] = extra
        # Free and used heap have no meaning here; a figure is given because firmware asks.
        for module, name, value in (
            (gc, "mem_free", lambda: 1 << 20),
            (gc, "mem_alloc", lambda: 0),
            (gc, "threshold", lambda amount=0: None),
            (sys, "print_exception", self.print_exception),
        ):
            if not hasattr(module, name):
                setattr(module, name, value)

    def print_exception(self, error, file=None):
        """What a board prints when a file raises."""
        print("".join(traceback.format_exception(error)), file=file or sys.stdout)

    def after_main(self, child):
        """Wait for Ctrl-D; bench time stands still."""
        print("no REPL under CPython: Ctrl-D resets the unit")
        while True:
            if CTRL_D in self._sock.recv(4096):
                child.die("soft")

    def die(self):
        """End this process at once."""
        with contextlib.suppress(OSError):
            self._sock.close()
        self._exit(0)
