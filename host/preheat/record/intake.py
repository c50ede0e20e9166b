"""What a record does not take from a person, though the fold could keep it. Pure.

Asked when an event is added, not when the tables are made anew: what was let in once stays in. Of
a run nothing is refused here: its heat happened, whatever a clock or a unit said of it.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from preheat.record.model import Event
from preheat_core.check import Problem

OF_RUNS = ("begun", "runs")
# Of what happened. Ends of certificates and of materials are to come, as they should be.
HAPPENED = ("at", "out_of_bag_at", "done_at", "removed_at", "replaced_at", "skill_at")
AHEAD = timedelta(minutes=5)  # a wall clock beside this computer's
DAY_AHEAD = timedelta(days=1)  # days are those at the bench, an event's time is UTC


def problems(event: Event) -> list[Problem]:
    """Texts with what nobody can see in them, and times that are still to come."""
    body = {key: value for key, value in event.body.items() if key not in OF_RUNS}
    now = datetime.fromisoformat(event.at)
    said = [("author", event.author), ("subject", event.subject), *_values(body, "")]
    return [problem for path, value in said for problem in _wrong(path, value, now)]


def unseen(text: str) -> str:
    """The first character of a text that nobody sees, as U+202E, or ""."""
    for char in text:
        if _hidden(char):
            return f"U+{ord(char):04X}"
    return ""


def visible(text: str) -> str:
    """A text of a log with a question mark for everything that nobody sees."""
    return "".join("?" if _hidden(char) or ord(char) < ord(" ") else char for char in text)


def _hidden(char: str) -> bool:
    """It turns writing around, has no width, breaks lines, or a terminal obeys it."""
    kind = unicodedata.category(char)
    return kind in ("Cf", "Zl", "Zp") or (kind == "Cc" and ord(char) >= ord("\x7f"))


def _values(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value in a body, with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _values(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _values(item, f"{path}[{i}]")
    else:
        yield path, value


def _wrong(path: str, value: Any, now: datetime) -> Iterator[Problem]:
    if not isinstance(value, str):
        return
    char = unseen(value)
    if char:
        yield Problem(path, visible(value), f"text that can be seen, without {char}", "type it")
    if path.rpartition(".")[2] in HAPPENED and _to_come(value, now):
        fix = "correct it, or this computer's clock"
        yield Problem(path, value, f"not after now, {now:%Y-%m-%d %H:%M}Z", fix)


def _to_come(text: str, now: datetime) -> bool:
    try:
        if len(text) == len("2026-03-01"):
            return date.fromisoformat(text) > (now + DAY_AHEAD).date()
        return datetime.fromisoformat(text) > now + AHEAD
    except (ValueError, TypeError):  # the fold says what it is not
        return False
