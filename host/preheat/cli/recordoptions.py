"""What the verbs of the record share: --store, --by, --json; and opening the record."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option

NUMBER = click.argument("number", metavar="N", type=click.IntRange(min=1))


def store_option(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """`--store`: the record by path or URL."""
    return click.option(
        "--store", metavar="PATH|URL",
        help="The record. Default: PREHEAT_RECORD_URL, else the one in preheat's data folder.",
    )(function)  # fmt: skip


def reads(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """A verb that reads the record: it gets `store` (open) and `output`."""
    return _verb(function, False, create=False)


def writes(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """A verb that somebody answers for: it gets `author` too, the name given with --by."""
    return _verb(function, True, create=False)


def begins(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """A verb that changes the record, and makes it where there is none."""
    return _verb(function, True, create=True)


def _verb(
    function: "Callable[..., Any]", names_author: bool, create: bool
) -> "Callable[..., Any]":
    @functools.wraps(function)
    def verb(store: "str | None", as_json: bool, by: "str | None" = None, **own: Any) -> Any:
        with opened(store, create=create) as there:
            if names_author:
                own["author"] = author_of(there, by)
            return function(store=there, output=Output(as_json), **own)

    chosen = store_option(json_option(verb))
    if names_author:
        chosen = click.option("--by", metavar="NAME",
                              help="Who says so. Default: the login name.")(chosen)  # fmt: skip
    return chosen


@contextmanager
def opened(store: "str | None", create: bool) -> "Iterator[Any]":
    """The record, closed when the verb is through.

    Without `create` UsageError where there is none: an empty one would verify.
    """
    from preheat.errors import UsageError
    from preheat.record.engine import place
    from preheat.record.store import Store

    file = place(store).file
    if not create and file is not None and not file.exists():
        raise UsageError(f"there is no record at {file}", "`preheat operator add` or `job open` "
                         "begins one; --store names another")  # fmt: skip
    with Store(store, create) as there:
        yield there


def author_of(store: Any, by: "str | None") -> str:
    """The name given with --by as `run --by` takes it and the record spells it.

    UsageError where nobody is named.
    """
    from preheat.cli.run import operator_name
    from preheat.errors import UsageError
    from preheat.record import names

    name = names.spelled(store, operator_name(by))
    if not name:
        raise UsageError("the record must know who says so", "name yourself with --by NAME")
    return name


def plain(thing: Any) -> Any:
    """A job, an operator or a row of the record as JSON values."""
    from dataclasses import is_dataclass

    from preheat.record import document

    return document.plain(thing) if is_dataclass(thing) else thing
