"""What is wrong in a lab.toml, the files that it names included: all of it at once.

A row that is not even a table, or a value of the wrong kind, keeps nothing else from being told.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from preheat import tomlfiles
from preheat.errors import PreheatError
from preheat.flashing import images
from preheat.flashing.guide import mcu_of
from preheat.provisioning import plan as plans
from preheat_core import check as fields
from preheat_core.check import Problem

_WHAT = (
    fields.text("board", 200, None),
    fields.text("image", 400, None),
    fields.text("settings", 400, None),
    fields.text("profiles", 400, None),
)
UNIT_FIELDS = (
    fields.name("name", 24),
    fields.text("port", 200, None),
    fields.text("serial", 80, None),
    *_WHAT,
)
FIELDS = (
    fields.choice("schema", (1,)),
    fields.text("attached", 24, None),
    fields.table("defaults", _WHAT, {}),
    fields.rows("units", UNIT_FIELDS, 0, 64, ()),
)
KEYS = tuple(field.key for field in _WHAT)


def check(data: dict[str, Any], folder: Path) -> list[Problem]:
    """All problems of a loaded lab file; files that it names are looked up from `folder`."""
    found = fields.check_table(data, FIELDS)
    for key in ("name", "port", "serial"):
        found += fields.repeats(data, "units", key)
    defaults = _texts(data.get("defaults"))
    places = [("defaults", defaults, defaults)]
    for i, row in fields.rows_of(data, "units"):
        where, own = f"units[{i}]", _texts(row)
        if ("port" in row) == ("serial" in row):
            found.append(Problem(f"{where}.port", row.get("port"),
                                 "there, or else `serial`: one of the two"))
        if "board" not in {**defaults_of(data), **row}:
            found.append(Problem(f"{where}.board", None, "a board file, here or in [defaults]",
                                 "add it"))
        places.append((where, own, {**defaults, **own}))
    judged: set[tuple[str, str | None]] = set()
    for where, own, whole in places:
        found += _check_refs(where, own, folder)
        is_used = where != "defaults" or "attached" in data or not data.get("units")
        if is_used and "image" in whole:
            pair = (whole["image"], whole.get("board"))
            if pair not in judged:
                judged.add(pair)
                at = where if "image" in own or "board" in own else "defaults"
                found += _check_image(f"{at}.image", *pair, folder)
    if "attached" in data:
        found += _check_attached(data["attached"], defaults, folder)
    elif not data.get("units"):
        found.append(Problem("units", None, "at least one row, unless `attached` is there"))
    return found


def defaults_of(data: dict[str, Any]) -> dict[str, Any]:
    """The table of defaults; empty where there is none, or something else is in its place."""
    defaults = data.get("defaults")
    return defaults if isinstance(defaults, dict) else {}


def _texts(row: Any) -> dict[str, str]:
    """What a table says of KEYS, without what is no text: that is told of elsewhere."""
    if not isinstance(row, dict):
        return {}
    return {key: row[key] for key in KEYS if isinstance(row.get(key), str)}


def _check_refs(where: str, own: dict[str, str], folder: Path) -> list[Problem]:
    """What is wrong with the board, settings and profiles that a row names itself."""
    found: list[Problem] = []
    if "board" in own:
        found += _tried(f"{where}.board", own["board"], folder, _load_board)
    if "settings" in own:
        found += _tried(f"{where}.settings", own["settings"], folder, tomlfiles.load_settings)
    for ref in own.get("profiles", "").split():
        found += _tried(f"{where}.profiles", ref, folder, tomlfiles.load_profile)
    return found


def _check_image(where: str, image: str, board: "str | None", folder: Path) -> list[Problem]:
    """What is wrong with an image; without a usable board, whether there is such a file."""
    try:
        values, facts = _load_board(near(board or "", folder))
    except PreheatError:  # told of where the board is named
        return _tried(where, image, folder, images.read)
    return _tried(where, image, folder,
                  lambda ref: images.load(ref, mcu_of(values), facts.micropython_min, values))


def _load_board(ref: str) -> tuple[dict[str, Any], Any]:
    return tomlfiles.load_board(ref), tomlfiles.load_host_facts(ref)


def _tried(where: str, ref: str, folder: Path, use: Callable[[str], Any]) -> list[Problem]:
    try:
        use(near(ref, folder))
    except PreheatError as err:
        lines = getattr(err, "problems", ()) or (err.message,)
        return [Problem(where, ref, f"usable, but {line}", err.fix) for line in lines]
    return []


def _check_attached(pattern: Any, defaults: dict[str, str], folder: Path) -> list[Problem]:
    found = []
    if not isinstance(pattern, str) or pattern.count("{n}") != 1 or not plans.name_fits(pattern):
        found.append(Problem("attached", pattern, 'names for them, with one {n}: "bench-{n}"'))
    if "board" not in defaults:
        return [*found, Problem("defaults.board", None, "the board that is attached", "add it")]
    try:
        facts = tomlfiles.load_host_facts(near(defaults["board"], folder))
    except PreheatError:  # told of where the board is named
        return found
    if not plans.own_ids(facts):
        found.append(Problem(
            "attached", pattern, "absent: this board is known by the USB id of an adapter only, "
            "which other devices have too", "name the ports in [[units]]"))
    return found


def near(ref: str, folder: Path) -> str:
    """A file's name as seen from the lab file's folder; other names as they are."""
    beside = folder / ref
    return str(beside) if beside.is_file() else ref
