"""Tuning on virtual plants from the untuned settings: is what comes out what the plant is?"""

import numpy as np
import pytest

from host.steptests import UNTUNED, hotplate, plant_and_board
from preheat.bench.plant import Plant
from preheat.tuning import figures
from preheat.tuning.bench import tune_on_plant
from preheat.tuning.data import Data
from preheat.tuning.fit import fit
from preheat.tuning.simulate import Path
from preheat_core import settings
from preheat_core.model import Model

SHORT_MIN, LONG_MIN = 10.0, 20.0


def tuned_on(name, hard=False, probes=None, **more):
    """A good tuning run on one of the benchmark's plants, and that plant."""
    plant, board = plant_and_board(name, hard)
    if probes:
        board["probes"] = [row for row in board["probes"] if row["role"] in probes]
    found = tune_on_plant(plant, board, UNTUNED, **more)
    assert found.end == "done" and found.problems == []
    assert settings.check({**UNTUNED, "model": found.model, "strategy": "predictive"}) == []
    return found, plant


def full_power(step, top_c):
    """Seconds from cold to 60, 100 and 140 °C; `step()` lets half a second pass, gives °C."""
    seconds, found = 0.0, []
    for aim_c in (60, 100, top_c):
        while step() < aim_c:
            seconds += 0.5
        found.append(seconds)
    return found


def compare_at_full_power(found, plant):
    """(seconds of the true plant, of the model) to 60, 100 and 140 °C."""
    body = Plant(plant)

    def true_step():
        body.step(0.5, 1.0)
        return body.board_c()

    model = Model(found.model)
    state = [found.model["ambient_c"]] * 2

    def model_step():
        state[0], flow_w = model.heat(*state, body.power_w, 0.5)
        state[1] = model.warm(state[1], flow_w, 0.5)
        return state[1]

    return full_power(true_step, 140), full_power(model_step, 140)


def late_s(model):
    """Everything that delays a probe of a plant whose own heater has no lag."""
    return model["dead_s"] + model["lag_s"] + Model(model).heater_tau_s(100)


@pytest.mark.parametrize(("hard", "true_s"), [(False, 2.0), (True, 12.0)])
def test_hot_plate(hard, true_s):
    found, plant = tuned_on("hotplate", hard)
    assert found.minutes < 5
    model = found.model
    assert figures.full_power_c_s(model, 100, 25) == pytest.approx(100 / 51.3, rel=0.02)
    # Its table: 19.3 W at 142.3 °C, 24 W at 164.2 °C, in a room 1.7 °C colder than this one.
    lost_w = 19.3 + (150 - 1.7 - 142.3) / (164.2 - 142.3) * (24 - 19.3)
    assert figures.hold_w(model, 150) == pytest.approx(lost_w, rel=0.04)
    left_c_s = (100 - lost_w) / 51.3
    assert figures.full_power_c_s(model, 100, 150) == pytest.approx(left_c_s, rel=0.02)
    assert abs(late_s(model) - true_s) < 1
    assert not model["heater_seen"]


@pytest.mark.parametrize(("hard", "true_s"), [(False, 2.0), (True, 12.0)])
def test_oven_of_two_masses(hard, true_s):
    found, plant = tuned_on("oven", hard)
    assert found.minutes < SHORT_MIN
    model = found.model
    assert figures.full_power_c_s(model, 3500, 25) == pytest.approx(3500 / 2100, rel=0.02)
    assert figures.hold_w(model, 150) == pytest.approx(150 - 23, rel=0.04)
    assert model["heater_j_k"] + model["board_j_k"] == pytest.approx(2100, rel=0.02)
    tau_s = Model(model).heater_tau_s(100)
    assert abs(model["dead_s"] + model["lag_s"] + tau_s - true_s - 100 / 10) < 0.5


@pytest.mark.parametrize(
    ("name", "minutes", "dead_s", "lag_s"),
    [("quartz-medium", SHORT_MIN, 6, 6.5), ("ceramic-medium", LONG_MIN, 26, 7)],
)
def test_radiating_heaters_with_a_probe_on_them(name, minutes, dead_s, lag_s):
    found, plant = tuned_on(name, hard=True)
    assert found.minutes < minutes
    assert found.fit_c < 0.4
    for true_s, model_s in zip(*compare_at_full_power(found, plant)):
        assert model_s == pytest.approx(true_s, rel=0.03)
    assert abs(found.model["dead_s"] + found.model["lag_s"] - dead_s - lag_s) < 1.5
    assert found.model["heater_seen"]
    assert found.model["heater_j_k"] == pytest.approx(plant["node"][0]["j_k"], rel=0.02)


def test_a_glowing_heater_tells_itself_apart_even_without_a_probe():
    found, plant = tuned_on("quartz-medium", probes=("board",))
    assert not found.model["heater_seen"] and found.model["couple_rad_w"] > 100
    for true_s, model_s in zip(*compare_at_full_power(found, plant)):
        assert model_s == pytest.approx(true_s, rel=0.05)


def test_the_errors_that_are_told_cover_the_difference():
    found, _ = tuned_on("oven", hard=True, seed=7)
    fitted = found.tuned.fitted
    assert fitted is not None

    def total(model):
        return model["heater_j_k"] + model["board_j_k"]

    assert 0.1 < fitted.error(total) < 30
    assert abs(total(fitted.model) - 2100) < 0.01 * 2100 + 3 * fitted.error(total)
    assert fitted.error(lambda model: model["ambient_c"]) == 0


def test_spikes_change_nothing_that_matters():
    plant, board = hotplate()
    plain = tune_on_plant(plant, board, UNTUNED)
    for row in plant["probe"]:
        row["spikes_per_min"] = 4
    spiked = tune_on_plant(plant, board, UNTUNED)
    assert spiked.problems == []
    assert spiked.fit_c < 0.3
    rise = [figures.full_power_c_s(found.model, 100, 75) for found in (plain, spiked)]
    assert rise[0] == pytest.approx(rise[1], rel=0.01)


def test_the_dead_time_is_found_between_the_records():
    true = {
        "heater_j_k": 5.0, "board_j_k": 95.0, "couple_w_k": 0.5, "couple_rad_w": 0.0,
        "heater_loss_w_k": 0.0, "heater_loss_rad_w": 0.0, "loss_w_k": 0.3, "loss_rise_k": 0.0025,
        "dead_s": 7.3, "lag_s": 3.0, "heater_lag_s": 0.0, "heater_seen": False, "ambient_c": 24.0,
    }
    t_s = np.arange(0.0, 300.0)
    share = np.where(((t_s > 15) & (t_s <= 60)) | ((t_s > 130) & (t_s <= 180)), 1.0, 0.0)
    data = Data(t_s, share, t_s * 0 + 24.0, None, t_s < 15, 24.0, None, 200.0)
    path = Path(data)
    _, board = path.simulate(true, 24.0, 24.0)
    data = data._replace(board_c=path.read(board, t_s, 7.3, 3.0))
    model = fit(data).model
    assert model["dead_s"] == pytest.approx(7.3, abs=0.3)
    assert model["dead_s"] + model["lag_s"] == pytest.approx(10.3, abs=0.4)
    assert model["heater_j_k"] + model["board_j_k"] == pytest.approx(100, rel=0.01)
    assert model["loss_w_k"] == pytest.approx(0.3, rel=0.1)
