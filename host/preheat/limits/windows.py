"""A stack of limits as the windows that a run is rated in, and what a run is measured with."""

from dataclasses import replace
from typing import Any

from preheat.analysis.pwi import Window
from preheat.limits.stack import Bound, Stack
from preheat.limits.units import unit
from preheat_core.board import PROCESS_ROLES

# Quantities of which only "not more than" counts in a run: {statistic: quantity}.
_AT_MOST = {"max_ramp_c_s": "ramp_c_s", "max_cool_c_s": "cool_c_s"}


def windows(stack: Stack, *, reflow: bool) -> "list[Window]":
    """The windows for a report: peak per role, rise and cooling; for a reflow also soak, time
    above liquidus, 25 °C to peak and time near the body limit.

    reflow: whether the run melts solder by itself. If not, peak and time above liquidus of the
    component count only where the work melts its joints from above (removal, installation). A
    window says by `verified` whether somebody looked its numbers up, and in its source too.
    """
    found = []
    for role in PROCESS_ROLES:
        melts = reflow or (role == "component" and _melts(stack))
        peak = stack.peak(role) if melts else Bound(None, stack.tightest("max_c", role))
        found += _window("peak_c", "joint_c", peak, (role,))
    for statistic, what in _AT_MOST.items():
        found += _window(statistic, what, Bound(None, stack.binding(what).high))
    if reflow:
        found += _window("to_peak_s", "to_peak_s", Bound(None, stack.binding("to_peak_s").high))
        found += _near_body(stack)
        found += _window("soak_s", "soak_s", stack.binding("soak_s"))
        found += _above(stack)
    elif _melts(stack):
        found += _above(stack, ("component",))
    return found


def _above(stack: Stack, roles: "tuple[str, ...]" = ()) -> "list[Window]":
    """The windows of time above liquidus, each with the temperature that it is counted from."""
    return [
        window for from_c, held in stack.above()
        for window in _window("tal_s", "tal_s", held, roles, from_c)
    ]  # fmt: skip


def _near_body(stack: Stack) -> "list[Window]":
    """The window of time near the body limit, for probes on the part alone: on its body."""
    body, most = stack.body, stack.binding("near_body_s").high
    if body is None or most is None:
        return []
    (found,) = _window("near_body_s", "near_body_s", Bound(None, most), ("component",))
    return [replace(found, source=f"{found.source}; {body.said}",
                    verified=found.verified and body.verified)]  # fmt: skip


def measured_with(stack: Stack) -> "dict[str, Any]":
    """liquidus_c, body_max_c and soak_c ((low, high) or None) for analysis.measure.measure."""
    soak = stack.binding("soak_c")
    ends = (soak.low and soak.low.low, soak.high and soak.high.high)
    return {
        "liquidus_c": stack.alloy.liquidus_c, "body_max_c": stack.body and stack.body.high,
        "soak_c": None if None in ends else ends,
    }


def _melts(stack: Stack) -> bool:
    work = stack.asked.procedure
    return work is not None and work.name.endswith(("removal", "installation"))


def _window(
    statistic: str, what: str, found: Bound, roles: "tuple[str, ...]" = (),
    from_c: "float | None" = None,
) -> "list[Window]":
    """One window, or none where nothing is known."""
    low = found.low.low if found.low is not None else None
    high = found.high.high if found.high is not None else None
    if low is None and high is None:
        return []
    return [Window(statistic, low, high, unit(what), found.source, found.verified, roles,
                   from_c)]  # fmt: skip
