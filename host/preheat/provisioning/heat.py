"""Why a unit may not be left for a deploy: it is hot, or no probe of it can tell.

The unit has one code for both; they want different things of a person.
"""

from typing import Any

from preheat import connect
from preheat.errors import DeviceLost, Refused
from preheat_core.limits import LIMIT_ROLES
from preheat_core.run import TOUCH_C

COOL_DOWN = "let it cool down, then run this again"
LOOK = ("look yourself whether it is cold; then run it again for this board alone, with --yes, "
        "or wait 30 minutes without heat")


def explained(refusal: Refused, port: str) -> Refused:
    """The unit's refusal by the code `hot`, worded by what its probes say now."""
    try:
        with connect.open_direct(port) as link:
            status = link.request("status")
    except (Refused, DeviceLost):  # then it is said as the unit said it
        return Refused(refusal.message, COOL_DOWN, refusal.code, refusal.problems)
    return worded(status)


def worded(status: dict[str, Any]) -> Refused:
    """Refused (hot) for a status: what is hot, else why nobody can know."""
    rows = status["probes"]
    hot = [f"{name} reads {temp_c:.0f} °C" for name, role, temp_c, fault in rows
           if role in LIMIT_ROLES and fault is None and temp_c >= TOUCH_C]
    if hot:
        return Refused(f"the unit is hot: {', '.join(hot)}", COOL_DOWN, "hot")
    dead = [f"{name} reports {fault}" for name, _, _, fault in rows if fault is not None]
    why = ", ".join(dead) or "it has no probes, since it has no usable board file"
    return Refused(f"the unit cannot know whether it is hot: {why}", LOOK, "hot")
