"""Procedures as data: what comes with preheat, what a site adds, what is refused."""

import pytest

from preheat import paths
from preheat.errors import Refused, UsageError
from preheat.record import procedurefile, procedures, terms

OWN = """schema = 1
namespace = "acme"
source = "ACME-WI-12"
[[procedures]]
id = "rw-7"
title = "U7: take off"
activity = "rework"
skill = "E"
conformance = "M-H"
board_types = "R, F"
module = 8
methods = "focused IR, hot air"
verified = true
"""
BY_ARTICLE = [
    ("3.1.1", "I", None, 4), ("3.1.5", "I", None, 4), ("3.2.x", "A", None, 4),
    ("chip-removal", "I", None, 5), ("melf-installation", "I", None, 5),
    ("so-removal", "I", None, 6), ("qfp-installation", "A", None, 6),
    ("j-lead-removal", "A", None, 7), ("bga-removal", "E", None, 8),
    ("bga-reballing-stencil", "E", None, 8), ("qfn-removal", "E", None, None),
    ("2.1", "A", None, 9), ("2.7", "A", None, 9), ("land-replacement", None, ("M", "H"), 10),
    ("conductor-inner", None, ("H", "H"), 10), ("plated-hole", None, ("L", "H"), 10),
    ("edge-connector", None, ("M", "H"), 10), ("splice-hook", None, ("L", "L"), 2),
    ("cut-conductor", "I", None, None), ("jumper", "A", None, None),
    ("bga-jumper", "E", None, None), ("component-addition", "A", None, None),
]  # fmt: skip


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A data folder of its own; returns a function that puts a file of procedures there."""
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))

    def put(text, name="own.toml"):
        file = paths.procedures_dir() / name
        file.write_text(text, "utf-8")
        return file

    return put


@pytest.mark.parametrize(("number", "skill", "conformance", "module"), BY_ARTICLE)
def test_stock_rows_say_what_the_article_says(number, skill, conformance, module):
    row = procedures.find(f"article:{number}")
    assert (row.skill, row.conformance, row.module) == (skill, conformance, module)


def test_every_kind_of_work_is_there_both_ways():
    ids = {row.id for row in procedures.stock()}
    for part in ("chip", "melf", "so", "qfp", "j-lead", "qfn", "bga"):
        assert {f"article:{part}-removal", f"article:{part}-installation"} <= ids
    assert {f"article:2.{n}" for n in range(1, 8)} <= ids
    assert {f"article:3.1.{n}" for n in range(1, 6)} <= ids
    assert {f"article:splice-{kind}" for kind in ("mesh", "wrap", "hook", "lap")} <= ids
    assert len(ids) == len(procedures.stock())


def test_nothing_that_comes_with_preheat_calls_itself_verified():
    for row in procedures.stock():
        assert not row.verified and row.source and len(row.title) < 80, row.id


def test_repairs_modifications_and_splices_are_what_they_are():
    kinds = {row.id: row.activity for row in procedures.stock()}
    assert kinds["article:2.5"] == kinds["article:splice-lap"] == "repair"
    assert kinds["article:jumper"] == "modification"
    assert kinds["article:bga-removal"] == "rework"
    assert kinds["article:coating-removal-acrylic"] is None  # part of any activity


def test_one_number_in_two_sources_is_asked_for_by_its_whole_id():
    with pytest.raises(UsageError, match=r"2\.5 names 2 procedures .*article:2\.5.*guide:2\.5"):
        procedures.find("2.5")
    assert procedures.find("guide:2.5").skill == "I"
    assert procedures.find("article:2.5").skill == "A"


def test_sources_that_differ_stay_apart():
    assert procedures.find("9.2.1").skill == "A"
    assert procedures.find("bga-removal").skill == "E"
    assert procedures.find("5.2.1").board_types == ("R", "F", "W", "C")


def test_what_is_not_there_is_said_with_the_way_to_the_list():
    with pytest.raises(UsageError, match=r"no procedure '9\.9\.9'.*preheat procedure list"):
        procedures.find("9.9.9")


def test_a_site_adds_its_own(home):
    home(OWN)
    row = procedures.find("rw-7")
    assert row == procedures.known()[-1]
    assert row.id == "acme:rw-7" and row.source == "ACME-WI-12" and row.verified
    assert row.conformance == ("M", "H") and row.board_types == ("R", "F")
    assert row.methods == ("focused IR", "hot air")
    assert procedures.look_up(["acme:rw-7", "acme:none", "article:2.1"])[0] == row
    assert len(procedures.look_up(["acme:rw-7", "acme:none", "article:2.1"])) == 2
    assert procedures.search(namespace="acme") == [row]
    assert procedures.problems() == []


def test_a_site_cannot_speak_as_a_stock_source(home):
    home(OWN.replace("acme", "article"))
    with pytest.raises(Refused, match="a namespace of your own"):
        procedures.known()
    assert len(procedures.problems()) == 1


def test_the_same_id_in_two_files_is_refused(home):
    home(OWN, "a.toml")
    home(OWN, "b.toml")
    with pytest.raises(UsageError, match=r"b\.toml: acme:rw-7 is in another file too"):
        procedures.find("2.1")
    assert [line.endswith("in another file too") for line in procedures.problems()] == [True]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"M-H"', '"H-M"', "conformance"), ('"M-H"', '"X"', "conformance"),
        ('"M-H"', '"M-"', "conformance"), ('"R, F"', '"R, 3"', "board_types"),
        ('"R, F"', '"R, R"', "board_types"), ('"R, F"', '"R,"', "board_types"),
        ('"rw-7"', '"RW 7"', "id"), ('"focused IR, hot air"', '"a,,b"', "methods"),
        ('"E"', '"X"', "skill"), ("module = 8", "module = 11", "module"),
        ("module = 8", "modul = 8", "modul"), ('"rework"', '"refurbish"', "activity"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused_with_its_path(home, old, new, path):
    assert old in OWN
    home(OWN.replace(old, new))
    with pytest.raises(Refused) as caught:
        procedures.known()
    assert [line.split(" = ")[0] for line in caught.value.problems] == [f"procedures[0].{path}"]


def test_all_problems_of_a_file_come_at_once(home):
    second = OWN[OWN.index("[[procedures]]"):]
    home(OWN.replace('"E"', '"X"').replace('"M-H"', '"Z"') + second)
    with pytest.raises(Refused) as caught:
        procedures.known()
    assert len(caught.value.problems) == 3  # skill, conformance, and the id used twice


def test_a_file_that_is_no_toml_is_named(home):
    home("schema = ")
    with pytest.raises(UsageError, match=r"own\.toml is not valid TOML"):
        procedures.find("2.1")
    assert len(procedures.problems()) == 1


def test_search_narrows_by_component_and_activity():
    found = procedures.search(component="bga", activity="modification")
    assert [row.id for row in found] == ["article:bga-jumper"]
    assert procedures.search(namespace="nobody") == []


def test_every_component_of_the_article_is_searched_by_its_name():
    for part in ("chip", "melf", "sot", "soic", "qfp", "plcc", "csp", "lga", "laminate"):
        assert procedures.search(component=part), part


def test_the_checker_never_raises_on_nonsense():
    for data in ({}, {"procedures": 3}, {"procedures": [None]}, {"procedures": [{"id": 3}]}):
        assert procedurefile.check(data)


def test_the_modules_named_exist():
    numbers = {row.number for row in terms.MODULES}
    assert {row.module for row in procedures.stock()} - {None} <= numbers
