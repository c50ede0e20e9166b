"""What is worth a warning in this tick: heat withheld, a limit ahead, a board above its setpoint.

Which of it is told, and how often, is for alarms.py to say.
"""

from preheat_core.faults import RAMP

INHIBIT, APPROACH, OVERSHOOT = "inhibit", "approach", "overshoot"
APPROACH_AGAIN_C = 3.0  # an approach is over this far below what called for it
BACK_C = 1.0  # and an overshoot


def here(kernel, active) -> list:
    """Rows (code, probe's index or None, detail, event for the log or None) of what is there now.

    `active(code, probe)` says what was there in the last tick: it goes later than it comes.
    """
    found = []
    _approach(kernel.guard, active, found)
    if kernel.heating:
        code = kernel.guard.inhibit
        if code is not None:
            found.append((INHIBIT, None, code, {"ev": "inhibit", "code": code}))
        _overshoot(kernel, active, found)
    return found


def _approach(guard, active, found) -> None:
    for index, watch in enumerate(guard.limit_watches):
        if watch.limit is None or watch.temp_c is None:
            continue
        was = active(APPROACH, index)
        # A reading that is missing ends nothing.
        if guard.sensors[index].code is None:
            if watch.room_c > (APPROACH_AGAIN_C if was else 0.0):
                continue
        elif not was:
            continue
        row = watch.limit
        detail = f"{guard.probes[index]['name']} {watch.temp_c:.0f} C, limit {row.trip_c:.0f} C"
        event = {
            "ev": "approach",
            "role": row.role,
            "temp_c": round(watch.temp_c, 1),
            "limit_c": row.trip_c,
        }
        found.append((APPROACH, index, detail, event))


def _overshoot(kernel, active, found) -> None:
    temp_c, valid = kernel.guard.control()
    if temp_c is None or not valid or kernel.run.external:
        return
    sequencer = kernel.run.sequencer
    setpoint = sequencer.setpoint
    was = active(OVERSHOOT, None)
    if setpoint.target_c < setpoint.setpoint_c:
        return  # on the way down the board is late, which is no overshoot
    if sequencer.state == RAMP and setpoint.arrived and not was:
        return  # nor is what is left of that way
    over_c = temp_c - setpoint.setpoint_c
    if over_c > sequencer.stage["band_c"] - (BACK_C if was else 0.0):
        found.append((OVERSHOOT, None, f"{over_c:.1f} C over the setpoint", None))
