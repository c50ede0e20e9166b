"""Finding a row by its name or an alias, whatever the case; refused with the known ones."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from preheat.errors import Refused


class Named(Protocol):
    """What has a name and other names for it."""

    @property
    def name(self) -> str: ...

    @property
    def aliases(self) -> "tuple[str, ...]": ...


Row = TypeVar("Row", bound=Named)


def find(kind: str, name: str, rows: "Sequence[Row]") -> Row:
    """The row called `name`. Refused (check), with the names there are, if there is none."""
    found = row(name, rows)
    if found is not None:
        return found
    known = ", ".join(row.name for row in rows)
    raise Refused(f"no {kind} {name!r} is known here", f"use one of {known}", "check")


def row(name: str, rows: "Sequence[Row]") -> "Row | None":
    """The row called `name`, None if there is none."""
    folded = _fold(name)
    for one in rows:
        if folded in (_fold(known) for known in (one.name, *one.aliases)):
            return one
    return None


def _fold(name: str) -> str:
    """How a name is compared: without case, spaces and underscores."""
    return name.casefold().replace(" ", "").replace("_", "-")
