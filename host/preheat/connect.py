"""From what the user wrote after --port to a live unit: the port is resolved, then opened once.

Nothing is ever found by opening unknown ports. If another preheat process owns the port, the
link goes through it.
"""

import os
import re
from dataclasses import dataclass

from preheat import owner, sightings
from preheat.errors import DeviceLost, Refused, UsageError
from preheat.link import HELLO_TIMEOUT_S, Link
from preheat.owner import OwnedLink
from preheat.registry import Registry, Unit
from preheat.serialport import open_stream
from preheat.session import Session
from preheat_core import protocol

__all__ = ["Link", "OwnedLink", "Session", "Target", "connect", "open_direct", "remember",
           "resolve"]

_COM = re.compile(r"(\\\\\.\\)?com\d+\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """Where to connect: a port, and the known unit that is expected there (or None)."""

    port: str
    unit: Unit | None = None


def resolve(port: str | None, registry: Registry | None = None) -> Target:
    """The port meant by `port` (a device path, socket://host:port, or a unit's name).

    None means the only known unit, else PREHEAT_PORT. `UsageError` when that settles nothing.
    """
    registry = registry or Registry()
    units = registry.units()
    if not port and len(units) == 1:
        return Target(units[0].port, units[0])
    given = port or os.environ.get("PREHEAT_PORT")
    known = ", ".join(u.name for u in units)
    if not given:
        if units:
            raise UsageError(f"several units are known ({known})", "choose one with --port NAME")
        raise UsageError(
            "no unit is known yet",
            "name its port, e.g. --port /dev/ttyACM0 or --port COM5, and keep it with "
            "`preheat unit name NAME --port PORT`; `preheat virtual` starts one without hardware",
        )
    unit = registry.get(given)
    if unit:
        return Target(unit.port, unit)
    if "/" in given or "\\" in given or _COM.match(given):
        return Target(given)
    raise UsageError(
        f"{given!r} is neither a port nor a known unit" + (f" (known: {known})" if known else ""),
        "write a device path, COMn or socket://host:port, or see `preheat unit list`",
    )


def open_direct(
    port: str, registry: Registry | None = None, hello_timeout_s: float = HELLO_TIMEOUT_S
) -> Link:
    """Open the port itself and shake hands; the unit's boot id is compared and remembered.

    `DeviceLost` or `ServiceMode`, saying what was seen, when no unit answers; `Refused` when it
    speaks another protocol than this toolkit.
    """
    registry = registry or Registry()
    link = Link(open_stream(port), port, registry.last_boot, hello_timeout_s)
    remember(registry, link)
    proto = link.hello.get("proto")
    if proto != protocol.PROTO:
        link.close()
        raise Refused(f"the unit speaks protocol {proto}, this toolkit {protocol.PROTO}",
                      "run `preheat deploy` to bring the unit to this toolkit's version", "hash")
    return link


def remember(registry: Registry, link: Link) -> None:
    """Note which unit is at the link's port, which boot it is in, and what it holds."""
    uid, boot_id, board = (str(link.hello.get(k) or "") for k in ("uid", "boot_id", "board"))
    registry.saw(uid, boot_id, link.port, board)
    sightings.note(link.hello)


def connect(port: str | None = None) -> Link | OwnedLink:
    """A link to the unit that `port` names, through the port's owner when one lives.

    `UsageError` when the port is not settled, `DeviceLost` when the unit is not there, also
    when another unit than the named one answers at its port.
    """
    registry = Registry()
    target = resolve(port, registry)
    link = owner.find(target.port) or open_direct(target.port, registry)
    unit = target.unit
    uid = str(link.hello.get("uid") or "")
    if unit and unit.uid and uid != unit.uid:
        link.close()
        raise DeviceLost(
            f"another unit than {unit.name!r} is at {unit.port} (chip id {uid or 'unknown'}, "
            f"not {unit.uid})",
            "plug the right one in, or name its port with --port",
        )
    return link
