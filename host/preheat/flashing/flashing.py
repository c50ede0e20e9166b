"""The order of work of a flash: judge the image, reach the board, back up, write, hear it answer.

Until the moment of writing everything can be refused without harm. What was written counts only
when the board has come back and answers with that version.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import boardimage, stopping
from preheat.boardfacts import HostFacts
from preheat.errors import DeviceLost, PreheatError, Refused, UsageError
from preheat.flashing import answer, approach, esp, images, places, ports, uf2
from preheat.flashing.approach import Approach
from preheat.flashing.guide import mcu_of
from preheat.flashing.images import Image
from preheat.flashing.places import Volume
from preheat.mcus import UF2, Mcu

Backup = Callable[[str], "Path | None"]
Progress = Callable[[str, int, int], None]
Written = tuple[Callable[[], "str | None"], "Path | None"]  # how to find it again; the backup

USB_BACK_S = 10.0
_TINYUSB = (0x303A, 0x4001)  # MicroPython's own USB on an ESP32-S3: esptool cannot reset it
_RP2_USB = ((0x2E8A, 0x0005),)  # MicroPython on RP2, where the board file does not say
_ERASE = ("import os,rp2\nf=rp2.Flash()\ntry:\n os.umount('/')\nexcept OSError:\n pass\n"
          "for b in range({0},min({1},f.ioctl(4,0))):\n f.ioctl(6,b)\nprint(f.ioctl(4,0))")
_ERASE_AGAIN = "run the command again; with its files gone the board does not run as a unit"
_ERASE_BLOCKS = 32  # of 4 KiB in one call: about 2 s of the board's silence


@dataclass(frozen=True)
class Job:
    """What is to be flashed. `board` and `facts` as from `tomlfiles`.

    port: as the user named it (a device path or a unit's name), or None. volume: the folder of
    an RP2 that already is in its bootloader (then `port` is where it is expected back). erase:
    everything on it goes. leave_hot, lose_data: what the operator said that he accepts.
    """

    board: dict[str, Any]
    facts: HostFacts
    image: Path
    port: str | None = None
    volume: Path | None = None
    erase: bool = False
    leave_hot: bool = False
    lose_data: bool = False


@dataclass(frozen=True)
class Report:
    """A flash that is proven. `version` is what the board answered; `backup` the file or folder
    that was made before erasing (None: none was needed, or none could be made)."""

    port: str
    board: str
    mcu: str
    image: str
    version: str
    machine: str
    live: bool
    erased: bool
    backup: Path | None
    duration_s: float


def flash(job: Job, backup: Backup, progress: "Progress | None" = None) -> Report:
    """Put `job.image` onto the board and see it answer.

    `backup(port)` is called before files may go (an erase; another board's build is on it) with
    the board at its prompt and the port free; it gives what it made, None when there is nothing to
    keep, or raises. `progress(step, done, total)`.

    Refused (code image, hot, state, busy, backup, check), UsageError and DeviceLost leave the
    board as it was, unless the error says that it was being written; VerifyError and DeviceLost
    after that say that it may not start before it was flashed again. OperatorStop (for Ctrl-C)
    says what it left.
    """
    begin_s = time.monotonic()
    tell = progress or (lambda step, done, total: None)
    mcu = mcu_of(job.board)
    image = images.load(job.image, mcu, job.facts.micropython_min, job.board)
    way = _flash_rp2 if mcu.loader == UF2 else _flash_esp
    find, saved = way(job, mcu, image, backup, tell)
    with stopping.told(f"{image.path.name} was written, but it was stopped before the board "
                       "answered with it", "`preheat doctor` says what is at the port"):
        tell("restart", 0, 0)
        back = answer.wait_for(find, job.board, job.facts, image)
    return Report(back.port, job.board["name"], mcu.name, image.path.name, back.label,
                  back.machine, back.live, job.erase, saved, time.monotonic() - begin_s)


def _flash_esp(job: Job, mcu: Mcu, image: Image, backup: Backup, tell: Progress) -> Written:
    if job.volume is not None:
        raise UsageError(f"an {mcu.title} has no boot volume", "name its port with --port")
    if job.port is None:
        raise UsageError("no port was named",
                         "name the board's with --port: flashing never guesses one")
    tell("connect", 0, 0)
    was = ports.identity(approach.path_of(job.port))
    # Without an erase esptool needs no prompt: it resets the chip by the port's own lines.
    insist = job.erase or was.usb == _TINYUSB
    found = approach.reach(job.port, job.board, job.leave_hot, insist)

    def begun() -> None:
        found.touched = True

    with found.untouched_on_error():
        saved = _saved(job, found, backup, tell)
        where = _esp_port(found, was)
        found.close()
        tell("detect", 0, 0)
        found.loader = where
        _need_chip(esp.detect(where), where, mcu, image)
        esp.write(where, mcu, image.path, job.erase, tell, begun)
    return lambda: ports.again(was), saved


def _esp_port(found: Approach, was: ports.Port) -> str:
    """Where the bootloader answers: the same port, unless the chip's own USB changes with it."""
    if was.usb != _TINYUSB or found.why is not None:
        return found.port
    (found.remote or found.reopen()).bootloader()
    found.remote = None
    end_s = time.monotonic() + USB_BACK_S
    while time.monotonic() < end_s:
        for port in ports.attached():
            if port.native and port.serial == was.serial and port.usb != was.usb:
                return port.path
        time.sleep(0.2)
    raise DeviceLost("the board went to its bootloader, but no port of it appeared",
                     "hold BOOT, press and release reset, and name the port that then is there")


def _need_chip(chip: esp.Chip, port: str, mcu: Mcu, image: Image) -> None:
    end = mcu.flash_offset + len(image.data)
    if chip.fits(mcu) and (not chip.flash_bytes or end <= chip.flash_bytes):
        return
    if not chip.fits(mcu):
        raise Refused(f"the chip at {port} is an {chip.name}, the board file is for {mcu.title}",
                      "choose the board file and the image of that chip; nothing was written")
    raise Refused(f"{image.path.name} ends at {end} bytes, the flash has {chip.flash_bytes}",
                  "take a board with more flash; nothing was written")


def _flash_rp2(job: Job, mcu: Mcu, image: Image, backup: Backup, tell: Progress) -> Written:
    if job.port is None or job.volume is not None:
        return _flash_volume(job, mcu, image, tell)
    tell("connect", 0, 0)
    found = approach.reach(job.port, job.board, job.leave_hot, insist=True)
    if found.remote is None:
        raise DeviceLost(f"neither a unit nor MicroPython answers at {found.port}",
                         uf2.BOOTSEL, found.why.seen if found.why else "")
    was = ports.identity(found.port)
    with contextlib.ExitStack() as turn:
        with found.untouched_on_error():
            saved = _saved(job, found, backup, tell)
            turn.enter_context(uf2.one_at_a_time())
            remote = found.remote or found.reopen()
            if job.erase:
                found.touched = True
                with stopping.told("stopped while the files were being erased", _ERASE_AGAIN):
                    _erase_rp2(remote, tell)
            tell("bootloader", 0, 0)
            there = {volume.path for volume in places.boot_volumes()}
            found.touched = True
        with uf2.stop_told():
            remote.bootloader()
            _copy(image, uf2.wait_new(there, mcu), tell)
    return lambda: ports.again(was), saved


def _flash_volume(job: Job, mcu: Mcu, image: Image, tell: Progress) -> Written:
    """A board that is in its bootloader already."""
    if job.erase:
        raise UsageError("a board in its bootloader cannot be backed up, so it is not erased",
                         "let it start MicroPython, then flash it with --erase and --port")
    was = ports.identity(approach.path_of(job.port)) if job.port else None
    before = {port.path for port in ports.attached()}
    with uf2.one_at_a_time(), uf2.stop_told():
        _copy(image, uf2.choose(mcu, job.volume), tell)
    if was is not None:
        return lambda: ports.again(was), None
    usb = job.facts.usb or _RP2_USB
    return lambda: _only(ports.appeared(before, usb)), None


def _copy(image: Image, volume: Volume, tell: Progress) -> None:
    uf2.copy(image.data, image.path.name, volume, lambda done, total: tell("write", done, total))
    uf2.wait_gone(volume)


def _erase_rp2(remote: Any, tell: Progress) -> None:
    """Erase the file system's part of the flash; the image replaces the rest."""
    block, total = 0, 1
    while block < total:
        total = int(remote.exec(_ERASE.format(block, block + _ERASE_BLOCKS)))
        block += _ERASE_BLOCKS
        tell("erase", min(block, total), total)


def _saved(job: Job, found: Approach, backup: Backup, tell: Progress) -> "Path | None":
    """What was backed up before files may go; Refused when nothing could be and they matter."""
    other = boardimage.other_build(job.board, found.machine)
    if not job.erase and not other:
        return None
    tell("backup", 0, 0)
    why = "it does not answer" if found.remote is None else ""
    if found.remote is not None:
        found.close()
        try:
            return backup(found.port)
        except PreheatError as err:
            why = err.message
    if job.lose_data:
        return None
    loss = "--erase would take it" if job.erase else (
        f"it runs a {other}'s MicroPython: a build for another board may begin the file system "
        "elsewhere and make a new one")
    raise Refused(
        f"what is on the board at {found.port} cannot be backed up ({why}), and {loss}: settings, "
        "calibration, profiles, logs would be lost",
        ("without --erase the files stay; " if job.erase else "") + "with --yes they are lost",
        "backup",
    )


def _only(paths: list[str]) -> "str | None":
    return paths[0] if len(paths) == 1 else None
