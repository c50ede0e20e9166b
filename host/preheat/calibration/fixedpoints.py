"""Temperatures that nature holds still: ice, and alloys and metals that melt at one of them."""

from typing import NamedTuple

from preheat.errors import Refused


class FixedPoint(NamedTuple):
    """A temperature to calibrate against: `true_c` ± `error_c`, and why that is believed."""

    name: str
    true_c: float
    error_c: float
    source: str


# A stirred slush of crushed ice and water; clean tap water freezes a few hundredths lower.
ICE = FixedPoint("ice", 0.0, 0.1, "ice and water at one atmosphere")
# How sure each number is: "defined" by ITS-90; "measured", published by a standards laboratory;
# "as sold", what makers print, in whole degrees, ± what they differ by.
MELTING = (
    FixedPoint("Sn63Pb37", 183.0, 0.5, "eutectic, as sold"),
    FixedPoint("Sn42Bi58", 138.0, 1.0, "eutectic, as sold; some makers print 139"),
    FixedPoint("Sn99.3Cu0.7", 227.0, 0.5, "eutectic, as sold"),
    FixedPoint("Sn96.5Ag3.5", 221.0, 1.0, "eutectic, as sold; computed from phase data: 220.3"),
    FixedPoint("Sn95.6Ag3.5Cu0.9", 217.2, 0.2, "ternary eutectic, measured by NIST"),
    FixedPoint("In52Sn48", 118.0, 0.5, "eutectic, as sold"),
    FixedPoint("Sn", 231.928, 0.05, "pure tin, defined by ITS-90 (its freezing point)"),
    FixedPoint("In", 156.5985, 0.05, "pure indium, defined by ITS-90 (its freezing point)"),
)
NAMES = tuple(row.name for row in MELTING)
# Common, and of no use here: they melt over a range, and no reading in it is known.
_RANGES = {
    "SAC305": "217 to 220 °C",
    "SAC405": "217 to 220 °C",
    "SAC387": "217 to 220 °C",
    "Sn60Pb40": "183 to about 190 °C",
    "Sn42Bi57Ag1": "139 to 140 °C",
}
_FAMILIES = {"SnPb": "Sn63Pb37", "SnBi": "Sn42Bi58"}  # names of families, in profiles


def melting(name: str) -> FixedPoint:
    """The melting point of an alloy or metal by its name; Refused for one that has none."""
    folded = {row.name.lower(): row for row in MELTING}
    found = folded.get(name.lower())
    if found is not None:
        return found
    for alloy, span in _RANGES.items():
        if name.lower() == alloy.lower():
            raise Refused(
                f"{alloy} is no fixed point: it melts over {span}",
                f"use one of {', '.join(NAMES)}", "check",
            )  # fmt: skip
    for family, alloy in _FAMILIES.items():
        if name.lower() == family.lower():
            raise Refused(
                f"{family} names a family of alloys", f"if it is {alloy}, say {alloy}", "check"
            )
    raise Refused(
        f"no melting point of {name!r} is known here", f"use one of {', '.join(NAMES)}", "check"
    )
