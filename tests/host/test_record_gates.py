"""Every gate fires where it must and is silent where it need not; overrides; whole refusals."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host import record_heat_cases, record_job_cases, record_people_cases
from host.record_world import NOW, job, procedure, question, run
from preheat.errors import Refused, UsageError
from preheat.record import gates
from preheat.record.model import Coating, Material, Override, Site

CASES = {**record_people_cases.CASES, **record_job_cases.CASES, **record_heat_cases.CASES}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "record.md"
UNAPPROVED = {"activity": "repair"}
AFTER_RUN = NOW - timedelta(minutes=30)


def names(findings):
    return [finding.gate.name for finding in findings]


def overridden(*overrides, **changes):
    """A repair without approval, with overrides and perhaps runs."""
    return question(of_job={**UNAPPROVED, "overrides": overrides, **changes})


def approve(at=NOW, rule="repair-approval"):
    return Override(rule, "Grace", "the customer rang", at)


def test_the_whole_bench_as_it_should_be_finds_nothing():
    assert gates.judge_all(question()) == []


@pytest.mark.parametrize("name", [gate.name for gate in gates.GATES])
def test_every_gate_has_cases_that_fire_and_cases_that_do_not(name):
    fires, silent = CASES[name]
    assert fires and silent
    judge = gates.find(name).judge
    for words, case in fires.items():
        assert re.search(words, judge(case) or "nothing"), f"{name}: {words}: {judge(case)}"
    for why, case in silent.items():
        assert judge(case) is None, f"{name}: {why}: {judge(case)}"


def test_no_case_is_for_a_gate_that_does_not_exist():
    assert set(CASES) == {gate.name for gate in gates.GATES}


@pytest.mark.parametrize("gate", gates.GATES, ids=lambda gate: gate.name)
def test_a_gate_says_rule_source_and_way_out(gate):
    assert gate.sentence.endswith(".") and gate.source and gate.satisfied_by
    assert gate.severity in ("refuse", "warn")
    assert gate.overridable or gate.name == "job-open"  # there is nowhere to write it
    assert not re.search(r"\b(certified to|passed IPC|accept)", gate.sentence)


def test_the_names_are_given_once_and_an_unknown_one_is_refused():
    assert len({gate.name for gate in gates.GATES}) == len(gates.GATES)
    with pytest.raises(UsageError, match="no gate 'skil'.*name one of job-open, operator"):
        gates.find("skil")


def test_only_a_refusing_gate_holds_the_heat_back():
    warned = gates.judge_all(question(of_job={"procedures": ()}, procedures=()))
    assert names(warned) == ["procedure-none"] and gates.blocking(warned) == []
    gates.require(warned, 17)


def test_a_refusal_tells_everything_at_once_and_what_to_do():
    coating = Coating("acrylic")
    found = gates.judge_all(question(of_job={**UNAPPROVED, "coating": coating}, operator=None))
    with pytest.raises(Refused, match=r"job 17: 3 gates are not satisfied: operator: ") as caught:
        gates.require(found, 17)
    assert caught.value.code == "gate" and caught.value.exit_code == 4
    assert [line.split(":")[0] for line in caught.value.problems] == [
        "operator", "repair-approval", "coating",
    ]  # fmt: skip
    assert "override with a name and a reason" in caught.value.fix


def test_an_override_lets_the_run_pass_and_stays_in_the_finding():
    (finding,) = gates.judge_all(overridden(approve()))
    assert not finding.blocks and finding.overridden == approve()
    assert finding.as_dict()["overridden"] == {
        "name": "Grace", "reason": "the customer rang", "at": NOW.isoformat(),
    }  # fmt: skip
    gates.require([finding], 17)


def test_an_override_is_for_its_own_gate_only():
    found = gates.judge_all(overridden(approve(rule="skill")))
    assert names(gates.blocking(found)) == ["repair-approval"]


def test_an_override_counts_for_the_next_run_only():
    used = overridden(approve(), runs=(run(1),), overrides_used=1)
    assert names(gates.blocking(gates.judge_all(used))) == ["repair-approval"]
    fresh = overridden(approve(), approve(AFTER_RUN), runs=(run(1),), overrides_used=1)
    (finding,) = gates.judge_all(fresh)
    assert finding.overridden == approve(AFTER_RUN)


def test_an_override_from_a_clock_that_was_ahead_does_not_outlive_its_run():
    ahead = approve(NOW + timedelta(days=400))
    (finding,) = gates.judge_all(overridden(ahead, runs=(run(started_at=None),), overrides_used=1))
    assert finding.blocks


def test_nobody_goes_past_a_closed_job():
    closed = question(of_job={"status": "closed", "overrides": (approve(rule="job-open"),)})
    found = gates.judge_all(closed)
    assert names(gates.blocking(found)) == ["job-open"]
    with pytest.raises(Refused) as caught:
        gates.require(found, 17)
    assert "override" not in caught.value.fix
    with pytest.raises(UsageError, match="nobody may go past it"):
        gates.override("job-open", "Grace", "so be it", NOW)


def test_an_override_needs_a_name_and_a_reason():
    made = gates.override("skill", " Grace ", " nobody else is here ", NOW)
    assert made == Override("skill", "Grace", "nobody else is here", NOW)
    with pytest.raises(UsageError, match="who overrides is missing; the reason is missing"):
        gates.override("skill", " ", "", NOW)
    with pytest.raises(UsageError, match="cycles-many only warns"):
        gates.override("cycles-many", "Grace", "so be it", NOW)
    with pytest.raises(UsageError, match="no gate"):
        gates.override("luck", "Grace", "so be it", NOW)


@given(
    activity=st.sampled_from(["rework", "repair", "modification"]),
    product_class=st.sampled_from([1, 2, 3]),
    existing=st.sampled_from([None, "SnPb", "SAC305", "Sn42Bi58", "house blend"]),
    new=st.sampled_from([None, "SnPb", "SAC305", "SnBi", "house blend"]),
    profile=st.sampled_from(["SnPb", "SAC305", "SnBi"]),
    cycles=st.integers(0, 4), limit=st.none() | st.integers(0, 3),
    hours=st.floats(-1e4, 1e5), msl=st.sampled_from(["1", "2", "2a", "3", "4", "5", "5a", "6"]),
)  # fmt: skip
def test_any_job_gets_an_answer_and_an_override_of_all_lets_it_pass(
    activity, product_class, existing, new, profile, cycles, limit, hours, msl
):
    asked = question(
        of_job={
            "activity": activity, "product_class": product_class, "existing_alloy": existing,
            "new_alloy": new, "sites": (Site("U7", "BGA", cycles),), "cycle_limit_site": limit,
            "bake": replace(job().bake, msl=msl, out_of_bag_at=NOW - timedelta(hours=hours)),
        },
        profile={"name": "p", "alloy": profile, "purpose": "preheat"},
    )  # fmt: skip
    held = gates.blocking(gates.judge_all(asked))
    past = tuple(gates.override(one.gate.name, "Grace", "test", NOW) for one in held)
    again = replace(asked, job=replace(asked.job, overrides=past))
    assert gates.blocking(gates.judge_all(again)) == []
    assert names(gates.judge_all(again)) == names(gates.judge_all(asked))
    bismuth = {existing, new} & {"SnBi", "Sn42Bi58"}
    if bismuth and "SnPb" in (existing, new):
        assert "lead-bismuth" in names(held)


def test_two_procedures_ask_for_the_harder_of_both():
    easy = procedure(id="house:easy", skill="I", module=None)
    asked = question(of_job={"procedures": ("house:easy", "house:bga")})
    asked = replace(asked, procedures=(easy, procedure()))
    assert gates.judge_all(asked) == []
    beginner = replace(asked, operator=replace(asked.operator, skill="I"))
    (finding,) = gates.judge_all(beginner)
    assert finding.text == "house:bga asks for E; Ada showed I"


def test_a_lot_that_ends_today_still_counts():
    fresh = Material("paste", "x", "1", alloy="SAC305", expires=date(2026, 6, 15))
    assert gates.judge_all(question(of_job={"materials": (fresh,)})) == []


def test_the_gates_ask_no_database():
    code = "import sys, preheat.record.gates; sys.exit('sqlalchemy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_page_shows_the_table_as_the_code_has_it():
    page = PAGE.read_text("utf-8")
    lines = re.findall(r"^\| `([a-z0-9-]+)` \| (refuse|warn) \| (.*) \|$", page, re.M)
    shown = [(name, severity, *rest.split(" | ")) for name, severity, rest in lines]
    assert shown == [
        (gate.name, gate.severity, gate.sentence, gate.satisfied_by, gate.source)
        for gate in gates.GATES
    ]
