"""`preheat flash` at the command line: which file to get, one answer, what has to be accepted."""

import io
import os
from pathlib import Path

import pytest

from host import image_files as make
from host.boot_volume import Rp2Standin
from host.cli_helpers import Shell
from preheat import quoted, tomlfiles
from preheat.flashing import places


@pytest.fixture
def shell(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "candidates", lambda: list((tmp_path / "media").glob("*")))
    monkeypatch.setattr("preheat.link._HELLO_EVERY_S", 0.1)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def pico():
    return "raspberrypi-pico"


def test_without_an_image_it_says_which_file_to_get(shell, pico):
    ran = shell("flash", "--board", pico)
    assert ran.code == 2
    assert "get RPI_PICO-D-vV.uf2 from https://micropython.org/download/RPI_PICO/" in ran.out
    assert "at least v1.26" in ran.out
    assert f"preheat flash --board {pico} --image FILE.uf2 --port PORT" in ran.out
    assert ran.err.count("\n") == 1 and "no image was given" in ran.err
    assert shell("flash", "--board", pico, "--json").document == {
        "board": pico, "name": "RPI_PICO-D-vV.uf2", "oldest": "1.26",
        "page": "https://micropython.org/download/RPI_PICO/",
        "command": f"preheat flash --board {pico} --image FILE.uf2 --port PORT",
    }


def test_the_file_for_an_esp_is_a_bin(shell):
    ran = shell("flash", "--board", "espressif-esp32-s3-devkitc")
    assert "ESP32_GENERIC_S3-D-vV.bin" in ran.out


def test_a_virtual_board_has_nothing_to_flash(shell):
    ran = shell("flash", "--board", "virtual-hotplate")
    assert ran.code == 2 and ran.out == "" and "preheat virtual" in ran.err


def test_a_wrong_image_is_refused_before_any_port_is_looked_at(shell, pico):
    page = shell.file("x.uf2", "<!doctype html>")
    ran = shell("flash", "--board", pico, "--image", page, "--port", "/dev/ttyNONE")
    assert ran.code == 4 and "a web page that was saved under this name" in ran.err


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_flashed_and_what_to_do_next(shell, pico):
    image = shell.file("RPI_PICO-20260824-v1.29.0.uf2", make.uf2())
    with Rp2Standin(shell.folder / "media") as board:
        words = ("flash", "--board", pico, "--image", image, "--port", board.port)
        ran = shell(*words)
        assert ran.code == 0
        assert "answers with MicroPython 1.29.0 on Raspberry Pi Pico with RP2040" in ran.out
        assert f"next: preheat deploy --board {pico} --port {board.port}" in ran.out
        document = shell(*words, "--json").document
    assert document.pop("duration_s") > 0
    assert document == {
        "port": board.port, "board": pico, "mcu": "rp2040", "image": image.name,
        "version": "1.29.0", "machine": "Raspberry Pi Pico with RP2040", "live": False,
        "erased": False, "backup": None,
    }


def test_a_command_to_copy_is_quoted(shell):
    text = (Path(tomlfiles.__file__).parents[2] / "boards" / "raspberrypi-pico.toml").read_text()
    mine = shell.file("my pico.toml", text)
    ran = shell("flash", "--board", mine)
    assert quoted.command("preheat", "flash", "--board", mine, "--image") in ran.out
    assert str(mine) in ran.out and f"--board {mine} " not in ran.out


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_next_command_is_quoted_and_a_backup_is_told_before_what_may_fail(
    shell, pico, monkeypatch
):
    """The folder of a backup is of use above all when a later step fails."""
    from preheat.cli import flash
    from preheat.flashing import answer

    saved = shell.folder / "saved.backup"
    (shell.folder / "saved.files").mkdir()
    monkeypatch.setattr(flash, "_before_erase", lambda port: saved)
    text = (Path(tomlfiles.__file__).parents[2] / "boards" / "raspberrypi-pico.toml").read_text()
    mine = shell.file("my pico.toml", text)
    image = shell.file("RPI_PICO-20260824-v1.29.0.uf2", make.uf2())
    with Rp2Standin(shell.folder / "media") as board:
        words = ("--board", mine, "--image", image, "--port", board.port, "--erase")
        ran = shell("flash", *words, "--json")
        assert ran.document["backup"] == str(saved)
        assert f"preheat deploy --board '{mine}' --port" in shell("flash", *words).out
        monkeypatch.setattr(answer, "BACK_S", 0.3)
        monkeypatch.setattr("preheat.service.HELLO_S", 0.3)
        board.comes_back = False
        ran = shell("flash", *words)
    assert ran.code == 3 and "did not come back" in ran.err
    assert f"what was on it is in {saved}\n" in ran.err
    assert str(shell.folder / "saved.files") in ran.err


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_loss_is_accepted_by_typing_it_or_by_yes_and_by_nothing_else(
    shell, pico, monkeypatch
):
    from preheat.cli import flash
    from preheat.errors import DeviceLost

    def unreadable(port):
        raise DeviceLost("the flash cannot be read")

    class Keyboard(io.StringIO):
        isatty = lambda self: True  # noqa: E731

    monkeypatch.setattr(flash, "_before_erase", unreadable)
    image = shell.file("RPI_PICO-20260824-v1.29.0.uf2", make.uf2())
    with Rp2Standin(shell.folder / "media") as board:
        words = ("flash", "--board", pico, "--image", image, "--port", board.port, "--erase")
        assert shell(*words).code == 4
        monkeypatch.setattr("sys.stdin", Keyboard("yes\n"))
        assert shell(*words).code == 4
        assert not board.erased
        monkeypatch.setattr("sys.stdin", Keyboard("the data may be lost\n"))
        ran = shell(*words)
        assert ran.code == 0 and "calibration" in ran.err and board.erased
        assert shell(*words, "--yes").code == 0
