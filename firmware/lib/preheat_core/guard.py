"""The guard: sees the readings and the heat really delivered, and can only take heat away.

It never asks the controller. Each tick it answers `ok`, `inhibit` (heat off this tick, returns
by itself) or `trip` (to be latched), with the code and what was measured.
"""

from preheat_core.board import PROCESS_ROLES
from preheat_core.heat_judges import HeatJudges
from preheat_core.limits import LIMIT_ROLES
from preheat_core.sealed import RAMP, Sealed
from preheat_core.watch_board import BoardWatch
from preheat_core.watch_limits import LimitWatch
from preheat_core.watch_sensors import SensorWatch

FORGET_MS = 60_000
GLOWS_C, GLOW_LOAD = 100.0, 0.1  # such a heater is judged as if so much heat were delivered
FAR_C = 5.0  # the setpoint is this far away: the temperature is meant to move


class Situation:
    """What the guard has to know besides readings; the kernel fills it in each tick."""

    __slots__ = (
        "declared", "external", "interlock_ok", "load_on", "load_seen", "running", "settling",
        "setpoint_c",
    )  # fmt: skip

    def __init__(self):
        self.running = False  # a run is heating
        self.settling = False  # a run has ended or a fault is latched; heat should be off
        self.setpoint_c: "float | None" = None
        self.external = False  # heat from above is declared, by the stage or the operator
        self.declared = False  # by the operator
        self.interlock_ok = True
        self.load_seen: "bool | None" = None  # load-sense input, None where there is none
        self.load_on: "bool | None" = None  # the same at the end of the last pulse


