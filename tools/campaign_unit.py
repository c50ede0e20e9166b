"""A whole unit inside this process: the firmware's own App on the virtual bench, hooked each tick.

App, loop, gate, journal, console and drivers are the real ones; `machine` and `time` are the
virtual bench's shims. Bench time passes only in the firmware's own sleeping and working.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from preheat.bench.benchclock import TICKS_PERIOD
from preheat.bench.device import machine_shim, time_shim
from preheat.bench.world import World
from preheat_core.check import canonical
from preheat_fw import unit as unit_module
from preheat_fw.logfile import LogDir
from preheat_fw.store import Store

BOOT_US = 2_500_000  # the boot window of main()
GIVE_UP_S = 5.0  # a loop that was left for good: the watchdog ends it within this
FAR_US = 1 << 60
FW_HASH = "0" * 16  # as a deploy would have left it


class Reboot(BaseException):
    """The microcontroller was reset; no `except Exception` of the firmware may stop it."""

    def __init__(self, cause: str, off_s: float):
        super().__init__(cause, off_s)
        self.cause = cause
        self.off_s = off_s


class Over(BaseException):
    """The campaign has seen enough of this unit."""


def _load_app() -> Any:
    """preheat_fw.app on the shims, under a name of its own: nobody else gets this one."""
    path = Path(unit_module.__file__).with_name("app.py")
    spec = importlib.util.spec_from_file_location("preheat_campaign_app", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    kept = {name: sys.modules.get(name) for name in ("machine", "time")}
    sys.modules["machine"], sys.modules["time"] = machine_shim, time_shim
    try:
        spec.loader.exec_module(module)
    finally:
        for name, was in kept.items():
            if was is None:
                del sys.modules[name]
            else:
                sys.modules[name] = was
    return module


app_module = _load_app()


class Witness:
    """What the plant saw, in the place of a trace: when heat flowed and when it was commanded."""

    next_us = FAR_US

    def __init__(self) -> None:
        self.world: Any = None
        self._at_us = 0
        self.heat_us = 0  # in all: current through the heater
        self.loose_us = 0  # of that, without the relay commanded on
        self.on_us = 0  # the relay commanded on
        self.last_heat_us = -1

    def begin(self, now_us: int) -> None:
        """A boot begins."""
        self._at_us = now_us

    def row(self, *_seen: Any) -> None:
        """No rows are written."""

    def passed(self, heat_j: float, ssr: int, _closed: int) -> None:
        """Since the last call nothing was switched."""
        now_us = self.world.now_us
        span_us = now_us - self._at_us
        self._at_us = now_us
        if ssr:
            self.on_us += span_us
        if heat_j > 0:
            self.heat_us += span_us
            self.last_heat_us = now_us
            if not ssr:
                self.loose_us += span_us


class BentWorld(World):
    """A World whose clock can be bent as a fault."""

    skew_ms = 0
    stand_until_us = 0
    _stood_ms = 0

    def stand(self, until_us: int) -> None:
        """The clock stands until then, and goes on as if it had not."""
        self._stood_ms = self.ticks_ms()
        self.stand_until_us = until_us

    def ticks_ms(self) -> int:
        """As MicroPython's, bent."""
        found = super().ticks_ms()
        if self.stand_until_us and self.now_us < self.stand_until_us:
            return self._stood_ms
        return (found + self.skew_ms) & (TICKS_PERIOD - 1)


class Line:
    """The serial line: bytes wait in `inbox` for the unit, what it says is in `outbox`."""

    def __init__(self) -> None:
        self.inbox = bytearray()
        self.outbox = bytearray()
        self.deaf = False  # the host does not read

    def read(self, most: int = 256) -> bytes:
        """As SerialPort.read."""
        if not self.inbox:
            return b""
        found = bytes(self.inbox[:most])
        del self.inbox[:most]
        return found

    def write(self, data: bytes) -> int:
        """As SerialPort.write."""
        if self.deaf:
            return 0
        self.outbox += data
        return len(data)


class _Pace:
    """Sleeping is bench time that passes, nothing more."""

    def __init__(self, world: World):
        self.sleep_us = world.advance


