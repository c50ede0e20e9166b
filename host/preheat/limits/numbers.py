"""A number that knows who says so, a span of two of them, and the words for how sure they are."""

from dataclasses import dataclass
from typing import Any

# From the surest to the least sure. The last one is unverified and marked wherever it is shown.
CONFIDENCE = {
    "article": "in the article on IPC-7711/7721 that this project began with",
    "primary": "read in a maker's, a laboratory's or a standards body's own paper",
    "secondary": "read in a reprint, a vendor's page, a paper's abstract or a forum",
    "computed": "worked out from other numbers",
    "recalled": "remembered; in no source that was seen",
}
UNVERIFIED = "recalled"
MARK = "unverified"


class Number(float):
    """A float with `source` (who says so), `confidence` (a key of CONFIDENCE) and `verified`.

    Arithmetic on it gives plain floats.
    """

    __slots__ = ("confidence", "source")

    source: str
    confidence: str

    def __new__(cls, value: float, source: str, confidence: str) -> "Number":
        """ValueError for a word that is none of CONFIDENCE."""
        if confidence not in CONFIDENCE:
            raise ValueError(f"{confidence!r} is none of {', '.join(CONFIDENCE)}")
        made = super().__new__(cls, value)
        made.source = source
        made.confidence = confidence
        return made

    def __getnewargs__(self) -> "tuple[float, str, str]":  # type: ignore[override]
        return float(self), self.source, self.confidence

    @property
    def verified(self) -> bool:
        """False for a number that nobody looked up in a source."""
        return self.confidence != UNVERIFIED


@dataclass(frozen=True)
class Span:
    """Two ends of one number's range; either may be None, never both."""

    low: "Number | None"
    high: "Number | None"


def number(table: "dict[str, Any]", sources: "dict[str, str]") -> Number:
    """The Number of a checked data table {value, source, confidence}."""
    return Number(table["value"], sources[table["source"]], table["confidence"])


def span(table: "dict[str, Any] | None", sources: "dict[str, str]") -> Span:
    """The Span of a checked data table {low, high, source, confidence}; an empty one for None."""
    if table is None:
        return Span(None, None)
    ends = []
    for key in ("low", "high"):
        value = table.get(key)
        said = (sources[table["source"]], table["confidence"])
        ends.append(None if value is None else Number(value, *said))
    return Span(*ends)


def shown(low: "float | None", high: "float | None", unit: str) -> str:
    """A range in words: "205 to 225 °C", "at most 3 °C/s", "at least 30 min", "183 °C"."""
    unit = f" {unit}" if unit else ""
    if low is None:
        return f"at most {high:g}{unit}"
    if high is None:
        return f"at least {low:g}{unit}"
    return f"{low:g}{unit}" if low == high else f"{low:g} to {high:g}{unit}"
