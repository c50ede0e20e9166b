"""Numbers, times and events as the page words them."""

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from preheat import faulttexts
from preheat.analysis.pwi import OUT_PERCENT
from preheat.limits.numbers import MARK
from preheat.report.header import number, text
from preheat.runview import event_text

if TYPE_CHECKING:
    from preheat.report.checks import Check

DASH = "—"
# Digits after the point by unit.
_DIGITS = {"°C": 1, "°C/s": 2, "s": 0, "Wh": 1, "%": 0}
_MOST_DIGITS = 12


def value(
    amount: "float | None", unit: str, beside: "Iterable[float | None]" = ()
) -> str:
    """A measured number in its unit; a dash where it is not known. beside: numbers that it must
    not look like where it is another one: 90.004 s beside 90 is no "90 s"."""
    if amount is None:
        return DASH
    digits = _DIGITS.get(unit, 1)
    others = [other for other in beside if other is not None and other != amount]
    while digits < _MOST_DIGITS and any(round(amount, digits) == round(other, digits)
                                        for other in others):  # fmt: skip
        digits += 1
    return f"{amount:.{digits}f} {unit}".replace("-", "−")


def measured(check: "Check") -> str:
    """The measured number of a row, told apart from its limits."""
    return value(check.value, check.unit, (check.low, check.high))


def broken(check: "Check") -> str:
    """A number that is outside, with the limit that it is outside of: "252 °C, over 250"."""
    assert check.value is not None
    below = check.low is not None and check.value <= check.low
    limit_ = check.low if below else check.high
    assert limit_ is not None
    marked = "" if check.verified else f" ({MARK})"
    if check.value == limit_:  # of a window of two: only between them is inside
        side = "above" if below else "below"
        return f"{check.value:g} {check.unit}, on the limit{marked}: inside is {side} it"
    digits = 4
    while digits < _MOST_DIGITS and not _apart(f"{check.value:.{digits}g}", limit_, below):
        digits += 1
    side = "below" if below else "over"
    shown, exact = f"{check.value:.{digits}g}", f"{limit_:.{_MOST_DIGITS}g}"
    return f"{shown} {check.unit}, {side} {exact}{marked}"


def _apart(shown: str, limit_: float, below: bool) -> bool:
    return float(shown) < limit_ if below else float(shown) > limit_


def celsius(temp_c: float) -> str:
    """A temperature of the tables in words, marked where nobody verified it."""
    marked = "" if getattr(temp_c, "verified", True) else f" ({MARK})"
    return f"{temp_c:g} °C{marked}"


def percent(amount: float) -> str:
    """A process window index: no 99.7 looks like 100, from which on it is out."""
    return value(amount, "%", (OUT_PERCENT,))


def limit(check: "Check") -> str:
    """The limits of a row: "60 to 90 s", "at most 245 °C", "at least 220 °C"."""
    if check.low is not None and check.high is not None:
        return f"{check.low:g} to {check.high:g} {check.unit}"
    side, end = ("at most", check.high) if check.high is not None else ("at least", check.low)
    return f"{side} {end:g} {check.unit}"


def margin(check: "Check") -> str:
    """The distance to the nearer limit, with its sign."""
    if check.margin is None:
        return DASH
    said = value(check.margin, check.unit, (0.0,))
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
