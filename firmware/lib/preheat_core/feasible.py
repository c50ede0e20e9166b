"""Whether a unit can follow a profile: the power that each stage needs, from the unit's model.

A ramp is taken as steady: the heater is as hot as the flow into the board asks, and warms as that
flow must grow. The board is the one of the tuning. What heat from above adds is not known.
"""

import math

from preheat_core import check as fields
from preheat_core.limits import HEATER_MARGIN_C
from preheat_core.model import KELVIN, Model
from preheat_core.profile import START_C

ENOUGH = 0.95  # of the power: the rest is left to steer with
HOTTEST_C = 3000.0  # no heater is: the search for its temperature ends here


class Row:
    """What one stage needs. Power is a share of the full one (1 = all of it), ramps are in °C/s.

    `duty` is the worst along its ramp of `ramp_c_s` (negative on the way down, 0 without one),
    met at `at_c` with the heater at `heater_c`; `hold` and `hold_c` are the same at its target.
    """

    __slots__ = ("at_c", "duty", "heater_c", "hold", "hold_c", "name", "ramp_c_s")


def heater_for(model, board_c: float, flow_w: float) -> float:
    """How hot the heater must be for `flow_w` to go into a board at `board_c`, °C."""
    heater_c = board_c if flow_w <= 0 else HOTTEST_C
    if flow_w > 0 and model.couple_w_k > 0:
        heater_c = min(heater_c, board_c + flow_w / model.couple_w_k)
    if flow_w > 0 and model.couple_rad_w > 0:
        x = (board_c + KELVIN) / 1000
        x = math.sqrt(math.sqrt(x * x * x * x + flow_w / model.couple_rad_w))
        heater_c = min(heater_c, 1000 * x - KELVIN)
    for _ in range(12):  # Newton from above: the flow is convex, so it never steps too far
        now_w = model.flow_w(heater_c, board_c)
        slope_w_k = model.flow_w(heater_c + 1, board_c) - now_w
        step_c = (now_w - flow_w) / max(slope_w_k, 0.001)
        heater_c = min(HOTTEST_C, max(-200.0, heater_c - step_c))
        if abs(step_c) < 0.05:
            break
    return heater_c


def need(model, board_c: float, ramp_c_s: float):
    """(power in W, the heater's °C) with which a board at `board_c` changes by `ramp_c_s`."""
    ramp_w = model.board_j_k * ramp_c_s
    heater_c = heater_for(model, board_c, ramp_w + model.loss_w(board_c))
    rise = heater_for(model, board_c + 1, ramp_w + model.loss_w(board_c + 1)) - heater_c
    watts = ramp_w + model.loss_w(board_c) + model.heater_loss_w(heater_c)
    return watts + model.heater_j_k * rise * ramp_c_s, heater_c


def ceiling_c(board: dict, model) -> float:
    """How hot the heater may get; without a probe on it nothing is known of that."""
    return board["limits"]["heater_max_c"] - HEATER_MARGIN_C if model.heater_seen else HOTTEST_C


def most_c_s(model, board: dict, row: Row) -> float:
    """The steepest ramp that can be followed where the row's ramp is worst, °C/s, 0 or more."""
    power_w, top_c = board["zones"][0]["power_w"], ceiling_c(board, model)
    low, high = 0.0, 4.0  # no profile may ask for more
    for _ in range(11):
        ramp_c_s = (low + high) / 2
        watts, heater_c = need(model, row.at_c, -ramp_c_s if row.ramp_c_s < 0 else ramp_c_s)
        good = 0 <= watts <= ENOUGH * power_w and heater_c <= top_c
        low, high = (ramp_c_s, high) if good else (low, ramp_c_s)
    return low


def rows(profile: dict, model, power_w: float) -> list:
    """A Row for each stage of a checked profile."""
    found = []
    from_c = START_C
    for stage in profile["stages"]:
        row = Row()
        row.name = stage["name"]
        to_c = row.at_c = stage["target_c"]
        way = (to_c > from_c) - (to_c < from_c)
        row.ramp_c_s = way * stage["ramp_c_s"]
        watts, row.hold_c = need(model, to_c, 0.0)
        row.hold = row.duty = watts / power_w
        row.heater_c = row.hold_c
        for at_c in (from_c, (from_c + to_c) / 2, to_c) if way else ():
            watts, heater_c = need(model, at_c, row.ramp_c_s)
            if at_c == from_c or (watts / power_w - row.duty) * way > 0:
                row.duty, row.at_c, row.heater_c = watts / power_w, at_c, heater_c
        found.append(row)
        from_c = to_c
    return found


def problems(profile: dict, board: dict, settings: dict) -> list:
    """Targets that the unit cannot hold and, without `stretch`, ramps that it cannot follow."""
    if settings.get("model") is None or profile["purpose"] == "tune":
        return []  # nothing is known, or about to be measured anew
    model = Model(settings["model"])
    top_c = ceiling_c(board, model)
    found = []
    needs = rows(profile, model, board["zones"][0]["power_w"])
    for i, (row, stage) in enumerate(zip(needs, profile["stages"])):
        held = row.hold <= 1 and row.hold_c <= top_c
        follows = not row.ramp_c_s or (0 <= row.duty <= ENOUGH and row.heater_c <= top_c)
        if stage.get("external_heat", False) or held and (follows or profile.get("stretch", True)):
            continue
        if held:
            key, fix = "ramp_c_s", "lower it, or say stretch = true"
            want = "at most {:.2f} °C/s".format(most_c_s(model, board, row))
        else:
            key, want, fix = "target_c", "one that can be held", "lower it"
            row.duty, row.heater_c, row.at_c = row.hold, row.hold_c, stage["target_c"]
        why = "it cools no faster"
        if row.duty >= 0:
            why = "it needs {:.0f} % of the power".format(100 * row.duty)
        if row.heater_c > top_c:
            why = "its heater needs {:.0f} °C, heat ends at {:.0f} °C".format(row.heater_c, top_c)
        want += " on this unit ({} at {:.0f} °C)".format(why, row.at_c)
        found.append(fields.Problem("stages[{}].{}".format(i, key), stage[key], want, fix))
    return found
