"""`run PROFILE` and `hold C`: the card, the start, the live line, the log, the numbers."""

import functools
import getpass
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import rich_click as click

from preheat.cli.common import (
    FiniteRange,
    Output,
    json_option,
    port_option,
    read_profile,
    unit_link,
)
from preheat.cli.jobrun import under_job

HOLD_NAME = "hold"
FORECAST_S = 1500  # of a run are looked at before it: a few seconds' work
RAMP_LIMIT_C_S = 3.0  # usual limit for a board; the ramp asked for is not also its own limit


class Order(NamedTuple):
    """How to carry out a job: the options that `run` and `hold` share."""

    port: "str | None"
    yes: bool
    detach: bool
    by: "str | None"
    as_json: bool


def job_options(function):
    """Add the shared options; the verb gets them as one `order`."""

    @functools.wraps(function)
    def verb(port, yes, detach, by, as_json, **own):
        return function(order=Order(port, yes, detach, by, as_json), **own)

    for option in (
        json_option,
        port_option,
        click.option("--by", metavar="NAME", help="Who starts it (goes into the log)."),
        click.option(
            "--detach", is_flag=True,
            help="Start and leave: the run then needs no laptop. The unit alone watches over it.",
        ),
        click.option("--yes", is_flag=True, help="Start without waiting for Enter."),
    ):
        verb = option(verb)
    return verb


@click.command()
@click.argument("profile")
@under_job
@job_options
def run(profile: str, order: Order, wanted: "dict[str, Any]") -> None:
    """Run PROFILE (a stock name or a TOML file), with heat.

    Shows the card first: unit, probes and their readings, alloy, the limit that binds, minutes,
    and whether a tuned unit can follow.
    While it runs: space or S stop, C continue, A acknowledge, E heat from above or another board
    (again when it is over), + and − trim by 1 °C. Ctrl-C stops.
    """
    from preheat import tomlfiles

    values = tomlfiles.for_unit(read_profile(profile, Output(order.as_json)))
    _carry_out(lambda _: values, order, "run", wanted)


@click.command()
@click.argument("celsius", metavar="C", type=FiniteRange(30, 300))
@click.option(
    "--minutes", type=FiniteRange(0.1, 240), default=30, show_default=True,
    help="How long to hold, counted only inside the band.",
)
@click.option(
    "--ramp", type=FiniteRange(0.05, 4), default=1.0, show_default=True, help="In °C/s."
)
@click.option(
    "--alloy", type=click.Choice(["SnPb", "SAC305", "SnBi"]),
    help="The solder on the board: it sets the limit. Default: SnPb; with --job the job's alloy, "
    "of two the one that melts first.",
)
@click.option("--external-heat", is_flag=True, help="You will heat from above meanwhile.")
@under_job
@job_options
def hold(
    celsius: float, minutes: float, ramp: float, alloy: "str | None", external_heat: bool,
    order: Order, wanted: "dict[str, Any]",
) -> None:
    """Warm to C degrees Celsius and hold, as bottom heat: it stays below the alloy's solidus."""

    def profile(under: Any) -> dict[str, Any]:
        return hold_profile(celsius, minutes, ramp, under.alloy(alloy), external_heat)

    _carry_out(profile, order, "hold", wanted)


def hold_profile(
    target_c: float, minutes: float, ramp_c_s: float, alloy: str, external_heat: bool
) -> dict[str, Any]:
    """The one-stage profile of `hold`; the time limits leave room for a slow unit."""
    hold_s = round(minutes * 60)
    ramp_max_s = round(3 * target_c / ramp_c_s) + 900
    hold_max_s = 2 * hold_s + 600
    return {
        "schema": 1,
        "name": HOLD_NAME,
        "title": f"Hold {target_c:g} °C for {minutes:g} min",
        "alloy": alloy,
        "purpose": "preheat",
        "source": "given on the command line",
        "ramp_max_c_s": max(ramp_c_s, RAMP_LIMIT_C_S),
        "run_max_s": ramp_max_s + hold_max_s + 60,
        "stages": [
            {
                "name": HOLD_NAME,
                "target_c": target_c,
                "ramp_c_s": ramp_c_s,
                "hold_s": hold_s,
                "external_heat": external_heat,
                "ramp_max_s": ramp_max_s,
                "hold_max_s": hold_max_s,
            }
        ],
    }


def _carry_out(
    profile_for: "Callable[[Any], dict[str, Any]]", order: Order, verb: str,
    wanted: "dict[str, Any]",
) -> None:
    from preheat.cli.underjob import attendance

    output = Output(order.as_json)
    with attendance(wanted, order.by, output) as under:
        profile = profile_for(under)
        under.before_port(profile)
        with unit_link(order.port, output) as link:
            _on_unit(link, profile, order._replace(by=under.by or order.by), verb, under, output)


