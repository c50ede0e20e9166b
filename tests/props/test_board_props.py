"""Whatever a board file holds, its pins are judged without an exception; what passes is safe."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from preheat import boardcheck, pinrules, tomlfiles
from preheat.pintables import CHIPS
from preheat_core import board as core_board
from preheat_core.check import Problem

REAL = [
    tomlfiles.load_board(name) for name in tomlfiles.stock_boards() if "virtual" not in name
]
SIGNALS = [field.key for field in core_board.PIN_FIELDS if field.unit == "GPIO"]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
keys = st.sampled_from(["mcu", "micropython", "pins", "zones", "probes", "ssr", "cs", "active_low",
                        "spi_id", *SIGNALS])
values = st.recursive(
    scalars | st.sampled_from(list(CHIPS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=15,
)
moves = st.dictionaries(
    st.sampled_from(["ssr", "cs", *SIGNALS]), st.integers(0, 48), min_size=1, max_size=2
)


@given(values)
def test_any_value_is_judged_without_an_exception(value):
    for found in (boardcheck.check(value), pinrules.check(value), pinrules.inverted(value)):
        assert all(isinstance(problem, Problem) and str(problem) for problem in found)


@given(st.sampled_from(REAL), moves)
def test_a_board_that_passes_heats_on_no_pin_that_its_chip_moves_at_reset(stock, moved):
    board = copy.deepcopy(stock)
    for signal, pin in moved.items():
        row = {"ssr": board["zones"][0], "cs": board["probes"][0]}.get(signal, board["pins"])
        row[signal] = pin
    if boardcheck.check(board):
        return
    pins = board["pins"]
    straps = {"esp32": {0, 2, 5, 12, 15}, "esp32s3": {0, 3, 45, 46}, "esp32c3": {2, 8, 9}}
    loud = {"esp32": {1, 3, 13, 14}, "esp32s3": {18, 19, 20, 43}, "esp32c3": {18, 19, 21}}
    heat = {board["zones"][0]["ssr"], pins.get("contactor", board["zones"][0]["ssr"])}
    never = straps.get(board["mcu"], {23, 24, 25, 29}) | loud.get(board["mcu"], set())
    assert not heat & never
    if board["mcu"].startswith("rp2"):
        assert {(pin >> 3) & 1 for pin in (pins["sck"], pins["mosi"], pins["miso"])} == {
            pins["spi_id"]
        }
    if board["mcu"] == "esp32":
        assert not {pins.get("interlock"), pins.get("start_button"), *heat} & set(range(34, 40))
