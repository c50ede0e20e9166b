"""`preheat selftest` as typed: lines, JSON, exit codes; on the real firmware in this process."""

import contextlib

import pytest

from host.cli_helpers import Shell
from host.unit_here import placing
from preheat.cli import selftest as verb


@pytest.fixture
def made(tmp_path, monkeypatch):
    yield from placing(tmp_path, monkeypatch)


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path, made):
    """The command line on `preheat.line`."""
    shell = Shell(capsys, monkeypatch, tmp_path)
    shell.line = made()
    monkeypatch.setattr(verb, "unit_link", lambda *_: contextlib.nullcontext(shell.line))
    monkeypatch.setattr(
        "preheat.ownership.shared", lambda link, _verb: contextlib.nullcontext(link)
    )
    return shell


def test_the_verb_prints_a_line_a_check_and_a_conclusion(preheat):
    ran = preheat("selftest", "--quick")
    assert ran.code == 0
    lines = [line for line in ran.out.splitlines() if not line.startswith(" ")]
    assert lines[0].startswith("ok      identity ") and lines[-1].startswith("11 checks: ")


def test_json_holds_every_result(preheat):
    preheat.line.bench.welded = True
    ran = preheat("selftest", "--quick", "--proof", "--json")
    assert ran.code == 7 and "contactor-proof" in ran.err
    assert ran.document["passed"] is False
    row = next(r for r in ran.document["results"] if r["name"] == "contactor-proof")
    assert set(row) == {"name", "result", "seen", "meaning", "next"} and row["result"] == "fail"


def test_what_was_found_before_an_interruption_is_shown(preheat):
    line = preheat.line
    request = line.request

    def interrupted(cmd, timeout_s=3.0, **args):
        if cmd == "beat" and line.bench.ssr.level:
            raise KeyboardInterrupt
        return request(cmd, timeout_s, **args)

    line.request = interrupted
    ran = preheat("selftest", "--quick", "--proof")
    assert ran.code != 0 and "lamp" in ran.out and "storage" not in ran.out
    assert "the rest was not tried" in ran.out
    assert line.bench.ssr.level == 0
    found = preheat("selftest", "--quick", "--proof", "--json").document
    assert (found["passed"], found["complete"]) == (False, False) and found["results"]


def test_a_refusal_is_exit_code_4_and_probes_need_a_person(preheat):
    assert preheat("selftest", "--probes").code == 2
    preheat.line.bench.unit.kernel.fail("late", "tried")
    assert preheat("selftest").code == 4
