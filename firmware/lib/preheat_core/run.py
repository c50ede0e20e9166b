"""One run, from its start to the closing of its log: sequence, control, metrics and record."""

from preheat_core import alloys, control
from preheat_core.duty import Window
from preheat_core.faults import COOL
from preheat_core.metrics import RunMetrics
from preheat_core.recorder import Recorder
from preheat_core.sequencer import Sequencer
from preheat_core.tally import Tally
from preheat_core.watch_time import TimeWatch

TOUCH_C = 50.0
HERE_C = 1.0  # noise and quantisation of a reading
LINK_LOST_MS = 10_000
COOL_MAX_MS = (
    1_800_000  # logging goes on this long after the heat, unless the board is cool before
)
COOL_FAULT_MAX_MS = 240_000  # after a fault: long enough to see whether heat goes on
COOL_FAULT_MIN_MS = 60_000  # and at least this long, even when cold


class Run:
    """Everything that lives as long as one run's log is open."""

    def __init__(self, board, settings, profile, limits, temp_c, slope_c_s, start: dict):
        self.run_id = start["run"]
        self.profile = profile
        self.limits = limits
        self.detached = start["detached"]
        self.sequencer = Sequencer(profile, temp_c, limits.run_max_s)
        self.control = control.make(settings, board, profile)
        self.control.reset(temp_c, slope_c_s)
        self.ticks = TimeWatch()
        self.window = Window(board["window_ticks"], board["mains_hz"])
        alloy = alloys.find(profile["alloy"])
        self.metrics = RunMetrics(alloy.liquidus_c)
        self.tally = Tally(board["probes"], limits, alloy.name)
        self.names = [probe["name"] for probe in board["probes"]]
        self.peaks_c = [None] * len(self.names)
        self.recorder = Recorder(len(self.names), _header(board, profile, limits, alloy, start))
        self.end = None  # "done", "aborted" or "fault" once the heat is over
        self.closed = False
        self.duty = 0.0
        self.ready_ms: "int | None" = None  # time since the contactor was closed
        self.external_declared = False
        self._external_ms = 0  # since it was declared last
        self._external_most_ms = settings["operator_timeout_s"] * 1000
        self.silent_ms = 0
        self._cool_ms = 0
        self._fastest_c_s = max(stage["ramp_c_s"] for stage in profile["stages"])
        self._steered_ms = 0  # since the strategy was last asked

    @property
    def heating(self) -> bool:
        """True until the run's heat is over."""
        return self.end is None and not self.closed

    @property
    def state(self) -> str:
        """RAMP, HOLD or WAIT while heating, then COOL."""
        return self.sequencer.state if self.heating else COOL

    @property
    def external(self) -> bool:
        """Heat from above is expected by the stage or declared by the operator."""
        return self.external_declared or (self.heating and self.sequencer.external)

    def declare(self, on: bool) -> None:
        """The operator says that heat from above begins, goes on, or is over."""
        self.external_declared = on
        self._external_ms = 0

    def forgotten(self, dt_ms: int) -> bool:
        """True when heat from above was declared so long ago that nobody may be there."""
        self._external_ms = min(self._external_ms + dt_ms, self._external_most_ms)
        return self.external_declared and self._external_ms >= self._external_most_ms

    def here_c(self, temp_c: "float | None") -> "float | None":
        """Where the board is for the sequence: a late probe's reading, made up for by the model.

        The model may add no more than the fastest ramp gains in the time the probe is late, and
        nothing once the setpoint has stood that long: then the probe must show it.
        """
        if temp_c is None:
            return None
        late_s = self.control.late_s - self.sequencer.still_ms / 1000
        most_c = HERE_C + max(0.0, late_s) * self._fastest_c_s
        return min(temp_c + most_c, max(temp_c - most_c, self.control.board_c))

    def behind(self, here_c: "float | None") -> bool:
        """The board is further behind a rising setpoint than the strategy lets it fall."""
        lead_c = self.control.lead_c
        setpoint = self.sequencer.setpoint
        if lead_c is None or here_c is None or setpoint.target_c < setpoint.setpoint_c:
            return False
        return setpoint.setpoint_c - here_c > lead_c

    def steer(self, dt_ms: int, temp_c: "float | None", free: bool) -> None:
        """A new duty from the strategy, where a window begins that can take it."""
        self._steered_ms += dt_ms
        if temp_c is not None and self.window.at_start:
            self.duty = self.control.step(self._steered_ms / 1000, self.sequencer.preview, free)
            self._steered_ms = 0

    def beat(self) -> None:
        """The session that started the run is alive."""
        self.silent_ms = 0

    def link_lost(self, dt_ms: int) -> bool:
        """True when a run that needs its host has not heard it for 10 s."""
        self.silent_ms += dt_ms
        return not self.detached and self.silent_ms >= LINK_LOST_MS

    def finish_heat(self, end: str) -> None:
        """The heat is over, for this reason; a later fault replaces a milder end."""
        if self.end is None or end == "fault":
            self.end = end
        self.duty = 0.0

    def cooled(self, dt_ms: int, hottest_c, valid: bool) -> bool:
        """True when the log may be closed: cool to touch, or the time for it is over."""
        self._cool_ms += dt_ms
        faulted = self.end == "fault"
        if self._cool_ms >= (COOL_FAULT_MAX_MS if faulted else COOL_MAX_MS):
            return True
        if faulted and self._cool_ms < COOL_FAULT_MIN_MS:
            return False
        return valid and hottest_c is not None and hottest_c < TOUCH_C

    def record(self, dt_ms, on_ms, flags, readings, smooth_c, control_c) -> None:
        """One tick into the log (as read) and the metrics (`smooth_c`: without spikes)."""
        temps_c = [reading.temp_c for reading in readings]
        for index, temp_c in enumerate(smooth_c):
            peak_c = self.peaks_c[index]
            if temp_c is not None and (peak_c is None or temp_c > peak_c):
                self.peaks_c[index] = temp_c
        setpoint_c = self.sequencer.setpoint.setpoint_c if self.heating else None
        stage = self.sequencer.index if self.heating else None
        self.recorder.tick(dt_ms, self.state, stage, setpoint_c, self.duty, on_ms, flags, temps_c)
        self.metrics.add(
            self.recorder.t_ms, control_c, setpoint_c, self.heating and not self.external
        )

    def close(self, end: str, faults) -> None:
        """Write the summary under its named end state."""
        peaks = [
            [name, None if peak_c is None else round(peak_c, 2)]
            for name, peak_c in zip(self.names, self.peaks_c)
        ]
        self.metrics.stretched_ms = self.sequencer.stretched_ms
        self.recorder.finish(
            {
                "run": self.run_id,
                "end": end,
                "faults": [list(row) for row in faults],
                "metrics": self.metrics.summary(),
                "peaks": peaks,
                "over": self.tally.over(),
                "noise": self.tally.noise(),
                "late_ticks": self.ticks.late_ticks,
                "worst_tick_ms": self.ticks.worst_ms,
            }
        )
        self.closed = True


def _header(board, profile, limits, alloy, start):
    header = dict(start)
    header["profile"] = profile["name"]
    header["purpose"] = profile["purpose"]
    header["alloy"] = alloy.name
    header["liquidus_c"] = alloy.liquidus_c
    header["probes"] = [[probe["name"], probe["role"]] for probe in board["probes"]]
    header["stages"] = [stage["name"] for stage in profile["stages"]]
    header["limits"] = [[row.role, row.trip_c, row.approach_c, row.source] for row in limits.rows]
    header["ramp_max_c_s"] = limits.ramp_max_c_s
    header["run_max_s"] = limits.run_max_s
    header["spread_max_c"] = limits.spread_max_c
    header["tal_max_s"] = limits.tal_max_s
    return header
