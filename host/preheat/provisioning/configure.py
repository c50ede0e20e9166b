"""What a unit that runs its app still needs: settings and profiles, sent only if it lacks them."""

from typing import Any

from preheat import transfer, units
from preheat.errors import VerifyError
from preheat_core import check
from preheat_core import settings as core_settings

DONE, UNCHANGED, SKIPPED = "done", "unchanged", "skipped"
_MEASURED = ("model", "calibration")  # on this very unit, so no file for many replaces them


def settings(link: Any, given: "dict[str, Any] | None", name: str) -> tuple[str, str]:
    """Bring the unit to the `given` settings under `name`; (result, note).

    None keeps what it has, or gives the defaults. A model and a calibration that were measured
    on the unit stay, unless the file has its own. Refused, VerifyError, DeviceLost.
    """
    hello = link.hello
    have = units.read_settings(link) if hello.get("settings_hash") else None
    values, kept = merged(given, have, name)
    digest = transfer.sha16(check.canonical(core_settings.normalise(values)))
    result = UNCHANGED
    if hello.get("settings_hash") != digest:
        units.push_settings(link, values)
        result = DONE
        now = link.request("hello")
        if now.get("settings_hash") != digest:
            raise VerifyError(f"the unit holds settings {now.get('settings_hash')}, not {digest}",
                              "run this again; if it stays so, the flash is worn")
    # Without usable settings the fault `config` was latched; they are there now.
    if link.request("status")["faults"] == ["config"]:
        link.request("clear")
        result = DONE
    return result, f"kept what was measured on it: {', '.join(kept)}" if kept else ""


def merged(
    given: "dict[str, Any] | None", have: "dict[str, Any] | None", name: str
) -> tuple[dict[str, Any], list[str]]:
    """Settings for the unit, and the names of the tables that stay although `given` lacks them."""
    if given is None:
        return {**(have or core_settings.default(name)), "name": name}, []
    values, kept = {**given, "name": name}, []
    for key in _MEASURED:
        if have and have.get(key) and not given.get(key):
            values[key] = have[key]
            kept.append(key)
    if have and "model" in kept:  # which controls by it
        values["strategy"] = have["strategy"]
    return values, kept


def profiles(link: Any, wanted: tuple[dict[str, Any], ...]) -> tuple[str, str]:
    """Store every profile that the unit does not have; (result, note)."""
    if not wanted:
        return SKIPPED, "none were named"
    sent = [values["name"] for values in wanted if units.push_profile(link, values)[1]]
    return (DONE, ", ".join(sent)) if sent else (UNCHANGED, "")


def held(link: Any, wanted: tuple[dict[str, Any], ...]) -> dict[str, str]:
    """Name and hash of every profile that the unit lists; VerifyError if a `wanted` one lacks."""
    there = {row[0]: str(row[1]) for row in transfer.items(link, "profile")}
    lost = [values["name"] for values in wanted if values["name"] not in there]
    if lost:
        raise VerifyError(f"the unit does not list {', '.join(lost)}", "run this again")
    return there
