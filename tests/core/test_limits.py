"""Limit merging: the tightest layer wins, its source is kept, nothing loosens."""

from expect import near
from preheat_core import limits, settings


def a_board():
    return {
        "schema": 1,
        "name": "b",
        "title": "B",
        "mcu": "virtual",
        "micropython": "unix",
        "mains_hz": 50,
        "window_ticks": 4,
        "ssr_kind": "zero_cross",
        "pins": {"spi_id": 0, "sck": 2, "miso": 4},
        "zones": [
            {
                "name": "z",
                "probe": "p",
                "ssr": 15,
                "power_w": 600,
                "coast_s": 20,
                "heater_kind": "quartz",
            }
        ],
        "probes": [{"name": "p", "role": "board", "cs": 5}],
        "limits": {
            "board_max_c": 260,
            "heater_max_c": 700,
            "ramp_max_c_s": 3.5,
            "run_max_s": 7200,
        },
    }


def a_profile(**changes):
    d = {
        "schema": 1,
        "name": "p",
        "title": "P",
        "alloy": "SAC305",
        "purpose": "preheat",
        "source": "a test",
        "ramp_max_c_s": 3,
        "run_max_s": 3600,
        "stages": [{"name": "warm", "target_c": 150, "ramp_c_s": 1, "ramp_max_s": 300}],
    }
    d.update(changes)
    return d


SETTINGS = {"schema": 1, "name": "u"}


def trips(d, board_d=None):
    return [row.trip_c for row in limits.effective(board_d or a_board(), SETTINGS, d).rows]


def paths(d, board_d=None, settings_d=None):
    found = limits.check_profile(d, board_d or a_board(), settings_d or SETTINGS)
    return [problem.path for problem in found]


def test_bottom_heat_stays_below_the_solidus():
    assert trips(a_profile()) == [212, 250, 250, 700]
    assert trips(a_profile(purpose="bake", alloy="SnPb")) == [178, 235, 235, 700]
    row = limits.effective(a_board(), SETTINGS, a_profile()).row("board")
    assert "solidus" in row.source and "SAC305" in row.source


def test_reflow_may_reach_the_alloys_peak():
    assert trips(a_profile(purpose="reflow")) == [250, 250, 250, 700]
    assert trips(a_profile(purpose="reflow", alloy="SnBi")) == [180, 180, 180, 700]


def test_a_bga_body_ends_at_245_and_warns_at_241():
    d = a_profile(package="bga")
    assert trips(d) == [212, 245, 245, 700]
    row = limits.effective(a_board(), SETTINGS, d).row("component")
    assert row.approach_c == 241
    assert "BGA" in row.source
    assert trips(a_profile(package="bga", alloy="SnPb"))[1] == 235


def test_the_board_file_wins_when_it_is_tightest():
    b = a_board()
    b["limits"]["board_max_c"] = 200
    assert trips(a_profile(package="bga"), b) == [200, 200, 200, 700]
    assert limits.effective(b, SETTINGS, a_profile()).row("board").source == "board b"


def test_a_profile_row_tightens_and_never_loosens():
    rows = [
        {"role": "component", "max_c": 220, "source": "a relay"},
        {"role": "component", "max_c": 230, "source": "a plug"},
        {"role": "board", "max_c": 290, "source": "hope"},
    ]
    d = a_profile(limits=rows)
    assert trips(d) == [212, 250, 220, 700]
    assert limits.effective(a_board(), SETTINGS, d).row("component").source == "profile: a relay"


def test_approach_is_the_trip_less_the_declared_sensor_error():
    got = limits.effective(a_board(), {"schema": 1, "name": "u", "sensor_error_c": 6}, a_profile())
    assert got.row("board").approach_c == 206
    assert got.row("heater").approach_c == 680


def test_ramp_and_time_limits_keep_their_source():
    got = limits.effective(a_board(), SETTINGS, a_profile())
    assert (got.ramp_max_c_s, got.ramp_source) == (3, "profile p")
    assert (got.run_max_s, got.run_source) == (3600, "profile p")
    got = limits.effective(a_board(), SETTINGS, a_profile(ramp_max_c_s=4, run_max_s=9000))
    assert (got.ramp_max_c_s, got.ramp_source) == (3.5, "board b")
    assert (got.run_max_s, got.run_source) == (7200, "board b")


def test_ambient_has_no_limit():
    try:
        limits.effective(a_board(), SETTINGS, a_profile()).row("ambient")
    except KeyError:
        return
    raise AssertionError("found")


def test_setpoints_stay_at_or_below_the_approach_level():
    stage = {"name": "a", "target_c": 208, "ramp_c_s": 1, "ramp_max_s": 300}
    assert paths(a_profile(stages=[stage])) == []
    stage["target_c"] = 208.5
    assert paths(a_profile(stages=[stage])) == ["stages[0].target_c"]
    found = limits.check_profile(a_profile(stages=[stage]), a_board(), SETTINGS)
    assert "212" in str(found[0]) and "solidus" in str(found[0])


def test_a_profile_the_board_cannot_allow():
    stage = {
        "name": "a",
        "target_c": 200,
        "ramp_c_s": 3.75,
        "hold_s": 7200,
        "hold_max_s": 9000,
        "ramp_max_s": 300,
        "operator": True,
        "operator_max_s": 2000,
    }
    d = a_profile(stages=[stage], ramp_max_c_s=4, run_max_s=9000)
    assert paths(d) == ["stages[0].ramp_c_s", "stages[0].operator_max_s", "run_max_s"]


def test_broken_inputs_are_problems_with_their_origin():
    assert paths({})[0] == "schema"
    assert paths(a_profile(), {"x": 1})[0] == "board: schema"
    assert paths(a_profile(), None, {"schema": 1, "name": "A"}) == ["settings: name"]
    for bad in (None, 5, [], "x"):
        assert limits.check_profile(bad, a_board(), SETTINGS)
        assert limits.check_profile(a_profile(), bad, SETTINGS)
        assert limits.check_profile(a_profile(), a_board(), bad)


def test_a_calibration_that_lowers_a_reading_lowers_the_ceiling_with_it():
    off = {"probe": "board", "offset_c": -5, "gain": 0.98}
    for role, key in (("board", "board_max_c"), ("heater", "heater_max_c")):
        board_d = a_board()
        board_d["limits"]["board_max_c"] = 200
        board_d["probes"] = board_d["probes"] + [{"name": "h", "role": "heater", "cs": 9}]
        row = [dict(off, probe=p["name"]) for p in board_d["probes"] if p["role"] == role]
        settings_d = dict(settings.default("unit"), calibration=row)
        true_c = limits.hardware(board_d, settings_d).row(role).trip_c
        near((true_c + 5) / 0.98, board_d["limits"][key], 1e-6)
        raising = dict(settings_d, calibration=[dict(r, offset_c=5, gain=1.02) for r in row])
        assert limits.hardware(board_d, raising).row(role).trip_c == board_d["limits"][key]
