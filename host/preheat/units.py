"""What the toolkit asks of and sends to a unit: its settings, board, profiles, and its name.

Everything is checked here with the device's own checkers before the first byte is sent.
"""

import contextlib
import json
from collections.abc import Callable
from typing import Any

from preheat import transfer
from preheat.errors import Refused, VerifyError
from preheat.registry import Registry
from preheat.tomlfiles import refuse
from preheat_core import check, feasible, limits, profile, protocol, settings

Progress = Callable[[int, int], None]


def read_stored(link: Any, kind: str, name: str) -> dict[str, Any]:
    """A stored settings, board or profile as a dict; Refused (missing) when there is none."""
    data = transfer.fetch(link, kind, name)
    try:
        return json.loads(data)
    except ValueError as error:
        raise VerifyError(
            f"the unit's {kind} {name!r} is not readable JSON ({error})",
            "deploy and push it again",
        ) from error


def read_settings(link: Any) -> "dict[str, Any] | None":
    """The unit's settings; None when it has none yet. Refused (check) as `checked_settings`."""
    try:
        data = transfer.fetch(link, "settings", "settings")
    except Refused as refusal:
        if refusal.code == "missing":
            return None
        raise
    return checked_settings(data)


def checked_settings(data: bytes) -> dict[str, Any]:
    """Settings as a unit stores them, if this toolkit understands all of them; else Refused.

    To take others for none, or to leave out what is not understood, would lose a calibration.
    """
    values: Any = None
    with contextlib.suppress(ValueError):
        values = protocol.load_json(data)
    problems = settings.check(values)
    if problems:
        raise Refused("this toolkit does not understand the unit's settings",
                      "bring both to one version (`preheat deploy`), then send good ones: "
                      "`preheat config push FILE`, or `preheat unit restore last`",
                      "check", [str(row) for row in problems])
    return values


def push_settings(link: Any, values: dict[str, Any], progress: "Progress | None" = None) -> str:
    """Check settings and store them in the unit; returns their hash."""
    refuse(settings.check(values), "the settings")
    board = read_stored(link, "board", "board")
    refuse(settings.check_for(values, board), "the settings, on this unit's board,")
    data = check.canonical(settings.normalise(values))
    return transfer.put(link, "settings", "settings", data, progress)


def check_profile_on(link: Any, values: dict[str, Any]) -> list[Any]:
    """All problems of a profile on the unit as it is: its board file, its settings."""
    board = read_stored(link, "board", "board")
    return check_profile_with(values, board, read_settings(link) or settings.default("unnamed"))


def check_profile_with(
    values: dict[str, Any], board: dict[str, Any], unit_settings: dict[str, Any]
) -> list[Any]:
    """All problems of a profile with this board and these settings."""
    problems = limits.check_profile(values, board, unit_settings)
    return problems or feasible.problems(
        profile.normalise(values), board, settings.normalise(unit_settings)
    )


def push_profile(
    link: Any, values: dict[str, Any], progress: "Progress | None" = None
) -> tuple[str, bool]:
    """Store a checked profile unless the unit has the very same; returns (hash, was sent)."""
    refuse(check_profile_on(link, values), f"profile {values.get('name')}")
    data = check.canonical(profile.normalise(values))
    digest = transfer.sha16(data)
    name = values["name"]
    if any(row[:2] == [name, digest] for row in transfer.items(link, "profile")):
        return digest, False
    return transfer.put(link, "profile", name, data, progress), True


def differences(ours: Any, theirs: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Every value that differs between two nested dicts, as (path, ours, theirs), sorted."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = []
        for key in sorted(set(ours) | set(theirs)):
            where = f"{path}.{key}" if path else str(key)
            found += differences(ours.get(key), theirs.get(key), where)
        return found
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        found = []
        for i, (mine, other) in enumerate(zip(ours, theirs)):
            found += differences(mine, other, f"{path}[{i}]")
        return found
    return [] if ours == theirs else [(path, ours, theirs)]


def left_to_clear(link: Any) -> "str | None":
    """What a unit that had no usable settings still waits for after it got them; None if nothing.

    The fault stays latched until a person clears it, also when its cause is gone.
    """
    if "config" in link.request("status")["faults"]:
        return "the unit still shows the fault `config`: clear it with `preheat clear`"
    return None


def need_free_name(link: Any, name: str) -> None:
    """UsageError when another unit has this name; asked before the name goes into the unit."""
    Registry().need_free(name, str(link.hello.get("uid") or ""))


def remember(link: Any, name: str) -> None:
    """Note the unit at this link under a name in this computer's registry."""
    hello = link.hello
    Registry().add(name, link.port, str(hello.get("uid") or ""), str(hello.get("board") or ""))
