"""Numbers, times and events as the page words them."""

import datetime
from typing import Any

from preheat import faulttexts
from preheat.report.checks import Check
from preheat.report.header import number, text
from preheat.runview import event_text

DASH = "—"
# Digits after the point by unit.
_DIGITS = {"°C": 1, "°C/s": 2, "s": 0, "Wh": 1, "%": 0}


def value(amount: "float | None", unit: str) -> str:
    """A measured number in its unit; a dash where it is not known."""
    if amount is None:
        return DASH
    return f"{amount:.{_DIGITS.get(unit, 1)}f} {unit}".replace("-", "−")


def limit(check: Check) -> str:
    """The limits of a row: "60 to 90 s", "at most 245 °C", "at least 220 °C"."""
    if check.low is not None and check.high is not None:
        return f"{check.low:g} to {check.high:g} {check.unit}"
    side, end = ("at most", check.high) if check.high is not None else ("at least", check.low)
    return f"{side} {end:g} {check.unit}"


def margin(check: Check) -> str:
    """The distance to the nearer limit, with its sign."""
    if check.margin is None:
        return DASH
    said = value(check.margin, check.unit)
    return said if check.margin < 0 else f"+{said}"


def clock(seconds: float) -> str:
    """A time of a run as m:ss, or h:mm:ss from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    short = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{short}" if hours else short.removeprefix("0")


def moment(epoch_s: "float | None") -> str:
    """When a run began, in UTC; says so where the unit's clock was never set."""
    if epoch_s is None:
        return "unknown: the unit's clock was never set"
    try:
        when = datetime.datetime.fromtimestamp(epoch_s, datetime.UTC)
    except (OverflowError, OSError, ValueError):
        return f"unknown: the log says {epoch_s:g}"
    return when.strftime("%Y-%m-%d %H:%M UTC")


def event(message: "dict[str, Any]", stages: "tuple[str, ...]") -> str:
    """An event of a log as one line; "" for one that says nothing to a person."""
    if message.get("ev") == "fault":  # what to do is in the table of faults
        found = faulttexts.find(message.get("code"))
        said = f"FAULT {message.get('code')}" + (f": {found.sentence}" if found else "")
        return text(f"{said} {message.get('detail') or ''}".strip(), 160)
    try:
        return text(event_text(message, stages), 160)
    except (TypeError, ValueError, AttributeError):  # a log may hold what no unit writes
        return text(f"{message.get('ev')}: cannot be read", 160)


def event_s(message: "dict[str, Any]") -> float:
    """When an event was, in seconds of the run; 0 where it does not say."""
    return (number(message.get("t_ms")) or 0.0) / 1000
