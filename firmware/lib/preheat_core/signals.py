"""Lamp and buzzer: what the unit shows and sounds, as patterns of quarter-second ticks."""

from preheat_core.faults import HEATING_STATES, UNPLUG, severity

REACHED = "1010"  # a hold was reached
APPROACH = "101010"  # a limit is near
SAFE = "1111"  # cool enough to touch
TRIPPED = "1100"  # repeated until acknowledged
UNPLUG_NOW = "10"  # repeated until the cause is gone, acknowledged or not


def lamp(tick: int, state: str, faulted: bool, hot: bool) -> bool:
    """Lamp for this tick: off cold, steady heat armed, slow blink hot (1 s), fast blink fault."""
    if faulted:
        return tick % 2 == 0
    if state in HEATING_STATES:
        return True
    return hot and tick % 8 < 4


class Buzzer:
    """Plays one pattern at a time; a latched fault that nobody acknowledged drowns the rest."""

    __slots__ = ("_at", "_pattern")

    def __init__(self):
        self._pattern = ""
        self._at = 0

    def play(self, pattern: str) -> None:
        """Start a pattern from its beginning."""
        self._pattern = pattern
        self._at = 0

    def tick(self, tick: int, code: "str | None", acked: bool) -> bool:
        """Buzzer for this tick; `code` is the worst latched fault or None."""
        if code is not None:
            if severity(code) == UNPLUG:
                return UNPLUG_NOW[tick % 2] == "1"
            if not acked:
                return TRIPPED[tick % 4] == "1"
        if self._at >= len(self._pattern):
            return False
        sound = self._pattern[self._at] == "1"
        self._at += 1
        return sound
