"""The step test of a tuning run, in whole runs on a small plate and by itself."""

from preheat_core import board, limits, settings
from preheat_core.faults import COOL
from preheat_core.runlog import read
from preheat_core.steptest import (
    ANSWER_MAX_S,
    HEATER_ROOM_C,
    LONG_S,
    REST_S,
    SHORT_S,
    SLOW_COAST_S,
    SLOW_SLOPE_C_S,
    StepTest,
    longest_s,
)
from rig import BOARD, Rig, recipe, stage, with_probes

TOP_C = 150


def tuning(**more):
    """The profile of a tuning run that goes up to TOP_C."""
    row = stage("steps", TOP_C, hold_s=300, hold_max_s=1300, ramp_max_s=1300, holdback_c=30,
                band_c=1)  # fmt: skip
    return recipe(row, purpose="tune", **more)


def with_coast(coast_s):
    """The rig's board with a heater that is said to coast so long."""
    made = dict(BOARD)
    made["zones"] = [dict(BOARD["zones"][0], coast_s=coast_s)]
    return made


def log_of(rig):
    """The log of a whole test on the rig, as far as its heat went."""
    rig.running(tuning())
    rig.until(lambda: not rig.kernel.heating)
    rig.wait(2)
    rig.kernel.close_run()
    rig.tick()
    return read(b"".join(rig.blocks))


def heats(log):
    """(start, end) in seconds of every stretch of delivered heat; short gaps do not part them."""
    found = []
    for row in log.records:
        if row[5] > 0:
            at_s = row[0] / 1000
            if found and at_s - found[-1][1] < 5:
                found[-1][1] = at_s
            else:
                found.append([at_s, at_s])
    return found


def by_hand(made=None):
    """A StepTest without a kernel, past its rest, on a board of 25 °C."""
    made = board.normalise(made or BOARD)
    test = StepTest(tuning(), made)
    test.reset(25.0, 0.0)
    pass_s(test, REST_S + 1, lambda s: 25.0)
    return test


def pass_s(test, seconds, temp_c, heater_c=None):
    """Let time pass with the board at `temp_c(s)`; the duties of each tick."""
    duties = []
    for count in range(int(seconds * 4)):
        on_s = 0.25 * duties[-1] if duties else 0.0
        test.observe(0.25, on_s, temp_c(count / 4), heater_c, True)
        duties.append(test.step(0.25, None, True))
    return duties


def test_it_rests_heats_cools_heats_higher_cools_and_ends():
    rig = Rig()
    log = log_of(rig)
    assert log.end == "done"
    first, second = heats(log)
    assert first[0] >= REST_S
    assert second[0] - first[1] > 30  # the coast and some cooling
    assert log.records[-1][0] / 1000 - second[1] > 30
    temps_c = [row[7][0][0] for row in log.records]
    first_peak_c = max(t for t, row in zip(temps_c, log.records) if row[0] / 1000 < second[0])
    assert 60 < first_peak_c < 110
    assert 135 < max(temps_c) <= TOP_C


def test_full_power_is_given_only_once_the_probe_has_answered():
    rig = Rig()
    rig.running(tuning(), REST_S + 1)
    shares = []
    while rig.probe_c < 26.5:
        shares.append(rig.on_ms / 250)
        rig.tick()
    assert 0.6 < sum(shares[4:]) / len(shares[4:]) < 0.8
    rig.wait(4)
    assert rig.on_ms == 250


def test_a_dead_heater_ends_it_as_no_rise():
    rig = Rig()
    rig.power = 0.0
    rig.running(tuning())
    rig.until(lambda: not rig.kernel.heating, 200)
    assert [code for code, _ in rig.kernel.latch.rows] == ["no_rise"]


def test_a_stuck_relay_ends_it_too():
    rig = Rig()
    rig.running(tuning(), 60)
    rig.stuck = True
    rig.until(lambda: rig.kernel.latch.rows, 400)
    assert rig.kernel.latch.rows[0][0] in ("stuck_on", "over_temp")


