"""Provisioning: which settings a unit ends with, and what of its own stays."""

import contextlib

import pytest

from host.provision_bench import Bench, wanted
from preheat.provisioning import configure
from preheat.provisioning.record import FAILED, PROVISIONED
from preheat_core import settings

MODEL = {"heater_j_k": 40, "board_j_k": 60, "couple_w_k": 1, "couple_rad_w": 0,
         "heater_loss_w_k": 0.1, "heater_loss_rad_w": 0, "loss_w_k": 0.2, "loss_rise_k": 0,
         "dead_s": 1, "lag_s": 1, "heater_lag_s": 1, "ambient_c": 25, "fit_c": 1,
         "tuned": "2026-01-01"}


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with contextlib.ExitStack() as stack:
        yield Bench(stack, tmp_path)


def test_a_unit_that_does_not_keep_its_settings_fails(bench):
    unit = bench.unit("aa")
    unit.do_hello_real = unit.do_hello

    def forgets(ask):
        unit.settings = None
        return unit.do_hello_real(ask)

    unit.do_hello = forgets
    (row,) = bench.provision(wanted(unit))
    assert (row.outcome, row.failed_step) == (FAILED, "settings")
    assert "the unit holds settings None" in row.reason


def test_what_was_measured_on_a_unit_outlives_a_file_for_many(bench, tmp_path):
    file = tmp_path / "lab-settings.toml"
    file.write_text('schema = 1\nname = "any"\nsensor_error_c = 5\n')
    unit = bench.unit("aa")
    unit.settings = {
        **settings.default("old"), "model": MODEL, "strategy": "predictive",
        "calibration": [{"probe": "plate", "offset_c": 1, "gain": 1}],
    }
    (row,) = bench.provision(wanted(unit, "bench-1", file))
    assert row.outcome == PROVISIONED
    assert (unit.settings["name"], unit.settings["sensor_error_c"]) == ("bench-1", 5)
    assert unit.settings["model"]["board_j_k"] == 60
    assert unit.settings["strategy"] == "predictive"
    note = next(one["note"] for one in row.steps if one["step"] == "settings")
    assert note == "kept what was measured on it: model, calibration"


def test_a_file_with_a_calibration_of_its_own_replaces_the_unit_s():
    mine = {**settings.default("a"), "calibration": [{"probe": "board", "offset_c": 2, "gain": 1}]}
    have = {**mine, "calibration": [{"probe": "board", "offset_c": 1, "gain": 1}]}
    assert configure.merged(mine, have, "b") == ({**mine, "name": "b"}, [])
    assert configure.merged(None, have, "b")[0] == {**have, "name": "b"}
    assert configure.merged(None, None, "b")[0] == settings.default("b")


OLD_MODEL = {"fit_c": 1, "tau_s": 100}  # as an earlier version had it
PLATE = [{"probe": "plate", "offset_c": 1, "gain": 1}]


@pytest.fixture
def lab_file(tmp_path):
    file = tmp_path / "lab-settings.toml"
    file.write_text('schema = 1\nname = "any"\nsensor_error_c = 5\n')
    return file


def settings_note(row):
    return next(one["note"] for one in row.steps if one["step"] == "settings")


def test_a_model_that_cannot_be_used_gives_way_to_the_file_and_is_named(bench, lab_file):
    unit = bench.unit("aa")
    unit.settings = {**settings.default("old"), "model": OLD_MODEL, "strategy": "predictive",
                     "calibration": PLATE}
    (row,) = bench.provision(wanted(unit, "bench-1", lab_file))
    assert row.outcome == PROVISIONED, row.reason
    assert (unit.settings.get("model"), unit.settings["sensor_error_c"]) == (None, 5)
    assert unit.settings["calibration"] == PLATE
    note = settings_note(row)
    assert "kept what was measured on it: calibration" in note
    assert "could not be used and were replaced" in note and "not kept" in note
    assert "model" in note.partition("not kept")[2]


@pytest.mark.parametrize("have", [{"hello": 1}, [1, 2], {**settings.default("a"), "extra": 1}])
def test_unusable_settings_are_replaced_by_a_file_and_else_refused_with_a_way_on(
    bench, lab_file, have
):
    unit = bench.unit("aa")
    unit.settings = have
    (row,) = bench.provision(wanted(unit, "bench-1"))
    assert (row.outcome, row.failed_step) == (FAILED, "settings")
    assert "does not understand" in row.reason and "--settings" in row.next
    assert unit.settings == have
    (row,) = bench.provision(wanted(unit, "bench-1", lab_file))
    assert row.outcome == PROVISIONED, row.reason
    assert unit.settings["sensor_error_c"] == 5 and "replaced" in settings_note(row)
