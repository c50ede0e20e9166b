"""A board file as the device holds it: /data/board.json and the pins that boot.py switches off.

boot.py imports nothing but /board_pins.py, literal pins and levels, so both are made here from
the one board dict and can never disagree.
"""

import re
from typing import Any

from preheat import boardcheck
from preheat.errors import Refused, VerifyError
from preheat.pintables import PICO_INSIDE
from preheat.transfer import sha16
from preheat_core import board as core_board
from preheat_core import check, protocol

BOARD_JSON = "/data/board.json"
BOARD_PINS = "/board_pins.py"
INTENT = "/data/intent.json"
_OUTPUTS = ("contactor", "buzzer", "lamp", "fan")  # active high, so off is 0; each zone's ssr too
# MicroPython's board names and what such a build calls itself before " with RP2040". [its sources]
_TITLES = {
    "RPI_PICO": "Raspberry Pi Pico",
    "RPI_PICO_W": "Raspberry Pi Pico W",
    "RPI_PICO2": "Raspberry Pi Pico2",
    "RPI_PICO2_W": "Raspberry Pi Pico 2 W",
    "ESP32_GENERIC": "Generic ESP32 module",
    "ESP32_GENERIC_S3": "Generic ESP32S3 module",
    "ESP32_GENERIC_C3": "ESP32C3 module",
}
_RADIO = ("Raspberry Pi Pico W", "Raspberry Pi Pico 2 W")  # GPIO 23, 24, 25, 29 belong to it
_CHIP = re.compile(r"rp2040|rp2350|esp32(?:s2|s3|c2|c3|c5|c6|h2|p4)?")


class BoardImage:
    """A checked board: `payload` is its canonical JSON, `sha` what hello calls board_hash.

    `Refused` (check) with every problem when the dict is not a board.
    """

    def __init__(self, board: dict[str, Any]) -> None:
        problems = boardcheck.check(board)
        if problems:
            raise Refused(
                f"the board file has {len(problems)} problem(s)", "repair the lines named",
                "check", [str(p) for p in problems],
            )
        self.board: dict[str, Any] = core_board.normalise(board)
        self.payload: bytes = check.canonical(self.board)
        self.sha = sha16(self.payload)

    def off_pins(self) -> tuple[tuple[int, int], ...]:
        """(pin, level) that leaves every output off, the heater first."""
        pins = [zone["ssr"] for zone in self.board["zones"]]
        pins += [self.board["pins"].get(name) for name in _OUTPUTS]
        return tuple((pin, 0) for pin in pins if pin is not None)

    def files(self) -> dict[str, bytes]:
        """{device path: bytes}, the pins first."""
        text = (
            f'"""Outputs of {self.board["name"]} and the level that is off; made by deploy."""\n'
            f"\nOFF = {self.off_pins()!r}\n"
        )
        return {BOARD_PINS: text.encode(), BOARD_JSON: protocol.seal(self.payload)}


def from_unit(remote: Any, there: dict[str, int | None]) -> "BoardImage | None":
    """The board that is on the unit (an open `Remote` with its tree), or None.

    `VerifyError` when there is one that does not read: guessing at pins is not an option.
    """
    if BOARD_JSON not in there:
        return None
    payload = protocol.unseal(remote.get(BOARD_JSON))
    try:
        if payload is None:
            raise ValueError("its CRC does not hold")
        return BoardImage(protocol.load_json(payload))
    except (ValueError, Refused) as err:
        raise VerifyError(f"the board file on the unit cannot be used: {err}",
                          "deploy with --board to replace it") from err


def misfit(board: dict[str, Any], platform: str, machine: str) -> str:
    """Why this board file is not for this chip ("" when it is), by sys.platform and _machine."""
    mcu = board["mcu"]
    chips = _CHIP.findall(machine.lower().replace("-", ""))
    if platform in ("linux", "darwin"):
        fits = mcu == "virtual"
    elif chips:
        fits = mcu == chips[-1]
    else:  # a build that does not name its chip: the port's name has to do
        fits = mcu.startswith(platform)
    if not fits:
        what = "a virtual unit" if platform in ("linux", "darwin") else repr(machine or platform)
        return f"board file {board['name']!r} is for {mcu}, what answers is {what}"
    inside = [pin for _, pin in core_board.pins(board) if pin in PICO_INSIDE.pins]
    if inside and _title(machine) in _RADIO:
        return (f"board file {board['name']!r} uses GPIO {inside[0]}, which is the radio's on a "
                f"{_title(machine)}")
    return ""


def remark(board: dict[str, Any], machine: str) -> str:
    """A sentence where a board file that fits the chip was written for another board, or ""."""
    expected, title = _TITLES.get(board["micropython"]), _title(machine)
    if expected in (None, title) or title not in _TITLES.values():
        return ""
    more = "; GPIO 23, 24, 25 and 29 are its radio's" if title in _RADIO else ""
    return (f"The unit's MicroPython is for a {title}, board file {board['name']!r} for a "
            f"{expected}: compare the pins{more}.")


def other_build(board: dict[str, Any], machine: str) -> str:
    """What a MicroPython build calls its board where that is not this board's, else "".

    `machine` as in its _machine or greeting. A build or a board's `micropython` that is not known
    is no other. Builds for one chip differ in where they begin the file system.
    """
    expected, title = _TITLES.get(board["micropython"]), _title(machine)
    return title if expected and title and title != expected else ""


def _title(machine: str) -> str:
    """What a build calls its board: "Generic ESP32 module with SPIRAM with ESP32" and its kin."""
    return machine.partition(" with ")[0]
