"""Judge of a reading that jumps as no board can: its probe came off, or the board was changed.

A board has a mass and lies over a heater that has one too: what its temperature does in four
seconds follows from the four before. A junction in the air has neither.
"""

HALF = 16  # ticks: four seconds
PARTS = 16  # of a degree; small integers cost no memory
# The steepest that plants do after what came before is 3.4 °C down (a rack without a board whose
# lamp goes out) and 7 °C up (a bare plate at full power).
FALL_C = 5.0
RISE_C = 10.0
FALL_ABOVE_C = 25.0
SURE_TICKS = 4  # with the median before it, seven wild samples would be needed
LATE_MS = 600  # a gap in time: nothing is known of what came before


class Jump:
    """One probe's filtered temperature over the last eight seconds."""

    __slots__ = ("_at", "_count", "_past", "_ticks", "changed_c")

    def __init__(self):
        self._past = [0] * (2 * HALF + 1)
        self.reset()

    def reset(self) -> None:
        """Forget the past: another board lies there, or others heat it."""
        self._at = 0
        self._count = 0
        self._ticks = 0
        self.changed_c = 0.0  # beyond what came before; negative for a fall

    def step(self, dt_ms: int, temp_c: "float | None", above: bool = False) -> "str | None":
        """ "trip" for a jump that stays, "inhibit" at its first sign, else None.

        `above`: hot air comes and goes; only a fall that no board can do is judged.
        """
        if temp_c is None:
            return None
        if dt_ms > LATE_MS:
            self.reset()
        past = self._past
        past[self._at] = now = int(temp_c * PARTS)
        self._at = (self._at + 1) % len(past)
        if self._count < len(past):
            self._count += 1
            return None
        middle = past[self._at - 1 - HALF]
        before = middle - past[self._at]
        change = now - middle
        if change < 0:
            self.changed_c = (change - min(0, before)) / PARTS
            far = self.changed_c <= -(FALL_ABOVE_C if above else FALL_C)
        else:
            self.changed_c = (change - max(0, before)) / PARTS
            far = self.changed_c >= RISE_C and not above
        self._ticks = self._ticks + 1 if far else 0
        if self._ticks >= SURE_TICKS:
            return "trip"
        return "inhibit" if far else None
