"""Plain words for what a unit only counts and names: noise on a probe, and its list of alarms."""

from collections.abc import Sequence
from typing import Any

from preheat import faulttexts
from preheat.runview import minutes
from preheat_core import alarms, notices, tally

HINT_FROM = 1.0  # a minute: rarer noise is shown without advice

# What is counted -> (the word for it, what it means and what to do about it).
NOISE = {
    "tc_open": ("open", "a loose plug or screw terminal, or a breaking wire: move it to see"),
    "tc_short_gnd": (
        "short-to-ground",
        "the probe touches grounded metal, or the laptop's charger leaks: unplug it to test",
    ),
    "tc_short_vcc": (
        "short-to-supply",
        "damaged insulation, or a grounded tip and a charger that leaks: unplug it to test",
    ),
    "bus_zero": (
        "all-zero frames",
        "the amplifier loses its supply or its data wire: check both, and its solder joints",
    ),
    "bus_ones": (
        "all-one frames",
        "the amplifier does not answer: check its chip select and its data wire",
    ),
    "frame_bad": (
        "impossible frames",
        "the SPI wires catch disturbance: make them shorter and keep them from the mains wires",
    ),
    "bus_error": ("bus errors", "the SPI bus fails: check its wires and the board file's pins"),
    tally.SPIKE: (
        "spikes",
        "mains or relay disturbs the probe: twist its wires, lead them apart from the mains, "
        "put 10 nF across the amplifier's input",
    ),
}
# Notices -> (what it says, what to do); faults have both in their own table.
NOTICES = {
    notices.INHIBIT: (
        "Heat is withheld.",
        "It returns by itself; look at what is named if it stays.",
    ),
    notices.APPROACH: (
        "A probe is close to its limit, or will coast there.",
        "Heat is withheld until it falls. Stop, or lower the setpoint, if it comes again.",
    ),
    notices.OVERSHOOT: (
        "The board is above its setpoint by more than its band.",
        "It settles by itself. Lower the ramp or tune the unit if it comes again.",
    ),
}
STATES = {
    alarms.UNACKED: "not acknowledged",
    alarms.ACKED: "acknowledged",
    alarms.RETURNED: "passed, not acknowledged",
}


def noise_lines(rows: "Sequence[Sequence[Any]]") -> list[str]:
    """Rows [probe, code or "spike", samples, a minute or None] as sentences; [] when quiet."""
    lines = []
    for probe, code, count, per_min in rows:
        word, hint = NOISE.get(str(code), (str(code), ""))
        if per_min is None:
            text = f"{probe}: {count} {word} and no valid reading between them"
        else:
            text = f"{probe}: {per_min:.2g} {word} a minute ({count} in all)"
        advise = hint and (per_min is None or per_min >= HINT_FROM)
        lines.append(f"{text}: {hint}" if advise else text)
    return lines


def alarm_lines(rows: "Sequence[Sequence[Any]]", uptime_ms: "int | None" = None) -> list[str]:
    """The answer to `alarms` as text: priority, name, what it is, state, age, what to do.

    uptime_ms: since the unit's start; the ages of older alarms count from there only.
    """
    lines = []
    for code, prio, state, since_s, detail, active in rows:
        what, action = words(str(code))
        if code == notices.INHIBIT:
            detail = faulttexts.withheld(detail)
        how = STATES.get(state, str(state))
        if code not in NOTICES:
            how += ", still measured" if active else ", not measured now"
        text = f"{str(prio).upper()} {code}: {what} [{detail}] {how}, {_age(since_s, uptime_ms)}."
        lines.append(f"{text} {action}".replace("  ", " ").rstrip())
    return lines


def _age(since_s: float, uptime_ms: "int | None") -> str:
    if uptime_ms is not None and since_s >= uptime_ms / 1000 - 1:
        return "at the last restart or before it"
    return f"{minutes(since_s)} ago"


def words(code: str) -> tuple[str, str]:
    """(what it is, what to do) of a notice or a fault; empty for one this version lacks."""
    if code in NOTICES:
        return NOTICES[code]
    text = faulttexts.find(code)
    return ("", "") if text is None else (text.sentence, text.action)
