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


class StuckOn:
    """Heat was taken away and the temperature rises all the same."""

    __slots__ = (
        "_board_low_c",
        "_cut_c",
        "_cut_slope_c_s",
        "_heater_low_c",
        "_off_ms",
        "_seen_ms",
    )

    def __init__(self):
        self._seen_ms = 0
        self._restart(None, 0.0)

    def _restart(self, board_c, slope_c_s):
        self._off_ms = 0
        self._cut_c = board_c
        self._cut_slope_c_s = slope_c_s
        self._board_low_c = None
        self._heater_low_c = None

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
        if self._cut_c is None:
            self._cut_c = board_c
        self._off_ms += dt_ms
        return self._by_heater(heater_c, external) or (
            not external and board_c is not None and self._by_board(board_c, slope_c_s)
        )

    def _by_heater(self, heater_c, external) -> bool:
        if heater_c is None or self._off_ms < STUCK_HEATER_MS:
            return False
        if self._heater_low_c is None or heater_c < self._heater_low_c:
            self._heater_low_c = heater_c
        rise_c = STUCK_HEATER_EXTERNAL_C if external else STUCK_HEATER_C
        risen = heater_c - self._heater_low_c >= rise_c
        return risen and self._off_ms >= STUCK_HEATER_MS + STUCK_HEATER_MIN_MS

    def _by_board(self, board_c, slope_c_s) -> bool:
        gained_c = board_c - self._cut_c
        if gained_c >= COAST_MAX_C * max(1.0, self._cut_slope_c_s):
            return True
        if self._off_ms >= STEADY_MS and gained_c >= STEADY_C:
            cut_c_s = self._cut_slope_c_s
            if cut_c_s >= STEADY_MIN_C_S and slope_c_s >= STEADY_SHARE * cut_c_s:
                return True
        if self._off_ms < STUCK_MS:
            return False
        if self._board_low_c is None or board_c < self._board_low_c:
            self._board_low_c = board_c
        return board_c - self._board_low_c >= STUCK_C
