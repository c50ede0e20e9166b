"""`preheat provision` as typed: consent for a unit that cannot know whether it is hot."""

import io
import sys

import pytest

from host.backup_unit import BenchUnit
from host.cli_helpers import Shell
from host.provision_bench import BOARD, DEAD, refused_as_hot
from preheat.cli import provision as verb
from preheat.cli.deploy import CONFIRMATION
from preheat.selftest import OK, Result


class Terminal(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self):
        return True


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    passed = [Result(name, OK, "") for name in ("identity", "probes", "storage", "ticks")]
    monkeypatch.setattr(verb, "_selftest", lambda quick: lambda link: passed)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat, monkeypatch):
    with BenchUnit(uid="aa", profiles=()) as unit:
        unit.consents = refused_as_hot(monkeypatch, unit, DEAD)
        yield unit


def one(preheat, unit, *more):
    return preheat("provision", "--board", BOARD, "--port", unit.port, "--name", "bench-1", *more)


@pytest.mark.parametrize(
    ("typed", "code", "consents"), [(CONFIRMATION, 0, [False, True]), ("yes", 4, [False])]
)
def test_in_a_terminal_the_consent_is_typed(preheat, unit, monkeypatch, typed, code, consents):
    monkeypatch.setattr(sys, "stdin", Terminal(typed + "\n"))
    ran = one(preheat, unit, "--json")
    assert (ran.code, unit.consents) == (code, consents), ran.err
    assert "cannot know whether it is hot: plate reports tc_open" in ran.err
    assert ran.document["ok"] is (code == 0)


def test_elsewhere_it_is_an_option(preheat, unit, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(CONFIRMATION + "\n"))  # nobody typed that
    ran = one(preheat, unit)
    assert ran.code == 4 and unit.consents == [False] and "--yes" in ran.err
    assert one(preheat, unit, "--yes").code == 0 and unit.consents == [False, True]


def test_in_a_batch_yes_is_no_consent_to_leave_heat(preheat, unit, monkeypatch):
    lab = preheat.file("lab.toml", f'schema = 1\n[[units]]\nname = "bench-1"\n'
                                   f'board = "{BOARD}"\nport = "{unit.port}"\n')
    ran = preheat("provision", "--batch", lab, "--yes")
    assert ran.code == 4 and unit.consents == [False]
