"""Solder alloys: melting range, peak, time above liquidus, and whether two may meet."""

from dataclasses import dataclass
from functools import cache

from preheat.limits import load, lookup
from preheat.limits.composition import percents
from preheat.limits.numbers import Number, Span, number, span
from preheat.limits.row import FACT, Row


@dataclass(frozen=True)
class AlloyRow:
    """One alloy. Every number is a float with `source`, `confidence` and `verified`.

    solidus_c; liquidus_c (the highest a maker prints): °C. peak_*: recommended joint peak, °C.
    tal_*: time above liquidus, s; soak_*_c, soak_*_s: soak between which °C and for how long;
    ramp: °C/s aimed at, ramp_max_c_s not to be passed; cool: °C/s. None where no number is known.
    family: what the device calls it (preheat_core.alloys). process: "tin-lead" or "lead-free".
    """

    name: str
    family: str
    aliases: "tuple[str, ...]"
    note: str
    solidus_c: Number
    liquidus_c: Number
    peak_low_c: Number
    peak_high_c: Number
    tal: Span
    soak_c: Span
    soak_s: Span
    ramp: Span
    ramp_max: Span
    cool: Span

    @property
    def tal_low_s(self) -> "Number | None":
        return self.tal.low

    @property
    def tal_high_s(self) -> "Number | None":
        return self.tal.high

    @property
    def process(self) -> str:
        return "tin-lead" if self.has_lead else "lead-free"

    @property
    def has_lead(self) -> bool:
        return "Pb" in self.name

    @property
    def has_bismuth(self) -> bool:
        return "Bi" in self.name

    @property
    def has_indium(self) -> bool:
        return "In" in self.name


@cache
def rows() -> "tuple[AlloyRow, ...]":
    """Every alloy, in the order of the data file."""
    said = load.sources()
    found = []
    for row in load.tables()["alloys"]["alloys"]:
        liquidus, peak = span(row["liquidus_c"], said), span(row["peak_c"], said)
        assert liquidus.high is not None and peak.low is not None and peak.high is not None
        found.append(AlloyRow(
            row["name"], row["family"], tuple(row.get("aliases", "").split()),
            row.get("note", ""), number(row["solidus_c"], said), liquidus.high,
            peak.low, peak.high,
            *(span(row.get(key), said) for key in
              ("tal_s", "soak_c", "soak_s", "ramp_c_s", "ramp_max_c_s", "cool_c_s")),
        ))  # fmt: skip
    return tuple(found)


def names() -> "tuple[str, ...]":
    """The name of every alloy."""
    return tuple(row.name for row in rows())


def find(name: str) -> AlloyRow:
    """An alloy as `known` has it; Refused with the known ones."""
    return known(name) or lookup.find("alloy", name, rows())


def known(name: str) -> "AlloyRow | None":
    """An alloy by its name or a usual one for it (63/37, SAC, SnBi), in any case, or by what it
    is made of in any order (96.5Sn/3Ag/0.5Cu); None if there is none.
    """
    row = lookup.row(name, rows())
    parts = percents(name)
    if row is not None or parts is None:
        return row
    return next((
        row for row in rows()
        if parts in [percents(one) for one in (row.name, *row.aliases)]
    ), None)  # fmt: skip


def lead_in_bismuth_c() -> Number:
    """Where tin, bismuth and lead together melt, °C."""
    return number(load.tables()["alloys"]["lead_in_bismuth_c"], load.sources())


def why_not_together(alloy: AlloyRow, existing: "AlloyRow | None") -> str:
    """Why one may not be used on the other; "" where nothing is known against it."""
    if existing is None:
        return ""
    bismuth = [row for row in (alloy, existing) if row.has_bismuth]
    lead = [row for row in (alloy, existing) if row.has_lead]
    if not bismuth or not lead:
        return ""
    melts_c = lead_in_bismuth_c()
    return (f"{bismuth[0].name} with the lead of {lead[0].name} forms a ternary eutectic that "
            f"melts at {melts_c:.0f} °C ({melts_c.source}): use another solder, or take the old "
            "one off")


def cautions(alloy: AlloyRow, existing: "AlloyRow | None") -> "list[Row]":
    """What to know before one is used on the other, where that is not refused; as facts."""
    if existing is None:
        return []
    found = []
    for caution in load.tables()["alloys"]["cautions"]:
        first, second = caution["elements"].split()
        for one, other in ((alloy, existing), (existing, alloy)):
            if first in one.name and second in other.name:
                found.append(Row(
                    "example", None, None, "", "", load.sources()[caution["source"]],
                    caution["confidence"], FACT, f"{alloy.name} on {existing.name}",
                    caution["text"],
                ))  # fmt: skip
    return found
