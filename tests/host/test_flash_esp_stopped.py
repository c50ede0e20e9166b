"""Flashing an ESP that ends before it is done: what ran runs on, or it is said what to do."""

import os

import pytest

from host import image_files as make
from host.esp_flashing import FACTS, HELLO, board, nothing_to_keep, prepare
from host.fake_prompt import FakePrompt
from host.rom_standin import ESP32, ESP32C3, RomStandin
from preheat.errors import DeviceLost, OperatorStop, Refused
from preheat.flashing import esp
from preheat.flashing.flashing import Job, flash

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


@pytest.fixture(autouse=True)
def lines(tmp_path, monkeypatch):
    return prepare(tmp_path, monkeypatch)


@pytest.fixture
def standin(lines):
    """Makes a stand-in; `app` is what runs on it."""
    return lambda chip, app=None: RomStandin(chip, lines, app)


@pytest.fixture
def image(tmp_path):
    """Makes an image file for a chip's id."""
    def made(chip):
        path = tmp_path / "ESP32_GENERIC-20260824-v1.29.0.bin"
        path.write_bytes(make.esp(chip))
        return path

    return made


def stop_at(at, least=0):
    """Progress at which Ctrl-C is pressed."""
    def tell(step, done, total):
        if step == at and done >= least:
            raise KeyboardInterrupt

    return tell


def live_again():
    """What runs after a reset: the unit's app."""
    return FakePrompt("esp32", ESP32.machine, (1, 26, 0), live=HELLO)


@pytest.fixture
def live_rom(standin):
    """A stand-in whose app runs, and runs again after a reset."""
    with standin(ESP32, live_again()) as rom:
        rom.reset_into = live_again()
        yield rom
        rom._follow_lines()
        assert rom.resets[-1][0] == "app" and not rom.rom
        assert rom.app.live and not rom.app.interrupts and not rom.written


def test_a_live_unit_whose_chip_esptool_does_not_know_runs_on(live_rom, image):
    live_rom._words.clear()
    with pytest.raises(DeviceLost, match="none that esptool knows") as caught:
        flash(Job(board("esp32"), FACTS, image(0), live_rom.port), nothing_to_keep)
    assert "BOOT" not in caught.value.fix and "reset" not in caught.value.fix


@pytest.mark.parametrize("at", ["--no-stub", "write-flash"])
def test_ctrl_c_before_the_first_byte_leaves_a_live_unit_running(
    live_rom, image, monkeypatch, at
):
    """Once esptool has told the chip, and when it is to write but has not begun."""
    real = esp._esptool

    def interrupted(port, words, limit_s, line):
        said = "" if at == "write-flash" in words else real(port, words, limit_s, line)
        if at in words:
            raise KeyboardInterrupt
        return said

    monkeypatch.setattr(esp, "_esptool", interrupted)
    with pytest.raises(KeyboardInterrupt):
        flash(Job(board("esp32"), FACTS, image(0), live_rom.port), nothing_to_keep)


def test_a_chip_that_cannot_be_led_out_of_its_bootloader_is_told(standin, image, monkeypatch):
    monkeypatch.setattr("preheat.serialport.pulse_reset", lambda port: False)
    with (
        standin(ESP32C3, FakePrompt("esp32", "", (1, 26, 0))) as rom,
        pytest.raises(Refused, match="is an ESP32-C3") as caught,
    ):
        flash(Job(board("esp32s3"), FACTS, image(9), rom.port), nothing_to_keep)
    assert "press the board's reset button" in caught.value.fix
    with (
        standin(ESP32) as rom,
        pytest.raises(OperatorStop, match="before anything was written") as stopped,
    ):
        flash(Job(board("esp32"), FACTS, image(0), rom.port), nothing_to_keep, stop_at("write"))
    assert "press the board's reset button" in stopped.value.fix


def test_ctrl_c_while_the_flash_is_written_says_what_that_means(standin, image):
    with standin(ESP32) as rom:
        with pytest.raises(OperatorStop, match="the flash at .* was being written") as caught:
            flash(Job(board("esp32"), FACTS, image(0), rom.port), nothing_to_keep,
                  stop_at("write", 1))
        assert "may not start" in caught.value.fix
        assert [led_to for led_to, _ in rom.resets][-1] == "bootloader"  # it is left for the next


def test_ctrl_c_before_the_board_has_answered_says_that_it_was_written(standin, image):
    with standin(ESP32) as rom:
        with pytest.raises(OperatorStop, match="was written, but it was stopped before"):
            flash(Job(board("esp32"), FACTS, image(0), rom.port), nothing_to_keep,
                  stop_at("restart"))
        assert rom.written
