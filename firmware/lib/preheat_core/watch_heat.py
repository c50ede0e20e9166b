"""Judge of heat that is off: what rises all the same.

It needs no model and is what remains where the envelope is not judged: without a run, and while
others heat the board.
"""

STUCK_MS = 180_000  # judged after this long without heat, by any probe
STUCK_C = 5.0
RISE_MS = 180_000  # a rise counts within this time: a room warms too, but in hours
SURE_MS = 2000  # a rise must last: two spikes close together pass any median
STUCK_HEATER_MS = 20_000  # judged after this long without heat, by a heater probe
STUCK_HEATER_MIN_MS = 10_000
STUCK_HEATER_C = 10.0
STUCK_HEATER_EXTERNAL_C = 25.0  # a board warmed from above shines back on the heater


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

    __slots__ = ("_board", "_heater", "_off_ms", "_sure_ms")

    def __init__(self):
        self._board = Rise()
        self._heater = Rise()
        self._restart()

    def _restart(self):
        self._off_ms = 0
        self._sure_ms = 0
        self._board.reset()
        self._heater.reset()

    def step(self, dt_ms, on_ms, board_c, heater_c, external) -> bool:
        """True when heat is proven to go on. Temperatures are None where there is no probe.

        `external` means heat from above is declared or possible: the board probe then proves
        nothing, the heater probe still does.
        """
        if on_ms > 0:
            self._restart()
            return False
        self._off_ms += dt_ms
        if external or board_c is None:
            # What others heated must not count as a rise of ours once they have stopped.
            self._board.reset()
            by_board = False
        else:
            by_board = self._off_ms >= STUCK_MS and self._board.step(dt_ms, board_c) >= STUCK_C
        seen = self._by_heater(dt_ms, heater_c, external) or by_board
        self._sure_ms = self._sure_ms + dt_ms if seen else 0
        return self._sure_ms >= SURE_MS

    def _by_heater(self, dt_ms, heater_c, external) -> bool:
        if heater_c is None or self._off_ms < STUCK_HEATER_MS:
            return False
        rise_c = STUCK_HEATER_EXTERNAL_C if external else STUCK_HEATER_C
        risen = self._heater.step(dt_ms, heater_c) >= rise_c
        return risen and self._off_ms >= STUCK_HEATER_MS + STUCK_HEATER_MIN_MS
