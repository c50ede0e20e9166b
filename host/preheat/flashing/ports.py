"""Which serial port is the same board again after it restarted; the list opens no port.

A USB-to-serial adapter keeps its port. A chip with native USB vanishes and comes back, perhaps
under another name, but with the same serial number.
"""

import os
from dataclasses import dataclass

from serial.tools import list_ports

from preheat.serialport import real_path

NATIVE_VIDS = (0x303A, 0x2E8A)  # Espressif, Raspberry Pi: the port restarts with its chip


@dataclass(frozen=True)
class Port:
    """A serial port: device path, (vendor, product) or None, serial number or ""."""

    path: str
    usb: tuple[int, int] | None = None
    serial: str = ""

    @property
    def native(self) -> bool:
        """Whether the port belongs to the chip itself and not to an adapter."""
        return self.usb is not None and self.usb[0] in NATIVE_VIDS


def attached() -> list[Port]:
    """Every serial port of this computer."""
    return [
        Port(p.device, (p.vid, p.pid) if p.vid is not None else None, plain(p.serial_number))
        for p in list_ports.comports()
    ]


def plain(serial: "str | None") -> str:
    """A serial number as one chip's two USB stacks agree on it: without colons, lower case."""
    return (serial or "").replace(":", "").replace("-", "").lower()


def identity(path: str) -> Port:
    """What is known of the port with that device path."""
    real = real_path(path)
    for port in attached():
        if real_path(port.path) == real:
            return Port(path, port.usb, port.serial)
    return Port(path)


def again(was: Port) -> "str | None":
    """The path at which that board is now; None while it is away."""
    if was.native and was.serial:
        same = [p.path for p in attached() if p.native and p.serial == was.serial]
        return was.path if was.path in same else next(iter(same), None)
    if os.name == "posix":
        return was.path if os.path.exists(was.path) else None
    return was.path if any(p.path.lower() == was.path.lower() for p in attached()) else None


def appeared(before: set[str], usb: tuple[tuple[int, int], ...]) -> list[str]:
    """Paths of the ports that were not there `before` and carry one of these USB ids."""
    return [p.path for p in attached() if p.path not in before and p.usb in usb]
