"""Times, spread and energy against runs whose numbers can be worked out by hand."""

from expect import near, raises
from preheat_core.measures import GAP_MAX_MS, Climb, Energy, Spread, TimeBetween, over_c

# s, °C: 1 °C/s up, 30 s at the top, 2 °C/s down.
TRAPEZOID = ((0, 20.0), (220, 240.0), (250, 240.0), (360, 20.0))


def samples(points, step_ms=250):
    """(ms, °C) every step along straight lines between (s, °C) points."""
    out = []
    t_ms = points[0][0] * 1000
    for (s0, c0), (s1, c1) in zip(points, points[1:]):
        while t_ms <= s1 * 1000:
            out.append((t_ms, c0 + (c1 - c0) * (t_ms / 1000 - s0) / (s1 - s0)))
            t_ms += step_ms
    return out


def between(points, low_c, high_c=None, once=False, step_ms=250):
    found = TimeBetween(low_c, high_c, once)
    for t_ms, temp_c in samples(points, step_ms):
        found.add(t_ms, temp_c)
    return found.ms / 1000, found.longest_ms / 1000


def test_time_above_a_temperature():
    for step_ms in (250, 1000, 7000):  # the corners are hit by the first two only
        total_s, longest_s = between(TRAPEZOID, 217, step_ms=step_ms)
        if step_ms < 7000:
            near(total_s, 23 + 30 + 11.5, 0.01)
        near(longest_s, total_s, 0.001)


def test_time_near_a_limit_counts_what_lies_above_it_too():
    near(between(TRAPEZOID, 235 - 5)[0], 10 + 30 + 5, 0.01)


def test_soak_ends_when_its_upper_temperature_is_reached():
    near(between(TRAPEZOID, 150, 200, once=True)[0], 50, 0.01)
    near(between(TRAPEZOID, 150, 200)[0], 50 + 25, 0.01)
    near(between(TRAPEZOID, 150, 200)[1], 50, 0.01)


def test_a_soak_whose_upper_temperature_is_never_reached_is_all_the_time_between():
    bake = ((0, 100.0), (60, 160.0), (120, 160.0), (180, 100.0))
    near(between(bake, 150, 200, True)[0], 80, 0.01)


def test_a_step_across_both_temperatures_counts_in_part():
    found = TimeBetween(100, 150)
    for t_ms, temp_c in ((0, 50.0), (4000, 250.0), (8000, 50.0)):
        found.add(t_ms, temp_c)
    near(found.ms, 2000, 1)
    near(found.longest_ms, 1000, 1)


def test_on_the_line_is_inside():
    near(between(((0, 150.0), (60, 150.0)), 150, 200)[0], 60, 0.001)
    near(between(((0, 200.0), (60, 200.0)), 150, 200)[0], 60, 0.001)
    near(between(((0, 200.0), (60, 200.0)), 150, 200, True)[0], 0, 0.001)  # it was never below


def test_gaps_are_bridged_only_when_short():
    found = TimeBetween(217)
    found.add(0, 230.0)
    found.add(4000, None)
    found.add(GAP_MAX_MS, 230.0)
    found.add(2 * GAP_MAX_MS + 1, 230.0)
    found.add(2 * GAP_MAX_MS + 1001, 230.0)
    near(found.ms, GAP_MAX_MS + 1000, 0)
    near(found.longest_ms, GAP_MAX_MS, 0)


def test_a_span_that_is_none_is_refused():
    raises(ValueError, TimeBetween, 200, 150)
    raises(ValueError, TimeBetween, 150, 150)


def climb(rows):
    found = Climb()
    for row in rows:
        found.add(*row)
    return found.ms


def test_time_from_25_degrees_to_the_peak():
    near(climb(samples(TRAPEZOID)), 215_000, 1)
    near(climb(samples(((0, 24.3), (30, 25.2), (60, 24.3), (100, 64.3)))), 39_300, 2)


def test_a_peak_that_was_seen_between_the_samples_counts():
    near(climb(((0, 20.0), (10_000, 30.0), (20_000, 40.0, 52.0), (30_000, 45.0, 50.0))), 15_000, 1)
    near(climb(((0, 20.0), (10_000, 30.0), (20_000, None, 52.0))), 15_000, 1)


def test_a_warm_start_counts_from_the_first_sample_and_a_hot_one_not_at_all():
    near(climb(((0, 31.0), (60_000, 90.0))), 60_000, 0)
    assert climb(((0, 36.0), (60_000, 90.0))) is None


def test_a_peak_below_25_degrees_or_a_rise_that_was_not_seen_has_no_such_time():
    assert climb(((0, 20.0), (1000, 24.0))) is None
    assert climb(((0, 20.0), (GAP_MAX_MS + 1, 80.0), (2 * GAP_MAX_MS, 90.0))) is None
    assert climb(()) is None


def test_spread_when_the_hottest_was_first_hottest():
    found = Spread()
    for temps_c in ((100.0, 90.0), (200.0, 188.0), (190.0, 200.0), (195.0, 120.0), (None, 90.0)):
        found.add(temps_c)
    near(found.spread_c, 12.0, 0.001)
    found.add((240.0, None))
    assert found.spread_c is None
    assert Spread().spread_c is None


def test_energy_is_on_time_times_power():
    found = Energy()
    for t_ms in range(0, 3_600_001, 1000):
        found.add(t_ms, 0.25)
    near(found.wh(1200.0), 300.0, 0.01)
    found.add(3_600_000 + GAP_MAX_MS + 1, 1.0)  # what happened in the gap is not known
    near(found.wh(1200.0), 300.0, 0.01)


def test_the_first_sample_says_nothing_of_energy():
    found = Energy()
    found.add(5000, 1.0)
    assert found.wh(1000.0) == 0.0


def test_excess_over_a_limit():
    near(over_c(247.5, 245.0), 2.5, 0.001)
    assert over_c(240.0, 245.0) == 0.0
    assert over_c(None, 245.0) is None and over_c(240.0, None) is None
