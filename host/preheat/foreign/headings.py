"""What the head of a column says: time, temperature, setpoint or power; its unit and its role.

The words are those that loggers use; none of this belongs to one product (those: known.py).
"""

import re
from dataclasses import dataclass

CELSIUS = frozenset(("c", "degc", "celsius", "celcius", "centigrade"))
FAHRENHEIT = frozenset(("f", "degf", "fahrenheit"))
KELVIN = frozenset(("k", "degk", "kelvin"))
_TIME_UNITS = (
    (0.001, frozenset(("ms", "msec", "msecs", "millis", "milliseconds"))),
    (60.0, frozenset(("min", "mins", "minute", "minutes"))),
    (3600.0, frozenset(("h", "hour", "hours"))),
    (1.0, frozenset(("s", "sec", "secs", "second", "seconds"))),
)
_TIME = frozenset(("time", "t", "elapsed", "runtime", "uptime", "timestamp", "stamp", "clock"))
_CLOCK = frozenset(("timestamp", "stamp", "date", "clock", "datetime"))
_SETPOINT = frozenset(("setpoint", "set", "sp", "target", "desired"))
_DUTY = frozenset(("duty", "power", "output", "pwm", "ssr", "out"))
_PERCENT = frozenset(("%", "percent", "pct"))
_WATTS = frozenset(("w", "kw", "watt", "watts"))
_TEMPERATURE = frozenset((
    "temp", "temps", "temperature", "temperatures", "tc", "thermocouple", "probe", "board", "pcb",
    "top", "bottom", "component", "bga", "ambient", "actual", "pv",
))  # fmt: skip
# Not a reading: its change, its bounds, a controller's own figures.
_DERIVED = frozenset((
    "rate", "slope", "error", "err", "delta", "diff", "min", "max", "low", "high", "hour", "kp",
    "ki", "kd", "is", "offset",
))  # fmt: skip
_ROLES = (
    ("component", frozenset(("component", "bga", "chip", "ic", "package", "part"))),
    ("heater", frozenset(("heater", "element"))),
    ("ambient", frozenset(("ambient", "room", "air", "cold", "coldj", "cj", "internal"))),
    ("board_top", frozenset(("top",))),
)


@dataclass(frozen=True)
class Heading:
    """One column's meaning.

    kind: "time", "clock" (date or time of day), "temp", "setpoint", "duty" or "" (not wanted).
    unit: of a temperature "c", "f", "k" or None; of a duty "%" or None.
    scale_s: seconds in one unit of a time, None where the head does not say.
    """

    kind: str
    unit: "str | None" = None
    scale_s: "float | None" = None
    name: str = ""
    role: str = "board"


def words(head: str) -> list[str]:
    """The words and numbers of a head, in lower case; a degree sign sticks to its letter."""
    text = head.strip().lower()
    for sign, spelled in (("℃", " degc"), ("℉", " degf"), ("°", " deg"), ("º", " deg")):
        text = text.replace(sign, spelled)
    return re.findall(r"[^\W\d_]+|\d+|%", text)


def temp_unit(said: "list[str]") -> "str | None":
    """The unit of temperature among words: "c", "f", "k", or None."""
    for unit, names in (("c", CELSIUS), ("f", FAHRENHEIT), ("k", KELVIN)):
        if names & set(said[1:]) or (said and said[0] in names and len(said[0]) > 1):
            return unit
    return None


def role_of(said: "list[str]") -> str:
    """The role that a probe's name tells; "board" where it tells none."""
    return next((role for role, names in _ROLES if names & set(said)), "board")


def time_scale_s(said: "list[str]") -> "float | None":
    """Seconds in one unit of time, from the words of its head; None where it does not say."""
    return next((scale for scale, names in _TIME_UNITS if names & set(said)), None)


def read(head: str) -> Heading:
    """What one head says; kind "" for a column that is none of what is wanted."""
    said = words(head)
    unit = temp_unit(said)
    if not said:
        return Heading("")
    if head.strip() == "T":  # a lower-case t is a time
        return Heading("temp", None, name="t")
    if unit is None and _is_time(said):
        return Heading("clock" if _CLOCK & set(said) else "time", scale_s=time_scale_s(said))
    if _DERIVED & set(said):
        return Heading("")
    if _SETPOINT & set(said):
        return Heading("setpoint", unit)
    if unit is None and (_DUTY & set(said) or ("heater" in said and _PERCENT & set(said))):
        if _WATTS & set(said):
            return Heading("")
        return Heading("duty", "%" if _PERCENT & set(said) else None)
    numbered = len(said) == 2 and said[0] in ("t", "ch", "channel") and said[1].isdigit()
    if unit or numbered or _TEMPERATURE & set(said):
        return Heading("temp", unit, name=_name(said), role=role_of(said))
    return Heading("")


def _is_time(said: "list[str]") -> bool:
    if said[0] == "t" and len(said) > 1 and said[1].isdigit():
        return False  # T1, T2: thermocouples
    alone = len(said) == 1 and time_scale_s(said) is not None
    return alone or said[0] in _TIME or said[0] in _CLOCK


def _name(said: "list[str]") -> str:
    kept = [word for word in said if word not in CELSIUS | FAHRENHEIT | KELVIN | {"deg"}]
    return "-".join(kept) or "temp"
