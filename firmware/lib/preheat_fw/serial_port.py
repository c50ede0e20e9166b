"""The REPL's own stream as the console's port: reads and writes what is possible, at once."""

import select


class SerialPort:
    """stdin and stdout without waiting; both must be pollable binary streams."""

    def __init__(self, stdin, stdout):
        self._in = stdin
        self._out = stdout
        self._reader = select.poll()
        self._reader.register(stdin, select.POLLIN)
        self._writer = select.poll()
        self._writer.register(stdout, select.POLLOUT)

    def read(self, most: int = 256) -> bytes:
        """The bytes that are there, at most `most`; b"" if there are none."""
        found = b""
        while len(found) < most and self._ready(self._reader, select.POLLIN):
            piece = self._in.read(1)
            if not piece:
                break
            found += piece
        return found

    def write(self, data: bytes) -> int:
        """Write a small piece if there is room; the number of bytes taken, 0 if none."""
        if not self._ready(self._writer, select.POLLOUT):
            return 0
        return self._out.write(data) or 0

    def _ready(self, poll, flag) -> bool:
        return any(row[1] & flag for row in poll.poll(0))
