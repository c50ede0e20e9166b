"""Stages, holds in band, operator waits and the timeout of every wait."""

from expect import near
from preheat_core.faults import HOLD, RAMP, WAIT
from preheat_core.sequencer import Sequencer
from rig import recipe, stage

TICK = 250


def walk(sequencer, seconds, temp_c):
    """Step with a fixed temperature; the first timeout, or None."""
    for _ in range(int(seconds * 4)):
        code = sequencer.step(TICK, temp_c)
        if code is not None:
            return code
    return None


def test_ramp_moves_at_its_rate_and_ends_in_the_band_not_at_the_target():
    sequencer = Sequencer(recipe(stage("a", 50)), 25.0, 7200)
    for _ in range(4 * 24):
        sequencer.step(TICK, sequencer.setpoint.setpoint_c - 2)
    near(sequencer.setpoint.setpoint_c, 49.0, 0.01)
    assert sequencer.state == RAMP
    # The board is 2 °C low for ever: inside the band of 3 °C, which is enough.
    assert walk(sequencer, 1.25, 48.0) is None
    assert sequencer.state == HOLD


def test_hold_counts_only_time_inside_the_band():
    sequencer = Sequencer(recipe(stage("a", 30, hold_s=10), stage("b", 40)), 30.0, 7200)
    walk(sequencer, 5, 30.0)
    assert sequencer.state == HOLD and sequencer.index == 0
    walk(sequencer, 60, 26.0)  # out of band: the clock stands
    assert sequencer.index == 0
    walk(sequencer, 6, 30.0)
    assert sequencer.index == 1


def test_too_hot_is_out_of_the_band_unless_heat_comes_from_above():
    plain = Sequencer(recipe(stage("a", 30), stage("b", 40)), 30.0, 7200)
    warmed = Sequencer(recipe(stage("a", 30, external_heat=True), stage("b", 40)), 30.0, 7200)
    for sequencer in (plain, warmed):
        walk(sequencer, 1, 30.0)
        walk(sequencer, 20, 45.0)
    assert plain.index == 0 and warmed.index == 1


def test_setpoint_waits_for_a_board_that_lags():
    sequencer = Sequencer(recipe(stage("a", 100)), 25.0, 7200)
    walk(sequencer, 60, 25.0)
    near(sequencer.setpoint.setpoint_c, 35.25, 0.1)  # hold-back of 10 °C
    assert sequencer.setpoint.held


def test_operator_wait_ends_only_when_continued():
    row = stage("a", 30, hold_s=0, operator=True, operator_max_s=600)
    sequencer = Sequencer(recipe(row, stage("b", 40)), 30.0, 7200)
    assert not sequencer.proceed()  # nothing waits yet
    assert walk(sequencer, 100, 30.0) is None
    assert sequencer.state == WAIT
    assert sequencer.proceed() and sequencer.index == 1


def test_every_wait_has_its_named_timeout():
    ramp = Sequencer(recipe(stage("a", 100, ramp_max_s=90)), 25.0, 7200)
    assert walk(ramp, 200, 25.0) == "ramp_timeout"
    hold = Sequencer(recipe(stage("a", 30, hold_max_s=60)), 30.0, 7200)
    walk(hold, 1, 30.0)
    assert walk(hold, 200, 20.0) == "hold_timeout"
    row = stage("a", 30, hold_s=0, operator=True, operator_max_s=600)
    operator = Sequencer(recipe(row), 30.0, 7200)
    assert walk(operator, 1000, 30.0) == "operator_timeout"
    whole = Sequencer(recipe(stage("a", 100, ramp_max_s=600)), 25.0, 120)
    assert walk(whole, 600, 25.0) == "run_timeout"


def test_without_a_temperature_nothing_progresses_but_the_timeouts_run():
    sequencer = Sequencer(recipe(stage("a", 30, ramp_max_s=100)), 30.0, 7200)
    assert walk(sequencer, 99, None) is None and sequencer.state == RAMP
    assert walk(sequencer, 2, None) == "ramp_timeout"


