"""`job check`, `attach-run` and `report`, and the options of a `run` or `hold` for a job."""

from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import Output, write_text
from preheat.cli.recordoptions import NUMBER, plain, reads, writes


@click.command()
@NUMBER
@click.option("--profile", help="With this profile (a stock name or a file).")
@click.option("--site", "sites", metavar="REF", multiple=True, help="Heating only this site.")
@writes
def check(
    number: int, profile: "str | None", sites: tuple[str, ...], author: str, store: Any,
    output: Output,
) -> None:
    """Judge the gates of job N for the person named with --by, without heat and without a unit.

    Exit code 4 when something holds the heat back.
    """
    from datetime import UTC, datetime

    from preheat.record import bench, gates
    from preheat.tomlfiles import load_profile

    order = bench.Order(number, author, sites or None)
    bench.need_sense(store, order)
    values = load_profile(profile) if profile else None
    asked = bench.question(store, order, values, None, datetime.now(UTC))
    found = [one for one in gates.judge_all(asked) if one.gate.name not in bench.UNIT_GATES]
    for one in found:
        output.say(finding_line(one))
    if not found:
        output.say("every gate is satisfied")
    if profile is None:
        output.say("the profile's alloy is judged with --profile")
    output.say("the unit's calibration is judged when it is there: `preheat run`")
    output.document([one.as_dict() for one in found])
    gates.require(found, number)


@click.command("attach-run")
@NUMBER
@click.argument("log", required=False)
@click.option("--site", "sites", metavar="REF", multiple=True,
              help="It heated this site; for a run that was not started under the job.")
@click.option("--no-cycle", is_flag=True,
              help="It was no heat cycle; for a run that was not started under the job.")
@click.option("--also", default="", metavar="REASON",
              help="Why a run that another job has was this board's heat too.")
@writes
def attach_run(
    number: int, log: "str | None", sites: tuple[str, ...], no_cycle: bool, also: str,
    author: str, store: Any, output: Output,
) -> None:
    """Bring runs of job N into the record whose logs were pulled later.

    Without LOG those that began under the job and wait for their log. With LOG (`last`, a run's
    id or a path) that one, also if it was started without --job.
    """
    from preheat.errors import UsageError
    from preheat.record import attaching

    alone = {"--site": sites, "--no-cycle": no_cycle, "--also": also}
    if log is None and any(alone.values()):
        names = ", ".join(name for name, given in alone.items() if given)
        raise UsageError(f"{names}: only with a LOG", "name it: last, a run's id or a path")
    if log is None:
        done, left = attaching.waiting(store, author, number)
    else:
        done = [attaching.one(store, author, number, log, sites, not no_cycle, also)]
        left = []
    for name in done:
        output.say(f"run {name} is in job {number} now")
    for one in left:
        output.note(f"run {one.run_id}: its log is not on this computer; "
                    f"`preheat log pull {one.run_id}`")  # fmt: skip
    if not done and not left:
        output.say(f"no run of job {number} waits for its log")
    output.document({"attached": done, "waiting": [plain(one) for one in left]})


@click.command()
@NUMBER
@click.option("-o", "--output", "target", metavar="FILE", type=click.Path(dir_okay=False),
              help="The page. Default: job-N.html in this folder.")
@click.option("--pdf", is_flag=True,
              help="A PDF beside it as well, by an installed Chrome, Edge or Chromium.")
@reads
def report(
    number: int, target: "str | None", pdf: bool, store: Any, output: Output
) -> None:
    """Write the traveller of job N: one page with everything that was said, done and measured.

    It shows what people state about an inspection; it states nothing of its own.
    """
    from preheat.calibration import dates
    from preheat.errors import UsageError
    from preheat.report import pdf as printing
    from preheat.traveller import page

    place = Path(target or f"job-{number}.html")
    if place.suffix.lower() == ".pdf":
        raise UsageError("-o names the page, which is HTML", "add --pdf: the PDF lies beside it")
    browser = printing.find_browser() if pdf else None
    text = page.page(store, number, dates.today().isoformat())
    write_text(str(place), text)
    printed = place.with_suffix(".pdf") if pdf else None
    output.say(str(place))
    if printed is not None:
        printing.print_pdf(place, printed, browser)
        output.say(str(printed))
    output.document({"job": number, "file": str(place), "pdf": printed and str(printed)})


def finding_line(one: Any) -> str:
    """A gate that is not satisfied, in one line."""
    if one.overridden is not None:
        by = one.overridden
        return f"OVERRIDDEN {one.gate.name}: {one.text} ({by.name}: {by.reason})"
    word = "REFUSED" if one.blocks else "WARNING"
    return f"{word} {one}"


def under_job(function: Any) -> Any:
    """Add the options of `run` and `hold` for a job; the verb gets them as one dict `wanted`."""
    import functools

    keys = ("job", "sites", "no_cycle", "overrides", "reason", "store")

    @functools.wraps(function)
    def verb(*arguments: Any, **own: Any) -> Any:
        wanted = {key: own.pop(key) for key in keys}
        return function(*arguments, wanted=wanted, **own)

    for option in reversed((
        click.option("--job", metavar="N", type=click.IntRange(min=1),
                     help="For this job of the record: its gates are judged before heat, and the "
                     "run goes into it."),
        click.option("--site", "sites", metavar="REF", multiple=True,
                     help="With --job: heat only this site of it. Default: all."),
        click.option("--no-cycle", is_flag=True,
                     help="With --job: it does not count as a heat cycle."),
        click.option("--override", "overrides", metavar="RULE", multiple=True,
                     help="With --job: go past this gate."),
        click.option("--reason", default="", help="Why --override is right; it stays recorded."),
        click.option("--store", metavar="PATH|URL", help="With --job: the record."),
    )):  # fmt: skip
        verb = option(verb)
    return verb
