"""A MicroPython image as a file: what it is, whether it is for this chip, which version it holds.

Everything is judged before a byte is written. What is wrong is told with what was found instead.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import boardimage
from preheat.errors import Refused, UsageError
from preheat.flashing import espimage, uf2image
from preheat.flashing.guide import SITE
from preheat.mcus import UF2, Mcu

MAX_BYTES = 32 * 1024 * 1024  # a UF2 file is twice its payload; the flashes here end at 16 MiB
_VERSION = r"v(\d+)\.(\d+)(?:\.(\d+))?([-.\w]*)"
_BANNER = re.compile(rb"MicroPython " + _VERSION.encode() + rb" on \d{4}-\d\d-\d\d")
# Of the greeting's other half: what the build calls its board, and the chip.
_MACHINE = re.compile(rb"; ([ -~]{2,80} with (?:RP2|ESP32)[-\w]*)\0")
_NAME = re.compile(_VERSION)
_MICROPYTHON = b"MicroPython"
# (first bytes, what a file that begins so is); upper and lower case are the same.
_LOOKS = (
    (b"uf2\n", "a UF2 file"),
    (b"\xe9", "an image for an Espressif chip"),
    (b"<!doctype", "a web page that was saved under this name"),
    (b"<html", "a web page that was saved under this name"),
    (b"<?xml", "a web page that was saved under this name"),
    (b"\x7felf", "an ELF file, which a linker wrote"),
    (b"pk\x03\x04", "a zip archive: unpack it"),
    (b"\x1f\x8b", "a gzip archive: unpack it"),
    (b":", "an Intel HEX file"),
)


@dataclass(frozen=True)
class Image:
    """A file that may go onto the chip: version (major, minor, micro), `label` as people say it.

    `data` are the file's bytes; `machine` what it calls its board and chip, "" when that is not
    in it.
    """

    path: Path
    data: bytes
    version: tuple[int, int, int]
    label: str
    machine: str = ""


def load(path: "str | Path", mcu: Mcu, oldest: tuple[int, int] = (0, 0),
         board: "dict[str, Any] | None" = None) -> Image:
    """The image in a file: for `mcu`, of MicroPython `oldest` or newer, and for that `board`.

    Whole and undamaged as far as the file itself has lengths, checksums and hashes: an ESP image
    of its bootloader, partition table and application; a UF2 file only has numbered blocks.

    UsageError when the file cannot be read; Refused (code "image") with everything found.
    """
    path = Path(path)
    data = read(path)
    kind = "a UF2" if mcu.loader == UF2 else "an ESP"
    if not data.startswith(b"UF2\n" if mcu.loader == UF2 else b"\xe9"):
        found, payload = [f"it is {looks_like(data)}, not {kind} image"], b""
    elif mcu.loader == UF2:
        found, payload = uf2image.judge(data, mcu)
    else:
        found, payload = espimage.judge(data, mcu), data
    if found:
        raise Refused(f"{path.name} is not an image for {mcu.title}: {found[0]}",
                      "`preheat flash --board NAME` without --image says which file to get",
                      "image", found)
    version = version_in(payload)
    if version is None and _MICROPYTHON in payload:  # a maker's own build greets in its own way
        version = version_of_name(path.name)
    if version is None:
        raise Refused(f"{path.name} is for {mcu.title}, but holds no MicroPython",
                      "get the file that `preheat flash --board NAME` names", "image")
    numbers, label = version
    if numbers[:2] < oldest:
        raise Refused(f"{path.name} is MicroPython {label}, this board needs "
                      f"{'.'.join(map(str, oldest))} or newer", "get a newer one", "image")
    said = _MACHINE.search(payload)
    machine = said[1].decode() if said else ""
    other = boardimage.other_build(board, machine) if board else ""
    if board and other:
        name = board["micropython"]
        raise Refused(
            f"{path.name} is MicroPython for a {other}, board {board['name']!r} needs that of "
            f"{name}: a build for another board may begin its file system elsewhere",
            f"get {name} from {SITE}/{name}/, or choose the board file of that board", "image")
    return Image(path.resolve(), data, numbers, label, machine)


def version_in(payload: bytes) -> "tuple[tuple[int, int, int], str] | None":
    """((major, minor, micro), "1.29.0") from the greeting of MicroPython inside; None if none."""
    found = _BANNER.search(payload)
    return _parts([part.decode() if part else "" for part in found.groups()]) if found else None


def version_of_name(name: str) -> "tuple[tuple[int, int, int], str] | None":
    """The same from a file's name, e.g. RPI_PICO-20260824-v1.29.0.uf2."""
    found = _NAME.search(name.rpartition(".")[0])
    return _parts([part or "" for part in found.groups()]) if found else None


def _parts(groups: list[str]) -> tuple[tuple[int, int, int], str]:
    major, minor, micro, rest = groups
    numbers = (int(major), int(minor), int(micro or 0))
    return numbers, ".".join(map(str, numbers)) + rest


def looks_like(data: bytes) -> str:
    """What a file is that begins so, in words that follow "it is"."""
    if not data:
        return "empty"
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for sign, words in _LOOKS:
        if start.startswith(sign):
            return words
    if not data.strip(b"\xff"):
        return "nothing but FF, which is erased flash"
    if data.startswith(b"\xff" * 16):
        return "an image that begins with erased flash, so it was made for another offset"
    return f"something unknown that begins with {data[:4].hex(' ')}"


def read(path: "str | Path") -> bytes:
    """An image file's bytes, not judged. UsageError, or Refused (code "image") when too large."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist", "check the name and the folder") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}",
                         "give a readable file") from error
    if len(data) > MAX_BYTES:
        raise Refused(f"{path.name} is larger than any flash here", "this is no image", "image")
    return data
