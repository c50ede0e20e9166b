"""The strategy of a tuning run: steps of open-loop heat that show what the unit is made of.

Rest; heat until the board will coast to about half way to the top; coast and cool; heat again
until it will coast to just below the top; coast and cool. Heater, board, losses at two levels,
dead time and lags all leave their mark in the log, to which the host fits the model. The test
needs no model and no setpoint. Every phase ends by time at the latest, and the guard judges it
like any other run.
"""

from preheat_core.clock import add
from preheat_core.filters import Slope
from preheat_core.limits import HEATER_MARGIN_C

REST_S = 15.0  # without heat: shows whether the board lies settled
# There is no test on a board that moves by itself, or where something is still warm.
SETTLED_C_S = 0.05
WARM_C = 45.0
HEATER_WARM_C = 8.0  # over the board
ANSWER_C = 2.0  # the probe has answered the heat once it rose this far
ANSWER_MAX_S = 150.0  # the slowest plant with 600 J/K on it takes 116 s to rise by 3 °C
FIRST_DUTY = 0.7  # until it has
MIDDLE = 0.5  # of the way from the start to the top
BELOW_TOP_C = 6.0
SLOPE_MS, SLOW_SLOPE_MS = 6000, 10_000
CALM = 0.6  # of the ramp limit: a faster rise gets less power
LESS = 0.7
HEATER_ROOM_C = 15.0  # below the temperature at which the guard withholds heat
HEAT_MAX_S = 240.0
# A heater that coasts as long as this would look like a stuck relay to the guard if it were cut
# at a steep slope. Such a unit is heated in smaller steps, and gets more time.
SLOW_COAST_S = 40.0
SLOW_SLOPE_C_S = 0.18
STILL_C_S = 0.02
SHORT_S, LONG_S = 560.0, 1160.0  # the whole test
MIDWAY_BY, LAST_BY = 0.45, 0.75  # of it, when the first coast and the last heat are over
REST, FIRST, MIDWAY, AGAIN, PAUSE, LAST = range(6)
HEATS = (FIRST, AGAIN)


def longest_s(board: dict) -> float:
    """How long a test on a unit with this checked board file takes at most, in seconds."""
    return LONG_S if board["zones"][0]["coast_s"] >= SLOW_COAST_S else SHORT_S


