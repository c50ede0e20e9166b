"""The working setpoint: moves toward a stage's target at its rate, waits for a lagging board."""


class Setpoint:
    """Ramped setpoint with hold-back, in °C and °C/s; time comes in as milliseconds passed.

    Hold-back: the setpoint stands still while the board lags behind it by more than
    `holdback_c` in the direction of travel, so a slow plant is waited for instead of left behind.
    """

    __slots__ = ("held", "holdback_c", "rate_c_s", "setpoint_c", "target_c")

    def __init__(self, temp_c: float):
        self.setpoint_c = temp_c
        self.target_c = temp_c
        self.rate_c_s = 0.0
        self.holdback_c = 10.0
        self.held = False

    def aim(self, target_c: float, rate_c_s: float, holdback_c: float) -> None:
        """Head for a new target from wherever the setpoint is now (bumpless)."""
        self.target_c = target_c
        self.rate_c_s = rate_c_s
        self.holdback_c = holdback_c

    @property
    def arrived(self) -> bool:
        """True when the setpoint stands at its target."""
        return self.setpoint_c == self.target_c

    def step(self, dt_ms: int, temp_c: "float | None", wait: bool = False) -> float:
        """Advance by `dt_ms`, unless told to wait. Returns the setpoint.

        A missing temperature holds the setpoint.
        """
        rising = self.target_c > self.setpoint_c
        if temp_c is None:
            self.held = True
        else:
            lag_c = self.setpoint_c - temp_c if rising else temp_c - self.setpoint_c
            self.held = wait or lag_c > self.holdback_c
        if not self.held:
            self.setpoint_c = self._after(dt_ms / 1000)
        return self.setpoint_c

    def _after(self, seconds: float) -> float:
        step_c = self.rate_c_s * seconds
        if self.target_c > self.setpoint_c:
            return min(self.target_c, self.setpoint_c + step_c)
        return max(self.target_c, self.setpoint_c - step_c)
