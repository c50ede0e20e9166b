"""The second amplifier on the laptop: Adafruit's driver on a fake bus; a bare computer."""

import struct
import sys
import types

import pytest

from preheat.calibration import blinka
from preheat.errors import Refused, UsageError
from preheat_fw import max31855


class Pin:
    """A chip select that only has to exist."""

    def __init__(self, pin=None):
        self.pin = pin

    def switch_to_output(self, value=True):
        self.value = value


class Bus:
    """An SPI bus that always answers the same word."""

    def __init__(self, word):
        self.word = word

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def configure(self, **settings):
        pass

    def readinto(self, buf):
        buf[:] = struct.pack(">I", self.word)


def frame(tc_c, cj_c, low=0):
    return (int(tc_c * 4) & 0x3FFF) << 18 | (int(cj_c * 16) & 0xFFF) << 4 | low


@pytest.mark.parametrize(("tc_c", "cj_c"), [(149.75, 24.5), (0.25, 21), (-12.5, 20), (245, 31)])
def test_the_reference_is_linearised_as_a_unit_linearises(tc_c, cj_c):
    word = frame(tc_c, cj_c)
    shown_c = blinka.Reference(Bus(word), Pin()).read()
    assert shown_c == max31855.reading(word).temp_c
    assert abs(shown_c - tc_c) < 4  # and not the chip's own straight line
    assert shown_c != tc_c


@pytest.mark.parametrize(
    ("word", "words"),
    [(frame(25, 25, 0x10001), "not connected"), (frame(25, 25, 0x10002), "ground"),
     (0xFFFFFFFF, "not connected"), (0, "no chip"), (frame(1600, 25), "type K gives")],
)
def test_a_reference_without_a_reading_says_why(word, words):
    with pytest.raises(Refused, match=words):
        blinka.Reference(Bus(word), Pin()).read()


def adapter(monkeypatch, **names):
    """A computer on which Blinka finds a board with these names."""
    board = types.ModuleType("board")
    board.board_id = "FTDI_FT232H"
    for name, value in names.items():
        setattr(board, name, value)
    digitalio = types.ModuleType("digitalio")
    digitalio.DigitalInOut = Pin
    monkeypatch.setitem(sys.modules, "board", board)
    monkeypatch.setitem(sys.modules, "digitalio", digitalio)


def test_with_an_adapter_the_chip_select_is_the_pin_that_was_named(monkeypatch):
    adapter(monkeypatch, SPI=lambda: Bus(frame(100, 25)), C0="c0", C4="c4")
    assert blinka.open_reference("C4").read() == max31855.reading(frame(100, 25)).temp_c
    with pytest.raises(UsageError, match="no pin 'D5'") as caught:
        blinka.open_reference("D5")
    assert "blinka:PIN" in caught.value.fix


def test_without_hardware_or_libraries_it_is_said_what_is_missing(monkeypatch):
    def broken():
        raise ValueError("No backend\navailable")

    adapter(monkeypatch, C0="c0")
    with pytest.raises(UsageError, match="no SPI") as caught:
        blinka.open_reference()
    assert "BLINKA_FT232H=1" in caught.value.fix
    adapter(monkeypatch, SPI=broken, C0="c0")
    with pytest.raises(UsageError, match="No backend available"):
        blinka.open_reference()
    for name in ("board", "adafruit_max31855"):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(UsageError, match="needs Adafruit's libraries") as caught:
            blinka.open_reference()
        assert "preheat[blinka]" in caught.value.fix
