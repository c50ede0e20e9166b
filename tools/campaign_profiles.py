"""Random short profiles that a unit can follow, by what its plant does at full power.

A profile is made for the very plant: where the heater is weak its targets and ramps are low.
"""

from random import Random
from typing import Any

from campaign_plants import Fitted

from preheat.bench.plant import Plant
from preheat_core import limits
from preheat_core import profile as profiles
from preheat_core.board import PROCESS_ROLES

Table = dict[str, Any]

LONGEST_S = 300  # full power is looked at for so long
EASY = (0.35, 0.85)  # of the slope at full power: what a ramp asks
KEPT = 0.12  # of the first slope must be left at the top: a hold needs something to give
CLEAR_SHARE = 0.9  # of the slope from which the guard withholds heat before the limit
KINDS = (("preheat", "SAC305"), ("preheat", "SnPb"), ("reflow", "SAC305"), ("reflow", "SnBi"),
         ("bake", "SAC305"))


def _full_power(unit: Fitted) -> list[float]:
    """°C of the board, one a second, with all the heat there is; it ends where little comes."""
    body = Plant(unit.plant)
    seen = unit.has("heater")
    ceiling_c = unit.board["limits"]["heater_max_c"] - 30 if seen else 1e9
    curve = [body.board_c()]
    fastest = 0.0
    while len(curve) < LONGEST_S and curve[-1] < 260:
        before_c = body.board_c()
        body.step(1.0, 1.0 if body.heater_c() < ceiling_c else 0.0)
        slope = body.board_c() - before_c
        fastest = max(fastest, slope)
        if len(curve) > 60 and slope < KEPT * fastest:
            break
        curve.append(body.board_c())
    return curve


def _slowest(curve: list[float], low_c: float, high_c: float) -> float:
    """The least °C/s of the curve in the upper half of a stage."""
    middle_c = (low_c + high_c) / 2
    rises = [b - a for a, b in zip(curve, curve[1:]) if a <= high_c and b >= middle_c]
    return min(rises, default=0.0)


def random_profile(chance: Random, unit: Fitted) -> "Table | None":
    """A checked profile of one to three stages for this unit; None if it cannot rise by 10 °C."""
    purpose, alloy = chance.choice(KINDS)
    draft = {"schema": 1, "name": "campaign", "title": "Campaign", "alloy": alloy,
             "purpose": purpose, "source": "the campaign's own",
             "ramp_max_c_s": chance.choice((2.0, 3.0, 4.0)), "run_max_s": 7200}
    if chance.random() < 0.1:
        draft["package"] = "bga"
    row = limits.effective(unit.board, unit.settings, draft).row("board")
    curve = _full_power(unit)
    start_c = curve[0]
    at = int(len(curve) * chance.uniform(0.35, 0.95))
    top_c = min(curve[at], row.approach_c - 4)
    if top_c < max(32.0, start_c + 10):
        return None
    count = chance.randint(1, 3)
    cuts = sorted(chance.uniform(0.3, 0.9) for _ in range(count - 1))
    stages = []
    before_c = start_c
    for n, share in enumerate([*cuts, 1.0]):
        target_c = round(max(30.0, start_c + share * (top_c - start_c)), 1)
        stage = _stage(chance, unit, curve, before_c, target_c, row.trip_c)
        if stage is not None:
            stages.append({"name": f"s{n}", **stage})
            before_c = target_c
    draft["stages"] = stages
    _more(chance, unit, draft)
    if not stages or profiles.check(draft):
        return None
    return profiles.normalise(draft)


def _more(chance: Random, unit: Fitted, draft: Table) -> None:
    """Limits that only some profiles have: of the spread, and of the time above liquidus."""
    count = sum(1 for row in unit.board["probes"] if row["role"] in PROCESS_ROLES)
    if count > 1 and chance.random() < 0.6:
        draft["spread_max_c"] = chance.choice((10, 20, 30, 40))
    if draft["purpose"] == "reflow" and chance.random() < 0.7:
        draft["tal_max_s"] = chance.choice((60, 120, 300, 600))


def _stage(chance, unit, curve, before_c, target_c, limit_c) -> "Table | None":
    possible_c_s = _slowest(curve, before_c, target_c)
    coast_s = max(1e-3, unit.board["zones"][0]["coast_s"])
    clear_c_s = CLEAR_SHARE * (limit_c - target_c) / coast_s
    ramp_c_s = min(chance.uniform(*EASY) * possible_c_s, clear_c_s, 1.9)
    if ramp_c_s < 0.025 or target_c - before_c < 3:
        return None
    stage = {"target_c": target_c, "ramp_c_s": round(ramp_c_s, 3), "ramp_max_s": 5000,
             "hold_s": chance.randint(3, 40), "hold_max_s": 3000}
    stage["band_c"] = chance.choice((3, 4, 5))
    if chance.random() < 0.12:
        stage["operator"], stage["operator_max_s"] = True, 1500
    if chance.random() < 0.12:
        stage["external_heat"] = True
    return stage
