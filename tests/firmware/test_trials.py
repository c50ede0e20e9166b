"""Selftest on a whole unit over its line: relay, contactor, outputs, flash, ticks, bite."""

import pytest
from parts import BOARD, PROFILE, SENSING, Bench, FakePin

from preheat_core import profile
from preheat_core.contactor_proof import REST_MS
from preheat_fw.gate import DROP_MS
from preheat_fw.store import StoreError

REST_S = REST_MS / 1000


@pytest.fixture
def sensing(tmp_path):
    """A unit whose load sense can prove its contactor; idle, cool, claimed as `token`."""
    made = Bench(tmp_path, SENSING)
    made.wait(1)
    made.token = made.ask("claim", host="test")["token"]
    yield made
    made.close()


def begin(bench, seconds=0.0, what="proof"):
    """Begin, and beat while time passes."""
    found = bench.ask("test", token=bench.token, what=what)
    assert found["ok"], found
    alive(bench, seconds)


def alive(bench, seconds):
    for _ in range(int(seconds / 0.5)):
        assert bench.ask("beat", token=bench.token)["ok"]
        bench.wait(0.25)


def ended(bench, most_s=60):
    """Beat until the trial is over; the answer to `tested`."""
    for _ in range(int(most_s / 0.5)):
        found = bench.ask("tested")
        if found["verdict"] != "running":
            return found
        alive(bench, 0.5)
    raise AssertionError("it does not end")


def test_a_proof_switches_the_relay_with_the_contactor_open_and_tells_its_verdict(sensing):
    sensing.contactor.history.clear()
    begin(sensing, REST_S + 1)
    assert sensing.ssr.level == 1 and sensing.timer._due_ms is not None
    assert sensing.ask("tested")["verdict"] == "running"
    found = ended(sensing)
    assert (found["what"], found["verdict"]) == ("proof", "proven"), found
    assert sensing.ssr.level == 0 and 1 not in sensing.contactor.history
    status = sensing.ask("status")
    assert status["state"] == "idle" and status["faults"] == []


def test_the_verdict_comes_as_an_event_too(sensing):
    begin(sensing, REST_S + 1)
    sensing.line.take()
    for _ in range(8):
        sensing.wait(0.5)
    events = [obj for obj in sensing.line.take() if obj.get("ev") == "tested"]
    assert [event["verdict"] for event in events] == ["proven"]


def test_the_relay_does_not_flicker_between_the_ticks_of_a_proof(sensing):
    begin(sensing, REST_S + 0.5)
    assert sensing.ssr.level == 1
    del sensing.ssr.history[:]
    sensing.wait(0.5)
    assert set(sensing.ssr.history) <= {1}


def test_a_welded_contactor_is_a_lasting_fault_and_the_relay_is_off(sensing):
    sensing.welded = True
    begin(sensing)
    assert ended(sensing)["verdict"] == "welded"
    assert sensing.ssr.level == 0
    assert sensing.unit.kernel.latch.codes == ["contactor"]
    assert sensing.probe.temp_c < 28
    sensing.boot()
    sensing.wait(1)
    assert sensing.ask("status")["faults"] == ["contactor"]


def test_stop_is_answered_with_the_pin_low_and_needs_no_claim(sensing):
    begin(sensing, REST_S + 1)
    assert sensing.ssr.level == 1
    answer = sensing.ask("stop")
    assert answer["ok"] and sensing.ssr.level == 0
    assert sensing.ask("tested")["verdict"] == "unprovable"
    sensing.wait(40)
    assert sensing.ssr.level == 0


def test_a_silent_host_ends_it(sensing):
    begin(sensing, REST_S - 12)
    sensing.wait(11)
    assert sensing.ask("tested")["detail"] == "10 s without a heartbeat"
    assert 1 not in sensing.ssr.history and sensing.unit.kernel.latch.codes == []


def test_nothing_is_written_and_nobody_takes_over_while_it_is_on(sensing):
    begin(sensing, REST_S - 5)
    token = sensing.token
    for cmd, args in (
        ("put", {"kind": "settings", "name": "x", "size": 5, "crc": "0" * 8}), ("done", {}),
        ("del", {"kind": "profile", "name": "x"}), ("clear", {}), ("disarm", {"token": token}),
        ("test", {"token": token, "what": "storage"}),
    ):  # fmt: skip
        assert sensing.ask(cmd, **args)["code"] == "state", cmd
    assert sensing.ask("claim", host="another")["code"] == "busy"
    assert sensing.unit.kernel.trial is not None  # none of it has ended it


def test_a_start_ends_it_and_is_refused(sensing):
    stored = sensing.push("profile", profile.normalise(PROFILE))["sha"]
    start = {"token": sensing.token, "profile": "warm", "hash": stored, "detach": True, "by": ""}
    begin(sensing, REST_S + 1)
    assert sensing.ssr.level == 1
    assert sensing.ask("start", **start)["code"] == "state" and sensing.ssr.level == 0
    assert sensing.unit.kernel.trial is None and sensing.unit.kernel.run is None
    assert sensing.ask("start", **start)["ok"]  # there is no test any more


