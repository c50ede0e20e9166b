"""Findings about the way to the unit: who holds its port, and why it did not answer."""

import re
from typing import Any

from preheat.doctor import adapters
from preheat.doctor.facts import MACOS, Facts, Unit
from preheat.doctor.finding import NOTE, PROBLEM, WARNING, Finding
from preheat.errors import Refused, ServiceMode

_BANNER = re.compile(r"MicroPython v(\d+)\.(\d+)")


def findings(facts: Facts) -> list[Finding]:
    """Everything about reaching the unit; also that none was examined."""
    unit = facts.unit
    if unit is None:
        return [Finding(
            NOTE, "no_unit", f"no unit was examined: {facts.why_no_unit}",
            "unknown ports are never opened, so the unit itself was not looked at",
            "name it: `preheat doctor --port PORT`",
        )]  # fmt: skip
    found = _names(unit, facts)
    if unit.through:
        found.append(Finding(
            NOTE, "owner", f"`preheat {unit.through}` owns {unit.port}; it was asked through that",
            "all verbs go through that window while it is open", "nothing",
        ))  # fmt: skip
    if unit.restarted:
        found.append(Finding(
            WARNING, "restarted", f"opening {unit.port} restarted the controller",
            "its reset line follows the port's control lines; a run before it has ended with it",
            "keep `preheat watch` open beside other verbs, or use another USB adapter",
        ))  # fmt: skip
    if unit.error is not None:
        found += _unreached(unit, facts)
    return found


def _names(unit: Unit, facts: Facts) -> list[Finding]:
    if facts.laptop.system != MACOS or not unit.port.startswith("/dev/tty."):
        return []
    better = unit.port.replace("/dev/tty.", "/dev/cu.", 1)
    return [Finding(
        WARNING, "tty_name", f"the port is named {unit.port}",
        "on macOS that name waits for a modem's carrier; the other name of the port does not",
        f"use --port {better}",
    )]  # fmt: skip


def _unreached(unit: Unit, facts: Facts) -> list[Finding]:
    error: Any = unit.error
    said = str(getattr(error, "seen", "") or "")
    old = _too_old_at_prompt(unit, said)
    if old:
        return [old]
    if isinstance(error, ServiceMode):  # it was heard, so nobody keeps it from us
        return [_at_prompt(unit, error, said)]
    if "in use by another" in error.message:
        who = ", ".join(unit.holders) or "a program that this user cannot see"
        return [Finding(PROBLEM, "busy", f"{unit.port} is in use by {who}",
                        "a port has one owner at a time", "end that program, then try again")]
    meaning = {
        Refused: "the unit is there, but this toolkit cannot work with it as it is",
    }.get(type(error), "the unit could not be examined; it turns its heat off without a host")
    if unit.holders and not said:
        meaning += (f"; {', '.join(unit.holders)} has the port open too, and takes what comes, "
                    "unless it is the bench of a virtual unit")
    code = "bootloader" if "waiting for download" in said else "no_answer"
    here = [f"{p.device} ({p.title or adapters.ids(p.vid or 0, p.pid or 0)})"
            for p in facts.laptop.ports if adapters.find(p.vid, p.pid) and p.device != unit.port]
    if here:
        meaning += "; known boards and adapters are at " + ", ".join(here)
    return [Finding(PROBLEM, code, error.message, meaning, error.fix or "see `preheat status`")]


def _at_prompt(unit: Unit, error: Any, said: str) -> Finding:
    seen = f"the board at {unit.port} is at its MicroPython prompt" + (
        f"; it said: {said[-160:]}" if said else ""
    )
    last = unit.memory
    if last is None or not last.settings_hash or "preheat: service mode" in said:
        return Finding(
            PROBLEM, "prompt", seen, "no firmware is running on it: it gives no heat", error.fix
        )
    board = last.board or unit.board or "NAME"
    back = restore_line(unit) or "name and tune it anew: no backup of it is here"
    return Finding(
        PROBLEM, "prompt", seen,
        f"{last.name or unit.name} is known here: it is in service mode, or its file system was "
        "re-created and firmware and settings are gone (RP2 boards do that without a word)",
        f"`preheat unit live`; if the prompt comes back: `preheat deploy --board {board} --port "
        f"{unit.port}`, then {back}",
    )


def restore_line(unit: Unit) -> str:
    """The command that puts the unit's data back; "" when there is no backup."""
    return f"`preheat unit restore last --port {unit.port}`" if unit.backup else ""


def _too_old_at_prompt(unit: Unit, said: str) -> "Finding | None":
    if "incompatible .mpy" in said:
        return Finding(
            PROBLEM, "bytecode", "the board said: incompatible .mpy file",
            "its MicroPython reads another version of compiled files than this toolkit makes",
            "flash MicroPython 1.29 (`preheat flash`), or `preheat deploy --source`",
        )
    banners = _BANNER.findall(said)
    return too_old(unit, (int(banners[-1][0]), int(banners[-1][1])) if banners else (0, 0))


def too_old(unit: Unit, version: tuple[int, int]) -> "Finding | None":
    """MicroPython older than the unit's board wants; None when it is not, or not known."""
    if version == (0, 0) or version >= unit.micropython_min:
        return None
    need = ".".join(str(part) for part in unit.micropython_min)
    return Finding(
        PROBLEM, "micropython", f"MicroPython {version[0]}.{version[1]} is on the board",
        f"{unit.board} needs {need} at least", f"flash {need} or newer: `preheat flash`",
    )
