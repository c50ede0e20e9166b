"""Seeded noise that gives the same numbers on CPython and MicroPython.

A 32-bit linear congruential generator: plain, repeatable, good enough for sensor noise.
"""


class Noise:
    """One repeatable stream; `seed` is any int."""

    __slots__ = ("_x",)

    def __init__(self, seed):
        self._x = (seed * 2654435761 + 12345) & 0xFFFFFFFF

    def uniform(self):
        """A float from 0 (included) to 1 (excluded)."""
        self._x = x = (self._x * 1664525 + 1013904223) & 0xFFFFFFFF
        return (x >> 8) / 16777216.0

    def normal(self):
        """About normal: mean 0, deviation 1, never beyond ±3.5 (a sum of four uniforms)."""
        total = self.uniform() + self.uniform() + self.uniform() + self.uniform()
        return (total - 2.0) * 1.7320508


def text_seed(text, seed=0):
    """An int made of `seed` and a text (a probe's name), so that each stream differs."""
    for char in text:
        seed = (seed * 31 + ord(char)) & 0xFFFFFFFF
    return seed
