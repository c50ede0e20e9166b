"""The one file that opens and closes ports, and so decides the order in which DTR and RTS change.

On the usual ESP32 circuit the state DTR=0 with RTS=1 is "reset", so no sequence here passes
through it but that of `pulse_reset`; a USB port of a native chip sends nothing unless DTR=1. What
each kind of port needs is the `Policy` table below. Pseudo-terminals and `socket://host:port`
have no such lines.
"""

import contextlib
import errno
import os
import select
import socket
import time
from dataclasses import dataclass
from typing import Protocol

import serial
from serial.tools import list_ports

from preheat.errors import DeviceLost, PortGone, UsageError

BAUD = 115200
READ_SLICE_S = 0.1  # longest single read: Ctrl-C must work on Windows too
WRITE_TIMEOUT_S = 2.0
RELEASE_S = 1.0  # a port that was just let go may look busy for a moment
RESET_S = 0.1  # how long esptool, too, holds a chip in reset
VID_SILICON_LABS = 0x10C4

try:
    import termios

    PORT_ERRORS: tuple[type[Exception], ...] = (OSError, termios.error)
except ImportError:  # Windows
    PORT_ERRORS = (OSError,)


@dataclass(frozen=True)
class Policy:
    """How to treat DTR and RTS: states set before opening (None: the driver asserts both),
    changes after it, and changes before closing, each as (line, state) in order."""

    name: str
    preset: tuple[tuple[str, bool], ...] = ()
    opened: tuple[tuple[str, bool], ...] = ()
    closing: tuple[tuple[str, bool], ...] = (("rts", False), ("dtr", False))


# Both asserted is an idle state of the reset circuit, and what a kernel does on open anyway:
# presetting both off on POSIX would pass through (0,1). RTS falls first on closing.
ASSERT_BOTH = Policy("assert both")
# This driver raises the two lines at different times on the first open after power-up, so they
# are held low through the open and raised in the harmless order.
CP210X_WINDOWS = Policy(
    "CP210x on Windows",
    preset=(("dtr", False), ("rts", False)),
    opened=(("dtr", True), ("rts", True)),
)
POLICIES = (ASSERT_BOTH, CP210X_WINDOWS)


def policy_for(vid: int | None, windows: bool) -> Policy:
    """The policy for an adapter with that USB vendor id (None: unknown)."""
    return CP210X_WINDOWS if windows and vid == VID_SILICON_LABS else ASSERT_BOTH


def pulse_reset(port: str) -> bool:
    """Reset the chip behind the DTR and RTS of `port` into its app; whether the lines took it.

    No chip has to answer. A board whose lines are not wired to its reset does not notice.
    """
    policy = policy_for(_vid(port), os.name == "nt")
    device = serial.serial_for_url(port, do_not_open=True, baudrate=BAUD)
    try:
        open_port(device, policy)
        device.dtr, device.rts = False, True
        device.dtr = False  # Windows' own driver sends RTS only with the next change of DTR
        time.sleep(RESET_S)
        device.dtr, device.rts = False, False
        device.dtr = False
        return True
    except PORT_ERRORS:
        return False
    finally:
        close_port(device, policy)


class Stream(Protocol):
    """What a link needs of a port."""

    def read(self, n: int, timeout_s: float) -> bytes: ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def open_port(device, policy: Policy) -> None:
    """Open a not yet open pyserial object under `policy`. Raises what pyserial raises."""
    for line, state in policy.preset:
        setattr(device, line, state)
    device.open()
    for line, state in policy.opened:
        setattr(device, line, state)
    device.reset_input_buffer()


def close_port(device, policy: Policy) -> None:
    """Close a pyserial object under `policy`; a port that is already gone is closed all the same.

    One line that cannot be changed (a pseudo-terminal has none) ends the changes: going on
    with the next one could pass through the reset state.
    """
    with contextlib.suppress(*PORT_ERRORS):
        for line, state in policy.closing:
            setattr(device, line, state)
    with contextlib.suppress(*PORT_ERRORS):
        device.close()


