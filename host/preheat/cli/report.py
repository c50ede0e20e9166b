"""`report`: one page about a run, or several over each other, and the verdict as exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option
from preheat.cli.limitoptions import Wanted, limit_options


@click.command()
@click.argument("logs", metavar="[LOG]...", nargs=-1)
@click.option("--golden", metavar="LOG", help="A run to compare with, drawn beneath.")
@click.option("-o", "--output", "target", metavar="FILE", type=click.Path(dir_okay=False),
              help="The page. Default: report-UNIT-RUN.html in this folder.")
@click.option("--pdf", is_flag=True,
              help="A PDF beside it as well, by an installed Chrome, Edge or Chromium.")
@limit_options
@click.option("--purpose", type=click.Choice(["preheat", "reflow"]),
              help="Whether solder was to melt, for a log that does not show it.")
@click.option("--joint", "joints", metavar="PROBE", multiple=True,
              help="This probe was on a joint that had to melt, by whatever heat.")
@click.option("--temp-unit", type=click.Choice(["c", "f"]),
              help="Of a CSV file that does not say it.")
@json_option
def report(
    logs: tuple[str, ...], golden: "str | None", target: "str | None", pdf: bool, wanted: Wanted,
    purpose: "str | None", joints: tuple[str, ...], temp_unit: "str | None", as_json: bool,
) -> None:
    """Write a page about LOG: what the board saw, against which limits, and how close it came.

    LOG is `last` (default), a run's id, or a path; also a CSV file of another controller. Several
    logs are drawn over each other. Limits are those in the log; where solder was to melt, also
    those of its alloy; with --alloy, --package and so on those of your job.

    Exit code 0: within limits. 8: outside. 7: no verdict, as the page says why. A person decides
    what is acceptable, under J-STD-001 and IPC-A-610.
    """
    from preheat.calibration import dates
    from preheat.report import document, page
    from preheat.report import pdf as printing
    from preheat.report.judged import judged
    from preheat.report.runs import load

    output = Output(as_json)
    with _one_document(output) as told:
        loaded = [load(which, _unit_for(which, temp_unit)) for which in logs or ("last",)]
        other = [load(golden, _unit_for(golden, temp_unit))] if golden else []
        place = _place(target, loaded)
        browser = printing.find_browser() if pdf else None
        found = [judged(run, _ask(run, wanted, joints, purpose)) for run in loaded]
        twin = judged(other[0], _ask(other[0], wanted, (), purpose)) if other else None
        told["runs"] = [document.document(one) for one in found]
        told["golden"] = twin and document.document(twin)
        today = dates.today().isoformat()
        _write(place, page.page(found, today, twin, f"made {today}"), target is None, found)
        told["file"] = str(place)
        for one in found:
            output.say(f"{one.run.name}  {one.verdict.sentence}")
            for note in one.verdict.notes:
                output.note(f"{one.run.name}: {note}")
        if twin is not None:
            output.say(f"golden {twin.run.name}  {twin.verdict.sentence}")
        output.say(str(place))
        if pdf:
            printed = place.with_suffix(".pdf")
            printing.print_pdf(place, printed, browser)
            told["pdf"] = str(printed)
            output.say(str(printed))
    _raise_for(found)


@contextmanager
def _one_document(output: Output) -> "Iterator[dict[str, Any]]":
    """The document that programs get, whatever happens: with all that was done until an error."""
    from preheat.errors import PreheatError

    told: dict[str, Any] = {"file": None, "pdf": None, "runs": [], "golden": None, "error": None}
    try:
        yield told
    except PreheatError as error:
        told["error"] = str(error)
        output.document(told)
        raise
    output.document(told)


def _unit_for(which: str, temp_unit: "str | None") -> "str | None":
    """The unit is for CSV files alone: beside them there may be logs of ours."""
    from preheat.report.runs import FOREIGN

    return temp_unit if Path(which).suffix.lower() in FOREIGN else None


def _ask(run: Any, wanted: Wanted, joints: tuple[str, ...], purpose: "str | None") -> Any:
    from preheat.limits.units import PURPOSES
    from preheat.report import intent

    question = None
    # Of an alloy that only the log names, and nobody knows, the page says that it is not known.
    if wanted.given and (wanted.alloy or intent.alloy(run.header, intent.NOTHING)):
        header = run.header
        work = wanted.procedure
        question = wanted.question(
            alloy=header.said.get("alloy"), sensor_error_c=header.error_c("board"),
            purpose=header.purpose if header.purpose in PURPOSES and not work else None,
        )  # fmt: skip
    return intent.Ask(question, joints, purpose)


def _place(target: "str | None", loaded: list[Any]) -> Path:
    from preheat import paths
    from preheat.errors import UsageError

    if target is None:
        unit = loaded[0].header.said.get("unit") or loaded[0].header.said.get("uid")
        more = f"-and-{len(loaded) - 1}-more" if len(loaded) > 1 else ""
        parts = [paths.safe(part) for part in ("report", unit, loaded[0].name + more) if part]
        return Path("-".join(parts) + ".html")
    if Path(target).suffix.lower() == ".pdf":
        raise UsageError("-o names the page, which is HTML", "add --pdf: the PDF lies beside it")
    return Path(target)


def _write(place: Path, text: str, chosen_here: bool, found: list[Any]) -> None:
    """Write the page; over an older one only where its name was given or it is of the same log."""
    from preheat.cli.common import write_text

    try:
        again = found[0].run.sha256 in place.read_text(encoding="utf-8", errors="replace")
    except OSError:
        again = False
    write_text(str(place), text, new=chosen_here and not again)


def _raise_for(found: list[Any]) -> None:
    from preheat.errors import OutOfLimits, VerifyError
    from preheat.report import verdict

    for word, error in ((verdict.OUTSIDE, OutOfLimits), (verdict.NONE, VerifyError)):
        of_word = [one for one in found if one.verdict.word == word]
        if of_word:
            names = ", ".join(one.run.name for one in of_word)
            raise error(f"{names}: {of_word[0].verdict.sentence}", "see the page")
