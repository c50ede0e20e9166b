"""The first-heat check: readings that no healthy unit shows before it heats. Nothing waits for it.

Healthy and left alone are: a board at 80 °C fresh from a bake, one from a store at 15 °C, a box of
electronics at 50 °C with an amplifier outside it, a cold board on a plate that is still warm.
"""

from preheat_core.board import PROCESS_ROLES

# Two good probes of one cool board differ by 9 °C at worst (2.5 wire, 2 chip, each), a part that
# was warmed from above by some more. Above 60 °C anything is possible after work from above, and
# with a probe in the plate at any temperature.
COOL_C = 60.0
APART_C = 25.0
# A box gets 35 °C warmer than the room, and no board is 10 °C colder than that. Swapped wires read
# a warm board as far below the amplifier as it is above.
BOX_C = 35.0
BELOW_BOX_C = 45.0


def problem(board: dict, guard, readings) -> "str | None":
    """What is wrong with these readings, in a sentence; None if nothing is."""
    index = guard.board.out_of_range()
    if index is not None:
        text = "the amplifier of {} is at {} C, not in -20 to 85 C: move or mend it"
        return text.format(board["probes"][index]["name"], readings[index].cj_c)
    cool = []
    boxes = []
    for probe, temp_c, reading in zip(board["probes"], guard.smooth(), readings):
        if temp_c is None:
            continue
        name = probe["name"]
        process = probe["role"] in PROCESS_ROLES
        if reading.cj_c is not None:
            boxes.append((reading.cj_c, name))
            if process and temp_c < reading.cj_c - BELOW_BOX_C:
                text = "{} reads {:.0f} C at an amplifier of {:.0f} C: swapped wires, or a hot box"
                return text.format(name, temp_c, reading.cj_c)
        if process and temp_c < COOL_C:
            cool.append((temp_c, name))
    if board["zones"][0]["heater_kind"] != "plate":
        text = _apart(cool, APART_C, "{} reads {:.0f} C, {} {:.0f} C: are both on the board?")
        if text is not None:
            return text
    text = "the amplifiers of {} ({:.0f} C) and {} ({:.0f} C) cannot differ so: check their wiring"
    return _apart(boxes, BOX_C, text)


def _apart(rows, most_c, text):
    if not rows:
        return None
    low_c, low = min(rows)
    high_c, high = max(rows)
    return text.format(high, high_c, low, low_c) if high_c - low_c > most_c else None
