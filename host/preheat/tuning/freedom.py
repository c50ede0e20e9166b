"""What the fit may move, how far, and what is usual where the data say nothing.

With a heater probe every number of the model shows in the log, though how the heater's heat is
shared between board and surroundings shows but faintly. Without one only the sum of the J/K, the
heater's time constant and the board's losses show (see guess.UNSEEN_SHARE), unless the heater
glows: radiation, which is not proportional, tells heater and board apart even so.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from preheat.tuning.guess import LOSS_RISE_K, REACHES, UNSEEN_SHARE

Table = dict[str, Any]
REACHES_SD = 0.4
CONDUCTED_W_K, RADIATED_W = 0.05, 20.0  # less than this has no share worth a word
COUPLE_MOST_W_K = 500.0
PLATE_TAU_S = 0.1


class Free(NamedTuple):
    """One number: its range, and whether its logarithm is moved, else multiples of `unit`.

    prior is (centre, deviation): of the logarithm where that is moved.
    """

    key: str
    low: float
    high: float
    unit: float = 1.0
    log: bool = False
    prior: "tuple[float, float] | None" = None

    def x(self, value: float) -> float:
        """The value as the fit moves it, inside its range."""
        value = min(self.high, max(self.low, value))
        return math.log(value) if self.log else value / self.unit

    def value(self, x: float) -> float:
        """The inverse of `x`."""
        return math.exp(x) if self.log else x * self.unit

    def strain(self, x: float) -> float:
        """How many deviations from its prior; 0 without one."""
        if self.prior is None:
            return 0.0
        centre, deviation = self.prior
        return ((x if self.log else self.value(x)) - centre) / deviation


COMMON = (
    Free("loss_w_k", 1e-3, 50, log=True),
    Free("loss_rise_k", 0, 0.03, 0.003, prior=(LOSS_RISE_K, LOSS_RISE_K)),
    Free("dead_s", 0, 59),
    Free("lag_s", 0, 59, prior=(3, 4)),
)
TWO_MASSES = (
    Free("heater_j_k", 0.5, 9000, log=True),
    Free("board_j_k", 2, 9000, log=True),
    Free("couple_w_k", 0, 100, 0.2),
    Free("couple_rad_w", 0, 9000, 200),
    Free("heater_loss_w_k", 0, 50, 0.2),
    Free("heater_loss_rad_w", 0, 9000, 200),
    *COMMON,
)
SEEN = (*TWO_MASSES, Free("heater_lag_s", 0, 30, prior=(2, 3)))


def _one_mass(heater_kind: str) -> "tuple[Free, ...]":
    # The order of two lags cannot be told from outside: a plate's own is the probe's.
    prior = (math.log(PLATE_TAU_S), 0.7) if heater_kind == "plate" else None
    return (
        Free("total_j_k", 5, 10000, log=True),
        Free("tau_s", 0.1, 600, log=True, prior=prior),
        *COMMON,
    )


class Freedom:
    """The free numbers of one fit, and their way into a model table and back.

    `start` is a complete model table; what is not free keeps its value there. `apart`: heater
    and board have numbers of their own although no probe tells what the heater does.
    """

    def __init__(self, start: Table, heater_kind: str, apart: bool = False):
        self.start = start
        self.apart = apart or start["heater_seen"]
        if start["heater_seen"]:
            self.free = SEEN
        else:
            self.free = TWO_MASSES if apart else _one_mass(heater_kind)
        self.low = np.array([row.x(row.low) for row in self.free])
        self.high = np.array([row.x(row.high) for row in self.free])

    def point(self, d: Table):
        """Where a model table lies, a little inside the ranges."""
        values = dict(d)
        if not self.apart:
            values["total_j_k"] = d["heater_j_k"] + d["board_j_k"]
            values["tau_s"] = d["heater_j_k"] / d["couple_w_k"]
        x = np.array([row.x(values[row.key]) for row in self.free])
        return np.clip(x, self.low + 1e-3, self.high - 1e-3)

    def table(self, x) -> Table:
        """The model table of a point."""
        values = {row.key: row.value(float(v)) for row, v in zip(self.free, x)}
        d = dict(self.start)
        if not self.apart:
            total_j_k, tau_s = values.pop("total_j_k"), values.pop("tau_s")
            d["heater_j_k"] = UNSEEN_SHARE * total_j_k
            d["board_j_k"] = total_j_k - d["heater_j_k"]
            d["couple_w_k"] = min(COUPLE_MOST_W_K, d["heater_j_k"] / tau_s)
        d.update(values)
        return d

    def strains(self, x) -> list[float]:
        """How far the point is from what is usual, in deviations."""
        out = [row.strain(float(v)) for row, v in zip(self.free, x) if row.prior is not None]
        if self.apart:
            d = self.table(x)
            for flow, loss, least in (
                ("couple_w_k", "heater_loss_w_k", CONDUCTED_W_K),
                ("couple_rad_w", "heater_loss_rad_w", RADIATED_W),
            ):
                share = d[flow] / (d[flow] + d[loss] + least)
                out.append((share - REACHES) / REACHES_SD)
        return out
