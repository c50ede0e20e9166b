"""The wiring of a board file as rows for people: which pin goes where, through what.

docs/wiring.md shows the circuits that these rows name (Q1, R1, ...); a test holds its tables
against them.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from preheat import headers

HEADS = ("signal", "GPIO", "pin", "wire to", "note")
_PULL_DOWN = "4.7 kΩ from pin to GND"
# RP2350-E9 (stepping A2): a pad that is an input stays at 2.1 V against a weaker pull-down.
_PULL_DOWN_E9 = "4.7 kΩ (never above 8.2: RP2350-E9) from pin to GND"
# key in [pins] -> signal, wire to, note; in the order in which a person would wire them.
_SAFETY = {
    "contactor": ("contactor", "driver Q2, contactor coil", f"{_PULL_DOWN}; diode at the coil"),
    "interlock": ("interlock", "normally closed contact to GND", "4.7 kΩ from pin to 3V3"),
    "load_sense": ("load sense", "isolated sensor to 3V3", f"{_PULL_DOWN}, 4.7 µF across it"),
}
_BUS = {
    "sck": ("SPI clock", "SCK of every MAX31855", "short wires"),
    "miso": ("SPI data", "SO of every MAX31855", "short wires"),
    "mosi": ("SPI data out", "nothing", "the bus takes this pin: leave it free"),
}
_PANEL = {
    "lamp": ("lamp", "driver Q3, lamp", _PULL_DOWN),
    "buzzer": ("buzzer", "driver Q4, buzzer", f"{_PULL_DOWN}; diode at the buzzer"),
    "fan": ("fan", "driver Q5, fan", f"{_PULL_DOWN}; diode at the fan"),
    "start_button": ("start button", "push button to GND", ""),
}


class Row(NamedTuple):
    """One wire. pin: printed name and number on the board's header, "" when it is not known."""

    signal: str
    gpio: int
    pin: str
    wire_to: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        return self._asdict()


def rows(board: dict[str, Any], header: str = "") -> list[Row]:
    """The wires of a checked board; `header` is a name in headers.py, "" when unknown."""
    pins = board["pins"]
    wires = [
        (f"SSR of {zone['name']}", zone["ssr"], "driver Q1, SSR input", _PULL_DOWN)
        for zone in board["zones"]
    ]
    wires += _listed(_SAFETY, pins) + _listed(_BUS, pins)
    wires += [
        (f"chip select of {probe['name']}", probe["cs"], f"CS of the MAX31855 of {probe['name']}",
         "10 kΩ from pin to 3V3")
        for probe in board["probes"]
    ]
    wires += _listed(_PANEL, pins)
    e9 = board["mcu"] == "rp2350"
    return [
        Row(signal, gpio, headers.label(header, gpio), wire_to,
            note.replace(_PULL_DOWN, _PULL_DOWN_E9) if e9 else note)
        for signal, gpio, wire_to, note in wires
    ]


def _listed(table: dict[str, tuple[str, str, str]], pins: dict[str, Any]) -> list[Any]:
    return [(row[0], pins[key], *row[1:]) for key, row in table.items() if key in pins]


def markdown(wires: Iterable[Row]) -> list[str]:
    """The rows as the lines of a table in Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    return lines + [f"| {' | '.join(str(cell) for cell in row)} |" for row in wires]
