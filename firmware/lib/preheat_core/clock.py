"""Integer milliseconds that wrap at 2^30, as MicroPython's ticks_ms() does on every port.

A time is an int in 0..PERIOD_MS-1. Only differences mean anything, and only when the two times
lie less than HALF_MS (6.2 days) apart. Nothing here makes a float.
"""

PERIOD_MS = 1 << 30
HALF_MS = 1 << 29
TICK_MS = 250  # one tick of the control loop
_MASK = PERIOD_MS - 1


def diff(a_ms, b_ms) -> int:
    """a - b in ms, signed, right across the wrap; -HALF_MS..HALF_MS-1."""
    # Sign extension of a 30-bit number: every step fits a small int of a 32-bit device.
    return (((a_ms - b_ms) & _MASK) ^ HALF_MS) - HALF_MS


def add(a_ms, d_ms) -> int:
    """The time d_ms after a_ms (before, if negative), wrapped."""
    return (a_ms + d_ms) & _MASK
