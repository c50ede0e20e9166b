"""main() alone prints errors and picks the exit code: one line, what and what next."""

import click
import pytest

from host.cli_helpers import Shell
from preheat import errors
from preheat.__main__ import main

CODES = [
    (errors.UsageError("a", "b"), 2),
    (errors.DeviceLost("a", "b"), 3),
    (errors.Refused("a", "b"), 4),
    (errors.RunFault("a", "b"), 5),
    (errors.OperatorStop("a", "b"), 6),
    (errors.VerifyError("a", "b"), 7),
    (errors.OutOfLimits("a", "b"), 8),
]


def group_raising(error):
    group = click.Group("preheat")

    @group.command()
    def verb():
        raise error

    return group


@pytest.mark.parametrize(("error", "code"), CODES, ids=lambda x: type(x).__name__)
def test_each_error_has_its_code_and_one_line(error, code, capsys):
    assert main(["verb"], group_raising(error)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "preheat: a: b\n"


def test_problems_follow_the_line(capsys):
    assert main(["verb"], group_raising(errors.Refused("a", problems=["p1", "p2"]))) == 4
    assert capsys.readouterr().err == "preheat: a\n  - p1\n  - p2\n"


def test_a_defect_is_1_and_says_where(capsys, monkeypatch):
    monkeypatch.delenv("PREHEAT_TRACEBACK", raising=False)
    assert main(["verb"], group_raising(KeyError("x"))) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "KeyError" in err
    assert "test_cli_exit_codes.py" in err
    monkeypatch.setenv("PREHEAT_TRACEBACK", "1")
    assert main(["verb"], group_raising(KeyError("x"))) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["run"], ["hold", "hot"], ["hold", "12"], ["status", "--nonsense"], []],
)
def test_usage_is_2(arguments, capsys):
    assert main(arguments) == 2


def test_keyboard_interrupt_is_6(capsys):
    assert main(["verb"], group_raising(KeyboardInterrupt())) == 6


def test_no_unit_known_is_usage(capsys, monkeypatch, tmp_path):
    ran = Shell(capsys, monkeypatch, tmp_path)("status")
    assert (ran.code, ran.out) == (2, "")
    assert "--port" in ran.err


def test_nobody_at_the_port_is_3(capsys, monkeypatch, tmp_path):
    ran = Shell(capsys, monkeypatch, tmp_path)("status", "--port", tmp_path / "tty", "--json")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1
