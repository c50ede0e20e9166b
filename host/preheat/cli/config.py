"""`config`: the settings of one unit (name, gains, model, calibration), in it and as a file."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option, port_option, unit_link, write_text

FILE = click.argument("file", type=click.Path(dir_okay=False))


@click.group()
def config() -> None:
    """Check, show and send a unit's settings."""


@config.command()
@FILE
@json_option
def check(file: str, as_json: bool) -> None:
    """Check a settings FILE and list every problem. Needs no unit."""
    from preheat import tomlfiles
    from preheat.calibration import dates

    output = Output(as_json)
    values = tomlfiles.load(file)
    report_problems(tomlfiles.check_settings(values), file, output)
    for sentence in dates.overdue(values.get("calibration", ())):
        output.note(sentence)


@config.command()
@port_option
@json_option
def show(port: "str | None", as_json: bool) -> None:
    """Show the unit's settings, as TOML."""
    output = Output(as_json)
    values = _from_unit(port, output)
    output.say(_as_toml(values).rstrip())
    output.document(values)


@config.command()
@FILE
@port_option
@json_option
def diff(file: str, port: "str | None", as_json: bool) -> None:
    """Compare the unit's settings with those in FILE, value by value."""
    from preheat import tomlfiles, units

    output = Output(as_json)
    ours = tomlfiles.load_settings(file)
    rows = units.differences(_from_unit(port, output), ours)
    if rows:
        output.table(("setting", "unit", "file"), rows)
    else:
        output.say("the unit has exactly these settings")
    output.document(
        {
            "same": not rows,
            "differences": [{"path": p, "unit": unit, "file": own} for p, unit, own in rows],
        }
    )


@config.command()
@FILE
@port_option
@json_option
def push(file: str, port: "str | None", as_json: bool) -> None:
    """Check the settings in FILE and store them in the unit; names the unit on this computer."""
    from preheat import backup, tomlfiles, units

    output = Output(as_json)
    values = tomlfiles.load_settings(file)
    with unit_link(port, output) as link:
        units.need_free_name(link, values["name"])
        with output.progress("settings") as progress:
            digest = units.push_settings(link, values, progress)
        units.remember(link, values["name"])
        hint = units.left_to_clear(link)
        backup.keep(link)
    if hint:
        output.note(hint)
    output.say(f"settings stored in {values['name']} ({digest})")
    output.document({"unit": values["name"], "hash": digest})


@config.command()
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False), help="File to write.")
@port_option
@json_option
def pull(target: "str | None", port: "str | None", as_json: bool) -> None:
    """Write the unit's settings to a TOML file (NAME.toml unless -o says otherwise)."""
    output = Output(as_json)
    values = _from_unit(port, output)
    place = target or f"{values['name']}.toml"
    write_text(place, _as_toml(values), new=target is None)
    output.say(f"settings of {values['name']} written to {place}")
    output.document({"unit": values["name"], "file": place})


def _from_unit(port: "str | None", output: Output) -> dict[str, Any]:
    from preheat.errors import Refused
    from preheat.units import read_settings

    with unit_link(port, output) as link:
        values = read_settings(link)
    if values is None:
        raise Refused(
            "the unit has no settings yet",
            "give it a name with `preheat unit name NAME`, or push a file", code="missing",
        )
    return values


def _as_toml(values: dict[str, Any]) -> str:
    """Settings as TOML in the order of their field table, not of the unit's memory."""
    from preheat.tomltext import dumps
    from preheat_core import settings

    return dumps(settings.normalise(values))


def report_problems(problems: list[Any], what: str, output: Output) -> None:
    """Say that a file is good, or list its problems (stdout) and raise Refused."""
    from preheat.errors import Refused

    lines = [str(problem) for problem in problems]
    output.document({"ok": not lines, "file": what, "problems": lines})
    if not lines:
        output.say(f"{what} is good")
        return
    for line in lines:
        output.say(line)
    count = f"{len(lines)} problems" if len(lines) > 1 else "1 problem"
    raise Refused(f"{what} has {count}", "correct what is listed", code="check")
