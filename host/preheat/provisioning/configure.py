"""What a unit that runs its app still needs: settings and profiles, sent only if it lacks them."""

from typing import Any

from preheat import backup, backupcontent, transfer, units
from preheat.errors import Refused, VerifyError
from preheat_core import check
from preheat_core import settings as core_settings

DONE, UNCHANGED, SKIPPED = "done", "unchanged", "skipped"
_MEASURED = ("model", "calibration")  # on this very unit, so no file for many replaces them


def settings(link: Any, given: "dict[str, Any] | None", name: str) -> tuple[str, str]:
    """Bring the unit to the `given` settings under `name`; (result, note).

    None keeps what it has, or gives the defaults. A model and a calibration that were measured
    on the unit stay, unless the file has its own. Refused, also where it has settings that cannot
    be used and none are given; VerifyError, DeviceLost.
    """
    hello = link.hello
    have, lost = (_present(link, given) if hello.get("settings_hash") else (None, ""))
    values, kept = merged(given, have, name)
    dropped = [key for key in _MEASURED if have and have.get(key) and key not in kept
               and given and not given.get(key)]
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
    notes = [f"kept what was measured on it: {', '.join(kept)}"] if kept else []
    notes += [lost] if lost else []
    notes += [f"not kept, since it cannot be used: {', '.join(dropped)}"] if dropped else []
    return result, "; ".join(notes)


def _present(link: Any, given: Any) -> "tuple[dict[str, Any] | None, str]":
    """The unit's settings and what is to be said of them.

    Unusable ones give way to given ones, but for what was measured and still makes sense.
    """
    try:
        return units.read_settings(link), ""
    except Refused as refusal:
        if refusal.code != "check":
            raise
        if given is None:
            raise Refused(refusal.message, f"name good ones with --settings; or {refusal.fix}",
                          refusal.code, refusal.problems) from refusal
        backup.keep(link)  # they are in it as they are
        body = backupcontent.body_of(transfer.fetch(link, "settings", "settings"))
        return (body if isinstance(body, dict) else None), (
            f"its settings could not be used and were replaced ({refusal.problems[0]})")


def merged(
    given: "dict[str, Any] | None", have: "dict[str, Any] | None", name: str
) -> tuple[dict[str, Any], list[str]]:
    """Settings for the unit, and the names of the tables that stay although `given` lacks them.

    With `given`, of `have` only what passes the check together with it is taken.
    """
    if given is None:
        return {**(have or core_settings.default(name)), "name": name}, []
    values, kept = {**given, "name": name}, []
    for key in _MEASURED:
        if not have or not have.get(key) or given.get(key):
            continue
        own = {key: have[key]}
        if key == "model" and "strategy" in have:  # which controls by it
            own["strategy"] = have["strategy"]
        if not core_settings.check({**values, **own}):
            values.update(own)
            kept.append(key)
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
