"""Being stopped from outside: a request to end acts like Ctrl-C, and what it left is told."""

import contextlib
import signal
import threading
from collections.abc import Iterator

from preheat.errors import OperatorStop

# A request to terminate; the window was closed (POSIX, Windows).
_NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK")


@contextlib.contextmanager
def as_ctrl_c() -> Iterator[None]:
    """Inside, SIGTERM and a closed window raise KeyboardInterrupt, once: work ends in order.

    A signal that is ignored (nohup) stays so, and so do all in another thread than the first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: act for number, act in before.items() if act not in (signal.SIG_IGN, None)}

    def leave(*_: object) -> None:
        for number in before:  # a second one must not cut the tidying short
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in before:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number, act in before.items():
            signal.signal(number, act)


@contextlib.contextmanager
def told(message: str, fix: str) -> Iterator[None]:
    """Ctrl-C inside becomes OperatorStop: `message` is what it leaves, `fix` what to do."""
    try:
        yield
    except KeyboardInterrupt as err:
        raise OperatorStop(message, fix) from err
