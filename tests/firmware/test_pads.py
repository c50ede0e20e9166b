"""Pins that do not follow their command: each tick the pad is read back, before it is driven.

The pad is all that this proves; what the relay does behind it is for probes and load sense.
"""

import pytest
from parts import FakeClock, FakePin, FakeTimer

from preheat_fw.gate import DROP_MS, Gate
from preheat_fw.store import sha


class StuckPin(FakePin):
    """A pin whose pad keeps a level from the moment `stuck` is set."""

    stuck = None

    def __call__(self, level=None):
        if level is None and self.stuck is not None:
            return self.stuck
        return super().__call__(level)


def made(contactor=True):
    time = FakeClock()
    ssr, other = StuckPin(), StuckPin() if contactor else None
    gate = Gate(ssr, other, FakeTimer(time), FakeTimer.ONE_SHOT, time.ticks_ms)
    return time, ssr, other, gate


def window(gate, time, full_ticks):
    """A window of four ticks, so many of them with heat; what was read back before each."""
    found = []
    for tick in range(4):
        found.append(gate.read_back())
        gate.tick(tick < full_ticks, 250)
        time.sleep_ms(250)
    return found


@pytest.mark.parametrize("contactor", [True, False])
def test_pins_that_obey_are_never_told_of(contactor):
    time, _, _, gate = made(contactor)
    gate.close(True)
    for full_ticks in (0, 1, 2, 3, 4, 0):
        assert window(gate, time, full_ticks) == [[], [], [], []]


def test_a_relay_pin_that_is_high_although_low_was_commanded_is_told_at_the_second_tick():
    _, ssr, _, gate = made()
    ssr.stuck = 1
    assert gate.read_back() == []
    assert gate.read_back() == [("pad", "ssr reads 1, commanded 0")]


@pytest.mark.parametrize(("full_ticks", "most_ticks"), [(0, 2), (1, 3), (2, 4), (3, 8)])
def test_it_is_told_too_while_pulses_come_in_between(full_ticks, most_ticks):
    time, ssr, _, gate = made()
    gate.close(True)
    ssr.stuck = 1
    found = window(gate, time, full_ticks) + window(gate, time, full_ticks)
    first = next(index for index, rows in enumerate(found) if rows)
    assert first < most_ticks


def test_at_full_power_it_is_told_as_soon_as_heat_was_to_end():
    time, ssr, _, gate = made()
    for _ in range(5):
        ssr.stuck = 1
        assert not any(window(gate, time, 4)[1:])
    gate.tick(False, 0)
    assert gate.read_back() or gate.read_back()


def test_a_pin_that_stays_low_is_told_and_is_gone_with_the_command():
    time, ssr, _, gate = made()
    ssr.stuck = 0
    gate.tick(True, 250)
    assert gate.read_back() == []
    assert gate.read_back() == [("pad", "ssr reads 0, commanded 1")]
    gate.tick(False, 0)
    assert gate.read_back() == []  # the cause is not measured any more: it can be cleared


def test_the_contactor_is_read_back_too():
    _, _, contactor, gate = made()
    gate.close(True)
    contactor.stuck = 0
    gate.read_back()
    assert gate.read_back() == [("pad", "contactor reads 0, commanded 1")]
    gate.close(False)
    contactor.stuck = 1
    gate.read_back()
    assert gate.read_back() == [("pad", "contactor reads 1, commanded 0")]


def test_heat_that_the_timer_took_away_is_no_pad():
    time, _, _, gate = made()
    gate.close(True)
    gate.tick(True, 250)
    time.sleep_ms(DROP_MS)
    assert gate.dropped
    assert gate.read_back() == [] and gate.read_back() == []


def test_one_wrong_reading_is_none():
    _, ssr, _, gate = made()
    for _ in range(10):
        ssr.stuck = 1
        assert gate.read_back() == []
        ssr.stuck = None
        assert gate.read_back() == []


def stick(monkeypatch, pin, level):
    """This unit's pin reads `level` whatever is written to it; hot while it is high."""
    call = FakePin.__call__

    def stuck(self, asked=None):
        if self is not pin:
            return call(self, asked)
        if asked is not None:
            self.history.append(asked)
        self.level = level
        return level if asked is None else None

    monkeypatch.setattr(FakePin, "__call__", stuck)


def test_a_unit_opens_the_contactor_and_says_unplug(bench, monkeypatch):
    bench.begin()
    bench.wait(20)
    bench.ask("status")
    stick(monkeypatch, bench.ssr, 1)
    bench.wait(2)
    kernel = bench.unit.kernel
    assert kernel.latch.codes == ["pad"] and kernel.latch.detail() == "ssr reads 1, commanded 0"
    assert bench.contactor.level == 0
    assert any(obj.get("ev") == "unplug" for obj in bench.line.take())
    bench.boot()  # it survives a reset, and is found again
    bench.wait(1)
    assert bench.ask("clear")["code"] == "state"
    monkeypatch.undo()
    bench.probe.temp_c = 25.0
    bench.ssr(0)
    bench.wait(20)
    assert bench.ask("clear")["ok"] and bench.ask("status")["state"] == "idle"


def test_an_idle_unit_finds_it_too(bench, monkeypatch):
    stick(monkeypatch, bench.contactor, 1)
    bench.wait(1)
    assert bench.unit.kernel.latch.codes == ["pad"]


def test_start_is_refused_from_the_second_tick_of_a_wrong_pad_on(bench, monkeypatch):
    token = bench.begin()
    bench.ask("stop")
    bench.wait(1)
    stick(monkeypatch, bench.ssr, 1)
    bench.wait(0.5)
    stored = sha(bench.store.read_bytes("profiles/warm.json"))
    found = bench.ask("start", token=token, profile="warm", hash=stored, detach=True, by="test")
    assert found["code"] == "state" and "pad" in found["why"] and bench.contactor.level == 0
