"""`run` and `hold` from the card to the exit code, against a scripted unit on a socket."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit, Refusal
from preheat import logs
from preheat.cli.run import hold_profile, operator_name
from preheat.tomlfiles import load_board
from preheat_core import limits, profile, protocol, settings

RUN = ("run", "hotplate-sac305", "--yes")


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("script", "code", "state"),
    [("done", 0, "done"), ("silent-end", 0, "done"), ("fault", 5, "fault:tc_open"),
     ("reset", 5, "reset")],
)
def test_the_end_of_the_run_is_the_exit_code(preheat, script, code, state):
    with FakeUnit(script) as unit:
        ran = preheat(*RUN, "--port", unit.port, "--json")
    assert ran.code == code, ran.err
    assert ran.document["state"] == state
    assert ran.document["run_id"] == "r000001"
    log = logs.load(logs.find(ran.document["log"]))
    assert log.end == state
    assert log.problem is None
    if code:
        assert ran.err.splitlines()[-1].startswith("preheat: ")
    if script == "done":
        assert unit.asked.index("clock") < unit.asked.index("start")
        assert "beat" in unit.asked


def test_the_card_comes_first(preheat):
    with FakeUnit() as unit:
        ran = preheat(*RUN, "--port", unit.port)
    card = ran.err.partition("run r000001 started")[0]
    for words in ("bench-a", "SAC305", "plate (board): 25.5 °C", "heat withheld from", "min"):
        assert words in card
    assert "peak      25.5 °C" in ran.out
    assert "r000001.plog" in ran.out


def test_a_fault_names_cause_and_action(preheat):
    with FakeUnit("fault") as unit:
        ran = preheat(*RUN, "--port", unit.port)
    assert ran.code == 5
    last = ran.err.splitlines()[-1]
    assert "tc_open" in last
    assert "Check the plug" in last


def test_enter_starts_and_nobody_there_does_not(preheat, monkeypatch):
    with FakeUnit() as unit:
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        ran = preheat("run", "hotplate-sac305", "--port", unit.port)
        assert ran.code == 2
        assert "--yes" in ran.err
        assert "start" not in unit.asked
        for answer in ("n\n", "no\n", "q\n"):
            for verb in (("run", "hotplate-sac305"), ("hold", "100")):
                monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
                ran = preheat(*verb, "--port", unit.port)
                assert ran.code == 6 and "nothing was started" in ran.err
        assert "start" not in unit.asked
        for answer in ("\n", "y\n"):
            monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
            assert preheat("run", "hotplate-sac305", "--port", unit.port).code == 0


def test_ctrl_c_at_the_question_starts_nothing(preheat, monkeypatch):
    def pressed():
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys.stdin, "readline", pressed, raising=False)
    with FakeUnit() as unit:
        ran = preheat("run", "hotplate-sac305", "--port", unit.port)
        assert ran.code == 6 and "nothing was started" in ran.err
        assert "start" not in unit.asked


def test_a_profile_that_does_not_fit_is_never_sent(preheat):
    with FakeUnit() as unit:
        unit.board["limits"]["board_max_c"] = 200
        ran = preheat(*RUN, "--port", unit.port)
    assert ran.code == 4
    assert "stages[2].target_c" in ran.err
    assert "put" not in unit.asked
    assert "start" not in unit.asked


def test_a_latched_fault_refuses_the_start(preheat):
    with FakeUnit() as unit:
        unit.faults, unit.state = ["tc_open"], "fault"
        ran = preheat(*RUN, "--port", unit.port)
    assert ran.code == 4
    assert ran.err == (
        "preheat: fault tc_open is latched: see `preheat status`, then `preheat clear`\n"
    )  # and no card before it
    assert "put" not in unit.asked and "start" not in unit.asked


def test_a_fault_whose_log_does_not_come_names_the_way_to_its_incident(preheat):
    with FakeUnit("fault") as unit:
        plain = unit.do_get

        def get(ask):
            if ask["kind"] == "log":
                raise Refusal("problem", "the flash failed")
            return plain(ask)

        unit.do_get = get
        ran = preheat(*RUN, "--port", unit.port)
    assert ran.code == 5
    assert "the log could not be pulled" in ran.out
    assert "what happened: `preheat log incident --unit`" in ran.out


def test_detached_leaves_at_once(preheat):
    with FakeUnit("until-stop") as unit:
        ran = preheat(*RUN, "--detach", "--port", unit.port, "--json")
        assert (ran.code, ran.document["state"]) == (0, "started")
        assert "beat" not in unit.asked


def test_a_detached_start_whose_answer_is_lost_is_not_said_to_end_by_itself(preheat):
    def vanish(_ask):
        raise OSError("the cable was pulled")

    with FakeUnit("until-stop") as unit:
        unit.do_start = vanish
        ran = preheat(*RUN, "--detach", "--port", unit.port)
    assert ran.code == 3
    assert "does not end by itself" in ran.err and "preheat stop" in ran.err


@pytest.mark.parametrize("name", ["Ж" * 30, "\U0001f525" * 30, "x" * 30])
def test_a_name_of_any_letters_fits_the_longest_start_line(name):
    by = operator_name(name)
    assert name.startswith(by) and len(by) >= 6
    start = {"id": protocol.MAX_ID, "cmd": "start", "token": "f" * 12, "profile": "p" * 32,
             "hash": "f" * 16, "detach": False, "by": by}
    assert len(protocol.encode(start)) <= protocol.MAX_HOST_LINE


def test_ctrl_c_while_the_start_is_on_its_way_stops_the_run(preheat):
    with FakeUnit("until-stop") as unit:
        begin = unit.do_start

        def pressed(ask):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
            return begin(ask)

        unit.do_start = pressed
        ran = preheat(*RUN, "--port", unit.port)
    assert ran.code == 6
    assert "stop" in unit.asked
    assert "heat off" in ran.err


def test_a_unit_that_falls_silent_is_3(preheat):
    with FakeUnit("mute") as unit:
        ran = preheat(*RUN, "--port", unit.port, "--json")
    assert (ran.code, ran.out) == (3, "")
    assert "10 s" in ran.err


def in_a_window(unit, *arguments):
    """A verb in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "preheat", *arguments, "--port", unit.port],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        encoding="utf-8", env=dict(os.environ),
    )


