"""`log incident`, `log list` and `log pull --delete`: what a person sees of a fault."""

import pytest

from host.cli_helpers import Shell
from host.fake_unit import Refusal
from host.pull_unit import PullUnit, long_log, make_incident, make_log
from preheat import faulttexts, incidents, incidenttext, paths, pulling
from preheat_core import faults


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(pulling, "PAUSE_S", 0.001)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(monkeypatch, preheat):
    with PullUnit() as made:
        monkeypatch.setenv("PREHEAT_PORT", made.port)
        made.logs["r000001"] = make_log("r000001", "fault:tc_open")
        made.incidents["r000001"] = make_incident()
        yield made


def test_the_last_fault_of_the_unit_is_shown(preheat, unit):
    ran = preheat("log", "incident", "--unit")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "incident  r000001"
    assert lines[1] == "what      tc_open: A thermocouple is open."
    assert lines[2] == "measured  plate"
    assert lines[3].startswith("when      in run r000001 after 0:41, 20")
    assert lines[4].startswith("heat      on for 40.2 s or longer until then; 40 s of")
    assert "limits    board 250 °C" in ran.out and "component" not in ran.out
    assert faulttexts.TEXTS["tc_open"].action in ran.out
    assert ("incident", "r000001") in unit.pulled and "r000001" in unit.incidents
    assert lines[5] == "unit      bench-a"
    again = preheat("log", "incident")
    assert again.out == ran.out  # and now it is on this computer
    assert "the last one filed on this computer" in again.err
    assert "`preheat log incident --unit`" in again.err and "filed" not in ran.err


def test_an_incident_that_is_shown_again_does_not_become_the_last(preheat, unit):
    unit.incidents["r000002"] = make_incident("r000002", "over_temp")
    for name in ("r000001", "r000002", "r000001"):
        assert preheat("log", "incident", name, "--unit").code == 0
    assert preheat("log", "incident").out.startswith("incident  r000002")
    assert not list(paths.logs_dir().glob("*/*.part"))


def test_the_table_has_every_second_and_every_tick_near_the_fault(preheat, unit):
    out = preheat("log", "incident", "--unit").out
    rows = [line.split() for line in out.splitlines() if line.startswith(("+", "-"))]
    times_s = [float(row[0]) for row in rows]
    assert times_s == sorted(times_s) and times_s[0] < -38 and times_s[-1] > 18
    near = [t_s for t_s in times_s if abs(t_s) <= 1.5]
    assert near == [-1.5 + n / 4 for n in range(13)]
    far = [b - a for a, b in zip(times_s, times_s[1:]) if a > 1.5 or b < -1.5]
    assert all(0.99 <= step <= 1.26 for step in far)
    by_time = dict(zip(times_s, rows))
    assert "tc_open" in by_time[-0.5] and "[open]" in " ".join(by_time[-0.5])
    assert "bus_error" in by_time[0.0] and by_time[0.0][1] == "fault"
    assert by_time[-1.25][3].startswith("250/")  # a tick
    assert any(row[3].startswith("1000/") for row in rows[1:30])  # a second


def test_json_has_every_tick_decoded(preheat, unit):
    found = preheat("log", "incident", "--unit", "--json").document
    assert found["code"] == "tc_open" and found["detail"] == "plate" and found["end"] == "whole"
    assert found["run_id"] == "r000001" and found["problem"] is None
    ticks = found["ticks"]
    assert len(ticks) == 240 and [tick["t_s"] for tick in ticks].count(0) == 1
    at = found["header"]["at"]
    assert ticks[at]["t_s"] == 0 and ticks[at]["state"] == "fault"
    probe = ticks[at - 2]["probes"][0]
    assert probe["fault"] == "tc_open" and probe["bits"] == ["fault", "open"]
    warm = ticks[at - 10]["probes"][0]
    assert warm["name"] == "plate" and warm["bits"] == [] and len(warm["word"]) == 8
    raw_c = (int(warm["word"], 16) >> 18) / 4
    assert abs(warm["temp_c"] - raw_c - 1.5) < 1  # the calibration's offset is in it
    assert ticks[at]["probes"][0]["fault"] == "bus_error" and not ticks[at]["probes"][0]["word"]


def test_log_pull_brings_the_incident_and_deletes_both_only_then(preheat, unit):
    listed = preheat("log", "list", "--unit").out
    assert "incident" in listed and "no" in listed and "yes" not in listed
    ran = preheat("log", "pull", "--delete", "--json")
    assert ran.code == 0
    assert [(row["run_id"], row["kind"], row["deleted"]) for row in ran.document] == [
        ("r000001", "log", True), ("r000001", "incident", True)
    ]  # fmt: skip
    assert unit.logs == {} and unit.incidents == {}
    assert (paths.logs_dir() / "bench-a" / "r000001.inc").exists()
    assert preheat("log", "list", "--unit", "--json").document == []


def test_without_delete_they_are_marked_and_stay(preheat, unit):
    assert preheat("log", "pull").code == 0
    found = preheat("log", "list", "--unit", "--json").document
    assert [(row["kind"], row["pulled"]) for row in found] == [("log", True), ("incident", True)]
    assert "yes" in preheat("log", "list", "--unit").out
    second = preheat("log", "pull", "--all", "--json")
    assert [row["kind"] for row in second.document] == ["log", "incident"]


