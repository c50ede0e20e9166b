"""`procedure`: what the record's jobs may name: rework procedures as data, and a site's own."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option
from preheat.cli.recordoptions import plain


@click.group()
def procedure() -> None:
    """Rework procedures: skill, conformance, board types, and who says so."""


@procedure.command("list")
@click.option("--component", help="Part of a component's name, for example bga.")
@click.option("--activity", type=click.Choice(["rework", "repair", "modification"]),
              help="Only those of this activity.")
@click.option("--namespace", help="Only those of one source, for example article.")
@json_option
def list_(
    component: "str | None", activity: "str | None", namespace: "str | None", as_json: bool
) -> None:
    """List the procedures that this computer knows."""
    from preheat.record import procedures

    output = Output(as_json)
    found = procedures.search(component=component, activity=activity, namespace=namespace)
    if found:
        output.table(
            ("procedure", "skill", "conformance", "boards", "module", ""),
            [(row.id, row.skill, _range(row), ",".join(row.board_types) or None, row.module,
              row.title) for row in found],
        )  # fmt: skip
    else:
        output.say("no procedure fits")
    output.document([plain(row) for row in found])


@procedure.command()
@click.argument("ref", metavar="ID")
@json_option
def show(ref: str, as_json: bool) -> None:
    """Show the procedure of an ID: "article:2.5", or "2.5" where only one source has it."""
    from preheat.record import procedures

    output = Output(as_json)
    row = procedures.find(ref)
    for word, text in (
        (row.id, row.title), ("activity", row.activity or "part of any"), ("skill", row.skill),
        ("conformance", _range(row)), ("boards", ", ".join(row.board_types)),
        ("component", row.component), ("module", row.module and str(row.module)),
        ("methods", ", ".join(row.methods)), ("note", row.note),
        ("source", row.source + ("" if row.verified else " (unverified)")),
    ):  # fmt: skip
        if text:
            output.say(f"{word:<12} {text}")
    output.document(plain(row))


@procedure.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@json_option
def check(file: "str | None", as_json: bool) -> None:
    """Check a FILE of procedures, or without one the site's own in the data folder."""
    from pathlib import Path

    from preheat import paths
    from preheat.errors import Refused
    from preheat.record import procedurefile, procedures

    output = Output(as_json)
    if file is not None:
        rows = procedurefile.load(Path(file), own=True)
        place, count = file, len(rows)
    else:
        place = str(paths.procedures_dir())
        problems = procedures.problems()
        if problems:
            raise Refused(f"{place} cannot be used", "correct what is named", "check", problems)
        count = len(procedures.known()) - len(procedures.stock())
    output.say(f"{place}: {count} procedure{'' if count == 1 else 's'}, good")
    output.document({"place": place, "procedures": count})


def _range(row: Any) -> "str | None":
    return "-".join(dict.fromkeys(row.conformance)) if row.conformance else None
