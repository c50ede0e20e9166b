"""A stack of limits, and what is known of moisture, in words and as one document."""

from typing import Any

from preheat.limits import moisture
from preheat.limits.headroom import as_dict, headroom, sentences
from preheat.limits.numbers import MARK
from preheat.limits.row import AIM, FACT, LIMIT, Row
from preheat.limits.stack import Bound, Stack
from preheat.limits.units import label
from preheat_core.board import PROCESS_ROLES

HEADS = ("what", "probes", "limit", "mark", "who says so")
BAKE_HEADS = ("body up to", "at", "saturated / floor life + 72 h", "mark", "who says so")
_KINDS = {LIMIT: "limit", AIM: "recommended", FACT: "to know"}


def table(stack: Stack) -> "list[tuple[Any, ...]]":
    """Rows for HEADS: limits, then what is recommended, then facts; roles of one row together."""
    found = []
    for kind in (LIMIT, AIM, FACT):
        merged: dict[tuple[Any, ...], list[str]] = {}
        for row in stack.rows:
            if row.kind == kind and not row.text:
                key = (row.label, row.shown, _KINDS[kind], _mark(row), row.why, row.source)
                merged.setdefault(key, []).append(row.role)
        for (what, shown, word, mark, why, source), roles in merged.items():
            said = f"{why}: {source}" if why else source
            head = what if kind != AIM else f"{what} ({word})"
            found.append((head, ", ".join(filter(None, roles)) or None, shown, mark or None, said))
    return found


def notes(stack: Stack) -> "list[str]":
    """What is worth knowing and no number, one line each."""
    return [f"{row.shown} ({row.said})" for row in stack.rows if row.text]


def binding(stack: Stack) -> "list[str]":
    """What binds, one line a quantity."""
    lines = []
    for role in PROCESS_ROLES:
        row = stack.tightest("max_c", role)
        if row is not None:
            lines.append(f"{role} probes: {row.shown} ({row.said})")
    for what in _windowed(stack):
        for from_c, found in _held(stack, what):
            level = "" if from_c is None else f", counted from {from_c:g} °C"
            lines.append(f"{label(what)}{level}: {_range(found)} ({found.source})")
    return lines


def advice(stack: Stack) -> "list[str]":
    """What is left for errors, and what the numbers do not say by themselves."""
    lines = []
    room = headroom(stack)
    if room is not None:
        lines += sentences(room, stack.alloy.name)
    if stack.alloy.note:
        lines.append(f"{stack.alloy.name}: {stack.alloy.note}.")
    if stack.asked.existing is None and stack.alloy.has_bismuth:
        lines.append(
            "Nobody said what solder is on the board: lead and tin-bismuth together melt at "
            "95 °C. Declare it with --existing."
        )
    elif stack.asked.existing is None and stack.alloy.has_indium:
        lines.append(
            "Nobody said what solder is on the board: --existing tells what its lead or bismuth "
            "does to indium solder."
        )
    if any(not row.verified for row in stack.rows):
        lines.append(
            f"What is marked {MARK} was found in no source: look it up before you rely on it."
        )
    return lines


def document(stack: Stack) -> "dict[str, Any]":
    """The whole stack for programs."""
    asked, room = stack.asked, headroom(stack)
    bound = {f"max_c {role}": Bound(None, stack.tightest("max_c", role)) for role in PROCESS_ROLES}
    bound |= {
        what if from_c is None else f"{what} {from_c:g}": found
        for what in _windowed(stack) for from_c, found in _held(stack, what)
    }  # fmt: skip
    return {
        "alloy": asked.alloy.name, "family": asked.alloy.family,
        "existing": asked.existing and asked.existing.name,
        "package": asked.package and asked.package.name,
        "laminate": asked.laminate and asked.laminate.name,
        "procedure": asked.procedure and asked.procedure.name,
        "purpose": asked.question.purpose,
        "rows": [row_document(row) for row in stack.rows],
        "binding": {
            what: {"low": found.low and found.low.low, "high": found.high and found.high.high,
                   "source": found.source, "verified": found.verified}
            for what, found in bound.items() if found.source
        },
        "room": room and as_dict(room),
        "advice": advice(stack),
    }  # fmt: skip


def row_document(row: Row) -> "dict[str, Any]":
    """One row for programs."""
    return {
        "what": row.what, "low": row.low, "high": row.high, "unit": row.unit, "role": row.role,
        "kind": row.kind, "why": row.why, "text": row.text, "source": row.source,
        "confidence": row.confidence, "verified": row.verified,
    }  # fmt: skip


def bake_table(rows: "list[moisture.Bake]") -> "list[tuple[Any, ...]]":
    """Rows for BAKE_HEADS."""
    return [
        (f"{row.body_mm:g} mm", f"{row.temp_c} °C", row.shown, None if row.verified else MARK,
         row.source)
        for row in rows
    ]  # fmt: skip


def moisture_document(msl: str, rows: "list[moisture.Bake]") -> "dict[str, Any]":
    """Floor life and bakes for programs."""
    life = moisture.floor_life(msl)
    return {
        "msl": life.msl,
        "floor_life": {"life": life.life, "source": life.source, "confidence": life.confidence,
                       "verified": life.verified},
        "bakes": [
            {"body_mm": row.body_mm, "temp_c": row.temp_c, "saturated_h": row.saturated_h,
             "floor_h": row.floor_h, "source": row.source, "confidence": row.confidence,
             "verified": row.verified}
            for row in rows
        ],
    }  # fmt: skip


def _windowed(stack: Stack) -> "list[str]":
    """The quantities with limits or recommendations of their own, in the order of the rows."""
    whats = [row.what for row in stack.rows if row.kind != FACT and row.what != "max_c"]
    return list(dict.fromkeys(whats))


def _held(stack: Stack, what: str) -> "list[tuple[float | None, Bound]]":
    """A quantity's windows as they hold, each with the °C that it is counted from (None: from
    none); the joint's peak cut by what the component may get."""
    if what == "tal_s":
        return [*stack.above()]
    found = stack.peak("component") if what == "joint_c" else stack.binding(what)
    return [(None, found)] if found.source else []


def _range(found: Bound) -> str:
    low = found.low.low if found.low is not None else None
    high = found.high.high if found.high is not None else None
    row = found.high or found.low
    assert row is not None
    return Row(row.what, low, high, row.unit, "", "", row.confidence, row.kind).shown


def _mark(row: Row) -> str:
    return "" if row.verified else MARK
