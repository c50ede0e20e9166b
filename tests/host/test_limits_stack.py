"""The stack of limits for a job: what is in it, what binds, what is left, what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given

from host.limit_questions import meet, questions
from preheat.errors import Refused
from preheat.limits import alloys
from preheat.limits.headroom import headroom, sentences
from preheat.limits.question import Question, asked
from preheat.limits.stack import stack
from preheat.limits.windows import measured_with, windows
from preheat_core import alloys as device
from preheat_core.board import PROCESS_ROLES


def tightest(question, role):
    return stack(question).tightest("max_c", role)


def test_a_lead_free_bga_leaves_25_to_28_degrees_before_error_and_15_to_18_after():
    room = headroom(stack(Question("SAC305", package="bga")))
    assert (room.cap.high, room.low_c, room.high_c) == (245, 25, 28)
    assert room.error_c == pytest.approx(9.8)
    assert room.usable_c == pytest.approx((15.2, 18.2))
    assert room.usable_corrected_c == pytest.approx((18.34, 21.34))
    text = " ".join(sentences(room, "SAC305"))
    assert "leaves 25 to 28 °C before any error" in text
    assert "about 15 to 18 °C is usable" in text
    assert "withheld from 241 °C" in text


def test_where_the_limit_is_too_near_nothing_is_said_to_be_left():
    room = replace(headroom(stack(Question("Sn99.3Cu0.7", package="bga"))), low_c=9.0)
    text = sentences(room, "Sn99.3Cu0.7")[1]
    assert "nothing that can be relied on" in text
    assert "about 2 to 11 °C is usable" in text  # with what this firmware corrects


def test_room_from_an_unverified_number_says_so_in_every_sentence():
    found = sentences(headroom(stack(Question("In52Sn48"))), "In52Sn48")
    assert len(found) == 3 and all("unverified" in sentence for sentence in found)
    found = sentences(headroom(stack(Question("Sn42Bi57.6Ag0.4"))), "Sn42Bi57.6Ag0.4")
    # The solder's melting range is remembered, the limit is not.
    assert ["unverified" in sentence for sentence in found] == [True, True, False]
    found = sentences(headroom(stack(Question("SAC305", package="bga"))), "SAC305")
    assert not any("unverified" in sentence for sentence in found)


def test_room_under_an_unverified_limit_is_unverified():
    text = sentences(headroom(stack(Question("In52Sn48"))), "In52Sn48")[0]
    assert text.endswith("before any error (unverified).")


@pytest.mark.parametrize(
    ("question", "role", "high", "verified"),
    [
        (Question("SAC305"), "board", 212, True),
        (Question("In52Sn48"), "board", 113, True),
        (Question("In52Sn48"), "component", 150, False),
        (Question("SAC305", existing="SnPb"), "board", 178, True),
        (Question("SAC305", existing="SnPb", purpose="reflow"), "board", 250, True),
        (Question("SAC305", laminate="FR-4"), "board", 120, False),
        (Question("SAC305", laminate="/126"), "board", 160, True),
        (Question("SAC305", laminate="FR-4", purpose="reflow"), "board", 250, True),
        (Question("SnPb", package="qfp", purpose="reflow"), "component", 220, False),
        (Question("SnPb", thickness_mm=1, volume_mm3=100), "component", 235, True),
        (Question("SAC305", package="qfn", thickness_mm=1), "component", 250, True),
        (Question("SN100C", package="csp"), "component", 245, True),
        (Question("SAC305", procedure="bga-removal"), "board_top", 245, True),
        (Question("SAC305", package="electrolytic", purpose="bake"), "board", 105, False),
        (Question("SnPb", package="versal", thickness_mm=1, volume_mm3=1), "component", 220, True),
    ],
)  # fmt: skip
def test_the_row_that_binds(question, role, high, verified):
    row = tightest(question, role)
    assert (row.high, row.verified) == (high, verified)
    assert ("unverified" in row.said) != verified


def test_the_solidus_of_the_old_solder_binds_the_bottom_heat_and_says_so():
    assert "Sn63Pb37 solidus 183" in tightest(Question("SAC305", existing="63/37"), "board").said


@given(questions)
def test_bismuth_and_lead_never_meet_and_all_else_has_a_stack(question):
    if meet(question):
        with pytest.raises(Refused, match="95 °C") as caught:
            stack(question)
        assert caught.value.exit_code == 4
    else:
        assert stack(question).rows


@given(questions)
def test_what_binds_is_the_tightest_and_is_never_above_what_the_device_knows(question):
    if meet(question):
        return
    found = stack(question)
    metal = alloys.find(question.alloy)
    known = device.find(metal.family)
    for role in PROCESS_ROLES:
        row = found.tightest("max_c", role)
        assert row.high == min(
            other.high for other in found.of("max_c", role) if other.kind == "limit"
        )
        peak = found.peak(role)
        assert peak.high.high <= row.high
        if peak.low is not None:
            assert peak.low.low < peak.high.high
        if role == "board" and question.purpose != "reflow":
            assert row.high <= metal.solidus_c - 5
    assert found.alloy.family == known.name


@given(questions)
def test_every_row_says_who_and_every_unverified_row_is_marked(question):
    if meet(question):
        return
    for row in stack(question).rows:
        assert row.source
        assert row.shown
        assert ("unverified" in row.said) == (row.confidence == "recalled")


@given(questions)
def test_a_better_known_part_is_never_bound_more_tightly_than_an_unknown_one(question):
    if meet(question) or question.package is None:
        return
    sizeless = Question(**{**vars(question), "thickness_mm": None, "volume_mm3": None})
    assert (
        stack(sizeless).tightest("max_c", "component").high
        <= stack(question).tightest("max_c", "component").high
    )


def test_every_unknown_name_is_told_with_the_known_ones():
    wrong = Question("SnXX", "PbXX", "tube", -1, None, "wood", "prayer", 4.0, "tune")
    with pytest.raises(Refused) as caught:
        asked(wrong)
    lines = caught.value.problems
    assert len(lines) == 7
    for line, known in zip(lines, ("SAC305", "Sn63Pb37", "bga", "FR-4", "bga-removal")):
        assert known in line
    assert "thickness_mm" in lines[5]


@pytest.mark.parametrize(
    ("said", "name"),
    [("63/37", "Sn63Pb37"), ("snpb", "Sn63Pb37"), ("SAC", "SAC305"), ("SNBI", "Sn42Bi58"),
     ("sac 305", "SAC305"), ("Sn96.5Ag3.0Cu0.5", "SAC305"), ("57Bi42Sn1Ag", "Sn42Bi57Ag1")],
)  # fmt: skip
def test_usual_names(said, name):
    assert alloys.find(said).name == name


def by_statistic(found):
    return {(row.statistic, row.roles): row for row in found}


def test_windows_of_a_lead_free_reflow():
    found = stack(Question("SAC305", package="bga", purpose="reflow"))
    rows = by_statistic(windows(found, reflow=True))
    peak = rows["peak_c", ("component",)]
    assert (peak.low, peak.high, peak.unit, peak.verified) == (235, 245, "°C", True)
    assert "article" in peak.source
    every = windows(found, reflow=True)
    ends = {(row.statistic, row.from_c): (row.low, row.high) for row in every if not row.roles}
    assert ends == {
        ("max_ramp_c_s", None): (None, 3), ("max_cool_c_s", None): (None, 4),
        ("to_peak_s", None): (None, 480), ("soak_s", None): (60, 120),
        ("tal_s", 220): (40, 90), ("tal_s", 217): (None, 150),
    }  # fmt: skip
    near = rows["near_body_s", ("component",)]
    assert (near.low, near.high) == (None, 30) and "lead-free body" in near.source
    assert measured_with(found) == {
        "liquidus_c": 220, "body_max_c": 245, "soak_c": (150, 200),
    }  # fmt: skip


def test_windows_of_a_preheat_have_no_lower_end_but_where_the_work_melts_the_joints():
    plain = windows(stack(Question("SAC305", procedure="preheat-only")), reflow=False)
    assert all(row.low is None for row in plain)
    assert {row.statistic for row in plain} == {"peak_c", "max_cool_c_s"}
    work = by_statistic(
        windows(stack(Question("SAC305", procedure="bga-installation")), reflow=False)
    )
    assert work["peak_c", ("component",)].low == 235
    assert work["peak_c", ("board",)].low is None
    assert (work["tal_s", ("component",)].low, work["tal_s", ("component",)].high) == (40, 90)


def test_a_window_with_an_unverified_end_is_unverified_and_says_so():
    found = stack(Question("SnPb", package="qfp", purpose="reflow"))
    peak = by_statistic(windows(found, reflow=True))["peak_c", ("component",)]
    assert (peak.low, peak.high, peak.verified) == (205, 220, False)
    assert "unverified" in peak.source


@given(questions)
def test_windows_are_windows_for_every_question(question):
    if meet(question):
        return
    for row in windows(stack(question), reflow=question.purpose == "reflow"):
        assert row.low is not None or row.high is not None
        assert row.low is None or row.high is None or row.low < row.high
        assert row.verified == ("unverified" not in row.source)
