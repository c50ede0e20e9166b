"""An alloy is asked for, never guessed, and must fit the temperatures that the file asks for."""

import pytest

from host import import_files as files
from preheat import tomlfiles
from preheat.imports import alloynames, metals
from preheat.imports.build import Answers, build
from preheat.imports.read import curve_of
from preheat.limits import alloys
from preheat_core import alloys as device


def built(text, temp_unit="c", **answers):
    curve = curve_of(text, temp_unit, "auto", "it")
    unit = temp_unit if curve.unit is None else None
    return build(curve, Answers(unit, **answers), "it.json")


def told(text, **answers):
    return "\n".join(built(text, **answers).problems)


def peaking(peak_c, **more):
    return files.kiln_v1([(0, 25), (120, 120), (300, peak_c), (310, peak_c)], **more)


@pytest.mark.parametrize(("name", "known", "family"), [
    ("Sn63/Pb37", "Sn63Pb37", "SnPb"), ("63Sn37Pb", "Sn63Pb37", "SnPb"),
    ("Sn62Pb36Ag2", "Sn62Pb36Ag2", "SnPb"), ("Sn96.5/Ag3.0/Cu0.5", "SAC305", "SAC305"),
    ("Ag3Cu0.5Sn96.5", "SAC305", "SAC305"), ("SAC", "SAC305", "SAC305"),
    ("96.5Sn3.5Ag", "Sn96.5Ag3.5", "SAC305"), ("Sn99.3Cu0.7", "Sn99.3Cu0.7", "SAC305"),
    ("sn100c", "SN100C", "SAC305"), ("Sn42Bi58", "Sn42Bi58", "SnBi"),
    ("Sn42/Bi57.6/Ag0.4", "Sn42Bi57.6Ag0.4", "SnBi"), ("In52Sn48", "In52Sn48", "SnBi"),
])  # fmt: skip
def test_a_name_of_an_exact_alloy_has_that_alloy_s_own_numbers(name, known, family):
    metal, row = metals.find(name), alloys.find(known)
    assert (metal.name, metal.family, metal.exact) == (known, family, True)
    assert (metal.solidus_c, metal.liquidus_c) == (row.solidus_c, row.liquidus_c)


@pytest.mark.parametrize(("name", "group"), [
    ("SnPb", "SnPb"), ("Sn/Pb", "SnPb"), ("SnBi", "SnBi"), ("Sn-Ag-Cu", "SAC305"),
])  # fmt: skip
def test_a_name_of_a_group_is_judged_by_what_a_unit_takes_for_it(name, group):
    metal = metals.find(name)
    assert (metal.name, metal.exact) == (group, False)
    assert metal.liquidus_c == device.find(group).liquidus_c


@pytest.mark.parametrize("name", [
    "Sn64/Bi35/Ag1", "Sn10Pb90", "Sn43Pb43Bi14", "lead", "Pb", "gold", "",
])  # fmt: skip
def test_an_alloy_whose_melting_range_nobody_said_is_none(name):
    assert metals.find(name) is None


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
    assert "--alloy gold: its melting range is not known" in told(peaking(215), alloy="gold")


@pytest.mark.parametrize(("alloy", "peak_c", "words"), [
    ("SnPb", 250, "is for 235 °C at most"),
    ("SnPb", 165, "melts at 183 °C"),  # swapped with SnBi
    ("SnBi", 235, "is for 180 °C at most"),  # and the other way round
    ("SnBi", 130, "melts at 138 °C"),
    ("SAC305", 200, "melts at 220 °C"),
    ("SAC305", 220, "melts at 220 °C"),  # on the liquidus is not above it
    ("SAC305", 255, "is for 250 °C at most"),
])  # fmt: skip
def test_an_alloy_that_its_temperatures_contradict(alloy, peak_c, words):
    assert words in told(peaking(peak_c), alloy=alloy)


