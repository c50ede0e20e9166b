"""The plants, boards and profiles of the control benchmark; no measuring here.

A plant comes as it is, or hard: its board probe answers 6 s later (dead time) and 4 s slower
(lag) with 0.2 °C of noise, and the relay's window is 2 s. Readings are 0.25 °C coarse in both,
as the MAX31855's frames are. A heater's own probe stays as it is: it sits in the heater, and
nothing that delays the board's answer delays it.
"""

import copy
from functools import cache
from typing import Any

from preheat import tomlfiles
from preheat.bench import plantfile
from preheat.bench.plant import Plant
from preheat_core import alloys
from preheat_core import board as boards

Table = dict[str, Any]

HARD_DEAD_S, HARD_LAG_S, HARD_NOISE_C, HARD_WINDOW_TICKS = 6.0, 4.0, 0.2, 8

# Two masses, as in textbooks and many open-source controllers: a 3500 W oven.
OVEN_W, OVEN_HEATER_J_K, OVEN_J_K = 3500.0, 100.0, 2000.0
OVEN_HEATER_K_W, OVEN_LOSS_K_W = 0.1, 1.0

# The boards of the shipped quartz plants over the medium one: J/K, W/K lost, share of coupling.
CERAMIC_BOARDS = {"light": (50, 0.45, 2.1 / 4.8), "heavy": (450, 1.3, 5.6 / 4.8)}

NAMES = (
    "oven", "hotplate", "quartz-light", "quartz-medium", "quartz-heavy",
    "ceramic-light", "ceramic-medium", "ceramic-heavy",
)
BOARDS = ("light", "medium", "heavy")
HEATERS = ("quartz", "ceramic")  # these come with each of BOARDS

# The stock profiles that each plant is meant for.
PREHEATS = ("preheat-snpb", "preheat-sac305", "bga-sac305", "bake-125")
PLATES = ("hotplate-snbi", "hotplate-sn63", "hotplate-sac305")
LONGEST_HOLD_S = 600  # a bake of nine hours shows nothing more than one of ten minutes does

# The bench's own profile: (target, seconds of ramp) from 25 °C, then a hold.
LEGS = ((150.0, 120.0), (170.0, 60.0), (230.0, 60.0))
FROM_C, HOLD_S = 25.0, 30
EASY_SHARE = 0.9  # of the slope at full power is what a controller can be asked to follow
HOLD_SHARE = 0.97  # of full power is what a hold can be asked to take
CLEAR_SHARE = 0.9  # of the slope from which the guard withholds heat before the limit


def _oven() -> Table:
    return {
        "name": "oven", "board": "virtual-oven",
        "node": [
            {"name": "element", "j_k": OVEN_HEATER_J_K},
            {"name": "oven", "j_k": OVEN_J_K, "loss_w_k": 1 / OVEN_LOSS_K_W},
        ],
        "link": [{"a": "element", "b": "oven", "w_k": 1 / OVEN_HEATER_K_W}],
        "heater": {"node": "element", "power_w": OVEN_W},
        "ambient": {"c": 23}, "mains": {"hz": 50},
        "probe": [{"role": "board", "node": "oven", "lag_s": 2.0, "noise_c": 0.1}],
    }


def _oven_board() -> Table:
    board = tomlfiles.load_board("virtual-hotplate")
    # The element's time constant is 10 s: that long it goes on heating.
    zone = {**board["zones"][0], "power_w": OVEN_W, "coast_s": 10, "heater_kind": "other"}
    return {**board, "name": "virtual-oven", "title": "Virtual oven, 3500 W", "zones": [zone]}


def _ceramic(kind: str) -> Table:
    plant = plantfile.load_plant("ceramic")
    if kind in CERAMIC_BOARDS:
        j_k, loss_w_k, share = CERAMIC_BOARDS[kind]
        next(row for row in plant["node"] if row["name"] == "board").update(
            j_k=j_k, loss_w_k=loss_w_k
        )
        for link in plant["link"]:  # air and radiation go by the board's area alike
            link["w_k"] *= share
            link["radiative_w_k4"] *= share
    return {**plant, "name": f"ceramic-{kind}"}


