"""What a run was for: from the log, from who asks, and no verdict where nobody knows."""

import pytest

from host.cli_helpers import Shell
from host.report_logs import (
    BOTTOM_LIMITS,
    bottom_c,
    header,
    judge_in,
    record_log,
    reflow_c,
    rework,
)
from preheat.limits.question import Question
from preheat.report import header as headers
from preheat.report.intent import Ask
from preheat.report.verdict import NONE, OUTSIDE, WITHIN


@pytest.fixture
def judge(tmp_path):
    return judge_in(tmp_path)


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return Shell(capsys, monkeypatch, tmp_path)


def cold(**changes):
    """A run whose setpoint stayed below the liquidus."""
    return record_log(header(**changes), (lambda s: reflow_c(200, s),))


def warm(**changes):
    head = header(stages=["warm", "hold"], limits=BOTTOM_LIMITS, tal_max_s=None, **changes)
    return record_log(head, (lambda s: bottom_c(130, s),), heat_s=600, length_s=720,
                      stage=lambda s: 0 if s < 105 else 1)  # fmt: skip


def test_a_reflow_that_never_reached_the_liquidus_is_outside(judge):
    found = judge(cold(purpose="reflow"))
    assert found.verdict.word == OUTSIDE
    assert "joint melts of plate 200 °C, below 220" in found.verdict.sentence
    assert found.melts == "its profile is for reflow"
    assert judge(cold(purpose="reflow"), Ask(purpose="preheat")).verdict.word == OUTSIDE


def test_a_run_that_was_to_melt_nothing_is_judged_as_that(judge):
    found = judge(warm(purpose="preheat"))
    assert found.verdict.word == WITHIN and found.melts == ""
    assert not [note for note in found.verdict.notes if "what the run was for" in note]
    assert judge(record_log(header(purpose="preheat"))).melts  # its setpoint reached the liquidus


def test_a_setpoint_on_the_liquidus_itself_was_to_melt(judge):
    def asked(top_c):
        return judge(record_log(setpoint=lambda s: min(reflow_c(242, s), top_c)))

    assert asked(220).melts == "its setpoint reached the liquidus of 220 °C"
    assert asked(219.5).melts == ""


def test_a_part_that_was_to_come_off_and_stayed_cold_is_outside_without_a_named_joint(judge):
    """Its removal melts its joints, whoever heats them: a body at 211 °C says they did not."""
    ask = Ask(Question("SAC305", procedure="bga-removal"))
    found = judge(rework(at_joint_c=215.0), ask)
    assert found.melts == "" and found.verdict.word == OUTSIDE
    assert "peak of bga 211 °C, below 230" in found.verdict.sentence
    assert "peak of" not in judge(rework(at_joint_c=242.0), ask).verdict.sentence


def test_an_older_log_says_that_it_does_not_say(judge):
    notes = judge(warm()).verdict.notes
    assert any("does not say what the run was for" in n and "--purpose" in n for n in notes)
    for ask in (Ask(purpose="preheat"), Ask(purpose="reflow"), Ask(joints=("plate",))):
        told = judge(warm(), ask).verdict.notes
        assert not [note for note in told if "what the run was for" in note], ask


@pytest.mark.parametrize("purpose", ["solder", 7, ["reflow"], ""])
def test_a_purpose_that_this_version_does_not_know_leaves_no_verdict(judge, purpose):
    assert headers.read({"purpose": purpose}).purpose is None
    found = judge(warm(purpose=purpose)).verdict
    assert found.word == NONE and "its purpose is none" in found.sentence


@pytest.mark.parametrize("alloy", ["Unobtainium", None, 7, ""])
@pytest.mark.parametrize("make", [record_log, warm, cold])
def test_a_log_of_an_alloy_that_nobody_knows_has_no_verdict(judge, alloy, make):
    data = record_log(header(alloy=alloy)) if make is record_log else make(alloy=alloy)
    found = judge(data).verdict
    assert found.word == NONE
    assert "add --alloy" in found.sentence and "alloy" in found.reasons[0]
    assert judge(record_log(header(alloy=alloy)), Ask(Question("SAC305"))).verdict.word == WITHIN


def test_the_page_of_an_unknown_alloy_is_written_whatever_part_is_asked_for(preheat):
    log = preheat.file("a.plog", record_log(header(alloy="Unobtainium")))
    for options in ((), ("--package", "bga")):
        ran = preheat("report", log, "-o", "page.html", *options)
        assert ran.code == 7 and "'Unobtainium' is not known here" in ran.err
        page = (preheat.folder / "page.html").read_text(encoding="utf-8")
        assert "no verdict" in page and "Unobtainium" in page
    assert preheat("report", log, "-o", "page.html", "--alloy", "SAC305").code == 0


def test_a_part_that_was_asked_for_is_judged_by_what_the_run_was_for(preheat):
    log = preheat.file("a.plog", warm(purpose="bake"))
    ran = preheat("report", log, "-o", "page.html", "--package", "electrolytic", "--json")
    assert ran.code == 8 and "over 105 (unverified)" in ran.err
    drying = warm(purpose="preheat")
    ran = preheat("report", preheat.file("b.plog", drying), "-o", "page.html",
                  "--package", "electrolytic")  # fmt: skip
    assert ran.code == 0


def test_a_reflow_with_a_named_joint_has_the_limits_of_a_reflow(judge):
    ask = Ask(Question("SAC305"), joints=("plate",))
    found = judge(record_log(header(purpose="reflow")), ask)
    assert found.verdict.word == WITHIN, found.verdict
    alone = judge(record_log(header(purpose="reflow")), Ask(joints=("plate",)))
    assert {"max_cool_c_s", "soak_s"} <= {check.statistic for check in alone.checks}


def test_a_reflow_that_no_probe_on_a_joint_shows_has_no_verdict(judge):
    head = header(probes=[["part", "component"]], purpose="reflow")
    found = judge(record_log(head, (lambda s: reflow_c(240, s),))).verdict
    assert found.word == NONE and "no probe on a joint shows" in found.sentence
