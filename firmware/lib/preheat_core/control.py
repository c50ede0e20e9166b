"""The controller behind one seam: `make(settings, zone)` gives what turns error into duty.

A strategy has `reset(temp_c)` and `step(dt_s, temp_c, preview, free) -> duty 0..1`; it knows
nothing of limits or faults. Today there is one: a PID with feed-forward.
"""

# Further away than this the integral rests while the error closes by itself within CLOSING_S: it
# would only learn the ramp's lag. A stalled approach lets it grow, or the target is never reached.
NEAR_C = 5.0
CLOSING_S = 60.0


def make(settings: dict, zone: dict):
    """The strategy that the settings name, for one zone of the board file."""
    return Pid(settings["pid"], settings.get("model"), zone["power_w"])


class Pid:
    """PI on the error, D on the measurement, and feed-forward from a thermal model if any.

    `kp` is duty per °C, `ti_s` and `td_s` are in seconds (ISA form). Feed-forward is the power
    that moves the load along the previewed setpoint and makes up its losses:
    duty = (capacity_j_k * rate + loss_w_k * (setpoint - ambient)) / power_w.
    """

    def __init__(self, gains: dict, model: "dict | None", power_w: float):
        self.kp = gains["kp"]
        self.ti_s = gains["ti_s"]
        self.td_s = gains["td_s"]
        self.model = model
        self.power_w = power_w
        self.reset(25.0)

    def reset(self, temp_c: float) -> None:
        """Forget the past; `temp_c` is where the plant is now."""
        self.integral = 0.0
        self._last_c = temp_c
        self._slope_c_s = 0.0

    def step(self, dt_s: float, temp_c: float, preview, free: bool) -> float:
        """One tick. `preview(ahead_s)` gives the setpoint; `free` is False while heat is withheld.

        Returns a duty from 0 to 1. The integral moves only while the output can follow it.
        """
        setpoint_c = preview(0.0)
        error_c = setpoint_c - temp_c
        if dt_s > 0:
            # First-order smoothing over a second: a quantisation step must not kick the output.
            blend = dt_s / (dt_s + 1.0)
            self._slope_c_s += ((temp_c - self._last_c) / dt_s - self._slope_c_s) * blend
        self._last_c = temp_c
        wanted = (
            self.kp * (error_c - self.td_s * self._slope_c_s)
            + self.feed_forward(preview)
            + self.integral
        )
        duty = min(1.0, max(0.0, wanted))
        soon_c = error_c - self._slope_c_s * CLOSING_S
        closing = abs(error_c) > NEAR_C and soon_c * error_c <= 0
        if free and not closing and (wanted == duty or (wanted > 1.0) != (error_c > 0)):
            grown = self.integral + self.kp * error_c * dt_s / self.ti_s
            self.integral = min(1.0, max(-1.0, grown))
        return duty

    def feed_forward(self, preview) -> float:
        """Duty that the model says the previewed setpoint needs; 0 without a model."""
        model = self.model
        if model is None:
            return 0.0
        ahead_s = model["dead_s"] + model["lag_s"]
        soon_c = preview(ahead_s)
        rate_c_s = preview(ahead_s + 1.0) - soon_c
        watts = model["capacity_j_k"] * rate_c_s + model["loss_w_k"] * (
            soon_c - model["ambient_c"]
        )
        return min(1.0, max(0.0, watts / self.power_w))
