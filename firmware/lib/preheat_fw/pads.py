"""Reads output pins back: does the pad have the level that was commanded?

It proves the pad only: the firmware's word, the pin's driver, and that nothing else pulls at the
pin. It never proves the relay behind it; only a temperature or the load-sense input does.

Reading an output reads the pad on both families, by MicroPython's own source: RP2 asks gpio_get(),
the pad's input, which is enabled for outputs too; ESP32 makes Pin.OUT an input and output and asks
gpio_get_level().
"""

TICKS = 2  # running, of those that commanded this level


class Pad:
    """One output pin under the name that a person knows it by."""

    __slots__ = ("_missed", "_name", "_pin")

    def __init__(self, pin, name: str):
        self._pin = pin
        self._name = name
        self._missed = [0, 0]  # ticks running that commanded low, high and read the other

    def check(self, level: int) -> "str | None":
        """What is wrong, once the pad disagreed with this commanded level for TICKS; else None.

        Each level is counted apart: a pin that is stuck high agrees while high is commanded.
        """
        if self._pin() == level:
            self._missed[level] = 0
            return None
        self._missed[level] = min(TICKS, self._missed[level] + 1)
        if self._missed[level] < TICKS:
            return None
        return f"{self._name} reads {1 - level}, commanded {level}"
