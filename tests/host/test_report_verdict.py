"""How a run is judged: what is outside, what is within, and what nobody may vouch for."""

import re
from pathlib import Path

import pytest

from host.report_logs import BOTTOM_LIMITS, bottom_c, header, record_log, reflow_c, rework
from preheat.errors import UsageError
from preheat.limits.question import Question
from preheat.report import verdict
from preheat.report.intent import Ask
from preheat.report.judged import judged
from preheat.report.runs import load
from preheat.report.verdict import NONE, OUTSIDE, WITHIN

NOTHING = Ask()
DOC = Path(__file__).parents[2] / "docs" / "report.md"


@pytest.fixture
def judge(tmp_path):
    """Judges the bytes of a log (or a file of another name)."""

    def of(data, ask=NOTHING, name="r000012.plog"):
        path = tmp_path / name
        path.write_bytes(data)
        return judged(load(str(path)), ask)

    return of


def warm(**changes):
    """A bottom heat to 130 °C that ran to its end."""
    known = {"heat_s": 600, "length_s": 720, "stage": lambda s: 0 if s < 105 else 1}
    head = header(stages=["warm", "hold"], limits=BOTTOM_LIMITS, tal_max_s=None)
    return record_log(head, (lambda s: bottom_c(130, s),), **{**known, **changes})


def test_heat_for_longer_than_was_allowed_is_outside_though_no_fault_says_so(judge):
    head = header(run_max_s=290)
    found = judge(record_log(head))
    assert found.verdict.word == OUTSIDE
    assert "heat 295 s, over 290" in found.verdict.sentence
    assert judge(record_log(header(run_max_s=295))).verdict.word == WITHIN


def test_a_good_reflow_is_within_limits(judge):
    found = judge(record_log())
    assert found.verdict.word == WITHIN and found.verdict.reasons == ()
    assert found.joints == ("plate",) and "setpoint reached" in found.melts
    assert all(check.inside for check in found.checks)
    percent, rating = found.pwi
    assert 0 < percent < 100 and rating.probe == "plate"


@pytest.mark.parametrize(
    ("peak_c", "words"), [(252, "peak of plate 252 °C, over 250"), (232, "below 235"),
                          (215, "joint melts of plate 215 °C, below 220")],
)  # fmt: skip
def test_a_peak_outside_is_named_with_its_limit(judge, peak_c, words):
    found = judge(record_log(curves=(lambda s: reflow_c(peak_c, s),),
                             setpoint=lambda s: reflow_c(242, s)))  # fmt: skip
    assert found.verdict.word == OUTSIDE
    assert words in found.verdict.sentence


def test_a_spike_between_two_records_counts(judge):
    found = judge(record_log(spike=(100, 0, 300.0)))
    assert found.verdict.word == OUTSIDE and "300 °C" in found.verdict.sentence


def test_bottom_heat_is_held_against_its_own_limits_alone(judge):
    found = judge(warm())
    assert found.verdict.word == WITHIN and found.melts == "" and found.stack is None
    assert {check.source.partition(",")[0] for check in found.checks} <= {
        "unit", "unit: tightest of board and profile"
    }  # fmt: skip


CUT = {
    "without a summary": ({"summary": False, "end": None, "length_s": 200}, "cut off"),
    "after a restart": ({"end": "reset"}, "restarted"),
    "in a fault": ({"end": "fault:tc_open", "faults": [["tc_open", "plate"]]}, "fault tc_open"),
    "with a fault afterwards": ({"faults": [["stuck_on", "plate"]]}, "fault stuck_on"),
    "stopped on its way": ({"end": "aborted", "heat_s": 250}, "stopped before"),
    "in a word from the future": ({"end": "paused"}, "does not know"),
}


@pytest.mark.parametrize("case", CUT)
def test_a_run_that_ended_otherwise_is_not_vouched_for(judge, case):
    changes, words = CUT[case]
    found = judge(warm(**changes) if case != "stopped on its way" else record_log(**changes))
    assert found.verdict.word == NONE, found.verdict
    assert words in found.verdict.sentence


def test_a_limit_fault_is_outside_though_no_reading_shows_it(judge):
    found = judge(record_log(end="fault:over_temp", faults=[["over_temp", "plate 250.5"]]))
    assert found.verdict.word == OUTSIDE and "over_temp" in found.verdict.sentence


def test_what_the_unit_saw_over_a_limit_is_outside(judge):
    found = judge(record_log(over=[["plate", 250, 250.6, 2]]))
    assert found.verdict.word == OUTSIDE and "plate over its limit" in found.verdict.sentence


def test_outside_stays_outside_when_the_log_is_cut_off(judge):
    data = record_log(curves=(lambda s: reflow_c(260, s),), summary=False, end=None)
    found = judge(data)
    assert found.verdict.word == OUTSIDE
    assert any("cut off" in note for note in found.verdict.notes)


def test_a_stop_in_the_last_hold_is_judged_and_said(judge):
    found = judge(warm(end="aborted", heat_s=400))
    assert found.verdict.word == WITHIN
    assert "hold was not completed" in found.verdict.notes[0]


