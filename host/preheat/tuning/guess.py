"""Where the fit starts: balances of energy that are linear in what is sought, solved at once.

In integral form no reading needs to be differentiated. The delay between heat and board is the
one thing that is not linear: it is tried out on a grid.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import nnls

from preheat.tuning.data import Data
from preheat.tuning.simulate import lagged
from preheat_core.model import KELVIN

Table = dict[str, Any]
UNSEEN_SHARE = 0.05  # heater of all J/K, where no probe tells it
DELAYS_S = np.arange(0.0, 61.0, 1.0)
TAUS_S = (0.5, 5.0, 12.0, 25.0, 50.0, 100.0, 200.0, 400.0)  # of heaters
REACHES = 0.6  # share of the heater's heat that arrives at the board
DULL_C = 350.0  # a ceramic heater at full power
LAG_S = 3.0  # of a thermocouple under tape, usual
LOSS_RISE_K = 1 / 400  # convection and radiation of a board, usual
LEAST_W_K, LEAST_RAD_W = 0.02, 20.0  # the fit moves away from 0 slowly


def guesses(data: Data) -> list[Table]:
    """Rough model tables to start from; more than one where the log may fit two ways."""
    if data.heater_c is not None:
        return [_seen(data)]
    plain = _plain(data)
    # The larger of two lags may be the heater's or the probe's.
    return [
        _unseen(data, plain, plain.tau_s, LAG_S),
        _unseen(data, plain, 0.5, max(1.0, min(30.0, plain.tau_s))),
    ]


def glowing(data: Data) -> list[Table]:
    """Where to start for a radiating heater without a probe."""
    plain = _plain(data)
    power_w = data.power_w
    found = []
    # One that glows brightly and answers slowly while it is cold, so that part of the delay is
    # its own; and two duller ones, of which the delay tells less or more.
    for heater_j_k, board, w_k, rad_w, late in (
        (0.3 * plain.j_k, 0.4, 4e-4 * power_w, 1.3 * power_w, 0.5),
        (_dull_j_k(data, plain, 1.0), REACHES, 6e-4 * power_w, 5 * power_w, 1.0),
        (_dull_j_k(data, plain, 0.5), REACHES, 1.4e-3 * power_w, 3 * power_w, 0.5),
        (0.6 * plain.j_k, 0.4, 4e-4 * power_w, 1.3 * power_w, 0.5),
    ):
        found.append({
            **_unseen(data, plain._replace(delay_s=late * plain.delay_s), 1.0, LAG_S),
            "heater_j_k": heater_j_k, "board_j_k": board * plain.j_k,
            "couple_w_k": REACHES * w_k, "heater_loss_w_k": (1 - REACHES) * w_k,
            "couple_rad_w": REACHES * rad_w, "heater_loss_rad_w": (1 - REACHES) * rad_w,
            "loss_w_k": board * plain.j_k * plain.loss_s,
        })
    return found


def _dull_j_k(data: Data, plain: "_Plain", late: float) -> float:
    """The J/K of a heater that gets DULL_C hotter by full power in its time constant."""
    return (plain.tau_s + (1 - late) * plain.delay_s) * data.power_w / DULL_C


class _Plain(NamedTuple):
    """A heater and a board in the simplest terms; `loss_s` is the board's W/K over its J/K."""

    j_k: float
    loss_s: float
    delay_s: float
    tau_s: float


def _plain(data: Data) -> _Plain:
    """The best of a grid of delays and heaters' time constants, the rest solved for."""
    t_s = np.arange(data.t_s[0], data.t_s[-1], 1.0)
    joules = np.interp(t_s, data.t_s, _joules(data))
    rise_c = np.interp(t_s, data.t_s, _filled(data.t_s, data.board_c)) - data.start_c
    found = []
    for tau_s in TAUS_S:
        delay_s, (rise_j, loss_s), off = _best_delay(t_s, rise_c, [lagged(joules, tau_s, 1.0)])
        found.append((off, _Plain(1 / max(rise_j, 1e-4), loss_s, delay_s, tau_s)))
    return min(found)[1]


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


def _best_delay(t_s, rise_c, drives):
    """(delay, coefficients, misfit) of a board's balance: rise = drives, late, less its losses."""
    lost = _summed(t_s, rise_c)
    best = (np.inf, 0.0, np.zeros(len(drives) + 1))
    for delay_s in DELAYS_S:
        late = [np.interp(t_s - delay_s, t_s, drive) for drive in drives]
        found, off = _solve([*late, -lost], rise_c)
        if off < best[0]:
            best = (off, float(delay_s), found)
    return best[1], best[2], best[0]


def _unseen(data: Data, plain: _Plain, tau_s: float, lag_s: float) -> Table:
    heater_j_k = UNSEEN_SHARE * plain.j_k
    return {
        "heater_j_k": heater_j_k, "board_j_k": plain.j_k - heater_j_k,
        "couple_w_k": heater_j_k / tau_s, "couple_rad_w": 0.0,
        "heater_loss_w_k": 0.0, "heater_loss_rad_w": 0.0,
        "loss_w_k": plain.loss_s * plain.j_k, "loss_rise_k": LOSS_RISE_K / 2,
        "dead_s": max(0.0, plain.delay_s - LAG_S), "lag_s": lag_s, "heater_lag_s": 0.0,
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
    delay_s, (by_w_k, by_rad, loss), _ = _best_delay(t_s, board_c - data.start_c, [flow, shine])
    # How much of what leaves the heater arrives hardly shows in these balances: a good half.
    reach = [REACHES * out / by for out, by in ((out_w_k, by_w_k), (out_rad_w, by_rad)) if by > 0]
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