class _Child:
    """What the machine shim asks of the process that it usually lives in."""

    def __init__(self, world: World, cause: str):
        self.world = world
        self.pace = _Pace(world)
        self.cause = cause
        self.rtc_memory = b""


class Unit:
    """One unit over its boots. `after_tick()` runs after each tick, inside the loop.

    `folder` holds its flash; `profile` is stored in it as an upload would.
    """

    def __init__(self, folder: Path, fitted: Any, profile: dict, faults: list, seed: int):
        self.fitted = fitted
        self.faults = faults
        self.seed = seed
        self.after_tick: Any = lambda: None
        self.at_boot: Any = lambda: None
        self.at_reset: Any = lambda cause: None
        self.witness = Witness()
        self.line = Line()
        self.boots = 0
        self.whole = False  # the last tick got through all of its steps
        self.left: list[str] = []  # exceptions that left the app
        self._data, self._logs = folder / "data", folder / "logs"
        self._incidents = folder / "incidents"
        store = Store(str(self._data))
        store.write_bytes("board.json", canonical(fitted.board))
        store.write_bytes("settings.json", canonical(fitted.settings))
        self.profile_data = canonical(profile)
        store.write_bytes("profiles/campaign.json", self.profile_data)
        self.world = self._new_world()
        self.app: Any = None

    def _new_world(self) -> BentWorld:
        fitted = self.fitted
        world = BentWorld(
            fitted.plant, fitted.board, self.faults, self.seed, self.witness, self._die
        )
        self.witness.world = world
        return world

    def _die(self, cause: str, off_s: float) -> None:
        self._left = self.world.state()
        raise Reboot(cause, off_s)

    def boot(self, cause: str = "power", off_s: "float | None" = None) -> None:
        """Start, or start again after a reset: the world goes on from where it was left."""
        if off_s is not None:
            # A fault of the script may cut the power again while it is off.
            self.world = self._new_world()
            self.world.restore(self._left, cause, off_s)
        self.boots += 1
        machine_shim.bind(_Child(self.world, cause), b"campaign")
        time_shim.bind(self.world, _Pace(self.world))
        self.world.advance(BOOT_US)
        self.line.inbox.clear()
        pins = [self.fitted.board["zones"][0]["ssr"], self.fitted.board["pins"].get("contactor")]
        app_module._off_pins = lambda: [(pin, 0) for pin in pins if pin is not None]
        app_module._fw_hash = lambda: FW_HASH
        app_module.SerialPort = lambda _in, _out: self.line
        store = Store(str(self._data))
        intent = unit_module.take_intent(store)
        self.app = app_module.App(store, LogDir(str(self._logs)), intent)
        feed = self.app.feed

        def fed(whole_tick: bool) -> None:
            feed(whole_tick)
            self.world.sync()
            self.whole = whole_tick
            self.after_tick()

        self.app.loop._feed = fed
        self.at_boot()

    def run(self) -> None:
        """Boots until somebody raises Over."""
        cause, off_s = "power", None
        while True:
            try:
                self.boot(cause, off_s)
                self._play()
                self.world.reset("reset")
            except Reboot as reboot:
                self.at_reset(reboot.cause)
                cause, off_s = reboot.cause, reboot.off_s

    def _play(self) -> None:
        """As main.py: whatever leaves the app, the outputs are switched off behind it."""
        try:
            self.app.run()
        except Exception as error:  # the REPL: nothing feeds the watchdog any more
            self.left.append(f"{type(error).__name__} left the app: {error}")
            self.whole = False
            self.off()
            for _ in range(int(GIVE_UP_S * 10)):
                self.world.advance(100_000)
            self.after_tick()
            raise Over from None
        self.off()

    def off(self) -> None:
        """What main.py does last."""
        for pin, level in app_module._off_pins():
            self.world.set_pin(pin, level)

    @property
    def kernel(self) -> Any:
        """The running kernel."""
        return self.app.unit.kernel

    def logs(self) -> dict[str, bytes]:
        """The run logs as they lie in the flash, by run id."""
        return {path.stem: path.read_bytes() for path in sorted(self._logs.glob("*.plog"))}

    def incidents(self) -> dict[str, bytes]:
        """The incidents as they lie in the flash, by name."""
        return {path.stem: path.read_bytes() for path in sorted(self._incidents.glob("*.inc"))}
