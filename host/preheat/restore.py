"""Puts a backup back onto a unit: looked at as a whole first, then sent by the checked ways.

Settings and profiles go over the line; the board file travels only with deploy (docs/decisions,
0003). What breaks off in the middle leaves every file either old or new, and can be done again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import backupfile, paths, quoted, tomlfiles, transfer, units
from preheat.backupfile import Backup
from preheat.errors import PreheatError, Refused, UsageError
from preheat.ownership import claim_args
from preheat.tomltext import dumps
from preheat_core import board, check, profile, settings

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a restore would do.

    rows: (path, in the unit, in the backup) of everything that changes. settings: to send, or
    None. profiles: to send. arm: the profile to give to the start button, or None; disarm: it has
    another one, or an old version, meanwhile. left_out and notes: sentences for the user.
    """

    backup: Backup
    other_unit: bool
    rows: tuple[tuple[str, Any, Any], ...]
    settings: "dict[str, Any] | None"
    profiles: tuple[dict[str, Any], ...]
    arm: "str | None"
    disarm: bool
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.settings or self.profiles or self.arm)


def find(which: str, uid: str) -> Backup:
    """The backup meant by a path or by `last` (the newest of the unit `uid`).

    UsageError when there is none, Refused with every problem when it is damaged.
    """
    if which != "last":
        return backupfile.load(Path(which))
    backup = backupfile.newest(uid)
    if backup is None:
        raise UsageError(
            f"there is no backup of this unit (chip id {uid}) in {paths.backups_dir()}",
            "name a file; `preheat unit backup` makes one",
        )
    return backup


def plan(link: Any, backup: Backup) -> Plan:
    """Compare a checked backup with the unit at this link; nothing is sent.

    Refused when the unit has another board file or none (its `fix` is the line that deploys the
    right one), and with all problems when the settings do not fit it. A profile that does not fit
    is left out, and said.
    """
    content = backup.content
    on = _same_board(link, backup)
    now = _own_settings(link)
    wanted = content["settings"] and settings.normalise(content["settings"])
    if wanted:
        problems = [f"settings: {row}" for row in settings.check_for(wanted, on)]
        if problems:
            raise Refused("the backup's settings do not fit this unit's board; nothing was sent",
                          "push a settings file that fits it", "check", problems)
    rows = [] if not wanted else [
        (f"settings.{path}", there, here)
        for path, there, here in units.differences(now or {}, wanted)
    ]  # fmt: skip
    judged = wanted or now or settings.default("unnamed")
    to_send, left_out = _profiles(link, content["profiles"], on, judged, rows)
    armed = link.request("status").get("armed")
    sent = [body["name"] for body in to_send]
    disarm = armed is not None and armed in sent
    arm = None if content["armed"] in left_out else content["armed"]
    if arm == armed and not disarm:
        arm = None
    elif arm != armed and (arm or disarm):
        rows.append(("start button", armed, arm))
    return Plan(
        backup, str(link.hello.get("uid") or "") != backup.uid, tuple(rows),
        wanted if wanted and wanted != now else None, tuple(to_send), arm, disarm,
        tuple(f"profile {name}: {why}" for name, why in left_out.items()), _notes(content),
    )


def _own_settings(link: Any) -> "dict[str, Any] | None":
    """The unit's settings, normalised; None too for such as cannot be used: they are replaced."""
    try:
        own = units.read_settings(link)
    except Refused as refusal:
        if refusal.code != "check":
            raise
        return None
    return own and settings.normalise(own)


def _profiles(
    link: Any, stored: dict[str, Any], on: dict[str, Any], judged: dict[str, Any], rows: list[Any]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """(profiles to send, {name of one that is left out: why}); differences go to `rows`."""
    there = dict(row[:2] for row in transfer.items(link, "profile"))
    to_send, left_out = [], {}
    for name, body in sorted(stored.items()):
        body = profile.normalise(body)
        if there.get(name) == transfer.sha16(check.canonical(body)):
            continue
        problems = units.check_profile_with(body, on, judged)
        if problems:
            left_out[name] = str(problems[0])
            continue
        to_send.append(body)
        rows.append((f"profile {name}", "another" if name in there else None, "as in the backup"))
    return to_send, left_out


def _same_board(link: Any, backup: Backup) -> dict[str, Any]:
    """The unit's board, which is the backup's; Refused with the way to deploy it otherwise."""
    theirs = backup.content["board"]
    try:
        ours = units.read_stored(link, "board", "board")
    except Refused as refusal:
        if refusal.code != "missing":
            raise
        ours = None
    if ours is not None and not board.check(ours):
        ours = board.normalise(ours)
        if theirs is None or ours == board.normalise(theirs):
            return ours
    if theirs is None:
        raise Refused("neither the unit nor the backup has a board file; nothing was sent",
                      "`preheat deploy --board NAME|FILE`, then restore", "check")
    what = "the unit has no board file" if ours is None else "the unit has another board file"
    raise Refused(
        f"{what} than the backup's; nothing was sent" if ours else f"{what}; nothing was sent",
        f"{deploy_line(backup, link.port)}, then restore again", "check",
    )


def deploy_line(backup: Backup, port: str) -> str:
    """The command that deploys the backup's board, which is written out unless it is stock."""
    values = board.normalise(backup.content["board"])
    ref = values["name"]
    try:
        stock = tomlfiles.load_board(ref) == values
    except PreheatError:
        stock = False
    if not stock:
        path = paths.backups_dir() / f"{ref}-{transfer.sha16(check.canonical(values))[:8]}.toml"
        path.write_text(dumps(values), encoding="utf-8", newline="\n")
        ref = str(path)
    return f"`{quoted.command('preheat', 'deploy', '--board', ref, '--port', port)}`"


def _notes(content: dict[str, Any]) -> tuple[str, ...]:
    notes = list(content["notes"])
    if content["latch"]:
        codes = ", ".join(str(row[0]) for row in content["latch"] if isinstance(row, list) and row)
        notes.append(f"faults were latched then ({codes}); a restore latches and clears none")
    return tuple(notes)


def apply(link: Any, todo: Plan, tell: Tell = lambda text: None) -> list[str]:
    """Send what the plan names; what was sent, in order. Each step stores one whole file.

    Refused, VerifyError and DeviceLost leave the rest as it was: restore again.
    """
    done: list[str] = []

    def step(what: str) -> None:
        tell(what)
        done.append(what)

    if todo.settings:
        units.need_free_name(link, todo.settings["name"])
    if todo.disarm:  # before its profile changes: the button never starts what nobody chose
        link.request("disarm", **claim_args(link))
    if todo.settings:
        step("settings")
        units.push_settings(link, todo.settings)
        units.remember(link, todo.settings["name"])
    for body in todo.profiles:
        step(f"profile {body['name']}")
        units.push_profile(link, body)
    if todo.arm:
        step("start button")
        digest = transfer.describe(link, "profile", todo.arm)[1]
        link.request("arm", profile=todo.arm, hash=digest, **claim_args(link))
    return done