def test_a_lower_target_ramps_down():
    sequencer = Sequencer(recipe(stage("a", 30, hold_s=0)), 60.0, 7200)
    for _ in range(4 * 40):
        sequencer.step(TICK, sequencer.setpoint.setpoint_c + 1)
    assert sequencer.done


def test_time_left_counts_ramps_and_holds_to_come():
    sequencer = Sequencer(recipe(stage("a", 50), stage("b", 90)), 25.0, 7200)
    assert abs(sequencer.left_s() - (25 + 10 + 40 + 10)) <= 1


def perfect(sequencer, seconds, short=False):
    """Step with a board that stands on the setpoint."""
    for _ in range(int(seconds * 4)):
        sequencer.step(TICK, sequencer.setpoint.setpoint_c, short)


def test_preview_looks_over_corners_into_the_stages_to_come():
    sequencer = Sequencer(recipe(stage("a", 50), stage("b", 90, ramp_c_s=2)), 25.0, 7200)
    near(sequencer.preview(0), 25, 0.001)
    near(sequencer.preview(10), 35, 0.001)
    near(sequencer.preview(25), 50, 0.001)  # the corner
    near(sequencer.preview(30), 50, 0.001)  # the hold of 10 s
    near(sequencer.preview(40), 60, 0.001)  # 5 s into the next ramp
    near(sequencer.preview(500), 90, 0.001)  # past the end it stays
    perfect(sequencer, 29)
    assert sequencer.state == HOLD
    near(sequencer.preview(0), 50, 0.001)
    near(sequencer.preview(11), 60, 1.0)  # what is held already does not count again


def test_preview_takes_off_what_was_held_in_this_stage_alone():
    rows = (stage("a", 30, hold_s=20), stage("b", 40), stage("c", 60))
    sequencer = Sequencer(recipe(*rows), 30.0, 7200)
    perfect(sequencer, 19)
    near(sequencer.preview(1 + 10 + 5), 40, 1.0)  # in the second hold
    near(sequencer.preview(1 + 10 + 9), 40, 1.0)
    near(sequencer.preview(1 + 10 + 10 + 10), 50, 1.0)


def test_preview_falls_with_a_falling_ramp_but_does_not_foresee_it():
    sequencer = Sequencer(recipe(stage("a", 60, hold_s=0), stage("b", 40)), 50.0, 7200)
    near(sequencer.preview(10), 60, 0.001)
    near(sequencer.preview(60), 60, 0.001)
    perfect(sequencer, 11)
    assert sequencer.index == 1
    near(sequencer.preview(5), sequencer.setpoint.setpoint_c - 5, 0.001)
    near(sequencer.preview(60), 40, 0.001)


def test_preview_stops_at_an_operator_and_goes_on_once_continued():
    gate = stage("gate", 50, operator=True, operator_max_s=600)
    sequencer = Sequencer(recipe(gate, stage("b", 90)), 25.0, 7200)
    near(sequencer.preview(200), 50, 0.001)
    perfect(sequencer, 40)
    assert sequencer.state == WAIT
    near(sequencer.preview(200), 50, 0.001)
    sequencer.proceed()
    near(sequencer.preview(10), 60, 0.001)


def test_preview_knows_the_trim():
    sequencer = Sequencer(recipe(stage("a", 50), stage("b", 90)), 25.0, 7200)
    sequencer.trim(4)
    near(sequencer.preview(32), 54, 0.001)
    near(sequencer.preview(500), 94, 0.001)


def test_preview_is_where_the_setpoint_will_be_when_nothing_is_late():
    rows = (stage("a", 50), stage("b", 90, ramp_c_s=2, hold_s=0), stage("c", 110, ramp_c_s=0.5))
    sequencer = Sequencer(recipe(*rows), 25.0, 7200)
    told = []
    for tick in range(4 * 100):
        if tick % 4 == 0:
            told.append((tick + 4 * 20, sequencer.preview(20)))
        if told and told[0][0] == tick:
            # Each corner and each hold may begin a tick late.
            near(sequencer.setpoint.setpoint_c, told.pop(0)[1], 1.1)
        perfect(sequencer, 0.25)
    assert told[0][0] > 4 * 100 - 4


