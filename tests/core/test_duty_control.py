"""Time proportioning in whole mains cycles, and the PID with feed-forward."""

from expect import near
from preheat_core.control import Pid
from preheat_core.duty import Window
from rig import MODEL

GAINS = {"kp": 0.02, "ti_s": 100, "td_s": 0}


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


def test_feed_forward_is_the_power_of_ramp_and_loss():
    pid = Pid(GAINS, MODEL, 100.0)
    duty = pid.feed_forward(lambda ahead_s: 100.0 + ahead_s)
    # 50 J/K at 1 °C/s, and 0.2 W/K over 77 °C, of 100 W
    near(duty, (50 + 0.2 * 77) / 100, 0.001)


def test_without_a_model_there_is_no_feed_forward():
    assert Pid(GAINS, None, 100.0).feed_forward(lambda ahead_s: 200.0) == 0.0


def test_output_stays_between_none_and_full():
    pid = Pid(GAINS, None, 100.0)
    assert pid.step(0.25, 25.0, lambda ahead_s: 900.0, True) == 1.0
    assert pid.step(0.25, 900.0, lambda ahead_s: 25.0, True) == 0.0


def test_integral_does_not_wind_up_at_full_output_or_without_heat():
    pid = Pid(GAINS, None, 100.0)
    for _ in range(400):
        pid.step(0.25, 25.0, lambda ahead_s: 200.0, True)
    assert pid.integral == 0.0
    for _ in range(400):
        pid.step(0.25, 95.0, lambda ahead_s: 100.0, False)
    assert pid.integral == 0.0
    for _ in range(400):
        pid.step(0.25, 95.0, lambda ahead_s: 100.0, True)
    near(pid.integral, 0.02 * 5 * 100 / 100, 0.001)
