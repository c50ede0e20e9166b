"""lab.toml: which boards a lab provisions together, and what each is to become.

Checked like every other file (`labcheck`); then no board may be meant twice.
"""

import contextlib
from pathlib import Path
from typing import Any

from preheat import tomlfiles
from preheat.errors import PreheatError, Refused
from preheat.flashing import ports
from preheat.provisioning import plan as plans
from preheat.provisioning.labcheck import KEYS, check, defaults_of, near
from preheat.provisioning.look import port_of
from preheat.provisioning.plan import Plan
from preheat.serialport import real_path


def load(path: "str | Path") -> list[Plan]:
    """The plans of a lab file, those for attached boards last; UsageError or Refused."""
    path = Path(path)
    data = tomlfiles.load(path)
    tomlfiles.refuse(check(data, path.parent), str(path))
    units = data.get("units", [])
    named = [plans.make(**_arguments(data, row, path.parent)) for row in units]
    taken = _taken(named, str(path))
    if "attached" in data:
        named += _attached(data, path.parent, taken)
    return named


def _taken(named: list[Plan], path: str) -> set[str]:
    """The real paths of the ports that rows name; Refused where two rows mean the same port.

    A board that is not there yet has none: that is told when its turn comes.
    """
    at: dict[str, str] = {}
    twice = []
    for row in named:
        with contextlib.suppress(PreheatError):
            port = port_of(row)
            real = real_path(port) if port else ""
            if real and at.setdefault(real, row.name) != row.name:
                twice.append(f"{row.name}: is at {real}, like {at[real]}")
    if twice:
        raise Refused(f"{path} means one board twice; nothing was opened",
                      "one row a board: by its port or by its serial number", "check", twice)
    return set(at)


def _attached(data: dict[str, Any], folder: Path, taken: set[str]) -> list[Plan]:
    """A plan for each attached board of the kind that no row names. Opens nothing."""
    arguments = _arguments(data, {"name": data["attached"]}, folder)
    ids = plans.own_ids(tomlfiles.load_host_facts(arguments["board"]))
    found = [port for port in ports.attached()
             if port.usb in ids and real_path(port.path) not in taken]
    return [
        plans.make(**{**arguments, "port": port.path, "serial": port.serial})
        for port in sorted(found, key=lambda port: (port.serial, port.path))
    ]


def _arguments(data: dict[str, Any], row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A row as the arguments of `plan.make`."""
    whole = {**defaults_of(data), **row}
    what = {key: whole.get(key) for key in KEYS}
    refs = (what.pop("profiles") or "").split()
    return {
        "name": row["name"], "port": row.get("port"), "serial": row.get("serial", ""),
        "profiles": tuple(near(ref, folder) for ref in refs),
        **{key: None if ref is None else near(ref, folder) for key, ref in what.items()},
    }
