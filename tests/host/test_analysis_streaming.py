"""The numbers that the core finds sample by sample and those that numpy finds at once are one."""

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import stream_measures
from preheat.analysis.measure import measure
from preheat.analysis.series import Series, Trace

LIQUIDUS_C, BODY_MAX_C, SOAK_C, POWER_W = 217.0, 245.0, (150.0, 200.0), 800.0
GIVEN = (LIQUIDUS_C, BODY_MAX_C, SOAK_C, POWER_W)
LIB = Path(__file__).resolve().parents[2] / "firmware" / "lib"


def recording(seed, count=300, most_ms=3000, missing=0.05):
    """A run at random: uneven samples 1 s apart or more, some long gaps, some readings missing."""
    chance = random.Random(seed)
    rows, t_ms, temp_c, slope = [], 0, chance.uniform(15, 40), 1.0
    for _ in range(count):
        if chance.random() < 0.05:
            slope = chance.uniform(-2, 2)
        step_ms = chance.randint(1000, most_ms) if chance.random() < 0.97 else 30_000
        t_ms += step_ms
        temp_c = min(max(temp_c + slope * step_ms / 1000, 10), 270)
        seen_c = round((temp_c + chance.gauss(0, 0.3)) * 16) / 16
        known = chance.random() > missing
        rows.append((
            t_ms, seen_c if known else None, seen_c + chance.randint(0, 8) / 16 if known else None,
            seen_c - 5 if chance.random() > missing else None,
            seen_c - chance.randint(-8, 40) / 16 if chance.random() > 0.3 else None,
            chance.random() > 0.2, chance.randint(0, 200) / 200,
        ))  # fmt: skip
    return rows


def batch(rows):
    columns = [
        np.array([np.nan if value is None else value for value in column], float)
        for column in zip(*rows)
    ]
    t_ms, temp_c, high_c, other_c, setpoint_c, score, delivered = columns
    series = Series(
        t_ms / 1000,
        (Trace("plate", "board", temp_c, None, high_c), Trace("top", "board_top", other_c)),
        setpoint_c=setpoint_c, delivered=delivered, external=score == 0,
    )  # fmt: skip
    return measure(
        series, liquidus_c=LIQUIDUS_C, body_max_c=BODY_MAX_C, soak_c=SOAK_C, power_w=POWER_W
    )


def agree(rows, streamed, slope_c_s=0.006):
    """Within what each rounds to: crossings to 1 ms, a summary's numbers to 0.1 s and 0.01 °C."""
    whole = batch(rows)
    plate = whole.probe("plate")
    if plate.peak_c is None:  # not one reading: no time that is 0, but one that is not known
        assert plate.tal_s is None and streamed["samples"] == 0
        return
    crossing_s = 0.001 * len(rows)  # half a ms each, and no more of them than samples
    for value, want, tolerance in (
        (streamed["duration_s"], whole.duration_s, 0.051),
        (streamed["max_ramp_c_s"], plate.max_ramp_c_s, slope_c_s),
        (streamed["max_cool_c_s"], plate.max_cool_c_s, slope_c_s),
        (streamed["overshoot_c"], whole.overshoot_c, 0.006),
        (streamed["tracking_rmse_c"], whole.tracking_rmse_c, 0.011),
        (streamed["tal"][0] / 1000, plate.tal_s, crossing_s),
        (streamed["tal"][1] / 1000, plate.tal_longest_s, crossing_s),
        (streamed["near_body"][0] / 1000, plate.near_body_s, crossing_s),
        (streamed["soak"][0] / 1000, plate.soak_s, crossing_s),
        (streamed["wh"], whole.energy_wh, POWER_W / 3600 * crossing_s),
        (streamed["spread_c"], whole.spread_at_peak_c, 1e-4),
        (streamed["climb_ms"] and streamed["climb_ms"] / 1000, plate.to_peak_s, 0.0011),
    ):
        assert (value is None) == (want is None), (value, want)
        if want is not None:
            assert value == pytest.approx(want, abs=tolerance, rel=1e-5)


@given(
    st.integers(0, 2**32), st.integers(1, 300), st.sampled_from([1000, 1400, 3000, 9000, 14000])
)  # fmt: skip
@example(3, 300, 1000)
def test_one_sample_after_another_and_all_at_once_find_the_same(seed, count, most_ms):
    rows = recording(seed, count, most_ms)
    agree(rows, stream_measures.stream(rows, *GIVEN))


@given(st.integers(0, 2**32))
def test_time_above_liquidus_is_the_units_own_but_for_its_shorter_gaps(seed):
    rows = [(i * 1000, *row[1:]) for i, row in enumerate(recording(seed, missing=0.0))]
    streamed = stream_measures.stream(rows, *GIVEN)
    plate = batch(rows).probe("plate")
    assert streamed["tal_s"] == pytest.approx(plate.tal_s, abs=0.06 + 0.0005 * len(rows))
    assert streamed["tal_longest_s"] == pytest.approx(plate.tal_longest_s, abs=0.1)
    assert streamed["peak_c"] == pytest.approx(max(row[1] for row in rows), abs=0.006)


@given(st.integers(0, 2**32))
def test_samples_faster_than_a_second_are_looked_at_more_often_at_once(seed):
    """The core fits its slope once a second, numpy at every sample: it can only be steeper."""
    rows = recording(seed, missing=0.0)
    rows = [(i * 250, *row[1:]) for i, row in enumerate(rows)]
    streamed = stream_measures.stream(rows, *GIVEN)
    plate = batch(rows).probe("plate")
    assert plate.max_ramp_c_s >= streamed["max_ramp_c_s"] - 0.006
    assert plate.max_cool_c_s >= streamed["max_cool_c_s"] - 0.006


@pytest.mark.skipif(
    importlib.util.find_spec("micropython_unix") is None,
    reason="there is no MicroPython wheel for this platform",
)
def test_micropython_finds_what_numpy_finds(tmp_path):
    runs = [recording(seed, most_ms=most_ms) for seed in range(8) for most_ms in (1000, 4000)]
    files = []
    for number, rows in enumerate(runs):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps({"rows": rows, "given": GIVEN}), encoding="utf-8")
    launch = ("-c", "from micropython_unix import main; main()", "-X", "heapsize=16m")
    done = subprocess.run(
        [sys.executable, *launch, stream_measures.__file__, LIB, *files],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    answers = done.stdout.splitlines()
    assert len(answers) == len(runs), done.stdout + done.stderr
    for rows, answer in zip(runs, answers):
        agree(rows, json.loads(answer))
