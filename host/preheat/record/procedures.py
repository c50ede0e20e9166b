"""Every procedure this computer knows: those that come with preheat, and the site's own.

The site's are `procedures/*.toml` in preheat's data folder; `procedurefile.py` shows one.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from preheat import paths
from preheat.errors import PreheatError, UsageError
from preheat.record import procedurefile
from preheat.record.procedurefile import Procedure

_STOCK = Path(__file__).resolve().parent / "data" / "procedures"
_LIST_THEM = "list them with `preheat procedure list`"


def known() -> list[Procedure]:
    """All of them, stock first, each kind in the order of its files.

    UsageError or Refused for a file of the site's that cannot be used, and for an id that two
    files give: which of the two a job means would be open.
    """
    return list(_catalogue().values())


def problems() -> list[str]:
    """What is wrong with the site's files, one line each; empty when all can be used."""
    found = []
    seen = {row.id for row in stock()}
    for path in _own_files():
        try:
            rows = procedurefile.load(path, own=True)
        except PreheatError as error:
            found.append(str(error))
            continue
        found += [f"{path}: {row.id} is in another file too" for row in rows if row.id in seen]
        seen.update(row.id for row in rows)
    return found


@cache
def stock() -> tuple[Procedure, ...]:
    """Those that come with preheat."""
    files = sorted(_STOCK.glob("*.toml"))
    return tuple(row for path in files for row in procedurefile.load(path, own=False))


def find(ref: str) -> Procedure:
    """The procedure of an id, "article:2.5", or of "2.5" where only one source has that number.

    UsageError if there is none, or if several sources use the number for different things.
    """
    catalogue = _catalogue()
    if ref in catalogue:
        return catalogue[ref]
    named = [row for row in catalogue.values() if row.id.partition(":")[2] == ref]
    if len(named) == 1:
        return named[0]
    if named:
        each = "; ".join(f"{row.id}: {row.title}" for row in named)
        raise UsageError(f"{ref} names {len(named)} procedures ({each})", "name the whole id")
    raise UsageError(f"there is no procedure {ref!r}", _LIST_THEM)


def look_up(refs: Iterable[str]) -> tuple[Procedure, ...]:
    """Those of `refs` that are known; the gate on unknown ones tells of the rest."""
    catalogue = _catalogue()
    return tuple(catalogue[ref] for ref in refs if ref in catalogue)


def search(
    *, component: str | None = None, activity: str | None = None, namespace: str | None = None
) -> list[Procedure]:
    """Those that fit everything that is given; `component` as part of a word, in any case."""
    return [
        row
        for row in known()
        if (component is None or component.casefold() in (row.component or "").casefold())
        and activity in (None, row.activity)
        and namespace in (None, row.namespace)
    ]


def _own_files() -> list[Path]:
    return sorted(paths.procedures_dir().glob("*.toml"))


def _catalogue() -> dict[str, Procedure]:
    found = {row.id: row for row in stock()}
    for path in _own_files():
        for row in procedurefile.load(path, own=True):
            if row.id in found:
                fix = "rename one of the two, or remove a file"
                raise UsageError(f"{path}: {row.id} is in another file too", fix)
            found[row.id] = row
    return found
