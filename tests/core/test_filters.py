"""The running median and the least-squares slope, across the wrap of the clock."""

from expect import near, raises
from preheat_core import clock
from preheat_core.filters import Median, Slope

START_MS = clock.PERIOD_MS - 1000


def fed(slope, count, value, start_ms=START_MS, step_ms=clock.TICK_MS):
    """Feed value(i) every step; give the time after the last one."""
    for i in range(count):
        slope.add(clock.add(start_ms, i * step_ms), value(i))
    return clock.add(start_ms, count * step_ms)


def test_median_of_three_drops_one_spike():
    median = Median(3)
    assert [median.add(x) for x in (20.0, 21.0, 900.0, 22.0, 23.0)] == [
        20.0, 20.5, 21.0, 22.0, 23.0
    ]  # fmt: skip


def test_median_forgets():
    median = Median(5)
    for x in range(9):
        last = median.add(x)
    assert last == 6
    median.reset()
    assert median.add(100) == 100


def test_median_of_nothing_is_refused():
    raises(ValueError, Median, 0)


def test_slope_of_a_ramp_across_the_wrap():
    slope = Slope(4500)
    fed(slope, 40, lambda i: 150.0 + 0.25 * i)
    near(slope.c_s(), 1.0, 1e-4)


def test_slope_of_a_flat_line_is_zero():
    slope = Slope(4500)
    fed(slope, 40, lambda i: 245.25)
    near(slope.c_s(), 0.0, 1e-6)


def test_slope_is_unknown_until_four_fifths_of_the_window():
    slope = Slope(4000)
    assert slope.c_s() is None
    after = fed(slope, 13, lambda i: 1.0 * i)  # spans 3000 ms
    assert slope.c_s() is None
    slope.add(after, 13.0)  # 3250 ms
    near(slope.c_s(), 4.0, 1e-4)


def test_slope_sees_only_its_window():
    slope = Slope(4000)
    after = fed(slope, 100, lambda i: 5.0 * i)
    fed(slope, 20, lambda i: 30.0 - 0.5 * i, after)
    near(slope.c_s(), -2.0, 1e-3)


def test_slope_bridges_a_short_gap_and_forgets_over_a_long_one():
    slope = Slope(4000)
    after = fed(slope, 17, lambda i: 0.25 * i)
    later = clock.add(after, 1000)
    slope.add(later, 0.25 * 21)
    near(slope.c_s(), 1.0, 1e-3)
    slope.add(clock.add(later, 60000), 80.0)
    assert slope.c_s() is None


def test_slope_averages_the_noise_of_one_bit():
    slope = Slope(10000)
    fed(slope, 41, lambda i: 100.0 + 0.25 * (i % 2))
    near(slope.c_s(), 0.0, 0.01)


def test_time_must_advance():
    slope = Slope(4000)
    slope.add(1000, 20.0)
    raises(ValueError, slope.add, 1000, 20.0)
    raises(ValueError, slope.add, 999, 20.0)
    slope.reset()
    slope.add(999, 20.0)
    raises(ValueError, Slope, 0)
