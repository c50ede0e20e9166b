"""`unit backup` and `unit restore`: everything that is a unit's own, as one file, and back."""

import sys
from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option, port_option, unit_link

OTHER = "other unit"


@click.command()
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False), metavar="FILE",
              help="File to write (default: a new one in preheat's own folder).")  # fmt: skip
@port_option
@json_option
def backup(target: "str | None", port: "str | None", as_json: bool) -> None:
    """Save settings, board file, profiles and the start button's profile of a unit in one file.

    Read back before it counts; nothing is ever overwritten. Logs are not in it: pull them.
    """
    from preheat import backup as saving
    from preheat import backupcontent, backupfile, backupplain, backupprompt
    from preheat.connect import resolve
    from preheat.errors import Refused, ServiceMode

    output = Output(as_json)
    try:
        with unit_link(port, output) as link:
            content = saving.read(link)
    except ServiceMode:
        output.note("the board is at its MicroPython prompt: its files are read there")
        content = backupprompt.at_prompt(resolve(port).port)
    if backupcontent.is_empty(content):
        raise Refused("there is nothing of a unit's own on this board: no settings, board or "
                      "profile", "see `preheat doctor`", code="missing")
    path = backupfile.save(content, Path(target) if target else None)
    folder = backupplain.lay_out(content, path)
    for note in content["notes"]:
        output.note(note)
    left = [row for key in ("logs", "incidents") for row in content[key] if not row[3]]
    if left and content["made"]["way"] == "line":
        output.note(f"{len(left)} logs and incidents that nobody has pulled are not in it: "
                    "`preheat log pull --all`")
    if folder:
        output.note(f"files on it that are not preheat's are in {folder}")
    output.say(f"{content['unit']['name']} is saved in {path}: {_summary(content)}")
    output.document({
        "file": str(path), "files": str(folder) if folder else None, "unit": content["unit"],
        "settings": content["settings"] is not None,
        "board": content["unit"].get("board"), "profiles": sorted(content["profiles"]),
        "armed": content["armed"], "not_pulled": len(left), "notes": content["notes"],
    })  # fmt: skip


@click.command()
@click.argument("which", metavar="FILE|last")
@click.option("--yes", is_flag=True, help="Go on without asking (not for another unit's backup).")
@port_option
@json_option
def restore(which: str, yes: bool, port: "str | None", as_json: bool) -> None:
    """Put a backup back: a FILE, or the `last` one of the unit at the port.

    The whole file is checked first, then what would change is shown. Profiles that are only in
    the unit stay. The board file is not sent: `preheat deploy` brings it.
    """
    from preheat import backupfile
    from preheat import restore as putting
    from preheat.connect import resolve
    from preheat.errors import ServiceMode
    from preheat.units import left_to_clear

    output = Output(as_json)
    found = None if which == "last" else backupfile.load(Path(which))
    try:
        with unit_link(port, output) as link:
            found = found or putting.find(which, str(link.hello.get("uid") or ""))
            todo = putting.plan(link, found)
            _show(todo, output)
            if todo.changes:
                _ask(todo, yes)
            done = putting.apply(link, todo, lambda what: output.note(f"{what} …"))
            hint = left_to_clear(link) if todo.settings else None
    except ServiceMode as err:
        target = resolve(port)
        if found is None and target.unit is not None:
            found = backupfile.newest(target.unit.uid)
        if found is None or found.content["board"] is None:
            raise
        line = putting.deploy_line(found, target.port)
        raise ServiceMode(err.message, f"first {line}, then restore again", err.seen) from err
    if hint:
        output.note(hint)
    output.say(f"{found.name}: {', '.join(done)} restored from {found.path}" if done
               else f"the unit has everything that is in {found.path}")  # fmt: skip
    output.document({
        "file": str(found.path), "unit": found.name, "other_unit": todo.other_unit,
        "changed": done, "left_out": list(todo.left_out), "notes": list(todo.notes),
        "differences": [{"path": p, "unit": unit, "file": own} for p, unit, own in todo.rows],
    })  # fmt: skip


def _summary(content: dict[str, Any]) -> str:
    count = len(content["profiles"])
    return ", ".join((
        "settings" if content["settings"] else "no settings",
        f"board {content['unit'].get('board')}" if content["board"] else "no board file",
        f"{count} profile{'' if count == 1 else 's'}",
    ))  # fmt: skip


def _show(todo: Any, output: Output) -> None:
    if todo.rows:
        output.table(("what", "unit", "backup"), todo.rows)
    for line in todo.left_out:
        output.note(f"left out: {line}")
    for line in todo.notes:
        output.note(line)


def _ask(todo: Any, yes: bool) -> None:
    from preheat.cli.deploy import typed
    from preheat.cli.run import wait_for_enter
    from preheat.errors import Refused

    if todo.other_unit:
        warning = (
            f"this is the backup of another unit, {todo.backup.name} (chip id {todo.backup.uid}): "
            "its calibration and its model were measured there"
        )
        print(f"{warning}.", file=sys.stderr)
        asked = sys.stdin.isatty() and typed(f'type "{OTHER}" to go on: ', OTHER)
        if not asked:
            raise Refused(f"{warning}; nothing was sent",
                          f'type "{OTHER}" at a terminal to go on, then tune and calibrate anew')
    elif not yes:
        wait_for_enter("restores this", "nothing was sent")
