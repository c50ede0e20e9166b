"""Words in a foreign log that tell of a fault: what a line says that is no reading is not lost."""

import re
from collections.abc import Iterable

from preheat.foreign.table import Table, number

SHOWN = 3  # lines that are quoted; of more, their number is told
_LONGEST = 80
# What such words say of no fault: settings, counts of none, other senses of "open".
_HARMLESS = re.compile(
    r"\b(?:no|0|without(?: any)?) (?:faults?|errors?|alarms?|failures?)\b"
    r"|\b(?:faults?|errors?|alarms?|failures?) ?[:=]? ?(?:0x0+|0|none|no|ok|off|false)\b"
    r"|\bdeviation to abort\b|\bopen[ -](?:source|loop)\b|\b(?:open|opening) door\b|\bdoor open\b"
)
_TROUBLE = re.compile(
    r"\b(?:faults?|faulty|faulted|errors?|err\d*|fail(?:s|ed|ure)?|abort(?:s|ed|ing)?|alarms?"
    r"|open|short(?:ed| circuit| to)|panic|overheat(?:s|ed|ing)?|over ?temp(?:erature)?|runaway"
    r"|shut ?down|disconnected|emergency|e ?stop|tripped)\b"
)


def tells(text: str) -> bool:
    """Whether a line or a cell has a word that tells of a fault."""
    words = re.sub(r"[\s_-]+", " ", text.lower())
    return bool(_TROUBLE.search(_HARMLESS.sub(" ", words)))


def found(table: Table) -> "tuple[str, ...]":
    """Sentences for a report, each with the line it is about; none where no line tells of one.

    Looked at are the lines that are no rows, and in rows the cells that are no numbers.
    """
    told = [
        (line, text) for line, text in zip(table.aside_lines, table.asides) if tells(text)
    ]  # fmt: skip
    told += _in_cells(table)
    if not told:
        return ()
    told.sort()
    quoted = [f'line {line} tells of trouble: "{_printable(text)}"' for line, text in told[:SHOWN]]
    more = len(told) - SHOWN
    return (*quoted, f"{more} more lines tell of trouble") if more > 0 else tuple(quoted)


def _in_cells(table: Table) -> "Iterable[tuple[int, str]]":
    """(line, cell) of the rows; of cells in one column that say the same, the first alone."""
    known: set[tuple[int, str]] = set()
    for line, row in zip(table.lines, table.rows):
        for at, cell in enumerate(row):
            if not cell or cell[0].isdigit() or (at, cell) in known or number(cell) is not None:
                continue
            known.add((at, cell))
            if tells(cell):
                yield line, cell


def _printable(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
