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
    assert (
        sequencer.setpoint.held and sequencer.setpoint.preview(10) == sequencer.setpoint.setpoint_c
    )


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