class SerialStream:
    """An open serial device or pseudo-terminal. `has_lines` tells whether DTR/RTS can act."""

    def __init__(self, port: str) -> None:
        self.port = port
        self.has_lines = not is_pty(port)
        self._policy = policy_for(_vid(port), os.name == "nt")
        end_s = time.monotonic() + RELEASE_S
        while True:
            # Anew for each try: a failed one leaves both lines low in the object, and opening
            # with that passes through the reset state.
            self.device = serial.serial_for_url(
                port, do_not_open=True, baudrate=BAUD, timeout=READ_SLICE_S,
                write_timeout=WRITE_TIMEOUT_S, exclusive=True if os.name == "posix" else None,
            )
            try:
                open_port(self.device, self._policy)
                return
            except PORT_ERRORS as err:
                close_port(self.device, self._policy)
                if not _in_use(err) or time.monotonic() > end_s:
                    raise _cannot_open(port, err) from err
            time.sleep(0.1)

    def read(self, n: int, timeout_s: float) -> bytes:
        """Up to `n` bytes, as soon as there are any; b"" after `timeout_s`."""
        end_s = time.monotonic() + timeout_s
        try:
            while True:
                data = self.device.read(min(n, max(1, self.device.in_waiting)))
                if data:
                    more = min(n - len(data), self.device.in_waiting)
                    return data + self.device.read(more) if more > 0 else data
                if time.monotonic() >= end_s:
                    return b""
        except (*PORT_ERRORS, TypeError) as err:  # TypeError: closed by another thread
            raise gone(self.port, err) from err

    def write(self, data: bytes) -> None:
        """Write all of it, or raise within `WRITE_TIMEOUT_S`."""
        try:
            self.device.write(data)
        except serial.SerialTimeoutException as err:
            raise DeviceLost(
                f"{self.port} takes no more data ({WRITE_TIMEOUT_S:g} s)",
                "the unit does not read its port: press its reset button, then try again",
            ) from err
        except (*PORT_ERRORS, TypeError) as err:
            raise gone(self.port, err) from err

    def close(self) -> None:
        """Let go of the port, without resetting the unit."""
        close_port(self.device, self._policy)


class SocketStream:
    """A TCP connection used as a port: `socket://host:port`."""

    has_lines = False

    def __init__(self, port: str) -> None:
        self.port = port
        host, _, number = port.removeprefix("socket://").rpartition(":")
        if not host or not number.isdigit() or not 0 < int(number) < 65536:
            raise UsageError(f"{port!r} is no address", "write it as socket://host:port")
        try:
            self._socket = socket.create_connection((host, int(number)), timeout=5)
        except OSError as err:
            raise DeviceLost(f"nothing accepts a connection at {port} ({err})",
                             "start the unit, or check host and port") from err
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(WRITE_TIMEOUT_S)

    def read(self, n: int, timeout_s: float) -> bytes:
        """Up to `n` bytes, as soon as there are any; b"" after `timeout_s`."""
        end_s = time.monotonic() + timeout_s
        try:
            while not select.select([self._socket], [], [], READ_SLICE_S)[0]:
                if time.monotonic() >= end_s:
                    return b""
            data = self._socket.recv(n)
        except (OSError, ValueError) as err:  # ValueError: closed by another thread
            raise gone(self.port, err) from err
        if not data:
            raise gone(self.port, "the other side closed it")
        return data

    def write(self, data: bytes) -> None:
        """Write all of it, or raise within `WRITE_TIMEOUT_S`."""
        try:
            self._socket.sendall(data)
        except OSError as err:
            raise gone(self.port, err) from err

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def open_stream(port: str) -> SerialStream | SocketStream:
    """Open a device path, `COMn`, a pseudo-terminal or `socket://host:port`.

    `DeviceLost` when it is missing, in use or forbidden, saying which and what to do.
    """
    return SocketStream(port) if port.startswith("socket://") else SerialStream(port)


def real_path(port: str) -> str:
    """The one name of a port that may be called by several: links followed, COMn in capitals."""
    if "://" in port:
        return port
    return os.path.realpath(port) if os.name != "nt" else port.upper()


def is_pty(port: str) -> bool:
    """Whether the path is a pseudo-terminal, which has no DTR and RTS."""
    return os.path.realpath(port).startswith(("/dev/pts/", "/dev/ttys"))


def _vid(port: str) -> int | None:
    # Asked on Windows only, where it matters: listing ports can disturb some drivers.
    if os.name != "nt":
        return None
    return next((p.vid for p in list_ports.comports() if p.device.lower() == port.lower()), None)


def gone(port: str, why: object) -> PortGone:
    """The error for a port that broke while it was in use."""
    return PortGone(
        f"{port} is gone ({why})",
        "check the cable and the unit's supply; the unit turns its heat off without its host",
    )


def _in_use(err: Exception) -> bool:
    number = getattr(err, "errno", None)
    return number in (errno.EAGAIN, errno.EBUSY) or "PermissionError" in str(err)


def _cannot_open(port: str, err: Exception) -> DeviceLost:
    number = getattr(err, "errno", None)
    if number in (errno.EACCES, errno.EPERM) and os.name == "posix":
        return DeviceLost(f"{port} may not be opened by this user",
                          "join the group that owns it (often dialout or uucp), log in again")
    if _in_use(err):
        return DeviceLost(f"{port} is in use by another program",
                          "close the other program (a serial monitor, or another preheat)")
    if number == errno.ENOENT or "FileNotFoundError" in str(err):
        return DeviceLost(f"there is no port {port}",
                          "plug the unit in, or name its port with --port")
    return DeviceLost(f"{port} cannot be opened ({err})", "check the cable and the port's name")
