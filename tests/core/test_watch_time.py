"""Late and missed ticks: what a slow flash costs is no fault, a clock gone wrong is one."""

from preheat_core import clock
from preheat_core.runlog import read
from preheat_core.watch_time import LATE_MOST, WINDOW, TimeWatch
from rig import Rig, recipe, stage


def judged(*ticks_ms):
    """The verdict of a watch after these ticks, and the watch; the first tick is passed over."""
    watch = TimeWatch()
    why = watch.step(250)
    for took_ms in ticks_ms:
        why = why or watch.step(took_ms)
    return why, watch


def test_ticks_in_time_are_none_late():
    why, watch = judged(*[250] * 1000)
    assert why is None and watch.late_ticks == 0 and watch.worst_ms == 250


def test_the_tick_of_the_start_itself_does_not_count():
    watch = TimeWatch()
    assert watch.step(9000) is None and watch.late_ticks == 0 and watch.worst_ms == 0


def test_the_slowest_flash_is_no_fault():
    """400 ms more every 10 s, behind a pulse of 249 ms: the most that our own writes can cost."""
    ticks_ms = ([250] * 39 + [249 + 400]) * 60
    why, watch = judged(*ticks_ms)
    assert why is None and watch.late_ticks == 60 and watch.worst_ms == 649


def test_a_host_that_stops_reading_while_the_flash_is_slow_is_no_fault():
    ticks_ms = ([250] * 39 + [649]) * 60
    ticks_ms[50] = 750
    assert judged(*ticks_ms)[0] is None


def test_many_late_ticks_in_a_minute_trip_and_as_many_in_an_hour_do_not():
    why, watch = judged(*[501] * (LATE_MOST + 1))
    assert why is not None and str(WINDOW) in why and "501" in why
    assert judged(*[501] * LATE_MOST)[0] is None
    assert judged(*([501] + [250] * 59) * 100)[0] is None


def test_one_tick_of_over_a_second_and_a_half_trips():
    assert judged(1500)[0] is None
    assert "1501" in judged(1501)[0]


def test_a_clock_that_stands_or_goes_back_trips_at_once():
    for took_ms in (0, -1, -clock.HALF_MS):
        why, watch = judged(250, took_ms)
        assert why is not None and watch.late_ticks == 1 and watch.worst_ms == 250


def heated():
    """A rig in the middle of a ramp, with heat on."""
    rig = Rig().running(recipe(stage("a", 200)), 20)
    rig.until(lambda: rig.decision.permit, 20)
    return rig


def test_a_jump_of_the_clock_ends_the_heat_in_that_tick():
    for jump_ms in (-250, -251, -5000, -3_600_000, 1251, 400_000, 3_600_000, clock.HALF_MS):
        rig = heated()
        rig.now_ms = clock.add(rig.now_ms, jump_ms)
        rig.tick()
        assert not rig.decision.permit and not rig.decision.contactor, jump_ms
        assert rig.kernel.latch.codes == ["late"], jump_ms
        rig.wait(5)
        assert not rig.decision.permit


def test_a_clock_that_stands_still_ends_the_heat_in_the_next_tick():
    rig = heated()
    at_ms = clock.add(rig.now_ms, -250)
    for _ in range(20):
        rig.now_ms = at_ms
        rig.tick()
        assert not rig.decision.permit
    assert rig.kernel.latch.codes == ["late"]


def test_the_wrap_of_the_clock_is_no_jump():
    rig = Rig().running(recipe(stage("a", 200)), 0)
    before_ms = rig.now_ms
    rig.wait(60)
    assert rig.kernel.heating and rig.now_ms < before_ms + 60_000  # it wrapped on the way
    assert rig.kernel.run.ticks.late_ticks == 0


def test_jumps_without_a_run_do_nothing_and_never_raise():
    rig = Rig()
    for jump_ms in (0, -1, -250, clock.HALF_MS, -clock.HALF_MS, 1, clock.PERIOD_MS - 1, 7):
        rig.now_ms = clock.add(rig.now_ms, jump_ms)
        rig.tick()
        assert not rig.decision.permit and rig.kernel.latch.codes == []


def test_late_while_the_board_cools_is_no_fault():
    rig = heated()
    rig.kernel.orders.stop()
    for _ in range(30):
        rig.tick(1600)
    assert rig.kernel.latch.codes == []


def test_the_summary_says_how_late():
    rig = heated()
    rig.tick(700)
    rig.tick(250)
    rig.kernel.orders.stop()
    rig.until(lambda: rig.kernel.run is None)
    summary = read(b"".join(rig.blocks)).summary
    assert summary["late_ticks"] == 1 and summary["worst_tick_ms"] == 700
