"""What a tuned unit knows of heater and board right now: an extended Kalman filter on the model.

The board's probe tells what was a dead time ago. The filter lives then: it keeps the heat that
the heater gave since, corrects the board as it was, and walks forward to now. Besides the board it
estimates `answer`, how strongly this board answers to heat compared with the one that the unit
was tuned with (its mass; without a heater probe also the heater's power), and `extra_w`, heat
that comes or goes unexplained. With a heater probe, `gain` is the heater's own.
"""

from preheat_core.clock import TICK_MS
from preheat_core.heater_filter import HeaterFilter

TICK_S = TICK_MS / 1000
MEDIAN_S = 2 * TICK_S  # the median of five that every reading has passed
ANSWER_SD = 0.35  # at the start of a run: another board may lie there
ANSWER_LOW, ANSWER_HIGH = 0.1, 8.0
ANSWER_VAR_S = 4e-6  # it drifts, per second
EXTRA_SHARE = 0.02  # of the rated power: what is unexplained at the start
EXTRA_SHARE_S = 0.004  # and how much it changes in a second
BOARD_VAR, BOARD_VAR_S = 1.0, 1e-4  # °C² at the start, and per second
PROBE_VAR, PROBE_VAR_TICK = 0.1, 1e-5
# Of one reading, °C²: noise and quantisation of a quarter degree. Four readings a second, through
# a median of five, share much of their error, so each counts little.
NOISE_VAR = 2.0
WALK_STEPS = 12  # from then to now, at most
# Learned from a wrong start (a heater that was not as hot as it seemed), `answer` may be wrong and
# sure of itself. Readings that miss by so much, squared and averaged, say so: healthy runs stay
# below 1 but for their first seconds. A single one counts little, or wild samples would open
# `answer`, and a dead heater or a fallen probe would then be learnt instead of found.
MISS_C2, MISS_S = 4.0, 10.0
MISS_MOST_C2 = 16.0  # three seconds of it, at least
ANEW_SD = 2.0  # of an answer of which nothing is known


