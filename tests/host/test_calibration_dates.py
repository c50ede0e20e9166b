"""Dates that cannot be, calibrations that are overdue, rows in words, points kept between days."""

import datetime
import json

import pytest

from preheat import paths, tomlfiles
from preheat.calibration import dates, pending, rows
from preheat.calibration.fit import Fit, Point
from preheat.errors import Refused, UsageError
from preheat_core import settings

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture(autouse=True)
def laptop(monkeypatch, tmp_path):
    """A computer of its own, on a day of its own."""
    monkeypatch.setattr(dates, "today", lambda: TODAY)
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))


def calibrated(**row):
    d = settings.default("x")
    d["calibration"] = [{"probe": "plate", "offset_c": 0.5, "gain": 1.0, **row}]
    return d


def point(kind="ice", true_c=0.0, read_c=0.6, at="2026-06-15T09:30"):
    return Point(kind, true_c, 0.1, read_c, 0.1, at, "by hand")


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"date": "2026-06-16"}, "date"), ({"date": "15.6.2026"}, "date"),
        ({"date": "20260615"}, "date"), ({"due": "soon"}, "due"), ({"due": "2027-02-30"}, "due"),
        ({"date": "2026-06-15", "due": "2026-06-14"}, "due"),
    ],
)
def test_a_date_that_cannot_be_is_a_problem_with_its_path(row, key):
    assert [p.path for p in dates.problems(calibrated(**row))] == [f"calibration[0].{key}"]


def test_good_dates_and_none_are_no_problem():
    for row in ({}, {"date": "2026-06-15", "due": "2026-06-15"}, {"due": "2020-01-01"}):
        assert dates.problems(calibrated(**row)) == []
    for bad in (None, 5, {"calibration": 3}, {"calibration": [None]}):
        assert dates.problems(bad) == []


def test_a_settings_file_with_a_date_in_the_future_is_refused(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('schema = 1\nname = "x"\n[[calibration]]\nprobe = "a"\ndate = "2099-01-01"\n')
    with pytest.raises(Refused, match=r"calibration\[0\]\.date .* today or earlier"):
        tomlfiles.load_settings(path)


def test_the_due_day_itself_still_counts():
    last = calibrated(due="2026-06-15")["calibration"]
    over = calibrated(due="2026-06-14")["calibration"]
    assert dates.overdue(last) == [] and rows.state(last[0]) == "good for 0 days"
    (sentence,) = dates.overdue(over)
    assert "plate" in sentence and "2026-06-14 (1 day ago)" in sentence
    assert rows.state(over[0]) == "EXPIRED 1 day ago"
    assert rows.state(calibrated()["calibration"][0]) == "no due date"
    assert dates.overdue(calibrated(due="nonsense")["calibration"]) == []


def test_a_row_carries_its_papers_and_what_was_read_and_passes_the_checker():
    points = [point(), point("boiling", 99.97, 100.3, "2026-06-15T14:05")]
    papers = rows.Papers("bench 3", "barometer B12", None, "2027-06-15")
    row = rows.make("plate", Fit(-0.6, 1.003, (0.0, 0.01)), points, papers)
    assert row["date"] == "2026-06-15" and row["residual_c"] == 0.01
    assert row["points"] == "ice 0.00: 0.60; boiling 99.97: 100.30"
    assert "certificate" not in row
    new = rows.replaced(calibrated(), "plate", row)
    assert settings.check(new) + dates.problems(new) == []
    assert rows.replaced(new, "plate", None)["calibration"] == []
    assert [r["probe"] for r in rows.replaced(new, "top", {"probe": "top"})["calibration"]] == [
        "plate", "top"
    ]  # fmt: skip
    longest = [point("Sn95.6Ag3.5Cu0.9", 217.2, 216.43)] * 3
    row = rows.make("plate", Fit(0, 1, (0.0,)), longest, rows.Papers())
    assert settings.check(rows.replaced(new, "plate", row)) == []


def test_what_points_do_not_tell_is_said():
    (gain, error) = rows.leaves_open([point()], 4)
    assert "nothing of the gain" in gain and "1.5 °C at 150 °C, 2.5 °C at 245 °C" in gain
    assert "sensor_error_c stays 4 °C" in error
    two = rows.leaves_open([point(), point("reference", 150.0, 150.2)], 4)
    assert "±0.2 °C at 150 °C" in two[0] and "reference's own error" in two[1]
    assert "a third would" in two[2]


def test_points_wait_over_restarts_and_the_later_one_of_two_counts():
    assert pending.Pending("aabb").of("plate") == []
    pending.Pending("aabb").add("plate", point("boiling", 99.9, 100.4))
    pending.Pending("aabb").add("plate", point())
    better = point(read_c=0.5)
    assert pending.Pending("aabb").add("plate", better) == [point()]
    waiting = pending.Pending("aabb")
    assert waiting.of("plate") == [better, point("boiling", 99.9, 100.4)]
    assert pending.Pending("ccdd").all() == {}
    waiting.add("plate", point("Sn63Pb37", 183.0, 183.3))
    with pytest.raises(Refused, match="3 points already"):
        waiting.add("plate", point("reference", 60.0, 60.0))
    assert len(pending.Pending("aabb").drop("plate")) == 3
    assert pending.Pending("aabb").all() == {}


def test_a_damaged_file_of_points_is_told_and_not_overwritten():
    path = pending.Pending("aabb").path
    for text in ("{", "[]", '{"points": {"plate": [{"kind": "ice"}]}}',
                 json.dumps({"points": {"plate": [{**point()._asdict(), "true_c": "cold"}]}})):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match="not a readable list of points"):
            pending.Pending("aabb")
        assert path.read_text(encoding="utf-8") == text
    with pytest.raises(UsageError, match="no chip id"):
        pending.Pending("")


def test_settings_put_aside_can_be_pushed_back_and_push_nothing_else_out():
    d = settings.normalise(calibrated(date="2026-06-01"))
    first, second = pending.put_aside(d), pending.put_aside(d)
    assert first != second and first.parent == paths.calibration_dir()
    assert tomlfiles.load_settings(first) == tomlfiles.load_settings(second) == d
