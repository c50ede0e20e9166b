"""Runs on MicroPython: a unit without hardware or line on /cut, and what its logs were given."""

import binascii

from preheat_core import board, clock, profile, settings
from preheat_core.check import canonical
from preheat_core.protocol import crc_hex
from preheat_core.thermocouple import Reading
from preheat_core.tick import Inputs
from preheat_fw import logfile
from preheat_fw.store import Store, sha
from preheat_fw.unit import Unit, take_intent

BOARD = {
    "schema": 1, "name": "rig", "title": "Rig", "mcu": "virtual", "micropython": "UNIX",
    "mains_hz": 50, "window_ticks": 4, "ssr_kind": "zero_cross",
    "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16},
    "zones": [{"name": "main", "probe": "plate", "ssr": 15, "power_w": 100, "coast_s": 4,
               "heater_kind": "plate"}],
    "probes": [{"name": "plate", "role": "board", "cs": 5}],
    "limits": {"board_max_c": 260, "heater_max_c": 400, "ramp_max_c_s": 3, "run_max_s": 7200},
}  # fmt: skip
PROFILE = {
    "schema": 1, "name": "warm", "title": "Warm", "alloy": "SAC305", "purpose": "reflow",
    "source": "test", "ramp_max_c_s": 3, "run_max_s": 3600,
    "stages": [{"name": "up", "target_c": 100, "ramp_c_s": 1, "hold_s": 20, "hold_max_s": 100,
                "ramp_max_s": 300}],
}  # fmt: skip
OFF_PINS = ((15, 0), (16, 0))


def content(path):
    """The bytes of a file; none if it is not there."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


class Noted(logfile.LogFile):
    """A log file that remembers by path what was added to it and how much of that is flushed."""

    notes = {}
    bench = None

    def __init__(self, path):
        data = content(path)
        super().__init__(path)
        self.bench.files.append(self)
        self._note = self.notes.setdefault(path, [data, len(data)])

    def append(self, block):
        super().append(block)
        self._note[0] += block

    def flush(self):
        super().flush()
        self._safe()

    def close(self):
        super().close()
        self._safe()

    def _safe(self):
        self.bench.alive()
        self._note[1] = len(self._note[0])


logfile.LogFile = Noted


class Gate:
    """A relay that is off: the journal may always write."""

    on = False

    def off(self):
        """It is off."""


class Device:
    """A unit on /cut as its composition root starts it, without hardware or line."""

    def __init__(self, bench):
        Noted.bench = bench
        Noted.notes.clear()
        self.bench = bench
        self.store = Store("/cut/data")
        self.logs = logfile.LogDir("/cut/logs")
        self.intent = take_intent(self.store)
        bench.alive()
        self.unit = Unit(self.store, self.logs, {
            "uid": "00ff", "boot_id": "b00t", "reset_cause": "power", "intent": self.intent,
            "fw_hash": "0" * 16, "set_clock": None, "epoch_s": lambda: None, "off_pins": OFF_PINS,
        })  # fmt: skip
        self.interrupted = self.logs.finish_interrupted()
        bench.alive()
        self.unit.gate = Gate()
        self.inputs = Inputs()
        self.now_ms = clock.PERIOD_MS - 3000
        self.temp_c = 25.0
        self._word = 0

    def ask(self, cmd, **args):
        """A command and its answer; PowerCut when the power went before it could be given."""
        line = {"id": 1, "cmd": cmd}
        line.update(args)
        answer = self.unit.desk.answer(line)
        self.bench.alive()
        assert answer["ok"], answer
        return answer

    def push(self, kind, name, body):
        """An upload as the host does it; the hash of what is stored."""
        data = canonical(body)
        self.ask("put", kind=kind, name=name, size=len(data), crc=crc_hex(data).decode())
        for number in range((len(data) + 89) // 90):
            piece = binascii.b2a_base64(data[number * 90 : number * 90 + 90]).decode().strip()
            self.ask("part", n=number, data=piece)
        return self.ask("done")["sha"]

    def tick(self, seconds):
        """Time passes on a plate of 50 J/K under 100 W, as in the loop but without the line."""
        unit, kernel = self.unit, self.unit.kernel
        for _ in range(int(seconds * 4)):
            self._word += 1
            seen = [Reading(int(self.temp_c * 4) / 4, None, 27.0, self._word)]
            decision = kernel.step(self.now_ms, seen, self.inputs)
            unit.journal.tick(kernel, unit.gate, self.now_ms)
            unit.incidents.tick(unit.gate.on)
            self.bench.alive()
            on_ms = decision.on_ms if decision.permit else 0
            self.inputs.on_ms = on_ms
            self.temp_c += (0.1 * on_ms - 0.05 * (self.temp_c - 25.0)) / 50.0
            self.now_ms = clock.add(self.now_ms, 250)

    def begin(self):
        """Claim and start what is stored as profiles/warm; the run's id."""
        token = self.ask("claim", host="test")["token"]
        data = self.store.read_bytes("profiles/warm.json")
        return self.ask(
            "start", token=token, profile="warm", hash=sha(data), detach=True, by="test"
        )["run_id"]


def named(name):
    """Settings of a unit with this name."""
    made = settings.default(name)
    made["pid"] = {"kp": 0.05, "ti_s": 60, "td_s": 0}
    return made


def titled(title):
    """The profile with this title."""
    made = dict(PROFILE)
    made["title"] = title
    return profile.normalise(made)


def fill(_bench):
    """What a unit has that was used before: configuration in its second version."""
    store = Store("/cut/data")
    store.write_bytes("board.json", canonical(board.normalise(BOARD)))
    for _ in range(2):
        store.write_bytes("settings.json", canonical(named("old")))
        store.write_bytes("profiles/warm.json", canonical(titled("Old")))
