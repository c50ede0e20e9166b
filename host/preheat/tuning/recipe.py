"""The profile of a tuning run: one stage up to a top temperature, for the core's step test."""

from typing import Any

from preheat_core import profile as profiles
from preheat_core.steptest import longest_s

NAME = "tune"
TOP_C = 150.0
ALLOY = "SnPb"  # of the usual alloys above that, the one that melts first
RAMP_LIMIT_C_S = 3.0  # usual limit for a board
RAMP_C_S = 1.0  # of the setpoint, by which the guard knows that heat is wanted
SPARE_S = 60


def tune_profile(
    board: dict[str, Any], top_c: float = TOP_C, alloy: str = ALLOY
) -> dict[str, Any]:
    """The normalised profile of a test that goes no higher than `top_c` °C.

    board: the unit's checked board file; its ramp limit may be lower than the usual one.
    """
    limit_c_s = min(RAMP_LIMIT_C_S, board["limits"]["ramp_max_c_s"])
    ramp_c_s = min(RAMP_C_S, limit_c_s)
    most_s = round(longest_s(board))
    stage = {"name": "steps", "target_c": top_c, "ramp_c_s": ramp_c_s}
    # Nothing is held: the test ends by itself, and these times only end one that does not.
    stage["hold_s"] = max(60, most_s - round(profiles.ramp_s(stage, profiles.START_C)))
    stage.update(band_c=1, holdback_c=30, ramp_max_s=most_s + SPARE_S, hold_max_s=most_s + SPARE_S)
    return profiles.normalise({
        "schema": 1,
        "name": NAME,
        "title": f"Step test up to {top_c:g} °C",
        "alloy": alloy,
        "purpose": "tune",
        "source": "preheat tune",
        "ramp_max_c_s": limit_c_s,
        "run_max_s": most_s + SPARE_S,
        "stages": [stage],
    })
