"""One file of procedures: checked as a whole, then turned into `Procedure`s.

    schema = 1
    namespace = "acme"           # whose numbers these are; the site's own word
    source = "ACME-WI-12 rev C"

    [[procedures]]
    id = "rw-7"                  # found as acme:rw-7
    title = "BGA U7: take off"
    skill = "E"                  # I, A or E
    conformance = "M-H"          # one of L, M, H, or a range
    board_types = "R, F"

Facts and words of one's own only: the text of a standard belongs to its publisher.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import tomlfiles
from preheat.record import terms
from preheat_core import check as fields
from preheat_core.check import Problem

STOCK_NAMESPACES = ("article", "guide")
MOST = 500  # procedures in one file; the checker stops there

_CODE = re.compile(r"[a-z0-9][a-z0-9.-]{0,38}", re.ASCII)
ROW_FIELDS = (
    fields.text("id", 39),
    fields.text("title", 120),
    fields.choice("activity", tuple(row.code for row in terms.ACTIVITIES), None),
    fields.choice("skill", tuple(row.code for row in terms.SKILLS), None),
    fields.text("conformance", 3, None),
    fields.text("board_types", 20, None),
    fields.text("component", 60, None),
    fields.whole("module", 1, len(terms.MODULES), "", None),
    fields.text("methods", 200, None),
    fields.text("source", 120, None),
    fields.text("note", 200, None),
    fields.flag("verified", False),
)
FILE_FIELDS = (
    fields.choice("schema", (1,)),
    fields.name("namespace", 24),
    fields.text("source", 120),
    fields.rows("procedures", ROW_FIELDS, 1, MOST),
)


@dataclass(frozen=True)
class Procedure:
    """One way of working. What its source does not say is None or empty.

    `id` holds the namespace: "article:3.1.1". `conformance` is (lowest, highest) of L, M, H.
    `module` is the training module by our reading of its title. `verified`: somebody saw it in
    the standard itself.
    """

    id: str
    namespace: str
    title: str
    activity: str | None
    skill: str | None
    conformance: tuple[str, str] | None
    board_types: tuple[str, ...]
    component: str | None
    module: int | None
    methods: tuple[str, ...]
    source: str
    verified: bool
    note: str = ""


def load(path: Path, own: bool) -> list[Procedure]:
    """The procedures of a file; `own`: it is the site's. UsageError or Refused (all problems)."""
    data = tomlfiles.load(path)
    tomlfiles.refuse(check(data, own), str(path))
    return [_procedure(data, row) for row in data["procedures"]]


def check(data: dict[str, Any], own: bool = True) -> list[Problem]:
    """Everything that is wrong with a loaded file; a site's may not speak as a stock source."""
    found = fields.check_table(data, FILE_FIELDS)
    if own and data.get("namespace") in STOCK_NAMESPACES:
        want = "a namespace of your own"
        found.append(Problem("namespace", data["namespace"], want, "name your house or its book"))
    for i, row in fields.rows_of(data, "procedures"):
        for key, parse, want in _PARSED:
            if isinstance(row.get(key), str) and not _parses(parse, row[key]):
                found.append(Problem(f"procedures[{i}].{key}", row[key], want, "write it so"))
    return found + fields.repeats(data, "procedures", "id")


def words(text: str) -> tuple[str, ...]:
    """("a", "b c") of "a, b c"; ValueError when there is nothing between two commas."""
    found = tuple(word.strip() for word in text.split(","))
    if not all(found):
        raise ValueError(text)
    return found


def conformance(text: str) -> tuple[str, str]:
    """("M", "H") of "M-H", ("L", "L") of "L"; ValueError for anything else, "H-M" too."""
    low, dash, high = text.partition("-")
    high = high if dash else low
    try:
        if terms.conformance_rank(low) > terms.conformance_rank(high):
            raise ValueError(text)
    except KeyError:
        raise ValueError(text) from None
    return low, high


def board_types(text: str) -> tuple[str, ...]:
    """("R", "F") of "R, F"; ValueError for a code that is none, or is there twice."""
    found = words(text)
    if len(set(found)) < len(found) or not set(found) <= {row.code for row in terms.BOARD_TYPES}:
        raise ValueError(text)
    return found


def _code(text: str) -> str:
    if _CODE.fullmatch(text) is None:
        raise ValueError(text)
    return text


_PARSED: "tuple[tuple[str, Callable[[str], Any], str], ...]" = (
    ("id", _code, "letters a-z, digits, dots and hyphens"),
    ("conformance", conformance, "L, M, H, or a range such as M-H"),
    ("board_types", board_types, "R, F, W, C, each once, with commas"),
    ("methods", words, "words with commas"),
)


def _parses(parse: Callable[[str], Any], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _procedure(data: dict[str, Any], row: dict[str, Any]) -> Procedure:
    levels, types, methods = row.get("conformance"), row.get("board_types"), row.get("methods")
    return Procedure(
        id=f"{data['namespace']}:{row['id']}",
        namespace=data["namespace"],
        title=row["title"],
        activity=row.get("activity"),
        skill=row.get("skill"),
        conformance=conformance(levels) if levels else None,
        board_types=board_types(types) if types else (),
        component=row.get("component"),
        module=row.get("module"),
        methods=words(methods) if methods else (),
        source=row.get("source", data["source"]),
        verified=row.get("verified", False),
        note=row.get("note", ""),
    )
