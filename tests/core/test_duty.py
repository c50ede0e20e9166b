"""Time proportioning in whole mains cycles."""

from preheat_core.duty import Window


def dealt(window, duty, ticks):
    return [window.tick(duty) for _ in range(ticks)]


def test_the_pulse_is_contiguous_from_the_windows_start():
    assert dealt(Window(4, 50), 0.5, 8) == [250, 250, 0, 0, 250, 250, 0, 0]
    assert dealt(Window(4, 50), 0.3, 4) == [250, 50, 0, 0]


def test_full_and_no_duty():
    assert dealt(Window(4, 50), 1.0, 8) == [250] * 8
    assert dealt(Window(4, 50), 0.0, 8) == [0] * 8
    assert dealt(Window(8, 60), 1.5, 8) == [250] * 8
    assert dealt(Window(1, 50), -1.0, 2) == [0, 0]


def test_on_time_comes_in_whole_cycles_and_the_rest_is_carried():
    window = Window(1, 50)
    given = dealt(window, 0.1, 8)  # 25 ms wanted in each window of 250 ms
    assert all(on_ms % 20 == 0 for on_ms in given)
    assert sum(given) == 200


def test_duty_is_right_in_the_long_run_at_both_mains():
    for mains_hz in (50, 60):
        for ticks in (1, 3, 8):
            for duty in (0.013, 0.333, 0.71, 0.99):
                window = Window(ticks, mains_hz)
                total = sum(dealt(window, duty, 240))
                assert abs(total / (240 * 250) - duty) < 0.003, (mains_hz, ticks, duty)


def test_a_reset_forgets_what_was_carried():
    window = Window(4, 50)
    window.tick(1.0)
    window.reset()
    assert dealt(window, 0.0, 4) == [0] * 4
