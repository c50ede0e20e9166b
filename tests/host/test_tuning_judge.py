"""What tuning refuses, and why it says so: by data made by hand, and by spoilt runs."""

import functools

import numpy as np
import pytest

from host.steptests import UNTUNED, hotplate, plant_and_board
from preheat.errors import Refused
from preheat.tuning.bench import tune_on_plant
from preheat.tuning.data import Data
from preheat.tuning.fit import Fitted
from preheat.tuning.judge import fit_doubts, log_doubts, refuse

T_S = np.arange(0.0, 200.0)
HEAT = np.where((T_S > 15) & (T_S < 80), 1.0, 0.0)
MODEL = {
    "heater_j_k": 5.0, "board_j_k": 95.0, "couple_w_k": 0.5, "couple_rad_w": 0.0,
    "heater_loss_w_k": 0.0, "heater_loss_rad_w": 0.0, "loss_w_k": 0.3, "loss_rise_k": 0.0,
    "dead_s": 2.0, "lag_s": 3.0, "heater_lag_s": 0.0, "heater_seen": False, "ambient_c": 24.0,
}


def data(board_c=None, heater_c=None, start_c=25.0, heater_start_c=None, share=HEAT):
    """A run whose board went up to 125 °C, unless given."""
    if board_c is None:
        board_c = start_c + 100 * np.clip((T_S - 20) / 60, 0, 1)
    if heater_c is not None and heater_start_c is None:
        heater_start_c = start_c
    return Data(T_S, share, board_c, heater_c, T_S < 15, start_c, heater_start_c, 100.0)


def fitted(fit_c=0.2, heater_fit_c=None, at_bound=(), error=0.0, **model):
    """A fit of that quality."""
    return Fitted({**MODEL, **model}, fit_c, heater_fit_c, at_bound, None, None,
                  lambda number: error, False, 1.0)


def said(doubts):
    """The doubts as one text."""
    return " | ".join(str(doubt) for doubt in doubts)


def test_a_good_run_leaves_no_doubt():
    assert log_doubts("done", False, data()) == []
    assert fit_doubts(data(), fitted()) == []
    refuse([])


@pytest.mark.parametrize(
    ("end", "external", "spoilt", "words"),
    [
        ("aborted", False, data(), "did not come to its end (aborted)"),
        ("fault:no_rise", False, data(), "(fault:no_rise)"),
        ("done", True, data(), "heat from above"),
        ("done", False, data(board_c=25 + 0.1 * T_S), "rises by 6.0 °C/min"),
        ("done", False, data(board_c=40 - 0.08 * T_S), "falls by 4.8 °C/min"),
        ("done", False, data(start_c=46.0), "was at 46 °C before any heat"),
        ("done", False, data(heater_c=T_S + 25, heater_start_c=40.0), "15 °C above the board"),
        ("done", False, data(share=0 * T_S), "no heat was delivered"),
        ("done", False, data(board_c=25 + 19 * (T_S > 50)), "rose by 19 °C only"),
        ("done", False, data(board_c=25 - 30 * (T_S > 50)), "leads exchanged"),
        ("done", False, data(heater_c=25 + 3 * HEAT), "heater's probe rose by 3 °C only"),
        ("done", False, data()._replace(rest=T_S < 4), "too little of the time before heat"),
    ],
)
def test_what_the_log_itself_speaks_against(end, external, spoilt, words):
    assert words in said(log_doubts(end, external, spoilt))


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (fitted(fit_c=2.1), "misses the board's probe by 2.1 °C"),
        (fitted(at_bound=(("loss_w_k", "low"),)), "loss_w_k ended at the lowest value"),
        (fitted(at_bound=(("dead_s", "high"),)), "dead_s ended at the highest value"),
        (fitted(error=0.5), "rise at full power open by"),
        (fitted(loss_w_k=3.0), "would get no hotter than"),
        (fitted(heater_seen=True, board_j_k=3.0, couple_w_k=0.3), "as air does"),
    ],
)
def test_what_a_fit_speaks_against(spoilt, words):
    assert words in said(fit_doubts(data(), spoilt))


def test_a_misfit_of_the_heater_s_probe_is_told_as_such():
    run = data(heater_c=25 + 300 * HEAT)
    doubts = fit_doubts(run, fitted(heater_fit_c=20.0, heater_seen=True))
    assert "misses the heater's probe by 20.0 °C" in said(doubts)
    assert fit_doubts(run, fitted(heater_fit_c=8.0, heater_seen=True)) == []


def test_numbers_that_may_well_be_nought_raise_no_doubt():
    ends = tuple((key, "low") for key in ("dead_s", "loss_rise_k", "couple_w_k", "tau_s"))
    assert fit_doubts(data(), fitted(at_bound=ends)) == []


def test_a_refusal_names_the_first_reason_lists_the_others_and_stores_nothing():
    doubts = fit_doubts(data(), fitted(fit_c=3.0, at_bound=(("loss_w_k", "low"),)))
    with pytest.raises(Refused) as refused:
        refuse(doubts)
    assert "misses the board's probe" in refused.value.message
    assert "nothing was stored" in refused.value.fix
    assert len(refused.value.problems) == len(doubts) - 1 == 1


@functools.cache
def spoilt_run(kind, at_s, value=None, name="hotplate"):
    """A tuning run during which a fault of the virtual bench happens."""
    plant, board = hotplate() if name == "hotplate" else plant_and_board(name)
    row = {"at_s": at_s, "kind": kind}
    if value is not None:
        row["value"] = value
    return tune_on_plant(plant, board, UNTUNED, faults=[row])


@pytest.mark.parametrize(
    ("kind", "end"), [("ssr_stuck_off", "fault:no_rise"), ("tc_frozen", "fault:frozen")]
)
def test_a_dead_heater_and_a_frozen_probe_end_as_what_they_are(kind, end):
    found = spoilt_run(kind, 0)
    assert found.end == end
    assert end in found.problems[0]
    assert found.model == {}


def test_a_probe_in_the_air_and_one_that_falls_off_end_the_test():
    assert spoilt_run("tc_detached", -1, name="quartz-medium").end == "fault:anomaly"
    assert spoilt_run("tc_detached", 60).end == "fault:detached"


def test_a_heater_that_fails_half_leaves_a_misfit():
    assert "misses the board's probe" in spoilt_run("heater_gain", 90, 0.5).problems[0]


@pytest.mark.parametrize("start_c", [80.0, 43.0])
def test_a_warm_plate_is_refused_before_any_heat(start_c):
    plant, board = hotplate()
    plant["node"][0]["start_c"] = start_c
    found = tune_on_plant(plant, board, UNTUNED)
    assert found.end == "done" and found.minutes < 0.4
    assert "before any heat" in found.problems[0]
    assert all(row[5] == 0 for row in found.log.records)
