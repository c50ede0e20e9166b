"""Which board file fits which unit, by what MicroPython on it says of itself."""

import pytest

from preheat import boardimage, tomlfiles
from preheat.boardimage import misfit, remark
from preheat.errors import Refused
from preheat_core import check, protocol

# sys.platform and sys.implementation._machine as MicroPython's own builds for these boards spell
# them; from 1.29 on the chip of an ESP32-S3 or -C3 has a hyphen.
SAID = {
    "raspberrypi-pico": [("rp2", "Raspberry Pi Pico with RP2040")],
    "raspberrypi-pico-w": [("rp2", "Raspberry Pi Pico W with RP2040")],
    "raspberrypi-pico2": [
        ("rp2", "Raspberry Pi Pico2 with RP2350"),
        ("rp2", "Raspberry Pi Pico2 with RP2350-RISCV"),
    ],
    "espressif-esp32-devkitc": [
        ("esp32", "Generic ESP32 module with ESP32"),
        ("esp32", "Generic ESP32 module with SPIRAM with ESP32"),
    ],
    "espressif-esp32-s3-devkitc": [
        ("esp32", "Generic ESP32S3 module with ESP32S3"),
        ("esp32", "Generic ESP32S3 module with ESP32-S3"),
        ("esp32", "Generic ESP32S3 module with Octal-SPIRAM with ESP32S3"),
    ],
    "espressif-esp32-c3-devkitm": [
        ("esp32", "ESP32C3 module with ESP32C3"),
        ("esp32", "ESP32C3 module with ESP32-C3"),
    ],
    "virtual-quartz": [("linux", "linux [GCC 13.2.0] version"), ("darwin", "")],
}
# Not among the stock boards, but what somebody may plug in.
OTHERS = [
    ("rp2", "Raspberry Pi Pico 2 W with RP2350"),
    ("esp32", "Generic ESP32S2 module with ESP32S2"),
    ("esp32", "ESP32C6 module with ESP32-C6"),
    ("stm32", "PYBv1.1 with STM32F405RG"),
]
PICOS = {"raspberrypi-pico", "raspberrypi-pico-w"}  # one chip, one header


@pytest.mark.parametrize("name", SAID)
def test_a_board_file_fits_its_own_chip_and_no_other(name):
    board = tomlfiles.load_board(name)
    for other, said in SAID.items():
        for platform, machine in said:
            same = other == name or {other, name} == PICOS
            assert (misfit(board, platform, machine) == "") is same, machine
    for platform, machine in OTHERS[1:]:
        assert name in misfit(board, platform, machine)
    chip_of_a_pico_2 = misfit(board, *OTHERS[0]) == ""
    assert chip_of_a_pico_2 is (name == "raspberrypi-pico2")


def test_every_stock_board_is_in_the_table():
    assert set(SAID) >= {name for name in tomlfiles.stock_boards() if "virtual" not in name}


@pytest.mark.parametrize("name", [name for name in SAID if "virtual" not in name])
def test_a_build_for_the_very_board_needs_no_remark_and_one_for_another_does(name):
    board = tomlfiles.load_board(name)
    assert [remark(board, machine) for _, machine in SAID[name]] == [""] * len(SAID[name])
    assert remark(board, "My own carrier with RP2040") == "", "unknown boards are not guessed at"


def test_a_pico_file_on_a_pico_w_is_told_of_its_radio():
    board = tomlfiles.load_board("raspberrypi-pico")
    sentence = remark(board, "Raspberry Pi Pico W with RP2040")
    assert "Raspberry Pi Pico W" in sentence and "23, 24, 25 and 29" in sentence
    assert "compare the pins" in remark(
        tomlfiles.load_board("raspberrypi-pico-w"), "Raspberry Pi Pico with RP2040"
    )


@pytest.mark.parametrize("pin", [23, 24, 25, 29])
def test_a_file_of_another_rp2040_board_may_not_take_the_radio_s_pins(pin):
    board = tomlfiles.load_board("raspberrypi-pico")
    board["micropython"] = "WAVESHARE_RP2040_ZERO"
    board["pins"]["lamp"] = pin
    boardimage.BoardImage(board)  # fine on that board
    assert misfit(board, "rp2", "Waveshare RP2040-Zero with RP2040") == ""
    assert f"GPIO {pin}" in misfit(board, "rp2", "Raspberry Pi Pico W with RP2040")


def test_the_unit_gets_nothing_of_what_only_the_laptop_needs():
    board = tomlfiles.load_board("raspberrypi-pico")
    image = boardimage.BoardImage(board)
    assert "host" not in image.board
    with pytest.raises(Refused):
        boardimage.BoardImage(tomlfiles.load_whole_board("raspberrypi-pico"))
    sealed = image.files()[boardimage.BOARD_JSON]
    assert protocol.unseal(sealed) == image.payload == check.canonical(board)


@pytest.mark.parametrize("name", tomlfiles.stock_boards())
def test_boot_switches_every_output_off_the_heater_first(name):
    board = tomlfiles.load_board(name)
    pins = [pin for pin, level in boardimage.BoardImage(board).off_pins() if level == 0]
    outputs = [board["pins"][key] for key in ("contactor", "buzzer", "lamp", "fan")
               if key in board["pins"]]
    assert pins == [board["zones"][0]["ssr"], *outputs]