def _on_unit(
    link: Any, profile: dict[str, Any], order: Order, verb: str, under: Any, output: Output
) -> None:
    from preheat.cli.keys import Interrupts
    from preheat.errors import OperatorStop
    from preheat.forecasttext import NOT_TUNED
    from preheat.job import attend, prepare
    from preheat.ownership import need_own_port, shared
    from preheat.runner import raise_for_end

    if not order.detach:
        need_own_port(link)
    with shared(link, verb) as lending:
        ready = prepare(link, profile)
        work = under.before_heat(link, ready)
        card = ready.card._replace(forecast=_forecast(link, ready), work=work)
        for line in card.lines():
            output.note(line)
        if not order.yes:
            wait_for_enter("starts the heat", "nothing was started")
        if lending.stopped:
            raise OperatorStop("`preheat stop` came from another window meanwhile",
                               "nothing was started; run it again when nothing is in the way")
        under.at_start()
        with Interrupts() as interrupts:  # from the start on, Ctrl-C must become a stop
            started = start_job(link, ready, order)
            under.started(started.run_id)
            if order.detach:
                run_id = started.run_id
                output.say(f"{run_id} started; it needs no laptop: see `preheat watch`")
                output.document({"run_id": run_id, "state": "started", "detached": True})
                return
            lending.token = started.token
            result = attend_job(link, ready, started, interrupts, attend)
    for line in result.lines():
        output.say(line)
    under.ended(result)
    output.document(result.as_dict())
    if result.end == "fault:ramp_timeout" and NOT_TUNED in card.forecast:
        output.note(f"this unit is {NOT_TUNED}")  # most likely the cause
    raise_for_end(result.end, result.detail)


def _forecast(link: Any, ready: Any) -> "tuple[str, ...]":
    """What the run will be like, in words. Refused where the unit would refuse it as well."""
    from preheat.tomlfiles import refuse

    problems = ()
    try:
        from preheat import forecast, forecasttext

        found = forecast.on_unit(link, ready.profile, most_s=FORECAST_S)
        text = tuple(forecasttext.card_lines(found))
        problems = found.problems if found else ()
    except Exception as error:  # it is advice: a failure of it must not keep anybody from a start
        text = (f"there is none ({type(error).__name__}: {error})",)
    refuse(list(problems), f"profile {ready.profile['name']} on this unit")
    return text


def start_job(link: Any, ready: Any, order: Order) -> Any:
    """job.start for a person at the keyboard: what a lost or cut-off start means is said."""
    from preheat.errors import DeviceLost
    from preheat.job import start

    try:
        return start(link, ready, order.detach, operator_name(order.by))
    except KeyboardInterrupt as error:  # a second Ctrl-C, before the first could be acted on
        raise DeviceLost(
            "left before the unit said whether the run began", "switch it off: `preheat stop`"
        ) from error
    except DeviceLost as error:
        if not order.detach:
            raise
        raise DeviceLost(
            f"{error.message}; the run may have begun, and a detached one does not end by itself",
            "look with `preheat status`, end it with `preheat stop` or cut the mains",
        ) from error


def attend_job(link: Any, ready: Any, started: Any, interrupts: Any, attend: Any) -> Any:
    """Call `attend` (as job.attend) with keys and a view for as long as it lasts."""
    from preheat.cli.keys import KEYS_HELP, NoKeys, keyboard
    from preheat.errors import DeviceLost
    from preheat.runview import make_view

    names = tuple(probe.name for probe in ready.card.probes)
    stages = tuple(stage["name"] for stage in ready.profile["stages"])
    with keyboard() as keys, make_view(names, stages) as view:
        if not isinstance(keys, NoKeys):
            view.note(KEYS_HELP)
        try:
            return attend(link, started, view, keys, interrupts)
        except DeviceLost:
            view.note("the unit ends this run by itself 10 s after it lost this program")
            raise


def operator_name(by: "str | None") -> str:
    """The name given with --by, else the login name, in one spelling, cut to what a unit takes."""
    from preheat.record.names import cut

    if by is None:
        try:
            by = getpass.getuser()
        except (OSError, KeyError, ImportError):  # no login name here: nobody is named
            by = ""
    return cut(by)


def wait_for_enter(does: str, otherwise: str) -> None:
    """Wait for Enter (or y), which `does` something.

    OperatorStop, which says `otherwise`, for any other answer and for Ctrl-C; UsageError where
    nobody can press it.
    """
    from preheat.errors import OperatorStop, UsageError

    print(f"Enter {does}, n or Ctrl-C leaves: ", end="", file=sys.stderr, flush=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt as error:
        print(file=sys.stderr)
        raise OperatorStop(otherwise) from error
    if not answer:
        print(file=sys.stderr)
        raise UsageError("nobody is there to press Enter", "add --yes to go on without asking")
    if answer.strip().lower() not in ("", "y", "yes"):
        raise OperatorStop(otherwise)
