"""The admissible band on every plant of the benchmark: no healthy one leaves it, faults do.

The band is left where a reading is 2 °C outside of it. docs/safety.md has the seconds that faults
take; they are measured again here.
"""

import math
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from host.band_judge import (
    OUTSIDE_C,
    TICK_S,
    Judge,
    as_read,
    bench_plants,
    judged,
    laid,
    recorded,
    seconds,
    well_tuned,
)
from host.models import PLATE, QUARTZ, tuned
from preheat.bench.inprocess import InProcess
from preheat.bench.noise import Noise
from preheat.tuning.bench import tune_on_plant
from preheat_core import settings
from preheat_core.band import HalfMinutes, band
from preheat_core.filters import Median

PAGE = Path(__file__).resolve().parents[2] / "docs" / "safety.md"
KINDS = ("dead", "frozen", "stuck", "closed")  # the columns of its table
RACK, HEAVIEST = (20, 0.25, 0.21), (600, 1.7, 1.25)
ALL = [(name, hard) for name in bench_plants.NAMES for hard in (False, True)]


@pytest.mark.parametrize("gain", (0.8, 1.2))
@pytest.mark.parametrize(("name", "hard"), ALL)
def test_no_healthy_plant_leaves_the_band(name, hard, gain):
    plant, board = bench_plants.plant_and_board(name, hard)
    zone = board["zones"][0]
    rows = recorded(plant, board, gain)
    assert max(read_c for read_c, _ in rows) > 60  # it was heated
    for model in (None, well_tuned(plant)):
        outside = judged(rows, band(model, zone), zone["power_w"], Noise(7) if hard else None)
        assert max(outside.values()) < OUTSIDE_C, outside


@pytest.mark.parametrize(("laid_on", "gain"), ((RACK, 1.2), (HEAVIEST, 0.8)))
@pytest.mark.parametrize("name", ("oven", "hotplate", "quartz-medium", "ceramic-medium"))
def test_other_boards_than_tuned_on_and_another_room_stay_inside(name, laid_on, gain):
    model = well_tuned(bench_plants.plant_and_board(name, hard=True)[0])
    plant, board = laid(name, *laid_on)
    plant["ambient"]["c"] += 10 if gain > 1 else -10
    zone = board["zones"][0]
    rows = recorded(plant, board, gain)
    for known in (None, model):
        outside = judged(rows, band(known, zone), zone["power_w"], Noise(3))
        assert max(outside.values()) < OUTSIDE_C, outside


@cache
def tuned_by_test():
    """The model that a tuning run on quartz-medium gives."""
    fit = tune_on_plant(*bench_plants.plant_and_board("quartz-medium"), settings.default("bench"))
    assert fit.problems == []
    return fit.model


def test_the_tune_of_a_real_run_narrows_the_band_as_far_as_a_perfect_one():
    plant, board = bench_plants.plant_and_board("quartz-medium")
    zone = board["zones"][0]
    untuned, found, ideal = (
        band(model, zone)[0] for model in (None, tuned_by_test(), well_tuned(plant))
    )
    assert found["heater_j_k"] == pytest.approx(ideal["heater_j_k"], rel=0.03)
    assert found["settle_s"] == pytest.approx(ideal["settle_s"], abs=2)
    assert found["settle_s"] < untuned["settle_s"] - 5


@pytest.mark.parametrize("name", ("quartz-light", "quartz-heavy"))
def test_the_tune_of_a_real_run_holds_on_another_board(name):
    plant, board = bench_plants.plant_and_board(name)
    zone = board["zones"][0]
    rows = recorded(plant, board, 0.8)
    outside = judged(rows, band(tuned_by_test(), zone), zone["power_w"], Noise(5))
    assert max(outside.values()) < OUTSIDE_C, outside


