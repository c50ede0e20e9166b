"""Failures inside the handling of a failure: the heat stays off, the fault is told and kept."""

import pytest
from parts import Bench, FakePin

from preheat_fw.ports import Ports


@pytest.fixture
def bench(tmp_path):
    made = Bench(str(tmp_path))
    yield made
    made.close()


def once(function, error=MemoryError):
    """`function`, but its first call fails."""
    left = [error("no memory")]

    def called(*args):
        if left:
            raise left.pop()
        return function(*args)

    return called


def test_a_failure_that_cannot_be_stored_stays_in_the_loop_and_is_stored_later(bench):
    bench.begin()
    bench.wait(5)
    bench.unit.journal.save_latch = once(bench.unit.journal.save_latch)
    bench.wait(3)
    assert bench.unit.kernel.latch.codes == ["internal"] and bench.ssr.level == 0
    bench.boot()
    assert bench.unit.kernel.latch.codes == ["internal"]


def test_a_latch_that_its_keeper_never_stores_is_stored_all_the_same(bench):
    bench.begin()
    bench.wait(5)

    def broken(*_):
        raise TypeError("a defect")

    bench.unit.journal.save_latch = broken
    bench.wait(3)
    assert not any(bench.fed[-8:])  # the watchdog bites
    bench.boot()
    assert bench.unit.kernel.latch.codes == ["internal"]


def test_a_failure_that_cannot_even_be_latched_gives_no_heat_before_it_is(bench):
    bench.begin()
    bench.wait(5)
    bench.unit.kernel.fail = once(bench.unit.kernel.fail)
    bench.probe.read = once(bench.probe.read, ValueError)
    bench.fed.clear()
    bench.ssr.history.clear()
    bench.loop.tick()
    assert not any(bench.fed) and 1 not in bench.ssr.history
    bench.wait(2)
    assert bench.unit.kernel.latch.codes == ["internal"] and 1 not in bench.ssr.history


def test_while_nothing_can_be_told_no_step_is_done_and_the_watchdog_starves(bench):
    bench.begin()
    bench.wait(5)
    fail = bench.unit.kernel.fail

    def never(*_):
        raise MemoryError("still none")

    bench.unit.kernel.fail = never
    bench.probe.read = once(bench.probe.read, ValueError)
    bench.fed.clear()
    bench.ssr.history.clear()
    bench.wait(5)
    assert not any(bench.fed) and 1 not in bench.ssr.history
    bench.unit.kernel.fail = fail
    bench.wait(1)
    assert bench.unit.kernel.latch.codes == ["internal"] and bench.fed[-1]


def test_lamp_and_buzzer_call_although_every_tick_fails_and_the_button_silences(bench):
    lamp, buzzer = FakePin(), FakePin()
    bench.loop._ports = Ports({"lamp": lamp, "buzzer": buzzer, "start_button": bench.button})
    bench.begin()
    bench.wait(5)
    bench.probe.raises = ValueError("a driver's defect")
    bench.wait(1)
    lamp.history.clear()
    buzzer.history.clear()
    bench.wait(20)
    assert sum(lamp.history) == 40 and sum(buzzer.history) == 40
    bench.button.level = 0
    bench.wait(1)
    bench.button.level = 1
    buzzer.history.clear()
    bench.wait(5)
    assert sum(buzzer.history) == 0 and sum(lamp.history) > 40


def test_relay_and_contactor_never_close_together_however_slow_the_flash_is(bench):
    closed_ms = {}

    def noted(name, pin):
        def called(level=None):
            if level == 1:
                closed_ms.setdefault(name, bench.time.now_ms)
            return pin(level)

        return called

    begin = bench.unit.journal.begin
    bench.unit.journal.begin = lambda run_id: (bench.time.sleep_ms(600), begin(run_id))
    bench.gate._ssr = noted("ssr", bench.ssr)
    bench.gate._contactor = noted("contactor", bench.contactor)
    bench.begin()
    bench.wait(3)
    assert closed_ms["ssr"] - closed_ms["contactor"] >= 500
