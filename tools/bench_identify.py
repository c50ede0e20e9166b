"""What a textbook controller is tuned on: a step of the true plant at its working point, fitted.

The step is free of noise and quantisation, and as small as one likes: better than anybody gets
from a real plant. It is seen through the board's probe and the kernel's median of five.
"""

import math

import numpy as np
from textbook import Process

from preheat.bench.plant import Plant
from preheat_core.clock import TICK_MS

TICK_S = TICK_MS / 1000
WORK_C = 150.0  # between the preheats' and the reflows' temperatures
STEP = 0.02  # of full duty: small enough for a straight line
STEADY_S = 10000.0
SLOW_KP, SLOW_TI_S = 0.01, 300.0
MEDIAN_S = 2 * TICK_S
SEEN_SHARE = 0.632  # the fit goes on until the response has covered this
POINTS = 160


def identify(plant: dict, board: dict) -> Process:
    """The process that a controller of this board meets, its window's delay included."""
    t_s, gain_c = step_response(plant)
    process = fit(t_s, gain_c)
    # A duty is taken over at a window's first tick and stands until the next one.
    window_s = board["window_ticks"] * TICK_S
    dead_s = process.dead_s + MEDIAN_S + window_s / 2
    return Process(process.gain_c, process.slow_s, process.fast_s, dead_s)


def step_response(plant: dict) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and °C per full duty of the probe after a small step up at WORK_C."""
    duty, state = _steady(plant)
    body = Plant(plant)
    body.restore(state)
    before_c = body.probe_c("board")
    after = Plant(plant)
    after.restore(state)
    after.step(STEADY_S, duty + STEP)
    final_c = after.probe_c("board") - before_c
    t_s, rise_c = [0.0], [0.0]
    while rise_c[-1] < SEEN_SHARE * final_c:
        body.step(TICK_S, duty + STEP)
        t_s.append(t_s[-1] + TICK_S)
        rise_c.append(body.probe_c("board") - before_c)
    return np.array(t_s), np.array(rise_c) / STEP


def _steady(plant: dict) -> tuple[float, dict]:
    """The duty that keeps the board at WORK_C in the long run, and the plant's state then."""
    body = Plant(plant)
    integral = 0.0
    for _ in range(int(STEADY_S)):  # an ideal sensor and a slow PI find it
        error_c = WORK_C - body.board_c()
        integral = min(1.0, max(0.0, integral + SLOW_KP * error_c / SLOW_TI_S))
        body.step(1.0, min(1.0, max(0.0, integral + SLOW_KP * error_c)))
    return integral, body.state()


def fit(t_s: np.ndarray, rise_c: np.ndarray) -> Process:
    """Least squares of a second order with dead time on a step response from rest.

    The points lie closer together the younger the response is, so that its beginning, which
    decides about stability, counts as much as its long end.
    """
    picked = np.unique(np.geomspace(1, len(t_s) - 1, POINTS).astype(int))
    t, y = t_s[picked], rise_c[picked]
    span = float(t_s[-1])
    centre = np.log(np.array([span, span / 50, span / 100]))
    width = np.array([2.0, 4.0, 4.0])
    best = (math.inf, 0.0, 0.0, 0.0)
    for _ in range(14):
        axes = [np.exp(c + w * np.linspace(-1, 1, 9)) for c, w in zip(centre, width)]
        best = min(
            ((_misfit(t, y, slow, fast, dead), slow, fast, dead)
             for slow in axes[0] for fast in axes[1] for dead in axes[2] if fast < 0.95 * slow),
            key=lambda row: row[0],
        )
        centre = np.log(np.array(best[1:]))
        width = width * 0.6
    _, slow, fast, dead = best
    shape = _shape(t, slow, fast, dead)
    return Process(float(shape @ y / (shape @ shape)), float(slow), float(fast), float(dead))


def _shape(t, slow, fast, dead):
    late = np.maximum(0.0, t - dead)
    parts = slow * np.exp(-late / slow) - fast * np.exp(-late / fast)
    return 1 - parts / (slow - fast)


def _misfit(t, y, slow, fast, dead) -> float:
    shape = _shape(t, slow, fast, dead)
    gain = shape @ y / max(1e-12, shape @ shape)
    off = gain * shape - y
    return math.sqrt(float(off @ off) / len(t))
