"""What a person types, KEY=VALUE, as the values of an event; every problem at once. Pure.

Keys are the fields of `model.py`, or a shorter word for one; parts have a dot, `bake.msl=3`. A
row may begin with values alone, in the order of its fields: `flux NC-559 lot7`. An empty value
takes back what was said.
"""

import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, get_args, get_origin

from preheat.errors import UsageError
from preheat.record import document
from preheat.record.model import Checkpoint, Material, Site

SHORT = {
    "serial": "board_serial", "class": "product_class", "type": "board_type",
    "existing": "existing_alloy", "new": "new_alloy", "approval": "approval_ref",
    "order": "change_order", "limit": "cycle_limit_site", "board_limit": "cycle_limit_board",
    "procedure": "procedures", "site": "sites",
}  # fmt: skip
# Rows that `job add` takes, by the word for one: the list they go to, and what they are.
ROWS: dict[str, tuple[str, "type | None"]] = {
    "procedure": ("procedures", None), "site": ("sites", Site),
    "material": ("materials", Material), "equipment": ("equipment", None),
    "checkpoint": ("checkpoints", Checkpoint),
}  # fmt: skip
_LISTS = {one: word for word, (key, _) in ROWS.items() for one in (key, word)}
_KEYED = re.compile("[a-z_]+=").match  # a word that means to name its key
NOW = "now"


def fields_of(
    cls: type, words: Sequence[str], keys: Sequence[str], now: datetime,
    before: "Mapping[str, Any] | None" = None,
) -> dict[str, Any]:
    """`words` as a body with some of `keys` of dataclass `cls`. UsageError with all problems.

    `before`: what the parts (bake, coating) are now, as JSON values; one is changed in it.
    """
    body: dict[str, Any] = {}
    found: list[str] = []
    hints = document.hints(cls)
    for word in words:
        key, equals, text = word.partition("=")
        key = key.strip().replace("-", "_")
        head, dot, tail = key.partition(".")
        head = SHORT.get(head, head)
        if not equals:
            found.append(f"{word}: say what it is, KEY={word}")
        elif head not in keys and head in _LISTS:
            what = _LISTS[head]
            found.append(f"a {what} is added, not set: `preheat job add N {what} …`")
        elif head not in keys:
            found.append(f"{key} cannot be set here")
        else:
            found += _put(body, hints[head], (head, dot, tail), text, now, before or {})
    if found:
        raise UsageError(
            f"this cannot be entered: {'; '.join(found)}",
            "possible here: " + ", ".join(_shown(key) for key in keys), tuple(found),
        )
    return body


def row_of(what: str, words: Sequence[str], now: datetime) -> tuple[str, Any]:
    """The list of a job and the row for it that `words` spell. UsageError with all problems."""
    key, cls = ROWS[what]
    if cls is None:
        if len(words) != 1 or not words[0].strip():
            raise UsageError(f"a {what} is one word or text", f'for example {what} "…"')
        return key, words[0].strip()
    order = [f.name for f in fields(cls)]
    named: list[str] = []
    unclear: list[str] = []
    ordered = True  # until the first KEY=VALUE
    for place, word in enumerate(words):
        plain = word.partition("=")[0] not in order
        ordered = ordered and plain
        if plain and (not ordered or place >= len(order) or _KEYED(word)):
            unclear.append(word)
        else:
            named.append(f"{order[place]}={word}" if plain else word)
    if unclear:
        raise UsageError(
            f"it is not clear what this is: {'; '.join(unclear)}",
            f"name it, KEY=VALUE; a {what} has {', '.join(order)}", tuple(unclear),
        )  # fmt: skip
    body = fields_of(cls, named, order, now)
    missing = [
        f"{f.name} ({document.wanted(document.hints(cls)[f.name])})"
        for f in fields(cls)
        if f.default is MISSING and body.get(f.name) is None
        and not (cls is Checkpoint and f.name in ("by", "at"))  # the event says them
    ]
    if cls is Material and body.get("kind") == "flux" and "alloy" not in body:
        missing.append('alloy (as the flux\'s label says, alloy="SnPb, SAC305"; alloy= if it is '
                       "silent)")  # fmt: skip
    if missing:
        text = ", ".join(missing)
        raise UsageError(f"this {what} lacks {text}", "add what is missing", tuple(missing))
    return key, {k: v for k, v in body.items() if v is not None}


