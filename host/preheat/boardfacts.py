"""What a board file says that only the laptop needs: USB ids and the oldest MicroPython.

That is the table `[host]` of a board file. It is taken off before the rest is checked by
preheat_core and sent to the unit, so the unit's copy and its hash never hold it.
"""

import re
from dataclasses import dataclass
from typing import Any

from preheat.headers import HEADERS
from preheat_core import check as fields
from preheat_core.check import Problem

HOST_FIELDS = (
    fields.text("micropython_min", 12),
    fields.text("usb", 80, None),
    fields.text("usb_boot", 80, None),
    fields.choice("header", tuple(HEADERS), None),
)
_VERSION = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})(?:\.[0-9]{1,3})?", re.ASCII)
_USB_ID = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", re.ASCII)


@dataclass(frozen=True)
class HostFacts:
    """micropython_min: at least this version, as (major, minor). usb, usb_boot: (vendor, product)
    ids of the board while it runs and while it is in its bootloader; empty when unknown. header:
    where its GPIOs come out, a name in headers.py; "" when unknown."""

    micropython_min: tuple[int, int] = (0, 0)
    usb: tuple[tuple[int, int], ...] = ()
    usb_boot: tuple[tuple[int, int], ...] = ()
    header: str = ""


def split(data: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """(what preheat_core checks, the `[host]` table or None) of a loaded board file."""
    rest = {key: value for key, value in data.items() if key != "host"}
    return rest, data.get("host")


def check(host: Any) -> list[Problem]:
    """All problems of a `[host]` table; none of an absent one."""
    if host is None:
        return []
    found = fields.check_table(host, HOST_FIELDS, "host")
    if found or not isinstance(host, dict):
        return found
    for key, parse, want in (
        ("micropython_min", version, "a version such as 1.26"),
        ("usb", usb_ids, "ids such as 2e8a:0005, separated by spaces"),
        ("usb_boot", usb_ids, "ids such as 2e8a:0003, separated by spaces"),
    ):
        try:
            parse(host.get(key, ""))
        except ValueError:
            found.append(Problem("host." + key, host[key], want, "write it so"))
    return found


def normalise(host: Any) -> "dict[str, Any] | None":
    """A checked `[host]` table without what it leaves open; None for None."""
    return None if host is None else fields.fill(host, HOST_FIELDS)


def facts(host: Any) -> HostFacts:
    """The facts of a checked `[host]` table; those of nothing known for None."""
    if host is None:
        return HostFacts()
    return HostFacts(
        version(host["micropython_min"]), usb_ids(host.get("usb", "")),
        usb_ids(host.get("usb_boot", "")), host.get("header", ""),
    )


def version(text: str) -> tuple[int, int]:
    """(major, minor) of "1.26" or "1.26.1"; ValueError otherwise."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]), int(found[2])


def usb_ids(text: str) -> tuple[tuple[int, int], ...]:
    """((vendor, product), …) of "2e8a:0005 2e8a:000c"; ValueError otherwise."""
    found = []
    for word in text.split():
        match = _USB_ID.fullmatch(word)
        if match is None:
            raise ValueError(word)
        found.append((int(match[1], 16), int(match[2], 16)))
    return tuple(found)
