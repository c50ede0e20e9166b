"""A text file as rows of cells: delimiter, comments and head line found, no meaning given yet."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from preheat import textfile
from preheat.foreign import headings

MAX_BYTES = 32 * 1024 * 1024  # four rows a second for a day and a half of the widest format
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?$")
_LOOK = 400  # lines that decide about delimiter and head


@dataclass
class Table:
    """`rows[i]` are the stripped cells of line `lines[i]` (counted from 1), at least as many as
    heads.

    heads is empty where the file has no head line. asides[i]: a line that is no row at all, on
    line aside_lines[i].
    """

    heads: list[str]
    rows: list[list[str]]
    lines: list[int]
    asides: list[str] = field(default_factory=list)
    aside_lines: list[int] = field(default_factory=list)


def text_of(path: Path) -> str:
    """The text of a log; UsageError if it is missing, too large or not UTF-8."""
    return textfile.read(path, MAX_BYTES, "32 MiB", "cut the run out of it")


def split(text: str) -> Table:
    """The rows of a text. A row starts with a number, a date or a time of day, or has as many
    cells as the head, one of them a number; the head is the first line that names a time.
    """
    lines = [line.strip() for line in text.split("\n")]
    delimiter = _delimiter(lines[:_LOOK])
    table = Table([], [], [])
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        cells = _cells(line.lstrip("#").strip(), delimiter)
        if not line.startswith("#") and _is_row(cells, table.heads):
            table.rows.append(cells + [""] * (len(table.heads) - len(cells)))
            table.lines.append(number)
        elif not table.heads and not table.rows and _is_head(cells):
            table.heads = cells
        elif not (table.heads and cells == table.heads):  # some repeat their head with each run
            table.asides.append(line)
            table.aside_lines.append(number)
    return table


def number(cell: str) -> "float | None":
    """The finite number in a cell (a comma may stand for the point), else None."""
    if not _NUMBER.match(cell):
        return None
    value = float(cell.replace(",", "."))
    return value if value - value == 0 else None


def _delimiter(lines: list[str]) -> "str | None":
    """Tab, semicolon or comma, if most lines have it; None stands for white space."""
    filled = [line for line in lines if line]
    for sign in ("\t", ";", ","):
        if 2 * sum(sign in line for line in filled) > len(filled):
            return sign
    return None


def _cells(line: str, delimiter: "str | None") -> list[str]:
    """The cells of a line. In quotes a delimiter is part of the cell: "181,5" is one number."""
    parts = line.split(delimiter)
    if delimiter is not None and '"' in line:
        parts = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    return [cell.strip().strip('"').strip() for cell in parts] or [""]


def _is_row(cells: list[str], heads: list[str]) -> bool:
    if len(cells) < 2:
        return False
    if number(cells[0]) is not None or re.match(r"\d+[:-]\d+", cells[0]):
        return True
    return len(cells) == len(heads) and any(number(cell) is not None for cell in cells)


def _is_head(cells: list[str]) -> bool:
    kinds = [headings.read(cell).kind for cell in cells]
    return len(cells) > 1 and ("time" in kinds or "clock" in kinds)
