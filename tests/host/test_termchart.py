"""The chart of a terminal: in its frame, as high and low as the data, dots where the line is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat import termchart

RISE = [(0.0, 25.0), (100.0, 225.0)]


def body(lines):
    """The cells of a chart, without labels and without the axis."""
    return [line[7:] for line in lines[:-2]]


@given(
    st.lists(st.floats(-50, 400), min_size=2, max_size=30), st.integers(1, 130),
    st.integers(1, 30), st.booleans(), st.one_of(st.none(), st.floats(-50, 400)),
)  # fmt: skip
def test_any_line_fits_its_frame(temps, width, height, plain, level):
    points = [(10.0 * i, c) for i, c in enumerate(temps)]
    marks = [] if level is None else [(level, "liquidus")]
    lines = termchart.draw(points, width, height, marks, plain, ("0", "9 min"))
    assert len(lines) == max(height, 4) + 2
    assert max(len(line) for line in lines) <= max(width, 20)
    assert all(ord(c) < 128 for line in lines for c in line) or not plain


def test_a_rise_goes_from_the_lower_left_to_the_upper_right():
    rows = body(termchart.draw(RISE, 47, 10, ascii_only=True))
    first = [row.find("*") for row in rows]
    assert first == sorted(first, reverse=True)
    assert first[-1] == 0
    assert rows[0].rstrip()[-1] == "*" and len(rows[0].rstrip()) == 40


def test_every_column_has_a_dot_and_a_steep_line_no_gap():
    step = [(0.0, 20.0), (50.0, 20.0), (50.1, 200.0), (100.0, 200.0)]
    rows = body(termchart.draw(step, 40, 12, ascii_only=True))
    grid = [row.ljust(33) for row in rows]
    assert all(any(row[x] == "*" for row in grid) for x in range(33))
    assert all("*" in row for row in grid)


def test_the_axis_says_highest_lowest_and_the_mark():
    lines = termchart.draw(RISE, 60, 10, [(183, "liquidus")], ends=("0", "2 min"))
    assert lines[0].startswith("225 °C│")
    assert lines[9].startswith(" 25 °C│")
    assert any(line.startswith("183 °C│liquidus") for line in lines)
    assert lines[-1].rstrip().endswith("2 min")


def test_a_peak_between_two_columns_is_there():
    peak = [(0.0, 25.0), (9999.0, 25.0), (10000.0, 240.0), (10001.0, 25.0), (33333.0, 25.0)]
    assert "*" in body(termchart.draw(peak, 40, 8, ascii_only=True))[0]


def test_a_level_line_is_drawn_all_the_same():
    rows = body(termchart.draw([(0, 100), (10, 100)], 40, 5, ascii_only=True))
    assert sum(row.count("*") for row in rows) == 33


def test_one_point_is_no_line():
    with pytest.raises(ValueError):
        termchart.draw([(0, 1)], 40, 5)
