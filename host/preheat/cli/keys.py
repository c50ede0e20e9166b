"""Single key presses and Ctrl-C while a run is on, on POSIX terminals and Windows consoles.

Outside a terminal there are no keys; Ctrl-C is counted everywhere.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

KEYS = {
    " ": "stop",
    "s": "stop",
    "S": "stop",
    "c": "continue",
    "C": "continue",
    "a": "ack",
    "A": "ack",
    "e": "external",
    "E": "external",
    "+": "warmer",
    "-": "cooler",
}
KEYS_HELP = (
    "keys: space or S stop · C continue · A acknowledge · + − trim 1 °C · "
    "E heat from above or another board, begin and end"
)


class NoKeys:
    """Stands in where stdin is not a terminal: nothing is ever pressed."""

    def read(self) -> list[str]:
        return []


class PosixKeys:
    """Reads the terminal without waiting; the caller has put it into cbreak mode."""

    def read(self) -> list[str]:
        import os
        import select

        orders = []
        while select.select([sys.stdin], [], [], 0)[0]:
            text = os.read(sys.stdin.fileno(), 32).decode("utf-8", "ignore")
            if not text:
                break
            orders += [KEYS[c] for c in text if c in KEYS]
        return orders


class WindowsKeys:
    """Reads the console without waiting."""

    def read(self) -> list[str]:
        import msvcrt

        orders = []
        while msvcrt.kbhit():  # type: ignore[attr-defined]
            pressed = msvcrt.getwch()  # type: ignore[attr-defined]
            if pressed in KEYS:
                orders.append(KEYS[pressed])
        return orders


@contextlib.contextmanager
def keyboard() -> "Iterator[NoKeys | PosixKeys | WindowsKeys]":
    """The keys of this terminal, put back as it was found on leaving."""
    if not sys.stdin or not sys.stdin.isatty():
        yield NoKeys()
        return
    if sys.platform == "win32":
        yield WindowsKeys()
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield PosixKeys()
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class Interrupts:
    """Counts Ctrl-C instead of breaking off in the middle of an exchange with the unit.

    The first only raises `count`; a second one, before the first was acted on and forgiven,
    breaks off at once with KeyboardInterrupt.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before = None

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *exc_info) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _on_signal(self, _number, _frame) -> None:
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt

    def forgive(self) -> None:
        """Start counting anew: the interrupt was acted on."""
        self.count = 0
