"""The life of an alarm: it comes, is acknowledged, returns; a fault stays until it is cleared."""

from expect import raises
from preheat_core import alarms, signals
from preheat_core.alarms import ACKED, NORMAL, RETURNED, UNACKED, Alarms, priority
from preheat_core.faults import CODES, FAULT, UNPLUG, severity
from rig import BOARD, Rig, recipe, stage, with_probes

LONG = recipe(stage("a", 200, ramp_max_s=2000))
HOLD = recipe(stage("a", 100, hold_s=3000, hold_max_s=3600))


def with_chip(temp_c=240.0):
    """A rig with a component probe that reads what it is told."""
    rig = Rig(with_probes(("chip", "component")))
    rig.fixed_c[1] = temp_c
    return rig


def alarm(rig, code):
    """The listed row of this alarm as a dict; None when it is not listed."""
    for row in rig.kernel.alarms.listing():
        if row[0] == code:
            return dict(zip(("code", "prio", "state", "since_s", "detail", "active"), row))
    return None


def states(rig, code):
    """The states that were told of this alarm so far."""
    return [event["state"] for event in rig.said("alarm") if event["code"] == code]


def test_an_alarm_comes_is_acknowledged_and_returns():
    rig = with_chip().running(HOLD, 20)
    assert rig.kernel.alarms.listing() == []
    rig.fixed_c[1] = 247.0
    rig.wait(5)
    found = alarm(rig, "approach")
    assert (found["prio"], found["state"], found["active"]) == ("medium", UNACKED, True)
    assert found["detail"] == "chip 247 C, limit 250 C" and 3 <= found["since_s"] <= 5
    assert "approach" in rig.kernel.orders.acknowledge()
    assert alarm(rig, "approach")["state"] == ACKED
    rig.fixed_c[1] = 240.0
    rig.wait(alarms.RETURN_S + 2)
    assert alarm(rig, "approach") is None
    assert states(rig, "approach") == [UNACKED, ACKED, NORMAL]


def test_one_that_returns_before_anybody_saw_it_stays_listed():
    rig = with_chip().running(HOLD, 20)
    rig.fixed_c[1] = 247.0
    rig.wait(5)
    rig.fixed_c[1] = 240.0
    rig.wait(20)
    found = alarm(rig, "approach")
    assert (found["state"], found["active"]) == (RETURNED, False)
    rig.kernel.orders.acknowledge()
    rig.tick()
    assert alarm(rig, "approach") is None
    assert states(rig, "approach") == [UNACKED, RETURNED, NORMAL]


def test_an_approach_is_over_only_well_below_it():
    rig = with_chip().running(HOLD, 20)
    for temp_c in (247.0, 244.5, 247.0, 244.5):
        rig.fixed_c[1] = temp_c
        rig.wait(20)
    assert alarm(rig, "approach")["active"] and len(rig.said("approach")) == 1
    rig.fixed_c[1] = 240.0
    rig.wait(20)
    assert alarm(rig, "approach")["state"] == RETURNED


def test_every_probe_has_an_approach_of_its_own():
    rig = Rig(with_probes(("chip", "component"), ("lid", "board_top")))
    rig.fixed_c[1] = rig.fixed_c[2] = 240.0
    rig.running(HOLD, 20)
    rig.fixed_c[1] = 247.0
    rig.wait(3)
    rig.fixed_c[2] = 247.0
    rig.wait(3)
    assert [event["role"] for event in rig.said("approach")] == ["component", "board_top"]


def test_a_limit_that_coasting_would_reach_is_told_before_the_limit():
    made = dict(BOARD)
    made["zones"] = [dict(BOARD["zones"][0], coast_s=60)]
    rig = Rig(made).running(LONG)
    rig.until(lambda: rig.said("approach"), 400)
    assert rig.probe_c < 200 and rig.said("approach")[0]["limit_c"] == 250
    assert rig.kernel.heating


def test_a_missing_reading_ends_no_approach():
    rig = with_chip().running(HOLD, 20)
    rig.fixed_c[1] = 247.0
    rig.wait(5)
    rig.kernel.orders.stop()
    rig.faults[1] = "tc_open"
    rig.wait(20)
    assert alarm(rig, "approach")["active"]


def test_a_board_that_overshoots_its_setpoint_is_an_alarm_and_one_that_cools_is_none():
    rig = Rig().running(recipe(stage("a", 120), stage("b", 80, hold_s=60)))
    rig.until(lambda: rig.kernel.run is not None and rig.kernel.run.sequencer.index == 1, 400)
    rig.wait(30)
    assert rig.probe_c > 90 and alarm(rig, "overshoot") is None
    rig = Rig().running(HOLD)
    rig.until(lambda: rig.said("reached"))
    rig.wait(20)
    assert alarm(rig, "overshoot") is None
    rig.fixed_c[0] = 106.0
    rig.wait(3)
    found = alarm(rig, "overshoot")
    assert found["prio"] == "medium" and "over the setpoint" in found["detail"]
    rig.fixed_c[0] = 102.5
    rig.wait(20)
    assert alarm(rig, "overshoot")["active"]  # inside the band, but only just
    rig.fixed_c[0] = 101.5
    rig.wait(20)
    assert alarm(rig, "overshoot")["state"] == RETURNED


def test_heat_from_above_is_no_overshoot():
    rig = Rig().running(HOLD)
    rig.until(lambda: rig.said("reached"))
    assert rig.kernel.orders.external(True) is None
    rig.fixed_c[0] = 110.0
    rig.wait(10)
    assert alarm(rig, "overshoot") is None


