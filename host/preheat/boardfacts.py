"""What a board file says that only the laptop needs: USB ids and the oldest MicroPython.

That is the table `[host]` of a board file. It is taken off before the rest is checked by
preheat_core and sent to the unit, so the unit's copy and its hash never hold it.
"""

from dataclasses import dataclass
from typing import Any

from preheat_core import check as fields
from preheat_core.check import Problem

HOST_FIELDS = (
    fields.text("micropython_min", 12),
    fields.text("usb", 80, ""),
    fields.text("usb_boot", 80, ""),
)


@dataclass(frozen=True)
class HostFacts:
    """micropython_min: at least this version, as (major, minor). usb, usb_boot: (vendor, product)
    ids of the board while it runs and while it is in its bootloader; empty when unknown."""

    micropython_min: tuple[int, int] = (0, 0)
    usb: tuple[tuple[int, int], ...] = ()
    usb_boot: tuple[tuple[int, int], ...] = ()


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


def facts(host: Any) -> HostFacts:
    """The facts of a checked `[host]` table; those of nothing known for None."""
    if host is None:
        return HostFacts()
    return HostFacts(
        version(host["micropython_min"]), usb_ids(host.get("usb", "")),
        usb_ids(host.get("usb_boot", "")),
    )


def version(text: str) -> tuple[int, int]:
    """(major, minor) of "1.26" or "1.26.1"; ValueError otherwise."""
    parts = [int(part) for part in text.split(".")]
    if not 2 <= len(parts) <= 3:
        raise ValueError(text)
    return parts[0], parts[1]


def usb_ids(text: str) -> tuple[tuple[int, int], ...]:
    """((vendor, product), …) of "2e8a:0005 2e8a:000c"; ValueError otherwise."""
    found = []
    for word in text.split():
        vendor, product = word.split(":")
        if len(vendor) != 4 or len(product) != 4:
            raise ValueError(word)
        found.append((int(vendor, 16), int(product, 16)))
    return tuple(found)
