"""The watchdog's bite: the unit is left to restart, and must come back by itself and say why."""

import contextlib
import time
from typing import Any

from preheat import connect
from preheat.errors import DeviceLost
from preheat.flashing import ports
from preheat.registry import Registry
from preheat.selftest import facts
from preheat.selftest.result import Result
from preheat.selftest.subject import Subject

BACK_S = 40.0  # 3 s to the bite, or 9 without one; a port that comes back, a boot
AGAIN_S = 0.5


def bite(subject: Subject) -> Result:
    """Let it bite and wait for the unit; `Refused` where the unit is hot."""
    link, port = subject.link, ports.identity(subject.link.port)
    was = link.hello.get("boot_id")
    with contextlib.suppress(DeviceLost):  # only the answer may be lost
        subject.order("bite", confirm=False)
    return facts.watchdog(_back(link, port, was))


def _back(link: Any, port: ports.Port, was: Any) -> "dict[str, Any] | None":
    """The hello of the next boot, on the same link or, where its port went away, on a new one.

    The old one is closed first: while it is held, Linux gives the board another name.
    """
    end_s = time.monotonic() + BACK_S
    try:
        while time.monotonic() < end_s:
            link.poll(AGAIN_S)
            if link.hello.get("boot_id") != was:
                connect.remember(Registry(), link)
                return link.hello
    except DeviceLost:
        link.close()  # native USB: the port restarts with its board
    while time.monotonic() < end_s:
        path = port.path if "://" in port.path else ports.again(port)
        with contextlib.suppress(DeviceLost):
            if path is not None:
                with connect.open_direct(path) as again:
                    if again.hello.get("boot_id") != was:
                        return again.hello
        time.sleep(AGAIN_S)
    return None
