"""The thermal plants of the virtual bench obey physics, and their files are checked."""

import pytest

from preheat.bench import flash, plantfile
from preheat.bench.plant import Loss, Plant
from preheat.errors import Refused, UsageError

PLANTS = plantfile.stock_plants()
QUARTZ = [name for name in PLANTS if name.startswith("quartz")]


def make(name):
    return Plant(plantfile.load_plant(name))


def heat_to(plant, board_c, rate_c_s, limit_s=2000):
    """Warm the board probe to board_c at about rate_c_s, as a good controller would."""
    duty, passed_s, last_c = 0.0, 0.0, plant.board_c()
    while plant.probe_c("board") < board_c and passed_s < limit_s:
        slope = (plant.board_c() - last_c) / 0.25
        last_c = plant.board_c()
        duty = min(1.0, max(0.0, duty + 0.02 * (rate_c_s - slope)))
        plant.step(0.25, duty)
        passed_s += 0.25
    return passed_s


def coast(plant):
    """How far the board probe goes on rising without heat, °C."""
    start_c = peak_c = plant.probe_c("board")
    for _ in range(1200):
        plant.step(0.25, 0)
        peak_c = max(peak_c, plant.probe_c("board"))
    return peak_c - start_c


def test_the_shipped_plants_are_those_of_the_documents():
    assert PLANTS == ["ceramic", "hotplate", "quartz-heavy", "quartz-light", "quartz-medium"]


@pytest.mark.parametrize("name", PLANTS)
def test_no_energy_appears_or_is_lost(name):
    plant = make(name)
    before_j = plant.stored_j()
    for duty in (1, 0, 0.4, 0):
        plant.step(200, duty)
    gained_j = plant.stored_j() - before_j
    assert plant.energy_in_j == pytest.approx(plant.power_w * 200 * 1.4)
    assert gained_j == pytest.approx(plant.energy_in_j - plant.energy_lost_j, abs=1e-3)


@pytest.mark.parametrize("name", PLANTS)
def test_in_equilibrium_the_loss_is_the_power_and_a_cold_plant_stays_cold(name):
    plant = make(name)
    plant.step(600, 0)
    assert plant.board_c() == pytest.approx(plant.ambient_c, abs=0.01)
    plant.step(20000, 0.3)
    lost_j = plant.energy_lost_j
    plant.step(100, 0.3)
    assert plant.energy_lost_j - lost_j == pytest.approx(30 * plant.power_w, rel=1e-3)


@pytest.mark.parametrize("name", PLANTS)
def test_long_and_short_steps_agree(name):
    coarse, fine = make(name), make(name)
    coarse.step(120, 1)
    for _ in range(1200):
        fine.step(0.04, 1)
        fine.step(0.06, 1)
    for a, b in zip(coarse.temps_c, fine.temps_c):
        assert a == pytest.approx(b, abs=0.5)


def test_the_hot_plate_settles_where_its_published_table_says():
    plant = make("hotplate")
    plant.step(20000, 0.4356)  # of 100 W: the row 244.4 °C, measured at 21.3 °C ambient
    assert plant.board_c() == pytest.approx(244.4 - 21.3 + plant.ambient_c, abs=0.5)


@pytest.mark.parametrize("name", QUARTZ)
def test_a_quartz_preheater_reaches_150_and_then_coasts_7_to_30(name):
    plant = make(name)
    assert heat_to(plant, 150, 1.0) < 400
    plant = make(name)
    heat_to(plant, 100, 1.0)
    assert 7 <= coast(plant) <= 30


def test_the_medium_board_can_follow_a_ramp_of_1_degree_a_second():
    plant = make("quartz-medium")
    heat_to(plant, 80, 2.0)
    start_c = plant.board_c()
    plant.step(40, 1)
    assert plant.board_c() - start_c >= 40
    assert 60 <= plant.j_k[plant.heater] <= 80 and plant.j_k[plant.board] == 140


def test_the_ceramic_preheater_answers_late_and_coasts_20_to_60():
    plant = make("ceramic")
    late_s = heat_to(plant, plant.ambient_c + 2, 9.0)
    assert 46 <= late_s <= 75
    heat_to(plant, 100, 1.0)
    assert 20 <= coast(plant) <= 60


