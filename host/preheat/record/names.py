"""Names of people as the record and a run's log both spell them. Pure, but for asking a store."""

import json
import unicodedata
from typing import Any

from preheat.errors import UsageError
from preheat.runner import BY_BYTES, BY_CHARS


def normal(name: str) -> str:
    """One spelling of a name: composed letters, single spaces, none around it."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def cut(name: str) -> str:
    """As much of a normal name as a unit takes into its log."""
    name = normal(name)[:BY_CHARS].rstrip()
    while len(json.dumps(name)) - 2 > BY_BYTES:  # without its quotes
        name = name[:-1]
    return name.rstrip()


def new(store: Any, name: str) -> str:
    """A person's name as it may be entered. UsageError when it does not fit or is taken."""
    name = normal(name)
    if not name:
        raise UsageError("a name is missing", "say who it is")
    if cut(name) != name:
        raise UsageError(f"{name} is longer than a run's log keeps ({cut(name)})",
                         "enter a shorter form, the one to start runs with")  # fmt: skip
    there = known(store, name)
    if there is not None:
        raise UsageError(f"{there} is in the record already",
                         "`preheat operator skill` and `operator certify` change it")
    return name


def known(store: Any, name: str) -> "str | None":
    """The name of the person of the record who is meant, whatever the case; None if nobody is."""
    wanted = cut(name)
    every = [one.name for one in store.operators()]
    if wanted in every:
        return wanted
    near = [one for one in every if one.casefold() == wanted.casefold()]
    return near[0] if len(near) == 1 else None


def spelled(store: Any, name: str) -> str:
    """The name as the record has it, else as a run's log would."""
    return known(store, name) or cut(name)
