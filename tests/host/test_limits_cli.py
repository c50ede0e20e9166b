"""`preheat limits`: what it lists, shows, marks and refuses, for people and for programs."""

import re

import pytest

from host.cli_helpers import Shell
from preheat.cli.limitoptions import Wanted
from preheat.errors import UsageError
from preheat.limits import alloys, parts

MARKED = [
    ("--alloy", "In52Sn48"),
    ("--alloy", "Sn99.3Cu0.7", "--purpose", "reflow"),
    ("--alloy", "SnPb", "--package", "qfp", "--purpose", "reflow"),
    ("--alloy", "SAC305", "--laminate", "FR-4", "--procedure", "bga-removal"),
    ("--alloy", "SAC305", "--package", "electrolytic", "--procedure", "drying"),
]


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


def unverified_in(value):
    """How often a document says that something is not verified."""
    if isinstance(value, dict):
        own = value.get("verified") is False
        return own + sum(unverified_in(item) for item in value.values())
    return sum(unverified_in(item) for item in value) if isinstance(value, list) else 0


def test_without_options_it_lists_what_it_knows(preheat):
    ran = preheat("limits")
    assert ran.code == 0
    known = [*alloys.rows(), *parts.packages(), *parts.laminates(), *parts.procedures()]
    for row in known:
        assert row.name in ran.out
    assert re.search(r"^In52Sn48 .*135 to 150 °C \(unverified\)", ran.out, re.M)
    listed = preheat("limits", "--json").document
    assert [row["name"] for row in listed["alloys"]] == list(alloys.names())
    indium = listed["alloys"][-1]
    assert indium["peak_high_c"] == {
        "value": 150, "source": "recalled, no source seen", "confidence": "recalled",
        "verified": False,
    }  # fmt: skip
    assert listed["packages"][0] == "bga"


def test_a_lead_free_bga_in_words_and_numbers(preheat):
    ran = preheat("limits", "--alloy", "sac305", "--package", "BGA")
    assert ran.code == 0
    assert "leaves 25 to 28 °C before any error" in ran.out
    assert "about 15 to 18 °C is usable" in ran.out
    assert re.search(r"^  component probes: at most 245 °C \(.*article", ran.out, re.M)
    assert "unverified" not in ran.out
    room = preheat("limits", "--alloy", "sac305", "--package", "BGA", "--json").document["room"]
    assert (room["before_error_c"], room["usable_c"]) == ([25, 28], [15.2, 18.2])
    assert room["withheld_from_c"] == 241


def test_the_sensor_error_is_the_unit_s(preheat):
    ran = preheat("limits", "--alloy", "SAC305", "--package", "bga", "--sensor-error", "2.5")
    assert "withheld from 242.5 °C" in ran.out
    assert preheat("limits", "--alloy", "SAC305", "--sensor-error", "nan").code == 2


@pytest.mark.parametrize("options", MARKED, ids=" ".join)
def test_unverified_numbers_are_marked_in_text_and_in_json(preheat, options):
    text = preheat("limits", *options).out
    document = preheat("limits", *options, "--json").document
    table = text.split("\n\n")[0]
    rows = [row for row in document["rows"] if not row["verified"] and not row["text"]]
    assert rows
    merged = {(row["what"], row["low"], row["high"], row["why"]) for row in rows}
    assert len(re.findall(r"  unverified  ", table)) == len(merged)
    assert all(row["confidence"] == "recalled" for row in rows)
    assert "look it up before you rely on it" in text
    for bound in document["binding"].values():
        assert ("unverified" in bound["source"]) == (not bound["verified"])
    for row in document["rows"]:
        if row["text"]:
            assert (f"{row['source']} (unverified)" in text) == (not row["verified"])


def test_bismuth_on_lead_is_refused_with_the_reason(preheat):
    ran = preheat("limits", "--alloy", "SnBi", "--existing", "Sn62Pb36Ag2")
    assert (ran.code, ran.out) == (4, "")
    assert "ternary eutectic that melts at 95 °C" in ran.err
    unsaid = preheat("limits", "--alloy", "SnBi")
    assert unsaid.code == 0
    assert "Nobody said what solder is on the board" in unsaid.out


def test_what_binds_says_from_where_each_time_above_liquidus_counts(preheat):
    """J-STD-020 counts from 217 °C, the paste's makers from the liquidus: two numbers."""
    asked = ("limits", "--alloy", "SAC305", "--package", "bga", "--purpose", "reflow")
    binds = preheat(*asked).out.partition("what binds:")[2]
    assert "time above liquidus, counted from 220 °C: 40 to 90 s (SAC305:" in binds
    assert "time above liquidus, counted from 217 °C: at most 150 s (J-STD-020" in binds
    held = preheat(*asked, "--json").document["binding"]
    assert (held["tal_s 220"]["low"], held["tal_s 220"]["high"]) == (40, 90)
    assert (held["tal_s 217"]["low"], held["tal_s 217"]["high"]) == (None, 150)
    one = preheat("limits", "--alloy", "SnPb", "--package", "qfp", "--purpose", "reflow").out
    assert one.partition("what binds:")[2].count("time above liquidus, counted from 183 °C") == 1


def test_a_bake_that_is_to_be_a_reflow_is_refused_with_the_reason(preheat):
    ran = preheat("limits", "--alloy", "SAC305", "--procedure", "drying", "--purpose", "reflow")
    assert (ran.code, ran.out) == (4, "")
    assert "drying is a bake, in which no solder melts, and the purpose is reflow" in ran.err


