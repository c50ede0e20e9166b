"""Gathers the laptop's side: ports, USB devices, programs, groups, and the toolkit's own files.

Looks only; opens no serial port and changes nothing.
"""

import contextlib
import getpass
import json
import os
import platform
import socket
import string
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from preheat import paths
from preheat.doctor import elsewhere, linux
from preheat.doctor.facts import LINUX, MACOS, WINDOWS, Laptop, Port, Usb
from preheat.errors import UsageError
from preheat.registry import Registry

_NOTE_S = 1.0


def gather(
    system: str = "",
    list_ports: "Callable[[], Iterable[Any]] | None" = None,
    root: Path = linux.ROOT,
    run: elsewhere.Run = elsewhere.run,
) -> Laptop:
    """Facts of this computer.

    For tests: another system's name, a list of pyserial's ListPortInfo, the folder that holds
    /sys, /proc and /etc, and what commands put out.
    """
    system = system or platform.system()
    ports = _ports(system, list_ports or _comports, root, run)
    home, home_problem = _home()
    return Laptop(
        system, ports, _usb(system, ports, root, run),
        linux.programs(root) if system == LINUX else frozenset(),
        linux.rules(root) if system == LINUX else {},
        _volumes(system, root), _user(), *_groups(), home, home_problem,
        "" if home_problem else _registry_problem(), () if home_problem else _stale(),
    )


def _comports() -> Iterable[Any]:
    from serial.tools import list_ports

    return list_ports.comports()


def _ports(
    system: str, list_ports: Callable[[], Iterable[Any]], root: Path, run: elsewhere.Run
) -> tuple[Port, ...]:
    found = []
    for row in sorted(list_ports(), key=lambda row: row.device):
        vid, pid = row.vid, row.pid
        if system == LINUX and vid is None and "ttyS" in row.device:
            continue  # sockets of the mainboard that nobody has soldered
        allowed, group = access(row.device) if system != WINDOWS else (None, "")
        title = row.product or row.description or ""
        found.append(Port(row.device, vid, pid, "" if title == "n/a" else title, allowed, group,
                          holders(system, row.device, root, run)))
    return tuple(found)


def holders(
    system: str, device: str, root: Path = linux.ROOT, run: elsewhere.Run = elsewhere.run
) -> tuple[str, ...]:
    """Programs that have this port open, as far as the system tells; this process is left out."""
    if system == LINUX:
        return linux.holders(device, root)
    return elsewhere.macos_holders(device, run) if system == MACOS else ()


def access(device: str) -> "tuple[bool | None, str]":
    """(this user may open it, the group that owns it); (None, "") where that is not known."""
    try:
        import grp

        number = os.stat(device).st_gid
    except (ImportError, OSError):
        return None, ""
    try:
        group = grp.getgrgid(number).gr_name
    except KeyError:
        group = str(number)
    return os.access(device, os.R_OK | os.W_OK), group


def _usb(
    system: str, ports: tuple[Port, ...], root: Path, run: elsewhere.Run
) -> "tuple[Usb, ...] | None":
    if system == LINUX:
        return linux.usb(root)
    if system == MACOS:
        return elsewhere.macos_usb(ports, run)
    return elsewhere.windows_usb(ports, run) if system == WINDOWS else None


def _volumes(system: str, root: Path) -> tuple[str, ...]:
    if system == LINUX:
        return linux.volumes(root)
    if system == MACOS:
        return elsewhere.boot_volumes(sorted((root / "Volumes").glob("*")))
    drives = (Path(f"{letter}:/") for letter in string.ascii_uppercase[3:])
    return elsewhere.boot_volumes(drives)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _groups() -> tuple[frozenset[str], frozenset[str]]:
    """(groups of this session, groups on file): they differ until the next login."""
    try:
        import grp
    except ImportError:
        return frozenset(), frozenset()
    user, now = _user(), set()
    for number in os.getgroups():
        with contextlib.suppress(KeyError):
            now.add(grp.getgrgid(number).gr_name)
    return frozenset(now), frozenset(row.gr_name for row in grp.getgrall() if user in row.gr_mem)


def _home() -> tuple[str, str]:
    """(the toolkit's folder, what is wrong with it)."""
    try:
        home = paths.home()
    except UsageError as error:
        return "", f"{error.message}: {error.fix}"
    if not os.access(home, os.W_OK):
        return str(home), f"{home} may not be written by this user"
    return str(home), ""


def _registry_problem() -> str:
    try:
        Registry()
    except (UsageError, OSError) as error:
        return str(error)
    return ""


def _stale() -> tuple[str, ...]:
    """Ports with a note of an owner at whose place nobody listens any more."""
    found = []
    for path in sorted((Path(paths.home()) / "run").glob("*.json")):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
            port, place = str(note["port"]), ("127.0.0.1", int(note["tcp"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        try:
            socket.create_connection(place, timeout=_NOTE_S).close()
        except TimeoutError:
            continue  # it may be suspended
        except (OSError, OverflowError):
            found.append(port)
    return tuple(found)
