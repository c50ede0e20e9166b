"""The gate: heat only with a permit of this tick, and never longer than the timer allows."""

import pytest
from parts import FakeClock, FakePin, FakeTimer

from preheat_fw.gate import DROP_MS, Gate


def made():
    time = FakeClock()
    ssr, contactor = FakePin(1), FakePin(1)
    gate = Gate(ssr, contactor, FakeTimer(time), FakeTimer.ONE_SHOT, time.ticks_ms)
    return time, ssr, contactor, gate


def test_it_begins_with_everything_off():
    _, ssr, contactor, gate = made()
    assert ssr.level == 0 and contactor.level == 0 and not gate.on


def test_no_permit_no_heat():
    _, ssr, _, gate = made()
    gate.tick(False, 250)
    gate.tick(True, 0)
    assert 1 not in ssr.history


def test_delivered_time_is_what_passed_with_the_pin_on():
    time, _, _, gate = made()
    gate.tick(True, 100)
    time.sleep_ms(100)
    gate.off()
    time.sleep_ms(150)
    assert gate.delivered() == 100 and gate.delivered() == 0
    gate.tick(True, 250)
    time.sleep_ms(250)
    assert gate.delivered() == 250
    gate.tick(True, 250)
    time.sleep_ms(40)
    assert gate.delivered() == 40


def test_a_loop_that_stops_loses_the_heat_by_the_timer():
    time, ssr, contactor, gate = made()
    gate.close(True)
    gate.tick(True, 250)
    time.sleep_ms(DROP_MS - 1)
    assert ssr.level == 1
    time.sleep_ms(1)
    assert ssr.level == 0 and contactor.level == 0 and gate.dropped
    # Nothing turns it on again until the loop has noticed.
    gate.tick(True, 250)
    assert ssr.level == 0


def test_each_permit_winds_the_timer_again_and_off_stops_it():
    time, ssr, _, gate = made()
    for _ in range(10):
        gate.tick(True, 250)
        time.sleep_ms(500)
    assert ssr.level == 1 and not gate.dropped
    gate.tick(False, 0)
    time.sleep_ms(5000)
    assert not gate.dropped


def test_the_contactor_moves_with_the_relay_off_only():
    _, ssr, contactor, gate = made()
    seen = []
    gate._contactor = lambda level: (seen.append((level, ssr.level)), contactor(level))
    gate.tick(True, 250)  # a proof: the contactor is open
    gate.close(False)
    assert ssr.level == 1
    gate.close(True)
    gate.tick(True, 250)
    gate.close(False)
    assert seen == [(0, 1), (1, 0), (0, 0)]


def test_it_works_without_a_contactor():
    time = FakeClock()
    gate = Gate(FakePin(), None, FakeTimer(time), FakeTimer.ONE_SHOT, time.ticks_ms)
    gate.close(True)
    gate.tick(True, 250)
    time.sleep_ms(DROP_MS)
    assert gate.dropped


def test_a_slow_write_in_the_off_part_of_a_window_is_no_fault():
    time, ssr, contactor, gate = made()
    gate.close(True)
    gate.tick(True, 100)
    time.sleep_ms(100)
    gate.off()
    time.sleep_ms(2000)
    assert not gate.dropped and contactor.level == 1 and ssr.level == 0


def test_a_drop_in_the_last_moment_wins():
    time, ssr, contactor, gate = made()
    gate.tick(True, 250)
    wind = gate._timer.init

    def late(**settings):  # the old timer acts just before it is wound again
        gate._drop(None)
        wind(**settings)

    gate._timer.init = late
    gate.tick(True, 250)
    assert ssr.level == 0 and gate.dropped


def test_a_hard_timer_is_asked_for_where_there_is_one():
    time = FakeClock()
    timer = FakeTimer(time)
    asked = []
    timer.init = lambda **settings: asked.append(settings)
    Gate(FakePin(), None, timer, FakeTimer.ONE_SHOT, time.ticks_ms, True).tick(True, 250)
    assert asked[0]["hard"] is True


def test_a_relay_that_cannot_be_commanded_off_opens_the_contactor_all_the_more():
    _, ssr, contactor, gate = made()
    gate.close(True)
    gate.tick(True, 250)
    assert ssr.level == 1 and contactor.level == 1

    def broken():
        raise OSError("no such pin")

    gate.off = broken
    for closed in (False, True):  # it is open then: closing it needs a relay that is off
        with pytest.raises(OSError):
            gate.close(closed)
        assert contactor.level == 0