def test_stop_ends_it_like_any_run():
    rig = Rig().running(tuning(), 40)
    rig.kernel.orders.stop()
    assert not rig.tick().permit and rig.kernel.state == COOL


def test_a_warm_board_or_one_that_drifts_gets_no_heat_at_all():
    for start_c in (60.0, 45.5, 40.0):
        rig = Rig()
        rig.plate_c = rig.probe_c = start_c
        log = log_of(rig)
        assert log.end == "done"
        assert heats(log) == []
        assert log.records[-1][0] / 1000 < REST_S + 4


def test_a_heater_that_is_still_warm_gets_no_heat():
    rig = Rig(with_probes(("hot", "heater")))
    rig.fixed_c[1] = 40.0
    assert heats(log_of(rig)) == []


def test_a_unit_that_coasts_long_is_heated_in_small_steps_and_gets_more_time():
    made = with_coast(SLOW_COAST_S)
    assert longest_s(board.normalise(BOARD)) == SHORT_S
    assert longest_s(board.normalise(made)) == LONG_S
    test = by_hand(made)
    slope = SLOW_SLOPE_C_S * 1.1
    duties = pass_s(test, 60, lambda s: 25 + slope * s)
    assert duties[0] > 0 and duties[-1] == 0  # cut at 41 °C, far below the middle
    duties = pass_s(by_hand(), 60, lambda s: 25 + slope * s)
    assert duties[-1] == 1


def test_it_always_ends_in_time():
    for made, most_s in ((BOARD, SHORT_S), (with_coast(60), LONG_S)):
        for temp_c in (lambda s: 25.0, lambda s: 25 + 0.03 * s, lambda s: min(140.0, 25 + s)):
            test = by_hand(made)
            seconds = REST_S + 1
            while not test.done:
                now_c = temp_c(seconds)
                pass_s(test, 1, lambda _s, now_c=now_c: now_c)
                seconds += 1
                assert seconds <= most_s + 1
            assert test.step(0.25, None, True) == 0


def test_a_fast_rise_and_a_hot_heater_get_less_power():
    quick = pass_s(by_hand(), 20, lambda s: 25 + 2.5 * s)
    assert 0 < quick[-1] < 1
    made = board.normalise(with_probes(("hot", "heater")))
    hot_c = made["limits"]["heater_max_c"] - HEATER_ROOM_C
    hot = pass_s(by_hand(made), 30, lambda s: 25 + 0.5 * s, hot_c)
    cool = pass_s(by_hand(made), 30, lambda s: 25 + 0.5 * s, 30.0)
    assert hot[-1] < 1 and cool[-1] == 1


def test_a_gap_in_the_readings_does_no_harm():
    test = by_hand()
    pass_s(test, 10, lambda s: 25 + s)
    for _ in range(8):
        test.observe(0.25, 0.25, None, None, True)
    assert pass_s(test, 1, lambda s: 37 + s)[-1] == 1


def test_its_limits_are_those_of_bottom_heat():
    made = board.normalise(BOARD)
    own = settings.default("rig")

    def trip_c(purpose):
        return limits.effective(made, own, recipe(stage("a", 100), purpose=purpose)).row(
            "board"
        ).trip_c

    assert trip_c("tune") == trip_c("preheat") < trip_c("reflow")


def test_heat_that_is_never_answered_ends_the_test_as_a_fault():
    test = by_hand()
    for _ in range(int(ANSWER_MAX_S) + 2):
        pass_s(test, 1, lambda s: 25.0)
    assert test.fault is not None and test.fault[0] == "no_rise" and not test.done


def test_the_unit_refuses_a_test_that_would_show_too_little():
    rig = Rig()
    rig.plate_c = rig.probe_c = 40.0
    low = recipe(stage("steps", 60, ramp_max_s=1300), purpose="tune")
    assert "shows too little" in rig.start(low)
    assert not rig.kernel.heating
