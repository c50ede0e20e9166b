"""`profile import`: a profile of another controller as a checked file of ours."""

from pathlib import Path

import rich_click as click

from preheat.cli.common import Output, json_option, write_text

_FORMATS = ("auto", "kiln-v1", "kiln-v2", "ez-oven", "pico-kiln", "controleo3", "plain")


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", "target", metavar="FILE.toml",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Profile to write. Default: NAME.toml. An existing file is never overwritten.",
)
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="auto",
              show_default=True, help="What the file is. auto: told by its contents.")  # fmt: skip
@click.option("--temp-unit", type=click.Choice(("c", "f"), case_sensitive=False),
              help="Unit of its temperatures, where the file does not say.")  # fmt: skip
@click.option("--alloy", metavar="NAME",
              help="The solder, exactly: SAC305, Sn63Pb37 and others; or SnPb, SnBi.")  # fmt: skip
@click.option("--name", help="Name of the profile. Default: from the file.")
@click.option("--purpose", type=click.Choice(("preheat", "reflow", "bake")),
              help="What it is for. Default: reflow.")  # fmt: skip
@json_option
def import_(
    file: Path, target: "Path | None", format_: str, temp_unit: "str | None",
    alloy: "str | None", name: "str | None", purpose: "str | None", as_json: bool,
) -> None:
    """Make a profile out of FILE, which was written for another controller.

    Reads kiln-controller and picoReflow (v1, v2), EZ Make Oven and uReflowOven, pico-kiln,
    Controleo3, and plain lines of time and temperature. A unit or an alloy that the file does not
    name is asked for, never guessed; an alloy that its temperatures contradict is refused.
    """
    from preheat import quoted
    from preheat.errors import UsageError
    from preheat.imports import build, read
    from preheat.tomltext import dumps

    output = Output(as_json)
    if target is not None and target.suffix != ".toml":
        raise UsageError(f"{target} is no profile file", "let its name end in .toml")
    unit = temp_unit.lower() if temp_unit else None
    made = read.profile(file, build.Answers(unit, alloy, name, purpose), format_)
    values = made.values
    place = target or Path(f"{values['name']}.toml")
    write_text(str(place), _head(made.notes) + dumps(values), new=True)
    for note in made.notes:
        output.say(f"note: {note}")
    output.say(f"{values['name']} written to {place}: read it before you heat with it, then "
               f"`{quoted.command('preheat', 'profile', 'show', place)}`")  # fmt: skip
    output.document({"name": values["name"], "file": str(place), "notes": made.notes,
                     "profile": values})  # fmt: skip


def _head(notes: list[str]) -> str:
    """The notes as comments, so that they stay with the file."""
    if not notes:
        return ""
    lines = ["Imported. What was assumed or left out:", *(f"- {note}" for note in notes)]
    return "".join(f"# {line}\n" for line in lines) + "\n"