def wait_for(condition, seconds=15):
    end_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def test_another_window_continues_the_run(preheat):
    with FakeUnit("operator") as unit, in_a_window(unit, *RUN, "--json") as window:
        wait_for(lambda: unit.state == "wait")
        ran = preheat("continue", "--port", unit.port)
        assert (ran.code, ran.out) == (0, "continued\n"), ran.err
        out, err = window.communicate(timeout=20)
        assert window.returncode == 0, err
        assert json.loads(out)["state"] == "done"
        assert "waiting for you" in err


def test_another_window_stops_the_run_and_cannot_start_one(preheat):
    with FakeUnit("until-stop") as unit, in_a_window(unit, *RUN, "--json") as window:
        wait_for(lambda: unit.state == "ramp")
        busy = preheat(*RUN, "--port", unit.port)
        assert busy.code == 4
        assert "preheat run" in busy.err
        assert preheat("stop", "--port", unit.port).out == "heat off\n"
        out, err = window.communicate(timeout=20)
        assert window.returncode == 6, err
        assert json.loads(out)["state"] == "aborted"


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to itself")
def test_ctrl_c_stops_and_says_heat_off_after_the_unit_did(preheat):
    with FakeUnit("until-stop") as unit:
        def press():
            wait_for(lambda: unit.state == "ramp" and "beat" in unit.asked)
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=press)
        thread.start()
        ran = preheat(*RUN, "--port", unit.port, "--json")
        thread.join()
    assert ran.code == 6
    assert ran.document["state"] == "aborted"
    assert "heat off" in ran.err.splitlines()
    assert "stop" in unit.asked


def test_an_untuned_unit_that_was_too_slow_is_told_to_tune(preheat):
    for code, said in (("tc_open", 1), ("ramp_timeout", 2)):  # on the card, after the end
        with FakeUnit("fault", fault=code) as unit:
            ran = preheat(*RUN, "--port", unit.port)
        assert ran.code == 5 and code in ran.err
        assert ran.err.count("run `preheat tune`") == said


def test_hold_takes_numbers_only(preheat):
    for wrong in (["nan"], ["100", "--minutes", "nan"], ["100", "--ramp", "nan"]):
        ran = preheat("hold", *wrong)
        assert ran.code == 2 and "finite" in ran.err


def test_hold_runs_as_bottom_heat(preheat):
    with FakeUnit() as unit:
        ran = preheat("hold", "150", "--minutes", "2", "--yes", "--port", unit.port, "--json")
        assert ran.code == 0, ran.err
        assert profile.check(json.loads(unit.profiles["hold"])) == []
        ran = preheat("hold", "185", "--yes", "--port", unit.port)
        assert ran.code == 4
        assert "solidus" in ran.err


@pytest.mark.parametrize("alloy", ["SnPb", "SAC305", "SnBi"])
@pytest.mark.parametrize("minutes", [0.1, 240])
def test_every_hold_is_a_good_profile(alloy, minutes):
    values = hold_profile(30, minutes, 0.05, alloy, external_heat=True)
    assert profile.check(values) == []
    # The ramp asked for must not be its own limit: heat would be withheld at every ripple.
    assert values["ramp_max_c_s"] >= 3
    slow = hold_profile(120, minutes, 0.5, alloy, external_heat=False)
    assert limits.check_profile(slow, load_board("virtual-quartz"), settings.default("x")) == []


def test_a_stop_from_another_window_while_it_waits_for_enter_starts_nothing(preheat, monkeypatch):
    with FakeUnit() as unit:
        def stopped(*_words):
            assert preheat("stop", "--port", unit.port).code == 0

        monkeypatch.setattr("preheat.cli.run.wait_for_enter", stopped)
        ran = preheat("run", "hotplate-sac305", "--port", unit.port)
    assert ran.code == 6 and "nothing was started" in ran.err
    assert "start" not in unit.asked and "stop" in unit.asked
