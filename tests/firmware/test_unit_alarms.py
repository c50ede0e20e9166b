"""Alarms over the line protocol, and over a reset, on a whole unit of ordinary parts."""

import json


def fail(bench):
    """A run that the interlock ends, and the closing of the cover again."""
    bench.wait(2)
    bench.begin()
    bench.wait(5)
    bench.interlock.level = 1
    bench.wait(2)


def test_alarms_are_listed_acknowledged_and_cleared(bench):
    assert bench.ask("alarms")["alarms"] == []
    fail(bench)
    (row,) = bench.ask("alarms")["alarms"]
    assert row[:3] == ["interlock", "high", "unacked"] and row[5] is True
    status = bench.ask("status")
    assert (status["alarms"], status["unacked"]) == (1, "interlock")
    assert bench.ask("ack")["acked"] == ["interlock"]
    assert bench.ask("ack")["acked"] == []
    assert bench.ask("status")["unacked"] is None
    refused = bench.ask("clear")
    assert refused["code"] == "state"
    assert refused["why"] == "interlock is still there: the input is open"
    bench.interlock.level = 0
    bench.wait(2)
    assert bench.ask("alarms")["alarms"][0][2:3] == ["acked"]
    assert bench.ask("clear")["ok"] and bench.ask("alarms")["alarms"] == []


def test_each_transition_is_told_to_the_host_and_not_to_the_log(bench):
    fail(bench)
    bench.ask("ack")
    bench.interlock.level = 0
    bench.wait(2)
    bench.line.take()
    bench.line.send({"id": 1, "cmd": "clear"})
    bench.wait(2)
    told = [obj for obj in bench.line.take() if obj.get("ev") == "alarm"]
    assert told == [{"ev": "alarm", "code": "interlock", "state": "normal", "prio": "high"}]


def test_acknowledgement_outlives_a_reset_and_the_fault_with_it(bench):
    fail(bench)
    bench.ask("ack")
    bench.wait(1)
    stored = bench.store.read_json("latch.json")
    assert [row[::2] for row in stored] == [["interlock", True]]
    bench.interlock.level = 0
    bench.boot()
    bench.wait(1)
    (row,) = bench.ask("alarms")["alarms"]
    assert row[:3] == ["interlock", "high", "acked"]
    assert bench.ask("ack")["acked"] == []


def test_a_latch_without_acknowledgements_reads_as_before(bench):
    bench.store.write_json("latch.json", [["link", "10 s"]])
    bench.boot()
    bench.wait(1)
    assert bench.ask("alarms")["alarms"][0][:3] == ["link", "high", "unacked"]
    assert json.dumps(bench.ask("status")["faults"]) == '["link"]'


def test_an_exception_in_every_tick_is_an_alarm_all_the_same(bench):
    bench.wait(2)
    bench.probe.raises = RuntimeError("bang")
    bench.wait(1)
    assert bench.unit.kernel.alarms.listing()[0][0] == "internal"
