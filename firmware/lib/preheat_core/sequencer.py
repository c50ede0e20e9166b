"""Where in the run we are: stages, holds counted in band, operator waits, every wait timed."""

from preheat_core.faults import HOLD, RAMP, WAIT
from preheat_core.setpoint import Setpoint

STRETCH_TOLD_MS = 3000  # a ramp that waited this long for power is called stretched


class Sequencer:
    """Walks one normalised profile. Time comes in as milliseconds passed since the last step.

    A stage ramps until the setpoint stands at the target and the temperature is in its band,
    holds until `hold_s` were spent in the band, then waits for an operator if it says so.
    `state` is RAMP, HOLD or WAIT; `done` is True after the last stage.
    """

    def __init__(self, profile: dict, temp_c: float, run_max_s: int):
        self.stages = profile["stages"]
        self.stretch = profile.get("stretch", True)
        self.stretched_ms = 0  # time that the setpoint waited for power, in all stages
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
        self.still_ms = 0  # since the setpoint has stood at the target
        self._inside = False
        self._owed_c = 0.0  # that the setpoint would be ahead had it not waited for power
        self.short_ms = 0  # time that this stage's setpoint waited for power
        self._aim()
        self.events.append({"ev": "stage", "i": index, "name": self.stage["name"]})

    def _aim(self) -> None:
        stage = self.stage
        self.setpoint.aim(stage["target_c"] + self.trim_c, stage["ramp_c_s"], stage["holdback_c"])

    @property
    def asked_c(self) -> float:
        """The setpoint as the profile asks for it, before it waited for power: what heat is for.

        The guard needs it: a setpoint that waits for a dead heater asks nothing of it.
        """
        off_c = self.setpoint.target_c - self.setpoint.setpoint_c
        owed_c = min(self._owed_c, abs(off_c))
        return self.setpoint.setpoint_c + (owed_c if off_c > 0 else -owed_c)

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

    def preview(self, ahead_s: float, sure_s: float = 1e9) -> float:
        """Where the setpoint will be in `ahead_s` seconds if nothing is late, °C.

        It looks into the stages to come, up to the first one that waits for an operator or that
        cools, and past a hold only if that ends within `sure_s`: a board out of its band stops
        the clock.
        """
        at_c = self.setpoint.setpoint_c
        if self.setpoint.arrived and not self._inside:
            return at_c  # time does not count outside the band
        index = self.index
        held_s = self.held_ms / 1000
        while True:
            stage = self.stages[index]
            target_c = stage["target_c"] + self.trim_c
            if index > self.index and target_c < at_c:
                return at_c  # to cool is no matter of foresight, and must not begin in a hold
            ramp_s = abs(target_c - at_c) / stage["ramp_c_s"]
            if ahead_s <= ramp_s:
                gain_c = stage["ramp_c_s"] * ahead_s
                return at_c + (gain_c if target_c > at_c else -gain_c)
            at_c = target_c
            stage_s = ramp_s + stage["hold_s"] - held_s
            ahead_s -= stage_s
            sure_s -= stage_s
            index += 1
            unsure = stage["operator"] or (sure_s < 0 and stage["hold_s"] > 0)
            if ahead_s <= 0 or unsure or index == len(self.stages):
                return at_c
            held_s = 0.0

    def step(self, dt_ms: int, temp_c: "float | None", short: bool = False) -> "str | None":
        """Advance; the code of a timeout, or None. A missing temperature makes no progress.

        `short`: the heater gives all it has and the board falls behind; the setpoint waits,
        unless the profile forbids to stretch it.
        """
        self.elapsed_ms += dt_ms
        self.wait_ms += dt_ms
        wait = short and self.stretch and temp_c is not None and not self.setpoint.arrived
        passed_c = self.stage["ramp_c_s"] * dt_ms / 1000
        if wait:
            self._stretched(dt_ms)
            self._owed_c = min(self._owed_c + passed_c, self.stage["holdback_c"])
        else:
            self._owed_c = max(0.0, self._owed_c - passed_c)
        self.setpoint.step(dt_ms, temp_c, wait)
        self.still_ms = self.still_ms + dt_ms if self.setpoint.arrived else 0
        if self.elapsed_ms >= self.run_max_s * 1000:
            return "run_timeout"
        if temp_c is not None:
            self._progress(dt_ms, temp_c)
        if self.done:
            return None
        return self._timeout()

    def _stretched(self, dt_ms: int) -> None:
        told = self.short_ms >= STRETCH_TOLD_MS
        self.short_ms += dt_ms
        self.stretched_ms += dt_ms
        if self.short_ms >= STRETCH_TOLD_MS and not told:
            self.events.append({"ev": "stretched", "i": self.index})

    def _progress(self, dt_ms: int, temp_c: float) -> None:
        self._inside = inside = self.in_band(temp_c)
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
