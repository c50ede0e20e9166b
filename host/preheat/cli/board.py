"""`board`: the board files (soldered facts: pins, probes, ceilings) that deploy puts on a unit."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option


@click.group()
def board() -> None:
    """Show and check board files."""


@board.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the boards that come with preheat, and your own."""
    from preheat import boards, paths

    output = Output(as_json)
    found = boards.known()
    output.table(
        ("name", "mcu", "title", "from"),
        [(row.name, row.mcu, row.title, row.source) for row in found],
    )
    for row in found:
        if row.problem:
            output.say(f"{row.file} cannot be used: {row.problem}")
    output.say(f"boards of your own: {paths.boards_dir()}")
    output.document([row.as_dict() for row in found])


@board.command()
@click.argument("board", metavar="NAME|FILE")
@click.option("--toml", "as_toml", is_flag=True,
              help="The file with every default filled in, to copy and change.")
@json_option
def show(board: str, as_toml: bool, as_json: bool) -> None:
    """Show a board's wiring: each signal, its pin, where it goes and through what."""
    from preheat import boardfacts, tomlfiles, wiring
    from preheat.tomltext import dumps

    output = Output(as_json)
    whole = tomlfiles.load_whole_board(board)
    values, host = boardfacts.split(whole)
    wires = wiring.rows(values, (host or {}).get("header", ""))
    if as_toml:
        output.say(dumps(whole).rstrip())
    else:
        for line in _heading(values, host):
            output.say(line)
        output.say()
        output.table(wiring.HEADS, [[cell or None for cell in map(str, row)] for row in wires])
        output.say()
        output.say("Circuits, parts and the mains side: docs/wiring.md. An SSR fails ON: the "
                   "thermal cut-out on the heater is not optional.")
    output.document({"board": values, "host": host, "wiring": [row.as_dict() for row in wires]})


def _heading(values: dict[str, Any], host: "dict[str, Any] | None") -> list[str]:
    zone, limits = values["zones"][0], values["limits"]
    oldest = f" {host['micropython_min']} or newer" if host else ""
    return [
        f"{values['name']}: {values['title']}",
        f"chip    {values['mcu']}, MicroPython {values['micropython']}{oldest}",
        f"heater  {zone['heater_kind']}, {zone['power_w']} W at {values['mains_hz']} Hz, at most "
        f"{limits['heater_max_c']} °C; board at most {limits['board_max_c']} °C",
    ]


@board.command()
@click.argument("board", metavar="NAME|FILE")
@json_option
def check(board: str, as_json: bool) -> None:
    """Check a board file, its pins too, and list every problem. Needs no unit."""
    from preheat import tomlfiles
    from preheat.cli.config import report_problems

    report_problems(tomlfiles.board_problems(board), board, Output(as_json))
