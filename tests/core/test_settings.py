"""The settings checker and the settings of a new unit."""

from preheat_core import settings


def paths(d):
    return [problem.path for problem in settings.check(d)]


def test_the_settings_of_a_new_unit_are_good_and_complete():
    d = settings.default("bench-1")
    assert paths(d) == []
    assert settings.normalise(d) == d
    assert d["sensor_error_c"] == 4
    assert d["strategy"] == "pid"
    assert sorted(d["pid"]) == ["kp", "td_s", "ti_s"]
    assert list(d["calibration"]) == []
    assert "model" not in d


def test_only_schema_and_name_are_required():
    assert paths({"schema": 1, "name": "x"}) == []
    assert paths({}) == ["schema", "name"]


def test_bounds():
    for key, bad in (
        ("sensor_error_c", 0.5),
        ("sensor_error_c", 11),
        ("strategy", "magic"),
        ("pid", {"kp": -1}),
        ("pid", {"kp": 0.01, "ti_s": 1}),
        ("model", {}),
        ("calibration", [{"probe": "a", "offset_c": 6}]),
        ("calibration", [{"probe": "a", "gain": 1.1}]),
        ("calibration", [{"probe": "a"}, {"probe": "a"}]),
        ("operator_timeout_s", 0),
        ("guard", False),
    ):
        d = settings.default("x")
        d[key] = bad
        found = paths(d)
        assert found and all(path.startswith(key) for path in found), key


def test_part_of_a_table_gets_the_rest_as_defaults():
    d = settings.normalise({"schema": 1, "name": "x", "pid": {"kp": 0.25}})
    assert d["pid"] == {"kp": 0.25, "ti_s": 500, "td_s": 20}
    d = settings.normalise({"schema": 1, "name": "x", "calibration": [{"probe": "a"}]})
    assert d["calibration"] == [{"probe": "a", "offset_c": 0, "gain": 1}]


def test_two_units_share_no_default_object():
    settings.default("a")["pid"]["ti_s"] = 7
    assert settings.default("b")["pid"]["ti_s"] == 500


def test_calibrated_probes_must_be_on_the_board():
    d = settings.default("x")
    d["calibration"] = [{"probe": "pcb"}, {"probe": "top"}]
    found = settings.check_for(d, {"probes": [{"name": "pcb"}]})
    assert [p.path for p in found] == ["calibration[1].probe"]


def test_malformed_settings_never_raise():
    for bad in (None, 5, [], "x"):
        assert settings.check(bad)
