"""Flashing an ESP with the real esptool, against a bootloader that speaks its serial protocol."""

import os
import subprocess
import sys

import pytest

from host import image_files as make
from host.esp_flashing import FACTS, HELLO, board, nothing_to_keep, prepare
from host.fake_prompt import FakePrompt
from host.rom_standin import DEFL_BEGIN, ESP32, ESP32C3, ESP32S3, MD5, MEM_END, SYNC, RomStandin
from preheat.errors import DeviceLost, Refused, UsageError, VerifyError
from preheat.flashing import esp, ports
from preheat.flashing.flashing import Job, flash
from preheat.mcus import MCUS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")

CHIPS = {"esp32": (ESP32, 0), "esp32s3": (ESP32S3, 9), "esp32c3": (ESP32C3, 5)}


class Empty(FakePrompt):
    """A chip whose flash is empty: its ROM says so, again and again."""

    def feed(self, data):
        return b"invalid header: 0xffffffff\r\n"


@pytest.fixture(autouse=True)
def lines(tmp_path, monkeypatch):
    """The DTR and RTS of these tests' ports, and a stand-in's short patience."""
    return prepare(tmp_path, monkeypatch)


@pytest.fixture
def standin(lines):
    """Makes a stand-in; `app` is what runs on it."""
    return lambda chip, app=None: RomStandin(chip, lines, app)


@pytest.fixture
def image(tmp_path):
    """Makes an image file for a chip's id."""
    def made(chip, data=None):
        path = tmp_path / "ESP32_GENERIC-20260824-v1.29.0.bin"
        path.write_bytes(make.esp(chip) if data is None else data)
        return path

    return made


@pytest.mark.parametrize(
    ("mcu", "found", "erase"),
    [("esp32", "prompt", True), ("esp32s3", "live", False), ("esp32c3", "empty", False)],
)
def test_what_lands_in_the_flash_is_the_image_at_its_place(
    standin, image, tmp_path, mcu, found, erase
):
    chip, number = CHIPS[mcu]
    path, place, steps = image(number), MCUS[mcu].flash_offset, []
    live = HELLO if found == "live" else None
    old, new = (FakePrompt("esp32", chip.machine, v, live) for v in ((1, 26, 0), (1, 29, 0)))
    with standin(chip, Empty("", "", ()) if found == "empty" else old) as rom:
        rom.flash[0x500:0x504] = rom.flash[0xF0000:0xF0004] = b"mine"
        rom.reset_into = new

        def keep(port):
            assert port == rom.port and not rom.resets and not rom.erased
            return tmp_path / "saved"

        report = flash(Job(board(mcu), FACTS, path, rom.port, erase=erase), keep,
                       lambda *step: steps.append(step))
        assert rom.app is new
    end = place + len(path.read_bytes())
    assert rom.flash[place:end] == path.read_bytes()
    assert rom.erased is erase
    assert (rom.flash[0xF0000:0xF0004] == b"mine") is not erase
    assert set(rom.flash[end : 0xF0000]) == {0xFF}
    # Into the bootloader to see which chip it is, once more to write, and out of it at the end.
    assert [led_to for led_to, _ in rom.resets] == ["bootloader", "bootloader", "app"]
    assert MD5 in rom.commands[rom.resets[1][1] : rom.resets[2][1]]
    assert MEM_END in rom.commands  # esptool's own program wrote, not the ROM
    assert (report.version, report.live) == ("1.29.0", found == "live")
    assert report.backup == (tmp_path / "saved" if erase else None)
    assert ("write", 100, 100) in steps
    assert {name for name, _, _ in steps} >= {"connect", "detect", "write", "restart"}


def test_esptool_takes_the_images_of_these_tests_for_images(tmp_path):
    path = tmp_path / "app.bin"
    path.write_bytes(make.esp_app(9))
    done = subprocess.run([sys.executable, "-m", "esptool", "image-info", str(path)],
                          capture_output=True, text=True, encoding="utf-8", check=True)
    assert "ESP32-S3" in done.stdout and done.stdout.count("(valid)") == 2


def test_the_chip_says_what_it_is(standin):
    with standin(ESP32C3) as rom:
        assert esp.detect(rom.port) == esp.Chip("ESP32-C3", "7c:df:a1:00:00:01", 1 << 20)
        assert rom.rom and not rom.stub  # it waits for the image


def test_another_chip_than_the_boards_is_never_written(standin, image):
    # The MicroPython on it was built without the name of its chip.
    with (
        standin(ESP32C3, FakePrompt("esp32", "", (1, 26, 0), live=HELLO)) as rom,
        pytest.raises(Refused, match=r"is an ESP32-C3, the board file is for ESP32-S3"),
    ):
        flash(Job(board("esp32s3"), FACTS, image(9), rom.port), nothing_to_keep)
    assert not rom.written
    assert rom.resets[-1][0] == "app"  # it runs again


def test_a_chip_that_says_so_at_its_prompt_does_not_even_see_esptool(standin, image):
    with standin(ESP32C3) as rom:
        with pytest.raises(Refused, match="is for esp32s3, what answers is"):
            flash(Job(board("esp32s3"), FACTS, image(9), rom.port), nothing_to_keep)
        assert SYNC not in rom.commands


