"""`calibrate`: take points of one probe; show what is calibrated, how well, and until when."""

import functools
from typing import Any

import rich_click as click

from preheat.cli.calibrate_write import apply, clear
from preheat.cli.common import FiniteRange, Output, json_option, port_option, unit_link


@click.group()
def calibrate() -> None:
    """Calibrate single probes against ice, boiling water, a melting alloy or a reference.

    Take a point or two (hours may pass between them), then apply:

    `preheat calibrate point board --ice`, then
    `preheat calibrate point board --boiling --pressure-hpa 987`, then
    `preheat calibrate apply board --operator NAME --due 2027-05-01`
    """


calibrate.add_command(apply)
calibrate.add_command(clear)


@calibrate.command()
@port_option
@json_option
def show(port: "str | None", as_json: bool) -> None:
    """Show each probe's calibration, its age, when it is due, and the points that wait."""
    from preheat.calibration import dates, rows
    from preheat.calibration.known import settings_of
    from preheat.calibration.pending import Pending

    output = Output(as_json)
    with unit_link(port, output) as link:
        values = settings_of(link) or {"calibration": []}
        names = [row[0] for row in link.request("status").get("probes", ())]
        waiting = Pending(str(link.hello.get("uid") or "")).all()
        unit = link.hello.get("name")
    found = {name: rows.find(values, name) for name in names}
    output.table(
        ("probe", "offset °C", "gain", "date", "due", "state"),
        [(name, row["offset_c"], row["gain"], rows.age(row), row.get("due"), rows.state(row))
         if row else (name, None, None, None, None, rows.state(None))
         for name, row in found.items()],
    )  # fmt: skip
    for name, row in found.items():
        output.say()
        said = {key: row[key] for key in rows.KEYS[5:] if key in row} if row else {}
        for key, value in said.items():
            output.say(f"{name}  {key:11} {value}")
        for point in waiting.get(name, ()):
            output.say(f"{name}  waits       {point} ({point.how}, {point.at})")
    warnings = dates.overdue(values["calibration"])
    for sentence in warnings:
        output.say(f"WARNING  {sentence}")
    output.document({
        "unit": unit,
        "probes": [{"probe": name, "state": rows.state(row), "row": row,
                    "waiting": [point._asdict() for point in waiting.get(name, ())]}
                   for name, row in found.items()],
        "warnings": warnings,
    })  # fmt: skip


def against_options(function):
    """Add the options that say against what; the verb gets them as one `wish`."""

    @functools.wraps(function)
    def verb(ice, boiling, pressure_hpa, altitude_m, alloy, log, reference, error, **own):
        from preheat.calibration.target import Wish

        wish = Wish(ice, boiling, pressure_hpa, altitude_m, alloy, log, reference, error)
        return function(wish=wish, **own)

    for option in reversed((
        click.option(
            "--ice", is_flag=True, help="The tip is in a stirred slush of ice and water."
        ),
        click.option(
            "--boiling", is_flag=True,
            help="The tip is in boiling water; needs the pressure or the altitude.",
        ),
        click.option(
            "--pressure-hpa", metavar="P", type=FiniteRange(500, 1100),
            help="With --boiling: what a barometer shows at the bench, not reduced to sea level.",
        ),
        click.option(
            "--altitude-m", metavar="H", type=FiniteRange(-400, 5000),
            help="With --boiling, where there is no barometer: the weather leaves ±0.6 °C open.",
        ),
        click.option(
            "--alloy", metavar="NAME",
            help="The tip is in an alloy that you melt slowly, e.g. Sn63Pb37: its plateau counts.",
        ),
        click.option(
            "--log", metavar="LOG", help="With --alloy: the plateau is in the log of a run."
        ),
        click.option(
            "--reference", metavar="C|blinka[:PIN]",
            help="What a better thermometer shows beside the tip; or blinka: a second MAX31855 on "
            "this computer, its chip select at PIN (default C0, of an FT232H).",
        ),
        click.option(
            "--error", metavar="C", type=FiniteRange(0, 5),
            help="With --reference: how far it may be off itself, by its certificate (default 0).",
        ),
    )):  # fmt: skip
        verb = option(verb)
    return verb


