"""What a log does not show is not vouched for: no "within limits" from what nobody saw."""

from dataclasses import replace

import pytest

from host.report_logs import record_log, reflow_c
from preheat.analysis.series import Series
from preheat.limits.question import Question
from preheat.report.intent import Ask
from preheat.report.judged import judged
from preheat.report.runs import load
from preheat.report.verdict import NONE, OUTSIDE, WITHIN, judge

REFLOW = Ask(question=Question("SAC305", purpose="reflow"), purpose="reflow")


@pytest.fixture
def csv(tmp_path):
    """Judges a foreign log of (s, °C) rows."""

    def of(rows, more=""):
        path = tmp_path / "other.csv"
        lines = [f"{at_s},{temp_c:.2f}" for at_s, temp_c in rows]
        path.write_text("time_s,temp_c\n" + "\n".join(lines) + "\n" + more, encoding="utf-8")
        return judged(load(str(path)), REFLOW)

    return of


def course(step_s=1):
    return [(at_s, reflow_c(242, at_s)) for at_s in range(0, 600, step_s)]


def test_a_whole_course_is_judged(csv):
    assert csv(course()).verdict.word == WITHIN


def test_readings_that_end_while_solder_is_molten_leave_no_verdict(csv):
    rows = course()
    hottest = max(range(len(rows)), key=lambda i: rows[i][1])
    found = csv(rows[: hottest + 33]).verdict
    assert found.word == NONE and "end while solder was molten" in found.sentence


def test_a_foreign_log_that_tells_of_a_fault_in_words_leaves_no_verdict(csv):
    found = csv(course(), "Thermocouple fault, heater off\n").verdict
    assert found.word == NONE
    assert 'line 602 tells of trouble: "Thermocouple fault, heater off"' in found.sentence


def test_a_gap_of_some_seconds_counts_where_solder_is_molten_and_only_there(csv):
    rows = course()
    hottest = max(range(len(rows)), key=lambda i: rows[i][1])
    found = csv(rows[: hottest - 7] + rows[hottest + 7 :]).verdict
    assert found.word == NONE and "nothing was recorded for" in found.sentence
    assert csv(rows[:30] + rows[44:]).verdict.word == WITHIN


@pytest.mark.parametrize("step_s", [12, 15, 20])
def test_rows_too_far_apart_for_a_time_leave_it_unknown_not_zero(csv, step_s):
    """Nothing is counted across such gaps; that is no proof that nothing was there."""
    found = csv(course(step_s))
    assert found.verdict.word == NONE
    assert "time above liquidus 220 °C of temp is unknown" in found.verdict.sentence
    assert "soak 150 to 200 °C of temp is unknown" in found.verdict.sentence
    assert "nothing was recorded for" in found.verdict.sentence
    assert found.measures.probe("temp").tal_s is None
    assert found.measures.probe("temp").soak_s is None
    assert found.pwi is not None and found.pwi[1].window.statistic == "peak_c"
    assert csv(course(10)).verdict.word == WITHIN


def test_many_gaps_are_told_by_three_and_their_number(csv):
    told = csv(course(12)).verdict.reasons
    assert len([line for line in told if line.startswith("nothing was recorded")]) == 3
    assert "3 more gaps like that" in told


def held_c(hold_s):
    """A reflow that stays so much longer at its peak: 64 s above 220 °C and the hold."""
    return lambda s: reflow_c(240, min(s, 284) if s < 284 + hold_s else s - hold_s)


def one_probe_missing(tmp_path, hold_s, from_s, to_s):
    """A log of two probes, the second one without readings for a while; on joints both."""
    at = held_c(hold_s)
    rows = [f"{s},{at(s):.2f},{'' if from_s < s < to_s else f'{at(s):.2f}'}" for s in range(700)]
    path = tmp_path / "two.csv"
    path.write_text("time_s,a_c,b_c\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return judged(load(str(path)), replace(REFLOW, joints=("b",)))


def test_a_probe_without_readings_for_12_s_while_solder_is_molten_is_not_counted_short(tmp_path):
    found = one_probe_missing(tmp_path, 20, 285, 297)
    assert found.verdict.word == NONE
    assert "time above liquidus 220 °C of b is unknown" in found.verdict.sentence
    assert "b gave no reading for 12 s from 4:45 on" in found.verdict.sentence
    assert found.measures.probe("a").tal_s == pytest.approx(84, abs=1)
    assert one_probe_missing(tmp_path, 20, 285, 295).verdict.word == WITHIN  # a line lies across
    assert one_probe_missing(tmp_path, 20, 30, 42).verdict.word == WITHIN  # nothing counts there


def test_a_time_that_is_too_long_without_its_gap_is_outside_all_the_same(tmp_path):
    found = one_probe_missing(tmp_path, 60, 285, 297)
    of_b = [line for line in found.verdict.reasons if " of b " in line]
    assert found.verdict.word == OUTSIDE
    assert of_b == ["time above liquidus 220 °C of b 112 s, over 90"]


def test_a_gap_counts_however_long_after_the_heat_while_solder_is_molten(tmp_path):
    """A heavy board is still molten minutes after its heat ended."""
    def slow(at_s):
        return reflow_c(242, at_s) if at_s < 280 else max(50.0, 242 - 0.25 * (at_s - 280))

    def judged_with_gap(from_s):
        # What a logger that missed a block leaves: nothing for 12 s.
        series = whole.series
        kept = (series.t_s < from_s) | (series.t_s >= from_s + 12)
        traces = tuple(replace(t, temp_c=t.temp_c[kept], low_c=None, high_c=None)
                       for t in series.traces)  # fmt: skip
        cut = Series(series.t_s[kept], traces, series.setpoint_c[kept])
        return judged(replace(whole, series=cut)).gaps

    path = tmp_path / "r000012.plog"
    path.write_bytes(record_log(curves=(slow,), heat_s=282, length_s=900))
    whole = load(str(path))
    (molten,) = judged_with_gap(350)
    assert molten.counts and molten.from_s > 282 + 60
    assert judged_with_gap(600) == ()


def test_a_summary_that_lost_its_lists_leaves_no_verdict(tmp_path):
    path = tmp_path / "r000012.plog"
    path.write_bytes(record_log())
    run = load(str(path))
    assert run.summary is not None
    found = judged(run)
    run.summary["cut"] = True
    cut = judge(run, found.checks)
    assert cut.word == NONE and "lost its lists" in cut.sentence


def test_an_alloy_that_is_asked_for_is_measured_from_its_own_liquidus(tmp_path):
    path = tmp_path / "r000012.plog"
    path.write_bytes(record_log())
    asked = judged(load(str(path)), Ask(question=Question("SN100C", purpose="reflow")))
    assert asked.measures.liquidus_c == 227
    assert judged(load(str(path))).measures.liquidus_c == 220
