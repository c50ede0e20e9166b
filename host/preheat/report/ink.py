"""How each curve of a chart is drawn: told apart by hue, by lightness and by dash, so that neither
colour-blindness nor a grey printer takes away which is which.

The hues are those of Okabe and Ito (2008), chosen for all common kinds of colour-blindness.
"""

from typing import Any, NamedTuple


class Ink(NamedTuple):
    """Colour, dashes (matplotlib's) and width in points of one curve."""

    color: str
    dash: Any
    width: float = 1.6

    def line(self) -> "dict[str, Any]":
        """As keywords of Axes.plot."""
        return {"color": self.color, "linestyle": self.dash, "linewidth": self.width}


SOLID, LONG, DOT, MIXED = "solid", (0, (6, 2)), (0, (1.2, 1.4)), (0, (5, 1.5, 1, 1.5))
PROBES = (
    Ink("#0072B2", SOLID, 1.9), Ink("#D55E00", LONG), Ink("#009E73", MIXED),
    Ink("#CC79A7", DOT, 2.0), Ink("#000000", (0, (3, 1, 1, 1, 1, 1))), Ink("#56B4E9", LONG),
    Ink("#E69F00", DOT, 2.0), Ink("#444444", MIXED),
)  # fmt: skip
SETPOINT = Ink("#111111", (0, (1, 2.2)), 1.3)
HEATER = Ink("#8A4B08", MIXED, 1.2)
DUTY = Ink("#444444", SOLID, 0.9)
GOLDEN = Ink("#B8860B", SOLID, 3.2)  # broad and pale, beneath the run's own curves
LIMIT, LIQUIDUS, EVENT = "#B00020", "#6A3D9A", "#666666"
BEYOND = "#F7D9DC"  # above a limit
STAGES = ("#EEF2F6", "#FFFFFF")
EXTERNAL = "#F2C14E"


def probe(index: int) -> Ink:
    """The ink of a probe by its place among those drawn."""
    return PROBES[index % len(PROBES)]