@calibrate.command()
@click.argument("probe")
@against_options
@click.option(
    "--seconds", type=FiniteRange(10, 300), default=30, show_default=True,
    help="How long the reading has to stand still.",
)
@port_option
@json_option
def point(
    probe: str, wish: Any, seconds: float, port: "str | None", as_json: bool
) -> None:
    """Take one point of PROBE and keep it on this computer; the unit is not changed.

    Waits until the reading stands still, five minutes at most; with --alloy until it has stood
    and risen on, an hour at most. Never switches heat on: bring the heat yourself.
    """
    from preheat.calibration.target import target

    output = Output(as_json)
    aim = target(wish)
    if wish.log is not None:
        taken, uid = _from_log(wish.log, probe, aim)
    else:
        taken, uid = _live(probe, aim, seconds, port, output)
    _keep(probe, aim, taken, uid, output)


def _from_log(which: str, probe: str, aim: Any) -> "tuple[Any, str]":
    from preheat import logs
    from preheat.calibration import measure

    log = logs.load(logs.find(which))
    return measure.melted(log, probe, aim.melting), str((log.header or {}).get("uid") or "")


def _live(
    probe: str, aim: Any, seconds: float, port: "str | None", output: Output
) -> "tuple[Any, str]":
    from preheat.calibration import measure
    from preheat.calibration.known import settings_of
    from preheat.calibration.pending import Pending
    from preheat.errors import OperatorStop
    from preheat.ownership import shared

    reference = None
    if aim.cs_pin is not None:
        from preheat.calibration.blinka import open_reference

        reference = open_reference(aim.cs_pin)
    with unit_link(port, output) as link, shared(link, "calibrate"):
        uid = str(link.hello.get("uid") or "")
        measure.look(link, probe)
        if aim.true_c is not None:
            Pending(uid).need_room(probe, aim.true_c)
        force = measure.in_force(settings_of(link), probe)
        try:
            if aim.melting is not None:
                with output.progress(f"{probe}: waiting for {aim.kind} to melt") as progress:
                    return measure.until_melted(link, probe, aim.melting, force, progress), uid
            with output.progress(f"{probe}: waiting until it stands still") as progress:
                return measure.until_steady(link, probe, seconds, force, reference, progress), uid
        except KeyboardInterrupt as error:
            raise OperatorStop("left before the reading stood; nothing was recorded") from error


def _keep(probe: str, aim: Any, taken: Any, uid: str, output: Output) -> None:
    from preheat.calibration import fit, pending

    true_c = taken.reference_c if aim.true_c is None else aim.true_c
    fit.need_plausible(true_c, taken.read_c)
    how = f"{aim.note}; {taken.how}" if aim.note else taken.how
    made = fit.Point(aim.kind, round(true_c, 3), aim.error_c, taken.read_c, taken.std_c,
                     pending.now(), how)  # fmt: skip
    waiting = pending.Pending(uid)
    for gone in waiting.add(probe, made):
        output.note(f"it replaces the point {gone}")
    output.say(f"point     {made} (±{made.std_c:.2f} °C: {how})")
    if made.kind == "reference" and made.error_c == 0:
        output.say("          the reference is taken for exact: say with --error C how far it may "
                   "be off")
    if made.error_c >= fit.RESOLUTION_C:
        output.say(f"          what is true there is known within ±{made.error_c:.1f} °C only")
    points = waiting.of(probe)
    more = "; first another point, 50 °C away or more, for the gain" if len(points) == 1 else ""
    output.say(f"next      `preheat calibrate apply {probe}`{more}")
    output.document({"probe": probe, "point": made._asdict(),
                     "points": [row._asdict() for row in points]})  # fmt: skip
