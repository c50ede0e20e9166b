"""The settings: what is true of this one unit (name, gains, model, calibration), and its checker.

No setting turns a guard off, and none can loosen a limit of the board file.
"""

from preheat_core import check as fields

STRATEGIES = ("pid", "predictive")  # the second needs a model, which `tune` measures
KEEP_LOGS = ("unpulled", "newest")  # which logs stay when a run needs the room

# An untuned controller must be slow rather than wrong. SIMC rule for the slowest plant expected,
# a ceramic preheater with a bare board: 1.4 °C/s at full power, about 52 s of effective delay.
PID_FIELDS = (
    fields.number("kp", 0.0005, 0.5, "duty/°C", 0.006),
    fields.number("ti_s", 5, 5000, "s", 500),
    fields.number("td_s", 0, 120, "s", 20),
)
MODEL_FIELDS = (
    fields.number("heater_j_k", 0.1, 10000, "J/K"),
    fields.number("board_j_k", 5, 10000, "J/K"),
    fields.number("couple_w_k", 0, 500, "W/K"),
    fields.number("couple_rad_w", 0, 10000, "W at (1000 K)^4"),
    fields.number("heater_loss_w_k", 0, 50, "W/K"),
    fields.number("heater_loss_rad_w", 0, 10000, "W at (1000 K)^4"),
    fields.number("loss_w_k", 0, 50, "W/K"),
    fields.number("loss_rise_k", 0, 0.05, "1/K"),
    fields.number("dead_s", 0, 60, "s"),
    fields.number("lag_s", 0, 60, "s"),
    fields.number("heater_lag_s", 0, 60, "s"),
    fields.flag("heater_seen", False),
    fields.number("ambient_c", -10, 50, "°C"),
    fields.number("fit_c", 0, 20, "°C"),
    fields.text("tuned", 40),
)
CALIBRATION_FIELDS = (
    fields.name("probe", 16),
    fields.number("offset_c", -5, 5, "°C", 0),
    fields.number("gain", 0.98, 1.02, "°C/°C", 1),
    fields.text("date", 10, None),
    fields.text("due", 10, None),
    fields.text("operator", 24, None),
    fields.text("instrument", 32, None),
    fields.text("certificate", 24, None),
    fields.number("residual_c", 0, 10, "°C", None),
    fields.text("points", 100, None),
)
# What a run's log says of each calibrated probe, in this order; docs/log-format.md.
CALIBRATION_LOGGED = ("probe", "offset_c", "gain", "date", "due", "instrument", "certificate")
FIELDS = (
    fields.choice("schema", (1,)),
    fields.name("name", 24),
    fields.number("sensor_error_c", 1, 10, "°C", 4),
    fields.choice("strategy", STRATEGIES, "pid"),
    fields.table("pid", PID_FIELDS, {}),
    fields.table("model", MODEL_FIELDS, None),
    fields.rows("calibration", CALIBRATION_FIELDS, 0, 6, ()),
    fields.whole("operator_timeout_s", 60, 14400, "s", 1800),
    fields.choice("keep_logs", KEEP_LOGS, "unpulled"),
)


def default(name):
    """The settings of a new, untuned unit called `name`."""
    return fields.fill({"schema": 1, "name": name}, FIELDS)


def check(d):
    """All problems of a settings dict, never an exception; empty means it can be used."""
    found = fields.check_table(d, FIELDS) + fields.repeats(d, "calibration", "probe")
    return found or _check_model(d)


def _check_model(d):
    """What is contradictory in settings whose keys are good one by one."""
    model = d.get("model")
    if model is None:
        if d.get("strategy") != "predictive":
            return []
        return [fields.Problem("strategy", "predictive", "pid without a model", "run tune")]
    couple_w_k = model["couple_w_k"]
    if couple_w_k + model["couple_rad_w"] <= 0:
        want = "above 0, or couple_rad_w: heat must reach the board"
    elif couple_w_k > model["board_j_k"]:
        want = "at most board_j_k a second: no board follows its heater faster"
    else:
        return []
    return [fields.Problem("model.couple_w_k", couple_w_k, want, "run tune")]


def check_for(d, board):
    """What keeps checked settings `d` from fitting the checked `board`: calibrated probes."""
    found = []
    probes = [row["name"] for row in board["probes"]]
    for i, row in fields.rows_of(d, "calibration"):
        if row["probe"] not in probes:
            path = "calibration[{}].probe".format(i)
            fix = "remove the row, or name one of: " + ", ".join(probes)
            found.append(fields.Problem(path, row["probe"], "a probe of this board", fix))
    return found


def normalise(d):
    """A new dict: the checked settings `d` with every default filled in."""
    return fields.fill(d, FIELDS)