def missing_of(cls: type, body: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    """What a body must still say, with what is wanted: one line each."""
    back = {long: short for short, long in SHORT.items()}
    return [
        f"{back.get(f.name, f.name)}= ({document.wanted(document.hints(cls)[f.name])})"
        for f in fields(cls)
        if f.name in keys and f.default is MISSING and body.get(f.name) is None
    ]


def moment(text: str, now: datetime) -> datetime:
    """A time: "now", or ISO 8601; without a zone it is this computer's. ValueError if neither."""
    return now if text == NOW else datetime.fromisoformat(text).astimezone()


def _put(
    body: dict[str, Any], kind: Any, path: tuple[str, str, str], text: str, now: datetime,
    before: Mapping[str, Any],
) -> list[str]:
    head, dot, tail = path
    inner = _plain_kind(kind)
    if not is_dataclass(inner):
        if dot:
            return [f"{head} has no parts"]
        return _set(body, head, kind, text, now)
    if not dot:
        if text:
            return [f"{head} has parts: " + ", ".join(f"{head}.{f.name}" for f in fields(inner))]
        body[head] = None
        return []
    part = document.hints(typing.cast(type, inner)).get(tail)
    if part is None:
        known = ", ".join(f.name for f in fields(inner))
        return [f"{head} has no part {tail}; it has {known}"]
    body.setdefault(head, dict(before.get(head) or {}))
    made: dict[str, Any] = {}
    problems = _set(made, tail, part, text, now, f"{head}.{tail}")
    body[head] = {k: v for k, v in {**body[head], **made}.items() if v is not None}
    return problems


def _set(
    body: dict[str, Any], key: str, kind: Any, text: str, now: datetime, name: str = ""
) -> list[str]:
    inner = _plain_kind(kind)
    if get_origin(inner) is tuple:
        item = get_args(inner)[0]
        words = [word.strip() for word in text.split(",") if word.strip()]
        body.setdefault(key, [])
        if is_dataclass(item):  # U7:BGA
            names = [f.name for f in fields(item)][:2]
            body[key] += [dict(zip(names, word.split(":", 1))) for word in words]
        else:
            body[key] += [_value(item, word, now) for word in words]
    else:
        body[key] = None if not text.strip() and inner is not kind else _value(inner, text, now)
    _, problems = document.read_field(kind, body[key], name or key)
    return [str(problem) for problem in problems]


def _value(kind: Any, text: str, now: datetime) -> Any:
    """Text as JSON has it; what does not convert stays text, for the checker to refuse."""
    text = text.strip()
    base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    try:
        if kind is datetime:
            return document.at_text(moment(text, now))
        if kind is date:
            return now.astimezone().date().isoformat() if text in (NOW, "today") else text
        if kind is bool:
            return {"yes": True, "true": True, "no": False, "false": False}[text.lower()]
        if base in (int, float) or (get_args(kind) and isinstance(get_args(kind)[0], int)):
            return float(text) if base is float else int(text)
    except (ValueError, KeyError, OverflowError):
        return text
    choices = [c for c in get_args(kind) if isinstance(c, str)] if base is kind else []
    return next((c for c in choices if c.casefold() == text.casefold()), text)


def _plain_kind(kind: Any) -> Any:
    """`X` of `X | None`."""
    if get_origin(kind) in (types.UnionType, typing.Union):
        return next(arm for arm in get_args(kind) if arm is not type(None))
    return kind


def _shown(key: str) -> str:
    short = {long: one for one, long in SHORT.items()}.get(key)
    return f"{key} ({short})" if short else key
