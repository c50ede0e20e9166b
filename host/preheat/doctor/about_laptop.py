"""Findings about the laptop alone: what grabs ports, missing drivers and rights, own files."""

import re

from preheat.doctor import adapters
from preheat.doctor.facts import LINUX, MACOS, Facts, Laptop, Unit, Usb
from preheat.doctor.finding import NOTE, PROBLEM, WARNING, Finding
from preheat.errors import Refused, ServiceMode

_BRAILLE = "brltty"
_RELOAD = "sudo udevadm control --reload && sudo udevadm trigger"


def findings(facts: Facts) -> list[Finding]:
    """Everything that can be said without a unit."""
    here = facts.laptop
    return [
        *_own_files(here), *_bootloaders(here), *_drivers(here), *_braille(here),
        *_modems(here), *_rights(facts), *_nothing_plugged(facts),
    ]


def _own_files(here: Laptop) -> list[Finding]:
    found = []
    if here.home_problem:
        found.append(Finding(
            PROBLEM, "home", here.home_problem, "units, logs and backups cannot be kept there",
            "name a folder of yours in PREHEAT_HOME, or give this one to your user",
        ))
    if here.registry_problem:
        found.append(Finding(
            PROBLEM, "registry", here.registry_problem,
            "the names of units are not known, and every verb that needs a unit stops here",
            "repair the file, or delete it and name the units again: `preheat unit name`",
        ))
    found += [Finding(
        NOTE, "stale_note", f"a note says that a window owns {port}, and nobody is there",
        "a preheat that owned the port died; the note is taken away at the next use of the port",
        "nothing; if a run was on: `preheat status`",
    ) for port in here.stale]  # fmt: skip
    return found


def _bootloaders(here: Laptop) -> list[Finding]:
    found = []
    for device in here.usb or ():
        known = adapters.find(device.vid, device.pid)
        if known and known.boot:
            found.append(_in_bootloader(
                f"a {known.title} in its USB bootloader "
                f"({adapters.ids(device.vid, device.pid)}) is plugged in"
            ))
    if not found:
        found = [_in_bootloader(f"the boot volume of an RP2 board is mounted at {place}")
                 for place in here.volumes]
    return found


def _in_bootloader(seen: str) -> Finding:
    return Finding(
        PROBLEM, "bootloader", seen,
        "it waits for a MicroPython image and is no serial port; its flash is as it was",
        "press reset or unplug it (without BOOTSEL) to start what is on it; to flash it: "
        "`preheat flash`",
    )


def _drivers(here: Laptop) -> list[Finding]:
    """A known adapter that became no port, unless a braille display's driver has taken it."""
    found = []
    for device in here.usb or ():
        known = adapters.find(device.vid, device.pid)
        if not known or known.boot or device.port or _taken(here, device):
            continue
        seen = (f"a {known.title} ({adapters.ids(device.vid, device.pid)}) is plugged in, and no "
                "serial port belongs to it")
        if here.system == LINUX:
            fix = (f"sudo modprobe {known.module}; if there is no such module, install your "
                   "kernel's extra modules (linux-modules-extra-…), then plug it in again")
        elif known.vendor:
            fix = f"install the driver by {known.vendor} from its maker's site, plug it in again"
        else:
            fix = "plug it in again, without a hub; this system brings the driver"
        found.append(Finding(PROBLEM, "driver", seen, "the driver is missing or not loaded", fix))
    return found


def _taken(here: Laptop, device: Usb) -> bool:
    return _BRAILLE in here.programs or _BRAILLE in device.driver


def _braille(here: Laptop) -> list[Finding]:
    files = [name for name, text in here.rules.items() if _BRAILLE in name and text]
    running = _BRAILLE in here.programs
    for device in here.usb or ():
        known = adapters.find(device.vid, device.pid)
        if not known or not known.vendor:
            continue  # it grabs USB serial adapters only
        named = [name for name in files if _names(here.rules[name], device)]
        if not running and not named:
            continue
        lost = not device.port
        who = "brltty is running" if running else f"brltty's rule {named[0]} names it"
        links = [f"sudo ln -s /dev/null /etc/udev/rules.d/{name}" for name in named or files]
        return [Finding(
            PROBLEM if lost else WARNING, "brltty",
            f"a {known.title} ({adapters.ids(device.vid, device.pid)}) is plugged in"
            f"{' without a serial port' if lost else ''}, and {who}",
            "brltty, for braille displays, takes such adapters for a display: their port vanishes",
            "without a braille display here: sudo apt remove brltty, or "
            + " && ".join([*links, _RELOAD]) + ", then plug it in again",
        )]  # fmt: skip
    return []


