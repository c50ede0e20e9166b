"""Follows the heater by its own probe: its temperature, and how much of its power it gives.

A Kalman filter of three states (heater, what its probe reads, gain) around the model. `gain` is
the share of the rated power that really arrives: mains voltage, an ageing tube.
"""

GAIN_LOW, GAIN_HIGH = 0.4, 1.6
GAIN_SD = 0.1
GAIN_VAR_S = 2e-6  # it drifts, per second: by 5 % in twenty minutes
HEATER_VAR_S = 0.01  # and so does what the model says of the heater, °C²
PROBE_VAR = 1e-3
NOISE_VAR = 1.0  # of a reading, °C²: many degrees of a hot tube do not matter


class HeaterFilter:
    """`heater_c` and `gain` after each `step`. It begins where the probe first reads."""

    def __init__(self, temp_c: float, late_s: float):
        self.heater_c = temp_c
        self.gain = 1.0
        self._late_s = late_s
        self._read_c = temp_c
        # Covariance: heater, heater with probe, with gain; probe, with gain; gain.
        self._p = [1.0, 0.0, 0.0, 1.0, 0.0, GAIN_SD * GAIN_SD]

    def step(self, model, dt_s: float, rated_w: float, heater_c: float, read_c: float) -> None:
        """A tick in which `rated_w` were asked for and the model came to `heater_c`."""
        hh, hy, hg, yy, yg, gg = self._p
        j = model.heater_j_k + model.heater_slope_w_k(heater_c) * dt_s
        a = model.heater_j_k / j  # heater on heater
        b = rated_w * dt_s / j  # gain on heater
        f = dt_s / (self._late_s + dt_s)  # heater on probe
        e = 1 - f
        self._read_c += (heater_c - self._read_c) * f
        n_hg = a * hg + b * gg
        n_hh = a * (a * hh + b * hg) + b * n_hg + HEATER_VAR_S * dt_s
        h_y = a * hy + b * yg
        n_hy = e * h_y + f * n_hh
        n_yy = e * (e * yy + 2 * f * h_y) + f * f * n_hh + PROBE_VAR
        n_yg = e * yg + f * n_hg
        gg += GAIN_VAR_S * dt_s
        off_c = read_c - self._read_c
        total = n_yy + NOISE_VAR
        k_h, k_y, k_g = n_hy / total, n_yy / total, n_yg / total
        self.heater_c = heater_c + k_h * off_c
        self._read_c += k_y * off_c
        self.gain = min(GAIN_HIGH, max(GAIN_LOW, self.gain + k_g * off_c))
        self._p = [
            n_hh - k_h * n_hy,
            n_hy - k_h * n_yy,
            n_hg - k_h * n_yg,
            n_yy - k_y * n_yy,
            n_yg - k_y * n_yg,
            max(GAIN_VAR_S, gg - k_g * n_yg),
        ]
