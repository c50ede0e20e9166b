"""Every gate from end to end: a job that breaks it, `preheat run --job`, and a scripted unit."""

import html

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit
from host.record_gate_breaches import BREACHES, Breach, broken, heat
from host.record_shell import said
from preheat.record import gates
from preheat.record.bench import UNIT_GATES

REFUSING = [gate.name for gate in gates.GATES if gate.severity == "refuse" and gate.overridable]
FINAL = [gate.name for gate in gates.GATES if not gate.overridable]
WARNING = [gate.name for gate in gates.GATES if gate.severity == "warn"]


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("PREHEAT_RECORD_URL", raising=False)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit():
    with FakeUnit() as made:
        yield made


def overrides(preheat):
    return said(preheat, "job", "show", "1", by=None).get("overrides", [])


def refused_before_heat(ran, unit, name):
    """By this gate alone, in these words; but for its calibration the unit was not even asked."""
    assert ran.code == 4 and ran.out == ""
    lines = [line.removeprefix("  - ") for line in ran.err.splitlines() if line[:4] == "  - "]
    assert [line.partition(":")[0] for line in lines] == [name, *BREACHES[name].also]
    assert BREACHES[name].says in lines[0]
    assert "start" not in unit.asked
    assert name in UNIT_GATES or unit.asked == []


def test_every_gate_of_the_table_has_its_breach_and_no_other():
    assert set(BREACHES) == {gate.name for gate in gates.GATES}
    assert len(REFUSING) + len(FINAL) + len(WARNING) == len(BREACHES)


def test_an_orderly_bench_heats_without_a_word_of_any_gate(preheat, unit):
    broken(preheat, unit, Breach("nothing"))
    ran = heat(preheat, unit, Breach("nothing"))
    assert ran.code == 0, ran.err
    assert "WARNING" not in ran.err and "REFUSED" not in ran.err
    assert "start" in unit.asked and overrides(preheat) == []


@pytest.mark.parametrize("name", REFUSING)
def test_a_refusing_gate_holds_the_heat_back_until_somebody_answers_for_it(preheat, unit, name):
    breach = BREACHES[name]
    broken(preheat, unit, breach)
    refused_before_heat(heat(preheat, unit, breach), unit, name)

    past = [word for rule in (name, *breach.also) for word in ("--override", rule)]
    ran = heat(preheat, unit, breach, *past)
    assert ran.code == 2 and "an override needs a reason" in ran.err
    ran = heat(preheat, unit, breach, *past, "--reason", " ")
    assert ran.code == 2 and "an override needs a reason" in ran.err
    ran = heat(preheat, unit, breach, *past, "--reason", "told by telephone", by="")
    assert ran.code == 2 and "name yourself" in ran.err
    assert "start" not in unit.asked and overrides(preheat) == []

    ran = heat(preheat, unit, breach, *past, "--reason", "told by telephone")
    assert ran.code == 0, ran.err
    assert f"OVERRIDDEN {name}: " in ran.err and unit.asked.count("start") == 1
    assert [(one["rule"], one["name"], one["reason"]) for one in overrides(preheat)] == [
        (rule, breach.by, "told by telephone") for rule in (name, *breach.also)]  # fmt: skip

    ran = heat(preheat, unit, breach)  # and was for that run only
    assert ran.code == 4 and f"{name}: " in ran.err and unit.asked.count("start") == 1


def test_all_that_is_wrong_with_an_order_is_said_at_once(preheat, unit):
    broken(preheat, unit, Breach("nothing"))
    ran = heat(preheat, unit, Breach("nothing"), "--site", "U9", "--site", "U9", "--override",
               "luck", "--override", "clock")  # fmt: skip
    assert ran.code == 2
    for words in ("U9 is no site of job 1", "U9 is named twice", "an override needs a reason",
                  "no gate 'luck'", "clock only warns", "its sites: U7", "add --reason",
                  "name one of job-open", "leave this override out"):  # fmt: skip
        assert words in ran.err, words


@pytest.mark.parametrize("name", FINAL)
def test_a_gate_that_nobody_may_pass_is_passed_by_nobody(preheat, unit, name):
    breach = BREACHES[name]
    broken(preheat, unit, breach)
    refused_before_heat(heat(preheat, unit, breach), unit, name)
    ran = heat(preheat, unit, breach, "--override", name, "--reason", "so be it")
    assert ran.code == 2 and "nobody may go past it" in ran.err
    assert unit.asked == [] and overrides(preheat) == []


@pytest.mark.parametrize("name", WARNING)
def test_a_warning_gate_tells_and_lets_the_heat_pass(preheat, unit, name):
    breach = BREACHES[name]
    broken(preheat, unit, breach)
    ran = heat(preheat, unit, breach, "--override", name, "--reason", "so be it")
    assert ran.code == 2 and "there is nothing to override" in ran.err
    assert unit.asked == []
    ran = heat(preheat, unit, breach)
    assert ran.code == 0, ran.err
    (line,) = [line for line in ran.err.splitlines() if f"WARNING {name}: " in line]
    assert breach.says in line and ran.err.count("WARNING ") == 1
    assert unit.asked.count("start") == 1 and overrides(preheat) == []

    job = said(preheat, "job", "show", "1", by=None)
    for kept in (job["begun"][0], job["runs"][0]):
        (row,) = kept["warnings"]
        assert row["rule"] == name and breach.says in row["text"]
    assert f"warned     r000001: {name}: {row['text']}" in preheat("job", "show", "1").out
    page = preheat.folder / "page.html"
    said(preheat, "job", "report", "1", "-o", page, by=None)
    shown = html.unescape(page.read_text(encoding="utf-8"))
    assert f"<td>{name}</td><td>{row['text']}</td>" in shown