def _names(text: str, device: Usb) -> bool:
    """Whether a rule names this USB device, in one of the spellings that are in use."""
    vid, pid = f"{device.vid:04x}", f"{device.pid:04x}"
    pattern = rf"{vid}[:/]{pid}|{device.vid:x}/{device.pid:x}/|{vid}\W.*idProduct.*{pid}"
    return re.search(pattern, text, re.IGNORECASE) is not None


def _modems(here: Laptop) -> list[Finding]:
    if "ModemManager" not in here.programs:
        return []
    ours = {port.vid for port in here.ports if adapters.find(port.vid, port.pid)}
    open_to_it = sorted(vid for vid in ours if vid and not _left_alone(here, vid))
    if not open_to_it:
        return []
    rule = [f'ATTRS{{idVendor}}=="{vid:04x}", ENV{{ID_MM_DEVICE_IGNORE}}="1"'
            for vid in open_to_it]
    return [Finding(
        WARNING, "modemmanager",
        "ModemManager is running, and no udev rule keeps it from "
        + ", ".join(f"USB vendor {vid:04x}" for vid in open_to_it),
        "it may try each new port for a modem: the port is busy, or gets bytes, for seconds after "
        "plugging in",
        "put into /etc/udev/rules.d/99-preheat.rules: " + " and ".join(rule)
        + f"; then {_RELOAD}; or, without a modem here: sudo systemctl disable --now ModemManager",
    )]  # fmt: skip


def _left_alone(here: Laptop, vid: int) -> bool:
    pattern = re.compile(
        rf'idVendor\}}\s*==\s*"{vid:04x}".*ID_MM_(DEVICE|PORT)_IGNORE\}}\s*=\s*"1"', re.IGNORECASE
    )
    return any(
        pattern.search(line) for text in here.rules.values() for line in text.splitlines()
        if not line.lstrip().startswith("#")
    )


def _rights(facts: Facts) -> list[Finding]:
    here = facts.laptop
    target = facts.unit.port if facts.unit else ""
    found = []
    for port in here.ports:
        ours = port.device == target
        if port.allowed is not False or not (ours or adapters.find(port.vid, port.pid)):
            continue
        if port.group in here.groups_on_file and port.group not in here.groups:
            fix = f"log out and in again: {here.user} is in {port.group}, but not this session"
        else:
            fix = (f"sudo usermod -aG {port.group or 'dialout'} {here.user or '$USER'}, "
                   "then log out and in")
        found.append(Finding(
            PROBLEM if ours else WARNING, "permission",
            f"{port.device} belongs to the group {port.group or 'of another user'}, and this "
            "session may not open it", "the group owns the serial ports here", fix,
        ))  # fmt: skip
    return found


def _is_there(unit: Unit) -> bool:
    """Whether something was heard at the unit's port, or it is none of this computer's."""
    heard = unit.first is not None or getattr(unit.error, "seen", "")
    return bool(heard or isinstance(unit.error, (Refused, ServiceMode)) or "://" in unit.port)


def _nothing_plugged(facts: Facts) -> list[Finding]:
    here = facts.laptop
    if here.ports or facts.unit and _is_there(facts.unit):
        return []
    devices = here.usb or ()
    if any(adapters.find(device.vid, device.pid) for device in devices) or here.volumes:
        return []  # told already, and better
    count = "USB devices cannot be listed here" if here.usb is None else (
        f"none of the {len(devices)} USB devices here is a known board or adapter"
    )
    where = {LINUX: "`lsusb`", MACOS: "the system report, USB"}.get(here.system, "Device Manager")
    return [Finding(
        WARNING, "no_port", f"there is no serial port, and {count}",
        "nothing is plugged in, the cable only charges, or the board has no power: a cable with "
        "data makes a new USB device appear, whatever the driver",
        f"look at {where} before and after plugging in; if nothing new appears, take another "
        "cable and another socket; if something does, its driver is missing",
    )]  # fmt: skip
