"""Settings on a unit that this toolkit does not understand: refused by all who read them."""

import pytest

from host.cli_helpers import Shell
from host.test_cli_calibrate import ProbedUnit
from preheat import paths
from preheat.calibration import measure


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(measure, "EVERY_S", 0)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat, monkeypatch):
    with ProbedUnit() as unit:
        monkeypatch.setenv("PREHEAT_PORT", unit.port)
        yield unit


def test_settings_that_this_toolkit_cannot_read_are_not_taken_for_none(preheat, unit):
    unit.settings["calibration"] = [{"probe": "plate", "offset_c": -2.5, "gain": 1.01}]
    unit.settings["of_another_version"] = 1
    ran = preheat("calibrate", "point", "plate", "--ice")
    assert ran.code == 4 and "does not understand the unit's settings" in ran.err
    assert "of_another_version" in ran.err and "preheat config push" in ran.err
    assert preheat("calibrate", "show").code == 4
    assert preheat("status").code == 0  # advice keeps no other answer back


@pytest.mark.parametrize("have", ["extra", "list"])
def test_settings_that_cannot_be_read_are_never_written_anew(preheat, unit, have):
    rows = [{"probe": "plate", "offset_c": -2.5, "gain": 1.01}]
    assert preheat("calibrate", "point", "plate", "--ice").code == 0
    good = {**unit.settings, "calibration": rows, "of_another_version": 1}
    unit.settings = good if have == "extra" else [1, 2]
    before = unit.settings
    for verb in ("apply", "clear"):
        ran = preheat("calibrate", verb, "plate", "--yes")
        assert ran.code == 4 and "does not understand" in ran.err
    assert unit.settings == before and list(paths.calibration_dir().glob("*.toml")) == []


@pytest.mark.parametrize("have", [[1, 2], {"hello": 1}, {"name": "bench-a", "extra": 1}])
def test_a_name_for_settings_that_cannot_be_used_is_refused_with_a_way_on(preheat, unit, have):
    unit.settings = {**unit.settings, **have} if "name" in have else have
    before = unit.settings
    for verb in (("unit", "name", "bench-a"), ("config", "show"), ("config", "pull")):
        ran = preheat(*verb)
        assert ran.code == 4 and "does not understand" in ran.err, (verb, ran.err)
        assert "config push" in ran.err
    assert unit.settings == before
