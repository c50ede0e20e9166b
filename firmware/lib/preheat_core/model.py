"""The thermal model of a unit: a heater, the board over it, and a probe that answers late.

    heater_j_k * dh/dt = watts - flow(h, t) - heater loss(h)
    board_j_k  * dt/dt = flow(h, t) - loss(t)

`flow` and the heater's loss are conduction plus radiation (W at (1000 K)^4, so that the numbers
stay readable); the board's loss grows with temperature as convection and radiation do. The probe
sees the board after `dead_s`, through a first-order lag of `lag_s`. `tune` identifies it all.
"""

import math

KELVIN = 273.15


def _fourth(temp_c: float) -> float:
    """(T / 1000 K)^4 of a temperature in °C."""
    x = (temp_c + KELVIN) / 1000
    x *= x
    return x * x


def _cubed4(temp_c: float) -> float:
    """Slope of `_fourth`, per °C."""
    x = (temp_c + KELVIN) / 1000
    return 0.004 * x * x * x


class Model:
    """`d` is the checked table `model` of the settings. Temperatures are °C, power W."""

    def __init__(self, d: dict):
        self.heater_j_k = d["heater_j_k"]
        self.board_j_k = d["board_j_k"]
        self.couple_w_k = d["couple_w_k"]
        self.couple_rad_w = d["couple_rad_w"]
        self.heater_loss_w_k = d["heater_loss_w_k"]
        self.heater_loss_rad_w = d["heater_loss_rad_w"]
        self.loss_w_k = d["loss_w_k"]
        self.loss_rise_k = d["loss_rise_k"]
        self.dead_s = d["dead_s"]
        self.lag_s = d["lag_s"]
        self.heater_lag_s = d["heater_lag_s"]
        self.heater_seen = d["heater_seen"]
        self.ambient_c = d["ambient_c"]
        self._ambient_fourth = _fourth(self.ambient_c)

    def flow_w(self, heater_c: float, board_c: float) -> float:
        """Heat that flows from the heater into the board."""
        watts = self.couple_w_k * (heater_c - board_c)
        if self.couple_rad_w:
            watts += self.couple_rad_w * (_fourth(heater_c) - _fourth(board_c))
        return watts

    def loss_w(self, board_c: float) -> float:
        """Heat that the board loses to its surroundings."""
        over_c = board_c - self.ambient_c
        return self.loss_w_k * over_c * (1 + self.loss_rise_k * max(0.0, over_c))

    def heater_loss_w(self, heater_c: float) -> float:
        """Heat that the heater loses past the board."""
        watts = self.heater_loss_w_k * (heater_c - self.ambient_c)
        if self.heater_loss_rad_w:
            watts += self.heater_loss_rad_w * (_fourth(heater_c) - self._ambient_fourth)
        return watts

    def heater_loss_slope_w_k(self, heater_c: float) -> float:
        """How much the heater's own loss grows with its temperature, W/K."""
        return self.heater_loss_w_k + self.heater_loss_rad_w * _cubed4(heater_c)

    def heater_slope_w_k(self, heater_c: float) -> float:
        """How much all that leaves the heater grows with its temperature, W/K."""
        couple_w_k = self.couple_w_k + self.couple_rad_w * _cubed4(heater_c)
        return couple_w_k + self.heater_loss_slope_w_k(heater_c)

    def heater_tau_s(self, heater_c: float) -> float:
        """Time constant of the heater at this temperature."""
        return self.heater_j_k / self.heater_slope_w_k(heater_c)

    def heat(self, heater_c: float, board_c: float, watts: float, dt_s: float):
        """`dt_s` seconds of `watts` in the heater: (its temperature then, W given to the board).

        Exact where the heater's equation is linear; no energy is lost; stable at any step.
        """
        lost_w = self.heater_loss_w(heater_c)
        net_w = watts - self.flow_w(heater_c, board_c) - lost_w
        slope_w_k = max(1e-3, self.heater_slope_w_k(heater_c))
        rise_c = net_w / slope_w_k * (1 - math.exp(-slope_w_k * dt_s / self.heater_j_k))
        lost_w += rise_c / 2 * self.heater_loss_slope_w_k(heater_c)
        return heater_c + rise_c, watts - lost_w - rise_c * self.heater_j_k / dt_s

    def warm(self, board_c: float, flow_w: float, dt_s: float) -> float:
        """The board's temperature after `dt_s` seconds of `flow_w` from the heater."""
        return board_c + (flow_w - self.loss_w(board_c)) * dt_s / self.board_j_k