def test_a_live_unit_that_esptool_does_not_reach_runs_on(standin, image):
    def restart(code):
        if "machine.reset()" in code:
            unit.live = HELLO

    unit = FakePrompt("esp32", ESP32.machine, (1, 26, 0), live=HELLO, runs=restart)
    with standin(ESP32, unit) as rom:
        rom.deaf = True
        with pytest.raises(DeviceLost, match="does not go into its bootloader") as caught:
            flash(Job(board("esp32"), FACTS, image(0), rom.port), nothing_to_keep)
    assert unit.live and unit.interrupts and not rom.written
    assert "press" not in caught.value.fix.rpartition("; ")[2]


def test_what_esptool_did_not_confirm_is_not_believed(image, monkeypatch):
    monkeypatch.setattr(esp, "_esptool", lambda port, words, limit_s, line: "Wrote it.")
    with pytest.raises(VerifyError, match="did not confirm what it wrote"):
        esp.write("/dev/ttyNONE", MCUS["esp32"], image(0))


def test_an_image_larger_than_the_flash_is_not_written(standin, image):
    large = make.esp(0) + b"\xff" * (1 << 20)
    with standin(ESP32) as rom, pytest.raises(Refused, match="the flash has 1048576"):
        flash(Job(board("esp32"), FACTS, image(0, large), rom.port), nothing_to_keep)
    assert not rom.written


def test_esptool_itself_refuses_another_chip(standin, image):
    said = "another chip is at .*: This chip is ESP32-C3, not"
    with standin(ESP32C3) as rom, pytest.raises(Refused, match=said):
        esp.write(rom.port, MCUS["esp32s3"], image(9))
    assert not rom.written


def test_a_broken_link_is_named(standin, image):
    with standin(ESP32S3) as rom:
        rom.unplug_after = 2
        with pytest.raises(DeviceLost, match="the link to .* broke") as caught:
            esp.write(rom.port, MCUS["esp32s3"], image(9))
    assert caught.value.exit_code == 3 and "may not start" in caught.value.fix


def test_data_that_arrives_damaged_is_tried_once_more_slowly_then_named(standin, image):
    with standin(ESP32S3) as rom:
        rom.corrupt_after = 2
        with pytest.raises(DeviceLost, match="did not take the image whole: Failed") as no:
            esp.write(rom.port, MCUS["esp32s3"], image(9))
    assert "shorter cable" in no.value.fix
    assert rom.commands.count(DEFL_BEGIN) == 2


@pytest.mark.parametrize("fault", ["lose_block", "lie"])
def test_a_flash_that_does_not_hold_the_image_is_a_failure(standin, image, fault):
    with standin(ESP32) as rom:
        setattr(rom, fault, 2)
        with pytest.raises(VerifyError, match="does not hold what was sent: its MD5") as caught:
            esp.write(rom.port, MCUS["esp32"], image(0))
    assert caught.value.exit_code == 7


def test_a_port_at_which_no_chip_answers(monkeypatch):
    master, slave = os.openpty()
    try:
        with pytest.raises(DeviceLost, match="does not go into its bootloader: .*No serial data"):
            esp.detect(os.ttyname(slave))
    finally:
        os.close(master)
        os.close(slave)
    with pytest.raises(DeviceLost, match="cannot be opened"):
        esp.detect("/dev/ttyNONE")


def test_a_chip_that_does_not_answer_cannot_be_backed_up_so_it_is_not_erased(standin, image):
    with (
        standin(ESP32, Empty("", "", ())) as rom,
        pytest.raises(Refused, match="cannot be backed up") as caught,
    ):
        flash(Job(board("esp32"), FACTS, image(0), rom.port, erase=True), nothing_to_keep)
    assert caught.value.code == "backup" and not rom.resets


def test_an_esp32_s3_on_its_own_usb_is_sent_to_its_bootloader_first(
    standin, image, monkeypatch
):
    """MicroPython's USB on that chip ends with the app; the ROM's comes up at another port."""
    serial = "7cdfa1000001"
    with standin(ESP32S3) as app, standin(ESP32S3) as rom:
        now = [ports.Port(app.port, (0x303A, 0x4001), serial)]

        def runs(code):
            if "machine.bootloader()" in code:
                now[:] = [ports.Port(rom.port, (0x303A, 0x1001), serial)]

        app.app = FakePrompt("esp32", ESP32S3.machine, (1, 26, 0), runs=runs)
        monkeypatch.setattr(ports, "attached", lambda: list(now))
        report = flash(Job(board("esp32s3"), FACTS, image(9), app.port), nothing_to_keep)
    assert report.port == rom.port and not app.resets


@pytest.mark.parametrize("port", [None, "socket://127.0.0.1:4000"])
def test_a_port_has_to_be_named_and_be_a_serial_one(image, port):
    with pytest.raises(UsageError):
        flash(Job(board("esp32"), FACTS, image(0), port), nothing_to_keep)
