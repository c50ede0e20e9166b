"""`flash`: put MicroPython onto a board, and see the board answer with it."""

import sys
from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option

LOSS = "the data may be lost"


@click.command()
@click.option("--board", required=True, metavar="NAME|FILE", help="The board file of this board.")
@click.option("--image", metavar="FILE",
              help="The MicroPython image, .uf2 or .bin. Without it: says which file to get.")
@click.option("--port", metavar="PORT|UNIT",
              help="The board's device path, or a unit's name. It is never guessed.")
@click.option("--volume", metavar="DIR",
              help="RP2 in its bootloader: where its volume is mounted (default: the only one).")
@click.option("--erase", is_flag=True,
              help="Erase all files on the board too, after backing them up.")
@click.option("--yes", is_flag=True,
              help="Go on although the unit is hot, or nothing can be backed up before files go.")
@json_option
def flash(board: str, image: "str | None", port: "str | None", volume: "str | None",
          erase: bool, yes: bool, as_json: bool) -> None:
    """Put MicroPython onto a board. Done is done when the board answers with that version.

    The image is judged first, then the chip. Files on the board stay, unless --erase, or unless
    another board's MicroPython is on it: then they are backed up first too.
    """
    from preheat import quoted, stopping, tomlfiles
    from preheat.errors import UsageError
    from preheat.flashing.flashing import Job

    output = Output(as_json)
    values, facts = tomlfiles.load_board(board), tomlfiles.load_host_facts(board)
    if image is None:
        from preheat.flashing.guide import guide

        what = guide(values, facts, board)
        for line in what.lines():
            output.say(line)
        output.document(what.document())
        raise UsageError("no image was given, so nothing was flashed",
                         f"get it from {what.page} and name it with --image")
    job = Job(values, facts, Path(image), port, Path(volume) if volume else None, erase,
              leave_hot=yes, lose_data=yes)
    with stopping.as_ctrl_c():
        report = _flash(job, output)
    output.say(f"{report.port} answers with MicroPython {report.version}"
               + (f" on {report.machine}" if report.machine else ", its app runs")
               + f" ({report.duration_s:.0f} s)")
    if not report.live:
        next_one = quoted.command("preheat", "deploy", "--board", board, "--port", report.port)
        output.say(f"next: {next_one}")
    output.document(as_dict(report))


def _flash(job: Any, output: Output) -> Any:
    """Flash, and ask at the keyboard for what has to be accepted by a person."""
    from dataclasses import replace

    from preheat.cli.deploy import CONFIRMATION, typed
    from preheat.errors import Refused
    from preheat.flashing.flashing import flash as put

    ways = {"hot": ("leave_hot", CONFIRMATION), "backup": ("lose_data", LOSS)}
    while True:
        try:
            with output.steps() as tell:
                return put(job, lambda port: _kept(port, output), tell)
        except Refused as refusal:
            if refusal.code not in ways or not sys.stdin.isatty():
                raise
            field, words = ways.pop(refusal.code)
            output.note(str(refusal))
            if not typed(f'type "{words}" to go on: ', words):
                raise
            job = replace(job, **{field: True})


def _kept(port: str, output: Output) -> "Path | None":
    """Back up, and say at once where: whatever fails later, the path is known."""
    saved = _before_erase(port)
    if saved is not None:
        output.note(f"what was on it is in {saved}")
        if saved.with_suffix(".files").is_dir():
            output.note("files on it that were not preheat's lie beside it: "
                        f"{saved.with_suffix('.files')}")
    return saved


def _before_erase(port: str) -> "Path | None":
    from preheat import backup

    return backup.before_erase(port)


def as_dict(report: Any) -> dict[str, Any]:
    """A flashing Report as plain JSON values."""
    from dataclasses import asdict

    return {
        **asdict(report),
        "backup": str(report.backup) if report.backup else None,
        "duration_s": round(report.duration_s, 1),
    }
