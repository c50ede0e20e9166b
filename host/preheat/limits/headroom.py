"""What is left between the solder that melts and the tightest limit, before and after errors."""

from dataclasses import dataclass
from typing import Any

from preheat.limits import load
from preheat.limits.numbers import MARK
from preheat.limits.row import Row
from preheat.limits.stack import Stack


@dataclass(frozen=True)
class Part:
    """One share of the error of a reading near 245 °C: ± `high_c`; `corrected_c` of it is left
    with this firmware."""

    name: str
    high_c: float
    corrected_c: float
    why: str


@dataclass(frozen=True)
class Headroom:
    """The room for all joints on one board, °C. `cap`: the tightest limit for the component.

    low_c = cap - liquidus (all is liquid), high_c = cap - solidus (it begins to melt). Negative
    where there is no room. error_c: the shares added up, worst case, for a chain as it comes;
    corrected_c: with this firmware; declared_c: the sensor error that heat is withheld by.
    """

    cap: Row
    low_c: float
    high_c: float
    error_c: float
    corrected_c: float
    declared_c: float
    melts: "tuple[float, float]"
    verified: bool

    @property
    def usable_c(self) -> "tuple[float, float]":
        """low_c and high_c less error_c."""
        return self.low_c - self.error_c, self.high_c - self.error_c

    @property
    def usable_corrected_c(self) -> "tuple[float, float]":
        """low_c and high_c less corrected_c."""
        return self.low_c - self.corrected_c, self.high_c - self.corrected_c


def error_parts() -> "list[Part]":
    """The shares in the data file rework.toml."""
    return [
        Part(row["name"], row["high"], row.get("corrected", row["high"]), row.get("why", ""))
        for row in load.tables()["rework"]["errors"]
    ]


def headroom(stack: Stack) -> "Headroom | None":
    """The room that a stack leaves; None where nothing limits the component, and for a bake.

    Lead-free BGA by the tables: 245 - 220 = 25 and 245 - 217 = 28 °C before any error. At worst
    the errors add up to 2.5 (thermocouple, class 2) + 2.0 (MAX31855) + 3.3 (its linearisation,
    uncorrected) + 2.0 (attachment) = 9.8 °C, which leaves 15.2 to 18.2 °C: "about 15 to 18".
    With the linearisation corrected (0.16 left) they are 6.66 °C, which leaves 18.3 to 21.3 °C.
    """
    cap = stack.tightest("max_c", "component")
    if cap is None or cap.high is None or stack.question.purpose == "bake":
        return None
    metal = stack.alloy
    shares = error_parts()
    return Headroom(
        cap, cap.high - metal.liquidus_c, cap.high - metal.solidus_c,
        sum(share.high_c for share in shares), sum(share.corrected_c for share in shares),
        stack.question.sensor_error_c, (float(metal.solidus_c), float(metal.liquidus_c)),
        cap.verified and metal.solidus_c.verified and metal.liquidus_c.verified,
    )


def sentences(found: Headroom, alloy: str) -> "list[str]":
    """The room in words, with its numbers."""
    mark = "" if found.verified else f" ({MARK})"
    top_c = found.cap.high or 0.0
    text = [
        f"{alloy} melts at {_range(*found.melts)} °C, the component may reach {top_c:g} °C "
        f"({found.cap.said}): that leaves {_range(found.low_c, found.high_c)} °C before any "
        f"error{mark}."
    ]
    shares = " + ".join(f"{share.name} {share.high_c:g}" for share in error_parts())
    text.append(
        f"At worst a reading is off by {shares} = {found.error_c:.1f} °C: "
        f"{_left(found.usable_c)}. This firmware corrects the linearisation: "
        f"{_left(found.usable_corrected_c)}{mark}."
    )
    text.append(
        f"Heat is withheld from {top_c - found.declared_c:g} °C on, the declared sensor error "
        f"of {found.declared_c:g} °C below the limit{'' if found.cap.verified else f' ({MARK})'}."
    )
    return text


def as_dict(found: Headroom) -> "dict[str, Any]":
    """Its numbers for programs, °C rounded to 0.1."""
    return {
        "cap_c": found.cap.high, "cap_source": found.cap.said, "verified": found.verified,
        "before_error_c": _pair((found.low_c, found.high_c)),
        "error_c": {share.name: share.high_c for share in error_parts()},
        "usable_c": _pair(found.usable_c),
        "usable_corrected_c": _pair(found.usable_corrected_c),
        "withheld_from_c": round((found.cap.high or 0.0) - found.declared_c, 1),
    }


def _left(ends: "tuple[float, float]") -> str:
    if ends[0] <= 0:
        return "nothing that can be relied on is left"
    return f"about {_range(round(ends[0]), round(ends[1]))} °C is usable"


def _pair(ends: "tuple[float, float]") -> "list[float]":
    return [round(end, 1) for end in ends]


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
