"""A plant of one's own needs only its physics: the bench finds a board and settings for it."""

import pytest

from preheat.bench import fitting, plantfile
from preheat.bench.supervisor import VirtualUnit
from preheat.connect import open_direct
from preheat.errors import UsageError
from preheat_core import board as boards

OWN = """
[[node]]
name = "tube"
j_k = 75
loss_w_k = 0.1

[[node]]
name = "panel"
j_k = 150
loss_table = [[21, 0], [100, 60], [200, 160]]

[[link]]
a = "tube"
b = "panel"
w_k = 0.05
radiative_w_k4 = 4e-10

[heater]
node = "tube"
power_w = 700

[ambient]
c = 21

[mains]
hz = 60

[[probe]]
role = "board"
node = "panel"
lag_s = 2
dead_time_s = 1
offset_c = 0.5
noise_c = 0.2
spikes_per_min = 1

[[probe]]
role = "board"
node = "panel"

[[probe]]
role = "heater"
node = "tube"
dead_time_s = 5
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_the_board_has_what_the_plant_has(own):
    board = fitting.board_for(plantfile.load_plant(own))
    assert boards.check(board) == []
    assert [(row["name"], row["role"]) for row in board["probes"]] == [
        ("board", "board"), ("board-2", "board"), ("heater", "heater"),
    ]
    assert board["mains_hz"] == 60
    assert board["zones"][0]["power_w"] == 700 and board["zones"][0]["heater_kind"] == "quartz"


@pytest.mark.parametrize("name", plantfile.stock_plants())
def test_a_shipped_plant_is_most_like_itself_and_keeps_its_board(name):
    plant = plantfile.load_plant(name)
    assert fitting.like({**plant, "name": "a-copy"}) == name
    assert fitting.board_for(plant)["name"] == plant["board"]
    bare = {key: value for key, value in plant.items() if key != "board"}
    assert boards.check(fitting.board_for(bare)) == []


def test_more_probes_than_a_board_can_read_are_refused(own):
    plant = plantfile.load_plant(own)
    plant["probe"] = [plant["probe"][0]] * 7
    with pytest.raises(UsageError, match="7 probes"):
        fitting.board_for(plant)


def test_a_board_file_named_by_a_plant_lies_beside_it(own):
    stock = fitting.tomlfiles.find_board("virtual-quartz").read_text(encoding="utf-8")
    (own.parent / "mine.toml").write_text(stock.replace("virtual-quartz", "mine"), "utf-8")
    own.write_text(f'board = "mine.toml"\n{OWN}', encoding="utf-8")
    assert VirtualUnit(own).board["name"] == "mine"


def test_every_probe_of_an_own_plant_reads_and_the_unit_can_start(own):
    with VirtualUnit(own, speed=0) as unit, open_direct(unit.port) as link:
        status = link.request("status")
        assert len(status["probes"]) == 3 and status["faults"] == []
        assert [row[2] for row in status["probes"]] == pytest.approx([21] * 3, abs=3)
