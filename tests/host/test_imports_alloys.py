"""An alloy is asked for, never guessed, and must fit the temperatures that the file asks for."""

import pytest

from host import import_files as files
from preheat.imports import alloynames
from preheat.imports.build import Answers, build
from preheat.imports.read import curve_of
from preheat_core import profile


def built(text, temp_unit="c", **answers):
    curve = curve_of(text, temp_unit, "auto", "it")
    unit = temp_unit if curve.unit is None else None
    return build(curve, Answers(unit, **answers), "it.json")


def told(text, **answers):
    return "\n".join(built(text, **answers).problems)


def peaking(peak_c, **more):
    return files.kiln_v1([(0, 25), (120, 120), (300, peak_c), (310, peak_c)], **more)


@pytest.mark.parametrize(("name", "known"), [
    ("SnPb", "SnPb"), ("Sn63/Pb37", "SnPb"), ("Sn62Pb36Ag2", "SnPb"), ("63Sn37Pb", "SnPb"),
    ("SAC305", "SAC305"), ("Sn96.5/Ag3.0/Cu0.5", "SAC305"), ("96.5Sn3.5Ag", "SAC305"),
    ("Sn99.3Cu0.7", "SAC305"), ("sn100c", "SAC305"), ("Sn42Bi58", "SnBi"),
    ("Sn42/Bi57.6/Ag0.4", "SnBi"), ("SnBi", "SnBi"),
    ("Sn43Pb43Bi14", None), ("In52Sn48", None), ("lead", None), ("Pb", None), ("gold", None),
    ("", None),
])  # fmt: skip
def test_names_of_alloys(name, known):
    assert alloynames.family(name) == known


@pytest.mark.parametrize(("title", "alloy", "wrong"), [
    ("Lead 217", "SAC305", True), ("Lead 183", "SnPb", False), ("lead-free", "SnPb", True),
    ("Lead free reflow", "SAC305", False), ("leaded paste", "SnBi", True),
    ("SAC305", "SnBi", True), ("lead-free low temperature", "SnBi", False),
    ("SnBi 138", "SnPb", True), ("my_lead_free", "SnPb", True), ("old_lead", "SAC305", True),
    ("my board", "SnPb", False), ("misleading", "SAC305", False),
    ("lead and lead-free", "SnPb", False),
])  # fmt: skip
def test_titles_that_are_of_another_alloy(title, alloy, wrong):
    assert alloynames.contradicts(title, alloy) is wrong


def test_without_an_alloy_it_is_refused():
    assert "names no alloy: say --alloy" in told(peaking(215))
    assert "none of SnPb" in told(peaking(215), alloy="gold")


@pytest.mark.parametrize(("alloy", "peak_c", "words"), [
    ("SnPb", 250, "is for 235 °C at most"),
    ("SnPb", 165, "melts at 183 °C"),  # swapped with SnBi
    ("SnBi", 235, "is for 180 °C at most"),  # and the other way round
    ("SnBi", 130, "melts at 138 °C"),
    ("SAC305", 200, "melts at 220 °C"),
    ("SAC305", 255, "is for 250 °C at most"),
])  # fmt: skip
def test_an_alloy_that_its_temperatures_contradict(alloy, peak_c, words):
    assert words in told(peaking(peak_c), alloy=alloy)


def test_fahrenheit_taken_for_celsius_is_found_by_its_peak():
    text = files.kiln_v1([(s, files.fahrenheit(c)) for s, c in files.LEADED])
    assert "a target is 30 to 300 °C" in told(text, alloy="SnPb")
    assert "melts at" in told(files.kiln_v1(), temp_unit="f", alloy="SnPb")


def test_what_only_warms_says_so_and_stays_below_the_solidus():
    assert built(peaking(130), alloy="SnPb", purpose="preheat").problems == []
    assert "178 °C or less" in told(peaking(181), alloy="SnPb", purpose="preheat")
    assert "212 °C or less" in told(peaking(215), alloy="SAC305", purpose="bake")


def test_the_file_s_own_alloy_against_the_user_s():
    assert 'alloy is "Sn63/Pb37" (SnPb), --alloy SAC305' in told(files.ez_oven(), alloy="SAC305")
    assert "none of SnPb" in told(files.ez_oven(alloy="Sn43Pb43Bi14"))
    unknown = built(files.ez_oven(alloy="Sn43Pb43Bi14"), alloy="SnPb")
    assert any("Sn43Pb43Bi14" in note and "believed" in note for note in unknown.notes)


def test_the_file_s_melting_point_against_its_alloy():
    assert "melting point 217 °C is not that of SnPb" in told(files.ez_oven(melting_point=217))
    peak = [(0, 25), (100, 150), (200, 221), (210, 221)]
    near = files.ez_oven(peak, alloy="SAC305", melting_point=222, title="x")
    assert "melts at 222 °C" in told(near)


def test_a_title_of_another_alloy_needs_the_user_s_word():
    points = [(0, 25), (100, 150), (200, 240), (215, 240)]
    text = files.ez_oven(points, title="Lead 217", alloy="SAC305", melting_point=217)
    assert 'its name "Lead 217" is of SnPb, not of SAC305' in told(text)
    made = built(text, alloy="SAC305")
    assert made.problems == []
    assert any("--alloy was believed" in note for note in made.notes)


def test_a_file_s_name_of_another_alloy_is_noted():
    curve = curve_of(peaking(215, name="bench"), "c", "auto", "it")
    made = build(curve, Answers("c", "SnPb"), "low_temp_snbi.json")
    assert made.problems == []
    assert any('"low_temp_snbi" is of SnBi' in note for note in made.notes)


def test_a_stated_unit_is_not_argued_with():
    curve = curve_of(files.ez_oven(), "f", "auto", "it")
    told_all = build(curve, Answers("f"), "it.json").problems
    assert "the file counts in °C, --temp-unit says f" in told_all


def test_a_peak_that_a_unit_would_not_reach_is_noted():
    notes = built(peaking(233), alloy="SnPb").notes
    assert any("refuses it until that is lowered" in note for note in notes)
    assert not any("refuses it" in note for note in built(peaking(225), alloy="SnPb").notes)


def test_time_above_liquidus_is_limited_where_the_plan_allows_it():
    made = built(peaking(215), alloy="SnPb")
    assert made.values["tal_max_s"] == 150
    long = built(files.kiln_v1([(0, 25), (200, 215), (500, 215)]), alloy="SnPb")
    assert "tal_max_s" not in long.values
    assert any("no tal_max_s" in note for note in long.notes)


def test_a_steep_ramp_is_kept_and_noted():
    made = built(files.kiln_v1([(0, 25), (60, 215), (80, 215)]), alloy="SnPb")
    assert made.values["ramp_max_c_s"] == pytest.approx(190 / 60, rel=0.01)
    assert any("steeper than the 3 °C/s" in note for note in made.notes)


def test_names_and_titles_of_any_kind_make_a_profile():
    for title in ("", "Ünïcode\x07\ud800", "x" * 500, "  ---  ", "a b"):
        made = built(peaking(215).replace('"bench"', '"t"'), alloy="SnPb", name=None)
        curve = curve_of(peaking(215), "c", "auto", "it")
        curve.name = curve.text(title)
        made = build(curve, Answers("c", "SnPb"), "fi\nle.json")
        assert made.problems == []
        assert profile.check(made.values) == []
    assert "name" in told(peaking(215), alloy="SnPb", name="Not A Name")
