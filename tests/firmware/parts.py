"""Ordinary stand-ins for hardware: a clock moved by sleeping, pins, a timer, a probe, a line.

They run under CPython and MicroPython alike.
"""

import binascii

from preheat_core import board, clock, profile, settings
from preheat_core.check import canonical
from preheat_core.protocol import crc_hex, decode, encode
from preheat_fw.console import Console
from preheat_fw.gate import Gate
from preheat_fw.logfile import LogDir
from preheat_fw.loop import Loop
from preheat_fw.max31855 import reading
from preheat_fw.ports import Ports
from preheat_fw.store import Store
from preheat_fw.unit import Unit, calibration

BOARD = {
    "schema": 1, "name": "rig", "title": "Rig", "mcu": "virtual", "micropython": "UNIX",
    "mains_hz": 50, "window_ticks": 4, "ssr_kind": "zero_cross",
    "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16, "interlock": 19,
             "start_button": 20},
    "zones": [{"name": "main", "probe": "plate", "ssr": 15, "power_w": 100, "coast_s": 4,
               "heater_kind": "plate"}],
    "probes": [{"name": "plate", "role": "board", "cs": 5}],
    "limits": {"board_max_c": 260, "heater_max_c": 400, "ramp_max_c_s": 3, "run_max_s": 7200},
}  # fmt: skip
# One that can prove its contactor.
SENSING = dict(BOARD, pins=dict(BOARD["pins"], load_sense=21))
PROFILE = {
    "schema": 1, "name": "warm", "title": "Warm", "alloy": "SAC305", "purpose": "reflow",
    "source": "test", "ramp_max_c_s": 3, "run_max_s": 3600,
    "stages": [{"name": "up", "target_c": 100, "ramp_c_s": 1, "hold_s": 20, "hold_max_s": 100,
                "ramp_max_s": 300}],
}  # fmt: skip


class FakeClock:
    """Time that moves by sleeping only; `tasks` run whenever it moved."""

    def __init__(self):
        self.now_ms = clock.PERIOD_MS - 3000
        self.tasks = []

    def ticks_ms(self):
        return self.now_ms

    def sleep_ms(self, ms):
        self.now_ms = clock.add(self.now_ms, ms)
        for task in list(self.tasks):
            task()


class FakePin:
    """A pin as the firmware uses it: pin() reads, pin(level) writes; remembers every level."""

    def __init__(self, level=0):
        self.level = level
        self.history = []

    def __call__(self, level=None):
        if level is None:
            return self.level
        self.level = level
        self.history.append(level)
        return None


class FakeTimer:
    """A one-shot timer on a FakeClock."""

    ONE_SHOT = 0

    def __init__(self, time):
        self._time = time
        self._due_ms = None
        self._callback = None
        time.tasks.append(self._run)

    def init(self, mode, period, callback):
        self._due_ms = clock.add(self._time.now_ms, period)
        self._callback = callback

    def deinit(self):
        self._due_ms = None

    def _run(self):
        if self._due_ms is not None and clock.diff(self._time.now_ms, self._due_ms) >= 0:
            self._due_ms = None
            self._callback(self)


class LoadPin:
    """The load-sense input: high while current flows through relay and contactor."""

    def __init__(self, bench):
        self._bench = bench

    def __call__(self):
        return 1 if self._bench.heats else 0


class FakeProbe:
    """A probe on a plate that is heated while `bench.heats`; or it fails as told."""

    def __init__(self, bench):
        time = bench.time
        self.temp_c = 25.0
        self.word = None  # a raw word instead of the temperature
        self.raises = None
        self._flip = 0
        self._last_ms = time.now_ms
        self.calibrated = None

        def heat():
            passed_s = clock.diff(time.now_ms, self._last_ms) / 1000
            self._last_ms = time.now_ms
            watts = (100.0 if bench.heats else 0.0) - 0.2 * (self.temp_c - 25.0)
            self.temp_c += watts / 50.0 * passed_s

        time.tasks.append(heat)

    def calibrate(self, offset_c, gain):
        self.calibrated = (offset_c, gain)

    def read(self):
        if self.raises is not None:
            raise self.raises
        if self.word is not None:
            return reading(self.word)
        self._flip ^= 1
        raw = round((self.temp_c - 27.0) * 0.9975 + 27.0) * 4  # near enough for a rig
        return reading((raw & 0x3FFF) << 18 | (432 + self._flip) << 4)


class FakeLine:
    """The serial line: `send` objects, look at `lines`; `reads` False stands for a deaf host."""

    def __init__(self):
        self.inbox = b""
        self.outbox = bytearray()
        self.reads = True
        self.failing = None

    def read(self, most=256):
        if self.failing is not None:
            raise self.failing
        data, self.inbox = self.inbox[:most], self.inbox[most:]
        return data

    def write(self, data):
        if not self.reads:
            return 0
        self.outbox += data
        return len(data)

    def send(self, obj):
        self.inbox += encode(obj)

    def take(self):
        """Every whole line that came out since the last call, as objects."""
        whole, _, rest = bytes(self.outbox).rpartition(b"\n")
        self.outbox = bytearray(rest)
        return [decode(line) for line in whole.split(b"\n") if line]


