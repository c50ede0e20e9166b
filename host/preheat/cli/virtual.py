"""`virtual`: start a virtual unit, print its port, and keep it until Ctrl-C."""

from pathlib import Path

import rich_click as click

from preheat.cli.common import Output, write_text


@click.command()
@click.option("--plant", default="hotplate", metavar="NAME|FILE", help="Plant; default hotplate.")
@click.option("--faults", type=click.Path(dir_okay=False), metavar="FILE", help="Fault script.")
@click.option(
    "--speed", default=1.0, type=click.FloatRange(0, 1000), metavar="N",
    help="Bench seconds per second in a run; 0: as fast as it goes. An idle unit keeps real time.",
)
@click.option("--trace", type=click.Path(dir_okay=False), metavar="FILE",
              help="Write what really happens in the plant, as CSV.")
@click.option("--port-file", type=click.Path(dir_okay=False), metavar="FILE",
              help="Write the port into this file once it can be opened.")
@click.option("--interpreter", type=click.Choice(("micropython", "cpython")),
              help="Default: MicroPython where there is one.")
@click.option("--flash", type=click.Path(), metavar="FILE",
              help="Keep the unit's flash in this image (cpython: folder). New ones are filled.")
@click.option("--empty", is_flag=True,
              help="A board as from its bag: MicroPython, an empty file system, a prompt.")
@click.option("--board", metavar="NAME|FILE", help="Board; default: the one the plant names.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line with the port.")
def virtual(  # noqa: PLR0913, PLR0917  each is an option
    plant: str, faults: "str | None", speed: float, trace: "str | None", port_file: "str | None",
    interpreter: "str | None", flash: "str | None", empty: bool, board: "str | None",
    as_json: bool,
) -> None:
    """Start a virtual unit: the real firmware on a simulated preheater. Ctrl-C ends it."""
    from preheat.bench.supervisor import VirtualUnit

    output = Output(as_json)
    unit = VirtualUnit(plant, faults, speed, trace, interpreter, flash, board,
                       files={} if empty else None)
    if empty:
        _need_blank(unit)
    _end_on_signals()
    try:
        with unit:
            try:
                _announce(unit, output, port_file)
                _wait(unit)
            finally:
                if port_file is not None:
                    Path(port_file).unlink(missing_ok=True)
    except KeyboardInterrupt:
        output.note("the virtual unit is gone")


def _need_blank(unit) -> None:
    """UsageError where there is no prompt to deploy through, or the flash is not empty."""
    from preheat.bench.flash import is_new
    from preheat.errors import UsageError

    if unit.interpreter != "micropython":
        raise UsageError("--empty needs a MicroPython: cpython has no prompt to deploy through",
                         "leave --empty out")
    if unit.flash_path is not None and not is_new(unit.flash_path, False):
        raise UsageError(f"{unit.flash_path} is not empty", "name a new file, or none")


def _announce(unit, output: Output, port_file: "str | None") -> None:
    if port_file is not None:
        write_text(port_file, unit.port + "\n")
    about = {
        "port": unit.port, "interpreter": unit.interpreter, "plant": unit.plant["name"],
        "board": unit.board["name"],
    }
    output.document(about)
    output.say(unit.port)
    output.note(
        f"virtual unit: plant {about['plant']}, board {about['board']}, {unit.interpreter}; "
        "Ctrl-C ends it"
    )


def _end_on_signals() -> None:
    """Let Ctrl-C and a request to terminate end the unit in order, once."""
    import signal

    numbers = (signal.SIGINT, signal.SIGTERM)

    def leave(*_: object) -> None:
        for number in numbers:  # a second one must not cut the tidying short
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, leave)


def _wait(unit) -> None:
    """PreheatError when the unit gives up."""
    import time

    while True:
        unit.check()
        time.sleep(0.2)
