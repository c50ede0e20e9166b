"""The strategy of a tuned unit: the duty that the model says will put the board on the setpoint.

At every tick it plays the model forward: a duty for the near future, and no heat after that. The
setpoint is known ahead, so each moment of that future allows a largest duty: one that does not
lift the board above the setpoint then. The smallest of them is taken. The near moments make the
board follow; the far ones see to it that heat which is already in the heater never carries it
past a corner. Dead time, other boards and weak mains are the observer's business.
"""

from preheat_core.control import FirstHeat
from preheat_core.feasible import heater_for
from preheat_core.limits import HEATER_MARGIN_C
from preheat_core.model import Model
from preheat_core.observer import MEDIAN_S, TICK_S, Observer

# The near future: half a heater's time constant, in which a change of duty begins to show.
NEAR_SHARE = 0.5
NEAR_LEAST_S, NEAR_MOST_S = 2.5, 20.0
NEAR_STEPS = 4
# Then steps without heat, each longer than the one before: 31 times the near step in all, which
# is long enough for the heat in a heater to arrive.
FAR_STEPS = 6
FAR_GROWTH = 1.5
# After the first step alone a duty has changed little, and noise much: it only keeps the board
# from rising ahead of a ramp that begins later.
FIRST_STEP_C = 0.4
# Heat that seems to get lost, as a share of the rated power. Healthy units with any board and
# 20 % less mains lose up to 0.14; a tune that is far off makes it look like 0.2.
LOST_SHARE = 0.3
LOST_S = 20.0
QUIET_S = 15.0
STORED_SHARE = 0.03  # of the rated power: less may be noise of the slope
HEATER_ROOM_C = 5.0  # the heater stays this far below where the guard withholds heat


