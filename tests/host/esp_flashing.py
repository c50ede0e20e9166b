"""What every test that flashes an ESP has: boards, a hello, lines and a short patience."""

from host import modem_lines
from host.standin import BOARD
from preheat.boardfacts import HostFacts

FACTS = HostFacts((1, 26))
HELLO = {"uid": "1", "boot_id": "a", "proto": 1, "micropython": "1.29.0"}


def board(mcu):
    """A board file's values for that chip, of MicroPython's generic board."""
    build = mcu.upper().replace("ESP32", "ESP32_GENERIC_").rstrip("_")
    return {**BOARD, "name": f"a-{mcu}", "mcu": mcu, "micropython": build}


def nothing_to_keep(port):
    """A backup of a board that has nothing of its own."""
    del port


def prepare(tmp_path, monkeypatch):
    """Give this test's ports DTR and RTS, and a stand-in's short patience; the lines' notes."""
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("preheat.link._HELLO_EVERY_S", 0.1)  # a stand-in answers at once
    monkeypatch.setattr("preheat.service.HELLO_S", 1.0)
    (tmp_path / "esptool.cfg").write_text("[esptool]\nconnect_attempts = 1\nreset_delay = 0.01\n")
    monkeypatch.setenv("ESPTOOL_CFGFILE", str(tmp_path / "esptool.cfg"))
    return modem_lines.provide(tmp_path / "lines", monkeypatch)
