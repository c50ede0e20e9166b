"""A tuning run's log as arrays, the words for a verdict, and its picture."""

import numpy as np
import pytest

from host.steptests import hotplate, log_bytes
from preheat.errors import Refused, UsageError
from preheat.tuning import picture, report
from preheat.tuning.data import from_log
from preheat.tuning.outcome import evaluate
from preheat.tuning.recipe import tune_profile
from preheat_core import limits, runlog, settings
from preheat_core.board import normalise

BOARD = {
    "zones": [{"probe": "plate", "power_w": 100, "heater_kind": "plate"}],
    "probes": [{"name": "hot", "role": "heater"}, {"name": "plate", "role": "board"}],
}


@pytest.fixture(scope="module")
def good():
    """A good test on the hot plate, and what came of it."""
    plant, board = hotplate()
    log = runlog.read(log_bytes(plant, board))
    return log, board, evaluate(log, board)


def log_of(*rows):
    """A log of (state, share, board °C, heater °C), a record a second."""
    log = runlog.Log()
    for i, (state, share, board_c, heater_c) in enumerate(rows):
        probes = tuple((c, c, c) for c in (heater_c, board_c))
        log.records.append((1000 * i, state, 0, 30.0, share, share, 0, probes))
    return log


def test_rest_means_and_spikes():
    rows = [("ramp", 0.0, 25.0, 24.0)] * 10 + [("ramp", 1.0, 26.0 + i, 30.0) for i in range(20)]
    rows[15] = ("ramp", 1.0, 90.0, None)
    rows[20] = ("ramp", 1.0, None, 30.0)
    data = from_log(log_of(*rows, ("cool", 0.0, 99.0, 99.0)), BOARD)
    assert len(data.t_s) == 30 and data.rest.sum() == 10
    assert (data.start_c, data.heater_start_c, data.power_w) == (25.0, 24.0, 100)
    assert list(np.flatnonzero(np.isnan(data.board_c))) == [15, 20]
    assert list(np.flatnonzero(np.isnan(data.heater_c))) == [15]
    assert data.rise_c == 20 and data.heater_rise_c == 6


def test_a_heater_probe_that_never_read_counts_as_none():
    data = from_log(log_of(*[("ramp", 0.5, 25.0, None)] * 9), BOARD)
    assert data.heater_c is None and data.heater_start_c is None


@pytest.mark.parametrize("rows", [[], [("cool", 0.0, 25.0, 25.0)], [("ramp", 1.0, None, 25.0)]])
def test_nothing_to_fit_is_refused(rows):
    with pytest.raises(ValueError):
        from_log(log_of(*rows), BOARD)
    log = log_of(*rows)
    log.header = {"profile": "tune"}
    with pytest.raises(Refused):
        evaluate(log, BOARD)


def test_another_run_s_log_is_refused():
    log = log_of(*[("ramp", 0.5, 25.0, None)] * 9)
    log.header = {"profile": "hold"}
    with pytest.raises(Refused, match="hold, not of a tuning run"):
        evaluate(log, BOARD)


def test_a_log_is_good_as_soon_as_the_heat_is_over():
    plant, board = hotplate()
    log = runlog.read(log_bytes(plant, board, top_c=90.0, closed=False))
    assert log.end is None and log.records
    assert evaluate(log, board).doubts == []


def test_the_verdict_is_a_table_for_the_settings(good):
    _, _, tuned = good
    model = tuned.model("by run r000001")
    assert tuned.doubts == []
    assert model["tuned"].endswith("by run r000001")
    assert settings.check({**settings.default("x"), "model": model}) == []
    document = tuned.as_dict()
    assert document["quality"] == "good" and document["model"]["board_j_k"] > 40
    assert all(row["error"] is None or row["error"] >= 0 for row in document["figures"])


def test_the_verdict_in_words(good):
    _, _, tuned = good
    rows = {row[0]: row for row in report.table(tuned)}
    assert rows["power that holds 150 °C"][3] == "%"
    assert 1.8 < float(rows["rise at full power, 25 °C"][1]) < 2.1
    assert "good: the board's probe within" in report.lines(tuned)[1]
    changed = report.changes(tuned.model(), tuned)
    assert all(stored == now for _, stored, now, _ in changed)


def test_the_picture_is_drawn_with_and_without_a_fit(good, tmp_path):
    _, _, tuned = good
    picture.save(tuned, "bench", tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    heater = tuned.data._replace(heater_c=tuned.data.board_c, heater_start_c=25.0)
    picture.save(tuned._replace(data=heater, fitted=None), "bench", tmp_path / "b.svg")
    assert (tmp_path / "b.svg").stat().st_size > 1000
    with pytest.raises(UsageError):
        picture.save(tuned, "bench", tmp_path / "none" / "c.png")


@pytest.mark.parametrize("name", ["a.txt", "none/a.png"])
def test_a_place_where_no_picture_can_go_is_told_before_the_heat(name, tmp_path):
    with pytest.raises(UsageError):
        picture.check_place(tmp_path / name)


@pytest.mark.parametrize("coast_s", [4, 60])
def test_the_recipe_is_a_good_profile_within_the_limits_of_bottom_heat(coast_s):
    _, board = hotplate()
    board["zones"][0]["coast_s"] = coast_s
    values = tune_profile(normalise(board), 150.0)
    assert values["purpose"] == "tune"
    assert limits.check_profile(values, board, settings.default("x")) == []
    row = limits.effective(board, settings.default("x"), values).row("board")
    assert row.trip_c == 178
    assert limits.check_profile(tune_profile(board, 180.0), board, settings.default("x"))
