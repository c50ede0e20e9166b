"""Noise and alarms in plain words, as the verbs show them."""

import pytest

from host.cli_helpers import Shell
from host.fake_log import make_log
from host.fake_unit import FakeUnit
from preheat import hints, summary
from preheat.faulttexts import TEXTS
from preheat.runview import event_text
from preheat_core import alarms, faults, runlog, tally

GROUNDED = ["plate", "tc_short_gnd", 42, 7.0]


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat, monkeypatch):
    with FakeUnit() as unit:
        monkeypatch.setenv("PREHEAT_PORT", unit.port)
        yield unit


def test_every_way_a_sample_can_be_bad_has_a_hint():
    words = "no valid reading"
    invalid = {code for code, text in TEXTS.items() if text.evidence.startswith(words)}
    assert set(hints.NOISE) == invalid | {tally.SPIKE}
    assert all(word and hint for word, hint in hints.NOISE.values())


def test_every_alarm_says_what_it_is_and_what_to_do():
    for code in (*alarms.NOTICES, *faults.CODES):
        what, action = hints.words(code)
        assert what.endswith(".") and action.endswith("."), code
    assert hints.words("from_the_future") == ("", "")


def test_noise_names_the_probe_the_rate_and_the_likely_cause():
    (line,) = hints.noise_lines([GROUNDED])
    assert line.startswith("plate: 7 short-to-ground a minute (42 in all): ")
    assert "grounded metal" in line and "charger" in line


def test_rare_noise_is_told_without_advice():
    (line,) = hints.noise_lines([["plate", "spike", 3, 0.1]])
    assert line == "plate: 0.1 spikes a minute (3 in all)"


def test_noise_without_any_valid_time_and_of_a_newer_unit_is_told():
    first, second = hints.noise_lines([["plate", "tc_open", 4, None], ["plate", "hum", 9, 3.0]])
    assert first.startswith("plate: 4 open and no valid reading between them: a loose plug")
    assert second == "plate: 3 hum a minute (9 in all)"
    assert hints.noise_lines([]) == []


def test_an_alarm_line_has_priority_state_age_and_action():
    rows = [
        ["tc_open", "high", "unacked", 75, "plate", True],
        ["stuck_on", "urgent", "acked", 9, "load seen", False],
        ["approach", "medium", "returned", 600, "chip 247 C, limit 250 C", False],
    ]
    first, second, third = hints.alarm_lines(rows)
    assert first.startswith("HIGH tc_open: A thermocouple is open. [plate] not acknowledged, ")
    assert "still measured, 1:15 ago. Check the plug" in first
    assert "acknowledged, not measured now, 0:09 ago. UNPLUG" in second
    assert "[chip 247 C, limit 250 C] passed, not acknowledged, 10:00 ago." in third


def test_an_alarm_from_before_the_last_restart_has_no_age():
    rows = [["tc_open", "high", "unacked", 75, "plate", False]]
    assert "at the last restart or before it." in hints.alarm_lines(rows, 75_900)[0]
    assert "1:15 ago." in hints.alarm_lines(rows, 77_000)[0]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("relay", "relay: to see whether relay and heater obey"),
        ("detached", "detached: a reading jumped"),
        ("tc_open", "tc_open: A thermocouple is open"),
        ("from_the_future", "from_the_future"),
    ],
)
def test_why_heat_is_withheld_is_said_in_words(code, words):
    assert event_text({"ev": "inhibit", "code": code}) == f"heat withheld: {words}"
    (line,) = hints.alarm_lines([["inhibit", "low", "unacked", 3, code, True]])
    assert f"Heat is withheld. [{words}] not acknowledged" in line
    assert line.endswith("It returns by itself; look at what is named if it stays.")


def test_status_lists_alarms_and_noise(preheat, unit):
    unit.faults, unit.state, unit.noise = ["tc_open"], "fault", [GROUNDED]
    text = preheat("status").out
    assert "alarm    HIGH tc_open: A thermocouple is open. [plate] not acknowledged" in text
    assert "noise    plate: 7 short-to-ground a minute" in text
    document = preheat("status", "--json").document
    assert document["alarm_list"] == [["tc_open", "high", "unacked", 34, "plate", True]]
    assert (document["alarms"], document["unacked"]) == (1, "tc_open")


def test_ack_prints_what_it_acknowledged(preheat, unit):
    unit.faults, unit.state = ["tc_open", "link"], "fault"
    assert preheat("ack").out == "acknowledged: tc_open, link\n"
    assert "nothing" in preheat("ack").out
    assert preheat("ack", "--json").document == {"acked": []}


def test_clear_prints_why_not_and_what_to_do(preheat, unit):
    unit.faults, unit.state = ["tc_open"], "fault"
    unit.still = "tc_open is still there: plate reads nothing (tc_open)"
    ran = preheat("clear")
    assert ran.code == 4
    assert "plate reads nothing" in ran.err and "Check the plug" in ran.err
    unit.still = "over_temp: chip reads 120.0 C; wait until every probe reads below 50 C"
    ran = preheat("clear")
    assert ran.code == 4 and "wait until every probe" in ran.err and "Let it cool." in ran.err
    unit.still = "something new"
    ran = preheat("clear")
    assert ran.code == 4 and "something new" in ran.err


def summed(**more):
    """The summary of a log whose unit counted this."""
    log = runlog.read(make_log("r000001", "done"))
    log.header["limits"] = [["board", 250, 246, "SAC305, 217 to 220"],
                            ["heater", 250, 230, "board virtual"]]  # fmt: skip
    log.summary.update(more)
    return summary.summarise(log)


def test_the_summary_tells_what_passed_its_limit_and_the_noise():
    found = summed(over=[["plate", 250, 255.5, 19.7]], noise=[GROUNDED])
    text = "\n".join(summary.lines(found))
    assert (
        "over      plate: 255.5 °C at most, 20 s above its limit of 250.0 °C "
        "(SAC305, 217 to 220)" in text
    )
    assert "noise     plate: 7 short-to-ground a minute (42 in all): the probe touches" in text
    assert found["over"] == [["plate", 250, 255.5, 19.7, "SAC305, 217 to 220"]]
    assert found["noise"] == [GROUNDED]
    quiet = "\n".join(summary.lines(summed()))
    assert "above its limit" not in quiet and "noise" not in quiet


def test_a_limit_that_is_passed_is_told_with_alloy_and_source():
    begun = {"ev": "over", "role": "component", "probe": "chip", "limit_c": 250,
             "source": "usual peak 240 to 250", "alloy": "SAC305"}  # fmt: skip
    assert event_text(begun) == (
        "OVER ITS LIMIT: chip at 250.0 °C or more (SAC305: usual peak 240 to 250)"
    )
    ended = {"ev": "over_end", "probe": "chip", "peak_c": 255.5, "above_s": 19.7}
    assert event_text(ended) == "chip is below its limit again: 255.5 °C at most, 19.7 s above it"


def test_alarm_events_speak_only_where_no_other_event_does():
    def said(code, state):
        return event_text({"ev": "alarm", "code": code, "state": state, "prio": "medium"})

    assert "above its setpoint" in said("overshoot", "unacked")
    assert "no longer" in said("approach", "returned")
    assert said("approach", "unacked") == said("tc_open", "unacked") == ""
    assert event_text({"ev": "ack", "codes": ["link"]}) == "acknowledged: link"
