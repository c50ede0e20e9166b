"""The codes of the record: complete, in order, the same as the data's and the page's."""

import re
from pathlib import Path
from typing import get_args

import pytest

from preheat.record import model, procedures, terms

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "record.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (terms.ACTIVITIES, model.Activity), (terms.BOARD_TYPES, model.BoardType),
        (terms.SKILLS, model.Skill), (terms.CERTIFICATIONS, model.Level),
        (terms.COATINGS, model.CoatingKind),
    ],
)  # fmt: skip
def test_the_tables_have_the_codes_that_the_record_stores(table, codes):
    assert {row.code for row in table} == set(get_args(codes))


def test_classes_are_numbers_and_board_types_are_letters():
    assert [int(row.code) for row in terms.CLASSES] == list(get_args(model.ProductClass))
    assert not {row.code for row in terms.CLASSES} & {row.code for row in terms.BOARD_TYPES}


def test_skill_and_conformance_rise_in_the_tables_order():
    assert [terms.skill_rank(code) for code in "IAE"] == [0, 1, 2]
    assert [terms.conformance_rank(code) for code in "LMH"] == [0, 1, 2]
    with pytest.raises(KeyError):
        terms.skill_rank("X")


def test_there_are_ten_modules_one_mandatory_and_one_by_lecture():
    assert [row.number for row in terms.MODULES] == list(range(1, 11))
    assert [row.number for row in terms.MODULES if row.mandatory] == [1]
    assert [row.number for row in terms.MODULES if row.lecture_only] == [8]
    assert terms.module(8).title == "Ball grid arrays"
    with pytest.raises(KeyError):
        terms.module(11)


def test_a_code_is_found_with_its_words():
    assert terms.find(terms.SKILLS, "E").name == "Expert"
    assert terms.coating("parylene").methods == ("micro-abrasion", "laser")
    for table, code in ((terms.SKILLS, "Z"), (terms.ACTIVITIES, "")):
        with pytest.raises(KeyError):
            terms.find(table, code)
    with pytest.raises(KeyError):
        terms.coating("wax")


def test_every_coating_that_is_identified_has_its_procedure_with_the_same_methods():
    for row in terms.COATINGS:
        if row.methods:
            found = procedures.find(f"article:coating-removal-{row.code}")
            assert found.methods == row.methods and set(row.methods) <= set(terms.REMOVAL)
    assert procedures.find("article:coating-identification").methods == terms.IDENTIFICATION
    assert procedures.find("article:coating-replacement").methods == terms.REPLACEMENT


def test_every_row_has_words_and_a_source():
    for table in (
        terms.ACTIVITIES, terms.CLASSES, terms.BOARD_TYPES, terms.SKILLS, terms.CONFORMANCES,
        terms.CERTIFICATIONS,
    ):  # fmt: skip
        assert len({row.code for row in table}) == len(table)
        assert all(row.name and row.meaning and row.source for row in table)


@pytest.mark.parametrize("row", [
    *terms.ACTIVITIES, *terms.CLASSES, *terms.BOARD_TYPES, *terms.SKILLS, *terms.CONFORMANCES,
    *terms.CERTIFICATIONS,
], ids=lambda row: row.name)  # fmt: skip
def test_the_page_shows_every_code_as_the_code_has_it(row):
    assert f"| `{row.code}` | {row.name} | {row.meaning} |" in PAGE


def test_the_page_shows_modules_coatings_and_traps():
    for row in terms.MODULES:
        extra = "in every certificate" if row.mandatory else ""
        extra = "by lecture in the basic programme" if row.lecture_only else extra
        assert f"| {row.number} | {row.title} | {extra} |" in PAGE
    for row in terms.COATINGS:
        assert f"| {row.code} | {', '.join(row.methods)} | {row.note} |" in PAGE
    for trap, answer in terms.TRAPS:
        assert f"| {trap} | {answer} |" in PAGE


def test_the_page_claims_no_acceptance():
    assert not re.search(r"(passed|certified to|accepted (per|to)) (IPC|J-STD)", PAGE, re.I)
