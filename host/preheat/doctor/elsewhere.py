"""Facts of macOS and Windows laptops, from the output of commands that every such system has.

`run` gives a command's output, "" when it failed; tests give it made-up output.
"""

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from preheat.doctor.facts import Port, Usb
from preheat.doctor.linux import INFO

Run = Callable[[list[str]], str]

_TIMEOUT_S = 10
_IOREG = re.compile(r'"(idVendor|idProduct|USB Product Name)" = (?:"([^"]*)"|(\d+))')
_PNP = re.compile(r"USB\\VID_([0-9A-Fa-f]{4})&PID_([0-9A-Fa-f]{4})\\")


def run(command: list[str]) -> str:
    """A command's output; "" when it is missing, fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def macos_usb(ports: Iterable[Port], run: Run = run) -> "tuple[Usb, ...] | None":
    """USB devices by `ioreg`, one block of properties each."""
    text = run(["ioreg", "-p", "IOUSB", "-l", "-w", "0"])
    if not text:
        return None
    found = []
    for block in text.split("+-o ")[1:]:
        values = {key: words or number for key, words, number in _IOREG.findall(block)}
        if "idVendor" in values and "idProduct" in values:
            found.append((int(values["idVendor"]), int(values["idProduct"]),
                          values.get("USB Product Name", "")))
    return _with_ports(found, ports)


def windows_usb(ports: Iterable[Port], run: Run = run) -> "tuple[Usb, ...] | None":
    """USB devices by `pnputil`; their ids read the same in every language."""
    text = run(["pnputil", "/enum-devices", "/connected"])
    if not text:
        return None
    ids = sorted({(int(vid, 16), int(pid, 16)) for vid, pid in _PNP.findall(text)})
    return _with_ports([(vid, pid, "") for vid, pid in ids], ports)


def _with_ports(found: "list[tuple[int, int, str]]", ports: Iterable[Port]) -> tuple[Usb, ...]:
    by_ids = {(port.vid, port.pid): port.device for port in ports}
    return tuple(Usb(vid, pid, title, by_ids.get((vid, pid), "")) for vid, pid, title in found)


def macos_holders(device: str, run: Run = run) -> tuple[str, ...]:
    """Programs that have this port open, by `lsof` (lines p<pid> and c<name>)."""
    found, pid = [], ""
    for line in run(["lsof", "-F", "pc", "--", device]).splitlines():
        if line.startswith("p"):
            pid = line[1:]
        elif line.startswith("c") and pid:
            found.append(f"{line[1:]} (pid {pid})")
    return tuple(found)


def boot_volumes(places: Iterable[Path]) -> tuple[str, ...]:
    """Those of these folders (of /Volumes, or drives) that are boot volumes of RP2 boards."""
    found = []
    for place in places:
        try:
            if (place / INFO).is_file():
                found.append(str(place))
        except OSError:  # a drive without a disk
            continue
    return tuple(found)
