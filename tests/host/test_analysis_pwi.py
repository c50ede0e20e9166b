"""The process window index: published examples, its sides, and what no window can say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat.analysis.measure import OF_PROBE, OF_RUN, Measures, ProbeMeasures
from preheat.analysis.pwi import Window, pwi, rate, unrated


def window(statistic="peak_c", low: "float | None" = 180.0, high: "float | None" = 220.0, **more):
    return Window(statistic, low, high, "°C", "an example", **more)


def run(*probes, **more):
    return Measures(tuple(ProbeMeasures(*row[:2], **row[2]) for row in probes), **more)


def rated(value, low: "float | None" = 180.0, high: "float | None" = 220.0):
    (found,) = rate(run(("p", "board", {"peak_c": value})), [window(low=low, high=high)])
    return found


def test_the_published_example_188_in_180_to_220_is_minus_60_percent():
    found = rated(188.0)
    assert found.percent == pytest.approx(-60.0)
    assert found.inside and found.margin == pytest.approx(8.0)


@pytest.mark.parametrize(
    "value, percent, inside, margin",
    [
        (200.0, 0.0, True, 20.0), (219.0, 95.0, True, 1.0), (180.0, -100.0, False, 0.0),
        (220.0, 100.0, False, 0.0), (230.0, 150.0, False, -10.0), (170.0, -150.0, False, -10.0),
    ],
)  # fmt: skip
def test_its_middle_its_limits_and_beyond(value, percent, inside, margin):
    found = rated(value)
    assert found.percent == pytest.approx(percent)
    assert found.inside is inside
    assert found.margin == pytest.approx(margin)


def test_a_single_limit_has_no_percent_and_may_be_reached():
    for value, inside, margin in ((240.0, True, 5.0), (245.0, True, 0.0), (246.0, False, -1.0)):
        found = rated(value, low=None, high=245.0)
        assert (found.percent, found.inside, found.margin) == (None, inside, margin)
    for value, inside, margin in ((240.0, True, 10.0), (230.0, True, 0.0), (229.0, False, -1.0)):
        found = rated(value, low=230.0, high=None)
        assert (found.percent, found.inside, found.margin) == (None, inside, margin)


def test_the_index_is_the_worst_over_probes_and_statistics_and_says_which():
    measures = run(
        ("plate", "board", {"peak_c": 205.0, "tal_s": 75.0}),
        ("top", "board_top", {"peak_c": 190.0, "tal_s": 138.0}),
    )
    tal = Window("tal_s", 60.0, 150.0, "s", "an example")
    ratings = rate(measures, [window(), tal, window(low=None, high=100.0)])
    assert [(r.probe, r.window.statistic) for r in ratings] == [
        ("plate", "peak_c"), ("top", "peak_c"), ("plate", "tal_s"), ("top", "tal_s"),
        ("plate", "peak_c"), ("top", "peak_c"),
    ]  # fmt: skip
    found = pwi(ratings)
    assert found is not None
    assert found[0] == pytest.approx(100 * (138 - 105) / 45)
    assert (found[1].probe, found[1].window) == ("top", tal)


def test_there_is_no_index_without_a_window_of_two_limits():
    assert pwi([]) is None
    assert pwi([rated(200.0, low=None)]) is None


def test_a_heater_is_no_part_of_the_process_unless_a_window_names_it():
    measures = run(("tube", "heater", {"peak_c": 600.0}), ("plate", "board", {"peak_c": 200.0}))
    assert [r.probe for r in rate(measures, [window()])] == ["plate"]
    assert [r.probe for r in rate(measures, [window(roles=("heater",))])] == ["tube"]


def test_a_number_of_the_whole_run_has_no_probe():
    spread = Window("spread_at_peak_c", None, 10.0, "°C", "an example", roles=("heater",))
    (found,) = rate(run(spread_at_peak_c=4.0), [spread])
    assert (found.probe, found.value, found.margin) == (None, 4.0, 6.0)


def test_what_was_not_measured_has_no_rating_and_is_named():
    measures = run(("plate", "board", {"peak_c": 200.0}), ("top", "board_top", {}))
    spread = Window("spread_at_peak_c", None, 10.0, "°C", "an example")
    body = window(roles=("component",))
    windows = [window(), spread, body]
    assert [r.probe for r in rate(measures, windows)] == ["plate"]
    assert unrated(measures, windows) == [("top", windows[0]), (None, spread), (None, body)]


def test_a_time_above_another_temperature_was_not_measured():
    measures = run(("plate", "board", {"tal_s": 75.0}), liquidus_c=220.0)
    own, other = (Window("tal_s", None, 90.0, "s", "an example", from_c=c) for c in (220.0, 217.0))
    assert [rating.window for rating in rate(measures, [own, other])] == [own]
    assert unrated(measures, [own, other]) == [("plate", other)]


@pytest.mark.parametrize(
    "statistic, low, high",
    [("peak_c", 220.0, 180.0), ("peak_c", 200.0, 200.0), ("peak_c", None, None),
     ("name", 1.0, 2.0), ("probes", 1.0, 2.0), ("liquidus_c", 1.0, 2.0), ("peek_c", 1.0, 2.0)],
)  # fmt: skip
def test_windows_that_cannot_be_are_refused(statistic, low, high):
    with pytest.raises(ValueError):
        window(statistic, low, high)


def test_every_statistic_can_have_a_window():
    for statistic in OF_PROBE + OF_RUN:
        assert window(statistic).statistic == statistic
    assert "peak_c" in OF_PROBE and "name" not in OF_PROBE and "role" not in OF_PROBE


@given(
    st.floats(-100, 400), st.floats(0.5, 200), st.floats(-3, 3),
)  # fmt: skip
def test_percent_is_the_place_between_middle_and_limit(middle, half, place):
    found = rated(middle + place * half, middle - half, middle + half)
    assert found.percent == pytest.approx(100 * place, abs=1e-6)
    if abs(abs(place) - 1) > 1e-9:
        assert found.inside is (abs(place) < 1) is (found.margin > 0)
