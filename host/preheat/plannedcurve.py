"""The curve that a profile plans: where its setpoint goes, if nothing lags and nobody waits."""

from typing import Any, NamedTuple

from preheat_core.profile import START_C, ramp_s


class Span(NamedTuple):
    """One stage on the time axis: from_s to to_s, and where its ramp ends (reached_s)."""

    name: str
    from_s: float
    reached_s: float
    to_s: float
    target_c: float


def spans(values: dict[str, Any], start_c: float = START_C) -> list[Span]:
    """The stages of a checked profile, in seconds from its start; an operator takes no time."""
    out = []
    at_s = 0.0
    for stage in values["stages"]:
        reached_s = at_s + ramp_s(stage, start_c)
        to_s = reached_s + stage.get("hold_s", 0)
        out.append(Span(stage["name"], at_s, reached_s, to_s, stage["target_c"]))
        at_s, start_c = to_s, stage["target_c"]
    return out


def points(values: dict[str, Any], start_c: float = START_C) -> list[tuple[float, float]]:
    """The corners of the curve as (seconds, °C), times never falling."""
    out = [(0.0, start_c)]
    for span in spans(values, start_c):
        out.append((span.reached_s, float(span.target_c)))
        if span.to_s > span.reached_s:
            out.append((span.to_s, float(span.target_c)))
    return out
