"""A clock that jumps, stands or is late under the whole loop: no heat, no exception, no wait."""

import pytest

from preheat_core import clock

HOUR_MS = 3_600_000
JUMPS_MS = (-1, -250, -5000, -HOUR_MS, 2000, HOUR_MS, clock.HALF_MS - 1, clock.HALF_MS)


def heated(bench):
    """The unit in a ramp, with the relay on."""
    bench.begin()
    for _ in range(200):
        bench.loop.tick()
        if bench.ssr.level:
            return bench
    raise AssertionError("it never heated")


def jump(bench, by_ms, after_sleeps):
    """The clock jumps once, after so many more sleeps of the loop."""
    sleep_ms, left = bench.time.sleep_ms, [after_sleeps]

    def sleep(ms):
        sleep_ms(ms)
        left[0] -= 1
        if left[0] == 0:
            bench.probe._last_ms = clock.add(bench.probe._last_ms, by_ms)  # the plant does not
            bench.time.now_ms = clock.add(bench.time.now_ms, by_ms)

    bench.loop._sleep_ms = sleep


@pytest.mark.parametrize("after_sleeps", [1, 3, 9, 14])
@pytest.mark.parametrize("by_ms", JUMPS_MS)
def test_a_jump_takes_the_heat_away_within_two_ticks(bench, by_ms, after_sleeps):
    heated(bench)
    jump(bench, by_ms, after_sleeps)
    for _ in range(4):
        bench.loop.tick()
    if by_ms < -1 or by_ms > 1000:  # a millisecond is within what a tick may vary
        assert bench.ssr.level == 0 and bench.contactor.level == 0
        assert set(bench.unit.kernel.latch.codes) & {"late", "gate_timeout"}
    bench.ssr.history.clear()
    bench.wait(10)
    assert bench.unit.kernel.latch.codes == [] or 1 not in bench.ssr.history


@pytest.mark.parametrize("by_ms", JUMPS_MS)
def test_after_a_jump_ticks_come_at_their_pace_again(bench, by_ms):
    jump(bench, by_ms, 3)
    bench.loop.tick()
    bench.loop.tick()
    start_ms = bench.time.now_ms
    for _ in range(40):
        bench.loop.tick()
    assert abs(clock.diff(bench.time.now_ms, start_ms) - 40 * clock.TICK_MS) <= clock.TICK_MS
    assert bench.unit.uptime_ms >= 0 and bench.ask("status")["faults"] == []


def test_the_line_is_answered_and_the_status_flows_after_the_clock_went_back(bench):
    assert bench.ask("hello")["ok"]
    jump(bench, -HOUR_MS, 1)
    bench.wait(1)
    bench.line.take()
    bench.wait(10)
    assert any("st" in obj for obj in bench.line.take())
    assert bench.ask("hello")["ok"]


def test_a_clock_that_stands_still_neither_hangs_the_loop_nor_heats(bench):
    heated(bench)
    bench.loop._sleep_ms = lambda ms: None
    for _ in range(3):
        bench.loop.tick()
    assert bench.ssr.level == 0 and bench.contactor.level == 0
    assert bench.unit.kernel.latch.codes == ["late"]


def test_a_slow_flash_in_the_off_part_trips_nothing(bench):
    heated(bench)
    flush = bench.unit.journal.flush

    def slow(kernel):
        assert bench.ssr.level == 0
        bench.time.sleep_ms(400)
        flush(kernel)

    bench.unit.journal.flush = slow
    bench.wait(120)
    kernel = bench.unit.kernel
    assert kernel.latch.codes == [] and kernel.run.ticks.worst_ms > 400


def test_a_probe_that_takes_seconds_to_answer_is_a_late_loop(bench):
    heated(bench)
    read = bench.probe.read

    def slow():
        bench.gate.off()  # so that the timer has nothing to take away
        bench.time.sleep_ms(2000)
        return read()

    bench.probe.read = slow
    bench.loop.tick()
    bench.probe.read = read
    bench.loop.tick()
    assert bench.unit.kernel.latch.codes == ["late"] and bench.ssr.level == 0


def test_the_wrap_is_passed_without_a_late_tick(bench):
    bench.time.now_ms = bench.probe._last_ms = clock.PERIOD_MS - 10_000
    bench.wait(1)
    heated(bench)
    before_ms = bench.time.now_ms
    bench.wait(20)
    assert bench.time.now_ms < before_ms
    kernel = bench.unit.kernel
    assert kernel.latch.codes == [] and kernel.run.ticks.late_ticks == 0
