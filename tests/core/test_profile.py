"""The profile checker: keys, and contradictions between them."""

from preheat_core import profile


def good():
    return {
        "schema": 1,
        "name": "test-1",
        "title": "Test",
        "alloy": "SAC305",
        "purpose": "preheat",
        "source": "a test",
        "ramp_max_c_s": 3.0,
        "run_max_s": 3600,
        "stages": [
            {"name": "warm", "target_c": 125, "ramp_c_s": 1.0, "ramp_max_s": 100},
            {
                "name": "hold",
                "target_c": 125,
                "ramp_c_s": 1,
                "hold_s": 60,
                "ramp_max_s": 60,
                "hold_max_s": 60,
            },
            {
                "name": "work",
                "target_c": 125,
                "ramp_c_s": 1,
                "operator": True,
                "external_heat": True,
                "ramp_max_s": 60,
                "operator_max_s": 600,
            },
        ],
    }


def paths(d):
    return [problem.path for problem in profile.check(d)]


def test_a_good_profile_has_no_problems():
    assert paths(good()) == []


def test_normalise_fills_every_default_once():
    d = profile.normalise(good())
    assert paths(d) == []
    assert profile.normalise(d) == d
    stage = d["stages"][0]
    assert (stage["hold_s"], stage["band_c"], stage["holdback_c"]) == (0, 3, 10)
    assert stage["operator"] is False and stage["external_heat"] is False
    assert "hold_max_s" not in stage and "package" not in d
    assert list(d["limits"]) == []
    assert "hold_s" not in good()["stages"][0]


def test_planned_seconds():
    assert abs(profile.planned_s(good()) - 160) < 0.01
    assert abs(profile.planned_s(good(), 125) - 60) < 0.01
    assert abs(profile.ramp_s({"target_c": 50, "ramp_c_s": 0.5}, 100) - 100) < 0.01


def test_every_wait_has_a_timeout():
    d = good()
    del d["stages"][0]["ramp_max_s"]
    del d["stages"][1]["hold_max_s"]
    del d["stages"][2]["operator_max_s"]
    assert sorted(paths(d)) == [
        "stages[0].ramp_max_s",
        "stages[1].hold_max_s",
        "stages[2].operator_max_s",
    ]


def test_timeouts_leave_time_for_what_they_time():
    d = good()
    d["stages"][0]["ramp_max_s"] = 99
    d["stages"][1]["hold_max_s"] = 59
    assert paths(d) == ["stages[0].ramp_max_s", "stages[1].hold_max_s"]
    d = good()
    d["run_max_s"] = 159
    assert paths(d) == ["run_max_s"]
    d["run_max_s"] = 160
    assert paths(d) == []


def test_a_stage_keeps_the_profiles_own_ramp_limit():
    d = good()
    d["ramp_max_c_s"] = 0.9
    assert paths(d) == ["stages[{}].ramp_c_s".format(i) for i in range(3)]


def test_holdback_is_wider_than_the_band():
    d = good()
    d["stages"][0]["band_c"] = 8
    d["stages"][0]["holdback_c"] = 7
    assert paths(d) == ["stages[0].holdback_c"]


def test_a_falling_stage_is_timed_as_well():
    d = good()
    d["stages"][1]["target_c"] = 60
    assert "stages[1].ramp_max_s" in paths(d)


def test_stage_names_are_unique():
    d = good()
    d["stages"][2]["name"] = "warm"
    assert paths(d) == ["stages[2].name"]


def test_bounds():
    for key, bad in (
        ("alloy", "SAC405"),
        ("purpose", "fry"),
        ("package", "qfp"),
        ("source", ""),
        ("ramp_max_c_s", 4.1),
        ("ramp_max_c_s", 0),
        ("stages", []),
        ("stages", [{}] * 17),
        ("limits", [{"role": "heater", "max_c": 100, "source": "x"}]),
        ("limits", [{"role": "board", "max_c": 100}]),
        ("run_max_s", 200000),
        ("name", "../x"),
    ):
        d = good()
        d[key] = bad
        found = paths(d)
        assert found and found[0].startswith(key), key
    for key, bad in (
        ("target_c", 301),
        ("target_c", 29),
        ("ramp_c_s", 0),
        ("ramp_c_s", -1),
        ("hold_s", -1),
        ("hold_s", 1.5),
        ("band_c", 0.5),
        ("band_c", 11),
        ("holdback_c", 31),
        ("holdback_c", 5),
        ("operator", 1),
        ("ramp_max_s", 0),
        ("until", 5),
    ):
        d = good()
        d["stages"][0][key] = bad
        assert paths(d) == ["stages[0]." + key], key


def test_malformed_profiles_never_raise():
    for bad in (None, 5, [], "x", {}):
        assert profile.check(bad)
    for key in good():
        for value in (None, 5, [], {}, [None], [[]], [{}], "\x00"):
            d = good()
            d[key] = value
            assert profile.check(d), key
