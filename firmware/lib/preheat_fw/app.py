"""The composition root: the one module that imports `machine` and joins pins to the unit."""

import binascii
import json
import os
import sys
import time

import machine

from preheat_fw.console import Console
from preheat_fw.gate import Gate
from preheat_fw.logfile import LogDir
from preheat_fw.loop import Loop
from preheat_fw.max31855 import MAX31855
from preheat_fw.ports import Ports
from preheat_fw.serial_port import SerialPort
from preheat_fw.store import Store
from preheat_fw.unit import Unit, calibration, take_intent

BOOT_WINDOW_MS = 2500  # Ctrl-C reaches the REPL this long after a start
WATCHDOG_MS = 3000
SPI_HZ = 1_000_000
SEA_OF_TIME = 1_700_000_000  # a clock before this was never set

current: "App | None" = None  # the running App; the virtual bench looks here


class App:
    """The unit on its hardware."""

    def __init__(self, store: Store, logs: LogDir, intent):
        self.unit = Unit(store, logs, _about(intent))
        self.unit.read_fw_hash = _fw_hash
        self.interrupted = logs.finish_interrupted()
        board = self.unit.board
        pins = board["pins"]
        # Before every other pin: an SPI without mosi may take its port's default pin for it, and
        # whoever owns that pin takes it back below.
        self.unit.probes = self._probes(board)
        outputs = {
            name: _output(pins[name])
            for name in ("contactor", "lamp", "buzzer", "fan")
            if name in pins
        }
        inputs = {
            name: machine.Pin(pins[name], machine.Pin.IN, machine.Pin.PULL_UP)
            for name in ("interlock", "start_button")
            if name in pins
        }
        if "load_sense" in pins:
            inputs["load_sense"] = machine.Pin(pins["load_sense"], machine.Pin.IN)
        ssr = _output(board["zones"][0]["ssr"]) if board["zones"] else _no_pin
        self.gate = Gate(
            ssr,
            outputs.pop("contactor", None),
            # ESP32: a real one. Its virtual ones leak at every init and refuse an early deinit.
            machine.Timer(0 if sys.platform == "esp32" else -1),
            machine.Timer.ONE_SHOT,
            time.ticks_ms,
            # RP2 alone can call back in the interrupt itself; before 1.26 it could not either.
            sys.platform == "rp2" and sys.implementation.version >= (1, 26),
        )
        self.unit.gate = self.gate
        inputs.update(outputs)
        self.unit.ports = Ports(inputs)
        self.unit.ticks_ms = time.ticks_ms
        self.console = Console(
            SerialPort(_binary(sys.stdin), _binary(sys.stdout)),
            self.unit.desk.answer,
            self.unit.statement,
        )
        self.console.button_start = self.unit.desk.button_start
        self._watchdog = None
        self.unit.feed = self._feed_dog
        self.loop = Loop(
            self.unit,
            self.unit.probes,
            self.gate,
            self.unit.ports,
            self.console,
            self.feed,
            time.ticks_ms,
            time.sleep_ms,
        )

    def _probes(self, board):
        if not board["probes"]:
            return []
        pins = board["pins"]
        spi = machine.SPI(
            pins["spi_id"],
            baudrate=SPI_HZ,
            polarity=0,
            phase=0,
            sck=machine.Pin(pins["sck"]),
            mosi=machine.Pin(pins["mosi"]) if "mosi" in pins else None,
            miso=machine.Pin(pins["miso"]),
        )
        probes = []
        for row in board["probes"]:
            offset_c, gain = calibration(self.unit.kernel.settings, row["name"])
            probes.append(MAX31855(spi, _output(row["cs"], 1), offset_c, gain))
        return probes

    def feed(self, whole_tick: bool) -> None:
        """Feed the watchdog after a tick in which every step left its token.

        It starts at the first heat; it cannot be stopped, so it is fed until the next reset.
        """
        if self._watchdog is None and self.unit.kernel.driving:
            self._watchdog = machine.WDT(timeout=WATCHDOG_MS)
        if whole_tick:
            self._feed_dog()

    def _feed_dog(self) -> None:
        if self._watchdog is not None:
            self._watchdog.feed()

    def starve(self) -> None:
        """Asked for: let the watchdog bite. If it does not, restart and say so."""
        if self._watchdog is None:
            self._watchdog = machine.WDT(timeout=WATCHDOG_MS)
        time.sleep_ms(3 * WATCHDOG_MS)
        self.unit.store.write_json("intent.json", {"intent": "no_bite"})

    def busy(self) -> bool:
        """True from a run's start until its log is closed, and while selftest tries something."""
        return self.unit.kernel.run is not None or self.unit.kernel.trial is not None

    def waits_for_link(self) -> bool:
        """True while a run or a trial that needs its host is on."""
        kernel = self.unit.kernel
        return kernel.trial is not None or (kernel.heating and not kernel.run.detached)

    def link_age_ms(self) -> int:
        """Milliseconds since the last heartbeat of its host."""
        kernel = self.unit.kernel
        one = kernel.run or kernel.trial
        return 0 if one is None else one.silent_ms

    def run(self) -> None:
        """Say hello, then tick until asked to leave."""
        self.console.say({"hello": self.unit.statement.hello()})
        for run_id in self.interrupted:
            self.console.say({"ev": "interrupted", "run": run_id})
        try:
            self.loop.run()
        finally:
            self.unit.journal.close()
            self.unit.incidents.close()
        self.console.drain(1000, time.ticks_ms, time.sleep_ms)