def test_preview_looks_past_a_hold_only_where_its_end_is_sure():
    sequencer = Sequencer(recipe(stage("a", 50), stage("b", 90)), 25.0, 7200)
    near(sequencer.preview(40, 36), 55, 0.001)  # ramp and hold take 35 s
    near(sequencer.preview(40, 34), 50, 0.001)
    corner = Sequencer(recipe(stage("a", 50, hold_s=0), stage("b", 90)), 25.0, 7200)
    near(corner.preview(40, 5), 65, 0.001)  # nothing is held there


def test_preview_stays_while_the_board_is_out_of_its_band():
    sequencer = Sequencer(recipe(stage("a", 50), stage("b", 90)), 25.0, 7200)
    perfect(sequencer, 30)
    assert sequencer.state == HOLD
    near(sequencer.preview(10), 55, 1.0)
    walk(sequencer, 1, 44.0)  # the clock of the hold stands
    near(sequencer.preview(10), 50, 0.001)
    walk(sequencer, 1, 49.0)
    near(sequencer.preview(10), 55, 1.0)


def test_preview_goes_on_though_the_setpoint_waits():
    sequencer = Sequencer(recipe(stage("a", 100)), 25.0, 7200)
    perfect(sequencer, 5, short=True)
    near(sequencer.setpoint.setpoint_c, 25, 0.001)
    near(sequencer.preview(10), 35, 0.001)


def said(sequencer, name):
    return [event for event in sequencer.events if event["ev"] == name]


def test_a_setpoint_that_waits_for_power_is_told_once_a_stage_and_counted_in_all():
    rows = (stage("a", 50, hold_s=0), stage("b", 90, hold_s=0))
    sequencer = Sequencer(recipe(*rows), 25.0, 7200)
    perfect(sequencer, 10)
    perfect(sequencer, 2, short=True)
    perfect(sequencer, 5)
    near(sequencer.setpoint.setpoint_c, 40, 0.3)
    assert said(sequencer, "stretched") == []
    perfect(sequencer, 1, short=True)  # 3 s in all
    assert said(sequencer, "stretched") == [{"ev": "stretched", "i": 0}]
    perfect(sequencer, 30, short=True)
    assert len(said(sequencer, "stretched")) == 1
    near(sequencer.setpoint.setpoint_c, 40, 0.3)
    perfect(sequencer, 12)
    assert sequencer.index == 1
    perfect(sequencer, 4, short=True)
    assert said(sequencer, "stretched")[1:] == [{"ev": "stretched", "i": 1}]
    assert sequencer.stretched_ms == 37_000


def test_only_a_ramp_can_be_stretched_and_only_while_the_board_is_seen():
    sequencer = Sequencer(recipe(stage("a", 50, hold_s=60)), 25.0, 7200)
    for _ in range(40):
        sequencer.step(TICK, None, True)
    assert sequencer.stretched_ms == 0
    perfect(sequencer, 30)
    assert sequencer.state == HOLD
    perfect(sequencer, 20, short=True)
    assert sequencer.stretched_ms == 0 and said(sequencer, "stretched") == []


def test_a_profile_that_may_not_be_stretched_waits_by_hold_back_alone():
    sequencer = Sequencer(recipe(stage("a", 100), stretch=False), 25.0, 7200)
    perfect(sequencer, 20, short=True)
    near(sequencer.setpoint.setpoint_c, 45, 0.3)
    assert sequencer.stretched_ms == 0 and said(sequencer, "stretched") == []
    for _ in range(4 * 60):
        sequencer.step(TICK, 45.0, True)
    near(sequencer.setpoint.setpoint_c, 55.25, 0.3)
