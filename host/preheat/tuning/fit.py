"""Bounded, robust least squares of the core's model to a tuning run's log."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import least_squares

from preheat.tuning.data import Data
from preheat.tuning.freedom import Freedom
from preheat.tuning.guess import glowing, guesses
from preheat.tuning.simulate import Path

BOARD_SD_C = 0.5  # what a reading may be off before it counts as a misfit
HEATER_SD_C = 6.0  # the heater's side is there to serve the board's
SOFT = 3.0  # of these deviations: beyond it a reading counts less and less
STEP = 1e-3  # for derivatives, in the numbers' own units
ENOUGH = 1e-3  # a share of the misfit not worth another step
MOST_TRIES, MOST_STARTS = 60, 3
AT_END, AWAY = 1e-3, 0.05  # in the terms of the fit
GLOWING = ("quartz", "ceramic")  # kinds of heater
ROUGH_C = 0.4  # without a heater probe: a worse fit may be that of a heater that glows


class Fitted(NamedTuple):
    """A model table, how well it fits, and how sure it is.

    fit_c, heater_fit_c: rms of the residuals, °C · at_bound: (name, "low" or "high") of free
    numbers that ended at an end of their range · board_c, heater_c: what the model says that
    the probes should have read, one value per record · error(f): standard error of any number
    f(model table) · apart: heater and board have numbers of their own · cost: of the misfit.
    """

    model: dict[str, Any]
    fit_c: float
    heater_fit_c: "float | None"
    at_bound: tuple[tuple[str, str], ...]
    board_c: Any
    heater_c: Any
    error: Callable[[Callable[[dict[str, Any]], float]], float]
    apart: bool
    cost: float


class _Problem:
    """Residuals and their derivatives for one log."""

    def __init__(self, data: Data, freedom: Freedom):
        self.data = data
        self.freedom = freedom
        self.path = Path(data)
        self.good = np.isfinite(data.board_c)
        self.heater_good = None if data.heater_c is None else np.isfinite(data.heater_c)

    def predict(self, d):
        """(board, heater) readings by the model table `d`, one of each per record."""
        data, path = self.data, self.path
        heater_start_c = data.start_c if data.heater_start_c is None else data.heater_start_c
        heater, board = path.simulate(d, data.start_c, heater_start_c)
        board_c = path.read(board, data.t_s, d["dead_s"], d["lag_s"])
        heater_c = path.read(heater, data.t_s, 0.0, d["heater_lag_s"])
        return board_c, heater_c

    def residuals(self, x):
        board_c, heater_c = self.predict(self.freedom.table(x))
        parts = [((board_c - self.data.board_c) / BOARD_SD_C)[self.good]]
        if self.heater_good is not None:
            parts.append(((heater_c - self.data.heater_c) / HEATER_SD_C)[self.heater_good])
        parts.append(np.array(self.freedom.strains(x)))
        return np.concatenate(parts)

    def jacobian(self, x):
        here = self.residuals(x)
        columns = []
        for i in range(len(x)):
            step = STEP if x[i] + STEP <= self.freedom.high[i] else -STEP
            there = x.copy()
            there[i] += step
            columns.append((self.residuals(there) - here) / step)
        return np.stack(columns, axis=1)


def fit(data: Data, heater_kind: str = "other") -> Fitted:
    """The model that explains the log best. `heater_kind` is that of the board file's zone."""
    starts = [(start, False) for start in guesses(data)]
    if data.heater_c is None and heater_kind != "plate":
        glow = [(start, True) for start in glowing(data)]
        starts = glow + starts if heater_kind in GLOWING else starts + glow
    found: list[Fitted] = []
    for start, apart in starts:
        # Two ways to see a plain heater are both looked at; a glowing one is found or not.
        if (apart or starts[0][1]) and any(one.fit_c <= ROUGH_C for one in found):
            break
        problem = _Problem(data, Freedom(start, heater_kind, apart))
        found.append(_fitted(problem, _solve(problem, start)))
    return min(found, key=lambda one: one.cost)


def _fitted(problem: _Problem, solved: Any) -> Fitted:
    data, freedom, x = problem.data, problem.freedom, solved.x
    model = freedom.table(x)
    board_c, heater_c = problem.predict(model)
    seen = data.heater_c is not None
    ends = [
        (row.key, "low" if at - low < AT_END else "high")
        for row, at, low, high in zip(freedom.free, x, freedom.low, freedom.high)
        if min(at - low, high - at) < AT_END
    ]
    return Fitted(
        model, _rms(board_c - data.board_c), _rms(heater_c - data.heater_c) if seen else None,
        tuple(ends), board_c, heater_c if seen else None,
        _error_of(freedom, x, _covariance(problem, x)), freedom.apart, float(solved.cost),
    )


def _solve(problem: _Problem, start: dict[str, Any]) -> Any:
    """Least squares from a start; begun anew until that gains nothing.

    A descent may get stuck at the end of a number's range: the next one begins away from it.
    """
    freedom = problem.freedom
    found = _descend(problem, freedom.point(start))
    for _ in range(MOST_STARTS):
        again = _descend(problem, np.clip(found.x, freedom.low + AWAY, freedom.high - AWAY))
        gained = again.cost < (1 - ENOUGH) * found.cost
        found = min(found, again, key=lambda one: one.cost)
        if not gained:
            break
    return found


def _descend(problem: _Problem, x) -> Any:
    return least_squares(
        problem.residuals, x, problem.jacobian,  # type: ignore[arg-type]  by name, it thinks
        (problem.freedom.low, problem.freedom.high), method="dogbox", x_scale="jac",
        loss="soft_l1", f_scale=SOFT, ftol=ENOUGH, xtol=1e-5, max_nfev=MOST_TRIES,
    )


def _covariance(problem, x):
    """Of the free numbers at the solution, for residuals that resemble their neighbours."""
    misfit = problem.residuals(x)
    table = problem.jacobian(x)
    spread = max(0.1, float((misfit**2).sum()) / max(1, len(misfit) - len(x)))
    alike = float((misfit[:-1] * misfit[1:]).sum() / max(1e-9, float((misfit**2).sum())))
    alike = min(0.95, max(0.0, alike))
    return np.linalg.pinv(table.T @ table) * spread * (1 + alike) / (1 - alike)


def _error_of(freedom, x, covariance):
    def error(number: Callable[[dict[str, Any]], float]) -> float:
        here = number(freedom.table(x))
        slopes = []
        for i in range(len(x)):
            there = x.copy()
            there[i] += STEP if x[i] + STEP <= freedom.high[i] else -STEP
            slopes.append((number(freedom.table(there)) - here) / (there[i] - x[i]))
        slope = np.array(slopes)
        return float(np.sqrt(max(0.0, slope @ covariance @ slope)))

    return error


def _rms(off) -> float:
    off = off[np.isfinite(off)]
    return float(np.sqrt((off**2).mean())) if len(off) else float("nan")
