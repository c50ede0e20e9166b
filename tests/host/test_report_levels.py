"""Each limited time counts from the temperature that whoever set the limit counts it from."""

import pytest

from host.report_logs import SAC_LIMITS, bottom_c, header, judge_in, record_log, reflow_c
from preheat.limits.question import Question
from preheat.report.checks import NAMES
from preheat.report.intent import Ask
from preheat.report.verdict import NONE, OUTSIDE, WITHIN
from preheat_core import alloys


@pytest.fixture
def judge(tmp_path):
    return judge_in(tmp_path)


def two_probes(part_c, role="component", **changes):
    """A reflow to 242 °C with a second probe that has a course of its own."""
    head = header(probes=[["plate", "board"], ["part", role]], tal_max_s=None, **changes)
    return record_log(head, (lambda s: reflow_c(242, s), part_c))


def row(found, statistic, **wanted):
    (only,) = [check for check in found.checks if check.statistic == statistic
               and all(getattr(check, key) == value for key, value in wanted.items())]  # fmt: skip
    return only


def above_s(level_c, peak_c=242, step_s=0.01):
    return sum(reflow_c(peak_c, i * step_s) >= level_c for i in range(56000)) * step_s


ASKED = Ask(Question("Sn99.3Cu0.7", package="qfp", purpose="reflow"), purpose="reflow")


def test_the_time_of_j_std_020_counts_from_217_whatever_the_alloy(judge):
    found = judge(two_probes(lambda s: reflow_c(242, s)), ASKED)
    assert found.measures.liquidus_c == 227
    its = row(found, "tal_s", probe="part", high=150)
    assert its.name == "time above 217 °C" and "J-STD-020" in its.source
    assert its.value == pytest.approx(above_s(217), abs=1)
    assert above_s(217) > above_s(227) + 15


def test_what_is_over_the_limit_from_217_alone_is_outside(judge):
    def long(at_s):
        return min(reflow_c(242, at_s), 400) if at_s < 260 or at_s > 420 else 222.0

    head = header(probes=[["plate", "board"], ["part", "component"]], tal_max_s=None)
    data = record_log(head, (long, long), heat_s=430, length_s=700,
                      stage=lambda s: 2 if s >= 200 else 0)  # fmt: skip
    found = judge(data, ASKED)
    assert found.verdict.word == OUTSIDE
    assert "time above 217 °C of plate" in found.verdict.sentence


def test_the_unit_s_limit_of_the_time_is_never_taken_for_that_of_the_part(judge):
    """149 s above the unit's 220 °C are over 150 s above 217 °C."""

    def long(at_s):
        return reflow_c(240, min(at_s, 284) if at_s < 369 else at_s - 85)

    head = header(tal_max_s=150, liquidus_c=220, alloy="SAC405",
                  probes=[["plate", "board"], ["part", "component"]])  # fmt: skip
    data = record_log(head, (long, lambda s: long(s) - 1), heat_s=390, length_s=660,
                      stage=lambda s: 2 if s >= 200 else 0)  # fmt: skip
    alone = judge(data)
    own = row(alone, "tal_s", probe="plate")
    assert alone.verdict.word == WITHIN and 145 < own.value < 150
    assert own.source == "unit: tightest of board and profile" and "220 °C" in own.name
    asked = judge(data, Ask(Question("SAC405", package="qfp", purpose="reflow")))
    assert asked.verdict.word == OUTSIDE
    assert "time above 217 °C of plate 15" in asked.verdict.sentence


def test_times_above_two_temperatures_are_two_rows(judge):
    ask = Ask(Question("SAC305", package="qfp", purpose="reflow"))
    found = judge(two_probes(lambda s: reflow_c(240, s)), ask)
    part = {check.level: (check.low, check.high) for check in found.checks
            if (check.statistic, check.probe) == ("tal_s", "part")}  # fmt: skip
    assert part == {"liquidus 220 °C": (None, 90), "217 °C": (None, 150)}


def test_tin_lead_counts_from_183(judge):
    ask = Ask(Question("Sn60Pb40", package="qfp", purpose="reflow"), purpose="reflow")
    found = judge(two_probes(lambda s: reflow_c(200, s)), ask)
    assert found.measures.liquidus_c == 191
    assert row(found, "tal_s", probe="part", high=150).name == "time above 183 °C"


def test_the_unit_s_own_limit_counts_from_the_unit_s_liquidus(judge):
    data = record_log(header(tal_max_s=100))
    found = judge(data, Ask(Question("SN100C", purpose="reflow")))
    assert found.measures.liquidus_c == 227
    its = row(found, "tal_s", high=100)
    assert its.name == "time above 220 °C" and its.value == pytest.approx(above_s(220), abs=1)
    its = row(judge(record_log(header(tal_max_s=60))), "tal_s", high=60)
    assert its.name == "time above liquidus 220 °C"


