"""Whether the pins of a board file can do what they are wired to do on its chip.

A relay on a pin that is high at reset heats before any program runs, so such pins are refused
before a board file gets anywhere near a unit. The tables are in pintables.py. `virtual` has no
rules: its pins are numbers.
"""

from collections.abc import Iterable
from typing import Any

from preheat.mcus import MCUS
from preheat.pintables import CHIPS, PICO_INSIDE, RP2, Row
from preheat_core import board as core_board
from preheat_core.check import Problem, rows_of, shown

_RP2_REMAINDER = {"miso": 0, "sck": 2, "mosi": 3}  # gpio % 4; the bus is bit 3 of the number
_INVERTED = ("active_low", "low_active", "invert")


def check(board: Any) -> list[Problem]:
    """What is wrong with the pins of any board dict on its chip; never an exception."""
    mcu = board.get("mcu") if isinstance(board, dict) else None
    if not isinstance(mcu, str) or mcu not in CHIPS:
        return []
    name = board.get("micropython")
    name = name if isinstance(name, str) else ""
    pins = core_board.pins(board)
    taken = {pin for _, pin in pins}
    found = _bus(mcu, board.get("pins"))
    told = {problem.path for problem in found}
    for path, pin in pins:
        signal = path.rpartition(".")[2]
        why = "" if path in told else reason(mcu, signal, pin, name)
        if why:
            free = [p for p in allowed(mcu, signal, name) if p not in taken]
            if mcu in RP2 and signal in _RP2_REMAINDER:  # pin and bus are right as such
                free = [p for p in free if p in bus_pins(signal, pin >> 3 & 1)]
            fix = f"free for it: {_listed(free)}" if free else "no pin is free for it"
            want = f"another GPIO: {pin} of an {MCUS[mcu].title} {why}"
            found.append(Problem(path, pin, want, fix))
    return found


def reason(mcu: str, signal: str, pin: int, micropython: str = "") -> str:
    """Why this pin of this chip may not carry this signal; "" when it may.

    `signal` is a key of a board file: ssr, contactor, sck, mosi, miso, cs, buzzer, lamp, fan,
    interlock, start_button, load_sense. `micropython`: MicroPython's name for the board.
    """
    if mcu not in CHIPS:
        return ""
    if pin not in CHIPS[mcu].pins:
        return "does not exist"
    for row in _rows(mcu, micropython):
        if pin in row.pins and signal in row.signals:
            return row.why
    return ""


def allowed(mcu: str, signal: str, micropython: str = "") -> tuple[int, ...]:
    """The pins of this chip that may carry this signal."""
    return tuple(p for p in CHIPS[mcu].pins if not reason(mcu, signal, p, micropython))


def _rows(mcu: str, micropython: str) -> tuple[Row, ...]:
    if mcu in RP2 and micropython.startswith("RPI_PICO"):
        return (*CHIPS[mcu].rows, PICO_INSIDE)
    return CHIPS[mcu].rows


def _bus(mcu: str, pins: Any) -> list[Problem]:
    """The SPI bus: its number, and on an RP2 which pins go with it."""
    spi_id = pins.get("spi_id") if isinstance(pins, dict) else None
    if not isinstance(spi_id, int) or isinstance(spi_id, bool):
        return []
    title, ids = MCUS[mcu].title, CHIPS[mcu].spi_ids
    if spi_id not in ids:
        fix = "name a bus that the chip has"
        return [Problem("pins.spi_id", spi_id, f"{_listed(ids)} on an {title}", fix)]
    found = []
    for signal in _RP2_REMAINDER if mcu in RP2 else ():
        pin = pins.get(signal)
        good = bus_pins(signal, spi_id)
        want = f"one of {_listed(good)} for SPI {spi_id} of an {title}"
        if pin is None and signal == "mosi":
            fix = "nothing is wired to it, but the bus takes a pin for it: name a free one"
            found.append(Problem("pins.mosi", None, want, fix))
        elif isinstance(pin, int) and not isinstance(pin, bool) and pin not in good:
            found.append(Problem("pins." + signal, pin, want, "rewire it, or use the other bus"))
    return found


def bus_pins(signal: str, spi_id: int) -> tuple[int, ...]:
    """The GPIOs of an RP2 that can be `sck`, `mosi` or `miso` of an SPI bus."""
    return tuple(
        p for p in CHIPS["rp2040"].pins
        if p % 4 == _RP2_REMAINDER[signal] and p >> 3 & 1 == spi_id
    )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def inverted(board: Any) -> list[Problem]:
    """A problem for every key by which somebody tries to make an output active low."""
    if not isinstance(board, dict):
        return []
    tables = [("", board), ("pins.", board.get("pins"))]
    tables += [(f"zones[{i}].", row) for i, row in rows_of(board, "zones")]
    return [
        Problem(
            path + shown(str(key))[1:-1], table[key], "absent: every output is active high",
            "a relay that is on at low level heats while the controller is in reset or absent: "
            "use one that is on at high level, or a transistor before it",
        )
        for path, table in tables if isinstance(table, dict)
        for key in table if any(word in str(key).lower() for word in _INVERTED)
    ]

