"""A dict against a table of fields: every problem at once, each with path, value and way out.

The field tables (board, settings, profile) are the only place where keys, units, ranges and
defaults are written; the host, the device and docs/configuration.md all follow them.
"""

import json
from collections import namedtuple

REQUIRED = ("required",)  # a field without a default; a default of None means "may be absent"
UNKNOWN_MAX = 8  # unknown keys told of, in one table
_MISSING = ("missing",)
_NAME_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789-"


class Problem:
    """One thing wrong: `path` of the key, the `value` met, what is wanted, what to do about it.

    `value` is kept as short text, so a problem never holds on to what it complains about.
    """

    __slots__ = ("fix", "path", "value", "want")

    def __init__(self, path, value, want, fix=""):
        self.path = path
        self.value = shown(value)
        self.want = want
        self.fix = fix

    def __str__(self):
        text = "{} = {}: must be {}".format(self.path or "(file)", self.value, self.want)
        return text + "; " + self.fix if self.fix else text


# One key: `kind` number whole text name choice flag table rows refused; see the makers below.
# `low`/`high` bound a number, the length of a text or the count of rows, both inclusive. A tuple
# with names takes half the memory of an object, and there are a hundred.
Field = namedtuple(
    "Field", ("key", "kind", "low", "high", "unit", "default", "choices", "fields", "fix")
)


def number(key, low, high, unit, default=REQUIRED):
    return Field(key, "number", low, high, unit, default, (), (), "")


def whole(key, low, high, unit, default=REQUIRED):
    return Field(key, "whole", low, high, unit, default, (), (), "")


def text(key, most, default=REQUIRED):
    return Field(key, "text", 1, most, "", default, (), (), "")


def name(key, most, default=REQUIRED):
    return Field(key, "name", 1, most, "", default, (), (), "")


def choice(key, choices, default=REQUIRED, unit="", fix=""):
    return Field(key, "choice", None, None, unit, default, choices, (), fix)


def flag(key, default):
    return Field(key, "flag", None, None, "", default, (), (), "")


def table(key, fields, default=REQUIRED):
    return Field(key, "table", None, None, "", default, (), fields, "")


def rows(key, fields, low, high, default=REQUIRED, fix=""):
    return Field(key, "rows", low, high, "", default, (), fields, fix)


def refused(key, fix):
    """A key people try in this place although it belongs elsewhere; `fix` says where."""
    return Field(key, "refused", None, None, "", None, (), (), fix)


def shown(value):
    """A value as short text for a message; never raises, never recurses, never huge."""
    if value is _MISSING:
        return "missing"
    if value is None or isinstance(value, bool):
        return "true" if value else ("nothing" if value is None else "false")
    if isinstance(value, int):
        return str(value) if -(10**15) < value < 10**15 else "a huge number"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str):
        clean = "".join(c if 32 <= ord(c) < 0xD800 else "?" for c in value[:40])
        return '"' + clean + ('..."' if len(value) > 40 else '"')
    if isinstance(value, (list, tuple)):
        return "{} rows".format(len(value)) if len(value) != 1 else "1 row"
    return "a table" if isinstance(value, dict) else "a " + type(value).__name__