class Predictive:
    """`model` is the checked table of the settings, `board` the checked board file."""

    done = False
    lead_c = 0.7  # further behind, no power makes up for it soon: the setpoint waits

    def __init__(self, model: dict, board: dict):
        self.model = Model(model)
        self.power_w = board["zones"][0]["power_w"]
        self.late_s = self.model.dead_s + self.model.lag_s + MEDIAN_S
        self._window_s = board["window_ticks"] * TICK_S
        self._heater_top_c = None  # no ceiling to keep where no probe sees the heater
        if self.model.heater_seen:
            self._heater_top_c = board["limits"]["heater_max_c"] - HEATER_MARGIN_C - HEATER_ROOM_C
        self.reset(25.0, 0.0)

    def reset(self, temp_c: float, slope_c_s: float) -> None:
        """A run begins with the board at `temp_c`, which changes by `slope_c_s` without heat.

        A board that rises or is kept warm so lies over a heater that is still hot.
        """
        model = self.model
        flow_w = model.board_j_k * slope_c_s + model.loss_w(temp_c)
        heater_c = temp_c
        if flow_w > STORED_SHARE * self.power_w:
            heater_c = heater_for(model, temp_c, flow_w)
        self.observer = Observer(model, self.power_w, temp_c, heater_c)
        self._first = FirstHeat(temp_c)
        self._duty = 0.0
        self._ours = True
        self._quiet_s = 0.0
        self._lost_s = 0.0
        self.fault = None

    def _again(self, temp_c) -> None:
        """Others heated the board or laid another one on: only the heater is known still."""
        before = self.observer
        heater_c = before.heater_c if -100 < before.heater_c < 5000 else temp_c
        self.observer = Observer(self.model, self.power_w, temp_c, heater_c)
        self.observer.gain = before.gain
        self._lost_s = 0.0

    @property
    def board_c(self) -> float:
        """Where the board is now, a probe's lateness ahead of its reading."""
        return self.observer.board_c

    def observe(self, dt_s: float, on_s: float, temp_c, heater_c, ours: bool) -> None:
        """One tick of heat and readings."""
        # What others did goes on to show at a late probe after they have stopped.
        self._quiet_s = max(0.0, self._quiet_s - dt_s) if ours else self.late_s + QUIET_S
        ours = ours and self._quiet_s <= 0
        if temp_c is not None:
            if ours and not self._ours:
                self._again(temp_c)
            self._ours = ours
        self.observer.step(dt_s, on_s, temp_c, heater_c, ours)
        self._first.see(temp_c)
        # Written so that a value that is no number is wild too.
        now = self.observer
        wild = not (-100 < now.board_c < 3000 and -100 < now.heater_c < 5000)
        if wild and (ours or temp_c is None):
            self.fault = ("no_rise", "the probe and the model do not agree at all")
        elif wild:
            self._again(temp_c)
        else:
            self._doubt(dt_s, ours and self._ours)

    def _doubt(self, dt_s, ours) -> None:
        """Give up where much heat seems to get lost."""
        now = self.observer
        lost = ours and now.extra_w < -LOST_SHARE * self.power_w
        self._lost_s = self._lost_s + dt_s if lost else 0.0
        if self._lost_s >= LOST_S:
            self.fault = ("no_rise", f"{-now.extra_w:.0f} W of heat do not show at the probe")

    def step(self, dt_s: float, preview, free: bool) -> float:
        """The duty of this window. The observer knows what was withheld: `free` is no matter."""
        tau_s = self.model.heater_tau_s(self.observer.heater_c)
        near_s = min(NEAR_MOST_S, max(NEAR_LEAST_S, NEAR_SHARE * tau_s))
        steps_s = _steps_s(near_s)
        # A radiating heater is no straight line: go out from the duty of the last tick.
        base = self._duty
        change = 0.5 if base < 0.5 else -0.5
        base_c, base_heater_c = self._play(steps_s, base)
        other_c, other_heater_c = self._play(steps_s, base + change)
        duty = self._first.most
        if self._heater_top_c is not None:
            gain_c = max(1e-6, (other_heater_c - base_heater_c) / change)
            duty = min(duty, base + (self._heater_top_c - base_heater_c) / gain_c)
        room_c = FIRST_STEP_C - self._ripple_c(tau_s)
        at_s = 0.0
        for i in range(len(steps_s)):
            at_s += steps_s[i]
            gain_c = max(1e-6, (other_c[i] - base_c[i]) / change)
            cap = base + (preview(at_s, near_s) + room_c - base_c[i]) / gain_c
            if not cap >= duty:  # no number is no leave to heat
                duty = cap
            if i == 0:
                room_c -= FIRST_STEP_C
        self._duty = max(0.0, duty)
        return self._duty

    def _play(self, steps_s, duty: float):
        """The model with `duty` in the near steps: (board after each step, heater after them)."""
        m, now = self.model, self.observer
        heater_c = near_heater_c = now.heater_c
        board_c = now.board_c
        watts = duty * self.power_w * now.gain
        boards_c = []
        for i in range(len(steps_s)):
            if i == NEAR_STEPS:
                near_heater_c = heater_c
                watts = 0.0
            heater_c, flow_w = m.heat(heater_c, board_c, watts, steps_s[i])
            board_c = m.warm(board_c, flow_w + now.extra_w, now.answer * steps_s[i])
            boards_c.append(board_c)
        return boards_c, near_heater_c

    def _ripple_c(self, tau_s: float) -> float:
        """How far the pulses, each at its window's beginning, lift the board over a steady duty's.

        Half a window's excess of heat, as far as the heater does not smooth it.
        """
        window_s = self._window_s
        full_c_s = self.power_w * self.observer.gain * self.observer.answer / self.model.board_j_k
        excess_c = full_c_s * self._duty * (1 - self._duty) * window_s / 2
        return excess_c * window_s / (window_s + 4 * tau_s)


def _steps_s(near_s: float):
    step_s = near_s / NEAR_STEPS
    steps_s = [step_s] * NEAR_STEPS
    for _ in range(FAR_STEPS):
        step_s *= FAR_GROWTH
        steps_s.append(step_s)
    return steps_s
