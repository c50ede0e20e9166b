"""What a person types for the record: words, parts, rows, times, and every problem at once."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat.errors import UsageError
from preheat.record import entry, fold, names
from preheat.record.model import Bake, Coating, Job
from preheat.runner import BY_CHARS

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def entered(*words, keys=fold.SETTABLE, before=None):
    return entry.fields_of(Job, words, keys, NOW, before)


def test_every_field_that_a_job_can_be_set_to_has_a_word_that_sets_it():
    values = {
        "board_serial": "SN1", "assembly": "A", "revision": "B", "product_class": 3,
        "board_type": "R", "activity": "repair", "existing_alloy": "SAC305", "new_alloy": "SnBi",
        "approval_ref": "mail", "change_order": "ECO-1", "esd": "strap", "cycles_before": 1,
        "cycle_limit_board": 4, "cycle_limit_site": 2,
    }  # fmt: skip
    back = {long: short for short, long in entry.SHORT.items()}
    parts = {
        "coating": {f.name: "x" for f in fields(Coating)} | {
            "kind": "acrylic", "removed_at": "now", "replaced_at": "now"},
        "bake": {f.name: "now" for f in fields(Bake)} | {
            "msl": "2a", "thickness_mm": 1.2, "temp_c": 125.0, "hours": 8.0},
    }  # fmt: skip
    assert set(values) | set(parts) == set(fold.SETTABLE)
    body = entered(*[f"{back.get(key, key)}={value}" for key, value in values.items()])
    assert body == values
    at = "2026-06-15T12:00:00.000Z"
    for head, part in parts.items():
        body = entered(*[f"{head}.{key}={value}" for key, value in part.items()])
        assert body[head] == {key: at if value == "now" else value for key, value in part.items()}


def test_every_row_that_can_be_added_is_spelled_by_its_values_in_order():
    assert entry.row_of("site", ["U7", "BGA"], NOW) == (
        "sites", {"reference": "U7", "package": "BGA"})
    assert entry.row_of("material", ["Paste", "S3", "lot 1", "alloy=SAC305"], NOW) == (
        "materials", {"kind": "paste", "name": "S3", "lot": "lot 1", "alloy": "SAC305"})
    assert entry.row_of("checkpoint", ["pads", "clean"], NOW) == (
        "checkpoints", {"name": "pads", "result": "clean"})
    assert entry.row_of("equipment", ["hot tip 3"], NOW) == ("equipment", "hot tip 3")


def test_a_word_that_could_be_anything_is_taken_for_nothing():
    for words in (["U7", "package=BGA", "1"], ["U7", "pakage=BGA"], ["U7", "BGA", "1", "x"]):
        with pytest.raises(UsageError, match="not clear what this is") as told:
            entry.row_of("site", words, NOW)
        assert told.value.problems == (words[-1],)
        assert "a site has reference, package, cycles_before" in told.value.fix
    assert entry.row_of("checkpoint", ["R7", "value = 4k7"], NOW)[1]["result"] == "value = 4k7"


def test_a_flux_is_asked_for_its_alloys_and_may_be_silent():
    flux = ["flux", "NC-559", "lot 1"]
    with pytest.raises(UsageError, match="alloy"):
        entry.row_of("material", flux, NOW)
    assert "alloy" not in entry.row_of("material", [*flux, "alloy="], NOW)[1]


def test_a_single_part_changes_in_what_there_is_and_nothing_takes_it_back():
    before = {"bake": {"msl": "3", "thickness_mm": 1.2}}
    assert entered("bake.hours=9", before=before) == {
        "bake": {"msl": "3", "thickness_mm": 1.2, "hours": 9.0}}
    assert entered("bake.thickness_mm=", before=before) == {"bake": {"msl": "3"}}
    assert entered("bake=", before=before) == {"bake": None}
    assert entered("approval=") == {"approval_ref": None}


def test_everything_wrong_is_said_at_once():
    with pytest.raises(UsageError) as told:
        entered("class=4", "colour=red", "loose", "bake.colour=red", "coating=acrylic",
                "limit=many", "bake.done_at=noon", "approval.x=1")  # fmt: skip
    assert len(told.value.problems) == 8


def test_a_job_is_asked_for_all_it_must_say():
    assert [line.split("=")[0] for line in entry.missing_of(Job, {}, fold.OPENING)] == [
        "serial", "class", "type", "activity"]


def test_a_time_without_a_zone_is_this_computer_s():
    assert entry.moment("2026-06-15T10:00+02:00", NOW) == NOW - timedelta(hours=4)
    local = entry.moment("2026-06-15T10:00", NOW)
    assert local.replace(tzinfo=None) == datetime(2026, 6, 15, 10) and local.tzinfo is not None


@given(st.lists(st.text(max_size=30), max_size=4))
def test_no_word_does_more_than_be_refused(words):
    try:
        entered(*words)
    except UsageError as told:
        assert told.problems


@given(st.text(max_size=60))
def test_a_name_cut_twice_is_cut_once_and_fits_a_log(name):
    once = names.cut(name)
    assert names.cut(once) == once == names.normal(once)
    assert len(once) <= BY_CHARS


def test_a_name_has_one_spelling():
    assert names.normal("  Zoe\u0308   Poe ") == "Zo\u00eb Poe"