class StepTest:
    """`profile` is the normalised tune profile: its target is not passed. `board` is checked."""

    late_s = 0.0
    lead_c = None

    def __init__(self, profile: dict, board: dict):
        self.top_c = profile["stages"][0]["target_c"]
        self.fast_c_s = CALM * profile["ramp_max_c_s"]
        self.hot_c = board["limits"]["heater_max_c"] - HEATER_MARGIN_C - HEATER_ROOM_C
        self.most_s = longest_s(board)
        self.slow = self.most_s > SHORT_S
        self.reset(25.0, 0.0)

    def reset(self, temp_c: float, slope_c_s: float) -> None:
        """A test begins with the board at `temp_c`."""
        self.board_c = self._start_c = temp_c
        self.done = False
        self.fault = None
        self.phase = REST
        self._s = 0.0  # since the start
        self._phase_s = 0.0
        self._ms = 0
        self._slope = Slope(int(REST_S * 900))
        self._slope_c_s = 0.0
        self._heater_c = None
        self._power = 1.0
        self._eased_s = 0.0  # left until power may be taken back again
        self._answer_s: "float | None" = None  # from the first heat until the probe moved
        self._ahead_s = 0.0  # a coast gains so many seconds of the slope at its cut
        self._on_s = 0.0  # of full power, since the last heat began
        self._rise_c_s = 0.0  # what the last heat and its coast gained for a second of it
        self._from_c = self._cut_c = self._peak_c = temp_c
        self._cut_slope_c_s = 0.0
        self._peak_s = 0.0  # from the cut to the highest temperature

    def observe(self, dt_s, on_s, temp_c, heater_c, ours) -> None:
        """Take what the probes read; None only lets time pass."""
        self._s += dt_s
        self._phase_s += dt_s
        self._on_s += on_s
        self._eased_s -= dt_s
        self._heater_c = heater_c
        if temp_c is None or dt_s <= 0:
            return
        self.board_c = temp_c
        self._ms = add(self._ms, max(1, int(dt_s * 1000 + 0.5)))
        self._slope.add(self._ms, temp_c)
        self._slope_c_s = self._slope.c_s() or 0.0
        if temp_c > self._peak_c:
            self._peak_c = temp_c
            self._peak_s = self._phase_s

    def step(self, dt_s, preview, free) -> float:
        """The duty of this tick."""
        if self._s >= self.most_s:
            self.done = True
        elif self.phase == REST:
            self._rest()
        elif self.phase == FIRST:
            self._first()
        elif self.phase == AGAIN:
            self._again()
        elif self.phase in (MIDWAY, PAUSE, LAST):
            self._coast()
        if self.done or self.phase not in HEATS:
            return 0.0
        return FIRST_DUTY if self._answer_s is None else self._full()

    def _rest(self) -> None:
        if self._phase_s < REST_S:
            return
        warm = self._heater_c is not None and self._heater_c - self.board_c > HEATER_WARM_C
        warm = warm or self.board_c > WARM_C
        self.done = warm or abs(self._slope_c_s) > SETTLED_C_S
        self._start_c = self.board_c
        self._slope = Slope(SLOW_SLOPE_MS if self.slow else SLOPE_MS)
        self._slope_c_s = 0.0
        self._enter(FIRST)

    def _first(self) -> None:
        if self._answer_s is None:
            if self.board_c >= self._start_c + ANSWER_C:
                self._answer_s = self._ahead_s = self._phase_s
            elif self._phase_s >= ANSWER_MAX_S:
                self.fault = ("no_rise", f"no rise within {ANSWER_MAX_S:.0f} s of heat")
        elif self._enough(self._start_c + MIDDLE * (self.top_c - self._start_c)):
            self._enter(MIDWAY)

    def _again(self) -> None:
        if self._s >= LAST_BY * self.most_s or self._reaches(self.top_c - BELOW_TOP_C):
            self._enter(LAST)
        elif self._enough(self.top_c):
            self._enter(PAUSE)

    def _coast(self) -> None:
        cooling_s = self._phase_s - self._peak_s
        fallen_c = self._peak_c - self.board_c
        if self.phase == PAUSE:
            over = fallen_c > 0.5 or (cooling_s > 0 and self._slope_c_s < STILL_C_S)
        elif self.phase == MIDWAY:
            over = cooling_s >= 60 or (fallen_c >= 3 and cooling_s >= 30)
            over = over or self._s >= MIDWAY_BY * self.most_s
        else:
            over = cooling_s >= 150 or (fallen_c >= 5 and cooling_s >= 60)
        if not over:
            return
        if self._cut_slope_c_s > STILL_C_S:
            self._ahead_s = (self._peak_c - self._cut_c) / self._cut_slope_c_s
        self._rise_c_s = (self._peak_c - self._from_c) / max(1.0, self._on_s)
        if self.phase == LAST:
            self.done = True
        else:
            self._enter(LAST if self._s >= LAST_BY * self.most_s else AGAIN)

    def _reaches(self, aim_c: float) -> bool:
        """The board will coast to there."""
        ends_c = self.board_c + max(0.0, self._slope_c_s) * self._ahead_s
        if self.slow:  # its slope tells too late: go by what the last heat gained
            ends_c = max(ends_c, self._from_c + self._rise_c_s * self._on_s)
        return ends_c >= aim_c

    def _enough(self, aim_c: float) -> bool:
        """This heat is to end: it does all it should, or as much as may be."""
        steep = self.slow and self._slope_c_s >= SLOW_SLOPE_C_S
        return steep or self._phase_s >= HEAT_MAX_S or self._reaches(aim_c)

    def _full(self) -> float:
        """Full power; less and less of it while the board rises fast or the heater gets hot."""
        hot = self._heater_c is not None and self._heater_c > self.hot_c
        if (hot or self._slope_c_s > self.fast_c_s) and self._eased_s <= 0:
            self._power *= LESS
            self._eased_s = 2 * (self._answer_s or 0.0)
        return self._power

    def _enter(self, phase) -> None:
        if phase in HEATS:
            self._from_c = self.board_c
            self._on_s = 0.0
        self.phase = phase
        self._phase_s = 0.0
        self._cut_c = self._peak_c = self.board_c
        self._cut_slope_c_s = self._slope_c_s
        self._peak_s = 0.0
