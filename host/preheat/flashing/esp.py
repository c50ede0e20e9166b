"""esptool as a program of its own: which chip is at a port, and an image into its flash.

It is never called without a port (it would then reset every board that it finds) nor without a
time limit. Its exit code alone is not believed: what it said decides, and then the board.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from preheat.errors import DeviceLost, OperatorStop, PreheatError, Refused, VerifyError
from preheat.mcus import Mcu

Progress = Callable[[str, int, int], None]

# The fast rate first; a cable or adapter that loses bytes at it gets the other.
FAST_BAUD, SURE_BAUD = 460800, 115200
DETECT_S = 60.0
WRITE_S = 900.0
_CHIP = re.compile(r"^Connected to (\S+) on ", re.M)
_MAC = re.compile(r"^MAC:\s+([0-9a-f:]{17})", re.M)
_FLASH = re.compile(r"^Detected flash size:\s+(\d+)(KB|MB)", re.M)
_PERCENT = re.compile(r"^Writing at .* (\d+)\.\d%")
# What it says last before it changes the flash, and while it does.
_TOUCHES = re.compile(r"^(Configuring flash size|Flash will be erased|Erasing|Compressed|Writing)")
_VERIFIED = "Hash of data verified."
_BOOT_BUTTON = ("hold its BOOT button, press and release reset (EN), let go of BOOT, and run the "
                "command again; the cable must carry data")
_AGAIN = "run the command again; until it works the board may not start"


class LinkTrouble(DeviceLost):
    """The link broke or lost bytes while esptool was at work."""


@dataclass(frozen=True)
class Chip:
    """What is at a port: `name` as esptool writes it, MAC address, size of the flash in bytes
    (0: it could not tell)."""

    name: str
    mac: str
    flash_bytes: int

    def fits(self, mcu: Mcu) -> bool:
        """Whether this is that chip."""
        return self.name.lower().replace("-", "") == mcu.esp_chip


def detect(port: str) -> Chip:
    """Ask the chip at `port` what it is; it stays in its bootloader. `DeviceLost` when none is.

    By the ROM alone: nothing is loaded into the chip and nothing is written.
    """
    said = _esptool(port, ["--chip", "auto", "--no-stub", "--after", "no-reset", "flash-id"],
                    DETECT_S, lambda line: None)
    name, mac, flash = _CHIP.search(said), _MAC.search(said), _FLASH.search(said)
    if name is None:
        raise DeviceLost(f"the chip at {port} did not say what it is", _BOOT_BUTTON, said[-300:])
    unit = {"KB": 1 << 10, "MB": 1 << 20}
    size = int(flash[1]) * unit[flash[2]] if flash else 0
    return Chip(name[1], mac[1] if mac else "", size)


def write(port: str, mcu: Mcu, image: Path, erase: bool = False,
          progress: "Progress | None" = None, begun: Callable[[], None] = lambda: None) -> None:
    """Write `image` to its place in the flash of `mcu` at `port`, check it, restart the chip.

    `erase`: the whole flash first. `begun` is called before anything in the flash is changed.
    Refused when another chip is there, VerifyError when the flash does not hold the image,
    DeviceLost when the link breaks, OperatorStop for Ctrl-C while it changes.
    """
    tell = progress or (lambda step, done, total: None)
    is_touched = False

    def line(text: str) -> None:
        nonlocal is_touched
        if not is_touched and _TOUCHES.match(text):
            is_touched = True
            begun()
        percent = _PERCENT.match(text)
        if percent:
            tell("write", int(percent[1]), 100)

    tell("erase" if erase else "write", 0, 100)

    def once(baud: int) -> str:
        return _esptool(port, [
            "--chip", mcu.esp_chip, "--baud", str(baud), "--after", "hard-reset", "write-flash",
            *(["--erase-all"] if erase else []), hex(mcu.flash_offset), str(image),
        ], WRITE_S, line)

    try:
        said = _twice(once)
    except KeyboardInterrupt as err:
        if not is_touched:
            raise
        raise OperatorStop(f"stopped while the flash at {port} was being written",
                           _AGAIN) from err
    if _VERIFIED not in said:
        raise VerifyError(f"esptool did not confirm what it wrote at {port}", _AGAIN)


def _twice(once: Callable[[int], str]) -> str:
    try:
        return once(FAST_BAUD)
    except LinkTrouble as first:
        try:
            return once(SURE_BAUD)
        except DeviceLost as second:  # a port that is gone by now broke before
            raise (second if isinstance(second, LinkTrouble) else first) from second


def _esptool(port: str, words: list[str], limit_s: float, line: Callable[[str], None]) -> str:
    """Run it, handing each line it prints to `line`; all it printed, or the error for it."""
    command = [sys.executable, "-m", "esptool", "--port", port, "--before", "default-reset"]
    env = {k: v for k, v in os.environ.items() if k != "FORCE_COLOR"}
    env |= {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1",
            "COLUMNS": "200"}
    said = []
    with tempfile.TemporaryFile() as errors, subprocess.Popen(
        command + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=env,
        encoding="utf-8", errors="replace",
    ) as process:
        limit = threading.Timer(limit_s, process.kill)
        limit.start()
        try:
            assert process.stdout is not None
            for text in process.stdout:
                said.append(text)
                line(text)
            code = process.wait()
        finally:
            limit.cancel()
            process.kill()
        errors.seek(0)
        complaint = errors.read().decode("utf-8", "replace")
    if code != 0:
        raise _failure(port, complaint, "".join(said))
    return "".join(said)


# (words of esptool's, kind of error, what happened, what to do); the first row that fits is taken.
_SIGNS: tuple[tuple[str, type[PreheatError], str, str], ...] = (
    ("This chip is", Refused, "another chip is at {port}: {line}",
     "choose the board file and the image of that chip"),
    ("MD5 of file does not match", VerifyError,
     "the flash at {port} does not hold what was sent: its MD5 differs",
     _AGAIN + "; if it stays so, the flash is worn or the board damaged"),
    ("Write failed", VerifyError,
     "the flash at {port} does not hold what was sent: {line}",
     _AGAIN + "; if it stays so, the flash is worn or the board damaged"),
    ("will not fit", Refused, "the image does not fit: {line}", "this board has too little flash"),
    ("Secure Boot", Refused, "the chip at {port} is locked: {line}",
     "use a board whose fuses are untouched"),
    ("serial exception", LinkTrouble, "the link to {port} broke ({line})",
     _AGAIN + ", with a shorter cable and no hub"),
    ("could not open", DeviceLost, "{port} cannot be opened: {line}",
     "close the program that uses it, check the cable"),
    ("Failed to connect", DeviceLost, "the chip at {port} does not go into its bootloader: {line}",
     _BOOT_BUTTON),
    ("autodetect", DeviceLost, "the chip at {port} is none that esptool knows: {line}",
     "nothing was written; use a board with a chip that preheat has a board file for"),
    ("Failed to write", LinkTrouble, "the chip at {port} did not take the image whole: {line}",
     _AGAIN + ", with a shorter cable and no hub"),
)


def _failure(port: str, complaint: str, said: str) -> PreheatError:
    lines = [text.strip() for text in complaint.splitlines()]
    errors = [text.removeprefix("ERROR: ") for text in lines if text.startswith("ERROR: ")]
    line = (errors or [text for text in lines if text] or ["esptool ended without a reason"])[0]
    for prefix in ("A fatal error occurred: ", "A serial exception error occurred: "):
        line = line.removeprefix(prefix)
    for sign, kind, what, fix in _SIGNS:
        if sign.lower() in complaint.lower():
            return kind(what.format(port=port, line=line.rstrip(".")), fix)
    return LinkTrouble(f"esptool gave up at {port}: {line}", _AGAIN, said[-300:])
