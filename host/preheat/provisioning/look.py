"""Who is at a port before anything is changed there. Opens only ports that somebody named."""

from dataclasses import dataclass

from preheat import connect, owner, service
from preheat.errors import DeviceLost, Refused
from preheat.flashing import ports
from preheat.link import Link
from preheat.provisioning.plan import Plan
from preheat.registry import Registry
from preheat.serialport import open_stream

_WHO = ("import binascii,machine\n"
        "print(binascii.hexlify(getattr(machine,'unique_id',bytes)()).decode())")


@dataclass(frozen=True)
class Seen:
    """What answers: uid is hex of the chip's unique id, "" when it does not tell.

    micropython: its version. live: it runs its app.
    """

    uid: str
    micropython: tuple[int, ...]
    live: bool


def port_of(plan: Plan) -> "str | None":
    """The device path of a plan now; None for a board that waits in its bootloader.

    DeviceLost when no port has that USB serial number.
    """
    if plan.port is not None:
        return connect.resolve(plan.port).port
    if not plan.serial:
        return None
    wanted = ports.plain(plan.serial)
    found = [port.path for port in ports.attached() if port.serial == wanted]
    if len(found) != 1:
        count = "no port has" if not found else f"{len(found)} ports have"
        raise DeviceLost(f"{count} the USB serial number {plan.serial}",
                         "plug the board in, or name its port")
    return found[0]


def look(port: str) -> Seen:
    """Ask the board at `port` who it is. A live unit is only greeted, any other gets Ctrl-C.

    DeviceLost when neither a unit nor MicroPython answers; Refused (busy) while another window
    has the port.
    """
    owned = owner.find(port)
    if owned is not None:
        with owned:
            raise owner.busy(owned.what)
    try:
        with Link(open_stream(port), port, Registry().last_boot, service.HELLO_S) as link:
            return Seen(str(link.hello.get("uid") or ""),
                        _numbers(str(link.hello.get("micropython") or "")), True)
    except DeviceLost as why:
        with service.reach_prompt(port, why) as remote:
            return Seen(remote.exec(_WHO).strip(), tuple(remote.info()["version"]), False)


def need_same(plan: Plan, uid: str) -> None:
    """Refused when another unit than the plan's is at its port, before anything is changed."""
    registry = Registry()
    known = registry.get(plan.name) or (registry.get(plan.port) if plan.port else None)
    if known and known.uid and uid and known.uid != uid:
        raise Refused(
            f"another board than {known.name!r} is there (chip id {uid}, not {known.uid})",
            f"correct name or port, or first `preheat unit forget {known.name}`", "state",
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
