"""The guard: sees the readings and the heat really delivered, and can only take heat away.

It never asks the controller. Each tick it answers `ok`, `inhibit` (heat off this tick, returns
by itself) or `trip` (to be latched), with the code and what was measured.
"""

from preheat_core.board import PROCESS_ROLES
from preheat_core.limits import LIMIT_ROLES
from preheat_core.watch_heat import FAR_C, LoadMeter, NoRise, StuckOn
from preheat_core.watch_limits import LimitWatch
from preheat_core.watch_sensors import SensorWatch


class Situation:
    """What the guard has to know besides readings; the kernel fills it in each tick."""

    __slots__ = ("external", "interlock_ok", "load_seen", "running", "settling", "setpoint_c")

    def __init__(self):
        self.running = False  # a run is heating
        self.settling = False  # a run has ended or a fault is latched; heat should be off
        self.setpoint_c: "float | None" = None
        self.external = False  # heat from above is declared
        self.interlock_ok = True
        self.load_seen: "bool | None" = None  # load-sense input, None where there is none


class Guard:
    """All judges of one unit. `trips` after a step is a list of (code, detail), unsorted."""

    def __init__(self, board: dict, limits):
        self.probes = board["probes"]
        zones = board["zones"]
        self.coast_s = zones[0]["coast_s"] if zones else 0.0
        self.control_name = zones[0]["probe"] if zones else None
        self.sensors = [SensorWatch() for _ in self.probes]
        self.limit_watches = [LimitWatch() for _ in self.probes]
        self.absent = [False] * len(self.probes)
        self.load = LoadMeter()
        self.no_rise = NoRise()
        self.stuck_on = StuckOn()
        self.trips = []
        self.inhibit = None
        self.approach = None  # (index, temp_c, limit row) of a probe at its approach level
        self.idle_limits = limits
        self.use_limits(limits)

    def use_limits(self, limits) -> None:
        """Judge by these limits from now on: a run's, or the hardware's alone."""
        self.limits = limits
        for probe, watch in zip(self.probes, self.limit_watches):
            role = probe["role"]
            watch.limit = limits.row(role) if role in LIMIT_ROLES else None

    def arm(self, limits, absent) -> None:
        """A run begins: its limits, and which optional probes are absent."""
        self.use_limits(limits)
        self.absent = list(absent)
        self.no_rise = NoRise()
        self.stuck_on = StuckOn()  # another board may lie there now: what was seen is void
        for sensor in self.sensors:
            sensor.arm()

    def disarm(self) -> None:
        """The run's log is closed: only the hardware's limits remain."""
        self.use_limits(self.idle_limits)
        self.absent = [False] * len(self.probes)

    def control(self):
        """(temp_c, valid) of the controlled probe: None before its first valid sample."""
        for index, probe in enumerate(self.probes):
            if probe["name"] == self.control_name:
                return self.limit_watches[index].temp_c, self.sensors[index].code is None
        return None, False

    def control_slope(self) -> float:
        """How fast the controlled probe's temperature changes, °C/s."""
        for probe, watch in zip(self.probes, self.limit_watches):
            if probe["name"] == self.control_name:
                return watch.slope_c_s
        return 0.0

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
        """Judge one tick; results are in `trips`, `inhibit` and `approach`."""
        self.trips = []
        self.inhibit = None
        self.approach = None
        load = self.load.step(dt_ms, on_ms)
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
        control_c, valid = self.control()
        if now.running:
            if not now.interlock_ok:
                self.trips.append(("interlock", "input open"))
            if valid and control_c is not None and now.setpoint_c is not None:
                code = self.no_rise.step(dt_ms, load, control_c, now.setpoint_c)
                if code is not None:
                    self.trips.append((code, f"{control_c:.1f} C at load {load:.2f}"))
        self._stuck(dt_ms, on_ms, now)

    def _probe(self, index, now_ms, dt_ms, reading, load, far, now) -> None:
        probe = self.probes[index]
        role = probe["role"]
        watch = self.limit_watches[index]
        code = self.sensors[index].step(now_ms, dt_ms, reading, load, far)
        watch.sample(now_ms, reading.temp_c)
        if role == "ambient":
            return
        if now.running:
            if code is not None and not self.absent[index]:
                self.trips.append((code, probe["name"]))
            if reading.fault is not None:
                self.inhibit = reading.fault
            if role in PROCESS_ROLES:
                self._ramp(probe, watch, dt_ms)
        if watch.tripped and reading.temp_c is not None:
            code = "heater_over_temp" if role == "heater" else "over_temp"
            self.trips.append(
                (code, f"{probe['name']} {reading.temp_c:.1f} C, {_why(watch.limit)}")
            )
        # Heat from above is not ours: its slope does not tell how far our own heat will coast.
        ours = role == "board" or not now.external
        if watch.near(reading.temp_c, self.coast_s if ours and role != "heater" else 0.0):
            self.inhibit = self.inhibit or "limit"
        if watch.limit is not None and reading.temp_c is not None:
            if watch.temp_c >= watch.limit.approach_c:
                self.approach = (index, watch.temp_c, watch.limit)

    def _ramp(self, probe, watch, dt_ms) -> None:
        verdict = watch.too_fast(dt_ms, self.limits.ramp_max_c_s)
        if verdict == "trip":
            self.trips.append(("ramp_fast", f"{probe['name']} {watch.slope_c_s:.1f} C/s"))
        elif verdict == "inhibit":
            self.inhibit = self.inhibit or "ramp"

    def _stuck(self, dt_ms, on_ms, now) -> None:
        # Without a run anybody may warm the board from above: then only the heater's own probe
        # and the load-sense input prove anything.
        external = now.external or not (now.running or now.settling)
        slope = 0.0
        for probe, watch in zip(self.probes, self.limit_watches):
            if probe["role"] == "board":
                slope = max(slope, watch.slope_c_s)
        board_c = self.hottest(("board",))
        heater_c = self.hottest(("heater",))
        if self.stuck_on.step(dt_ms, on_ms, board_c, slope, heater_c, now.load_seen, external):
            where = heater_c if heater_c is not None else board_c
            detail = "load seen" if where is None else f"{where:.1f} C and rising without heat"
            self.trips.append(("stuck_on", detail))


def _why(limit) -> str:
    return f"limit {limit.trip_c:.0f} C ({limit.source})"
