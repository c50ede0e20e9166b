"""The content of a backup: built from what a unit stores, compared, and turned back into that."""

import base64
import time
from typing import Any

from preheat import backupfile
from preheat_core import board, check, profile, protocol, settings

Content = dict[str, Any]
Payloads = dict[str, bytes]


def payloads(content: Content) -> Payloads:
    """What a unit stored of a content: canonical JSON, as the toolkit sends it."""
    found = {f"{key}.json": content[key] for key in ("settings", "board") if content[key]}
    found.update({f"profiles/{name}.json": body for name, body in content["profiles"].items()})
    return {key: check.canonical(body) for key, body in found.items()}


def build(unit: Content, way: str, found: Payloads, armed: Any) -> Content:
    """A content of payloads by their names under /data. What cannot be used is kept raw."""
    content: Content = {
        "unit": {key: str(value) for key, value in unit.items() if value is not None},
        "made": {"epoch_s": int(time.time()), "by": backupfile.about_this_toolkit(), "way": way},
        "settings": None, "board": None, "profiles": {}, "armed": None, "latch": [],
        "logs": [], "incidents": [], "files": {}, "notes": [],
    }  # fmt: skip
    for key, data in sorted(found.items()):
        body = body_of(data)
        if key == "latch.json":
            content["latch"] = body if isinstance(body, list) else []
        elif key in ("settings.json", "board.json"):
            kind = settings if key == "settings.json" else board
            _keep(content, key, data, None if kind.check(body) else body)
        elif key.startswith("profiles/"):
            name = key.removeprefix("profiles/").removesuffix(".json")
            good = not profile.check(body) and body["name"] == name
            _keep(content, key, data, body if good else None)
    if armed in content["profiles"]:
        content["armed"] = armed
    elif armed is not None:
        content["notes"].append(f"the start button had {armed}, which is not stored any more")
    return content


def _keep(content: Content, key: str, data: bytes, body: Any) -> None:
    if body is None:
        content["files"][f"/data/{key}"] = base64.b64encode(data).decode()
        content["notes"].append(f"{key} did not pass its check: it is kept as it was, and no "
                                "restore sends it")
    elif key.startswith("profiles/"):
        content["profiles"][body["name"]] = body
    else:
        content[key.removesuffix(".json")] = body


def body_of(data: bytes) -> Any:
    """The value of a payload; None when it is no JSON."""
    try:
        return protocol.load_json(data)
    except ValueError:
        return None


def is_empty(content: Content) -> bool:
    """Whether there is nothing in it that a unit could call its own."""
    return not any(content[key] for key in ("settings", "board", "profiles", "files"))


def same(one: Content, other: Content) -> bool:
    """Whether two contents would restore the same."""
    return payloads(one) == payloads(other) and one["armed"] == other["armed"]
