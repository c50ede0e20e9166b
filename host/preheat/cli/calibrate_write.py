"""`calibrate apply` and `calibrate clear`: what changes a unit, shown before it does."""

from pathlib import Path
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option, port_option, unit_link

PROBE = click.argument("probe")
YES = click.option("--yes", is_flag=True, help="Do not wait for Enter.")


@click.command()
@PROBE
@click.option("--operator", metavar="NAME", help="Who calibrated. Default: your login name.")
@click.option("--instrument", metavar="TEXT", help="The reference: make, type, serial number.")
@click.option("--certificate", metavar="TEXT", help="Number of the reference's certificate.")
@click.option(
    "--due", metavar="YYYY-MM-DD", help="The last day it counts; after it there are warnings."
)
@YES
@port_option
@json_option
def apply(
    probe: str, operator: "str | None", instrument: "str | None", certificate: "str | None",
    due: "str | None", yes: bool, port: "str | None", as_json: bool,
) -> None:
    """Fit the points taken of PROBE and store offset and gain in the unit.

    One point gives an offset, two or three give offset and gain. Shows the old and the new row
    and asks; the settings before are kept in a file here. Refused while a run goes on.
    """
    from preheat.calibration import fit, measure, rows
    from preheat.calibration.pending import Pending
    from preheat.cli.run import operator_name
    from preheat.errors import Refused

    output = Output(as_json)
    papers = rows.Papers(operator_name(operator) or None, instrument, certificate, due)
    with unit_link(port, output) as link:
        values = _settings(link)
        measure.look(link, probe)
        waiting = Pending(str(link.hello.get("uid") or ""))
        points = waiting.of(probe)
        if not points:
            raise Refused(f"no point of {probe} waits to be applied",
                          f"take one, e.g. `preheat calibrate point {probe} --ice`", "missing")
        found = fit.fit(points)
        row = rows.make(probe, found, points, papers)
        new = rows.replaced(values, probe, row)
        _check(new)
        output.table(
            ("point", "true °C", "read °C", "left °C", "taken"),
            [(p.kind, f"{p.true_c:.2f}", f"{p.read_c:.2f}", f"{round(left, 2) + 0.0:+.2f}",
              f"{p.at}, {p.how}")
             for p, left in zip(points, found.residuals_c)],
        )  # fmt: skip
        said = rows.leaves_open(points, values["sensor_error_c"])
        if due is None:
            said.append("no --due: nobody will be warned when it gets old")
        for sentence in said:
            output.say(f"note      {sentence}")
        document = {"points": [p._asdict() for p in points],
                    "residuals_c": list(found.residuals_c), "notes": said}  # fmt: skip
        _store(link, values, new, probe, yes, output, document)
        waiting.drop(probe)


@click.command()
@PROBE
@click.option("--points", is_flag=True, help="Only the points that wait here; not the unit's row.")
@YES
@port_option
@json_option
def clear(
    probe: str, points: bool, yes: bool, port: "str | None", as_json: bool
) -> None:
    """Remove PROBE's calibration from the unit, or the points that wait to be applied."""
    from preheat.calibration import rows
    from preheat.calibration.pending import Pending
    from preheat.errors import Refused

    output = Output(as_json)
    with unit_link(port, output) as link:
        if points:
            gone = Pending(str(link.hello.get("uid") or "")).drop(probe)
            output.say("\n".join(f"dropped   {p}" for p in gone) or f"no point of {probe} waits")
            output.document({"probe": probe, "dropped": [p._asdict() for p in gone]})
            return
        values = _settings(link)
        if rows.find(values, probe) is None:
            raise Refused(f"{probe} is not calibrated in this unit",
                          "see `preheat calibrate show`; --points drops points that wait",
                          "missing")  # fmt: skip
        _store(link, values, rows.replaced(values, probe, None), probe, yes, output, {})


def _settings(link: Any) -> dict[str, Any]:
    """The unit's settings, to be changed now: none may be heating, no log open."""
    from preheat.errors import Refused
    from preheat.units import read_settings
    from preheat_core import settings

    run_id = link.request("status").get("run_id")
    if run_id:
        raise Refused(f"{run_id} goes on, and its log says how its probes are calibrated",
                      "wait until it is cool and its log closed, or `preheat stop`", "state")
    values = read_settings(link)
    if values is None:
        raise Refused("the unit has no settings to keep a calibration in",
                      "give it a name with `preheat unit name NAME`", "missing")
    return settings.normalise(values)


def _check(values: dict[str, Any]) -> None:
    from preheat.calibration import dates
    from preheat.tomlfiles import refuse
    from preheat_core import settings

    refuse(settings.check(values) + dates.problems(values), "the calibration")


def _refuse_changed(link: Any, before: dict[str, Any]) -> None:
    """Another window may have stored settings while this one waited for Enter."""
    from preheat.errors import Refused

    if _settings(link) != before:
        raise Refused("the unit's settings have changed meanwhile; nothing was stored",
                      "run the command again: it shows what is there now", "state")


def _store(
    link: Any, before: dict[str, Any], after: dict[str, Any], probe: str, yes: bool,
    output: Output, document: dict[str, Any],
) -> None:
    """Show what changes, ask, put the old settings aside, store the new ones."""
    from preheat import units
    from preheat.calibration import pending, rows
    from preheat.cli.run import wait_for_enter

    old, new = rows.find(before, probe), rows.find(after, probe)
    output.say()
    output.table((f"{probe}", "now", "then"), rows.changes(old, new))
    output.say()
    if not yes:
        wait_for_enter("stores this in the unit", "nothing was stored")
    _refuse_changed(link, before)
    aside: Path = pending.put_aside(before)
    digest = units.push_settings(link, after)
    name = after["name"]
    output.say(f"stored in {name} ({digest}); it counts from the next reading on")
    output.say(f"the settings before are in {aside}: `preheat config push` brings them back")
    output.document({"unit": name, "probe": probe, "before": old, "after": new,
                     "hash": digest, "aside": str(aside), **document})  # fmt: skip
