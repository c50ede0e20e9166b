"""The verbs that speak to a unit, except run: against a scripted unit on a socket."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit, make_log
from preheat import manifest, paths, tomlfiles, tomltext
from preheat.registry import Registry
from preheat_core import settings


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat, monkeypatch):
    with FakeUnit() as unit:
        monkeypatch.setenv("PREHEAT_PORT", unit.port)
        yield unit


def test_status(preheat, unit):
    ran = preheat("status", "--json")
    assert ran.code == 0
    assert ran.document["state"] == "idle"
    assert ran.document["unit"] == "bench-a"
    assert ran.document["probes"] == [["plate", "board", 25.5, None]]
    text = preheat("status").out
    assert "bench-a" in text
    assert "25.5 °C" in text


def test_status_tells_cause_and_action_of_a_fault(preheat, unit):
    unit.faults, unit.state = ["tc_open"], "fault"
    text = preheat("status").out
    assert "A thermocouple is open." in text
    assert "Check the plug" in text
    assert "next     `preheat log incident --unit` shows it, `preheat ack` silences" in text
    unit.faults, unit.state = [], "idle"
    assert "preheat ack" not in preheat("status").out


def test_stop_says_heat_off_only_when_told(preheat, unit):
    assert preheat("stop").out == "heat off\n"
    assert preheat("stop", "--json").document == {"heat": False}
    unit.do_stop = lambda _ask: {"heat": True}
    ran = preheat("stop")
    assert ran.code == 3
    assert "heat off" not in ran.out


def test_ack_and_clear(preheat, unit):
    unit.faults, unit.state = ["tc_open"], "fault"
    assert preheat("ack").code == 0
    ran = preheat("clear", "--json")
    assert ran.document == {
        "cleared": True, "codes": ["tc_open"], "state": "idle", "faults": []
    }  # fmt: skip
    assert preheat("clear").out == "nothing was latched; the unit is idle\n"
    unit.faults, unit.state = ["tc_open", "link"], "fault"
    assert preheat("clear").out == "cleared: tc_open, link; the unit is idle\n"


def test_continue_is_refused_when_nothing_waits(preheat, unit):
    ran = preheat("continue")
    assert ran.code == 4
    assert "nothing waits" in ran.err


def test_config_there_and_back(preheat, unit):
    file = preheat.file("a.toml", 'schema = 1\nname = "bench-b"\n[pid]\nkp = 0.01\n')
    changed = preheat("config", "diff", file, "--json").document
    assert changed["same"] is False
    assert {row["path"] for row in changed["differences"]} == {"name", "pid.kp"}
    assert preheat("config", "push", file).code == 0
    assert unit.settings == tomlfiles.load_settings(file)
    assert preheat("config", "diff", file, "--json").document["same"] is True
    assert preheat("config", "show", "--json").document == unit.settings
    target = preheat.folder / "back.toml"
    assert preheat("config", "pull", "-o", target).code == 0
    assert tomlfiles.load_settings(target) == unit.settings
    known = preheat("unit", "list", "--json").document
    assert [row["name"] for row in known] == ["bench-b"]


def test_pull_overwrites_only_a_file_that_was_named(preheat, unit, monkeypatch):
    monkeypatch.chdir(preheat.folder)
    assert preheat("config", "pull").code == 0
    made = preheat.folder / f"{unit.settings['name']}.toml"
    made.write_text("# edited by hand\n", encoding="utf-8")
    ran = preheat("config", "pull")
    assert ran.code == 2 and "exists" in ran.err and "-o" in ran.err
    assert made.read_text(encoding="utf-8") == "# edited by hand\n"
    assert preheat("config", "pull", "-o", made).code == 0


def test_bad_settings_are_refused_before_they_are_sent(preheat, unit):
    before = unit.settings
    file = preheat.file("a.toml", 'schema = 1\nname = "b"\nsensor_error_c = 0.1\n')
    assert preheat("config", "push", file).code == 4
    other = '[[calibration]]\nprobe = "elsewhere"\noffset_c = 1\n'
    file = preheat.file("b.toml", 'schema = 1\nname = "b"\n' + other)
    ran = preheat("config", "push", file)
    assert ran.code == 4
    assert "calibration[0].probe" in ran.err
    assert unit.settings == before
    assert "put" not in unit.asked


def test_naming_a_unit_without_settings_gives_it_the_defaults(preheat, monkeypatch):
    with FakeUnit(named=False) as unit:
        assert preheat("config", "show", "--port", unit.port).code == 4
        ran = preheat("unit", "name", "bench-c", "--port", unit.port, "--json")
        assert (ran.code, ran.document["changed"]) == (0, True)
        assert unit.settings == settings.default("bench-c")
        assert preheat("status", "--port", "bench-c").code == 0
        assert preheat("status").code == 0  # the only known unit
        again = preheat("unit", "name", "bench-c", "--port", unit.port, "--json")
        assert again.document["changed"] is False
        assert preheat("unit", "name", "Bench C", "--port", unit.port).code in (2, 4)


def test_a_name_in_use_is_refused_before_the_unit_gets_it_and_can_be_forgotten(preheat, unit):
    Registry().add("spare", "COM99", "ffff")
    before = unit.settings
    ran = preheat("unit", "name", "spare", "--port", unit.port)
    assert ran.code == 2
    assert "`preheat unit forget spare`" in ran.err
    file = preheat.file("spare.toml", tomltext.dumps({**before, "name": "spare"}))
    assert preheat("config", "push", file, "--port", unit.port).code == 2
    assert unit.settings == before
    assert preheat("unit", "forget", "spare", "--json").document == {"forgotten": "spare"}
    assert preheat("unit", "forget", "spare").code == 2
    assert preheat("unit", "name", "spare", "--port", unit.port).code == 0


def test_status_does_not_show_an_earlier_end_beside_a_run(preheat, unit):
    unit.do_status, plain = (lambda ask: {**plain(ask), **late}), unit.do_status
    late = {"end": "aborted", "run_id": None}
    assert "last end aborted" in preheat("status").out
    late = {"end": "aborted", "run_id": "r000002"}
    assert "last end" not in preheat("status").out


def test_status_says_waiting_only_of_the_operator(preheat, unit):
    unit.do_status, plain = (lambda ask: {**plain(ask), **late}), unit.do_status
    late = {"state": "ramp", "waiting": "ramp"}
    assert "waiting" not in preheat("status").out
    late = {"state": "wait", "waiting": "operator"}
    assert "waiting for: operator" in preheat("status").out


def test_profile_there_and_back(preheat, unit):
    ran = preheat("profile", "push", "hotplate-sac305", "--json")
    assert (ran.code, ran.document["sent"]) == (0, True)
    assert preheat("profile", "push", "hotplate-sac305", "--json").document["sent"] is False
    for name in ("hotplate-sn63", "hotplate-snbi"):
        preheat("profile", "push", name)
    listed = preheat("profile", "list", "--unit", "--json").document
    assert [row["name"] for row in listed] == ["hotplate-sac305", "hotplate-sn63", "hotplate-snbi"]
    target = preheat.folder / "back.toml"
    assert preheat("profile", "pull", "hotplate-sac305", "-o", target).code == 0
    assert tomlfiles.load_profile(target) == tomlfiles.load_profile("hotplate-sac305")
    assert preheat("profile", "pull", "nothing").code == 4


def test_profile_check_on_the_unit_uses_its_settings(preheat, unit):
    assert preheat("profile", "check", "hotplate-sac305", "--unit").code == 0
    unit.settings = {**unit.settings, "sensor_error_c": 10.0}
    unit.board["limits"]["board_max_c"] = 245
    ran = preheat("profile", "check", "hotplate-sac305", "--unit", "--json")
    assert ran.code == 4
    assert any("stages[2].target_c" in line for line in ran.document["problems"])


def test_logs_are_pulled_once_and_never_overwritten(preheat, unit):
    unit.logs = {f"r00000{i}": make_log(f"r00000{i}", "done") for i in (1, 2, 3)}
    unit.logs["r000004"] = make_log("r000004", "done", whole=False)
    listed = preheat("log", "list", "--unit", "--json").document
    assert [row["end"] for row in listed] == ["done", "done", "done", None]
    ran = preheat("log", "pull", "--all", "--json")
    assert [row["run_id"] for row in ran.document] == ["r000001", "r000002", "r000003"]
    one = preheat("log", "pull", "r000001", "--json").document[0]
    unit.logs["r000001"] = make_log("r000001", "aborted")
    two = preheat("log", "pull", "r000001", "--json").document[0]
    assert one["path"] != two["path"]
    open_one = preheat("log", "pull", "--json")
    assert (open_one.document[0]["end"], open_one.document[0]["problem"]) == (None, None)
    assert "it is still open" in open_one.err
    assert len(preheat("log", "list", "--json").document) == 5
    assert preheat("log", "pull", "r000009").code == 4


def test_a_cut_transfer_goes_on_where_it_stopped(preheat, unit):
    unit.logs = {"r000001": make_log("r000001", "done")}
    whole = unit.logs["r000001"]
    folder = paths.logs_dir() / "bench-a"
    folder.mkdir(parents=True)
    (folder / "r000001.part").write_bytes(whole[:200])
    ran = preheat("log", "pull", "--json")
    assert ran.code == 0
    assert (folder / "r000001.plog").read_bytes() == whole
    assert not (folder / "r000001.part").exists()
    assert unit.asked.count("read") == 1


def test_watch_prints_json_lines_until_ctrl_c(preheat, unit, tmp_path):
    environment = {**os.environ, "PREHEAT_PORT": unit.port, "PREHEAT_HOME": str(tmp_path)}
    unit.state, unit.run_id, unit.script = "ramp", "r000001", "until-stop"
    watcher = subprocess.Popen(
        [sys.executable, "-m", "preheat", "watch", "--json"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", env=environment,
    )
    with watcher, contextlib.ExitStack() as last:
        last.callback(watcher.kill)  # whatever fails below, nothing is waited for
        lines = [json.loads(watcher.stdout.readline()) for _ in range(4)]
        while not list((tmp_path / "run").glob("*.json")):
            time.sleep(0.02)
        stopped = subprocess.run(
            [sys.executable, "-m", "preheat", "stop"], capture_output=True, encoding="utf-8",
            env=environment, check=True, timeout=20,
        )
        watcher.send_signal(signal.SIGINT)
        out, err = watcher.communicate(timeout=10)
    assert stopped.stdout == "heat off\n"  # through the watching process: it holds the port
    assert watcher.returncode == 0, err
    assert any("st" in line for line in lines)
    assert all(json.loads(line) for line in out.splitlines())


def test_deploy_of_what_is_there_already_changes_nothing(preheat, unit):
    hello = {**unit.do_hello({}), "fw_hash": manifest.firmware_hash()}
    unit.do_hello = lambda _ask: hello
    ran = preheat("deploy", "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["changed"], ran.document["written"]) == (False, [])
    assert "already has firmware" in preheat("deploy").out
    assert "service" not in unit.asked


def test_deploy_refuses_a_bad_board_before_it_speaks_to_the_unit(preheat, unit):
    file = preheat.file("b.toml", "schema = 1\n")
    assert preheat("deploy", "--board", file).code == 4
    assert unit.asked == []


def test_deploy_to_a_unit_without_a_prompt_is_refused(preheat, unit):
    ran = preheat("deploy")
    assert ran.code == 4
    assert "service" not in unit.asked
