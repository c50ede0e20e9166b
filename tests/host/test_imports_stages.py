"""A curve to stages and back: nothing is bent, and what a stage cannot say is refused."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host import import_files as files
from preheat import plannedcurve, tomlfiles
from preheat.cli import profileimport
from preheat.errors import Refused, UsageError
from preheat.imports import read, simplify
from preheat.imports.build import Answers
from preheat.imports.stages import MOST, staged
from preheat_core import profile

legs = st.lists(
    st.tuples(st.floats(-1.5, 3.0).filter(lambda rate: abs(rate) > 0.05), st.integers(12, 90),
              st.sampled_from((0, 0, 30, 61.4))),
    min_size=1, max_size=7,
)  # fmt: skip


def line_of(rows):
    """A line from 25 °C through ramps and holds that stays within what a target may be."""
    at_s, at_c = 0.0, 25.0
    points = [(at_s, at_c)]
    for rate, seconds, hold_s in rows:
        to_c = at_c + rate * seconds
        if not 40 <= to_c <= 290 or abs(to_c - at_c) < 3:
            continue
        at_s, at_c = at_s + seconds, to_c
        points.append((at_s, at_c))
        if hold_s:
            at_s += hold_s
            points.append((at_s, at_c))
    return points


def planned(stages):
    named = [{"name": str(i), **row} for i, row in enumerate(stages)]
    return plannedcurve.points({"stages": named})


def away(line, points, at_s):
    """°C from a line to points' curve at a time, where either may be a second early or late."""
    near = [simplify.value_c(points, at_s + shift) for shift in (-1, -0.5, 0, 0.5, 1)]
    want = simplify.value_c(line, at_s)
    return 0.0 if min(near) <= want <= max(near) else min(abs(want - c) for c in near)


@given(legs)
def test_curve_to_stages_to_curve_stays_within_a_degree_and_a_second(rows):
    line = line_of(rows)
    made = staged(line)
    if len(line) < 2 or max(c for _, c in line) <= 25:
        return
    assert made.problems == []
    back = planned(made.stages)
    end_s = back[-1][0]  # the fall at the end is left out
    assert end_s <= line[-1][0] + 1
    assert max(away(line, back, step * end_s / 50) for step in range(51)) <= 1.0
    left = [c for s, c in line if s > end_s + 1]
    assert left == sorted(left, reverse=True)


@given(legs, st.integers(2, 6))
def test_points_between_the_corners_change_nothing(rows, pieces):
    line = line_of(rows)
    dense = [line[0]]
    for (s0, c0), (s1, c1) in zip(line, line[1:]):
        dense += [
            (s0 + (s1 - s0) * k / pieces, c0 + (c1 - c0) * k / pieces)
            for k in range(1, pieces + 1)
        ]
    few, many = staged(line), staged(dense)
    assert [row["target_c"] for row in few.stages] == [row["target_c"] for row in many.stages]


@given(st.lists(st.floats(0, 200), min_size=2, max_size=40), st.floats(0.1, 20))
def test_no_point_is_further_off_than_the_tolerance(temps, tolerance_c):
    line = [(float(i), c) for i, c in enumerate(temps)]
    kept = simplify.simplified(line, tolerance_c)
    assert kept[0] == line[0] and kept[-1] == line[-1]
    for at_s, temp_c in line:
        assert abs(simplify.value_c(kept, at_s) - temp_c) <= tolerance_c + 1e-9


def test_a_curve_of_many_points_is_merged_and_says_so():
    bend = [(10.0 * i, 25 + 200 * (i / 40) ** 0.7) for i in range(41)]
    made = staged(bend)
    assert made.problems == []
    assert len(made.stages) <= MOST
    assert any("were merged" in note for note in made.notes)


def test_a_saw_of_too_many_teeth_is_refused():
    saw = [(30.0 * i, 60 + 20 * (i % 2) + i) for i in range(60)]
    assert f"{MOST} are the most" in staged(saw).problems[-1]


def test_a_warm_start_gets_a_ramp_to_it():
    made = staged([(0, 150), (600, 150)])
    assert made.stages == [{"target_c": 150, "ramp_c_s": 0.5, "hold_s": 600}]
    assert "it starts at 150.0 °C" in made.notes[0]


