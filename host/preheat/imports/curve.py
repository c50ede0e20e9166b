"""A foreign profile once read: a line through times and temperatures, and what else it says.

Formats that count in rates or durations are laid out as such a line by `Path`.
"""

from dataclasses import dataclass, field
from typing import Any

from preheat_core.check import is_number, shown

START_C = 25.0  # where a format has no start: room temperature, as preheat_core.profile has it
FASTEST_C_S = 1.0  # taken where a file says "as fast as it can": slower than any ramp limit
MOST_POINTS = 2000


@dataclass
class Curve:
    """`points`: (seconds, temperature in `unit`), the first one where the profile starts.

    unit: "c", "f", "?" for a word that is neither, None where the file does not say; said: what
    the user says it is. melting, highest: the file's own melting
    point and peak limit, in its unit. notes: what was assumed or left out; problems: why it
    cannot be used.
    """

    kind: str
    unit: "str | None" = None
    said: "str | None" = None
    points: list[tuple[float, float]] = field(default_factory=list)
    name: str = ""
    alloy: str = ""
    melting: "float | None" = None
    highest: "float | None" = None
    reference: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def fahrenheit(self) -> bool:
        return (self.unit or self.said) == "f"

    def degrees(self, temp_c: float) -> float:
        """A temperature in °C as the file would spell it."""
        return temp_c * 1.8 + 32 if self.fahrenheit else temp_c

    def number(self, value: Any, where: str, low: float = -500, high: float = 1e7) -> float:
        """`value` as a number from low to high; 0 and a problem if it is none."""
        if is_number(value) and low <= value <= high:
            return float(value)
        self.problems.append(f"{where} is {shown(value)}: must be a number {low:g} to {high:g}")
        return 0.0

    def text(self, value: Any, most: int = 200) -> str:
        """`value` as printable text of at most `most` characters; "" if it is no text."""
        if not isinstance(value, str):
            return ""
        return "".join(c if c.isprintable() else "?" for c in value).strip()[:most]


class Path:
    """Lays out ramps and holds one after the other, in the curve's unit."""

    def __init__(self, curve: Curve, start: float) -> None:
        self.curve = curve
        self.at_s = 0.0
        self.temp = start
        self._loose = ""  # why nothing may follow
        curve.points = [(0.0, start)]

    def ramp_in(self, target: float, seconds: float, where: str) -> None:
        """A straight line to `target` in so many seconds."""
        if self._followed(where):
            return
        self.at_s += seconds
        self.temp = target
        self.curve.points.append((self.at_s, target))

    def ramp_at(self, target: float, per_hour: float, where: str) -> None:
        """A straight line to `target` at so many degrees an hour; its sign does not count."""
        if per_hour == 0:
            self.curve.problems.append(f"{where} goes to another temperature at rate 0")
            return
        self.ramp_in(target, abs(target - self.temp) / abs(per_hour) * 3600, where)

    def ramp_free(self, target: float, where: str) -> None:
        """To `target` as fast as the device can: at FASTEST_C_S, which is noted."""
        factor = 1.8 if self.curve.fahrenheit else 1.0
        self.curve.notes.append(f"{where} has no rate: {FASTEST_C_S:g} °C/s was taken")
        self.ramp_at(target, FASTEST_C_S * factor * 3600, where)

    def hold(self, seconds: float, where: str) -> None:
        if seconds > 0 and not self._followed(where):
            self.at_s += seconds
            self.curve.points.append((self.at_s, self.temp))

    def loose(self, where: str) -> None:
        """From here on nobody controls the temperature; only an end may follow."""
        self._loose = self._loose or where

    def _followed(self, where: str) -> bool:
        if self._loose:
            self.curve.problems.append(
                f"{where} follows {self._loose}, which has no rate: write a ramp there"
            )
        return bool(self._loose)
