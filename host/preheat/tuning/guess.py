"""Where the fit starts: balances of energy that are linear in what is sought, solved at once.

In integral form no reading needs to be differentiated. The delay between heat and board is the
one thing that is not linear: it is tried out on a grid.
"""

from typing import Any

import numpy as np
from scipy.optimize import nnls

from preheat.tuning.data import Data
from preheat_core.model import KELVIN

Table = dict[str, Any]
UNSEEN_SHARE = 0.05  # heater of all J/K, where no probe tells it
DELAYS_S = np.arange(0.0, 61.0, 1.0)
LAG_S = 3.0  # of a thermocouple under tape, usual
LOSS_RISE_K = 1 / 400  # convection and radiation of a board, usual
LEAST_W_K, LEAST_RAD_W = 0.02, 20.0  # the fit moves away from 0 slowly


def guesses(data: Data) -> list[Table]:
    """Rough model tables to start from; more than one where the log may fit two ways."""
    if data.heater_c is not None:
        return [_seen(data)]
    delay_s, (rise_j, loss) = _best_delay(data, [_joules(data)])
    total_j_k = 1 / max(rise_j, 1e-4)
    rest_s = max(1.0, delay_s / 2)
    # The larger of two lags may be the heater's or the probe's.
    return [
        _unseen(data, total_j_k, loss, delay_s / 3, rest_s, min(LAG_S, rest_s)),
        _unseen(data, total_j_k, loss, delay_s / 2, 0.5, rest_s),
    ]


def glowing(data: Data, plain: Table) -> list[Table]:
    """Where to start for a radiating heater without a probe, from a guess at a plain one."""
    total_j_k = plain["heater_j_k"] + plain["board_j_k"]
    found = []
    for glow, share in ((1.0, 0.3), (1.0, 0.6), (0.3, 0.3), (0.1, 0.6)):
        rad_w, w_k = 0.67 * glow * data.power_w, 2e-4 * data.power_w
        found.append({
            **plain, "heater_j_k": share * total_j_k, "board_j_k": 0.4 * total_j_k,
            "couple_w_k": w_k, "couple_rad_w": rad_w,
            "heater_loss_w_k": w_k, "heater_loss_rad_w": rad_w,
            "dead_s": 1.5 * plain["dead_s"], "lag_s": LAG_S, "loss_rise_k": LOSS_RISE_K / 2,
        })
    return found


def _fourth(temp_c):
    return ((temp_c + KELVIN) / 1000) ** 4


def _filled(t_s, values):
    """Readings without gaps."""
    good = np.isfinite(values)
    return np.interp(t_s, t_s[good], values[good])


def _summed(t_s, values):
    """Running integral over time, 0 at the start."""
    steps = np.diff(t_s) * (values[1:] + values[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)])


def _joules(data: Data):
    return np.cumsum(data.share * np.diff(data.t_s, prepend=data.t_s[0])) * data.power_w


def _solve(columns, wanted):
    """(coefficients >= 0, misfit) of the sum of columns that comes nearest to `wanted`."""
    table = np.stack(columns, axis=1)
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9)
    found, off = nnls(table / scale, wanted)
    return found / scale, off


def _best_delay(data: Data, drives):
    """(delay, coefficients) of the board's balance: rise = drives, late, less its losses."""
    t_s = data.t_s
    rise_c = _filled(t_s, data.board_c) - data.start_c
    lost = _summed(t_s, rise_c)
    best = (np.inf, 0.0, np.zeros(len(drives) + 1))
    for delay_s in DELAYS_S:
        late = [np.interp(t_s - delay_s, t_s, drive) for drive in drives]
        found, off = _solve([*late, -lost], rise_c)
        if off < best[0]:
            best = (off, float(delay_s), found)
    return best[1], best[2]


def _unseen(data: Data, total_j_k, loss, dead_s, tau_s, lag_s) -> Table:
    return {
        "heater_j_k": UNSEEN_SHARE * total_j_k, "board_j_k": (1 - UNSEEN_SHARE) * total_j_k,
        "couple_w_k": UNSEEN_SHARE * total_j_k / tau_s, "couple_rad_w": 0.0,
        "heater_loss_w_k": 0.0, "heater_loss_rad_w": 0.0,
        "loss_w_k": loss * total_j_k, "loss_rise_k": LOSS_RISE_K / 2,
        "dead_s": dead_s, "lag_s": lag_s, "heater_lag_s": 0.0,
        "heater_seen": False, "ambient_c": data.start_c,
    }


def _seen(data: Data) -> Table:
    t_s = data.t_s
    heater_c = _filled(t_s, data.heater_c)
    board_c = _filled(t_s, data.board_c)
    over = _summed(t_s, heater_c - (board_c + data.start_c) / 2)
    glow = _summed(t_s, _fourth(heater_c) - _fourth(data.start_c))
    warmed_c = heater_c - data.heater_start_c
    (heater_j_k, out_w_k, out_rad_w), _ = _solve([warmed_c, over, glow], _joules(data))
    flow = _summed(t_s, heater_c - board_c)
    shine = _summed(t_s, _fourth(heater_c) - _fourth(board_c))
    delay_s, (by_w_k, by_rad, loss) = _best_delay(data, [flow, shine])
    # How much of what leaves the heater arrives hardly shows in these balances: a good half.
    reach = [0.6 * out / by for out, by in ((out_w_k, by_w_k), (out_rad_w, by_rad)) if by > 0]
    board_j_k = max(5.0, min((value for value in reach if value > 0), default=200.0))
    couple_w_k, couple_rad_w = by_w_k * board_j_k, by_rad * board_j_k
    return {
        "heater_j_k": heater_j_k, "board_j_k": board_j_k,
        "couple_w_k": max(LEAST_W_K, couple_w_k), "couple_rad_w": max(LEAST_RAD_W, couple_rad_w),
        "heater_loss_w_k": max(LEAST_W_K, out_w_k - couple_w_k),
        "heater_loss_rad_w": max(LEAST_RAD_W, out_rad_w - couple_rad_w),
        "loss_w_k": loss * board_j_k, "loss_rise_k": LOSS_RISE_K / 2,
        "dead_s": max(0.0, delay_s - LAG_S), "lag_s": LAG_S, "heater_lag_s": 1.5,
        "heater_seen": True, "ambient_c": data.start_c,
    }
