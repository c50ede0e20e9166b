"""What each pin of each chip is not good for, row by row, with the reason and its source.

A signal is named by its key in a board file (ssr, contactor, sck, ...). A row counts for the
signals it names; pins that no row names are free for everything that the chip has pins for.

Sources: [TRM], [DS] the maker's reference manual and data sheet of that chip; [MP] MicroPython's
sources, 1.29; [HW] Espressif's user guide of the board. [reported] rests on users' reports alone,
[careful] on nothing but caution: nobody has verified those two kinds here.
"""

from typing import NamedTuple

HEAT = frozenset({"ssr", "contactor"})
DRIVEN = frozenset({"buzzer", "lamp", "fan"})  # through transistors with a pull-down
BUS = frozenset({"sck", "mosi", "cs"})
PULLED_UP = frozenset({"interlock", "start_button"})  # by the chip, since firmware asks for it
SENSED = frozenset({"miso", "load_sense"})
OUTPUTS = HEAT | DRIVEN | BUS
EVERY = OUTPUTS | PULLED_UP | SENSED
# What may hold a pin at a level while the chip starts: a pull-down or a contact to ground; the
# pull-up of an amplifier board; and an amplifier or a sensor, which may do either.
HOLDS_LOW = HEAT | DRIVEN | PULLED_UP | SENSED
HOLDS_HIGH = HEAT | {"cs", "sck"} | PULLED_UP | SENSED


class Row(NamedTuple):
    """These pins are refused for these signals; `why` goes on from "GPIO 12 of an ESP32 ..."."""

    pins: tuple[int, ...]
    signals: frozenset[str]
    why: str
    source: str


class Chip(NamedTuple):
    """One MCU: its GPIOs, its SPI buses, and the rows."""

    pins: tuple[int, ...]
    spi_ids: tuple[int, ...]
    rows: tuple[Row, ...]


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


RP2 = ("rp2040", "rp2350")
# On every Pico these end inside the board: 23 supply mode or radio power, 24 VBUS sense or radio
# data, 25 LED or radio select, 29 VSYS measurement or radio clock. [DS of Pico, Pico W, Pico 2]
# Other boards may lead them out; heat never hangs on them, for a file may name the wrong board.
_INSIDE = "ends inside a Raspberry Pi Pico (supply, LED or radio)"
PICO_INSIDE = Row((23, 24, 25, 29), EVERY, _INSIDE, "[DS]")
# RP2040 and RP2350 start with every pad an input that is pulled down, and no pin is a strap. An
# RP2350B has GPIO 30 to 47 too; no board with one is supported yet.
_RP2 = Chip(_span(0, 29), (0, 1), (Row(PICO_INSIDE.pins, HEAT, _INSIDE, "[DS]"),))

_ESP32 = Chip(
    (*_span(0, 19), *_span(21, 23), *_span(25, 27), *_span(32, 39)),  # [TRM]
    (1, 2),
    (
        Row((6, 7, 8, 9, 10, 11), EVERY, "is a line of the flash", "[DS]"),
        Row((16, 17), EVERY, "is a line of the PSRAM on modules that have one, and then unknown "
            "to MicroPython: boot.py would stop there", "[DS] [MP]"),
        Row((1, 3), EVERY, "is the serial console (UART0); pin 1 is high and talks at every "
            "reset", "[DS]"),
        Row((0,), HOLDS_LOW, "must not be low at reset (boot mode)", "[DS]"),
        Row((2,), HOLDS_HIGH, "must not be high when it is flashed (boot mode)", "[DS]"),
        Row((12,), HOLDS_HIGH, "must not be high at reset: it sets the flash to 1.8 V, and the "
            "chip does not start", "[DS]"),
        Row((15,), HOLDS_LOW, "must not be low at reset: it silences the messages of the boot "
            "that tell what is wrong", "[DS]"),
        Row((0, 2, 5, 12, 15), HEAT, "is a boot strap with a pull of its own; 0, 5 and 15 are "
            "pulled up at reset", "[DS]"),
        Row((14,), HEAT, "is a JTAG pin, pulled up at reset", "[reported]"),
        Row((13,), HEAT, "is a JTAG pin that may be pulled or driven at reset", "[careful]"),
        Row(_span(34, 39), OUTPUTS, "can only be an input", "[DS]"),
        Row(_span(34, 39), PULLED_UP, "has no pull-up inside: a broken wire would float instead "
            "of reading open", "[DS]"),
    ),
)
_ESP32S3 = Chip(
    (*_span(0, 21), *_span(26, 48)),  # [TRM]
    (1, 2),
    (
        Row(_span(26, 32), EVERY, "is a line of the flash or PSRAM", "[DS]"),
        Row(_span(33, 37), EVERY, "is a line of the flash or PSRAM on modules with an octal one, "
            "and then unknown to MicroPython: boot.py would stop there", "[DS] [MP]"),
        Row((19, 20), EVERY, "is USB, and goes high at power-up", "[DS]"),
        Row((43, 44), EVERY, "is the serial console (UART0)", "[DS]"),
        Row((0,), HOLDS_LOW, "must not be low at reset (boot mode)", "[DS]"),
        Row((45,), HOLDS_HIGH, "must not be high at reset (it sets the flash to 1.8 V)", "[DS]"),
        Row((46,), HOLDS_HIGH, "must not be high when it is flashed (boot mode)", "[DS]"),
        Row((0, 3, 45, 46), HEAT, "is a boot strap", "[DS]"),
        Row((18,), HEAT, "goes high for 60 µs at power-up", "[DS]"),
        Row((21,), HEAT, "was seen high for 30 ms at start", "[reported]"),
        Row((39, 40, 41, 42), HEAT, "is a JTAG pin that may be pulled or driven at reset",
            "[careful]"),
        # The light of the DevKitC-1 is on 38 (v1.1) or 48 (v1.0). [HW]
        Row((38, 48), HEAT, "drives the light on a DevKitC-1", "[HW]"),
        Row((47, 48), HEAT | SENSED, "works at 1.8 V on modules with 1.8 V memory", "[careful]"),
    ),
)
_ESP32C3 = Chip(
    _span(0, 21),  # [TRM]
    (1,),
    (
        Row(_span(11, 17), EVERY, "is a line or the supply of the flash", "[DS]"),
        Row((18, 19), EVERY, "is USB, and 18 goes high at power-up", "[DS]"),
        Row((20, 21), EVERY, "is the serial console (UART0)", "[DS]"),
        Row((2, 9), HOLDS_LOW, "must not be low at reset (boot mode)", "[DS]"),
        Row((8,), HOLDS_LOW, "must not be low when it is flashed (boot mode)", "[DS]"),
        Row((2, 8, 9), HEAT, "is a boot strap", "[DS]"),
        Row((6, 7), HEAT, "is a JTAG pin that may be pulled or driven at reset", "[careful]"),
    ),
)

CHIPS = {
    "rp2040": _RP2, "rp2350": _RP2, "esp32": _ESP32, "esp32s3": _ESP32S3, "esp32c3": _ESP32C3,
}
