"""`board`: the board files (soldered facts: pins, probes, ceilings) that deploy puts on a unit."""

import rich_click as click

from preheat.cli.common import Output, json_option


@click.group()
def board() -> None:
    """Show and check board files."""


@board.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the boards that come with preheat."""
    from preheat import tomlfiles

    output = Output(as_json)
    boards = [tomlfiles.load_board(name) for name in tomlfiles.stock_boards()]
    output.table(
        ("name", "mcu", "title"), [(row["name"], row["mcu"], row["title"]) for row in boards]
    )
    output.document([{key: row[key] for key in ("name", "mcu", "title")} for row in boards])


@board.command()
@click.argument("board", metavar="NAME|FILE")
@json_option
def show(board: str, as_json: bool) -> None:
    """Show a board, as TOML with every default filled in."""
    from preheat import tomlfiles
    from preheat.tomltext import dumps

    output = Output(as_json)
    values = tomlfiles.load_board(board)
    output.say(dumps(values).rstrip())
    output.document(values)


@board.command()
@click.argument("board", metavar="NAME|FILE")
@json_option
def check(board: str, as_json: bool) -> None:
    """Check a board file and list every problem. Needs no unit."""
    from preheat import tomlfiles
    from preheat.cli.config import report_problems

    values = tomlfiles.load(tomlfiles.find_board(board))
    report_problems(tomlfiles.check_board(values), board, Output(as_json))
