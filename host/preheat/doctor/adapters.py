"""USB ids that say what is at the other end of the cable, and the driver that it needs.

Sources: MicroPython's and Raspberry Pi's USB ids, the vendors' own, Linux's module names.
"""

from typing import NamedTuple


class Adapter(NamedTuple):
    """title: what it is. module: Linux's driver. vendor: whose driver Windows and macOS may need,
    "" where the system brings it. boot: it is a bootloader, which is no serial port."""

    title: str
    module: str = "cdc_acm"
    vendor: str = ""
    boot: bool = False


ADAPTERS = {
    (0x2E8A, 0x0005): Adapter("Raspberry Pi board with MicroPython"),
    (0x2E8A, 0x0003): Adapter("RP2040", boot=True),
    (0x2E8A, 0x000F): Adapter("RP2350", boot=True),
    (0x303A, 0x1001): Adapter("Espressif chip's own USB port"),
    (0x303A, 0x4001): Adapter("Espressif board with MicroPython"),
    (0x10C4, 0xEA60): Adapter("CP210x adapter", "cp210x", "Silicon Labs (CP210x VCP)"),
    (0x1A86, 0x7523): Adapter("CH340 adapter", "ch341", "WCH (CH341SER)"),
}


def find(vid: "int | None", pid: "int | None") -> "Adapter | None":
    """The adapter with these ids, or None."""
    return None if vid is None or pid is None else ADAPTERS.get((vid, pid))


def ids(vid: int, pid: int) -> str:
    """As people write them."""
    return f"{vid:04x}:{pid:04x}"
