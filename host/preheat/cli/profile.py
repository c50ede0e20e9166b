"""`profile`: thermal profiles, the stock ones, files, and those stored in a unit."""

from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import (
    FiniteRange,
    Output,
    json_option,
    note_cautions,
    port_option,
    read_profile,
    unit_link,
    write_text,
)
from preheat.cli.profileimport import import_
from preheat.cli.profileshow import plot, show


@click.group()
def profile() -> None:
    """Show, check, import and send thermal profiles (the job: stages, alloy, limits)."""


profile.add_command(show)
profile.add_command(plot)
profile.add_command(import_)


@profile.command("list")
@click.option("--unit", "in_unit", is_flag=True, help="List those stored in the unit.")
@port_option
@json_option
def list_(in_unit: bool, port: "str | None", as_json: bool) -> None:
    """List the stock profiles, or with --unit those stored in the unit."""
    output = Output(as_json)
    if in_unit or port:
        _list_stored(port, output)
        return
    from preheat import tomlfiles
    from preheat_core.profile import planned_s

    rows = []
    for name in tomlfiles.stock_profiles():
        values = tomlfiles.load_profile(name)
        peak_c = max(stage["target_c"] for stage in values["stages"])
        rows.append((name, values["alloy"], values["purpose"], peak_c, planned_s(values) / 60,
                     values["title"]))
    output.table(
        ("name", "alloy", "purpose", "peak", "plan", "title"),
        [(n, a, p, f"{c:g} °C", f"{m:.0f} min", t) for n, a, p, c, m, t in rows],
    )
    keys = ("name", "alloy", "purpose", "peak_c", "planned_min", "title")
    output.document([dict(zip(keys, (*row[:4], round(row[4], 1), row[5]))) for row in rows])


def _list_stored(port: "str | None", output: Output) -> None:
    from preheat.transfer import items

    with unit_link(port, output) as link:
        rows = items(link, "profile")
    if rows:
        output.table(("name", "hash"), [row[:2] for row in rows])
    else:
        output.say("the unit holds no profile")
    output.document([{"name": row[0], "hash": row[1]} for row in rows])


@profile.command()
@click.argument("profile", metavar="NAME|FILE")
@click.option("--board", metavar="NAME|FILE", help="Check against this board's limits too.")
@click.option("--settings", "settings_file", type=click.Path(), help="… and these settings.")
@click.option("--unit", "on_unit", is_flag=True, help="Check against the connected unit.")
@click.option(
    "--mass", "mass_j_k", metavar="J/K", type=FiniteRange(5, 10000),
    help="Heat capacity of the board to come, if it is not like the one the unit was tuned with.",
)
@click.option("--plot", type=click.Path(dir_okay=False), help="Draw the forecast into this file.")
@port_option
@json_option
def check(
    profile: str, board: "str | None", settings_file: "str | None", on_unit: bool,
    mass_j_k: "float | None", plot: "str | None", port: "str | None", as_json: bool,
) -> None:
    """Check a profile and list every problem.

    Alone, against the rules of profiles and, for its [job], the tables of `preheat limits`; with
    --board, --unit or --port also against the limits of that board or of the unit as it is now.
    For a tuned unit (or --board with --settings of one) it says whether the unit can follow:
    power needed, predicted peak and minutes.
    """
    from preheat import forecast, tomlfiles, units
    from preheat.cli.config import report_problems
    from preheat_core import limits, settings

    output = _Forecasting(as_json)
    if plot:
        from preheat.tuning.picture import check_place

        check_place(Path(plot))
    values = tomlfiles.load(tomlfiles.find_profile(profile))
    if settings_file and not board:
        raise click.UsageError("--settings needs --board")
    if (plot or mass_j_k) and not (on_unit or port or board):
        raise click.UsageError("a forecast needs --unit, --port, or --board with --settings")
    problems = tomlfiles.check_profile(values)
    if not problems:
        note_cautions(values, output)
        values = tomlfiles.resolve_profile(values)
    if problems:
        pass  # what is wrong by itself need not be held against a unit
    elif on_unit or port:
        with unit_link(port, output) as link:
            problems = units.check_profile_on(link, values)
            if not problems:
                output.forecast = forecast.on_unit(link, values, mass_j_k)
    elif board:
        own = tomlfiles.load_settings(settings_file) if settings_file else settings.default("any")
        checked = tomlfiles.load_board(board)
        problems = limits.check_profile(values, checked, own)
        if not problems:
            output.forecast = forecast.make(values, checked, own, mass_j_k=mass_j_k)
    found = output.forecast
    if found is not None:
        problems = list(found.problems)
        _say_forecast(found, values, plot, output)
        if found.end.startswith("fault"):
            problems.append("the run would not get to its end on this unit")
    elif not problems and (on_unit or port or settings_file or plot or mass_j_k):
        _say_not_tuned(plot, output)
    report_problems(problems, profile, output)


class _Forecasting(Output):
    """One document: the check's, with the forecast in it."""

    forecast: Any = None

    def document(self, value: Any) -> None:
        found = self.forecast
        super().document({**value, "forecast": found.as_dict() if found else None})


def _say_forecast(found: Any, values: dict[str, Any], plot: "str | None", output: Output) -> None:
    from preheat import forecastplot, forecasttext

    output.table(forecasttext.HEADS, forecasttext.table(found))
    for line in forecasttext.lines(found):
        output.say(line)
    if plot and not found.problems:
        forecastplot.save(found, values["title"], plot)
        output.say(f"drawn in {plot}")


def _say_not_tuned(plot: "str | None", output: Output) -> None:
    from preheat.errors import Refused
    from preheat.forecasttext import NOT_TUNED

    if plot:
        raise Refused(f"there is nothing to draw: this unit is {NOT_TUNED}", code="missing")
    output.say(NOT_TUNED)


@profile.command()
@click.argument("profile", metavar="NAME|FILE")
@port_option
@json_option
def push(profile: str, port: "str | None", as_json: bool) -> None:
    """Check a profile against the unit and store it there (for --detach and the button)."""
    from preheat import tomlfiles, units

    output = Output(as_json)
    values = tomlfiles.for_unit(read_profile(profile, output))
    with unit_link(port, output) as link, output.progress("profile") as progress:
        digest, sent = units.push_profile(link, values, progress)
    output.say(f"{values['name']} {'stored' if sent else 'was there already'} ({digest})")
    output.document({"name": values["name"], "hash": digest, "sent": sent})


@profile.command()
@click.argument("name")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False), help="File to write.")
@port_option
@json_option
def pull(name: str, target: "str | None", port: "str | None", as_json: bool) -> None:
    """Write a profile stored in the unit to a TOML file (NAME.toml unless -o says otherwise)."""
    from preheat.units import read_stored

    output = Output(as_json)
    with unit_link(port, output) as link:
        values = read_stored(link, "profile", name)
    place = target or f"{name}.toml"
    write_text(place, _as_toml(values), new=target is None)
    output.say(f"{name} written to {place}")
    output.document({"name": name, "file": place})


def _as_toml(values: dict[str, Any]) -> str:
    from preheat.tomltext import dumps
    from preheat_core import profile as profiles

    return dumps(profiles.normalise(values))
