"""A pseudo-terminal in front of another one that passes bytes on only as fast as a real line."""

import contextlib
import os
import select
import threading
import time

SLICE_S = 0.002  # bytes wait so long together at most, as in a USB frame or two


class PacedLine:
    """Use as a context manager; `port` is what the host opens. `bytes_s` each way; 0: unpaced.

    115200 baud with one start and one stop bit is 11520 bytes a second.
    """

    def __init__(self, behind: str, bytes_s: float) -> None:
        self._behind_path = behind
        self._bytes_s = bytes_s
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.port = ""

    def __enter__(self) -> "PacedLine":
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._behind = os.open(self._behind_path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._behind)
        self.port = os.ttyname(self._slave)
        for source, target in ((self._master, self._behind), (self._behind, self._master)):
            thread = threading.Thread(target=self._pass_on, args=(source, target), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for handle in (self._master, self._slave, self._behind):
            os.close(handle)

    def _pass_on(self, source: int, target: int) -> None:
        most = max(1, int(self._bytes_s * SLICE_S)) if self._bytes_s else 65536
        free_s = 0.0  # when the line is free again
        with contextlib.suppress(OSError):  # the other side has gone
            while not self._stop.is_set():
                if not select.select([source], [], [], 0.1)[0]:
                    continue
                data = os.read(source, most)
                if self._bytes_s:
                    free_s = max(free_s, time.monotonic()) + len(data) / self._bytes_s
                    time.sleep(max(0.0, free_s - time.monotonic()))
                while data:
                    data = data[os.write(target, data):]