class Observer:
    """`heater_c`, `board_c` (both now), `answer`, `extra_w` and `gain` after each `step`."""

    def __init__(self, model, power_w: float, temp_c: float, heater_c: float):
        self.model = model
        self.power_w = power_w
        self.heater_c = heater_c
        self.board_c = temp_c
        self.answer = 1.0
        self.extra_w = 0.0
        self.gain = 1.0
        self._heater = None  # until the heater's probe has read
        self._then_c = self._read_c = temp_c  # board and its probe, a dead time ago
        late_s = model.dead_s + MEDIAN_S
        count = max(1, int(late_s / TICK_S))
        self._lag_s = model.lag_s + late_s - count * TICK_S  # what is no whole tick
        # What the heater gave to the board since then, tick by tick; a ring.
        self._flow_w = [model.flow_w(heater_c, temp_c)] * count
        self._at = 0
        self._extra_var_s = (EXTRA_SHARE_S * power_w) ** 2
        self._begin(ANSWER_SD)

    def _begin(self, answer_sd) -> None:
        """Covariance of board, probe, answer and extra: the upper half, row by row."""
        extra_var = (EXTRA_SHARE * self.power_w) ** 2
        answer_var = answer_sd * answer_sd
        self._p = [BOARD_VAR, 0.0, 0.0, 0.0, PROBE_VAR, 0.0, 0.0, answer_var, 0.0, extra_var]
        self._miss_c2 = 0.0

    def step(self, dt_s: float, on_s: float, temp_c, heater_c, ours: bool) -> None:
        """One tick of `dt_s`, `on_s` of it with heat; readings are None where there is none.

        `ours` False: somebody heats from above, which says nothing about the board's mass.
        """
        m = self.model
        rated_w = self.power_w * min(1.0, on_s / dt_s)
        self.heater_c, flow_w = m.heat(self.heater_c, self.board_c, rated_w * self.gain, dt_s)
        if m.heater_seen and heater_c is not None:
            self._see_heater(dt_s, rated_w, heater_c)
        then_w = self._flow_w[self._at]
        self._flow_w[self._at] = flow_w
        self._at = (self._at + 1) % len(self._flow_w)
        self._predict(dt_s, then_w, ours)
        if temp_c is not None:
            off_c = temp_c - self._read_c
            missed_c2 = min(MISS_MOST_C2, off_c * off_c)
            self._miss_c2 += (missed_c2 - self._miss_c2) * dt_s / MISS_S
            if ours and off_c > 0 < self.extra_w and self._miss_c2 > MISS_C2:
                self._begin(ANEW_SD)
            self._correct(off_c, ours)
        self._walk()

    def _see_heater(self, dt_s, rated_w, read_c) -> None:
        if self._heater is None:
            self._heater = HeaterFilter(read_c, self.model.heater_lag_s + MEDIAN_S)
        else:
            self._heater.step(self.model, dt_s, rated_w, self.heater_c, read_c)
        self.heater_c = self._heater.heater_c
        self.gain = self._heater.gain

    def _predict(self, dt_s, flow_w, ours) -> None:
        m = self.model
        k = dt_s / m.board_j_k
        net_w = flow_w - m.loss_w(self._then_c) + self.extra_w
        a = 1 - k * self.answer * m.loss_w_k  # board on board
        b = k * net_w  # answer on board
        c = k * self.answer  # extra on board
        f = dt_s / (self._lag_s + dt_s)  # board on probe
        e = 1 - f
        self._then_c += c * net_w
        self._read_c += (self._then_c - self._read_c) * f
        tt, ty, ts, td, yy, ys, yd, ss, sd, dd = self._p
        n_ts = a * ts + b * ss + c * sd
        n_td = a * td + b * sd + c * dd
        n_tt = a * (a * tt + b * ts + c * td) + b * n_ts + c * n_td + BOARD_VAR_S * dt_s
        t_y = a * ty + b * ys + c * yd  # the new board with the old probe
        self._p = [
            n_tt,
            e * t_y + f * n_tt,
            n_ts,
            n_td,
            e * (e * yy + 2 * f * t_y) + f * f * n_tt + PROBE_VAR_TICK,
            e * ys + f * n_ts,
            e * yd + f * n_td,
            ss + (ANSWER_VAR_S * dt_s if ours else 0.0),
            sd,
            dd + self._extra_var_s * dt_s,
        ]

    def _correct(self, off_c, ours) -> None:
        tt, ty, ts, td, yy, ys, yd, ss, sd, dd = self._p
        total = yy + NOISE_VAR
        k_t, k_y, k_d = ty / total, yy / total, yd / total
        k_s = ys / total if ours else 0.0
        self._then_c += k_t * off_c
        self._read_c += k_y * off_c
        self.answer = min(ANSWER_HIGH, max(ANSWER_LOW, self.answer + k_s * off_c))
        most_w = 2 * self.power_w
        self.extra_w = min(most_w, max(-most_w, self.extra_w + k_d * off_c))
        # A 32-bit float's last digits must not turn a variance negative: each keeps a floor.
        self._p = [
            max(BOARD_VAR_S, tt - k_t * ty),
            ty - k_t * yy,
            ts - k_t * ys,
            td - k_t * yd,
            max(PROBE_VAR_TICK, yy - k_y * yy),
            ys - k_y * ys,
            yd - k_y * yd,
            max(ANSWER_VAR_S, ss - k_s * ys),
            sd - k_s * yd,
            max(self._extra_var_s, dd - k_d * yd),
        ]

    def _walk(self) -> None:
        """The board now: from the corrected past along the heat that was given since."""
        ring = self._flow_w
        count = len(ring)
        stride = (count + WALK_STEPS - 1) // WALK_STEPS
        board_c = self._then_c
        at = self._at
        left = count
        while left > 0:
            n = min(stride, left)
            left -= n
            sum_w = 0.0
            for _ in range(n):
                sum_w += ring[at]
                at = at + 1 if at + 1 < count else 0
            board_c = self.model.warm(
                board_c, sum_w / n + self.extra_w, self.answer * TICK_S * n
            )
        self.board_c = board_c