@pytest.mark.parametrize("cmd", ["reset", "service", "bite"])
def test_who_leaves_switches_the_relay_off_before_the_first_write(sensing, monkeypatch, cmd):
    begin(sensing, REST_S + 1)
    assert sensing.ssr.level == 1
    levels = []
    write = sensing.store.write_json
    monkeypatch.setattr(
        sensing.store, "write_json",
        lambda *args: (levels.append(sensing.ssr.level), write(*args)),
    )  # fmt: skip
    more = {"token": sensing.token} if cmd == "bite" else {}
    assert sensing.ask(cmd, confirm=False, **more)["ok"]
    assert levels == [0] and sensing.unit.leaving == cmd
    assert sensing.store.read_json("intent.json") == {"intent": cmd}


def test_a_restarted_unit_does_not_go_on(sensing):
    begin(sensing, REST_S + 1)
    assert sensing.ssr.level == 1
    sensing.boot()
    assert sensing.ssr.level == 0
    del sensing.ssr.history[:]
    sensing.wait(40)
    assert 1 not in sensing.ssr.history
    assert sensing.ask("tested")["verdict"] is None


def test_a_loop_that_stops_in_a_proof_loses_the_relay_by_the_timer(sensing):
    begin(sensing, REST_S + 1)
    sensing.time.sleep_ms(DROP_MS)
    assert sensing.ssr.level == 0
    sensing.wait(0.5)
    assert sensing.unit.kernel.latch.codes == ["gate_timeout"]
    assert sensing.unit.kernel.tried[0] == "unprovable"


def test_an_exception_in_a_proof_takes_the_relay_away(sensing):
    begin(sensing, REST_S + 1)
    sensing.probe.raises = RuntimeError("tried")
    sensing.wait(0.25)
    assert sensing.ssr.level == 0 and sensing.unit.kernel.trial is None


def test_the_contactor_clicks_with_the_relay_off(sensing):
    sensing.contactor.history.clear()
    begin(sensing, what="contactor")
    sensing.wait(2)
    assert sensing.contactor.history.count(1) == 4 and sensing.contactor.level == 0
    assert 1 not in sensing.ssr.history
    assert sensing.ask("tested")["verdict"] == "done"


def test_an_output_is_on_for_a_second_and_its_pad_is_read_back(sensing):
    assert sensing.ask("test", token=sensing.token, what="lamp")["pad"] is True
    assert sensing.lamp.level == 1
    sensing.wait(2)
    assert sensing.lamp.level == 0
    assert sensing.ask("test", token=sensing.token, what="fan")["code"] == "missing"


def test_an_output_that_is_held_is_told(sensing):
    class Held(FakePin):
        def __call__(self, level=None):
            return 0 if level is None else None

    sensing.unit.ports._outputs[0] = Held()
    assert sensing.ask("test", token=sensing.token, what="lamp")["pad"] is False


def test_the_flash_is_written_read_and_timed(sensing):
    found = sensing.ask("test", token=sensing.token, what="storage")
    assert found["ok"] and found["took_ms"] == 0 and found["free"] > 0


def test_a_flash_that_fails_is_a_fault(sensing, monkeypatch):
    monkeypatch.setattr(
        sensing.unit.logs, "probe", lambda _bytes: ("flash_bad", "read back otherwise")
    )
    found = sensing.ask("test", token=sensing.token, what="storage")
    assert found["code"] == "problem" and sensing.unit.kernel.latch.codes == ["flash_bad"]


def test_ticks_are_counted_from_the_moment_they_were_asked_for(sensing):
    assert sensing.ask("tested")["ticks"] is None
    sensing.ask("test", token=sensing.token, what="ticks")
    sensing.wait(10)
    count, total_ms, longest_ms, late_ms = sensing.ask("tested")["ticks"]
    assert count == pytest.approx(40, abs=2) and total_ms == 250 * count
    assert longest_ms == 250 and late_ms == 0
    sensing.time.sleep_ms(60)
    sensing.wait(1)
    assert sensing.ask("tested")["ticks"][2:] == [310, 60]


def test_nothing_is_tried_with_a_fault_or_in_a_run(sensing):
    token = sensing.token = sensing.begin()
    assert sensing.ask("test", token=token, what="lamp")["code"] == "state"
    assert sensing.ask("tested")["code"] == "state"
    sensing.ask("stop")
    sensing.unit.kernel.fail("late", "tried")
    assert "late" in sensing.ask("test", token=token, what="lamp")["why"]


def test_a_hot_unit_wants_a_word_before_its_watchdog_bites(sensing):
    sensing.probe.temp_c = 80.0
    sensing.wait(2)
    assert sensing.ask("bite", token=sensing.token, confirm=False)["code"] == "hot"
    assert sensing.unit.leaving is None
    assert sensing.ask("test", token=sensing.token, what="proof")["code"] == "state"


def test_without_a_contactor_there_is_no_trial(tmp_path):
    pins = {key: pin for key, pin in BOARD["pins"].items() if key != "contactor"}
    bench = Bench(tmp_path, dict(BOARD, pins=pins))
    bench.wait(1)
    bench.token = bench.ask("claim", host="test")["token"]
    assert "no contactor" in bench.ask("test", token=bench.token, what="proof")["why"]
    bench.close()


def test_a_store_that_fails_leaves_the_watchdog_alone(sensing, monkeypatch):
    def fails(*_args):
        raise StoreError("problem", "tried")

    monkeypatch.setattr(sensing.store, "write_json", fails)
    assert sensing.ask("bite", token=sensing.token, confirm=False)["code"] == "problem"
    assert sensing.unit.leaving is None
