"""Judges of heat: does power raise the temperature, and does its absence let it settle?

The constants are for a unit that was never tuned and are wide enough for every healthy plant:
after a 1 °C/s ramp a healthy probe goes on rising 10 to 65 °C for 18 to 136 s without heat, and
a cold ceramic heater takes 46 to 75 s to show 2 °C.
"""

NO_RISE_MS = 120_000
NO_RISE_C = 3.0
NO_RISE_LOAD = 0.5
FAR_C = 5.0  # the setpoint is this far above: heat is meant to raise the temperature

STUCK_MS = 180_000  # judged after this long without heat, by any probe
STUCK_C = 5.0
RISE_MS = 180_000  # a rise counts within this time: a room warms too, but in hours
SURE_MS = 2000  # a rise must last: two spikes close together pass any median
STUCK_HEATER_MS = 20_000  # judged after this long without heat, by a heater probe
STUCK_HEATER_MIN_MS = 10_000
STUCK_HEATER_C = 10.0
STUCK_HEATER_EXTERNAL_C = 25.0  # a board warmed from above shines back on the heater
COAST_MAX_C = 75.0  # no healthy plant gains this much after 1 °C/s
# A healthy coast dies away: a minute after the cut it has lost half its slope.
STEADY_MS = 60_000
STEADY_SHARE = 0.75
STEADY_MIN_C_S = 0.3
STEADY_C = 25.0
LOAD_SEEN_MS = 1000  # in all, while the relay is commanded off
EDGE_MS = 20  # a zero-cross relay lets go at the end of its half wave


class LoadMeter:
    """Share of full power that the gate really delivered, smoothed over eight seconds."""

    __slots__ = ("load",)

    def __init__(self):
        self.load = 0.0

    def step(self, dt_ms: int, on_ms: int) -> float:
        """Add one tick's delivered on-time; returns the share, 0..1."""
        if dt_ms > 0:
            blend = min(1.0, dt_ms / 8000)
            self.load += (min(1.0, on_ms / dt_ms) - self.load) * blend
        return self.load


class NoRise:
    """Heat is delivered and the temperature does not follow."""

    __slots__ = ("_ms", "_start_c")

    def __init__(self):
        self._ms = 0
        self._start_c = None

    def step(self, dt_ms: int, load: float, temp_c: float, setpoint_c: float) -> "str | None":
        """Judge the controlled temperature against the delivered load."""
        if load < NO_RISE_LOAD or setpoint_c - temp_c <= FAR_C:
            self._start_c = None
            return None
        if self._start_c is None or temp_c - self._start_c >= NO_RISE_C:
            self._start_c = temp_c
            self._ms = 0
        # A colder board was laid on: what counts is the rise from there.
        self._start_c = min(self._start_c, temp_c)
        self._ms += dt_ms
        return "no_rise" if self._ms >= NO_RISE_MS else None


class Rise:
    """How far a temperature rose above its lowest of the last RISE_MS."""

    __slots__ = ("_low_c", "_ms")

    def __init__(self):
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._low_c = None
        self._ms = 0

    def step(self, dt_ms: int, temp_c: float) -> float:
        """Take one sample; returns the rise in °C, 0 or more."""
        self._ms += dt_ms
        if self._low_c is None or temp_c < self._low_c or self._ms >= RISE_MS:
            self._low_c = temp_c
            self._ms = 0
        return temp_c - self._low_c


class StuckOn:
    """Heat was taken away and the temperature rises all the same."""

    __slots__ = (
        "_board",
        "_cut_c",
        "_cut_slope_c_s",
        "_heater",
        "_off_ms",
        "_seen_ms",
        "_sure_ms",
    )

    def __init__(self):
        self._seen_ms = 0
        self._board = Rise()
        self._heater = Rise()
        self._restart(None, 0.0)

    def _restart(self, board_c, slope_c_s):
        self._off_ms = 0
        self._cut_c = board_c
        self._cut_slope_c_s = slope_c_s
        self._sure_ms = 0
        self._board.reset()
        self._heater.reset()

    def step(self, dt_ms, on_ms, board_c, slope_c_s, heater_c, load_seen, external) -> bool:
        """True when heat is proven to go on. Temperatures are None where there is no probe.

        `external` means heat from above is declared or possible: the board probe then proves
        nothing, the heater probe and the load-sense input still do.
        """
        if on_ms + EDGE_MS < dt_ms:  # the relay was commanded off when the load was looked at
            self._seen_ms = self._seen_ms + dt_ms if load_seen else 0
        if self._seen_ms >= LOAD_SEEN_MS:
            return True
        if on_ms > 0:
            self._restart(board_c, slope_c_s)
            return False
        self._off_ms += dt_ms
        if external or board_c is None:
            # What others heated must not count as a rise of ours once they have stopped.
            self._cut_c = None
            self._board.reset()
            by_board = False
        else:
            by_board = self._by_board(dt_ms, board_c, slope_c_s)
        seen = self._by_heater(dt_ms, heater_c, external) or by_board
        self._sure_ms = self._sure_ms + dt_ms if seen else 0
        return self._sure_ms >= SURE_MS

    def _by_heater(self, dt_ms, heater_c, external) -> bool:
        if heater_c is None or self._off_ms < STUCK_HEATER_MS:
            return False
        rise_c = STUCK_HEATER_EXTERNAL_C if external else STUCK_HEATER_C
        risen = self._heater.step(dt_ms, heater_c) >= rise_c
        return risen and self._off_ms >= STUCK_HEATER_MS + STUCK_HEATER_MIN_MS

    def _by_board(self, dt_ms, board_c, slope_c_s) -> bool:
        if self._cut_c is None:
            self._cut_c = board_c
        gained_c = board_c - self._cut_c
        if gained_c >= COAST_MAX_C * max(1.0, self._cut_slope_c_s):
            return True
        if self._off_ms >= STEADY_MS and gained_c >= STEADY_C:
            cut_c_s = self._cut_slope_c_s
            if cut_c_s >= STEADY_MIN_C_S and slope_c_s >= STEADY_SHARE * cut_c_s:
                return True
        if self._off_ms < STUCK_MS:
            return False
        return self._board.step(dt_ms, board_c) >= STUCK_C
