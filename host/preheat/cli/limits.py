"""`limits`: what a job must keep to, who says so, what binds, and what is left for errors."""

from typing import Any

import rich_click as click

from preheat.cli.common import FiniteRange, Output, json_option
from preheat.cli.limitoptions import Wanted, limit_options


@click.command()
@limit_options
@click.option("--purpose", type=click.Choice(["preheat", "reflow", "bake"]),
              help="What the heat is for; by default what the procedure is for, or preheat; with "
              "--msl a bake.")
@click.option("--sensor-error", "sensor_error_c", metavar="C", type=FiniteRange(0.5, 15),
              help="The unit's declared sensor error; 4 unless said.")
@click.option("--msl", metavar="LEVEL",
              help="Moisture: floor life and bakes of this level (1 to 6), by --thickness.")
@json_option
def limits(
    wanted: Wanted, purpose: "str | None", sensor_error_c: "float | None", msl: "str | None",
    as_json: bool,
) -> None:
    """Show the limits of a job with their sources, what binds, and what is left for errors.

    Without options it lists the alloys, packages, laminates and procedures it knows. Numbers that
    nobody looked up in a source are marked unverified.
    """
    from preheat.errors import UsageError

    output = Output(as_json)
    asks_stack = wanted.given and not (msl and wanted == Wanted(thickness_mm=wanted.thickness_mm))
    if not (asks_stack or msl or purpose or sensor_error_c):
        _list(output)
        return
    if msl and asks_stack and wanted.alloy is None:
        raise UsageError(
            "bakes go by --msl and --thickness alone; everything else is about a solder",
            "leave it out, or say --alloy for the limits of the job as well",
        )
    found: dict[str, Any] = {}
    if asks_stack or not msl:
        from preheat.limits.stack import stack

        if msl and purpose is None and wanted.procedure is None:
            purpose = "bake"
        question = wanted.question(purpose=purpose, sensor_error_c=sensor_error_c)
        found |= _say_stack(stack(question), output)
    if msl:
        found["moisture"] = _say_moisture(msl, wanted.thickness_mm, output)
    output.document(found)


def _list(output: Output) -> None:
    from preheat.limits import alloys, moisture, parts
    from preheat.limits.catalog import alloy_documents, alloy_table

    output.table(("alloy", "melts", "peak", "on a unit", "other names"), alloy_table())
    for head, rows in (("package", parts.packages()), ("laminate", parts.laminates()),
                       ("procedure", parts.procedures())):
        output.say()
        output.table((head, "", "other names"),
                     [(row.name, row.title, " ".join(row.aliases) or None) for row in rows])
    output.say()
    output.say(f"moisture levels (--msl): {', '.join(moisture.levels())}")
    output.say("next: `preheat limits --alloy SAC305 --package bga`")
    output.document({
        "alloys": alloy_documents(alloys.rows()),
        "packages": [row.name for row in parts.packages()],
        "laminates": [row.name for row in parts.laminates()],
        "procedures": [row.name for row in parts.procedures()],
        "msl": list(moisture.levels()),
    })  # fmt: skip


def _say_stack(found: Any, output: Output) -> "dict[str, Any]":
    from preheat.limits import text

    output.table(text.HEADS, text.table(found))
    output.say()
    output.say("what binds:")
    for line in text.binding(found):
        output.say(f"  {line}")
    output.say()
    for line in [*text.advice(found), *text.notes(found)]:
        output.say(line)
    return text.document(found)


def _say_moisture(msl: str, thickness_mm: "float | None", output: Output) -> "dict[str, Any]":
    from preheat.limits import moisture, text

    life, rows = moisture.floor_life(msl), moisture.bakes(msl, thickness_mm)
    output.say(f"level {life.msl}, floor life at most 30 °C and 60 % RH: {life.said} "
               f"({life.source})")  # fmt: skip
    if rows:
        output.table(text.BAKE_HEADS, text.bake_table(rows))
        output.say("90 and 40 °C with at most 5 % RH. An interruption over "
                   f"{moisture.interruption_min():g} min makes the bake longer.")  # fmt: skip
    else:
        output.say("no bake is known here for that; the label or the maker says it")
    return text.moisture_document(msl, rows)
