"""The data files, read once and checked: {file's stem: its dict}, and the names of the sources."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from preheat.errors import VerifyError
from preheat.limits import schema

FOLDER = Path(__file__).resolve().parent / "data"


@cache
def tables() -> "dict[str, Any]":
    """Every data file that comes with preheat, {stem: dict}; not to be changed by who asks.

    VerifyError with every problem if one is missing, unreadable or wrong.
    """
    return read(FOLDER)


def read(folder: Path) -> "dict[str, Any]":
    """The data files of a folder, checked; VerifyError with every problem."""
    raw: dict[str, Any] = {}
    lines = []
    for path in sorted(folder.glob("*.toml")):
        try:
            raw[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            lines.append(f"{path.name}: {error}")
    lines += [str(problem) for problem in schema.check(raw)] if not lines else []
    if lines:
        raise VerifyError(
            f"the tables of limits are wrong: {'; '.join(lines)}", "install preheat again"
        )
    return raw


@cache
def sources() -> "dict[str, str]":
    """{key: name} of every source."""
    return {key: row["name"] for key, row in tables()["sources"].items()}