def test_a_fault_stays_listed_until_it_is_cleared():
    rig = Rig().running(LONG, 30)
    rig.faults[0] = "tc_open"
    rig.wait(3)
    found = alarm(rig, "tc_open")
    assert (found["prio"], found["state"], found["active"]) == ("high", UNACKED, True)
    rig.faults.clear()
    rig.wait(1)
    assert not alarm(rig, "tc_open")["active"] and alarm(rig, "tc_open")["state"] == UNACKED
    rig.kernel.orders.acknowledge()
    rig.wait(20)
    assert alarm(rig, "tc_open")["state"] == ACKED and rig.kernel.state == FAULT
    assert rig.kernel.orders.clear() is None
    rig.tick()
    assert alarm(rig, "tc_open") is None
    assert states(rig, "tc_open") == [UNACKED, ACKED, NORMAL]


def sounds(rig, ticks=8):
    """True when the buzzer sounded within so many ticks."""
    return True in [rig.tick().buzzer for _ in range(ticks)]


def test_a_new_fault_sounds_again():
    rig = Rig().running(LONG, 30)
    rig.kernel.fail("link", "first")
    assert sounds(rig)
    assert rig.kernel.orders.acknowledge() == ["link"]
    assert not sounds(rig)
    rig.kernel.fail("interlock", "second")
    assert sounds(rig)
    assert rig.kernel.orders.acknowledge() == ["interlock"]
    assert not sounds(rig) and rig.kernel.orders.acknowledge() == []
    assert rig.said("ack")[0]["codes"] == ["link"]


def test_a_warning_sounds_once():
    rig = with_chip().running(HOLD, 20)
    rig.fixed_c[1] = 247.0
    assert sounds(rig, len(signals.APPROACH) + 4)
    assert not sounds(rig, 40)


def test_unplug_sounds_although_it_was_acknowledged():
    rig = Rig(latched=[("stuck_on", "before the reset", True)])
    assert sounds(rig)
    assert alarm(rig, "stuck_on")["state"] == ACKED and alarm(rig, "stuck_on")["prio"] == "urgent"


def test_acknowledgement_outlives_a_reset_with_the_fault():
    rig = Rig()
    rig.kernel.fail("link", "gone")
    rig.kernel.orders.acknowledge()
    rig.kernel.fail("interlock", "open")
    rows = rig.kernel.alarms.stored(rig.kernel.latch.rows)
    assert rows == [["link", "gone", True], ["interlock", "open", False]]
    again = Rig(latched=rows)
    assert alarm(again, "link")["state"] == ACKED
    assert alarm(again, "interlock")["state"] == UNACKED and again.kernel.alarms.unacked
    assert again.kernel.latch.rows == [("link", "gone"), ("interlock", "open")]


def test_the_worst_stands_first_and_every_code_has_a_priority():
    made = Alarms([("link", "a"), ("tc_open", "b"), ("stuck_on", "c"), ("from the future", "d")])
    assert [row[0] for row in made.listing()] == ["stuck_on", "link", "tc_open"]
    assert made.unacked == "stuck_on"
    for code in CODES:
        urgent = severity(code) == UNPLUG
        assert priority(code) == (alarms.URGENT if urgent else alarms.HIGH)


def test_a_list_of_everything_fits_into_one_answer():
    from preheat_core.protocol import MAX_DEVICE_LINE, encode

    made = Alarms([(code, "x" * 200) for code in CODES])
    line = encode({"id": 1 << 29, "ok": True, "alarms": made.listing()})
    assert len(made.listing()) == alarms.LIST_ROWS and len(line) <= MAX_DEVICE_LINE


def test_a_run_begins_with_fresh_notices_and_keeps_none():
    rig = with_chip(247.0)
    rig.wait(2)
    assert rig.kernel.alarms.listing() == []  # the board file alone allows more
    rig.running(HOLD, 10)
    assert alarm(rig, "inhibit") and alarm(rig, "approach")
    rig.kernel.orders.stop()
    rig.fixed_c[1] = 40.0
    rig.wait(20)
    assert rig.start(HOLD) is None
    assert rig.kernel.alarms.listing() == []


def test_a_cause_that_returns_behind_its_acknowledgement_sounds_again():
    rig = Rig().running(recipe(stage("a", 100)), 20)
    rig.fixed_c[0] = 270.0
    rig.wait(3)
    assert rig.kernel.orders.acknowledge() and rig.kernel.alarms.silenced
    rig.fixed_c[0] = 40.0
    rig.wait(30)
    assert rig.kernel.alarms.silenced  # it only cooled
    rig.events.clear()
    rig.fixed_c[0] = 290.0
    rig.wait(10)
    assert not rig.kernel.alarms.silenced
    assert [e["state"] for e in rig.said("alarm") if e["code"] == "over_temp"] == ["unacked"]
    assert sum(rig.tick().buzzer for _ in range(40)) == 20


def test_a_fault_whose_alarm_was_lost_in_another_failure_sounds_all_the_same():
    rig = Rig().running(recipe(stage("a", 100)), 20)
    kept = rig.kernel.alarms
    rig.kernel.alarms = None  # whatever goes wrong in the middle of it
    raises(AttributeError, rig.kernel.fail, "internal", "the first")
    rig.kernel.alarms = kept
    assert not rig.kernel.run.heating
    rig.wait(1)
    assert not rig.kernel.alarms.silenced
    assert rig.kernel.orders.clear() is None
    rig.wait(1)
    assert not rig.kernel.heating and rig.decision is not None and not rig.decision.permit

