"""Withheld heat keeps the spread across a virtual board at its limit, and nothing trips."""

import copy

import pytest

from preheat import tomlfiles
from preheat.bench import flash, plantfile
from preheat.bench.inprocess import InProcess

LIMIT_C = 27
PARTS = ((10, 0.1), (30, 0.15))  # J/K and W/K of a part that only the board under it warms


def unit_with_part(name, part):
    plant = copy.deepcopy(plantfile.load_plant(name))
    board = tomlfiles.load_board(plant["board"])
    if name.startswith("quartz"):
        board = tomlfiles.load_board("virtual-quartz-full")
    else:
        board["probes"].append({"name": "chip", "role": "component", "cs": 8})
    for rows, own in (("node", {"name": "part", "j_k": part[0], "loss_w_k": 0.02}),
                      ("link", {"a": "board", "b": "part", "w_k": part[1]}),
                      ("probe", {"role": "component", "node": "part", "lag_s": 2.0})):  # fmt: skip
        others = [row for row in plant[rows] if "part" not in row.values()]
        plant[rows] = [*others, own]
    return InProcess(plant, board, flash.unit_settings(name))


@pytest.mark.parametrize(
    ("name", "beyond_c", "late_c"), [("quartz-medium", 2.0, 3.0), ("ceramic", 4.5, 9.0)]
)
@pytest.mark.parametrize("part", PARTS)
def test_the_spread_stays_at_its_limit(name, beyond_c, late_c, part):
    unit = unit_with_part(name, part)
    job = {
        "schema": 1, "name": "t", "title": "t", "alloy": "SAC305", "purpose": "preheat",
        "source": "test", "ramp_max_c_s": 3, "run_max_s": 7200, "spread_max_c": LIMIT_C,
        "stages": [{"name": "a", "target_c": 150, "ramp_c_s": 1.5, "ramp_max_s": 3600}],
    }  # fmt: skip
    assert unit.start(job) is None
    roles = [probe["role"] for probe in unit.board["probes"]]
    at = roles.index("board"), roles.index("component")
    plant = unit.world.plant
    seen_c = true_c = 0.0
    while unit.kernel.heating:
        unit.tick()
        temps_c = [watch.temp_c for watch in unit.kernel.guard.limit_watches]
        board_c, part_c = (temps_c[index] for index in at)
        seen_c = max(seen_c, board_c - part_c)
        true_c = max(true_c, plant.node_c("board") - plant.node_c("part"))
    assert [event["end"] for event in unit.events if event["ev"] == "end"] == ["done"]
    assert 25 < seen_c < LIMIT_C + beyond_c
    assert true_c < seen_c + late_c  # what the probe is late by
