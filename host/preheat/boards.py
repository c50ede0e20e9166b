"""Every board file this computer knows: those that come with preheat, and the user's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import paths, tomlfiles
from preheat.errors import PreheatError

STOCK, OWN = "preheat", "yours"


@dataclass(frozen=True)
class Known:
    """One file. mcu and title are None and `problem` a sentence when it cannot be used."""

    name: str
    source: str  # STOCK or OWN
    file: Path
    mcu: str | None = None
    title: str | None = None
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name, "mcu": self.mcu, "title": self.title, "from": self.source,
            "file": str(self.file), "problem": self.problem or None,
        }


def known() -> list[Known]:
    """All of them, stock first, each kind by name; a bad file is told of, never raised."""
    stock = tomlfiles.stock_boards()
    found = [_look(name, STOCK, tomlfiles.find_board(name)) for name in stock]
    for name in tomlfiles.own_boards():
        file = paths.boards_dir() / f"{name}.toml"
        if name in stock:
            why = "a board that comes with preheat has this name and is used: rename the file"
            found.append(Known(name, OWN, file, problem=why))
        else:
            found.append(_look(name, OWN, file))
    return found


def _look(name: str, source: str, file: Path) -> Known:
    try:
        board = tomlfiles.load_board(name)
    except PreheatError as error:
        return Known(name, source, file, problem=str(error))
    return Known(name, source, file, board["mcu"], board["title"])
