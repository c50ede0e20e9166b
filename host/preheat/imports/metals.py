"""What a foreign profile is judged by: an exact alloy's own numbers, or those of its group."""

from dataclasses import dataclass

from preheat.imports import alloynames
from preheat.limits import alloys
from preheat.limits.question import Question
from preheat.limits.stack import stack
from preheat_core import alloys as device


@dataclass(frozen=True)
class Metal:
    """Melting range and hottest joint of a solder, °C, and who says the last one.

    name: "Sn62Pb36Ag2", or the group's where no more was said; family: what a unit calls it.
    exact: whether it is one alloy of the tables, which a `[job]` can name.
    """

    name: str
    family: str
    solidus_c: float
    liquidus_c: float
    peak_max_c: float
    source: str
    exact: bool


def find(name: str) -> "Metal | None":
    """The alloy that a name means: exactly, where the tables of `preheat limits` have it; by its
    group where the name says no more ("SnPb", "Sn/Ag/Cu"); else None.

    A name with percents that the tables do not have is none of a group: Sn64Bi35Ag1 is liquid
    40 °C above Sn42Bi58, Sn10Pb90 more than 100 above Sn63Pb37.
    """
    group = alloynames.group(name)
    if group in device.NAMES and group != "SAC305":  # by this one name the tables mean one alloy
        return _of_group(group)
    row = alloys.known(name)
    if row is not None:
        return _exactly(row)
    return _of_group(group) if group else None


def _exactly(row: "alloys.AlloyRow") -> Metal:
    """The unit holds to its family as well, so the lower of both peaks counts."""
    family = device.find(row.family)
    peak = stack(Question(row.name, purpose="reflow")).tightest("max_c", "board")
    assert peak is not None and peak.high is not None  # every alloy has a hottest peak
    if family.peak_max_c < peak.high:
        return Metal(row.name, row.family, row.solidus_c, row.liquidus_c, family.peak_max_c,
                     family.source, True)  # fmt: skip
    return Metal(row.name, row.family, row.solidus_c, row.liquidus_c, peak.high, peak.said, True)


def _of_group(name: str) -> Metal:
    row = device.find(name)
    return Metal(name, name, row.solidus_c, row.liquidus_c, row.peak_max_c, row.source, False)