def test_what_is_recommended_counts_from_the_alloy_s_liquidus(judge):
    its = row(judge(record_log()), "tal_s", low=40)
    assert its.name == "time above liquidus 220 °C" and its.high == 90
    assert row(judge(record_log()), "soak_s").name == "soak 150 to 200 °C"


def test_time_near_the_body_limit_is_of_the_part_and_its_body_alone(judge):
    ask = Ask(Question("SAC305", package="qfn", thickness_mm=1, purpose="reflow"))
    found = judge(two_probes(lambda s: reflow_c(249, s)), ask)
    assert found.measures.body_max_c == 260  # not the 250 that joints are recommended to get
    its = row(found, "near_body_s")
    assert (its.probe, its.value, its.high) == ("part", 0, 30)
    assert its.name == "time near body limit 260 °C"
    assert "lead-free body, 1 mm" in its.source
    board = judge(two_probes(lambda s: reflow_c(242, s), "board_top"), ask)
    assert not [check for check in board.checks if check.statistic == "near_body_s"]


def test_time_near_an_unverified_body_limit_is_marked(judge):
    data = two_probes(lambda s: reflow_c(210, s), alloy="SnPb", liquidus_c=183)
    found = judge(data, Ask(Question("SnPb", package="qfp", purpose="reflow")))
    its = row(found, "near_body_s")
    assert found.measures.body_max_c == 220 and not its.verified
    assert "unverified" in its.source


PART = Ask(Question("SAC305", package="bga", purpose="reflow"))


def test_a_part_without_a_probe_is_never_within_its_limits(judge):
    found = judge(record_log(), PART)
    assert found.verdict.word == NONE
    assert "nothing measured the part, which may get at most 245 °C" in found.verdict.sentence
    assert judge(two_probes(lambda s: reflow_c(240, s)), PART).verdict.word == WITHIN
    silent = judge(two_probes(lambda s: None), PART).verdict
    assert silent.word == NONE and "no probe has the role component" in silent.sentence


WARM = Ask(Question("SAC305", package="bga", purpose="preheat"), purpose="preheat")


def warmed(target_c, limit_c=212, **changes):
    """Bottom heat with the board's probe alone."""
    limits = [["board", limit_c, limit_c - 4, "bottom heat"], *SAC_LIMITS[1:]]
    head = header(purpose="preheat", limits=limits, tal_max_s=None, stages=["warm"])
    return record_log(head, (lambda s: bottom_c(target_c, s),), heat_s=600, length_s=800,
                      setpoint=lambda s: bottom_c(target_c, s), stage=lambda s: 0,
                      **changes)  # fmt: skip


def test_a_part_that_was_warmed_through_its_board_alone_is_a_note(judge):
    found = judge(warmed(150), WARM).verdict
    assert found.word == WITHIN
    (note,) = [note for note in found.notes if "no probe was on the part" in note]
    assert "at most 245 °C" in note and "which reached 150" in note
    blown = judge(warmed(150, external=(500, 600)), WARM).verdict
    assert blown.word == NONE and "nothing measured the part" in blown.sentence
    hotter = judge(warmed(246, 260), WARM).verdict
    assert "nothing measured the part" in " ".join([hotter.sentence, *hotter.notes])


def test_a_part_s_limit_in_the_log_without_a_probe_is_a_note(judge):
    (note,) = [n for n in judge(record_log()).verdict.notes if "nothing measured" in n]
    assert "its limit of 245 °C (BGA body" in note
    probed = judge(two_probes(lambda s: reflow_c(240, s)))
    assert not [n for n in probed.verdict.notes if "nothing measured" in n]
    solder = [[role, 250, 246, alloys.find("SAC305").source]
              for role in ("board", "board_top", "component")]  # fmt: skip
    joints = judge(record_log(header(limits=solder)))
    assert not [n for n in joints.verdict.notes if "nothing measured" in n]
    asked = judge(record_log(), PART).verdict  # told once
    assert not [n for n in asked.notes if "nothing measured" in n]
    alike = [[role, 245, 241, alloys.BGA_SOURCE] for role in ("board", "component")]
    noted = judge(record_log(header(limits=alike))).verdict.notes
    assert [n for n in noted if "nothing measured its limit of 245 °C" in n]


def test_every_statistic_has_a_name_that_reads_with_its_level():
    assert all(name and not name.endswith(" ") for name in NAMES.values())
