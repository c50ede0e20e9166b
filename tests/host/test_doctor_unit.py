"""The doctor asks a scripted unit: what it asks, what it leaves alone, how it ends."""

import sys

import pytest

from host import doctor_facts as made
from host.backup_unit import BenchUnit
from host.cli_helpers import Shell
from host.fake_device import FakeDevice
from host.fake_log import make_log
from preheat import boardfacts, connect, sightings, tomlfiles
from preheat.doctor import laptop, unitside
from preheat.doctor.finding import PROBLEM, WARNING
from preheat.owner import OwnerServer
from preheat.registry import Registry


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(unitside, "PAUSE_S", 0.05)
    monkeypatch.setattr(laptop, "gather", made.laptop)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat):
    with BenchUnit() as unit:
        Registry().add("bench-a", unit.port, unit.uid)
        yield unit


def told(ran):
    return {row["code"]: row for row in ran.document["findings"]}


def test_a_good_unit_passes_and_is_asked_nothing_that_changes_it(preheat, unit):
    ran = preheat("doctor", "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["ok"], ran.document["unit"]) == (True, "bench-a")
    assert set(told(ran)) == {"untuned"}
    assert set(unit.asked) <= {"hello", "status", "get", "read", "list"}
    assert unit.asked.count("hello") >= 2
    assert "NOTE: the unit has no model" in preheat("doctor").out


def test_problems_end_in_7_and_one_document(preheat, unit):
    unit.faults, unit.state = ["tc_open"], "fault"
    ran = preheat("doctor", "--json")
    assert ran.code == 7 and not ran.document["ok"]
    assert told(ran)["fault_tc_open"]["severity"] == PROBLEM
    assert "1 problem" in ran.err
    text = preheat("doctor")
    assert text.out.startswith("PROBLEM: fault tc_open is latched\n    means ")
    assert text.out.endswith("1 problem, 0 warnings, 1 note\n")


@pytest.mark.parametrize("have", [[1, 2], {"hello": 1}])
def test_settings_that_cannot_be_used_are_a_finding_and_no_crash(preheat, unit, have):
    unit.settings = have
    ran = preheat("doctor", "--json")
    assert ran.code == 7, ran.err
    assert told(ran)["settings"]["severity"] == PROBLEM and "untuned" not in told(ran)


def test_a_wiped_unit_is_noticed_and_the_line_it_prints_brings_it_back(preheat, unit):
    assert preheat("unit", "backup").code == 0
    before = dict(unit.files)
    unit.wipe()
    ran = preheat("doctor", "--json")
    assert ran.code == 7
    row = told(ran)["filesystem"]
    assert "bench-a had settings" in row["seen"]
    line = row["next"].strip("`").split()
    assert line[:4] == ["preheat", "unit", "restore", "last"]
    assert preheat(*line[1:], "--yes").code == 0
    assert unit.files == before
    assert preheat("doctor").code == 0


def test_run_numbers_that_began_again_are_noticed(preheat, unit):
    unit.logs = {"r000001": make_log("r000001", "done"), "r000002": make_log("r000002", "done")}
    assert preheat("log", "pull", "--all").code == 0
    assert "run_numbers" not in told(preheat("doctor", "--json"))
    unit.logs["r000001"] = make_log("r000001", "fault:tc_open")
    row = told(preheat("doctor", "--json"))["run_numbers"]
    assert "r000001" in row["seen"] and row["severity"] == WARNING


def test_while_it_heats_nothing_is_asked_that_would_be_refused(preheat, unit):
    unit.state = "hold"
    assert preheat("doctor").code == 0
    assert set(unit.asked) <= {"hello", "status"}


def test_another_window_is_gone_through(preheat, unit):
    with connect.open_direct(unit.port) as link, OwnerServer(link, unit.port, "watch"):
        rows = told(preheat("doctor", "--json"))
    assert "`preheat watch` owns" in rows["owner"]["seen"]


def test_only_a_named_or_known_port_is_opened_and_only_hello_is_said(preheat, monkeypatch):
    monkeypatch.setattr(connect, "open_stream", lambda port: pytest.fail(f"opened {port}"))
    assert set(told(preheat("doctor", "--json"))) == {"no_unit", "no_port"}
    for name in ("a", "b"):
        Registry().add(name, f"/dev/ttyACM-{name}", f"aa{name}b")
    ran = preheat("doctor", "--json")
    assert ran.code == 0 and "several units are known" in told(ran)["no_unit"]["seen"]
    assert preheat("doctor", "--port", "nobody").code == 2


def test_a_board_that_says_something_else_is_not_interrupted(preheat, monkeypatch):
    monkeypatch.setattr(connect.open_direct, "__defaults__", (None, 0.4))
    with FakeDevice() as device:
        heard = bytearray()
        device.greeting, device.deaf = b"MicroPython v1.29.0\r\n>>> ", True
        feed = device._line
        monkeypatch.setattr(device, "_line", lambda line: (heard.extend(line or b""), feed(line)))
        ran = preheat("doctor", "--port", device.port, "--json")
        assert told(ran)["prompt"]["severity"] == PROBLEM
        assert {line["cmd"] for line in device.heard} == {"hello"}
        assert b"\x03" not in heard and b"\x01" not in heard and b"\x04" not in heard
    gone = preheat("doctor", "--port", device.port, "--json")
    assert gone.code == 7 and "no_answer" in told(gone)


def test_the_micropython_a_board_wants_is_read_from_its_file(monkeypatch):
    wanted = boardfacts.HostFacts(micropython_min=(1, 27))
    monkeypatch.setattr(tomlfiles, "load_host_facts", lambda ref: wanted)
    assert unitside._oldest("some-board") == (1, 27)
    monkeypatch.undo()
    assert unitside._oldest("no-such-board") == unitside._oldest("") == (0, 0)


def test_help_loads_neither_ports_nor_the_doctor():
    before = set(sys.modules)
    from preheat.cli import doctor

    assert doctor.doctor.help
    assert not {"serial.tools.list_ports"} & (set(sys.modules) - before)


def test_a_fresh_memory_does_not_hide_what_was_lost(preheat, unit):
    preheat("status")
    unit.wipe()
    preheat("status")  # somebody looked before the doctor came
    assert "filesystem" in told(preheat("doctor", "--json"))
    row = sightings.recall(unit.uid)
    assert row is not None and row.settings_hash
