"""One line of a stack of limits: what, from where to where, for which probes, and who says so."""

from dataclasses import dataclass

from preheat.limits.numbers import MARK, UNVERIFIED, Number, shown
from preheat.limits.units import label, unit

LIMIT, AIM, FACT = "limit", "aim", "fact"


@dataclass(frozen=True)
class Row:
    """what: a quantity of units.py, low and high in `unit` (None: no such end).

    role: the probes it is for, "" where it is not about one kind. kind: LIMIT (high must not be
    passed; low is informative), AIM (recommended) or FACT (worth knowing, `text` may say it).
    """

    what: str
    low: "float | None"
    high: "float | None"
    unit: str
    role: str
    source: str
    confidence: str
    kind: str = LIMIT
    why: str = ""
    text: str = ""

    @property
    def verified(self) -> bool:
        return self.confidence != UNVERIFIED

    @property
    def label(self) -> str:
        return label(self.what)

    @property
    def said(self) -> str:
        """Who says so and why, marked where nobody verified it."""
        said = f"{self.why}: {self.source}" if self.why else self.source
        return said if self.verified else f"{said} ({MARK})"

    @property
    def shown(self) -> str:
        """Its range or text in words."""
        if self.text:
            return self.text
        if self.kind == LIMIT and self.low is None and self.high is not None:
            return f"at most {self.high:g} {self.unit}".rstrip()
        return shown(self.low, self.high, self.unit)


def of_number(
    what: str, low: "Number | None", high: "Number | None", kind: str, role: str = "",
    why: str = "",
) -> Row:
    """A Row of one or two Numbers of one source; ValueError for none."""
    said = high if high is not None else low
    if said is None:
        raise ValueError("a row needs a number")
    return Row(what, low, high, unit(what), role, said.source, said.confidence, kind, why)
