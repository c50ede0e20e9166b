"""Times that wrap: differences and sums on both sides of the wrap."""

from preheat_core import clock

EDGE = clock.PERIOD_MS - 1000  # a run that starts here wraps after a second


def test_difference_across_the_wrap():
    assert clock.diff(500, clock.PERIOD_MS - 500) == 1000
    assert clock.diff(clock.PERIOD_MS - 500, 500) == -1000
    assert clock.diff(EDGE, EDGE) == 0


def test_difference_is_signed_up_to_half_a_period():
    for start in (0, 1, EDGE, clock.HALF_MS):
        for d_ms in (0, 1, -1, 250, -250, clock.HALF_MS - 1, -clock.HALF_MS):
            assert clock.diff(clock.add(start, d_ms), start) == d_ms


def test_sum_stays_inside_the_period():
    assert clock.add(EDGE, 1000) == 0
    assert clock.add(EDGE, 999) == clock.PERIOD_MS - 1
    assert clock.add(0, -1) == clock.PERIOD_MS - 1


def test_many_ticks_over_the_wrap_add_up():
    now = EDGE
    for _ in range(100):
        later = clock.add(now, clock.TICK_MS)
        assert 0 <= later < clock.PERIOD_MS
        assert clock.diff(later, now) == clock.TICK_MS
        now = later
    assert clock.diff(now, EDGE) == 100 * clock.TICK_MS


def test_results_are_ints():
    assert isinstance(clock.diff(3, 5), int) and isinstance(clock.add(3, 5), int)
