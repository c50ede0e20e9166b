"""`unit`: the units this computer knows, naming and forgetting one, service mode and back.

`unit backup` and `unit restore` are in backup.py.
"""

import rich_click as click

from preheat.cli.backup import backup, restore
from preheat.cli.common import Output, json_option, port_option, unit_link


@click.group()
def unit() -> None:
    """Name the units this computer knows, and back them up."""


unit.add_command(backup)
unit.add_command(restore)


@unit.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the known units: name, port, board. Opens no port."""
    from preheat.registry import Registry

    output = Output(as_json)
    units = Registry().units()
    if units:
        output.table(
            ("name", "port", "board", "chip id"),
            [(row.name, row.port, row.board or None, row.uid or None) for row in units],
        )
    else:
        output.say("no unit is known; name one: `preheat unit name NAME --port PORT`")
    output.document(
        [{"name": r.name, "port": r.port, "board": r.board, "uid": r.uid} for r in units]
    )


@unit.command()
@click.argument("name")
@click.option("--port", metavar="PORT|UNIT", help="Device path, socket://… or its present name.")
@json_option
def name(name: str, port: "str | None", as_json: bool) -> None:
    """Give a unit its NAME (a-z, 0-9, -): in its own settings and on this computer.

    A unit that has no settings yet gets the defaults for an untuned one.
    """
    from preheat import units
    from preheat_core import settings

    output = Output(as_json)
    with unit_link(port, output) as link:
        units.need_free_name(link, name)
        values = units.read_settings(link)
        fresh = values is None
        if values is None:
            values = settings.default(name)
        changed = fresh or values["name"] != name
        if changed:
            units.push_settings(link, {**values, "name": name})
        units.remember(link, name)
        where = link.port
        hint = units.left_to_clear(link)
    if fresh:
        output.note("the unit had no settings: it has those of an untuned unit now")
    if hint:
        output.note(hint)
    output.say(f"{name} is the unit at {where}")
    output.document({"name": name, "port": where, "changed": changed})


@unit.command()
@click.argument("name")
@json_option
def forget(name: str, as_json: bool) -> None:
    """Strike NAME from this computer's list. The unit itself and its logs stay as they are."""
    from preheat.registry import Registry

    output = Output(as_json)
    Registry().remove(name)
    output.say(f"{name} is no longer known here")
    output.document({"forgotten": name})


@unit.command()
@click.option("--yes", is_flag=True, help="Also while hot or with a dead probe: you are there.")
@port_option
@json_option
def service(yes: bool, port: "str | None", as_json: bool) -> None:
    """Restart a unit to its MicroPython prompt, heat off, so that mpremote can reach it.

    Use mpremote with `resume`. `unit live` starts the app again.
    """
    from preheat import service as mode

    output = Output(as_json)
    where = mode.enter(port, confirm=yes)
    output.say(
        f"{where} is in service mode: `mpremote connect {where} resume fs ls` works now; "
        "back with `preheat unit live`"
    )
    output.document({"port": where, "mode": "service"})


@unit.command()
@port_option
@json_option
def live(port: "str | None", as_json: bool) -> None:
    """Restart a unit that is in service mode, so that its app runs again."""
    from preheat import service as mode

    output = Output(as_json)
    hello = mode.leave(port)
    output.say(f"{hello['name']} runs its app again, state {hello['state']}")
    output.document({"name": hello["name"], "mode": "live", "state": hello["state"]})
