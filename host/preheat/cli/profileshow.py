"""`profile show` and `profile plot`: a profile as a table, a chart in the terminal, a picture."""

import shutil
import sys
from pathlib import Path

import rich_click as click

from preheat.cli.common import Output, json_option, read_profile


@click.command()
@click.argument("profile", metavar="NAME|FILE")
@click.option("--ascii", "plain", is_flag=True, help="Draw with plain characters.")
@json_option
def show(profile: str, plain: bool, as_json: bool) -> None:
    """Show a profile: its stages, its limits and who says so, and the planned curve.

    Without a unit: a board's ceilings and the unit's sensor error come on top of it.
    """
    from preheat import plannedcurve, profiletext, termchart, tomlfiles
    from preheat_core.profile import planned_s

    output = Output(as_json)
    data = read_profile(profile, output)
    values = tomlfiles.for_unit(data)
    line = plannedcurve.points(values)
    minutes = planned_s(values) / 60
    metal, solidus_c, liquidus_c = tomlfiles.melting(data)
    known = metal if metal == values["alloy"] else f"{metal} ({values['alloy']} on a unit)"
    output.say(f"{values['name']}: {values['title']}")
    output.say(f"{values['purpose']}, {known}, solidus {solidus_c:g}, liquidus "
               f"{liquidus_c:g} °C; planned {profiletext.duration(60 * minutes)} from 25 °C, "
               "operator waits not counted")  # fmt: skip
    output.say(f"source: {values['source']}")
    output.say()
    output.table(profiletext.STAGE_HEADS, profiletext.stage_rows(values))
    output.say()
    output.table(profiletext.LIMIT_HEADS, profiletext.limit_rows(values))
    output.say()
    if not as_json:
        for row in termchart.draw(
            line, *_room(), marks=[(liquidus_c, "liquidus")],
            ascii_only=plain or not _speaks_utf8(), ends=("0", f"{minutes:.0f} min"),
        ):  # fmt: skip
            output.say(row)
    found = profiletext.process_limits(values)
    output.document({
        "profile": values,
        "planned_min": round(minutes, 2),
        "peak_c": max(stage["target_c"] for stage in values["stages"]),
        "limits": [{"role": role, "max_c": c, "source": why} for role, (c, why) in found.items()],
        "curve": {"t_s": [s for s, _ in line], "setpoint_c": [c for _, c in line]},
    })  # fmt: skip


def _room() -> tuple[int, int]:
    """Width and height for the chart: the terminal's, within reason."""
    columns, rows = shutil.get_terminal_size((80, 24))
    return min(columns, 120), max(8, min(rows - 8, 16))


def _speaks_utf8() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"


@click.command()
@click.argument("profile", metavar="NAME|FILE")
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path),
    help="Picture to write: .png, .svg or .pdf. Default: NAME.png.",
)
@json_option
def plot(profile: str, target: "Path | None", as_json: bool) -> None:
    """Draw a profile: planned curve, stages, liquidus and limits."""
    from preheat import profileplot, tomlfiles
    from preheat.errors import UsageError

    output = Output(as_json)
    data = tomlfiles.read_profile(profile)
    values = tomlfiles.for_unit(data)
    place = target or Path(f"{values['name']}.png")
    if target is None and place.exists():
        raise UsageError(f"{place} exists already", "name a file with -o FILE")
    metal, _, liquidus_c = tomlfiles.melting(data)
    profileplot.save(values, metal, liquidus_c, place)
    output.say(f"{values['name']} drawn in {place}")
    output.document({"name": values["name"], "file": str(place)})