def is_number(value):
    """True for a finite int or float; a bool is not a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or value - value == 0  # inf and nan give nan


def rows_of(d, key):
    """The rows under `key` that are tables, as (index, row); empty if `d` has no such list."""
    value = d.get(key) if isinstance(d, dict) else None
    if not isinstance(value, (list, tuple)):
        return []
    return [(i, row) for i, row in enumerate(value) if isinstance(row, dict)]


def wanted(field):
    """What a field accepts, as words with range and unit."""
    kind = field.kind
    unit = " " + field.unit if field.unit else ""
    if kind == "number" or kind == "whole":
        article = "a number" if kind == "number" else "a whole number"
        return "{} {} to {}{}".format(article, field.low, field.high, unit)
    if kind == "choice":
        return "one of " + ", ".join(str(c) for c in field.choices) + unit
    if kind == "name":
        return "1 to {} characters a-z 0-9 -".format(field.high)
    if kind == "text":
        return "printable text of 1 to {} characters".format(field.high)
    if kind == "rows":
        if field.low == field.high:
            return "exactly {} row".format(field.low)
        return "{} to {} rows".format(field.low, field.high)
    return {"flag": "true or false", "table": "a table", "refused": "absent"}[kind]


def _is_text(value, field):
    if not isinstance(value, str) or not field.low <= len(value) <= field.high:
        return False
    if field.kind == "name":
        return all(c in _NAME_CHARS for c in value)
    for c in value:
        code = ord(c)
        if code < 32 or code == 127 or 0xD800 <= code <= 0xDFFF:
            return False
    return bool(value.strip())


def _fits(value, field):
    kind = field.kind
    if kind == "number" or kind == "whole":
        if not is_number(value) or (kind == "whole" and not isinstance(value, int)):
            return False
        return field.low <= value <= field.high
    if kind == "text" or kind == "name":
        return _is_text(value, field)
    if kind == "choice":  # by type too: 50.0 and true are not 50 and 1
        return type(value) is type(field.choices[0]) and value in field.choices
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "rows":
        return isinstance(value, (list, tuple)) and field.low <= len(value) <= field.high
    return kind == "table" and isinstance(value, dict)


def check_table(d, fields, path=""):
    """All problems of dict `d` against `fields`, in the table's order, unknown keys last."""
    if not isinstance(d, dict):
        return [Problem(path, d, "a table of keys and values")]
    found = []
    dot = path + "." if path else ""
    for field in fields:
        where = dot + field.key
        if field.key not in d:
            if field.default is REQUIRED:
                found.append(Problem(where, _MISSING, wanted(field), field.fix or "add it"))
            continue
        value = d[field.key]
        if not _fits(value, field):
            found.append(Problem(where, value, wanted(field), field.fix))
        if field.kind == "table" and isinstance(value, dict):
            found.extend(check_table(value, field.fields, where))
        elif field.kind == "rows" and isinstance(value, (list, tuple)):
            for i, row in enumerate(value[: field.high]):
                found.extend(check_table(row, field.fields, "{}[{}]".format(where, i)))
    known = [field.key for field in fields]
    names = ", ".join(field.key for field in fields if field.kind != "refused")
    extra = []
    for key in d:
        if key not in known and len(extra) < UNKNOWN_MAX:  # a hostile upload has thousands
            extra.append((shown(key if isinstance(key, str) else str(type(key))), d[key]))
    extra.sort(key=lambda pair: pair[0])  # a dict has no order of its own on the device
    for key, value in extra:
        want = "absent: the key is unknown"
        found.append(Problem(dot + key[1:-1], value, want, "known here: " + names))
    return found


def repeats(d, key, field_key):
    """Problems for rows of `d[key]` whose `field_key` repeats that of an earlier row."""
    found = []
    seen = []
    for i, row in rows_of(d, key):
        value = row.get(field_key)
        if isinstance(value, str) and value in seen:
            where = "{}[{}].{}".format(key, i, field_key)
            found.append(Problem(where, value, "used once", "rename one of the two"))
        seen.append(value)
    return found


def fill(d, fields):
    """A new dict: `d` (already checked) with every default filled in, at every depth."""
    out = {}
    for field in fields:
        value = d.get(field.key, field.default)
        if value is None or value is REQUIRED:
            continue
        if field.kind == "table":
            value = fill(value, field.fields)
        elif field.kind == "rows":
            value = [fill(row, field.fields) for row in value]
        out[field.key] = value
    return out


def _json(value):
    if isinstance(value, dict):
        pairs = [_json(key) + ":" + _json(value[key]) for key in sorted(value)]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_json(item) for item in value) + "]"
    if isinstance(value, str):  # by hand: the two Pythons' json escape text differently
        value = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if ord(c) > 31 else "\\u%04x" % ord(c) for c in value) + '"'
    if isinstance(value, float):
        if not is_number(value):
            raise ValueError("not a finite number")
        if value == int(value):
            value = int(value)  # 150.0 and 150 are the same job and give the same hash
    return json.dumps(value)


def canonical(d):
    """The one spelling of a dict as bytes: JSON, sorted keys, no spaces, UTF-8.

    ValueError for a number that is not finite.
    """
    return _json(d).encode()
