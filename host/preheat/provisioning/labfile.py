"""lab.toml: which boards a lab provisions together, and what each is to become.

Checked like every other file: all problems at once, the files that it names included.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from preheat import tomlfiles
from preheat.errors import PreheatError
from preheat.flashing import images, ports
from preheat.flashing.guide import mcu_of
from preheat.provisioning import plan as plans
from preheat.provisioning.plan import Plan
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
_KEYS = tuple(field.key for field in _WHAT)


def load(path: "str | Path") -> list[Plan]:
    """The plans of a lab file, those for attached boards last; UsageError or Refused."""
    path = Path(path)
    data = tomlfiles.load(path)
    tomlfiles.refuse(check(data, path.parent), str(path))
    units = data.get("units", [])
    named = [plans.make(**_arguments(data, row, path.parent)) for row in units]
    if "attached" in data:
        named += _attached(data, path.parent, named)
    return named


def check(data: dict[str, Any], folder: Path) -> list[Problem]:
    """All problems of a loaded lab file; files that it names are looked up from `folder`."""
    found = fields.check_table(data, FIELDS)
    if found:
        return found
    for key in ("name", "port", "serial"):
        found += fields.repeats(data, "units", key)
    for i, row in fields.rows_of(data, "units"):
        where = f"units[{i}]"
        if ("port" in row) == ("serial" in row):
            found.append(Problem(f"{where}.port", row.get("port"),
                                 "there, or else `serial`: one of the two"))
        found += _check_board_named(data, row, where)
        found += _check_refs(row, where, data, folder)
    found += _check_refs(data.get("defaults", {}), "defaults", data, folder)
    if "attached" in data:
        found += _check_attached(data, folder)
    elif not data.get("units"):
        found.append(Problem("units", None, "at least one row, unless `attached` is there"))
    return found


def _check_board_named(data: dict[str, Any], row: dict[str, Any], where: str) -> list[Problem]:
    if _given(data, row, "board"):
        return []
    return [Problem(f"{where}.board", None, "a board file, here or in [defaults]", "add it")]


def _check_refs(
    row: dict[str, Any], where: str, data: dict[str, Any], folder: Path
) -> list[Problem]:
    """What is wrong with the files that a row names itself."""
    found: list[Problem] = []

    def tried(key: str, ref: str, use: Callable[[str], Any]) -> None:
        try:
            use(_near(ref, folder))
        except PreheatError as err:
            lines = getattr(err, "problems", ()) or (err.message,)
            found.extend(Problem(f"{where}.{key}", ref, f"usable, but {line}", err.fix)
                         for line in lines)

    if "board" in row:
        tried("board", row["board"], tomlfiles.load_host_facts)
    if "settings" in row:
        tried("settings", row["settings"], tomlfiles.load_settings)
    for ref in row.get("profiles", "").split():
        tried("profiles", ref, tomlfiles.load_profile)
    if "image" in row:
        board = _given(data, row, "board")
        with contextlib.suppress(PreheatError):  # told of where the board is named
            facts = board and tomlfiles.load_host_facts(_near(board, folder))
            values = board and tomlfiles.load_board(_near(board, folder))
            if values and facts:
                tried("image", row["image"],
                      lambda ref: images.load(ref, mcu_of(values), facts.micropython_min))
    return found


def _check_attached(data: dict[str, Any], folder: Path) -> list[Problem]:
    pattern, board = data["attached"], data.get("defaults", {}).get("board")
    found = []
    if pattern.count("{n}") != 1 or not plans.name_fits(pattern):
        found.append(Problem("attached", pattern, 'names for them, with one {n}: "bench-{n}"'))
    if board is None:
        return [*found, Problem("defaults.board", None, "the board that is attached", "add it")]
    with contextlib.suppress(PreheatError):  # told of where the board is named
        if not _own_ids(tomlfiles.load_host_facts(_near(board, folder))):
            found.append(Problem(
                "attached", pattern, "absent: this board is known by the USB id of an adapter "
                "only, which other devices have too", "name the ports in [[units]]"))
    return found


def _own_ids(facts: Any) -> list[tuple[int, int]]:
    """USB ids that belong to the chip itself."""
    return [usb for usb in facts.usb if usb[0] in ports.NATIVE_VIDS]


def _attached(data: dict[str, Any], folder: Path, named: list[Plan]) -> list[Plan]:
    """A plan for each attached board of the kind that no row names. Opens nothing."""
    arguments = _arguments(data, {"name": data["attached"]}, folder)
    ids = _own_ids(tomlfiles.load_host_facts(arguments["board"]))
    taken = {port.path for port in ports.attached() for plan in named
             if port.path == plan.port or plan.serial and port.serial == ports.plain(plan.serial)}
    found = [port for port in ports.attached() if port.usb in ids and port.path not in taken]
    return [
        plans.make(**{**arguments, "port": port.path, "serial": port.serial})
        for port in sorted(found, key=lambda port: (port.serial, port.path))
    ]


def _given(data: dict[str, Any], row: dict[str, Any], key: str) -> "str | None":
    """What a row says, or else the defaults."""
    return row.get(key, data.get("defaults", {}).get(key))


def _arguments(data: dict[str, Any], row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A row as the arguments of `plan.make`."""
    what = {key: _given(data, row, key) for key in _KEYS}
    refs = (what.pop("profiles") or "").split()
    return {
        "name": row["name"], "port": row.get("port"), "serial": row.get("serial", ""),
        "profiles": tuple(_near(ref, folder) for ref in refs),
        **{key: None if ref is None else _near(ref, folder) for key, ref in what.items()},
    }


def _near(ref: str, folder: Path) -> str:
    """A file's name as seen from the lab file's folder; other names as they are."""
    beside = folder / ref
    return str(beside) if beside.is_file() else ref