def test_both_are_listed_in_the_unit_and_here(preheat, unit):
    def row_of_the_incident(text):
        (row,) = [line.split() for line in text.splitlines() if " incident " in line]
        return row

    assert row_of_the_incident(preheat("log", "list", "--unit").out)[-2:] == ["—", "no"]
    assert preheat("log", "pull").code == 0
    row = row_of_the_incident(preheat("log", "list").out)
    assert (row[0], row[2], row[-1]) == ("r000001", "bench-a", "—")
    found = preheat("log", "list", "--json").document
    assert [(row["kind"], row["end"]) for row in found] == [
        ("log", "fault:tc_open"), ("incident", "whole")
    ]  # fmt: skip


def test_an_open_log_is_said_to_be_open_and_not_cut_off(preheat, unit):
    unit.logs["r000002"] = long_log("r000002", None)
    stays = (
        "log r000002 stays in the unit: it is still open; "
        "pull it again when the board is cool"
    )
    ran = preheat("log", "pull", "--json")
    assert ran.code == 0 and stays in ran.err and "cut off" not in ran.err
    assert (ran.document[0]["problem"], ran.document[0]["pulled"]) == (None, False)
    ran = preheat("log", "pull", "--all", "--json")
    assert ran.code == 0 and stays in ran.err
    assert [row["run_id"] for row in ran.document] == ["r000001", "r000001"]


def test_pull_all_takes_no_name_and_tells_of_an_empty_unit(preheat, unit):
    ran = preheat("log", "pull", "r000001", "--all")
    assert ran.code == 2 and "--all takes no LOG: leave one of them out" in ran.err
    assert unit.asked == []
    unit.logs.clear()
    unit.incidents.clear()
    ran = preheat("log", "pull", "--all", "--json")
    assert (ran.code, ran.document) == (0, []) and "the unit holds no log" in ran.err


def test_while_a_run_heats_its_end_may_be_awaited(preheat, unit):
    def heating(_ask):
        raise Refusal("state", "not while a run is heating: stop it first")

    unit.do_list = heating
    ran = preheat("log", "pull")
    assert ran.code == 4 and "stop it first: or wait for its end" in ran.err


def test_a_broken_link_is_tried_again_and_told(preheat, unit):
    unit.break_at = (3,)
    ran = preheat("log", "pull", "--json")
    assert ran.code == 0 and "trying again" in ran.err and len(ran.document) == 2
    unit.break_at = range(unit.requests + 4, 1000)
    ran = preheat("log", "pull", "--delete")
    assert ran.code == 3 and "goes on from there" in ran.err


def test_damage_in_the_unit_is_no_reason_to_delete(preheat, unit):
    damaged = bytearray(unit.logs["r000001"])
    damaged[300] ^= 1
    unit.logs["r000001"] = bytes(damaged)
    ran = preheat("log", "pull", "--delete")
    assert ran.code == 7 and "stays in the unit" in ran.err and "r000001" in unit.logs
    assert preheat("log", "pull", "--delete", "--accept-damage").code == 0
    assert unit.logs == {}


def test_no_incident_is_said(preheat, unit):
    assert "log pull" in preheat("log", "incident").err
    unit.incidents.clear()
    assert preheat("log", "incident", "--unit").code == 4
    assert preheat("log", "incident", "r000009").code == 2
    other = preheat.file("x.inc", b"not an incident at all")
    assert preheat("log", "incident", other).code == 7


@pytest.mark.parametrize("cut", range(1, 7000, 431))
def test_a_cut_incident_is_shown_as_far_as_it_reads(preheat, cut):
    whole = make_incident()
    path = preheat.file("cut.inc", whole[:cut])
    found = incidents.read(whole[:cut])
    ran = preheat("log", "incident", path)
    if found.blocks == 0:
        assert ran.code == 7
        return
    assert ran.code == 0
    assert preheat("log", "incident", path, "--json").document["problem"] or cut >= len(whole)


def test_what_an_older_toolkit_or_a_lost_header_leaves_is_shown(preheat):
    whole = make_incident(code="tc_open")
    first = len(whole) - len(whole[whole.index(b"PB", 2) :])
    ran = preheat("log", "incident", preheat.file("headless.inc", whole[first:]))
    assert ran.code == 0 and "unknown" in ran.out and "p1" in ran.out
    assert "block 0 is missing" in ran.err and "heat      not known" in ran.out


@pytest.mark.parametrize("code", faults.CODES)
def test_every_fault_has_something_to_check(code):
    if code in ("config", "flash_full", "flash_bad"):
        return  # these make no incident
    found = incidents.read(make_incident(code=code, detail="seen"))
    assert faulttexts.TEXTS[code].action in incidenttext.checks(found)
    assert len(incidenttext.checks(found)) >= 2, "add its kind to incidenttext"


def test_hints_come_from_the_ticks():
    found = incidents.read(make_incident(code="over_temp"))
    rows = list(found.records)
    open_word = rows[100][6][0] | 0x10001
    stays_open = [(*row[:6], (open_word,)) for row in rows[150:]]
    found.records = rows[:150] + stays_open
    assert "loose contact" not in " ".join(incidenttext.checks(found))
    for index in (20, 50, 90):
        rows[index] = (*rows[index][:6], (open_word,))
    rows[160 - 1] = (900, *rows[160 - 1][1:])
    for index in range(160, 163):  # the three of the fault itself read well here
        rows[index] = (*rows[index][:6], rows[100][6])
    for index in range(150, 160):
        rows[index] = (*rows[index][:6], rows[100][6])
    found.records = rows
    told = " ".join(incidenttext.checks(found))
    assert "plate was invalid in 3 of 240 ticks (tc_open)" in told
    assert "1 ticks were late, the longest took 900 ms" in told
