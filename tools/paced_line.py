"""A pseudo-terminal in front of another one that passes bytes on only as fast as a real line."""

import collections
import contextlib
import os
import select
import threading
import time
from pathlib import Path

SLICE_S = 0.002  # of the line's time: as many bytes are taken at once
IDLE_S = 0.1


class PacedLine:
    """Use as a context manager; `port` is what the host opens.

    Each way bytes leave at `bytes_s` (0: at once) and arrive `latency_s` later. `name`: a path for
    the port that does not look like a pseudo-terminal's.
    """

    def __init__(self, behind: str, bytes_s: float, latency_s: float, name: Path) -> None:
        self._behind_path = behind
        self._bytes_s = bytes_s
        self._latency_s = latency_s
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._name = name
        self.port = str(name)

    def __enter__(self) -> "PacedLine":
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._behind = os.open(self._behind_path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._behind)
        self._name.unlink(missing_ok=True)
        self._name.symlink_to(os.ttyname(self._slave))
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
        on_the_way: collections.deque[tuple[float, bytes]] = collections.deque()
        free_s = 0.0  # when the line can take the next byte
        with contextlib.suppress(OSError):  # the other side has gone
            while not self._stop.is_set():
                now_s = time.monotonic()
                while on_the_way and on_the_way[0][0] <= now_s:
                    data = on_the_way.popleft()[1]
                    while data:
                        data = data[os.write(target, data):]
                due_s = on_the_way[0][0] - now_s if on_the_way else IDLE_S
                if free_s > now_s:
                    time.sleep(min(due_s, free_s - now_s))
                elif select.select([source], [], [], due_s)[0]:
                    data = os.read(source, most)
                    free_s = max(free_s, time.monotonic())
                    free_s += len(data) / self._bytes_s if self._bytes_s else 0.0
                    on_the_way.append((free_s + self._latency_s, data))
