"""Facts of a Linux laptop, read from /sys, /proc and the udev rules under an injected root."""

import contextlib
import os
from pathlib import Path

from preheat.doctor.facts import Usb

ROOT = Path("/")
_RULES = ("etc/udev/rules.d", "run/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d")
_VOLUMES = ("media/*", "media/*/*", "run/media/*/*", "mnt/*")
INFO = "INFO_UF2.TXT"


def usb(root: Path = ROOT) -> "tuple[Usb, ...] | None":
    """Every USB device, with the serial port and the driver of its interfaces."""
    folder = root / "sys/bus/usb/devices"
    if not folder.is_dir():
        return None
    found = []
    for device in sorted(folder.iterdir()):
        vid, pid = _text(device / "idVendor"), _text(device / "idProduct")
        if not vid or not pid:
            continue  # an interface, which has no ids of its own
        interfaces = sorted(device.glob(f"{device.name}:*"))
        ports = [tty.name for face in interfaces for tty in (*face.glob("ttyUSB*"),
                                                             *face.glob("tty/ttyACM*"))]
        drivers = [os.path.basename(os.path.realpath(face / "driver")) for face in interfaces
                   if (face / "driver").exists()]
        with contextlib.suppress(ValueError):
            found.append(Usb(int(vid, 16), int(pid, 16), _text(device / "product"),
                             f"/dev/{ports[0]}" if ports else "", (drivers or [""])[0]))
    return tuple(found)


def programs(root: Path = ROOT) -> frozenset[str]:
    """Names of all running programs, as far as the kernel keeps them (15 characters)."""
    return frozenset(_text(path) for path in root.glob("proc/[0-9]*/comm"))


def holders(device: str, root: Path = ROOT) -> tuple[str, ...]:
    """Programs that have this port open: those of this user, and all of them for root."""
    real = os.path.realpath(device)
    found = []
    for process in sorted(root.glob("proc/[0-9]*")):
        if process.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):
            if any(_link(fd) == real for fd in (process / "fd").iterdir()):
                found.append(f"{_text(process / 'comm') or 'a program'} (pid {process.name})")
    return tuple(found)


def rules(root: Path = ROOT) -> dict[str, str]:
    """{file name: text} of the udev rules about modems and braille displays that are in force.

    A file in an earlier folder takes the place of one of the same name in a later folder; so
    does a link to /dev/null, which switches it off (its text is then "").
    """
    found: dict[str, str] = {}
    for folder in _RULES:
        for path in sorted((root / folder).glob("*.rules")):
            found.setdefault(path.name, _text(path))
    return {name: text for name, text in found.items() if "brltty" in name or "ID_MM_" in text}


def volumes(root: Path = ROOT) -> tuple[str, ...]:
    """Mounted boot volumes of RP2 boards."""
    places = (place for pattern in _VOLUMES for place in root.glob(pattern))
    return tuple(sorted(str(place) for place in places if _is_boot_volume(place)))


def _is_boot_volume(place: Path) -> bool:
    try:
        return (place / INFO).is_file()
    except OSError:  # another user's
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