@cache
def _made(name: str, hard: bool) -> tuple[Table, Table]:
    if name == "oven":
        plant, board = _oven(), _oven_board()
    else:
        ceramic = name.startswith("ceramic-")
        plant = _ceramic(name.split("-")[1]) if ceramic else plantfile.load_plant(name)
        board = tomlfiles.load_board(plant["board"])
    if hard:
        board = {**board, "window_ticks": HARD_WINDOW_TICKS}
        for row in plant["probe"]:
            if row["role"] == "board":
                row["dead_time_s"] = row.get("dead_time_s", 0) + HARD_DEAD_S
                row["lag_s"] += HARD_LAG_S
                row["noise_c"] = HARD_NOISE_C
    checked = {key: value for key, value in plant.items() if key != "name"}
    tomlfiles.refuse([*plantfile.check_plant(checked), *boards.check(board)], name)
    return plant, board


def plant_and_board(name: str, hard: bool = False) -> tuple[Table, Table]:
    """The plant called `name` (one of NAMES) and its board file, both checked; own copies."""
    return copy.deepcopy(_made(name, hard))


def stock_profiles(name: str) -> tuple[str, ...]:
    """Names of the stock profiles for a plant; the oven takes those of the hot plate."""
    return PLATES if name in ("oven", "hotplate") else PREHEATS


def stock_profile(name: str) -> Table:
    """A stock profile with its long holds cut."""
    profile = tomlfiles.load_profile(name)
    for stage in profile["stages"]:
        stage["hold_s"] = min(stage["hold_s"], LONGEST_HOLD_S)
    return profile


def bench_profile(plant: Table, board: Table, gain: float = 1.0) -> Table:
    """25 to 150 °C in 120 s, 170 in 60 s, 230 in 60 s, a hold of 30 s; slower where it must be.

    A ramp is stretched when full power of the rated heater cannot do it with something to spare,
    or when the guard would withhold heat because the board's declared coast reaches the limit.
    The last target is lower where a heater with this `gain` could not hold it.
    """
    limit_c = min(board["limits"]["board_max_c"], alloys.find("SAC305").peak_max_c)
    coast_s = max(1e-3, board["zones"][0]["coast_s"])
    stages = []
    before_c = FROM_C
    for (target_c, seconds), possible_c_s in zip(LEGS, _full_power_slopes(plant, board)):
        clear_c_s = CLEAR_SHARE * (limit_c - target_c) / coast_s
        wanted_c_s = (target_c - before_c) / seconds
        ramp_c_s = min(wanted_c_s, EASY_SHARE * possible_c_s, clear_c_s)
        stages.append({
            "name": f"to-{target_c:.0f}", "target_c": target_c, "ramp_c_s": round(ramp_c_s, 4),
            "hold_s": 0, "ramp_max_s": 3600,
        })
        before_c = target_c
    if gain < 1:
        stages[-1]["target_c"] = min(before_c, _held_c(plant, HOLD_SHARE * gain) // 5 * 5)
    stages[-1].update(hold_s=HOLD_S, hold_max_s=1800)
    profile = {
        "schema": 1, "name": "bench", "title": "Bench: 150, 170, 230 °C", "alloy": "SAC305",
        "purpose": "reflow", "source": "the benchmark's own", "ramp_max_c_s": 3.0,
        "run_max_s": 10000, "stages": stages,
    }
    tomlfiles.refuse(tomlfiles.profile.check(profile), "bench profile")
    return tomlfiles.profile.normalise(profile)


def _full_power_slopes(plant: Table, board: Table) -> list[float]:
    """°C/s that full power gives at least in the upper half of each leg."""
    body = Plant(plant)
    seen = any(row["role"] == "heater" for row in board["probes"])
    ceiling_c = board["limits"]["heater_max_c"] - 20 if seen else 1e9
    slopes = []
    before_c = FROM_C
    for target_c, _ in LEGS:
        slowest = 1e9
        while body.board_c() < target_c:
            at_c = body.board_c()
            body.step(0.5, 1.0 if body.heater_c() < ceiling_c else 0.0)
            if at_c > (before_c + target_c) / 2:
                slowest = min(slowest, (body.board_c() - at_c) / 0.5)
            if body.energy_in_j > 3600 * body.power_w:
                raise ValueError(f"full power does not reach {target_c} °C within an hour")
        slopes.append(slowest)
        before_c = target_c
    return slopes


def _held_c(plant: Table, duty: float) -> float:
    """Where the board ends up with this duty of the rated heater."""
    body = Plant(plant)
    for _ in range(200):
        before_c = body.board_c()
        body.step(100.0, duty)
        if body.board_c() - before_c < 0.05:
            break
    return body.board_c()
