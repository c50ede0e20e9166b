"""The limits of one run: the tightest of hardware, alloy, package and profile, with its source.

A layer may tighten what the layers before it say; a looser one changes nothing.
"""

from preheat_core import alloys, board, profile, settings
from preheat_core import check as fields
from preheat_core.thermocouple import calibrated

# Bottom heat must stay clear of the solidus: parts on the underside would fall off.
SOLIDUS_MARGIN_C = 5
# The heater has no declared sensor error of its own; heat is withheld this far below its ceiling.
HEATER_MARGIN_C = 20
LIMIT_ROLES = board.PROCESS_ROLES + ("heater",)
_NONE = (None, None)


class Limit:
    """One role's limit: heat is withheld from `approach_c`, the run trips at `trip_c` (°C)."""

    __slots__ = ("approach_c", "role", "source", "trip_c")

    def __init__(self, role, trip_c, approach_c, source):
        self.role = role
        self.trip_c = trip_c
        self.approach_c = approach_c
        self.source = source


class Limits:
    """The effective limits: `rows` (one Limit per role of LIMIT_ROLES, in that order),
    `ramp_max_c_s` and `run_max_s`, and where the profile sets them `spread_max_c` and `tal_max_s`
    (seconds above `liquidus_c`), else None. Each has its source beside it.
    """

    __slots__ = (
        "alloy",
        "liquidus_c",
        "ramp_max_c_s",
        "ramp_source",
        "rows",
        "run_max_s",
        "run_source",
        "spread_max_c",
        "spread_source",
        "tal_max_s",
        "tal_source",
    )

    def __init__(self, rows, ramp, run, spread=_NONE, tal=_NONE, liquidus_c=None, alloy=""):
        """`ramp`, `run`, `spread` and `tal` are (value, source); `alloy` is its name."""
        self.alloy = alloy
        self.rows = rows
        self.ramp_max_c_s, self.ramp_source = ramp
        self.run_max_s, self.run_source = run
        self.spread_max_c, self.spread_source = spread
        self.tal_max_s, self.tal_source = tal
        self.liquidus_c = liquidus_c

    def row(self, role):
        """The Limit of a role; KeyError for a role without one (ambient)."""
        for row in self.rows:
            if row.role == role:
                return row
        raise KeyError(role)


def _ceiling_c(role, board_d, settings_d):
    """What the board file allows for a role, as its probes read it.

    A calibration that lowers a reading would raise the ceiling by as much: it is taken off.
    """
    top_c = board_d["limits"]["heater_max_c" if role == "heater" else "board_max_c"]
    lowest_c = top_c
    names = [probe["name"] for probe in board_d["probes"] if probe["role"] == role]
    for row in settings_d.get("calibration", ()):
        if row["probe"] in names:
            read_c = calibrated(top_c, row.get("offset_c", 0), row.get("gain", 1))
            lowest_c = min(lowest_c, read_c)
    return lowest_c


def _layers(role, board_d, settings_d, profile_d):
    """Every (max_c, source) that bears on a process role, the outermost layer first."""
    metal = alloys.find(profile_d["alloy"])
    out = [(_ceiling_c(role, board_d, settings_d), "board " + board_d["name"])]
    if role == "board" and profile_d["purpose"] != "reflow":
        text = "{} solidus {} less {}: bottom heat stays below it"
        source = text.format(metal.name, metal.solidus_c, SOLIDUS_MARGIN_C)
        out.append((metal.solidus_c - SOLIDUS_MARGIN_C, source))
    else:
        out.append((metal.peak_max_c, metal.source))
    if profile_d.get("package") == "bga":
        out.append((alloys.BGA_MAX_C, alloys.BGA_SOURCE))
    for row in profile_d.get("limits", ()):
        if row["role"] == role:
            out.append((row["max_c"], "profile: " + row["source"]))
    return out


def _tightest(layers):
    """The lowest (value, source); of equal values the outermost layer's."""
    best = layers[0]
    for layer in layers:
        if layer[0] < best[0]:
            best = layer
    return best


