"""Findings about what the unit holds: firmware, board file, settings, calibration, logs."""

import re
from typing import Any

from preheat.doctor.about_line import restore_line, too_old
from preheat.doctor.facts import Facts, Unit
from preheat.doctor.finding import NOTE, PROBLEM, WARNING, Finding


def findings(unit: Unit, facts: Facts) -> list[Finding]:
    """Everything about the data of a unit that was reached."""
    return [
        *_firmware(unit, facts), *_lost(unit), *_unusable(unit), *_reused(unit), *_untuned(unit),
        *_calibration(unit, facts.today), *_logs(unit),
    ]


def _firmware(unit: Unit, facts: Facts) -> list[Finding]:
    hello = unit.hello
    deploy = _deploy(unit)
    found = []
    old = too_old(unit, (_numbers(hello.get("micropython")) + (0, 0))[:2])  # type: ignore[arg-type]
    if old:
        found.append(old)
    theirs, ours = hello.get("fw_hash"), facts.fw_hash
    if not theirs:
        found.append(Finding(
            PROBLEM, "firmware", "the unit does not know which firmware it has",
            "a deploy broke off, or its files were changed by hand: it refuses to start", deploy,
        ))  # fmt: skip
    elif theirs != ours:
        version = hello.get("fw")
        newer = _numbers(version) > _numbers(facts.toolkit)
        same = version == facts.toolkit
        what = "newer than" if newer else "not that of" if same else "older than"
        found.append(Finding(
            WARNING, "firmware",
            f"the unit runs firmware {version} ({theirs}), this toolkit holds {facts.toolkit} "
            f"({ours})", f"the firmware is {what} this toolkit",
            f"install the newer toolkit, or go back with {deploy}" if newer else deploy,
        ))  # fmt: skip
    return found


def _deploy(unit: Unit, board: str = "") -> str:
    """The line that deploys; with the consent that the unit asks for where it cannot know."""
    what = f" --board {board}" if board else ""
    probes = unit.status.get("probes", ())
    if probes and all(row[3] is None for row in probes):
        return f"`preheat deploy{what} --port {unit.port}`"
    return (f"`preheat deploy{what} --yes --port {unit.port}` (--yes since no probe of it can "
            "tell that it is cold: see that it is)")


def _numbers(version: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(version or ""))[:3])


def _lost(unit: Unit) -> list[Finding]:
    """Board file or settings that are not there: lost, if they were seen before."""
    hello, last = unit.hello, unit.memory
    board, own = bool(hello.get("board_hash")), bool(hello.get("settings_hash"))
    if board and own:
        return []
    had = [word for word, there, before in (
        ("board file", board, last and last.board_hash),
        ("settings", own, last and last.settings_hash),
    ) if not there and before]  # fmt: skip
    name = (last.board if last else "") or "NAME"
    deploy = _deploy(unit, name)
    if had:
        steps = [] if board else [deploy]
        steps.append(restore_line(unit) or f"no backup of it is on this computer: `preheat unit "
                     f"name {unit.name or 'NAME'} --port {unit.port}`, then tune and calibrate")
        return [Finding(
            PROBLEM, "filesystem",
            f"{unit.name or 'the unit'} had {' and '.join(had)} when it was last seen, and now "
            f"has {'none' if len(had) == 2 else 'no ' + had[0]}",
            "its file system was re-created or lost files: name, model, calibration and profiles "
            "are gone with it", ", then ".join(steps),
        )]  # fmt: skip
    if not board:
        return [Finding(PROBLEM, "no_board", "the unit has no board file",
                        "it does not know its pins and refuses to heat", deploy)]
    return [Finding(
        WARNING, "no_settings", "the unit has no settings",
        "it works without a name, a model and a calibration",
        f"`preheat unit name NAME --port {unit.port}`, then `preheat tune`",
    )]  # fmt: skip


def _unusable(unit: Unit) -> list[Finding]:
    if not unit.unusable:
        return []
    more = len(unit.unusable) - 1
    back = restore_line(unit)
    return [Finding(
        PROBLEM, "settings", f"the unit's settings cannot be used: {unit.unusable[0]}"
        + (f" (and {more} more)" if more else ""),
        "they are of another version or damaged: it heats nothing until it has good ones",
        (f"{back}, or " if back else "") + f"`preheat config push FILE --port {unit.port}`, then "
        "`preheat clear`",
    )]  # fmt: skip


def _reused(unit: Unit) -> list[Finding]:
    if not unit.reused:
        return []
    back = restore_line(unit) or "pull and compare its settings: `preheat config show`"
    return [Finding(
        WARNING, "run_numbers",
        f"the unit has another run {unit.reused[0]} than the one whose log is here",
        "its run numbers began again: its file system was re-created since that log was pulled",
        f"{back} shows what else differs; logs of the same number are kept apart here",
    )]  # fmt: skip


def _untuned(unit: Unit) -> list[Finding]:
    if unit.settings is None or unit.settings.get("model"):
        return []
    return [Finding(NOTE, "untuned", "the unit has no model", "it controls slowly and carefully",
                    "`preheat tune` on a scrap board")]


def _calibration(unit: Unit, today: str) -> list[Finding]:
    found = []
    for row in (unit.settings or {}).get("calibration", ()):
        due = row.get("due")
        if isinstance(due, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", due) and due < today:
            found.append(Finding(
                WARNING, "calibration", f"the calibration of probe {row['probe']} was due {due}",
                "the reading may have drifted since; runs go on, and their logs say so",
                f"`preheat calibrate` probe {row['probe']} again",
            ))  # fmt: skip
    return found


def _logs(unit: Unit) -> list[Finding]:
    left = [row for row in unit.logs if not row[4]]
    if not left:
        return []
    size_kb = sum(row[2] for row in left) / 1024
    kinds = [f"{sum(row[0] == kind for row in left)} {kind}s" for kind in ("log", "incident")]
    return [Finding(
        NOTE, "not_pulled", f"{' and '.join(kinds)} ({size_kb:.0f} KB) were never pulled",
        "they are the only copy, and they fill the flash: a full one refuses to start",
        f"`preheat log pull --all --port {unit.port}`",
    )]  # fmt: skip