def main() -> None:
    """Run the unit; returns only to leave the board at its REPL (service mode)."""
    global current
    store = Store("/data")
    intent = take_intent(store)
    if intent == "service":
        print("preheat: service mode, heat is off; a reset leaves it")
        return
    time.sleep_ms(BOOT_WINDOW_MS)
    _ctrl_c(False)
    try:
        current = App(store, LogDir("/logs"), intent)
        current.run()
        if current.unit.leaving == "bite":
            current.starve()
    finally:
        _ctrl_c(True)
    machine.reset()


def _about(intent) -> dict:
    return {
        "uid": binascii.hexlify(machine.unique_id()).decode(),
        "boot_id": binascii.hexlify(os.urandom(4)).decode(),
        "reset_cause": _reset_cause(),
        "intent": intent,
        "fw_hash": _fw_hash(),
        "off_pins": _off_pins(),
        "set_clock": _set_clock,
        "epoch_s": _epoch_s,
    }


def _reset_cause() -> str:
    cause = machine.reset_cause()
    for name, word in (
        ("PWRON_RESET", "power"),
        ("WDT_RESET", "watchdog"),
        ("SOFT_RESET", "soft"),
        ("HARD_RESET", "pin"),
    ):
        if getattr(machine, name, None) == cause:
            return word
    return "unknown"


def _fw_hash():
    try:
        with open("/fw.json") as file:
            return json.load(file)["hash"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _off_pins():
    """What boot.py drives, as (pin, level) rows; None if board_pins.py cannot be used."""
    try:
        import board_pins

        return [(int(pin), int(level)) for pin, level in board_pins.OFF]
    except Exception:  # a file cut short may fail in any way
        return None


def _set_clock(epoch_s: int) -> None:
    year, month, day, hour, minute, second, weekday = time.gmtime(epoch_s)[:7]
    machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))


def _epoch_s():
    now_s = int(time.time())
    return now_s if now_s >= SEA_OF_TIME else None


def _output(number: int, level: int = 0):
    return machine.Pin(number, machine.Pin.OUT, value=level)


def _no_pin(_level: int = 0) -> int:
    return 0


def _binary(stream):
    return getattr(stream, "buffer", stream)


def _ctrl_c(enabled: bool) -> None:
    try:
        import micropython
    except ImportError:
        return  # CPython on the virtual bench has no REPL to protect
    micropython.kbd_intr(3 if enabled else -1)
