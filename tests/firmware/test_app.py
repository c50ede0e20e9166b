"""How the composition root asks each port for its hardware."""

import importlib
import io
import os
import sys
import time
import types

import pytest
from parts import BOARD

from preheat_core import board, contactor_proof
from preheat_core.check import canonical
from preheat_fw.logfile import LogDir
from preheat_fw.store import Store


class Machine(types.ModuleType):
    """A `machine` that notes in `asked` what was made of it, in order."""

    WDT_RESET = 3

    def __init__(self):
        super().__init__("machine")
        self.asked = asked = []

        class Pin:
            IN, OUT, PULL_UP = 0, 1, 1

            def __init__(self, number, *_more, **_named):
                self.number = number
                asked.append(("pin", number))

            def __call__(self, level=0):
                return level

        class Timer:
            ONE_SHOT = 0

            def __init__(self, number):
                asked.append(("timer", number))

            def init(self, **settings):
                asked.append(("init", settings.get("hard", False)))

            def deinit(self):
                """Nothing runs."""

        self.Pin = Pin
        self.Timer = Timer

    def WDT(self, timeout):
        self.asked.append(("watchdog", timeout))
        return types.SimpleNamespace(feed=lambda: self.asked.append(("fed", timeout)))

    def SPI(self, _number, **pins):
        self.asked.append(("spi", pins["mosi"]))

    def unique_id(self):
        return b"\x01\x02"

    def reset_cause(self):
        return self.WDT_RESET


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start(platform, version): the notes of an App made there, after one tick of heat."""
    pipe = os.pipe()
    streams = [os.fdopen(pipe[0], "rb", 0), os.fdopen(pipe[1], "wb", 0)]

    def made(platform, version):
        machine = Machine()
        pins = types.ModuleType("board_pins")
        pins.OFF = (15, 0), (16, 0)
        monkeypatch.setitem(sys.modules, "machine", machine)
        monkeypatch.setitem(sys.modules, "board_pins", pins)
        monkeypatch.delitem(sys.modules, "preheat_fw.app", raising=False)
        monkeypatch.setattr(time, "ticks_ms", lambda: 0, raising=False)
        monkeypatch.setattr(
            time, "sleep_ms", lambda ms: machine.asked.append(("slept", ms)), raising=False
        )
        monkeypatch.setattr(sys, "stdin", streams[0])
        monkeypatch.setattr(sys, "stdout", streams[1])
        app = importlib.import_module("preheat_fw.app")

        here = types.SimpleNamespace(
            platform=platform, implementation=types.SimpleNamespace(version=version),
            stdin=streams[0], stdout=streams[1],
        )  # fmt: skip
        monkeypatch.setattr(app, "sys", here)
        store = Store(str(tmp_path / "data"))
        store.write_bytes("board.json", canonical(board.normalise(BOARD)))
        unit = app.App(store, LogDir(str(tmp_path / "logs")), None)
        assert unit.unit.problems == []
        unit.gate.tick(True, 250)
        made.unit = unit.unit
        made.app = unit
        return machine.asked

    yield made
    sys.modules.pop("preheat_fw.app", None)
    for stream in streams:
        stream.close()


@pytest.mark.parametrize(
    ("platform", "version", "number", "hard"),
    [("esp32", (1, 29, 0, ""), 0, False), ("rp2", (1, 29, 0, ""), -1, True),
     ("rp2", (1, 25, 0, ""), -1, False), ("linux", (1, 29, 0, ""), -1, False)],
)  # fmt: skip
def test_the_timer_that_takes_the_heat_away_is_one_the_port_has(
    start, platform, version, number, hard
):
    asked = start(platform, version)
    assert ("timer", number) in asked and asked[-1] == ("init", hard)


def test_the_bus_is_made_before_the_outputs_so_that_it_takes_none_of_them(start):
    asked = start("rp2", (1, 29, 0, ""))
    assert asked.index(("spi", None)) < asked.index(("pin", 15))


@pytest.mark.parametrize(
    ("text", "want"),
    [('{"hash": "00ff"}', "00ff"), (None, None), ('{"hash"', None), ("{}", None), ("[]", None)],
)
def test_the_list_of_the_firmwares_files_is_read_anew_each_time(start, monkeypatch, text, want):
    start("linux", (1, 29, 0, ""))
    assert start.unit.fw_hash is None  # there was none when the unit started
    really = open

    def opened(path, *more, **named):
        if path != "/fw.json":
            return really(path, *more, **named)
        if text is None:
            raise OSError(2, path)
        return io.StringIO(text)

    monkeypatch.setattr("builtins.open", opened)
    assert start.unit.read_fw_hash() == want


def test_the_watchdog_runs_in_a_trial_as_in_a_run(start):
    asked = start("rp2", (1, 29, 0, ""))
    start.app.feed(True)
    assert ("watchdog", 3000) not in asked
    start.unit.kernel.trial = contactor_proof.Click()
    start.app.feed(True)
    assert asked[-2:] == [("watchdog", 3000), ("fed", 3000)]
    start.app.feed(False)  # a step was missed
    assert asked[-1] == ("fed", 3000) and asked.count(("fed", 3000)) == 1


def test_a_watchdog_that_is_to_bite_is_not_fed_and_one_that_does_not_is_told(start):
    asked = start("rp2", (1, 29, 0, ""))
    start.app.starve()
    assert asked[-2:] == [("watchdog", 3000), ("slept", 9000)]
    assert start.unit.store.read_json("intent.json") == {"intent": "no_bite"}
