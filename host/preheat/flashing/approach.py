"""From a port to a board that may be written: service mode, its prompt, or neither of them.

Only for a port that the user named for flashing: that makes it known, so a prompt may be asked
for with Ctrl-C there.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from preheat import boardimage, connect, owner, serialport, service
from preheat.errors import (
    DeviceLost,
    OperatorStop,
    PortGone,
    PreheatError,
    Refused,
    ServiceMode,
    UsageError,
)
from preheat.link import Link
from preheat.registry import Registry
from preheat.remote import Remote
from preheat.serialport import open_stream

_RESET = ("press the board's reset button, or unplug it and plug it in again: it may still wait "
          "at its prompt or in its bootloader")


@dataclass
class Approach:
    """What was found at `port`: a board at its prompt (`remote`), or `why` there is none.

    `was_live`: its app ran before and was asked to leave. `machine`: what its MicroPython calls
    the board ("" when it gave no prompt). `loader`: the port at which it may wait in its
    bootloader since esptool began with it ("" before). `touched`: its flash may have changed.
    """

    port: str
    remote: Remote | None
    why: DeviceLost | None = None
    was_live: bool = False
    machine: str = ""
    loader: str = ""
    touched: bool = False

    def close(self) -> None:
        """Let go of the port; the board stays at its prompt."""
        if self.remote is not None:
            self.remote.close()
            self.remote = None

    def reopen(self) -> Remote:
        """The prompt once more, after `close`."""
        self.remote = Remote(self.port)
        return self.remote

    @contextlib.contextmanager
    def untouched_on_error(self) -> Iterator[None]:
        """Whatever fails inside before the flash is touched: the board goes back to what it did.

        It leaves its bootloader, and an app that ran runs again; where that is not seen, the
        error says what to press (OperatorStop in the place of Ctrl-C).
        """
        try:
            yield
        except BaseException as err:
            is_back = self.touched or self._put_back()
            self.close()
            if is_back:
                raise
            if isinstance(err, PreheatError):
                err.fix = f"{err.fix}; {_RESET}" if err.fix else _RESET
                raise
            if isinstance(err, KeyboardInterrupt):
                raise OperatorStop("stopped before anything was written", _RESET) from err
            raise

    def _put_back(self) -> bool:
        """Let the board go on as it was found; whether it does, as far as that can be seen."""
        if self.loader:
            self.close()
            # At another port (a chip's own USB in its bootloader) the app is not heard from.
            is_reset = serialport.pulse_reset(self.loader) and self.loader == self.port
            if is_reset and (not self.was_live or service.runs(self.port)):
                return True
            if self.loader != self.port:
                return False
        if not self.was_live:
            return not self.loader
        remote, self.remote = self.remote, None
        return service.restart(self.port, remote)


def path_of(name: str) -> str:
    """The device path of a port or unit as the user named it; UsageError for a network address."""
    return _serial(connect.resolve(name)).port


def _serial(target: connect.Target) -> connect.Target:
    if "://" in target.port:
        raise UsageError(f"{target.port} is a network address", "flash over the board's own port")
    return target


def reach(name: str, board: dict[str, Any], leave_hot: bool, insist: bool) -> Approach:
    """Bring what is at the port (or unit) called `name` to its prompt, if it has one.

    `insist`: a board that shows no prompt by itself is interrupted with Ctrl-C.

    Refused (hot, state, busy) when a unit may not be left now, or the chip that answers is not
    the board's; DeviceLost when the port cannot be opened or another unit is there.
    """
    registry = Registry()
    target = _serial(connect.resolve(name, registry))
    owned = owner.find(target.port)
    if owned is not None:
        with owned:
            raise owner.busy(owned.what)
    stream = open_stream(target.port)
    try:
        link = Link(stream, target.port, registry.last_boot, service.HELLO_S)
    except PortGone:
        raise
    except DeviceLost as err:
        if not insist and not isinstance(err, ServiceMode):
            return Approach(target.port, None, err)
        try:
            found = Approach(target.port, service.reach_prompt(target.port, err))
        except DeviceLost as why:
            return Approach(target.port, None, why)
    else:
        uid = str(link.hello.get("uid") or "")
        if target.unit and target.unit.uid and uid != target.unit.uid:
            link.close()
            raise DeviceLost(f"another unit than {target.unit.name!r} is at {target.port}",
                             "plug the right one in, or name its port with --port")
        found = Approach(target.port, service.enter_from(link, stream, leave_hot), was_live=True)
    with found.untouched_on_error():
        assert found.remote is not None
        about = found.remote.info()
        found.machine = about["machine"]
        wrong = boardimage.misfit(board, about["platform"], about["machine"])
        if wrong:
            raise Refused(wrong, "choose the board file of what is at that port, or another port")
    return found