class Guard:
    """All judges of one unit. `trips` after a step is a list of (code, detail), unsorted."""

    def __init__(self, board: dict, limits, model: "dict | None" = None):
        self.probes = board["probes"]
        zones = board["zones"]
        self.coast_s = zones[0]["coast_s"] if zones else 0.0
        self.control_index = 0
        for index, probe in enumerate(self.probes):
            if zones and probe["name"] == zones[0]["probe"]:
                self.control_index = index
        self.sensors = [SensorWatch() for _ in self.probes]
        self.limit_watches = [LimitWatch() for _ in self.probes]
        self.absent = [False] * len(self.probes)
        self.heat = HeatJudges(board, model)
        self.board = BoardWatch(len(self.probes))
        self.trips = []
        self.inhibit = None
        self.idle_limits = limits
        self.use_limits(limits)

    def use_limits(self, limits) -> None:
        """Judge by these limits from now on: a run's, or the hardware's alone."""
        self.limits = limits
        self.seal = Sealed(limits)
        for probe, watch in zip(self.probes, self.limit_watches):
            role = probe["role"]
            if role in LIMIT_ROLES:
                watch.bind(limits.row(role), self.seal, LIMIT_ROLES.index(role))

    def arm(self, limits, absent) -> None:
        """A run begins: its limits, and which optional probes are absent."""
        self.use_limits(limits)
        self.absent = list(absent)
        self.board.arm()
        self.heat.arm(self.control()[0], self.control_slope())
        for sensor in self.sensors:
            sensor.arm()

    def disarm(self) -> None:
        """The run's log is closed: only the hardware's limits remain."""
        self.use_limits(self.idle_limits)
        self.absent = [False] * len(self.probes)

    def control(self):
        """(temp_c, valid) of the controlled probe: None before its first valid sample."""
        if not self.probes:
            return None, False
        index = self.control_index
        return self.limit_watches[index].temp_c, self.sensors[index].code is None

    def control_slope(self) -> float:
        """How fast the controlled probe's temperature changes, °C/s."""
        return self.limit_watches[self.control_index].slope_c_s if self.probes else 0.0

    def heater(self) -> "float | None":
        """The filtered temperature of the first heater probe; None without a valid one."""
        for probe, temp_c in zip(self.probes, self.smooth()):
            if probe["role"] == "heater":
                return temp_c
        return None

    def smooth(self):
        """The filtered temperature of each probe, None where it reads nothing valid now."""
        return [
            watch.temp_c if sensor.code is None else None
            for watch, sensor in zip(self.limit_watches, self.sensors)
        ]

    def hottest(self, roles) -> "float | None":
        """The hottest filtered temperature among these roles; None if none was ever valid."""
        found = None
        for probe, watch in zip(self.probes, self.limit_watches):
            if probe["role"] in roles and watch.temp_c is not None:
                found = watch.temp_c if found is None else max(found, watch.temp_c)
        return found

    def valid(self) -> bool:
        """True while every probe that counts gives a valid reading."""
        return all(
            absent or probe["role"] == "ambient" or sensor.code is None
            for probe, sensor, absent in zip(self.probes, self.sensors, self.absent)
        )

    def step(self, now_ms: int, dt_ms: int, readings, on_ms: int, now: Situation) -> None:
        """Judge one tick; results are in `trips` and `inhibit`."""
        self.trips = []
        self.inhibit = None
        load = self.heat.load.step(dt_ms, on_ms)
        control_c, _ = self.control()
        far = (
            now.running
            and control_c is not None
            and now.setpoint_c is not None
            and abs(now.setpoint_c - control_c) > FAR_C
        )
        for index in range(len(self.probes)):
            # A probe that was not plugged in may fail without harm; once it reads, limits hold.
            if not self.absent[index] or readings[index].fault is None:
                self._probe(index, now_ms, dt_ms, readings[index], load, far, now)
            else:
                self.sensors[index].step(dt_ms, readings[index], load, far)
                self._forget(index)
        held = self.board.step(dt_ms, self, readings, now)
        self.inhibit = self.inhibit or held
        if now.running and not now.interlock_ok:
            self.trips.append(("interlock", "input open"))
        self.heat.step(self, dt_ms, on_ms, now)

    def _probe(self, index, now_ms, dt_ms, reading, load, far, now) -> None:
        probe = self.probes[index]
        role = probe["role"]
        watch = self.limit_watches[index]
        # A glowing heater cools where it is not heated: its word cannot stand either way.
        if role == "heater" and (reading.temp_c or 0.0) >= GLOWS_C:
            load = max(load, GLOW_LOAD)
        code = self.sensors[index].step(dt_ms, reading, load, far)
        self._forget(index)
        watch.sample(now_ms, reading.temp_c)
        if role == "ambient":
            return
        if now.running:
            if code is not None and not self.absent[index]:
                self.trips.append((code, probe["name"]))
            if reading.fault is not None:
                self.inhibit = reading.fault
            if role in PROCESS_ROLES and not self.absent[index]:
                self._ramp(probe, watch, dt_ms)
        if watch.tripped and reading.temp_c is not None:
            code = "heater_over_temp" if role == "heater" else "over_temp"
            self.trips.append(
                (code, f"{probe['name']} {reading.temp_c:.1f} C, {self._why(watch.limit)}")
            )
        # Heat from above is not ours: its slope does not tell how far our own heat will coast.
        ours = role == "board" or not now.external
        if watch.near(reading.temp_c, self.coast_s if ours and role != "heater" else 0.0):
            self.inhibit = self.inhibit or "limit"

    def _forget(self, index) -> None:
        """What comes back after a minute has no slope with what was."""
        if self.sensors[index].invalid_ms >= FORGET_MS:
            self.limit_watches[index].forget()

    def _ramp(self, probe, watch, dt_ms) -> None:
        verdict = watch.too_fast(dt_ms, self.seal.number(RAMP))
        if verdict == "trip":
            self.trips.append(("ramp_fast", f"{probe['name']} {watch.slope_c_s:.1f} C/s"))
        elif verdict == "inhibit":
            self.inhibit = self.inhibit or "ramp"

    def _why(self, limit) -> str:
        alloy = "" if self.limits.alloy in limit.source else self.limits.alloy + " "
        return f"{alloy}limit {limit.trip_c:.0f} C ({limit.source})"
