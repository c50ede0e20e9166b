"""A heater's own probe where others heat the board too: the relay is still found out."""

from preheat_core.watch_heater import HeaterWatch

CERAMIC = (0.24, 0.84)  # J/K per W of rated power, least and most


def played(rise_c_s, seconds, lasts_s=1000, from_s=20, external=True):
    """A cold ceramic heater under a little duty, warmed from `from_s` on by what is not switched.

    (code, seconds since then, seconds for which heat was withheld).
    """
    watch = HeaterWatch(CERAMIC, CERAMIC[1])
    temp_c, withheld = 30.0, 0
    for tick in range(seconds * 4):
        on_ms = 0 if watch.inhibit or tick % 8 else 100
        withheld += watch.inhibit
        if 0 <= tick - 4 * from_s < 4 * lasts_s:
            temp_c += rise_c_s / 4
        code = watch.step(250, on_ms, temp_c, True, True, external)
        if code is not None:
            return code, tick / 4 - from_s, withheld / 4
    return None, seconds, withheld / 4


def test_a_relay_that_sticks_under_hot_air_is_found_before_the_heater_is_hot():
    code, seconds, _ = played(2.8, 120)
    assert code == "stuck_on" and seconds <= 20


def test_a_slow_heater_needs_longer_but_not_a_second_doubt():
    code, seconds, _ = played(1.4, 120)
    assert code == "stuck_on" and seconds <= 35


def test_hot_air_that_shines_back_withholds_heat_for_a_while_and_trips_nothing():
    code, _, withheld_s = played(1.0, 240, lasts_s=20)
    assert code is None and 0 < withheld_s <= 30


def test_a_tune_that_knows_a_lighter_heater_makes_no_stuck_relay_of_a_slow_one():
    heavy_j_k_w, tuned = 0.65, (0.24, 0.45)
    watch = HeaterWatch(tuned, CERAMIC[1])
    temp_c = 110.0
    for tick in range(400):
        on_ms = 250 if tick < 140 else 0
        lost = 0.08 * (temp_c - 30.0) / 130.0
        temp_c += (on_ms / 250 - lost) / heavy_j_k_w / 4
        assert watch.step(250, on_ms, temp_c, True) is None


def test_a_relay_that_was_stuck_before_the_run_is_found_although_nothing_changes():
    code, seconds, _ = played(1.1, 60, from_s=0, external=False)
    assert code == "stuck_on" and seconds <= 16


def stuck_under_hot_air(from_c, top_c, duty, falls_at_s, falls_in_s):
    """A quartz heater whose relay is stuck: it goes on to `top_c`, whatever `duty` says. That
    falls to nothing. Seconds from a duty of half until it is found, None when it is not.
    """
    watch = HeaterWatch((0.1, 0.24), 0.24)
    temp_c, half_s, share = float(from_c), None, 0.0
    for tick in range(4 * 120):
        seconds = tick / 4
        now = min(duty, max(0.0, duty - (seconds - falls_at_s) / falls_in_s))
        share += now
        on_ms = 250 if share >= 1 and not watch.inhibit else 0
        share -= share >= 1
        if half_s is None and now <= 0.5:
            half_s = seconds
        temp_c += (1 - ((temp_c + 273) / (top_c + 273)) ** 4) / 0.12 / 4
        if watch.step(250, on_ms, temp_c, True, True, True) == "stuck_on":
            return seconds - half_s
    return None


def test_a_duty_that_falls_slowly_hides_no_relay_under_hot_air():
    found_s = stuck_under_hot_air(250, 480, duty=0.9, falls_at_s=40, falls_in_s=40)
    assert found_s is not None and found_s <= 25


def test_no_hot_air_warms_a_heater_that_is_hotter_than_hot_air():
    found_s = stuck_under_hot_air(480, 520, duty=0.9, falls_at_s=10, falls_in_s=6)
    assert found_s is not None and found_s <= 15
