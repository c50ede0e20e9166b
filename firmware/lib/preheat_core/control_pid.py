"""The strategy of a unit that was never tuned: a PID that is slow rather than wrong."""

from preheat_core.control import FirstHeat

# Further away than this the integral rests while the error closes by itself within CLOSING_S: it
# would only learn the ramp's lag. A stalled approach lets it grow, or the target is never reached.
NEAR_C = 5.0
CLOSING_S = 60.0


class Pid:
    """PI on the error, D on the measurement.

    `kp` is duty per °C, `ti_s` and `td_s` are in seconds (ISA form).
    """

    late_s = 0.0
    done = False
    fault = None
    lead_c = None  # its board is always behind: the setpoint's own hold-back is enough

    def __init__(self, gains: dict):
        self.kp = gains["kp"]
        self.ti_s = gains["ti_s"]
        self.td_s = gains["td_s"]
        self.reset(25.0, 0.0)

    def reset(self, temp_c: float, slope_c_s: float) -> None:
        """Forget the past; `temp_c` is where the plant is now."""
        self.integral = 0.0
        self.board_c = temp_c
        self._slope_c_s = 0.0
        self._first = FirstHeat(temp_c)

    def observe(self, dt_s: float, on_s: float, temp_c, heater_c, ours: bool) -> None:
        """Take what the controlled probe reads; None changes nothing."""
        if temp_c is None or dt_s <= 0:
            return
        # First-order smoothing over a second: a quantisation step must not kick the output.
        blend = dt_s / (dt_s + 1.0)
        self._slope_c_s += ((temp_c - self.board_c) / dt_s - self._slope_c_s) * blend
        self.board_c = temp_c
        self._first.see(temp_c)

    def step(self, dt_s: float, preview, free: bool) -> float:
        """The duty of this tick. The integral moves only while the output can follow it."""
        error_c = preview(0.0) - self.board_c
        wanted = self.kp * (error_c - self.td_s * self._slope_c_s) + self.integral
        duty = min(self._first.most, max(0.0, wanted))
        soon_c = error_c - self._slope_c_s * CLOSING_S
        closing = abs(error_c) > NEAR_C and soon_c * error_c <= 0
        if free and not closing and (wanted == duty or (wanted > duty) != (error_c > 0)):
            grown = self.integral + self.kp * error_c * dt_s / self.ti_s
            self.integral = min(1.0, max(-1.0, grown))
        return duty
