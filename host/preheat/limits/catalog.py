"""The alloys as one table and one document: everything that is known of each."""

from collections.abc import Iterable
from typing import Any

from preheat.limits.alloys import AlloyRow, rows
from preheat.limits.numbers import MARK, Number, shown


def alloy_table() -> "list[tuple[Any, ...]]":
    """(name, melts, peak, the device's name, other names) of every alloy, with marks."""
    return [
        (row.name, marked(row.solidus_c, row.liquidus_c, "°C"),
         marked(row.peak_low_c, row.peak_high_c, "°C"), row.family, " ".join(row.aliases))
        for row in rows()
    ]  # fmt: skip


def marked(low: "Number | None", high: "Number | None", unit: str) -> "str | None":
    """A range in words with its mark; None where both ends are."""
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        return None
    text = shown(low, high, unit)
    return text if all(end.verified for end in ends) else f"{text} ({MARK})"


def alloy_documents(found: "Iterable[AlloyRow]") -> "list[dict[str, Any]]":
    """Alloys for programs, every number with its source, confidence and whether it is verified."""
    return [
        {
            "name": row.name, "aliases": list(row.aliases), "family": row.family,
            "note": row.note,
            **{key: number_document(getattr(row, key)) for key in (
                "solidus_c", "liquidus_c", "peak_low_c", "peak_high_c", "tal_low_s", "tal_high_s"
            )},
        }
        for row in found
    ]  # fmt: skip


def number_document(value: "Number | None") -> "dict[str, Any] | None":
    """One number for programs; None for None."""
    if value is None:
        return None
    return {
        "value": float(value), "source": value.source, "confidence": value.confidence,
        "verified": value.verified,
    }
