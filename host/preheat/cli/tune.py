"""`tune`: the step test on the unit, or a log of one; the fit, the verdict, the settings."""

from pathlib import Path
from typing import Any, NamedTuple

import rich_click as click

from preheat.cli.common import FiniteRange, Output, json_option, port_option, unit_link


class Wishes(NamedTuple):
    """What was asked for besides the test itself."""

    picture: "Path | None"
    yes: bool


class Tested(NamedTuple):
    """A test that was run or found: its log, and where that lies."""

    log: Any
    unit: str
    run_id: str
    path: Path

    @property
    def picture(self) -> Path:
        """Where the picture goes unless somebody said: beside the log."""
        return self.path.with_name(f"{self.path.stem}-tune.png")

    @property
    def again(self) -> str:
        """What to do with the log."""
        which = f"{self.path.parent.name}/{self.path.stem}"
        return f"fit it again without heat: `preheat tune --log {which}`"

    def about(self) -> dict[str, Any]:
        """The beginning of every document about this test."""
        return {"run_id": self.run_id, "unit": self.unit, "log": str(self.path), "stored": False}


@click.command()
@click.option(
    "--top", "top_c", metavar="C", type=FiniteRange(60, 250), default=150, show_default=True,
    help="Highest temperature to go to, not below that of the jobs to come. Above about 170 °C it "
    "needs --alloy.",
)
@click.option(
    "--alloy", type=click.Choice(["SnPb", "SAC305", "SnBi"]), default="SnPb", show_default=True,
    help="The solder on the board: it sets the limit.",
)
@click.option(
    "-o", "--output", "picture", metavar="PICTURE.png", type=click.Path(dir_okay=False),
    help="Draw the test and the fit into this file (default: beside the unit's logs).",
)
@click.option("--log", "which", metavar="LOG", help="Fit an earlier test's log, without heat.")
@click.option(
    "--board", metavar="NAME|FILE", help="With --log: the unit's board, where no unit is at hand."
)
@click.option("--by", metavar="NAME", help="Who starts it (goes into the log).")
@click.option("--yes", is_flag=True, help="Start and store without waiting for Enter.")
@port_option
@json_option
def tune(
    top_c: float, alloy: str, picture: "str | None", which: "str | None", board: "str | None",
    by: "str | None", yes: bool, port: "str | None", as_json: bool,
) -> None:
    """Measure how the unit answers to heat, and store it as its model.

    Lay on a board like those to come, tape the probe to it, let everything be as cold as the
    room. Steps of heat go as high as --top; they take up to 10 minutes, with a slow heater up to
    20. All limits and guards are as in any run. A result that makes no sense is refused.
    """
    from preheat.cli.run import Order

    output = Output(as_json)
    wishes = Wishes(Path(picture) if picture else None, yes)
    if wishes.picture:
        from preheat.tuning.picture import check_place

        check_place(wishes.picture)
    if which is not None:
        _from_log(which, board, port, wishes, output)
    elif board is not None:
        raise click.UsageError("--board needs --log: a test with heat asks the unit")
    else:
        _with_heat(top_c, alloy, Order(port, yes, False, by, as_json), wishes, output)


def _with_heat(top_c: float, alloy: str, order: Any, wishes: Wishes, output: Output) -> None:
    from preheat import units
    from preheat.ownership import need_own_port, shared
    from preheat.tuning.recipe import tune_profile

    with unit_link(order.port, output) as link:
        need_own_port(link)
        with shared(link, "tune") as lending:
            settings = _settings(link)
            board = units.read_stored(link, "board", "board")
            profile = tune_profile(board, top_c, alloy)
            _check_top(profile, board, settings)
            tested = _test(link, lending, profile, order, output)
            _conclude(tested, board, settings, link, wishes, output)


def _check_top(profile: dict[str, Any], board: dict[str, Any], settings: dict[str, Any]) -> None:
    """Refused when the test would go to where heat ends; said in the words of its options."""
    from preheat.errors import Refused
    from preheat_core import limits

    row = limits.effective(board, settings, profile).row("board")
    top_c, alloy = profile["stages"][0]["target_c"], profile["alloy"]
    if top_c <= row.approach_c:
        return
    by_alloy = row.source.startswith(alloy)
    where = f"for {alloy}" if by_alloy else "on this unit"
    source = row.source.partition(":")[0].removeprefix(f"{alloy} ")
    fix = "lower it, or name the board's alloy with --alloy" if by_alloy else "lower it"
    raise Refused(
        f"--top {top_c:g} is above {row.approach_c:g} °C, where heat ends {where} ({source})", fix
    )