@pytest.mark.parametrize("lost", ["a bit", "a block"])
def test_a_damaged_log_gives_no_verdict(judge, lost):
    data = bytearray(warm())
    middle = data.index(b"PB\x02", len(data) // 2)
    if lost == "a bit":
        data[middle + 40] ^= 1
    else:
        del data[middle : data.index(b"PB\x02", middle + 2)]
    found = judge(bytes(data))
    assert found.verdict.word == NONE and "not whole" in found.verdict.sentence


def test_readings_that_are_missing_under_heat_give_no_verdict(judge):
    def gap(at_s):
        return None if 200 < at_s < 240 else bottom_c(130, at_s)

    head = header(stages=["warm", "hold"], limits=BOTTOM_LIMITS, tal_max_s=None)
    found = judge(record_log(head, (gap,), heat_s=600, length_s=720,
                             setpoint=lambda s: bottom_c(130, s)))  # fmt: skip
    assert found.verdict.word == NONE and "gave no reading for" in found.verdict.sentence


def test_a_probe_taken_off_after_the_heat_changes_nothing(judge):
    def off(at_s):
        return None if at_s > 670 else bottom_c(130, at_s)

    head = header(stages=["warm", "hold"], limits=BOTTOM_LIMITS, tal_max_s=None)
    found = judge(record_log(head, (off,), heat_s=600, length_s=720,
                             setpoint=lambda s: bottom_c(130, s)))  # fmt: skip
    assert found.verdict.word == WITHIN


@pytest.mark.parametrize(("role", "word"), [("component", WITHIN), ("board", NONE)])
def test_only_a_probe_that_nobody_asked_for_may_be_silent(judge, role, word):
    head = header(probes=[["plate", "board"], ["free", role]])
    found = judge(record_log(head, (lambda s: reflow_c(242, s), lambda s: None)))
    assert found.verdict.word == word
    assert "free" in " ".join(found.verdict.reasons + found.verdict.notes)


@pytest.mark.parametrize(
    "changes", [{"limits": None}, {"limits": [["board", "hot", 1, "x"]]}, {"run_max_s": "long"}]
)
def test_a_header_that_does_not_read_gives_no_verdict(judge, changes):
    head = header(stages=["warm", "hold"], tal_max_s=None, **changes)
    if changes == {"limits": None}:
        head |= {"ramp_max_c_s": None, "run_max_s": None}
    found = judge(record_log(head, (lambda s: bottom_c(130, s),), heat_s=600, length_s=720))
    assert found.verdict.word == NONE


def test_hot_air_on_a_named_joint_is_a_reflow_of_that_joint(judge):
    found = judge(rework(), Ask(joints=("joint",)))
    assert found.verdict.word == WITHIN
    assert [c.probe for c in found.checks if c.statistic == "melt_c"] == ["joint"]
    cold = judge(rework(at_joint_c=210), Ask(joints=("joint",)))
    assert cold.verdict.word == OUTSIDE
    assert "joint melts of joint 210 °C, below 220" in cold.verdict.sentence


def test_hot_air_on_a_probe_that_nobody_named_is_pointed_out(judge):
    found = judge(rework())
    assert found.verdict.word == WITHIN
    assert any("--joint" in note for note in found.verdict.notes)


def test_a_spread_under_heat_from_above_is_not_judged(judge):
    head = {"spread_max_c": 20}
    found = judge(rework(), Ask(joints=("joint",)))
    assert "spread_at_peak_c" not in {check.statistic for check in found.checks}
    cold = header(probes=[["plate", "board"], ["far", "board_top"]], **head)
    curves = (lambda s: reflow_c(245, s), lambda s: reflow_c(245, s) - 22 * (s > 250))
    found = judge(record_log(cold, curves))
    assert found.verdict.word == OUTSIDE and "spread at peak 22" in found.verdict.sentence


def test_a_joint_must_be_a_probe_of_the_board(judge):
    for name in ("element", "nowhere"):
        with pytest.raises(UsageError, match="can be on a joint"):
            judge(rework(), Ask(joints=(name,)))


def test_a_peak_inside_by_less_than_the_sensor_error_is_named(judge):
    found = judge(record_log(curves=(lambda s: reflow_c(248, s),)))
    assert found.verdict.word == WITHIN
    assert any("less than the declared sensor error of 4" in n for n in found.verdict.notes)


CSV = "time (s),probe (°C)\n" + "".join(f"{s},{reflow_c(242, s):.2f}\n" for s in range(560))


def test_a_log_of_others_without_setpoint_needs_to_be_told_what_was_to_melt(judge):
    asked = Question("SAC305")
    assert judge(CSV.encode(), Ask(), "oven.csv").verdict.word == NONE
    untold = judge(CSV.encode(), Ask(asked), "oven.csv").verdict
    assert "--purpose" in untold.sentence and untold.word != WITHIN
    told = judge(CSV.encode(), Ask(asked, (), "reflow"), "oven.csv")
    assert told.verdict.word == WITHIN, told.verdict


def test_a_setpoint_at_the_liquidus_is_a_reflow_whatever_is_said(judge):
    assert judge(record_log(), Ask(purpose="preheat")).melts


def test_the_document_names_the_verdicts_and_the_limit_faults():
    page = DOC.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z ]+)` \| \d \|", page, re.M)
    assert tuple(rows) == verdict.WORDS
    outside = next(line for line in page.splitlines() if line.startswith("| `outside limits`"))
    assert set(re.findall(r"`(\w+)`", outside)) == set(verdict.LIMIT_FAULTS)
    source = Path(verdict.__file__).parent
    said = " ".join(p.read_text(encoding="utf-8") for p in sorted(source.iterdir()) if p.is_file())
    assert not re.search(r"\baccepted\b|\bpassed IPC|\bpassed\b(?! the| its)", said, re.I)
