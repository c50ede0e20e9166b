"""Whether the cause of a latched fault is still measured: while it is, the fault cannot go.

Each answer names the probe and what it reads.
"""

from preheat_core.board import PROCESS_ROLES
from preheat_core.run import TOUCH_C

OFF_LONG_MS = 1_800_000  # without heat for so long, an optional probe may be unplugged while hot
STANDS_MS = 2000  # a live word may stand so long between two looks
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
    if code in ("spread", "tal_long"):
        return _of_board(code, guard)
    if code == "frozen":
        return _stands(detail, guard, kernel.alarms.age_s(code))
    for probe, sensor, watch in zip(guard.probes, guard.sensors, guard.limit_watches):
        words = _of_probe(code, detail, probe, sensor.code, watch, guard.limits.ramp_max_c_s)
        if words is not None:
            return words
    return None


def _of_board(code, guard) -> "str | None":
    """By the limits of the run, which hold until its log is closed."""
    limits = guard.limits
    temps_c = [
        temp_c
        for probe, temp_c in zip(guard.probes, guard.smooth())
        if probe["role"] in PROCESS_ROLES and temp_c is not None
    ]
    if not temps_c:
        return None
    top_c, apart_c = max(temps_c), max(temps_c) - min(temps_c)
    if code == "tal_long" and limits.liquidus_c is not None and top_c >= limits.liquidus_c:
        return f"the board reads {top_c:.1f} C, above liquidus"
    if code == "spread" and limits.spread_max_c is not None and apart_c > limits.spread_max_c:
        return f"the probes are {apart_c:.0f} C apart"
    return None


def _stands(detail, guard, age_s) -> "str | None":
    """A word that has not changed once since the fault came: warm the tip, it has to move."""
    for probe, sensor, watch in zip(guard.probes, guard.sensors, guard.limit_watches):
        if detail.split(" ")[0] == probe["name"] and watch.temp_c is not None:
            if sensor.code is None and sensor.same_ms >= max(STANDS_MS, 1000 * (age_s - 1)):
                return f"{probe['name']} still stands at {watch.temp_c:.1f} C"
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
