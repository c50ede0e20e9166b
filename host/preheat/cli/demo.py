"""`demo`: the whole toolkit on a virtual hot plate, no hardware needed."""

import rich_click as click

from preheat.cli.common import Output, json_option


@click.command()
@click.option(
    "--interpreter", type=click.Choice(["micropython", "cpython"]),
    help="What runs the firmware. Default: MicroPython where there is one.",
)
@json_option
def demo(interpreter: "str | None", as_json: bool) -> None:
    """Run a whole job on a virtual hot plate: deploy, configure, heat, pull the log, export it.

    The real firmware runs on a real MicroPython where there is one for this system.
    """
    from preheat import demo as demonstration
    from preheat.cli.keys import Interrupts, keyboard
    from preheat.runner import raise_for_end
    from preheat.runview import make_view

    output = Output(as_json)
    with keyboard() as keys, Interrupts() as interrupts:
        made = demonstration.run(output.note, make_view, keys, interrupts, interpreter)
    for line in made.result.lines():
        output.say(line)
    if made.csv:
        output.say(f"csv       {made.csv}")
    output.document(made.as_dict())
    raise_for_end(made.result.end, made.result.detail)
