"""What a point is taken against: the true temperature behind each way to ask for one."""

from typing import NamedTuple

from preheat.calibration import fixedpoints, water
from preheat.errors import UsageError

REFERENCE_C = (-40.0, 400.0)
BOILING_ERROR_C = 0.1  # a bench barometer within 3 hPa


class Wish(NamedTuple):
    """What was asked for; one of ice, boiling, alloy and reference, the rest as it belongs."""

    ice: bool = False
    boiling: bool = False
    pressure_hpa: "float | None" = None
    altitude_m: "float | None" = None
    alloy: "str | None" = None
    log: "str | None" = None
    reference: "str | None" = None
    error_c: "float | None" = None


class Target(NamedTuple):
    """A true temperature ± its error in °C; true_c None: a reference here is read along.

    note: how it is known. melting: the fixed point whose plateau counts. cs_pin: Blinka's pin of
    the reference.
    """

    kind: str
    true_c: "float | None"
    error_c: float
    note: str = ""
    melting: "fixedpoints.FixedPoint | None" = None
    cs_pin: "str | None" = None


def target(wish: Wish) -> Target:
    """The target of a wish. UsageError for one that contradicts itself, Refused for an alloy
    without a melting point.
    """
    _check(wish)
    if wish.ice:
        row = fixedpoints.ICE
        return Target(row.name, row.true_c, row.error_c)
    if wish.alloy is not None:
        row = fixedpoints.melting(wish.alloy)
        return Target(row.name, row.true_c, row.error_c, row.source, row)
    if wish.pressure_hpa is not None:
        true_c = round(water.boiling_c(wish.pressure_hpa), 2)
        return Target("boiling", true_c, BOILING_ERROR_C, f"{wish.pressure_hpa:g} hPa")
    if wish.altitude_m is not None:
        return _by_altitude(wish.altitude_m)
    return _reference(str(wish.reference), wish.error_c or 0.0)


def _check(wish: Wish) -> None:
    ways = (wish.ice, wish.boiling, wish.alloy is not None, wish.reference is not None)
    if ways.count(True) != 1:
        raise UsageError(
            "a point is taken against one thing",
            "say one of --ice, --boiling, --alloy NAME, --reference C|blinka",
        )
    given = (wish.pressure_hpa is not None, wish.altitude_m is not None).count(True)
    if given != (1 if wish.boiling else 0):
        raise UsageError(
            "--boiling goes with one of --pressure-hpa and --altitude-m, and they only with it",
            "water boils 1 °C lower for every 28 hPa or 300 m",
        )
    if wish.error_c is not None and wish.reference is None:
        raise UsageError("--error goes with --reference",
                         "how far the other points may be off is known here")
    if wish.log is not None and wish.alloy is None:
        raise UsageError("--log needs --alloy", "only a plateau is looked for in a log")


def _by_altitude(altitude_m: float) -> Target:
    standard_hpa = water.standard_hpa(altitude_m)
    error_c = round(water.weather_error_c(standard_hpa), 1)
    note = f"{altitude_m:g} m, {standard_hpa:.0f} hPa ±{water.WEATHER_HPA:.0f} by the weather"
    return Target("boiling", round(water.boiling_c(standard_hpa), 2), error_c, note)


def _reference(text: str, error_c: float) -> Target:
    """`error_c`: how far the reference itself may be off, in °C; 0 where nobody said."""
    name, _, pin = text.partition(":")
    if name.lower() == "blinka":
        from preheat.calibration.blinka import CS_PIN

        note = "a MAX31855 on this computer"
        return Target("reference", None, error_c, note, cs_pin=pin or CS_PIN)
    low_c, high_c = REFERENCE_C
    try:
        true_c = float(text)
    except ValueError:
        true_c = low_c - 1
    if not low_c <= true_c <= high_c:
        raise UsageError(
            f"--reference {text!r} is neither a temperature nor blinka",
            f"say what the reference shows, {low_c:.0f} to {high_c:.0f} °C, or blinka[:PIN]",
        )
    return Target("reference", true_c, error_c)
