"""Whether a tuning run and its fit are to be believed: the reasons against, with what to do.

First what the log itself shows, without a model; then what the fit shows.
"""

from typing import NamedTuple

import numpy as np

from preheat.errors import Refused
from preheat.tuning import figures
from preheat.tuning.data import Data
from preheat.tuning.fit import Fitted
from preheat_core.model import Model
from preheat_core.steptest import HEATER_WARM_C, SETTLED_C_S, WARM_C

# The unit gives no heat above SETTLED_C_S; one sample a second measures that less exactly.
DRIFT_C_S, DRIFT_UNHEATED_C_S = 1.5 * SETTLED_C_S, 0.5 * SETTLED_C_S
LEAST_RISE_C = 20.0
LEAST_HEATER_RISE_C = 15.0  # of a heater's own probe: it is hotter than what it heats
FALL_C = 5.0
MISFIT_C, MISFIT_SHARE = 1.5, 0.02  # of the rise; whichever is more
HEATER_MISFIT_C, HEATER_MISFIT_SHARE = 6.0, 0.03
LEAST_BOARD_TAU_S = 12.0  # the thinnest board holds its heat for longer, air does not
SPARE_C = 30.0  # a preheater can go this much beyond what the test asked of it
MOST_ERROR = 0.1  # standard error of the rise at full power
# Where a number may end at 0: there is none of it, or too little to see.
MAY_BE_NONE = (
    "couple_w_k", "couple_rad_w", "heater_loss_w_k", "heater_loss_rad_w", "loss_rise_k",
    "dead_s", "lag_s", "heater_lag_s", "tau_s",
)


class Doubt(NamedTuple):
    """One reason not to believe a tuning run, and what to do about it."""

    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}: {self.fix}"


def log_doubts(end: str, external: bool, data: Data) -> list[Doubt]:
    """What speaks against the run as logged; a log with any of these is not worth fitting.

    end: how the run ended · external: somebody declared heat from above.
    """
    found = []
    if end != "done":
        found.append(Doubt(f"the test did not come to its end ({end})", "mend that, tune again"))
    if external:
        found.append(Doubt("heat from above was declared", "tune with the unit's own heat alone"))
    found += _rest_doubts(data)
    if not found:
        found += _rise_doubts(data)
    return found


def _rest_doubts(data: Data) -> list[Doubt]:
    slope_c_s = _slope(data.t_s[data.rest], data.board_c[data.rest])
    wait = "let everything cool to the room's temperature, then tune again"
    if slope_c_s is None:
        return [Doubt("the log shows too little of the time before heat", "tune again")]
    if abs(slope_c_s) > (DRIFT_C_S if data.heated else DRIFT_UNHEATED_C_S):
        what = "rises" if slope_c_s > 0 else "falls"
        text = f"the board's probe {what} by {abs(slope_c_s) * 60:.1f} °C/min before any heat"
        return [Doubt(text, wait)]
    if data.start_c > WARM_C:
        return [Doubt(f"the board was at {data.start_c:.0f} °C before any heat", wait)]
    if data.heater_start_c is not None and data.heater_start_c - data.start_c > HEATER_WARM_C:
        off_c = data.heater_start_c - data.start_c
        return [Doubt(f"the heater was {off_c:.0f} °C above the board before any heat", wait)]
    return []


def _rise_doubts(data: Data) -> list[Doubt]:
    if not data.heated:
        return [Doubt("no heat was delivered", "see the log's events for what withheld it")]
    lowest_c = float(np.nanmin(data.board_c)) - data.start_c
    if lowest_c < -FALL_C:
        text = f"the board's probe fell by {-lowest_c:.0f} °C when it was heated"
        return [Doubt(text, "are its two leads exchanged?")]
    if data.rise_c < LEAST_RISE_C:
        text = f"the board rose by {data.rise_c:.0f} °C only, {LEAST_RISE_C:.0f} °C are needed"
        return [Doubt(text, "look for the probe's seat and the heater's power, or raise --top")]
    if data.heater_rise_c is not None and data.heater_rise_c < LEAST_HEATER_RISE_C:
        text = f"the heater's probe rose by {data.heater_rise_c:.0f} °C only, the board by more"
        return [Doubt(text, "fasten that probe to the heater")]
    return []


def fit_doubts(data: Data, fitted: Fitted) -> list[Doubt]:
    """What speaks against the fitted model."""
    found = []
    steady = "see the picture: a probe that slipped, a board that was moved, a draught, weak mains"
    most_c = max(MISFIT_C, MISFIT_SHARE * data.rise_c)
    if fitted.fit_c > most_c:
        text = f"the model misses the board's probe by {fitted.fit_c:.1f} °C (rms)"
        found.append(Doubt(f"{text}, at most {most_c:.1f} °C is allowed", steady))
    if fitted.heater_fit_c is not None and data.heater_rise_c is not None:
        most_c = max(HEATER_MISFIT_C, HEATER_MISFIT_SHARE * data.heater_rise_c)
        if fitted.heater_fit_c > most_c:
            text = f"the model misses the heater's probe by {fitted.heater_fit_c:.1f} °C (rms)"
            found.append(Doubt(f"{text}, at most {most_c:.1f} °C is allowed", steady))
    for key, end in fitted.at_bound:
        if end == "low" and key in MAY_BE_NONE:
            continue
        found.append(Doubt(f"{key} ended at the {end}est value possible", steady))
    return found or _sense_doubts(data, fitted)


def _sense_doubts(data: Data, fitted: Fitted) -> list[Doubt]:
    """Numbers that fit the log but no preheater with a board on it."""
    model = Model(fitted.model)
    tau_s = model.board_j_k / (model.couple_w_k + model.loss_w_k)
    if model.heater_seen and tau_s < LEAST_BOARD_TAU_S:
        text = f"the board's probe follows the heater within {tau_s:.0f} s, as air does"
        return [Doubt(text, "fasten the probe to a board and tune again")]
    rise = figures.full_power_c_s(fitted.model, data.power_w, figures.MID_C)
    hottest_c = figures.hottest_c(fitted.model, data.power_w)
    if rise <= 0 or hottest_c < float(np.nanmax(data.board_c)) + SPARE_C:
        text = f"at full power the board would get no hotter than {hottest_c:.0f} °C"
        return [Doubt(text, "look at the heater's power and at the probe's contact")]
    error = fitted.error(lambda d: figures.full_power_c_s(d, data.power_w, figures.MID_C))
    if error > MOST_ERROR * rise:
        text = f"the log leaves the rise at full power open by {100 * error / rise:.0f} %"
        return [Doubt(text, "tune again, with a higher --top if the board can take it")]
    return []


def _slope(t_s, values) -> "float | None":
    good = np.isfinite(values)
    if good.sum() < 8:
        return None
    return float(np.polyfit(t_s[good], values[good], 1)[0])


def refuse(doubts: list[Doubt], where: str = "") -> None:
    """Raise Refused with the first doubt, the others listed; nothing if there is none."""
    if doubts:
        first, *others = doubts
        fix = f"{first.fix}{where}; nothing was stored"
        raise Refused(f"not tuned, {first.what}", fix, "check", [str(doubt) for doubt in others])