@pytest.mark.parametrize(("alloy", "peak_c", "purpose", "words"), [
    ("Sn60Pb40", 187, "reflow", "Sn60Pb40 melts at 191 °C"),  # its family at 183
    ("SN100C", 224, "reflow", "SN100C melts at 227 °C"),  # its family at 220
    ("In52Sn48", 170, "reflow", "In52Sn48 is for 150 °C at most"),  # its family for 180
    ("Sn62Pb36Ag2", 230, "reflow", "Sn62Pb36Ag2 is for 225 °C at most"),  # its family for 235
    ("Sn62Pb36Ag2", 176, "preheat", "174 °C or less"),  # its family for 178
    ("In52Sn48", 120, "bake", "113 °C or less"),  # its family for 133
    ("SN100C", 252, "reflow", "SN100C is for 250 °C at most"),  # a unit holds to its family's too
])  # fmt: skip
def test_an_exact_alloy_is_judged_by_its_own_range_and_not_by_its_family_s(
    alloy, peak_c, purpose, words
):
    assert words in told(peaking(peak_c), alloy=alloy, purpose=purpose)


def test_the_exact_alloy_goes_into_the_profile_and_its_limits_to_the_unit():
    made = built(files.ez_oven(alloy="Sn62/Pb36/Ag2", melting_point=179), purpose="reflow")
    assert made.problems == []
    assert (made.values["alloy"], made.values["job"]) == ("SnPb", {"alloy": "Sn62Pb36Ag2"})
    sent = tomlfiles.resolve_profile(made.values)
    assert {row["max_c"] for row in sent["limits"] if row["role"] == "board"} == {225}


def test_a_group_s_name_says_no_exact_alloy_and_that_is_noted():
    made = built(peaking(215), alloy="SnPb")
    assert "job" not in made.values
    assert any("SnPb is a group of alloys" in note for note in made.notes)


def test_fahrenheit_taken_for_celsius_is_found_by_its_peak():
    text = files.kiln_v1([(s, files.fahrenheit(c)) for s, c in files.LEADED])
    assert "a target is 30 to 300 °C" in told(text, alloy="SnPb")
    assert "melts at" in told(files.kiln_v1(), temp_unit="f", alloy="SnPb")


def test_what_only_warms_says_so_and_stays_below_the_solidus():
    assert built(peaking(130), alloy="SnPb", purpose="preheat").problems == []
    assert "178 °C or less" in told(peaking(181), alloy="SnPb", purpose="preheat")
    assert "212 °C or less" in told(peaking(215), alloy="SAC305", purpose="bake")


def test_the_file_s_own_alloy_against_the_user_s():
    other = told(files.ez_oven(), alloy="SAC305")
    assert 'alloy is "Sn63/Pb37" (Sn63Pb37), --alloy SAC305' in other
    both = told(files.ez_oven(), alloy="Sn62Pb36Ag2")
    assert 'alloy is "Sn63/Pb37" (Sn63Pb37), --alloy Sn62Pb36Ag2' in both
    assert built(files.ez_oven(), alloy="SnPb").values["job"] == {"alloy": "Sn63Pb37"}
    assert "range of the file's alloy" in told(files.ez_oven(alloy="Sn43Pb43Bi14"))
    unknown = built(files.ez_oven(alloy="Sn43Pb43Bi14"), alloy="SnPb")
    assert any("Sn43Pb43Bi14" in note and "believed" in note for note in unknown.notes)


@pytest.mark.parametrize(("melting_c", "wrong"), [
    (211.9, True), (212, False), (225, False), (225.1, True),
])  # fmt: skip
def test_a_melting_point_up_to_5_degrees_off_the_alloy_s_range_is_believed(melting_c, wrong):
    points = [(0, 25), (120, 120), (300, 240), (310, 240)]
    text = files.ez_oven(points, alloy="SAC305", melting_point=melting_c, title="x")
    assert ("is not that of SAC305 (217 to 220 °C)" in told(text)) == wrong


def test_the_file_s_melting_point_against_its_alloy():
    wrong = "its melting point 217 °C is not that of Sn63Pb37 (183 °C)"
    assert told(files.ez_oven(melting_point=217)) == wrong
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
        assert tomlfiles.check_profile(made.values) == []
    assert "name" in told(peaking(215), alloy="SnPb", name="Not A Name")
