"""The times of a log as seconds from its start, and what is done where they do not rise.

Two rows of one time: the first one counts (a logger that writes twice in a second). A time that
goes back starts another piece, as when two runs went into one file: the longest piece counts, if
most rows are in it. Both are said; everything else is refused.
"""

import re
from datetime import UTC, datetime

from preheat.errors import Refused
from preheat.foreign.table import number

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)$")
DAY_S = 86400.0
LATEST_S = 1e10  # some three hundred years after 1970


def seconds(cell: str, scale_s: float) -> "float | None":
    """A cell as seconds: a number, m:ss, h:mm:ss, or a date with a time; None if it is none.

    To ten microseconds, and at most LATEST_S away from 0, so that differences stay exact.
    """
    value = _seconds(cell, scale_s)
    return None if value is None or abs(value) > LATEST_S else round(value, 5)


def _seconds(cell: str, scale_s: float) -> "float | None":
    value = number(cell)
    if value is not None:
        return value * scale_s
    clock = _CLOCK.match(cell)
    if clock:
        hours, minutes, rest = clock.groups()
        return int(hours or 0) * 3600.0 + int(minutes) * 60.0 + float(rest.replace(",", "."))
    try:
        when = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def rising(times_s: list[float], lines: list[int], notes: list[str]) -> list[int]:
    """Which rows to keep so that their times rise strictly, as indices; Refused if too few are."""
    starts = [0] + [i for i in range(1, len(times_s)) if times_s[i] < times_s[i - 1]]
    pieces = [range(a, b) for a, b in zip(starts, [*starts[1:], len(times_s)])]
    longest = max(pieces, key=len)
    if len(pieces) > 1:
        back = f"the time goes back {len(pieces) - 1} times, first at line {lines[starts[1]]}"
        if 2 * len(longest) <= len(times_s):
            fix = "cut one run out of the file"
            raise Refused(f"{back}, and no piece between holds most rows", fix)
        place = f"lines {lines[longest[0]]} to {lines[longest[-1]]}"
        notes.append(f"{back}: only the longest piece counts, {place}")
    kept = [i for i in longest if i == longest[0] or times_s[i] > times_s[i - 1]]
    twice = len(longest) - len(kept)
    if twice:
        notes.append(f"{twice} rows have the time of the row before them: left out")
    return kept


def past_midnight(times_s: list[float]) -> list[float]:
    """Times of day on one line: one that falls by more than half a day went past midnight."""
    if not times_s or max(times_s) >= DAY_S:
        return times_s
    out, days = [], 0
    for before_s, at_s in zip([times_s[0], *times_s], times_s):
        days += before_s - at_s > DAY_S / 2
        out.append(at_s + days * DAY_S)
    return out
