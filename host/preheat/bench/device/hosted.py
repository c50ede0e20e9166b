"""What CPython lacks of a board: a file system with its own root, and a serial line as stdio."""

import os as _os
import select as _select
import types

POLLIN, POLLOUT, POLLHUP = 1, 4, 16
BLOCK = 4096
_DIR, _FILE = 0x4000, 0x8000


class BoardOs(types.ModuleType):
    """The module `os` for firmware: absolute paths lie under `root`; the rest is CPython's."""

    def __init__(self, root, blocks):
        super().__init__("os")
        self._root = root
        self._blocks = blocks
        self._real_open = open

    def __getattr__(self, name):
        return getattr(_os, name)

    def _path(self, path):
        """The real path of a board path; paths of this computer's Python are left alone."""
        if not isinstance(path, str) or _os.path.realpath(path).startswith(self._kept()):
            return path
        return _os.path.join(self._root, path.lstrip("/"))

    def _kept(self):
        import sys

        return (_os.path.realpath(self._root), _os.path.realpath(sys.prefix),
                _os.path.realpath(sys.base_prefix), _os.path.dirname(_os.__file__))

    def open(self, file, mode="r", *rest, **more):
        """The builtin `open`, under the board's root; text is UTF-8 with plain newlines."""
        if "b" not in mode and isinstance(file, str):
            more.setdefault("encoding", "utf-8")
            more.setdefault("newline", "\n")
        return self._real_open(self._path(file), mode, *rest, **more)

    def listdir(self, path="/"):
        return _os.listdir(self._path(path))

    def ilistdir(self, path="/"):
        rows = []
        for entry in _os.scandir(self._path(path)):
            kind = _DIR if entry.is_dir() else _FILE
            rows.append((entry.name, kind, 0, entry.stat().st_size))
        return iter(rows)

    def mkdir(self, path, mode=0o777):
        _os.mkdir(self._path(path), mode)

    def remove(self, path):
        _os.remove(self._path(path))

    unlink = remove

    def rmdir(self, path):
        _os.rmdir(self._path(path))

    def rename(self, old, new):
        _os.replace(self._path(old), self._path(new))

    replace = rename

    def stat(self, path, **more):
        return _os.stat(self._path(path), **more)

    def statvfs(self, path="/"):
        used = 2
        for folder, _, names in _os.walk(self._root):
            for name in names:
                used += _os.stat(_os.path.join(folder, name)).st_size // BLOCK + 1
        free = max(0, self._blocks - used)
        return (BLOCK, BLOCK, self._blocks, free, free, 0, 0, 0, 0, 255)

    def sync(self):
        """Every write here reaches the computer when its file is closed."""


class SocketIn:
    """stdin: `read(n)` gives text, `buffer.read(n)` bytes; both wait for all n."""

    def __init__(self, sock):
        self._sock = sock
        self.buffer = self

    def read(self, n=1):
        data = b""
        while len(data) < n:
            more = self._sock.recv(n - len(data))
            if not more:
                _os._exit(0)  # the supervisor is gone
            data += more
        return data

    def readinto(self, buf):
        data = self.read(len(buf))
        buf[: len(data)] = data
        return len(data)

    def fileno(self):
        return self._sock.fileno()


class SocketOut:
    """stdout: text by `write`, bytes by `buffer.write`."""

    encoding = "utf-8"

    def __init__(self, sock):
        self._sock = sock
        self.buffer = self

    def write(self, data):
        self._sock.sendall(data.encode() if isinstance(data, str) else data)
        return len(data)

    def flush(self):
        """Nothing is kept back."""

    def fileno(self):
        return self._sock.fileno()


class SocketPoll:
    """MicroPython's poll over the socket, also where the system has no poll."""

    def __init__(self, sock):
        self._sock = sock
        self._rows = []

    def register(self, stream, mask):
        self.unregister(stream)
        self._rows.append((stream, mask))

    def unregister(self, stream):
        self._rows = [row for row in self._rows if row[0] is not stream]

    def poll(self, timeout_ms):
        wanted = 0
        for _, mask in self._rows:
            wanted |= mask
        one = [self._sock]
        can_read, can_write, _ = _select.select(
            one if wanted & POLLIN else (), one if wanted & POLLOUT else (), (), timeout_ms / 1000
        )
        ready = (POLLIN if can_read else 0) | (POLLOUT if can_write else 0)
        return [(stream, mask & ready) for stream, mask in self._rows if mask & ready]