@pytest.mark.parametrize("name", ("hotplate", "quartz-medium"))
def test_a_controlled_run_of_the_real_kernel_stays_inside(name):
    plant, board = bench_plants.plant_and_board(name)
    zone = board["zones"][0]
    known = tuned(PLATE if name == "hotplate" else tuned_by_test())
    unit = InProcess(plant, board, known)
    assert unit.start(bench_plants.bench_profile(plant, board)) is None
    from_c, _ = unit.kernel.guard.control()
    assert from_c is not None
    tables = (band(None, zone), band(known["model"], zone))
    judges = [Judge(pair, zone["power_w"], from_c) for pair in tables]
    hottest_c = from_c
    for _ in range(2800):
        decision = unit.tick()
        control_c, _ = unit.kernel.guard.control()
        assert control_c is not None
        hottest_c = max(hottest_c, control_c)
        for judge in judges:
            judge.see(control_c)
            judge.heat(decision.on_ms / 1000 if decision.permit else 0.0)
    for judge in judges:
        assert max(judge.outside.values()) < OUTSIDE_C, judge.outside
    assert hottest_c > 140


ROW = re.compile(r"^\| ([a-z-]+)(, hard)? \| (.+) \|$", re.M)


def written():
    """{(plant, hard): [(untuned, tuned) seconds, None where it says it cannot be seen]}."""
    section = PAGE.read_text(encoding="utf-8").split("## What the band can see")[1]
    section = section.split("\n## ")[0]
    found = {}
    for name, hard, cells in ROW.findall(section):
        if name in bench_plants.NAMES:
            pairs = [cell.split(" / ") for cell in cells.split(" | ")]
            found[name, bool(hard)] = [
                tuple(None if word == "–" else float(word) for word in pair) for pair in pairs
            ]
    return found


def test_the_page_has_every_plant():
    assert {name for name, hard in written() if not hard} == set(bench_plants.NAMES)


@pytest.mark.parametrize(("name", "hard"), sorted(written()))
def test_faults_leave_the_band_in_the_seconds_that_the_page_says(name, hard):
    plant, board = bench_plants.plant_and_board(name, hard)
    zone = board["zones"][0]
    model = well_tuned(plant)
    for kind, said in zip(KINDS, written()[name, hard]):
        for known, said_s in zip((None, model), said):
            after_s = seconds(plant, zone, known, kind)
            if said_s is None:
                assert after_s is None, (kind, after_s)
            else:
                assert after_s == pytest.approx(said_s, abs=1.0), kind


def test_a_probe_that_fell_into_the_cold_is_seen_at_once_and_over_a_glowing_heater_never():
    for name in ("hotplate", "quartz-medium", "ceramic-medium"):
        plant, board = bench_plants.plant_and_board(name)
        zone = board["zones"][0]
        after_s = seconds(plant, zone, None, "off", share=0.02)
        assert after_s is not None and after_s <= 3.0, name
        warm_s = seconds(plant, zone, None, "off", share=0.3)
        # 0.3 of the way to a glowing heater is a temperature that a board may have.
        assert (warm_s is None) == (name != "hotplate"), (name, warm_s)


def test_a_bad_tune_excludes_a_healthy_plant_by_a_few_degrees_at_most():
    blind = tuned(QUARTZ, heater_j_k=0.1, dead_s=0, lag_s=0)["model"]
    for name, laid_on in (("quartz-medium", HEAVIEST), ("ceramic-medium", RACK)):
        plant, board = laid(name, *laid_on)
        zone = board["zones"][0]
        rows = recorded(plant, board, 0.8)
        outside = judged(rows, band(blind, zone), zone["power_w"], None)
        assert max(outside.values()) < 10, outside
    late = tuned(QUARTZ, heater_j_k=10000, dead_s=60, lag_s=60)["model"]
    assert band(late, zone) == band(None, zone)


@settings_of(deadline=None)
@given(
    slope_c_s=st.floats(0, 1.5),
    own_s=st.floats(20, 500),
    allowed=st.floats(1, 3),
    lay_c=st.floats(20, 150),
    seed=st.integers(0, 2**31),
)
def test_no_slope_that_dies_away_leaves_its_half_minutes(slope_c_s, own_s, allowed, lay_c, seed):
    """Ten minutes of a healthy board whose slope dies with `own_s`, noise and steps included."""
    noise, median, halves = Noise(seed), Median(5), HalfMinutes(lay_c)
    for tick in range(1, 2400):
        true_c = lay_c + slope_c_s * own_s * (1 - math.exp(-tick * TICK_S / own_s))
        temp_c = median.add(as_read(true_c, noise))
        assert temp_c - halves.step(TICK_S, temp_c, own_s * allowed) < OUTSIDE_C
