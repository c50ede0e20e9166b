"""Pins: heat only where the chip keeps it off at reset, every other signal where it can work."""

import copy

import pytest

from preheat import boardcheck, boardimage, pinrules, tomlfiles
from preheat.errors import Refused
from preheat.mcus import MCUS
from preheat.pintables import CHIPS, EVERY
from preheat_core import board as core_board

STOCK = {
    "rp2040": "raspberrypi-pico",
    "rp2350": "raspberrypi-pico2",
    "esp32": "espressif-esp32-devkitc",
    "esp32s3": "espressif-esp32-s3-devkitc",
    "esp32c3": "espressif-esp32-c3-devkitm",
}
# Written down here a second time, on purpose: a row that gets lost in the tables is found.
HEAT = {
    "rp2040": {*range(23), 26, 27, 28},
    "rp2350": {*range(23), 26, 27, 28},
    "esp32": {4, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33},
    "esp32s3": {1, 2, *range(4, 18)},
    "esp32c3": {0, 1, 3, 4, 5, 10},
}
NEVER = {  # flash, PSRAM, USB, console, inside the board, or not there at all
    "rp2040": {*range(23, 26), *range(29, 49)},
    "rp2350": {*range(23, 26), *range(29, 49)},
    "esp32": {1, 3, *range(6, 12), 16, 17, 20, 24, *range(28, 32), *range(40, 49)},
    "esp32s3": {*range(19, 21), *range(22, 38), 43, 44},
    "esp32c3": {*range(11, 49)},
}
MOST = 49
SIGNAL_PATH = {"ssr": "zones[0].ssr", "cs": "probes[0].cs"}


def made(mcu, signal=None, pin=None):
    """The stock board of a chip, one of its signals moved to a pin."""
    board = tomlfiles.load_board(STOCK[mcu])
    if signal == "ssr":
        board["zones"][0]["ssr"] = pin
    elif signal == "cs":
        board["probes"][0]["cs"] = pin
    elif signal:
        board["pins"][signal] = pin
    return board


def told(board, path):
    return [problem for problem in pinrules.check(board) if problem.path == path]


def test_every_chip_with_a_board_file_has_rules():
    assert set(CHIPS) == set(STOCK) == set(MCUS) == set(core_board.MCUS) - {"virtual"}


@pytest.mark.parametrize("name", tomlfiles.stock_boards())
def test_every_stock_board_passes(name):
    assert [str(p) for p in boardcheck.check(tomlfiles.load_board(name))] == []


@pytest.mark.parametrize("mcu", STOCK)
def test_an_ssr_or_contactor_is_refused_on_every_pin_that_is_not_known_to_be_off_at_reset(mcu):
    for pin in range(MOST):
        for signal in ("ssr", "contactor"):
            board = made(mcu, signal, pin)
            problems = told(board, SIGNAL_PATH.get(signal, f"pins.{signal}"))
            assert bool(problems) is (pin not in HEAT[mcu]), (signal, pin)
            if problems:
                with pytest.raises(Refused) as caught:
                    boardimage.BoardImage(board)
                assert str(problems[0]) in caught.value.problems


@pytest.mark.parametrize("mcu", STOCK)
def test_flash_usb_console_and_missing_pins_are_refused_for_everything(mcu):
    name = tomlfiles.load_board(STOCK[mcu])["micropython"]
    for pin in range(MOST):
        refused = {signal for signal in EVERY if pinrules.reason(mcu, signal, pin, name)}
        assert (refused == EVERY) is (pin in NEVER[mcu]), (pin, refused)


@pytest.mark.parametrize(
    ("mcu", "signal", "pin", "why"),
    [
        ("esp32", "miso", 12, "1.8 V"),  # an amplifier that holds it high: the flash is not read
        ("esp32", "cs", 12, "1.8 V"),
        ("esp32", "interlock", 0, "boot mode"),
        ("esp32", "start_button", 0, "boot mode"),
        ("esp32", "lamp", 0, "boot mode"),
        ("esp32", "load_sense", 2, "boot mode"),
        ("esp32", "interlock", 34, "no pull-up"),
        ("esp32", "start_button", 39, "no pull-up"),
        ("esp32", "sck", 35, "only be an input"),
        ("esp32", "cs", 36, "only be an input"),
        ("esp32", "fan", 16, "PSRAM"),
        ("esp32s3", "miso", 45, "1.8 V"),
        ("esp32s3", "interlock", 46, "boot mode"),
        ("esp32s3", "start_button", 0, "boot mode"),
        ("esp32s3", "miso", 37, "octal"),
        ("esp32s3", "ssr", 18, "60 µs"),
        ("esp32c3", "miso", 2, "boot mode"),
        ("esp32c3", "interlock", 9, "boot mode"),
        ("esp32c3", "lamp", 8, "boot mode"),
    ],
)
def test_a_pin_says_why_it_is_refused(mcu, signal, pin, why):
    assert why in pinrules.reason(mcu, signal, pin)
    (problem,) = told(made(mcu, signal, pin), SIGNAL_PATH.get(signal, f"pins.{signal}"))
    assert why in str(problem) and "free for it: " in problem.fix


