"""What every verb shares: its options, its two outputs (people or JSON), and its connection."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

Progress = Callable[[int, int], None]


class FiniteRange(click.FloatRange):
    """A click.FloatRange that takes no NaN: that is neither below nor above any bound."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        text = str(value)
        if "," in text and text.replace(",", "", 1).isdigit():
            self.fail(f"{text}: write a point, {text.replace(',', '.')}.", param, ctx)
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def port_option(function):
    """`--port`: a device path, socket://host:port, or the name of a unit."""
    return click.option(
        "--port",
        metavar="PORT|UNIT",
        help="Device path, socket://host:port or a unit's name. Default: the only known unit, "
        "else PREHEAT_PORT.",
    )(function)


def json_option(function):
    """`--json`: one JSON document on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(
        function
    )


class Output:
    """Where a verb's words go.

    `say` is the answer for people (stdout; silent under --json), `note` is progress (stderr),
    `document` is the answer for programs (stdout; silent without --json).
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, text: str = "") -> None:
        if not self.as_json:
            click.echo(text)

    def note(self, text: str) -> None:
        click.echo(text, err=True)

    def document(self, value: Any) -> None:
        if self.as_json:
            click.echo(as_json_line(value))

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        for line in table_lines(heads, rows):
            self.say(line)

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """A progress bar on stderr when that is a terminal; yields `update(done, total)`."""
        with self.steps() as step:
            yield lambda done, total: step(label, done, total)

    @contextmanager
    def steps(self) -> Iterator[Callable[[str, int, int], None]]:
        """Progress in named steps on stderr: a bar on a terminal, else a line a step.

        Yields `update(step, done, total)`; a total of 0 is a step of unknown length.
        """
        if not sys.stderr.isatty():
            told: list[str] = []
            yield lambda step, done, total: self._tell_once(told, step)
            return
        from rich.console import Console
        from rich.progress import Progress as Bar

        with Bar(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda step, done, total: bar.update(
                task, description=step, completed=done, total=total or None
            )

    def _tell_once(self, told: list[str], step: str) -> None:
        if step not in told:
            told.append(step)
            self.note(f"{step} …")


def as_json_line(value: Any) -> str:
    """`value` as one line of strict JSON (a NaN is a defect, not a number)."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def table_lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Left-aligned columns as plain text; None shows as a dash."""
    cells = [list(heads)] + [["—" if c is None else str(c) for c in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip() for row in cells]


def read_profile(profile: str, output: Output) -> "dict[str, Any]":
    """A checked profile as it is written, after notes of what to know of its solders."""
    from preheat import tomlfiles

    data = tomlfiles.read_profile(profile)
    note_cautions(data, output)
    return data


def note_cautions(data: "dict[str, Any]", output: Output) -> None:
    """What the solders in the `[job]` of a checked profile do together."""
    from preheat import tomlfiles

    for line in tomlfiles.cautions(data):
        output.note(f"note: {line}")


@contextmanager
def unit_link(port: "str | None", output: Output) -> Iterator[Any]:
    """A connection to the unit that `port` names, closed when the verb is through.

    Says so when opening the port restarted the controller.
    """
    from preheat.connect import connect

    with connect(port) as link:
        for sentence in link.notices:
            output.note(sentence)
        yield link


def write_text(path: str, text: str, new: bool = False) -> None:
    """Write UTF-8 text with plain newlines; a path that cannot be written is a usage error.

    new: the name was not the user's own choice, so nothing may stand there yet.
    """
    from preheat.errors import UsageError

    try:
        with open(path, "x" if new else "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already", "name a file with -o FILE") from error
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "choose another") from error