def test_a_wait_in_the_cold_is_left_out():
    made = staged([(0, 22), (300, 22), (400, 122), (460, 122)])
    assert made.stages == [{"target_c": 122, "ramp_c_s": 1.0, "hold_s": 60}]
    assert any("left out" in note for note in made.notes)


def test_a_fall_between_two_rises_stays():
    made = staged([(0, 25), (100, 150), (200, 100), (300, 200)])
    assert [row["target_c"] for row in made.stages] == [150, 100, 200]


words = st.sampled_from([
    "ramp temperature to 150C in 90 seconds", "maintain", "0 25", "60 100", "120 215", "{", "}",
    '"data"', ":", "[[0,25],[90,150]]", "Controleo3", "END", "nan", "-1 1e400", "\x00", "1:2:3 4",
    "time_s temp_c",
])  # fmt: skip
json_rows = st.lists(st.lists(st.one_of(st.floats(), st.integers(), st.none()), max_size=3))
contents = st.one_of(
    st.binary(max_size=300),
    st.lists(words, max_size=12).map(lambda parts: "\n".join(parts).encode()),
    st.builds(lambda key, rows: json.dumps({key: rows}).encode(),
              st.sampled_from(("data", "profile", "steps", "segments")), json_rows),
    st.builds(lambda rows: files.kiln_v1(rows).encode(),
              st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300)), max_size=8)
              .map(sorted)),
)  # fmt: skip


@given(contents, st.sampled_from(read.FORMATS), st.sampled_from((None, "c", "f")),
       st.sampled_from((None, "SnPb", "SAC305")), st.sampled_from((None, "preheat")))  # fmt: skip
def test_any_bytes_are_refused_or_give_a_profile_that_passes(data, kind, unit, alloy, purpose):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "p.json")
        path.write_bytes(data)
        try:
            made = read.profile(path, Answers(unit, alloy, None, purpose), kind)
        except (Refused, UsageError) as error:
            assert str(error)
            return
    assert tomlfiles.check_profile(made.values) == []


@given(st.lists(st.tuples(st.integers(30, 200), st.integers(20, 200)), min_size=1, max_size=5))
def test_reasonable_curves_make_profiles(rows):
    at_s, points = 0, [(0, 25)]
    for temp_c, seconds in rows:
        at_s += max(seconds, 80)
        points.append((at_s, temp_c))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "p.json")
        path.write_text(files.kiln_v1(points), encoding="utf-8")
        try:
            made = read.profile(path, Answers("c", "SAC305", None, "preheat"))
        except Refused as error:
            told = "\n".join(error.problems)
            assert "slower than" in told or "never heats" in told
            return
    assert tomlfiles.check_profile(made.values) == []
    assert made.values["run_max_s"] >= profile.planned_s(made.values)


@pytest.mark.parametrize("text", [
    "time_s;temp_c\n0;25,0\n100;150,5\n240;215\n", "0\t25,0\n100\t150,5\n240\t215\n",
    "time_s temp_c\r0 25\r100 150.5\r240 215\r", "0,25\r\n100,150.5\r\n240,215\r\n",
])  # fmt: skip
def test_lines_as_spreadsheets_of_any_country_and_computer_write_them(tmp_path, text):
    path = tmp_path / "curve.txt"
    path.write_bytes(text.encode())
    made = read.profile(path, Answers("c", "Sn63Pb37", None, "reflow"))
    assert [stage["target_c"] for stage in made.values["stages"]] == [150.5, 215]


def test_a_third_column_is_named_as_the_problem():
    told = read.curve_of("0,25,0\n100,150,1\n", None, "auto", "it").problems
    assert told[0] == "line 1 is no time and temperature but 3 columns: 0,25,0"


@pytest.mark.parametrize(("data", "words"), [
    ("0 25\n100 150\n".encode("utf-16"), "is UTF-16 text, as `>` in PowerShell writes it"),
    (bytes(range(256)) * 4 + bytes(100), "is no text file"),
    ("0 25 °C\n".encode("latin-1"), "is not UTF-8 text (line 1)"),
])  # fmt: skip
def test_files_that_are_no_text_say_what_they_are(tmp_path, data, words):
    path = tmp_path / "curve.txt"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read.profile(path, Answers("c", "SnPb"))
    assert words in str(caught.value)


def test_the_verb_offers_every_format():
    assert profileimport._FORMATS == read.FORMATS
    with pytest.raises(UsageError):
        read.curve_of("[", None, "auto", "it")
