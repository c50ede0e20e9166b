"""Dataclasses of the model as JSON and back, with every problem of what is read.

The annotations of `model.py` are the rules. Nothing is converted silently: a number in quotes is
wrong, and so is a time without its zone. What equals its default is left out when writing.
"""

import functools
import re
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin

from preheat.record.model import Bounds
from preheat_core import check

LINES_FROM = 1000  # a text that may be this long may have line breaks
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]").search
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]").search
_ABSENT = object()


def at_text(at: datetime) -> str:
    """An aware time as UTC with milliseconds: 2026-03-01T08:15:00.000Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """A value of the model (or a dict or list of such) as JSON has it.

    ValueError for a time without zone; what JSON does not know stays for the checker.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(item)
            for f in fields(value)
            if (item := getattr(value, f.name)) != f.default or f.default is MISSING
        }
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return at_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


@functools.cache
def hints(cls: type) -> dict[str, Any]:
    """The annotation of every field of a dataclass, bounds included."""
    return typing.get_type_hints(cls, include_extras=True)


@functools.cache
def _required(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if f.default is MISSING)


def read(
    cls: type, data: Any, path: str, filled: "dict[str, Any] | None" = None
) -> tuple[Any, list[check.Problem]]:
    """The `cls` that `data` spells, and the problems; it is None when there are any.

    `filled`: values taken as they are where `data` does not have the key.
    """
    if not isinstance(data, dict):
        return None, [check.Problem(path, data, "a table of keys and values")]
    known = hints(cls)
    given: dict[str, Any] = dict(filled or {})
    found: list[check.Problem] = []
    dot = f"{path}." if path else ""
    for key, value in data.items():
        if key not in known:
            want = "absent: the key is unknown"
            fix = "known here: " + ", ".join(known)
            found.append(check.Problem(dot + check.shown(key)[1:-1], value, want, fix))
            continue
        given[key], more = read_field(known[key], value, dot + key)
        found += more
    found += [
        check.Problem(dot + key, check._MISSING, wanted(known[key]), "add it")
        for key in _required(cls)
        if key not in given
    ]
    return (None, found) if found else (cls(**given), found)


def read_field(kind: Any, value: Any, path: str) -> tuple[Any, list[check.Problem]]:
    """`value` as annotation `kind` has it, and the problems."""
    if get_origin(kind) in (types.UnionType, typing.Union):
        if value is None:
            return None, []
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    if is_dataclass(kind):
        return read(typing.cast(type, kind), value, path)
    if get_origin(kind) is tuple:
        if not isinstance(value, (list, tuple)):
            return None, [check.Problem(path, value, "a list")]
        pairs = [read_field(get_args(kind)[0], v, f"{path}[{i}]") for i, v in enumerate(value)]
        return tuple(item for item, _ in pairs), [p for _, more in pairs for p in more]
    fine = _scalar(kind, value)
    if fine is _ABSENT:
        return None, [check.Problem(path, value, wanted(kind))]
    return fine, []


def _scalar(kind: Any, value: Any) -> Any:
    if kind is date or kind is datetime:
        return _moment(kind, value)
    if kind is bool:
        return value if isinstance(value, bool) else _ABSENT
    if get_origin(kind) is Literal:
        fits = any(type(value) is type(c) and value == c for c in get_args(kind))
        return value if fits else _ABSENT
    base, bounds = get_args(kind) if get_origin(kind) is Annotated else (kind, None)
    if base is str:
        return value if isinstance(value, str) and _text_fits(value, bounds) else _ABSENT
    if not check.is_number(value) or (base is int and not isinstance(value, int)):
        return _ABSENT
    if bounds is not None and not bounds.low <= value <= bounds.high:
        return _ABSENT
    return value


def _moment(kind: type, value: Any) -> Any:
    if not isinstance(value, str):
        return _ABSENT
    try:
        found = datetime.fromisoformat(value) if kind is datetime else date.fromisoformat(value)
    except ValueError:
        return _ABSENT
    if isinstance(found, datetime):
        return found.astimezone(UTC) if found.tzinfo is not None else _ABSENT
    return found if found.isoformat() == value else _ABSENT  # not 20260101, not a week


def _text_fits(value: str, bounds: "Bounds | None") -> bool:
    low, high, form = bounds or Bounds(0, 4000)
    if form == "sha256":
        return len(value) == 64 and all(c in "0123456789abcdef" for c in value)
    if (_CONTROL_BUT_LINES if high >= LINES_FROM else _CONTROL)(value):
        return False
    return low <= len(value) <= high and (low == 0 or bool(value.strip()))


_WORDS = {
    datetime: "a time with its zone, as 2026-03-01T08:15:00Z",
    date: "a date as YYYY-MM-DD",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}


def wanted(kind: Any) -> str:
    """What a field accepts, in words."""
    if get_origin(kind) in (types.UnionType, typing.Union):
        return wanted(get_args(kind)[0]) + ", or nothing"
    if get_origin(kind) is tuple:
        return "a list"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(str(c) for c in get_args(kind))
    if is_dataclass(kind):
        return "a table of keys and values"
    base, bounds = get_args(kind) if get_origin(kind) is Annotated else (kind, None)
    if bounds is None:
        return _WORDS[base]
    if base is str:
        if bounds.unit == "sha256":
            return "a SHA-256 in 64 hex digits"
        return f"printable text of {bounds.low:g} to {bounds.high:g} characters"
    return f"{_WORDS[base]} {bounds.low:g} to {bounds.high:g} {bounds.unit}".rstrip()