def test_dead_time_and_lag():
    plant = make("ceramic")
    plant.step(5, 0)
    plant.swap_board(1e6, 123.0)  # a step that stays
    plant.step(19.5, 0)
    assert plant.probe_c("board") == pytest.approx(plant.ambient_c, abs=0.1)
    plant.step(0.5 + 3.0, 0)  # one lag of 3 s later: 63 % of 100 °C
    assert plant.probe_c("board") - plant.ambient_c == pytest.approx(63, abs=4)


def test_a_plant_goes_on_from_its_state():
    first, second = make("ceramic"), make("ceramic")
    first.step(130, 1)
    second.restore(first.state())
    first.step(60, 0.5)
    second.step(60, 0.5)
    assert first.temps_c == second.temps_c
    assert first.probe_c("board") == second.probe_c("board")


def test_heat_from_above_and_half_a_heater():
    plant = make("quartz-medium")
    plant.external_w = 80.0
    plant.step(60, 0)
    assert plant.board_c() > plant.ambient_c + 20 and plant.heater_c() < plant.ambient_c + 2
    plant = make("hotplate")
    plant.gain = 0.5
    plant.step(10, 1)
    assert plant.energy_in_j == pytest.approx(500)


def test_a_loss_table_is_a_line_between_rows_and_goes_on_beyond():
    loss = Loss([[20, 0], [100, 8], [200, 28]], 25)
    for temp_c, watts in ((25, 0), (65, 4), (105, 8), (155, 18), (255, 38), (15, -1)):
        assert loss.watts(temp_c) == pytest.approx(watts)


@pytest.mark.parametrize("table", [[[50, 5], [100, 10]], [[0, 0], [30, 0], [100, 7]]])
def test_at_ambient_a_loss_table_loses_nothing_wherever_it_begins(table):
    assert Loss(table, 30).watts(30) == pytest.approx(0)
    assert Loss(table, 30).watts(80) == pytest.approx(5)
    rows = {"node": [{"name": "a", "j_k": 5, "loss_table": table}]}
    assert not any("loss_table" in problem.path for problem in plantfile.check_plant(rows))


@pytest.mark.parametrize("table", [[[20, 5], [90, 5]], [[20, 0], [90, 0]], [[20, -1], [90, 5]]])
def test_a_loss_table_without_a_zero_to_rise_from_is_refused(table):
    rows = {"node": [{"name": "a", "j_k": 5, "loss_table": table}]}
    found = [p for p in plantfile.check_plant(rows) if "loss_table" in p.path]
    assert len(found) == 1


@pytest.mark.parametrize("name", PLANTS)
def test_every_plant_has_a_board_and_settings(name):
    from preheat import tomlfiles

    data = plantfile.load_plant(name)
    board = tomlfiles.load_board(data["board"])
    roles = {row["role"] for row in data["probe"]}
    assert {row["role"] for row in board["probes"]} <= roles
    assert board["mains_hz"] == data["mains"]["hz"]
    assert board["zones"][0]["power_w"] == data["heater"]["power_w"]
    unit = flash.unit_settings(name)
    assert unit["strategy"] == "predictive" and unit["name"].startswith("virtual")


def test_every_problem_of_a_plant_is_told_at_once():
    bad = {
        "node": [{"name": "a", "j_k": 0, "loss_w_k": 1, "loss_table": [[1, 2], [0, 3]]},
                 {"name": "a", "j_k": 5}],
        "link": [{"a": "a", "b": "ghost"}],
        "heater": {"node": "nowhere", "power_w": float("nan")},
        "ambient": {"c": "warm"}, "mains": {"hz": 55}, "colour": 1,
        "probe": [{"role": "heater", "node": "a"}],
    }
    paths = {problem.path for problem in plantfile.check_plant(bad)}
    assert paths >= {
        "node[0].j_k", "node[0].loss_table", "node[1].name", "link[0].b", "heater.node",
        "heater.power_w", "ambient.c", "mains.hz", "colour", "probe",
    }


def test_a_plant_that_is_not_there_names_those_that_are(tmp_path):
    with pytest.raises(UsageError, match="hotplate"):
        plantfile.load_plant("toaster")
    path = tmp_path / "half.toml"
    path.write_text('[ambient]\nc = 20\n', encoding="utf-8")
    with pytest.raises(Refused) as caught:
        plantfile.load_plant(path)
    assert len(caught.value.problems) >= 4
