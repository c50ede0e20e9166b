"""What a plant of one's own gets that a shipped one brings along: a fitting board and settings.

Both come from the shipped plant most like it, so that a plant file needs nothing but physics.
"""

import math
from typing import Any

from preheat import tomlfiles
from preheat.bench import plantfile
from preheat.errors import UsageError

MOST_PROBES = 6  # as many as a board file may have
_FIRST_CS = 5


def like(plant: dict[str, Any]) -> str:
    """The name of the shipped plant most like a checked one: by heater, board and power."""
    own = _measures(plant)

    def distance(name: str) -> float:
        other = _measures(plantfile.load_plant(name))
        return sum(abs(math.log(a / b)) for a, b in zip(own, other))

    return min(plantfile.stock_plants(), key=distance)


def _measures(plant: dict[str, Any]) -> tuple[float, float, float]:
    """J/K of the heater, J/K of the board, W."""
    j_k = {row["name"]: row["j_k"] for row in plant["node"]}
    board = next(row["node"] for row in plant["probe"] if row["role"] == "board")
    return j_k[plant["heater"]["node"]], j_k[board], plant["heater"]["power_w"]


def board_named(ref: str) -> dict[str, Any]:
    """A board that a virtual unit can have; UsageError for another, Refused for a bad file."""
    known = ", ".join(name for name in tomlfiles.stock_boards() if name.startswith("virtual-"))
    try:
        tomlfiles.find_board(ref)
    except UsageError as error:
        raise UsageError(error.message, f"name one of {known}, or give a file") from error
    board = tomlfiles.load_board(ref)
    if board["mcu"] != "virtual":
        what = f"board {board['name']} is for {board['mcu']}, not for a virtual unit"
        raise UsageError(what, f"name one of {known}")
    return board


def board_for(plant: dict[str, Any]) -> dict[str, Any]:
    """The board of a checked plant: the one it names, or a stock one wired to its probes.

    UsageError if the plant has more probes than a board can read.
    """
    if plant.get("board"):
        return board_named(plant["board"])
    probes = plant["probe"]
    if len(probes) > MOST_PROBES:
        fix = f"leave out some, or give a board that reads up to {MOST_PROBES} of them"
        raise UsageError(f"the plant has {len(probes)} probes", fix)
    base = tomlfiles.load_board(plantfile.load_plant(like(plant))["board"])
    rows = []
    for i, probe in enumerate(probes):
        name = probe["role"].replace("_", "-")
        nth = 1 + sum(row["role"] == probe["role"] for row in rows)
        rows.append({
            "name": name if nth == 1 else f"{name}-{nth}", "role": probe["role"],
            "cs": _FIRST_CS + i,
        })
    power_w = min(5000, max(10, plant["heater"]["power_w"]))
    return {
        **base, "name": "virtual-fitted", "title": f"{base['title']}, fitted to a plant"[:60],
        "mains_hz": plant["mains"]["hz"], "probes": rows,
        "zones": [{**base["zones"][0], "probe": "board", "power_w": power_w}],
    }
