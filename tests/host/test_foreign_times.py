"""The times of a foreign log: duplicates, falls, midnight; and any bytes at all."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat.errors import Refused, UsageError
from preheat.foreign import clock, headings
from preheat.foreign.load import load

times = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=60)


@given(times)
def test_what_is_kept_rises_strictly_and_is_most_of_it(times_s):
    notes = []
    try:
        kept = clock.rising(times_s, list(range(1, len(times_s) + 1)), notes)
    except Refused:
        assert any(b < a for a, b in zip(times_s, times_s[1:]))
        return
    values = [times_s[i] for i in kept]
    assert all(b > a for a, b in zip(values, values[1:]))
    if all(b > a for a, b in zip(times_s, times_s[1:])):
        assert values == times_s and notes == []
    else:
        assert notes


def test_two_rows_of_one_second_keep_the_first():
    notes = []
    assert clock.rising([0.0, 1.0, 1.0, 2.0], [1, 2, 3, 4], notes) == [0, 1, 3]
    assert notes == ["1 rows have the time of the row before them: left out"]


def test_of_two_runs_the_longer_counts():
    notes = []
    assert clock.rising([90.0, 91.0, 0.0, 1.0, 2.0], [5, 6, 7, 8, 9], notes) == [2, 3, 4]
    assert "goes back 1 times, first at line 7" in notes[0]
    assert "lines 7 to 9" in notes[0]


def test_times_of_day_go_on_past_midnight():
    assert clock.past_midnight([86390.0, 5.0, 15.0]) == [86390.0, 86405.0, 86415.0]
    assert clock.past_midnight([50.0, 20.0]) == [50.0, 20.0]
    assert clock.past_midnight([]) == []


@pytest.mark.parametrize(("cell", "seconds"), [
    ("12.5", 12.5), ("12,5", 12.5), ("1:02", 62), ("1:00:02.5", 3602.5), ("-3", -3),
    ("2026-03-01 00:00:10", 1772323210), ("2026-03-01T01:00:10+01:00", 1772323210),
    ("x", None), ("", None), ("nan", None), ("1e999", None), ("2026-13-01", None),
])  # fmt: skip
def test_a_cell_as_seconds(cell, seconds):
    assert clock.seconds(cell, 1.0) == seconds


@pytest.mark.parametrize(("head", "kind", "unit"), [
    ("time", "time", None), ("t_s", "time", None), ("T", "temp", None), ("T1 (°C)", "temp", "c"),
    ("Temp_F", "temp", "f"), ("temp ℃", "temp", "c"), ("TC2 [K]", "temp", "k"),
    ("board", "temp", None), ("Setpoint °C", "setpoint", "c"), ("target", "setpoint", None),
    ("duty", "duty", None), ("SSR output %", "duty", "%"), ("power_w", "", None),
    ("measured_rate_c_per_hour", "", None), ("board_min_c", "", None),
    ("timestamp", "clock", None),
    ("note", "", None), ("", "", None), ("%", "", None), ("f", "", None),
    ("heater_c", "temp", "c"), ("heater %", "duty", "%"), ("heater", "", None),
])  # fmt: skip
def test_what_a_head_says(head, kind, unit):
    found = headings.read(head)
    assert (found.kind, found.unit) == (kind, unit)


def test_beyond_belief_is_no_reading(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("time_s,temp_c\n0,25\n1,-999\n2,9999\n3,26\n", encoding="utf-8")
    series, about = load(path)
    assert list(np.isnan(series.traces[0].temp_c)) == [False, True, True, False]
    assert any("beyond belief, in 2 rows" in note for note in about.notes)


cells = st.one_of(
    st.sampled_from(["time_s", "temp_c", "T", "t", "1:30", "nan", "-1", "2026-03-01 10:00:00",
                     "#", '"', "1e308", "setpoint", "duty %", "Controleo3", "°", "0,5"]),
    st.integers(-5, 400).map(str), st.text(max_size=6),
)  # fmt: skip
tables = st.builds(
    lambda rows, sign: "\n".join(sign.join(row) for row in rows).encode("utf-8", "replace"),
    st.lists(st.lists(cells, min_size=1, max_size=4), max_size=12),
    st.sampled_from([",", ";", "\t", " "]),
)
headed = st.builds(
    lambda rows: ("time_s,temp_c,duty\n" + "\n".join(",".join(r) for r in rows)).encode("utf-8"),
    st.lists(st.lists(st.one_of(st.floats().map(str), st.integers().map(str)), min_size=3,
                      max_size=3), max_size=12),
)  # fmt: skip


@given(st.one_of(st.binary(max_size=200), tables, headed), st.sampled_from((None, "c", "f")))
def test_any_bytes_are_refused_or_give_a_series_that_can_be_measured(data, unit):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.csv")
        path.write_bytes(data)
        try:
            series, about = load(path, unit)
        except (Refused, UsageError) as error:
            assert str(error)
            return
    assert about.kind
    assert series.t_s[0] == 0 and np.all(np.diff(series.t_s) > 0)
    names = [trace.name for trace in series.traces]
    assert len(set(names)) == len(names) > 0
    for trace in series.traces:
        assert trace.temp_c.shape == series.t_s.shape
        finite = trace.temp_c[np.isfinite(trace.temp_c)]
        assert len(finite) >= 2 and finite.min() >= -60 and finite.max() <= 1400
    if series.duty is not None:
        powered = series.duty[np.isfinite(series.duty)]
        assert np.all((powered >= 0) & (powered <= 1))
