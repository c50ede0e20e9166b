"""Where in the run we are: stages, holds counted in band, operator waits, every wait timed."""

from preheat_core.faults import HOLD, RAMP, WAIT
from preheat_core.setpoint import Setpoint


class Sequencer:
    """Walks one normalised profile. Time comes in as milliseconds passed since the last step.

    A stage ramps until the setpoint stands at the target and the temperature is in its band,
    holds until `hold_s` were spent in the band, then waits for an operator if it says so.
    `state` is RAMP, HOLD or WAIT; `done` is True after the last stage.
    """

    def __init__(self, profile: dict, temp_c: float, run_max_s: int):
        self.stages = profile["stages"]
        self.run_max_s = run_max_s
        self.setpoint = Setpoint(temp_c)
        self.trim_c = 0.0
        self.elapsed_ms = 0
        self.done = False
        self.events = []  # dicts, taken and emptied by the kernel after each step
        self._enter(0)

    @property
    def stage(self) -> dict:
        """The stage's row of the profile."""
        return self.stages[self.index]

    @property
    def external(self) -> bool:
        """True in a stage during which heat from above is expected."""
        return self.stage["external_heat"] and not self.done

    def _enter(self, index: int) -> None:
        self.index = index
        self.state = RAMP
        self.wait_ms = 0  # time spent in the present wait (ramp, hold or operator)
        self.held_ms = 0  # time inside the band
        self._aim()
        self.events.append({"ev": "stage", "i": index, "name": self.stage["name"]})

    def _aim(self) -> None:
        stage = self.stage
        self.setpoint.aim(stage["target_c"] + self.trim_c, stage["ramp_c_s"], stage["holdback_c"])

    def trim(self, trim_c: float) -> None:
        """Shift this and the following targets by `trim_c` in all."""
        self.trim_c = trim_c
        self._aim()

    def proceed(self) -> bool:
        """The operator continues a waiting stage; False when nothing waits."""
        if self.state != WAIT or self.done:
            return False
        self.events.append({"ev": "continued", "i": self.index})
        self._next()
        return True

    def in_band(self, temp_c: float) -> bool:
        """Inside the stage's band; heat from above may lift the board over it."""
        off_c = temp_c - self.setpoint.target_c
        return off_c >= -self.stage["band_c"] and (off_c <= self.stage["band_c"] or self.external)

    def step(self, dt_ms: int, temp_c: "float | None") -> "str | None":
        """Advance; the code of a timeout, or None. A missing temperature makes no progress."""
        self.elapsed_ms += dt_ms
        self.wait_ms += dt_ms
        self.setpoint.step(dt_ms, temp_c)
        if self.elapsed_ms >= self.run_max_s * 1000:
            return "run_timeout"
        if temp_c is not None:
            self._progress(dt_ms, temp_c)
        if self.done:
            return None
        return self._timeout()

    def _progress(self, dt_ms: int, temp_c: float) -> None:
        inside = self.in_band(temp_c)
        if self.state == RAMP and inside and self.setpoint.arrived:
            self.state = HOLD
            self.wait_ms = 0
            self.events.append({"ev": "reached", "i": self.index})
        elif self.state == HOLD and inside:
            self.held_ms += dt_ms
        if self.state == HOLD and self.held_ms >= self.stage["hold_s"] * 1000:
            self.wait_ms = 0
            if self.stage["operator"]:
                self.state = WAIT
                self.events.append({"ev": "operator", "i": self.index})
            else:
                self._next()

    def _next(self) -> None:
        if self.index + 1 < len(self.stages):
            self._enter(self.index + 1)
        else:
            self.done = True

    def _timeout(self) -> "str | None":
        for state, key, code in (
            (RAMP, "ramp_max_s", "ramp_timeout"),
            (HOLD, "hold_max_s", "hold_timeout"),
            (WAIT, "operator_max_s", "operator_timeout"),
        ):
            if self.state == state and self.wait_ms >= self.stage.get(key, 0) * 1000:
                return code
        return None

    def left_s(self) -> int:
        """Planned seconds to the end of the last stage, operator waits not counted."""
        left = abs(self.setpoint.target_c - self.setpoint.setpoint_c) / self.stage["ramp_c_s"]
        left += max(0.0, self.stage["hold_s"] - self.held_ms / 1000)
        from_c = self.setpoint.target_c
        for stage in self.stages[self.index + 1 :]:
            left += abs(stage["target_c"] - from_c) / stage["ramp_c_s"] + stage["hold_s"]
            from_c = stage["target_c"]
        return int(left)
