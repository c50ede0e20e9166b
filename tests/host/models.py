"""Models of units that nobody measured, with their settings: what a forecast is made from."""

from preheat_core import settings

# A hot plate of about 51 J/K behind its element, without a probe on the element.
PLATE = {
    "heater_j_k": 2.6, "board_j_k": 48.7, "couple_w_k": 5, "couple_rad_w": 0,
    "heater_loss_w_k": 0, "heater_loss_rad_w": 0, "loss_w_k": 0.14, "loss_rise_k": 0.0015,
    "dead_s": 0.3, "lag_s": 2, "heater_lag_s": 0, "heater_seen": False, "ambient_c": 23,
    "fit_c": 0.5, "tuned": "by hand",
}
# Quartz tubes that shine on a board of 150 J/K and past it.
QUARTZ = {
    **PLATE, "heater_j_k": 70, "board_j_k": 150, "couple_w_k": 0.05, "couple_rad_w": 480,
    "heater_loss_w_k": 0.12, "heater_loss_rad_w": 440, "loss_w_k": 1.0, "loss_rise_k": 0.001,
    "dead_s": 0.5, "lag_s": 2.5, "heater_lag_s": 1.5, "heater_seen": True,
}
# An oven: 2 kJ/K of air, walls and tray.
OVEN = {**PLATE, "heater_j_k": 100, "board_j_k": 2000, "couple_w_k": 10, "loss_w_k": 1}


def tuned(model, **more):
    """Checked settings of a unit with this model."""
    values = {**settings.default("bench"), "model": {**model, **more}, "strategy": "predictive"}
    assert settings.check(values) == []
    return values
