"""Whether the cause of a latched fault is still measured: while it is, the fault cannot go.

Each answer names the probe and what it reads.
"""

from preheat_core.board import PROCESS_ROLES
from preheat_core.run import TOUCH_C

OFF_LONG_MS = 1_800_000  # without heat for so long, an optional probe may be unplugged while hot
NEEDED_ROLES = ("board", "heater")


def present(kernel) -> dict:
    """{code: what is still measured} of those latched faults whose cause is there."""
    found = {}
    for code, detail in kernel.latch.rows:
        words = _still(kernel, code, detail)
        if words is not None:
            found[code] = words
    return found


def _still(kernel, code, detail) -> "str | None":
    guard = kernel.guard
    if code == "interlock" and not kernel.interlock_ok:
        return "the input is open"
    if code == "config" and kernel.unusable:
        return detail
    if code == kernel.flash:
        return "so it was when last tried"
    if code == "cold_junction":
        index = guard.board.out_of_range()
        if index is not None:
            return f"{guard.probes[index]['name']}: amplifier at {kernel.readings[index].cj_c} C"
    for tripped, words in guard.trips:
        if tripped == code:
            return words
    for probe, sensor, watch in zip(guard.probes, guard.sensors, guard.limit_watches):
        words = _of_probe(code, detail, probe, sensor.code, watch, guard.limits.ramp_max_c_s)
        if words is not None:
            return words
    return None


def _of_probe(code, detail, probe, bad, watch, ramp_max_c_s) -> "str | None":
    name = probe["name"]
    role = probe["role"]
    if bad is not None:
        # A fault of a probe that reads nothing is not known to be gone, whatever it was. Another
        # probe need not be plugged in unless a run cannot do without it.
        if detail == name or (bad == code and role in NEEDED_ROLES):
            return f"{name} reads nothing ({bad})"
        return None
    own = (code == "over_temp" and role in PROCESS_ROLES) or (
        code == "heater_over_temp" and role == "heater"
    )
    if own and watch.temp_c is not None and watch.temp_c >= watch.limit.approach_c:
        return f"{name} reads {watch.temp_c:.1f} C"
    if code == "ramp_fast" and role in PROCESS_ROLES and watch.slope_c_s > ramp_max_c_s:
        return f"{name} rises {watch.slope_c_s:.1f} C/s"
    return None


def hot(kernel) -> "str | None":
    """Which probe keeps a fault that clears only when everything is cool; None when all are."""
    guard = kernel.guard
    for probe, sensor, watch in zip(guard.probes, guard.sensors, guard.limit_watches):
        name = probe["name"]
        if probe["role"] == "ambient":
            continue
        dead = sensor.code is not None or watch.temp_c is None
        if dead and probe["role"] in NEEDED_ROLES:
            return f"{name} reads nothing"
        # What an optional probe read last holds until it reads again.
        if watch.temp_c is not None and watch.temp_c >= TOUCH_C:
            if not (dead and kernel.off_ms >= OFF_LONG_MS):
                return f"{name} reads {watch.temp_c:.1f} C"
    return None