@pytest.mark.parametrize(
    ("mcu", "signal", "pin"),
    [
        ("esp32", "cs", 5), ("esp32", "load_sense", 34), ("esp32", "miso", 39),
        ("esp32", "cs", 0), ("esp32c3", "cs", 2), ("esp32s3", "lamp", 21), ("rp2350", "cs", 28),
    ],
)
def test_a_strap_or_input_that_does_no_harm_in_its_place_is_allowed(mcu, signal, pin):
    assert told(made(mcu, signal, pin), SIGNAL_PATH.get(signal, f"pins.{signal}")) == []


@pytest.mark.parametrize("mcu", STOCK)
def test_what_the_fix_offers_is_free_and_good(mcu):
    worst = next(pin for pin in range(MOST) if pin in NEVER[mcu])
    board = made(mcu, "contactor", worst)
    (problem,) = told(board, "pins.contactor")
    offered = [int(n) for n in problem.fix.partition(": ")[2].split(", ") if n]
    used = {pin for _, pin in core_board.pins(board)}
    assert set(offered) == HEAT[mcu] - used


@pytest.mark.parametrize("mcu", ["rp2040", "rp2350"])
def test_an_rp2_takes_the_pins_of_its_bus_by_their_numbers(mcu):
    """SPI 0: SCK 2, 6, 18, 22; MOSI 3, 7, 19, 23; MISO 0, 4, 16, 20; SPI 1 the ones between."""
    good = {"sck": {2, 6, 18, 22}, "mosi": {3, 7, 19}, "miso": {0, 4, 16, 20}}
    good_1 = {"sck": {10, 14, 26}, "mosi": {11, 15, 27}, "miso": {8, 12, 24, 28}}
    for signal in good:
        for pin in set(range(30)) - NEVER[mcu]:
            board = made(mcu, signal, pin)
            assert (told(board, f"pins.{signal}") == []) is (pin in good[signal])
            board["pins"]["spi_id"] = 1
            assert (told(board, f"pins.{signal}") == []) is (pin in good_1[signal])


def test_a_bus_pin_inside_a_pico_is_offered_only_pins_of_the_same_bus():
    (problem,) = told(made("rp2040", "mosi", 23), "pins.mosi")
    assert problem.fix == "free for it: 3, 7, 19"


def test_the_bus_must_exist_and_an_rp2_needs_a_pin_for_mosi():
    for mcu, wrong in (("rp2040", 2), ("esp32", 0), ("esp32s3", 0), ("esp32c3", 2)):
        board = made(mcu)
        board["pins"]["spi_id"] = wrong
        assert [p.path for p in pinrules.check(board)] == ["pins.spi_id"]
    board = made("rp2350")
    del board["pins"]["mosi"]
    (problem,) = pinrules.check(board)
    assert problem.path == "pins.mosi" and "takes a pin" in problem.fix


@pytest.mark.parametrize("key", ["active_low", "ssr_active_low", "inverted", "invert_ssr"])
@pytest.mark.parametrize("place", ["", "pins", "zones"])
def test_an_active_low_output_is_refused_with_a_sentence_of_its_own(key, place):
    for name in ("raspberrypi-pico", "virtual-quartz"):
        board = copy.deepcopy(tomlfiles.load_board(name))
        table = {"": board, "pins": board["pins"], "zones": board["zones"][0]}[place]
        table[key] = True
        (problem,) = boardcheck.check(board)
        assert problem.path.endswith(key) and "active high" in problem.want
        assert "in reset or absent" in problem.fix


def test_an_ordinary_unknown_key_and_a_pin_out_of_all_bounds_are_told_once():
    board = made("esp32", "lamp", 77)
    board["pins"]["lmap"] = 3
    assert sorted(p.path for p in boardcheck.check(board)) == ["pins.lamp", "pins.lmap"]


def test_a_virtual_board_has_no_rules():
    board = tomlfiles.load_board("virtual-quartz")
    board["zones"][0]["ssr"] = 0
    assert pinrules.check(board) == []