@pytest.mark.parametrize(("alloy", "existing", "words"), [
    ("In52Sn48", "SnPb", "nobody here verified"), ("63/37", "InSn", "nobody here verified"),
    ("In52Sn48", "SnBi", "about 60 °C"), ("SnBi", "In52Sn48", "about 60 °C"),
])  # fmt: skip
def test_indium_with_lead_or_bismuth_is_told_of_as_unverified(preheat, alloy, existing, words):
    ran = preheat("limits", "--alloy", alloy, "--existing", existing)
    assert ran.code == 0
    (line,) = [line for line in ran.out.splitlines() if line.startswith("tin, indium and")]
    assert words in line
    assert line.endswith("recalled from practice, no source seen (unverified))")


def test_indium_asks_what_is_on_the_board_and_is_quiet_on_indium_and_lead_free(preheat):
    assert "Nobody said what solder" in preheat("limits", "--alloy", "In52Sn48").out
    for existing in ("In52Sn48", "SAC305"):
        out = preheat("limits", "--alloy", "In52Sn48", "--existing", existing).out
        assert "Nobody said" not in out
        assert "tin, indium" not in out


def test_unknown_names_are_refused_with_the_known_ones(preheat):
    ran = preheat("limits", "--alloy", "SAC306", "--package", "tube")
    assert ran.code == 4
    assert "SAC305" in ran.err
    assert "through-hole" in ran.err
    assert preheat("limits", "--alloy", "SAC305", "--procedure", "prayer").code == 4
    assert preheat("limits", "--msl", "7").code == 4


def test_a_package_that_its_procedure_is_not_about_is_refused_with_both_names(preheat):
    ran = preheat("limits", "--alloy", "SAC305", "--package", "qfp", "--procedure", "bga-removal")
    assert ran.code == 4
    assert "package qfp contradicts procedure bga-removal, which is about a bga" in ran.err
    versal = ("--package", "versal", "--procedure", "bga-removal")
    assert preheat("limits", "--alloy", "SAC305", *versal).code == 0


@pytest.mark.parametrize("name", ["Sn96.5/Ag3.0/Cu0.5", "96.5Sn 3Ag 0.5Cu", "sac 305"])
def test_an_alloy_is_found_by_what_it_is_made_of(preheat, name):
    assert preheat("limits", "--alloy", name, "--json").document["alloy"] == "SAC305"


def test_a_decimal_comma_says_how_it_is_written(preheat):
    ran = preheat("limits", "--msl", "3", "--thickness", "1,2")
    assert ran.code == 2
    assert "1,2: write a point, 1.2" in ran.err


def test_without_an_alloy_it_asks_for_one(preheat):
    ran = preheat("limits", "--package", "bga")
    assert ran.code == 2
    assert "--alloy" in ran.err


def test_moisture(preheat):
    ran = preheat("limits", "--msl", "3", "--thickness", "1.2")
    assert ran.code == 0
    assert "168 h" in ran.out
    assert "9/7 h" in ran.out
    assert "unverified" not in ran.out
    thick = preheat("limits", "--msl", "5a", "--thickness", "3")
    assert "24 h (unverified)" in thick.out
    assert len(re.findall("  unverified  ", thick.out)) == 3
    found = preheat("limits", "--msl", "5a", "--thickness", "3", "--json").document["moisture"]
    assert unverified_in(found) == 4
    assert [row["saturated_h"] for row in found["bakes"]] == [48, 240, 79 * 24]
    assert "no bake is known" in preheat("limits", "--msl", "2", "--thickness", "3").out


def test_moisture_beside_a_stack(preheat):
    ran = preheat("limits", "--alloy", "SAC305", "--thickness", "1", "--msl", "4", "--json")
    assert ran.document["moisture"]["floor_life"]["life"] == "72 h"
    assert ran.document["rows"]


def test_the_purpose_is_the_procedure_s_unless_said():
    drying = Wanted(alloy="SAC305", procedure="drying")
    assert drying.question().purpose == "bake"
    assert drying.question(purpose="reflow").purpose == "reflow"
    assert Wanted(alloy="SAC305").question().purpose == "preheat"


def test_what_was_not_asked_for_may_come_from_elsewhere():
    wanted = Wanted(laminate="FR-4")
    assert wanted.given
    question = wanted.question(alloy="SnPb", package="bga", sensor_error_c=3.0)
    assert (question.alloy, question.package, question.sensor_error_c) == ("SnPb", "bga", 3.0)
    with pytest.raises(UsageError):
        wanted.question()
    assert not Wanted().given


def test_a_bake_by_moisture_level_is_not_mixed_with_what_a_laminate_asks_of_a_preheat(preheat):
    job = ("--msl", "3", "--alloy", "SAC305", "--laminate", "FR-4")
    baked = preheat("limits", *job).out
    assert "Tg 130 less 10" not in baked
    assert "125 °C" in baked
    assert "Tg 130 less 10" in preheat("limits", *job, "--purpose", "preheat").out
    ran = preheat("limits", "--msl", "3", "--laminate", "FR-4")
    assert ran.code == 2
    assert "bakes go by --msl and --thickness alone" in ran.err


def test_a_bake_has_no_joints_to_melt_and_no_room_above_them(preheat):
    ran = preheat("limits", "--alloy", "SAC305", "--purpose", "bake")
    assert "joint peak" not in ran.out
    assert "before any error" not in ran.out
    assert preheat("limits", "--alloy", "SAC305", "--purpose", "bake", "--json").document[
        "room"
    ] is None  # fmt: skip


def test_how_rigid_flex_dries_is_told_only_where_no_other_board_is_named(preheat):
    drying = ("limits", "--alloy", "SAC305", "--procedure", "drying")
    assert "rigid-flex: 120 °C" in preheat(*drying).out
    assert "rigid-flex" not in preheat(*drying, "--laminate", "FR-4").out
