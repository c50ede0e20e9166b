"""A dict of settings or a profile as TOML text that people can read and edit."""

import json
from typing import Any


def dumps(values: dict[str, Any]) -> str:
    """TOML of a dict of numbers, texts, flags, lists of them, tables and lists of tables.

    Plain keys come first, then tables, then lists of tables, each in the dict's own order;
    TypeError for anything else.
    """
    return "\n".join(_table(values, "")).strip() + "\n"


def _table(values: dict[str, Any], path: str) -> list[str]:
    lines = []
    later = []
    for key, value in values.items():
        where = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            later += ["", f"[{where}]", *_table(value, where)]
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
            for row in value:
                later += ["", f"[[{where}]]", *_table(row, where)]
        else:
            lines.append(f"{key} = {_value(value)}")
    return lines + later


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")
