"""docs/wiring.md against the board files: pin tables, drawings and the count of each part."""

import re
from pathlib import Path

import pytest

from preheat import headers, tomlfiles, wiring

PAGE = (Path(__file__).parents[2] / "docs" / "wiring.md").read_text(encoding="utf-8")
REAL = [name for name in tomlfiles.stock_boards() if not name.startswith("virtual")]
DRIVEN = ("contactor", "lamp", "buzzer", "fan")


def rows(name):
    return wiring.rows(tomlfiles.load_board(name), tomlfiles.load_host_facts(name).header)


def section(name):
    """The lines under a board's heading, up to the next heading."""
    found = re.search(rf"^### {re.escape(name)}\n(.*?)^##", PAGE, re.M | re.S)
    assert found, f"docs/wiring.md has no section {name}"
    return found[1].splitlines()


def drawing(name):
    lines = section(name)
    first, last = (i for i, line in enumerate(lines) if line == "```")
    return lines[first + 1 : last]


@pytest.mark.parametrize("name", REAL)
def test_the_table_is_what_board_show_says(name):
    table = [line for line in section(name) if line.startswith("|")]
    assert table == wiring.markdown(rows(name))


@pytest.mark.parametrize("name", REAL)
def test_the_drawing_has_every_wire_at_its_pin_with_its_resistor(name):
    lines = drawing(name)
    for row in rows(name):
        (at,) = [i for i, line in enumerate(lines) if f"│ {row.pin} " in line]
        assert lines[at].strip().startswith(f"{row.signal}  │"), row
        resistor = re.match(r"(\S+ kΩ).* from pin to (\w+)", row.note)
        if resistor:
            value, to = resistor.groups()
            assert f"└─[{value}" in lines[at + 1] and lines[at + 1].endswith(f"── {to}"), row
        for part in re.findall(r"driver (Q\d)", row.wire_to):
            assert f"[100 Ω]── gate {part} " in lines[at], row
        assert ("across it" in lines[at]) is ("diode" in row.note), row


@pytest.mark.parametrize("name", REAL)
def test_the_drawing_has_no_other_wires_and_takes_its_supplies_from_real_pins(name):
    pins = [line.split("├")[0].split("│")[1].strip() for line in drawing(name) if "├" in line]
    header = tomlfiles.load_host_facts(name).header
    supplies = [pin for pin in pins if pin not in {row.pin for row in rows(name)}]
    assert len(supplies) == 3
    for text in supplies:
        what, pin = text.split(", ")
        assert pin in headers.supply(header, what), text


@pytest.mark.parametrize("name", REAL)
def test_the_drawing_has_the_mains_side_in_order(name):
    chain = next(line for line in drawing(name) if line.startswith("L ──"))
    parts = ["fuse", "emergency stop", "thermal cut-out", "contactor", "SSR", "heater", "N"]
    places = [chain.index(part) for part in parts]
    assert places == sorted(places)


def counted(name):
    """How many of each part that a pin needs, by the circuits above."""
    board = tomlfiles.load_board(name)
    pins, probes = board["pins"], len(board["probes"])
    driven = 1 + sum(key in pins for key in DRIVEN)
    load = int("load_sense" in pins)
    return {
        "MOSFET": driven,
        "diode": sum(key in pins for key in ("contactor", "buzzer", "fan")),
        "resistor 100 Ω": driven,
        "resistor 4.7 kΩ": driven + load + int("interlock" in pins),
        "resistor 10 kΩ": probes,
        "resistor 330 Ω": load,
        "capacitor 4.7 µF": load,
        "MAX31855, type K": probes,
        "capacitor 100 nF": probes,
        "capacitor 10 nF": probes,
        "thermocouple type K": probes,
        "lamp": int("lamp" in pins),
        "buzzer": int("buzzer" in pins),
        "interlock contact": int("interlock" in pins),
        "start button": int("start_button" in pins),
        "load sensor": load,
        "fan": int("fan" in pins),
        "contactor K1": int("contactor" in pins),
        "SSR K2": len(board["zones"]),
        **dict.fromkeys(("controller board", "fuse F1 and holder", "emergency stop S1",
                         "thermal cut-out F2", "heat sink for K2"), 1),
    }


@pytest.mark.parametrize("name", REAL)
def test_the_parts_are_counted_right(name):
    column = 3 if name == "espressif-esp32-c3-devkitm" else 2
    lines = PAGE[PAGE.index("## Parts") : PAGE.index("## Boards")].splitlines()
    listed = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines
              if line.startswith("| ")][1:]
    assert {row[0]: int(row[column]) for row in listed} == counted(name)
    assert all(row[1] for row in listed), "every part has a rating"


def test_the_page_says_what_software_cannot_replace():
    part = PAGE[PAGE.index("## What software cannot replace") : PAGE.index("## Mains side")]
    for words in ("thermal cut-out", "fuse", "mergency stop", "pull-down", "contactor"):
        assert words in part