def _test(link: Any, lending: Any, profile: dict[str, Any], order: Any, output: Output) -> Tested:
    """The run from the card to its log, which is read as soon as the heat is over."""
    from preheat import job, logs, pulling, runner
    from preheat.cli.keys import Interrupts
    from preheat.cli.run import attend_job, start_job, wait_for_enter

    ready = job.prepare(link, profile)
    for line in ready.card.lines():
        output.note(line)
    if not order.yes:
        wait_for_enter("starts the heat", "nothing was started")

    def heat_only(*arguments: Any) -> Any:
        return job.follow(*arguments, to_close=False)

    with Interrupts() as interrupts:
        started = start_job(link, ready, order)
        lending.token = started.token
        outcome = attend_job(link, ready, started, interrupts, heat_only)
    run_id, unit = started.run_id, ready.card.unit
    if outcome.end not in (runner.DONE, runner.UNSEEN):
        output.note(f"nothing was stored; the log stays in the unit: `preheat log pull {run_id}`")
        output.document({"run_id": run_id, "unit": unit, "log": None, **_ended(outcome)})
        runner.raise_for_end(outcome.end, runner.fault_detail(outcome.events))
    output.note("the heat is over, the board cools by itself; reading the log")
    with output.progress("log") as progress:
        path = pulling.pull(link, run_id, progress).path
    tested = Tested(logs.load(path), unit, run_id, path)
    output.say(f"log       {path}")
    output.say(f"          {tested.again}")
    return tested


def _ended(outcome: Any) -> dict[str, Any]:
    """How a test ended that did not get to its end, for programs."""
    from preheat import runner

    rows = [event for event in outcome.events if event.get("ev") == "fault"]
    return {
        "stored": False,
        "end": outcome.end,
        "faults": [[row.get("code"), row.get("detail")] for row in rows],
        "detail": runner.fault_detail(outcome.events).strip(" []"),
    }


def _from_log(
    which: str, board: "str | None", port: "str | None", wishes: Wishes, output: Output
) -> None:
    from preheat import logs, tomlfiles, units
    from preheat.errors import Refused

    path = logs.find(which)
    log = logs.load(path)
    unit = (log.header or {}).get("unit") or path.parent.name
    tested = Tested(log, unit, path.stem, path)
    if board is not None:
        _conclude(tested, tomlfiles.load_board(board), None, None, wishes, output)
        return
    with unit_link(port, output) as link:
        settings = _settings(link)
        stored = units.read_stored(link, "board", "board")
        if (log.header or {}).get("board_hash") != link.request(
            "get", kind="board", name="board"
        ).get("sha"):
            raise Refused("the log is of a unit with another board file than this one",
                          "connect the unit that made it, or name its file with --board")
        _conclude(tested, stored, settings, link, wishes, output)


def _settings(link: Any) -> dict[str, Any]:
    from preheat.errors import Refused
    from preheat.units import read_settings

    values = read_settings(link)
    if values is None:
        raise Refused("the unit has no settings to store a model in",
                      "give it a name with `preheat unit name NAME`", code="missing")
    return values


def _conclude(
    tested: Tested, board: dict[str, Any], settings: "dict[str, Any] | None", link: Any,
    wishes: Wishes, output: Output,
) -> None:
    """Fit, show, draw, judge, ask, store. Without a link nothing is stored."""
    from preheat.cli.run import wait_for_enter
    from preheat.errors import PreheatError, Refused, UsageError
    from preheat.tuning import judge, outcome, picture, report

    output.note("fitting the model")
    try:
        tuned = outcome.evaluate(tested.log, board)
    except Refused as error:
        output.document({**tested.about(), "detail": str(error)})
        raise
    output.table(report.HEADS, report.table(tuned))
    for line in report.lines(tuned):
        output.say(line)
    drawn: Path | None = wishes.picture or tested.picture
    try:
        picture.save(tuned, f"{tested.unit}, {tested.run_id}", drawn)
        output.say(f"picture   {drawn}")
    except UsageError as error:  # what was measured counts for more than its picture
        output.note(str(error))
        drawn = None
    source = f"by run {tested.run_id}"
    shown = str(drawn) if drawn else None
    document = {**tested.about(), **tuned.as_dict(source), "picture": shown}
    if tuned.doubts:
        output.document(document)
        judge.refuse(tuned.doubts)
    if link is None or settings is None:
        output.say("stored nowhere: no unit was asked")
        output.document(document)
        return
    if settings.get("model"):
        output.say("")
        output.table(report.CHANGE_HEADS, report.changes(settings["model"], tuned))
    if not wishes.yes:
        try:
            wait_for_enter("stores the model", f"nothing was stored; {tested.again}")
        except PreheatError:
            output.document(document)
            raise
    document["hash"] = _store(link, settings, tuned.model(source), output)
    document["stored"] = True
    output.document(document)


def _store(link: Any, settings: dict[str, Any], model: dict[str, Any], output: Output) -> str:
    from preheat import backup, units

    values = {**settings, "model": model, "strategy": "predictive"}
    digest = units.push_settings(link, values)
    backup.keep(link)
    name = values["name"]
    output.say(f"stored in {name} ({digest}); from now on it controls by this model")
    output.say("next: `preheat profile check PROFILE --unit` tells what the unit can follow")
    return digest
