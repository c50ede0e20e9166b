"""The core's thermal model along a log: from delivered heat to what the probes should read."""

from typing import Any

import numpy as np
from scipy.signal import lfilter

from preheat.tuning.data import Data
from preheat_core.model import Model

STEP_S, LONG_STEP_S = 0.5, 1.0
LONG_S = 600.0  # a longer run is one of a slow unit: longer steps do


class Path:
    """The time grid of one log and the power on it; made once, used by every simulation."""

    def __init__(self, data: Data):
        self.t0_s = float(data.t_s[0])
        self.step_s = STEP_S if data.duration_s <= LONG_S else LONG_STEP_S
        count = int(np.ceil(data.duration_s / self.step_s)) + 1
        self.t_s = self.t0_s + self.step_s * np.arange(count)
        spans_s = np.diff(data.t_s, prepend=data.t_s[0])
        joules = np.cumsum(data.share * spans_s) * data.power_w
        self.watts = (np.diff(np.interp(self.t_s, data.t_s, joules)) / self.step_s).tolist()

    def simulate(self, d: dict[str, Any], start_c: float, heater_start_c: float):
        """(heater, board) temperatures on the grid, by the model table `d`."""
        model = Model(d)
        heat, warm = model.heat, model.warm
        step_s = self.step_s
        heater_c, board_c = heater_start_c, start_c
        heater = [heater_c]
        board = [board_c]
        for watts in self.watts:
            heater_c, flow_w = heat(heater_c, board_c, watts, step_s)
            board_c = warm(board_c, flow_w, step_s)
            heater.append(heater_c)
            board.append(board_c)
        return np.array(heater), np.array(board)

    def read(self, node_c, at_s, dead_s: float, lag_s: float):
        """What a probe on this node reads at the times `at_s`: late by dead time, then lag."""
        return np.interp(at_s - dead_s, self.t_s, lagged(node_c, lag_s, self.step_s))


def lagged(values, lag_s: float, step_s: float):
    """Evenly spaced values behind a first-order lag, exact for straight lines between them."""
    if lag_s < 1e-3:
        return values
    r = lag_s / step_s
    a = float(np.exp(-1 / r))
    b0, b1 = 1 - r * (1 - a), r * (1 - a) - a
    # The filter starts at rest on the first value.
    out, _ = lfilter([b0, b1], [1, -a], values, zi=[(b1 + a) * values[0]])
    return out
