"""Findings about the unit's clock, and its seconds against this computer's."""

from typing import NamedTuple

from preheat.doctor.facts import Unit
from preheat.doctor.finding import NOTE, WARNING, Finding

WRONG_S = 60.0  # a clock may be off so much before it is worth a word
DRIFT_PCT = 0.5  # a crystal is good for 0.01 %: beyond this something is wrong
MEMORY_SLACK_S = 1.5  # a hello of a connection is up to that old when it is noted
_SET = "`preheat run`, `hold` and `tune` set it when they start; a start at the button does not"


class Drift(NamedTuple):
    """How much faster the unit's time goes: percent, the span in s, and what is uncertain in %."""

    pct: float
    span_s: float
    error_pct: float


def findings(unit: Unit) -> list[Finding]:
    """About the clock, and about drift where it is beyond doubt."""
    return [*_clock(unit), *_drift(unit)]


def _clock(unit: Unit) -> list[Finding]:
    first = unit.first
    if first is None or "epoch_s" not in first.fields:
        return []  # a firmware that does not tell
    epoch_s = first.fields["epoch_s"]
    if epoch_s is None:
        return [Finding(NOTE, "clock_unset", "the unit's clock was never set since it got power",
                        "its next log would carry no date", _SET)]
    off_s = epoch_s - first.clock_s
    if abs(off_s) <= WRONG_S:
        return []
    how = "ahead of" if off_s > 0 else "behind"
    return [Finding(
        WARNING, "clock_wrong",
        f"the unit's clock is {_length(abs(off_s))} {how} this computer's",
        "the dates in its logs are off by so much, or this computer's clock is wrong",
        f"look at this computer's clock first; {_SET}",
    )]  # fmt: skip


def drift(unit: Unit) -> "Drift | None":
    """The drift over the longest span of one boot that is known; None without one.

    Over seconds only a gross error shows: uptime is told in ticks of 250 ms.
    """
    first, last = unit.first, unit.last
    if first is None or last is None:
        return None
    if first.fields.get("boot_id") != last.fields.get("boot_id"):
        return None  # it restarted in between
    begin_ms, begin_s, slack_s = first.fields.get("uptime_ms"), first.clock_s, first.slack_s
    memory = unit.memory
    if memory and memory.boot_id == last.fields.get("boot_id") and memory.epoch_s < begin_s - 60:
        begin_ms, begin_s, slack_s = memory.uptime_ms, memory.epoch_s, MEMORY_SLACK_S
    end_ms, span_s = last.fields.get("uptime_ms"), last.clock_s - begin_s
    if not isinstance(begin_ms, int) or not isinstance(end_ms, int) or span_s <= 0:
        return None
    error_pct = 100 * (slack_s + last.slack_s) / span_s
    return Drift(100 * ((end_ms - begin_ms) / 1000 / span_s - 1), span_s, error_pct)


def _drift(unit: Unit) -> list[Finding]:
    found = drift(unit)
    if found is None or abs(found.pct) < DRIFT_PCT + found.error_pct:
        return []
    how = "faster" if found.pct > 0 else "slower"
    return [Finding(
        WARNING, "drift",
        f"the unit's time goes {abs(found.pct):.2g} % {how} than this computer's, measured over "
        f"{_length(found.span_s)} (± {found.error_pct:.2g} %)",
        "its oscillator is wrong, this computer's clock was set meanwhile, or it is a virtual "
        "unit that does not keep real time; ramps and holds are off by so much",
        "restart the unit and look again in an hour; if it stays, replace the controller",
    )]  # fmt: skip


def _length(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