class Bench:
    """A whole unit on these parts, in a folder."""

    def __init__(self, folder, made=BOARD):
        self.folder = folder
        self.time = FakeClock()
        self.ssr = FakePin()
        self.contactor = FakePin()
        self.interlock = FakePin(0)
        self.button = FakePin(1)
        self.lamp = FakePin()
        self.welded = False  # the contactor
        self.line = FakeLine()
        self.fed = []
        self.epoch_s = None
        self.off_pins = ((15, 0), (16, 0))
        self._id = 0
        self.unit = None
        self.store = Store(f"{folder}/data")
        if made is not None:
            self.store.write_bytes("board.json", canonical(board.normalise(made)))
        if self.store.read_bytes("settings.json") is None:
            chosen = settings.default("rig")
            chosen["pid"] = {"kp": 0.05, "ti_s": 60, "td_s": 0}
            self.store.write_bytes("settings.json", canonical(chosen))
        self.boot()

    def boot(self):
        """Start the unit from what is stored, as after a reset."""
        self.close()
        logs = LogDir(f"{self.folder}/logs")
        self.interrupted = logs.finish_interrupted()
        self.unit = Unit(self.store, logs, {
            "uid": "00ff", "boot_id": "b00t", "reset_cause": "power", "intent": None,
            "fw_hash": "0" * 16, "set_clock": self._set_clock, "epoch_s": lambda: self.epoch_s,
            "off_pins": self.off_pins,
        })  # fmt: skip
        self.timer = FakeTimer(self.time)
        self.gate = Gate(
            self.ssr, self.contactor, self.timer, FakeTimer.ONE_SHOT, self.time.ticks_ms
        )
        self.unit.gate = self.gate
        self.probe = FakeProbe(self)
        self.unit.probes = [self.probe] if self.unit.board["probes"] else []
        self.console = Console(self.line, self.unit.desk.answer, self.unit.statement)
        self.console.button_start = self.unit.desk.button_start
        pins = {"interlock": self.interlock, "start_button": self.button, "lamp": self.lamp}
        if "load_sense" in self.unit.board["pins"]:
            pins["load_sense"] = LoadPin(self)
        self.unit.ports = Ports(pins)
        self.unit.ticks_ms = self.time.ticks_ms
        self.loop = Loop(
            self.unit, self.unit.probes, self.gate, self.unit.ports, self.console,
            self.fed.append,
            self.time.ticks_ms, self.time.sleep_ms,
        )  # fmt: skip
        for row in self.unit.board["probes"]:
            calibration(self.unit.kernel.settings, row["name"])

    @property
    def heats(self):
        """True while current flows: through the relay, and the contactor or its weld."""
        return bool(self.ssr.level and (self.contactor.level or self.welded))

    def close(self):
        """Let go of open files, as a reset does."""
        if self.unit is not None:
            self.unit.journal.close()
            self.unit.incidents.close()

    def _set_clock(self, epoch_s):
        self.epoch_s = epoch_s

    def wait(self, seconds):
        """Let time pass, tick by tick."""
        for _ in range(int(seconds * 4)):
            self.loop.tick()

    def ask(self, cmd, **args):
        """One command and its answer."""
        self._id += 1
        line = {"id": self._id, "cmd": cmd}
        line.update(args)
        self.line.send(line)
        for _ in range(4):
            self.loop.tick()
            for obj in self.line.take():
                if obj.get("id") == self._id:
                    return obj
        raise AssertionError(f"no answer to {cmd}")

    def push(self, kind, body, name=None):
        """Upload a dict (or bytes) as the host does; the answer to `done`."""
        data = body if isinstance(body, bytes) else canonical(body)
        name = name or (body["name"] if isinstance(body, dict) else "warm")
        found = self.ask("put", kind=kind, name=name, size=len(data), crc=crc_hex(data).decode())
        if not found["ok"]:
            return found
        for number in range(0, (len(data) + 89) // 90):
            piece = data[number * 90 : number * 90 + 90]
            self.ask("part", n=number, data=binascii.b2a_base64(piece).decode().strip())
        return self.ask("done")

    def begin(self, detach=True, made=None):
        """Push a profile, claim, start; the session's token."""
        stored = self.push("profile", profile.normalise(made or PROFILE))
        assert stored["ok"], stored
        token = self.ask("claim", host="test")["token"]
        found = self.ask(
            "start", token=token, profile="warm", hash=stored["sha"], detach=detach, by="test"
        )
        assert found["ok"], found
        return token
