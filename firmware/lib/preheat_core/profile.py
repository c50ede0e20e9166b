"""The profile: one job as a list of stages, with its alloy and the source of its numbers.

What only depends on the profile is checked here; what depends on the unit, in limits.
"""

from preheat_core import alloys
from preheat_core import check as fields
from preheat_core.board import PROCESS_ROLES

PURPOSES = ("preheat", "reflow", "bake", "tune")
START_C = 25.0  # assumed temperature before the first stage where only a time is estimated
_LONGEST_S = 172800  # 48 h, the longest bake of the usual moisture tables

STAGE_FIELDS = (
    fields.name("name", 24),
    fields.number("target_c", 30, 300, "°C"),
    fields.number("ramp_c_s", 0.02, 4, "°C/s"),
    fields.whole("hold_s", 0, _LONGEST_S, "s", 0),
    fields.number("band_c", 1, 10, "°C", 3),
    # Never under 6: a setpoint less than 5 °C ahead would hide a dead heater from the guard.
    fields.number("holdback_c", 6, 30, "°C", 10),
    fields.flag("operator", False),
    fields.flag("external_heat", False),
    fields.whole("ramp_max_s", 1, _LONGEST_S, "s"),
    fields.whole("hold_max_s", 1, _LONGEST_S, "s", None),
    fields.whole("operator_max_s", 1, 14400, "s", None),
)
LIMIT_FIELDS = (
    fields.choice("role", PROCESS_ROLES),
    fields.number("max_c", 40, 300, "°C"),
    fields.text("source", 120),
)
FIELDS = (
    fields.choice("schema", (1,)),
    fields.name("name", 32),
    fields.text("title", 60),
    fields.choice("alloy", alloys.NAMES),
    fields.choice("purpose", PURPOSES),
    fields.choice("package", ("bga",), None),
    fields.text("source", 300),
    fields.number("ramp_max_c_s", 0.05, 4, "°C/s"),
    fields.rows("stages", STAGE_FIELDS, 1, 16),
    fields.rows("limits", LIMIT_FIELDS, 0, 8, ()),
    fields.whole("run_max_s", 60, _LONGEST_S, "s"),
    fields.flag("stretch", True),
    fields.number("spread_max_c", 5, 100, "°C", None),
    fields.whole("tal_max_s", 10, 600, "s", None),
)


def ramp_s(stage, from_c):
    """Seconds that a stage's ramp takes from `from_c` when the board follows the setpoint."""
    return abs(stage["target_c"] - from_c) / stage["ramp_c_s"]


def planned_s(d, start_c=START_C):
    """Seconds that a checked profile takes from `start_c` if nothing lags, without operators."""
    total = 0.0
    for stage in d["stages"]:
        total += ramp_s(stage, start_c) + stage.get("hold_s", 0)
        start_c = stage["target_c"]
    return total


def _above_s(d):
    """Seconds above liquidus that the ramps and holds of a checked profile plan."""
    liquidus_c = alloys.find(d["alloy"]).liquidus_c
    total = 0.0
    from_c = START_C
    for stage in d["stages"]:
        to_c = stage["target_c"]
        total += abs(max(to_c, liquidus_c) - max(from_c, liquidus_c)) / stage["ramp_c_s"]
        if to_c > liquidus_c:
            total += stage.get("hold_s", 0)
        from_c = to_c
    return total


def _check_stage(stage, path, from_c, ramp_max_c_s):
    """What is contradictory in a stage whose keys are good one by one.

    `from_c` is the target before it, or None if that is not known.
    """
    found = []

    def wrong(key, want, fix):
        found.append(fields.Problem(path + key, stage.get(key), want, fix))

    if fields.is_number(ramp_max_c_s) and stage["ramp_c_s"] > ramp_max_c_s:
        wrong("ramp_c_s", "at most ramp_max_c_s = {} °C/s".format(ramp_max_c_s), "lower it")
    if stage.get("holdback_c", 10) < stage.get("band_c", 3):
        wrong("holdback_c", "at least band_c", "raise it, or the band is never reached")
    # The half second keeps rounding of 32-bit floats from refusing an exact fit.
    if from_c is not None and stage["ramp_max_s"] < ramp_s(stage, from_c) - 0.5:
        want = "at least {:.0f} s, the time of the ramp itself".format(ramp_s(stage, from_c))
        wrong("ramp_max_s", want, "raise it generously: units and boards differ")
    hold_s = stage.get("hold_s", 0)
    if hold_s > 0 and stage.get("hold_max_s", 0) < hold_s:
        wrong("hold_max_s", "at least hold_s = {} s".format(hold_s), "say how long to try")
    if stage.get("operator", False) and "operator_max_s" not in stage:
        wrong("operator_max_s", "given", "say how long the unit may wait for its operator")
    return found


def check(d):
    """All problems of a profile dict, never an exception; empty means it is consistent."""
    found = fields.check_table(d, FIELDS)
    if not isinstance(d, dict):
        return found
    found.extend(fields.repeats(d, "stages", "name"))
    before_c = START_C
    for i, stage in fields.rows_of(d, "stages")[:16]:
        path = "stages[{}].".format(i)
        if fields.check_table(stage, STAGE_FIELDS):
            before_c = None
            continue
        found.extend(_check_stage(stage, path, before_c, d.get("ramp_max_c_s")))
        before_c = stage["target_c"]
    if not found and d["run_max_s"] < planned_s(d) - 0.5:
        want = "at least {:.0f} s, its ramps and holds".format(planned_s(d))
        found.append(fields.Problem("run_max_s", d["run_max_s"], want, "raise it"))
    if not found and "tal_max_s" in d:
        want = None
        if d["purpose"] != "reflow":
            want = "absent: only purpose reflow melts solder"
        elif d["tal_max_s"] < _above_s(d):
            want = "at least {:.0f} s, the planned time above liquidus".format(_above_s(d))
        if want is not None:
            found.append(fields.Problem("tal_max_s", d["tal_max_s"], want))
    return found


def normalise(d):
    """A new dict: the checked profile `d` with every default filled in."""
    return fields.fill(d, FIELDS)
