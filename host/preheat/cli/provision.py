"""`provision`: a board, or a lab's whole table of them, made into proven units with a record."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option


@click.command()
@click.option("--board", metavar="NAME|FILE", help="The board file of this board.")
@click.option("--port", metavar="PORT|UNIT", help="Its device path. It is never guessed.")
@click.option("--name", metavar="NAME",
              help="The unit's name (default: the one it has, the settings', or bench-1, 2, …).")
@click.option("--image", metavar="FILE", help="Flash this MicroPython image first.")
@click.option("--settings", metavar="FILE",
              help="Settings to store (default: those it has, or those of an untuned unit).")
@click.option("--profile", "profiles", metavar="NAME|FILE", multiple=True,
              help="A profile to store; may be given several times.")
@click.option("--batch", metavar="FILE", help="Many boards at once: a lab.toml instead of these.")
@click.option("--reflash", is_flag=True,
              help="Flash a board too that already answers with the image's version.")
@click.option("--quick", is_flag=True,
              help="Leave out the minute in which the self-test counts ticks.")
@click.option(
    "--yes", is_flag=True,
    help="One board: go on although it is hot or cannot know (a dead probe): you are standing "
    "there. A batch: take all attached boards without asking; a hot one is refused all the same.",
)
@click.option("-o", "--output", "folder", metavar="FOLDER", type=click.Path(file_okay=False),
              help="Where manifest.json and manifest.csv are kept (default: in preheat's folder).")
@json_option
def provision(  # noqa: PLR0913, PLR0917  each is an option
    board: "str | None", port: "str | None", name: "str | None", image: "str | None",
    settings: "str | None", profiles: tuple[str, ...], batch: "str | None", reflash: bool,
    quick: bool, yes: bool, folder: "str | None", as_json: bool,
) -> None:
    """Flash, deploy, configure, name, set the clock, self-test, record: one board, or many.

    Only what is not done yet is done: run it again after a break. A board that fails stops no
    other. The self-test switches outputs and asks nobody: keep the heaters' mains off.
    """
    from preheat import paths
    from preheat.errors import UsageError
    from preheat.provisioning import crew, labfile, plan
    from preheat.provisioning.record import Book
    from preheat.provisioning.steps import Options

    output = Output(as_json)
    if batch is None:
        if board is None:
            raise UsageError("no board was named", "name its board file with --board, or a table "
                             "of boards with --batch")
        plans = [plan.make(board, name, port, "", image, settings, profiles)]
    else:
        if board or port or name or image or settings or profiles:
            raise UsageError("--batch takes everything from its file",
                             "write it there, or leave --batch out")
        plans = labfile.load(batch)
        _confirm([row for row in plans if "{n}" in row.name], yes, output)
    if not plans:
        raise UsageError("no board of this kind is attached", "plug them in, or name their ports")
    book = Book(Path(folder) if folder else paths.provision_dir())
    options = Options(_selftest(quick), not quick, reflash, batch is None and yes)
    works = crew.provision(plans, book, options, output.note)
    if batch is None and not yes and _accepted(works[0].error):
        options = replace(options, leave_hot=True)
        works = crew.provision(plans, book, options, output.note)
    _report(works, book, output)


def _accepted(error: Any) -> bool:
    """Whether the operator types, in a terminal, that a unit may be left that is refused as hot.

    The work on it has ended with that; it is done again.
    """
    from preheat.cli.deploy import CONFIRMATION, typed

    hot = getattr(error, "code", "") == "hot"
    return bool(hot and sys.stdin.isatty() and typed(
        f'type "{CONFIRMATION}" to go on: ', CONFIRMATION))


def _selftest(quick: bool) -> Any:
    """What `preheat selftest` does where nobody is asked and the heaters' mains are off."""
    def run(link: Any) -> list[Any]:
        from preheat import selftest

        options = selftest.Options(quick=quick, proof=False)
        return selftest.run(link, options, None, lambda text: None)

    return run


def _confirm(attached: list[Any], yes: bool, output: Output) -> None:
    """Show the boards that nobody named, before the first of their ports is opened."""
    if not attached:
        return
    from preheat.cli.run import wait_for_enter

    for row in attached:
        output.note(f"{row.port}  USB serial number {row.serial or 'unknown'}")
    if not yes:
        wait_for_enter(f"takes these {len(attached)} boards", "no port was opened")


def _report(works: list[Any], book: Any, output: Output) -> None:
    """The table and the document; then the error, if there is one."""
    from dataclasses import asdict

    from preheat.errors import OperatorStop, VerifyError
    from preheat.provisioning.record import PROVISIONED, UNFINISHED, tested

    rows = [work.row for work in works]
    output.table(
        ("name", "chip id", "port", "outcome", "what"),
        [(r.name, r.uid or None, r.port, r.outcome, r.reason or tested(r)) for r in rows],
    )
    output.say(f"manifest: {book.csv_path}")
    bad = [work for work in works if work.row.outcome != PROVISIONED]
    output.document({"ok": not bad, "manifest": str(book.json_path), "csv": str(book.csv_path),
                     "units": [asdict(row) for row in rows]})
    if any(row.unproven for row in rows):
        output.say("not proven yet is what needs a person or the mains: run `preheat selftest "
                   "--probes --watchdog` at each bench, in a terminal, with the heater plugged in")
    if not bad:
        return
    if len(works) == 1:
        raise bad[0].error or VerifyError(f"{rows[0].name} is not provisioned", "run it again")
    if any(row.outcome == UNFINISHED for row in rows):
        raise OperatorStop(f"{len(bad)} of {len(rows)} boards are not provisioned",
                           "run it again: it goes on where it was")
    raise VerifyError(f"{len(bad)} of {len(rows)} boards are not provisioned",
                      "mend what is said of each, then run it again: it goes on where it was")
