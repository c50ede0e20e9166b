"""The numbers that the guard compares with, each kept twice: as an integer and as its complement.

What it proves: a value whose bits changed in memory is noticed at the next tick, before a second
number could make it pass. What it does not: code, readings and timers are kept once, and a limit
that was wrong when it was sealed stays wrong.
"""

SCALE = 100  # the integers are hundredths of a °C, °C/s or s
NEVER = 1 << 29  # no such limit: nothing measured gets there
# Where the numbers stand: trip and approach of the limit row i at 2 i and 2 i + 1, then these.
RAMP, RUN, SPREAD, LIQUIDUS, TAL = (-1, -2, -3, -4, -5)


class Sealed:
    """The numbers of one limits.Limits. `values` are the integers, `marks` their complements."""

    __slots__ = ("marks", "values")

    def __init__(self, limits):
        numbers = []
        for row in limits.rows:
            numbers += [row.trip_c, row.approach_c]
        numbers += [limits.tal_max_s, limits.liquidus_c, limits.spread_max_c]
        numbers += [limits.run_max_s, limits.ramp_max_c_s]
        self.values = [NEVER if x is None else round(x * SCALE) for x in numbers]
        self.marks = [~x for x in self.values]

    def number(self, at: int) -> float:
        """The number at this place in °C, °C/s or s, as it is compared."""
        return self.values[at] / SCALE

    def intact(self) -> bool:
        """True while every value agrees with its complement. Allocates nothing."""
        values = self.values
        marks = self.marks
        at = len(values)
        while at:
            at -= 1
            if values[at] != ~marks[at]:
                return False
        return True