def effective(board_d, settings_d, profile_d):
    """The Limits of a run of `profile_d` on this board and unit; all three checked before.

    Missing defaults are filled in.
    """
    error_c = settings.normalise(settings_d)["sensor_error_c"]
    found = []
    for role in board.PROCESS_ROLES:
        trip_c, source = _tightest(_layers(role, board_d, settings_d, profile_d))
        found.append(Limit(role, trip_c, trip_c - error_c, source))
    hard = board_d["limits"]
    name = "board " + board_d["name"]
    trip_c = _ceiling_c("heater", board_d, settings_d)
    found.append(Limit("heater", trip_c, trip_c - HEATER_MARGIN_C, name))
    own = "profile " + profile_d["name"]
    ramp = _tightest([(hard["ramp_max_c_s"], name), (profile_d["ramp_max_c_s"], own)])
    run = _tightest([(hard["run_max_s"], name), (profile_d["run_max_s"], own)])
    metal = alloys.find(profile_d["alloy"])
    spread = tal = _NONE
    liquidus_c = None
    if "spread_max_c" in profile_d:
        spread = (profile_d["spread_max_c"], own)
    if "tal_max_s" in profile_d:
        tal = (profile_d["tal_max_s"], own)
        liquidus_c = metal.liquidus_c
    return Limits(tuple(found), ramp, run, spread, tal, liquidus_c, metal.name)


def check_profile(profile_d, board_d, settings_d):
    """Everything that keeps this profile from running here, never an exception.

    Problems of the board or the settings themselves come first and alone; their paths start
    with "board:" or "settings:". All other paths are those of the profile.
    """
    found = [("board: ", p) for p in board.check(board_d)]
    found += [("settings: ", p) for p in settings.check(settings_d)]
    for prefix, problem in found:
        problem.path = prefix + problem.path
    found = [problem for _, problem in found] or profile.check(profile_d)
    if found:
        return found
    limits = effective(board_d, settings_d, profile_d)
    longest_s = settings.normalise(settings_d)["operator_timeout_s"]
    row = limits.row("board")
    for i, stage in enumerate(profile_d["stages"]):
        path = "stages[{}].".format(i)
        if stage["target_c"] > row.approach_c:
            text = "at most {} °C, the limit {} °C ({}) less the sensor error"
            want = text.format(row.approach_c, row.trip_c, row.source)
            found.append(fields.Problem(path + "target_c", stage["target_c"], want, "lower it"))
        if stage["ramp_c_s"] > limits.ramp_max_c_s:
            want = "at most {} °C/s ({})".format(limits.ramp_max_c_s, limits.ramp_source)
            found.append(fields.Problem(path + "ramp_c_s", stage["ramp_c_s"], want, "lower it"))
        wait_s = stage.get("operator_max_s", 0) if stage.get("operator", False) else 0
        if wait_s > longest_s:
            want = "at most {} s (settings: operator_timeout_s)".format(longest_s)
            found.append(fields.Problem(path + "operator_max_s", wait_s, want, "lower it"))
    planned_s = profile.planned_s(profile_d)
    if planned_s - 0.5 > limits.run_max_s:
        want = "at most {} s ({})".format(limits.run_max_s, limits.run_source)
        fix = "its ramps and holds alone take {:.0f} s: shorten them".format(planned_s)
        found.append(fields.Problem("run_max_s", profile_d["run_max_s"], want, fix))
    return found


def hardware(board_d, settings_d):
    """The Limits of a unit without a run: the board file's alone, less the declared error."""
    hard = board_d["limits"]
    name = "board " + board_d["name"]
    error_c = settings.normalise(settings_d)["sensor_error_c"]
    found = []
    for role in LIMIT_ROLES:
        top_c = _ceiling_c(role, board_d, settings_d)
        margin_c = HEATER_MARGIN_C if role == "heater" else error_c
        found.append(Limit(role, top_c, top_c - margin_c, name))
    return Limits(tuple(found), (hard["ramp_max_c_s"], name), (hard["run_max_s"], name))
