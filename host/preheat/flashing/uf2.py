"""The UF2 boot volume of RP2040 and RP2350: wait for it, copy an image onto it, see it vanish.

The boot ROM takes the blocks as they come and restarts the chip with the last one, often before
the operating system is through with the file: an error at the very end may therefore be success.
Whether it was, only the board can say.
"""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from preheat import paths, stopping
from preheat.errors import DeviceLost, Refused, UsageError, VerifyError
from preheat.flashing import places
from preheat.flashing.places import Volume
from preheat.locked import locked
from preheat.mcus import Mcu

APPEAR_S = 15.0
VANISH_S = 15.0
_CHUNK = 16 * 1024
_POLL_S = 0.1
# The Board-ID in INFO_UF2.TXT, which is the label of the volume too (Raspberry Pi's boot ROMs).
BOARD_IDS = {"rp2040": "RPI-RP2", "rp2350": "RP2350"}
# What a volume that restarted under the file's last bytes gives back.
_VANISHED = (errno.ENODEV, errno.EIO, errno.ENXIO, errno.ENOENT)
TURN_S = 120.0  # somebody else's whole turn, and one that waits for a slow volume
_turn = threading.Lock()
BOOTSEL = ("hold its BOOTSEL button while plugging it in, then run the command again without "
           "--port")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Held while a board is in its bootloader, among all programs of this user.

    Two volumes at once could not be told apart. `UsageError` when another has it for too long.
    """
    with locked(paths.run_dir() / "bootloader", TURN_S, _turn):
        yield


def stop_told() -> "contextlib.AbstractContextManager[None]":
    """Ctrl-C inside, with a board in its bootloader, says how it gets out of there."""
    return stopping.told(
        "stopped with the board in its bootloader: it is not harmed, and takes an image",
        "run the command again without --port; until then it may not start",
    )


def choose(mcu: Mcu, folder: "Path | None") -> Volume:
    """The boot volume in `folder`, or the only one that is mounted.

    UsageError when there is none or several, Refused when it is another chip's.
    """
    if folder is not None:
        volume = places.read_volume(folder)
        if volume is None:
            raise UsageError(f"{folder} is no boot volume: it has no {places.INFO}",
                             "name the folder at which it is mounted")
        return need_fit(volume, mcu)
    found = places.boot_volumes()
    if len(found) > 1:
        names = ", ".join(str(volume.path) for volume in found)
        raise UsageError(f"{len(found)} boot volumes are mounted ({names})",
                         "choose one with --volume DIR")
    if not found:
        raise _absent(mcu, UsageError("no board in its bootloader was found", (
            f"{BOOTSEL}; or name its port with --port while it runs MicroPython")))
    return need_fit(found[0], mcu)


def need_fit(volume: Volume, mcu: Mcu) -> Volume:
    """The volume itself; Refused when its chip is not `mcu`."""
    if volume.board_id != BOARD_IDS[mcu.name]:
        raise Refused(f"the boot volume at {volume.path} is {volume.board_id or 'of no name'}, "
                      f"an {mcu.title} calls itself {BOARD_IDS[mcu.name]}",
                      "choose the board file and the image of that chip")
    return volume


def wait_new(before: set[Path], mcu: Mcu) -> Volume:
    """The boot volume that was not there `before`. DeviceLost when none comes, or several do."""
    end_s = time.monotonic() + APPEAR_S
    while time.monotonic() < end_s:
        new = [volume for volume in places.boot_volumes() if volume.path not in before]
        if len(new) > 1:
            raise DeviceLost("two boot volumes appeared at once",
                             "unplug the other board, then name the right one with --volume DIR")
        if new:
            return need_fit(new[0], mcu)
        time.sleep(_POLL_S)
    raise _absent(mcu, DeviceLost("the board went to its bootloader, but no boot volume appeared",
                                  "mount it, then name it with --volume DIR"))


def copy(image: bytes, name: str, volume: Volume, tell: Callable[[int, int], None]) -> None:
    """Write `image` to the volume, forced through to the board.

    A volume that goes away at the very end is no error yet. DeviceLost when it went away before,
    Refused when it cannot be written.
    """
    target = volume.path / name
    done = 0
    try:
        # Unbuffered, so that an error comes with the piece that met it.
        with target.open("wb", buffering=0) as file:
            while done < len(image):
                done += file.write(image[done : done + _CHUNK])
                tell(done, len(image))
            os.fsync(file.fileno())
    except OSError as error:
        at_the_end = done > 0 and done + _CHUNK >= len(image)
        if at_the_end and (error.errno in _VANISHED or os.name == "nt"):
            return
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise Refused(f"{volume.path} may not be written: {error.strerror}",
                          "mount it so that this user may write to it") from error
        raise DeviceLost(
            f"copying to {volume.path} broke off after {done} of {len(image)} bytes "
            f"({error.strerror})",
            f"the board is not harmed: {BOOTSEL}",
        ) from error


def wait_gone(volume: Volume) -> None:
    """Return when the chip has restarted. VerifyError while it still waits for an image."""
    end_s = time.monotonic() + VANISH_S
    while places.read_volume(volume.path) is not None:
        if time.monotonic() > end_s:
            raise VerifyError(
                f"the board did not take the image: {volume.path} is still its boot volume",
                "copy once more with a shorter cable and no hub; the board is not harmed",
            )
        time.sleep(_POLL_S)


def _absent(mcu: Mcu, error: "UsageError | DeviceLost") -> "UsageError | DeviceLost":
    """The error, or the better one for a volume that Linux knows and nobody has mounted."""
    device = places.unmounted_device(BOARD_IDS[mcu.name])
    if device is None:
        return error
    return type(error)(f"a board is in its bootloader, but {device} is not mounted",
                       f"run `udisksctl mount -b {device}`, then this again without --port")
