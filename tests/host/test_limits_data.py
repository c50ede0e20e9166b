"""The tables of limits: whole, with a source and a confidence everywhere, and as published."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat import tomlfiles
from preheat.calibration import fixedpoints
from preheat.errors import VerifyError
from preheat.limits import alloys, bodies, load, moisture, parts, rules, schema
from preheat.limits.numbers import CONFIDENCE, Number
from preheat.limits.question import Question
from preheat.limits.ranges import within
from preheat.limits.stack import stack
from preheat_core import alloys as device

RAW = load.tables()


def tables_in(value, path=""):
    """(path, table) of every table that names a source."""
    if isinstance(value, dict):
        if "source" in value:
            yield path, value
        for key, item in value.items():
            yield from tables_in(item, f"{path}.{key}")
    elif isinstance(value, list):
        for row in value:
            name = row.get("name", row.get("why", "")) if isinstance(row, dict) else ""
            yield from tables_in(row, f"{path}[{name}]")


def test_the_files_are_good():
    assert schema.check(RAW) == []


def test_every_number_has_a_known_source_and_a_word_for_how_sure_it_is():
    found = list(tables_in(RAW))
    assert len(found) > 150
    for path, table in found:
        assert table["source"] in RAW["sources"], path
        assert table["confidence"] in CONFIDENCE, path


def test_every_source_is_used():
    used = {table["source"] for _, table in tables_in(RAW)}
    assert set(RAW["sources"]) - used == set()


def test_what_came_from_memory_says_so_and_nothing_else_does():
    """A recalled number never borrows the name of somebody who was not read, nor the reverse."""
    for path, table in tables_in(RAW):
        assert (table["confidence"] == "recalled") == ("recalled" in
            load.sources()[table["source"]]), path  # fmt: skip


RECALLED = {
    "SN100C": {"peak"}, "Sn96.5Ag3.5": {"peak"}, "Sn99.3Cu0.7": {"peak"}, "In52Sn48": {"peak"},
    "Sn42Bi57.6Ag0.4": {"solidus", "liquidus"},
}  # fmt: skip


@pytest.mark.parametrize("row", alloys.rows(), ids=lambda row: row.name)
def test_which_numbers_of_an_alloy_are_unverified(row):
    numbers = {"solidus": row.solidus_c, "liquidus": row.liquidus_c, "peak": row.peak_high_c}
    assert {key for key, number in numbers.items() if not number.verified} == RECALLED.get(
        row.name, set()
    )


@pytest.mark.parametrize(
    ("name", "solidus", "liquidus", "peak"),
    [
        ("63/37", 183, 183, (205, 225)), ("Sn60Pb40", 183, 191, (210, 225)),
        ("Sn62Pb36Ag2", 179, 179, (205, 225)), ("sac305", 217, 220, (235, 245)),
        ("SAC405", 217, 220, (235, 245)), ("SAC387", 217, 220, (235, 245)),
        ("SN100C", 227, 227, (240, 255)), ("SnAg", 221, 221, (240, 250)),
        ("SnCu", 227, 227, (245, 255)), ("SnBi", 138, 139, (160, 180)),
        ("SnBiAg", 139, 140, (160, 180)), ("Sn42Bi57.6Ag0.4", 138, 140, (160, 180)),
        ("in52sn48", 118, 118, (135, 150)),
    ],
)  # fmt: skip
def test_alloys_as_published(name, solidus, liquidus, peak):
    row = alloys.find(name)
    assert (row.solidus_c, row.liquidus_c) == (solidus, liquidus)
    assert (row.peak_low_c, row.peak_high_c) == peak
    assert row.solidus_c <= row.liquidus_c < row.peak_low_c < row.peak_high_c


def test_only_a_number_that_nobody_saw_printed_lies_above_the_liquidus_and_its_alloy_says_so():
    for row in alloys.rows():
        for fact in rules.of_alloy("melting_c", row.name):
            if fact.high > row.liquidus_c:
                assert not fact.verified
                assert f"{fact.high:g} °C" in row.note
                assert f"{row.liquidus_c:g} counts" in row.note
                assert fact.high < row.peak_low_c  # "its peaks melt either"
    said = next(row for row in alloys.rows() if row.name == "Sn62Pb36Ag2")
    assert "189 °C" in said.note


def test_the_alloys_are_all_there_and_the_device_knows_their_families():
    assert len(alloys.names()) == 13
    for name in device.NAMES:
        assert alloys.find(name).family == name
    bismuth = alloys.find("Sn42Bi57Ag1")
    assert (bismuth.tal_low_s, bismuth.tal_high_s) == (60, 90)
    assert (bismuth.soak_c.low, bismuth.soak_c.high) == (110, 139)
    assert (bismuth.ramp.high, bismuth.ramp_max.high) == (1, 2.5)


LEAD_FREE = {  # thickness, then volumes below 350, 350 to 2000, over 2000
    1.5: (260, 260, 260), 1.6: (260, 250, 245), 2.5: (260, 250, 245), 2.6: (250, 245, 245),
}  # fmt: skip
TIN_LEAD = {  # thickness: (020C, 020D) below 350 and from 350 on
    2.4: ((240, 235), (225, 220)), 2.5: ((225, 220), (225, 220)),
}  # fmt: skip


@pytest.mark.parametrize("thickness", LEAD_FREE)
def test_lead_free_bodies_as_published(thickness):
    for want, volumes in zip(LEAD_FREE[thickness], ((349,), (350, 2000), (2001,))):
        for volume in volumes:
            (row,) = bodies.rows("lead-free", thickness, volume)
            assert (row.high, row.verified) == (want, True)


@pytest.mark.parametrize("thickness", TIN_LEAD)
def test_tin_lead_bodies_as_published_and_the_recalled_cells_marked(thickness):
    for want, volume in zip(TIN_LEAD[thickness], (349, 350)):
        older, newer = bodies.rows("tin-lead", thickness, volume)
        assert (older.high, newer.high) == want
        assert (older.verified, newer.verified) == (True, False)


sizes = st.one_of(st.sampled_from([1.6, 2.5, 350, 2000]), st.floats(0.01, 1e5))


@given(process=st.sampled_from(schema.PROCESSES), thickness=sizes, volume=sizes)
def test_every_body_falls_into_one_cell_of_an_edition_and_the_worst_row_is_the_worst(
    process, thickness, volume
):
    cells = bodies.cells(process, thickness, volume)
    editions = [cell["edition"] for cell in cells]
    assert sorted(editions) == sorted(set(editions))
    assert len(editions) == (1 if process == "lead-free" else 2)
    exact = min(cell["high"] for cell in cells)
    for known in ((None, volume), (thickness, None), (None, None)):
        assert min(row.high for row in bodies.rows(process, *known)) <= exact


@pytest.mark.parametrize("text", ["", "1.6", "2-1", "1..2", "<", "a-b", "<=3", "1-1"])
def test_a_text_that_is_no_range_is_refused(text):
    with pytest.raises(ValueError):
        within(text, 1)


def test_laminates_as_published():
    values = {
        row.name: (row.tg_c.low, row.td_c.low, row.t288_min.low) for row in parts.laminates()
    }
    assert values["IPC-4101/101"] == values["IPC-4101/121"] == (110, 310, 5)
    assert values["IPC-4101/99"] == values["IPC-4101/124"] == (150, 325, 5)
    assert values["IPC-4101/126"] == values["IPC-4101/129"] == (170, 340, 15)
    assert values["FR-4"] == (130, None, None)
    standard = parts.find_laminate("fr4").tg_c.low
    assert standard is not None and not standard.verified


@pytest.mark.parametrize(
    ("msl", "thickness", "shown"),
    [
        ("3", 1.4, ["9/7 h", "33/23 h", "13/9 d"]), ("2A", 1.5, ["21/16 h", "3/2 d", "29/22 d"]),
        ("5a", 1.0, ["16/10 h", "54/24 h", "22/10 d"]), ("5a", 1.8, []), ("2", 1.0, []),
        ("6", 1.0, []), ("4", 4.5, ["48/48 h", "10/8-10 d", "79/67-79 d"]), ("4", 4.6, []),
    ],
)  # fmt: skip
def test_bakes_as_published(msl, thickness, shown):
    rows = moisture.bakes(msl, thickness)
    assert [row.shown for row in rows] == shown
    assert all(row.verified == (thickness <= 2) for row in rows)
    assert all(row.floor_h <= row.saturated_h for row in rows)


def test_without_a_thickness_every_row_of_the_level_is_there():
    assert [row.body_mm for row in moisture.bakes("3")] == [1.4] * 3 + [2.0] * 3 + [4.5] * 3


def test_floor_lives_as_published():
    lives = {level: moisture.floor_life(level) for level in moisture.levels()}
    assert (lives["3"].life, lives["2a"].life, lives["5a"].life) == ("168 h", "4 weeks", "24 h")
    verified = {level for level, life in lives.items() if life.verified}
    assert verified == {"2", "2a", "3", "4"}


def test_the_checker_tells_all_problems_at_once():
    raw = copy.deepcopy(RAW)
    raw["alloys"]["alloys"][0]["family"] = "SnCd"
    raw["alloys"]["alloys"][1]["solidus_c"]["confidence"] = "sure"
    raw["jstd020"]["rules"][0]["source"] = "nobody"
    raw["parts"]["laminates"][0]["colour"] = "green"
    del raw["moisture"]["bake"][0]["at_90"]
    paths = [problem.path for problem in schema.check(raw)]
    assert paths == [
        "alloys.alloys[0].family", "alloys.alloys[1].solidus_c.confidence",
        "jstd020.rules[0].source", "parts.laminates[0].colour", "moisture.bake[0].at_90",
    ]  # fmt: skip


def test_the_checker_tells_all_contradictions_at_once():
    raw = copy.deepcopy(RAW)
    raw["alloys"]["alloys"][0]["peak_c"]["low"] = 999
    raw["alloys"]["alloys"][1]["aliases"] = "63/37"
    raw["rework"]["rules"][0]["packages"] = "bga tube"
    raw["jstd020"]["bodies"][0]["thickness_mm"] = "thin"
    raw["moisture"]["bake"][0]["at_40"] = "long"
    paths = {problem.path for problem in schema.check(raw)}
    assert paths == {
        "alloys.alloys[0].peak_c.low", "alloys.alloys[1]", "rework.rules[0].packages",
        "jstd020.bodies[0].thickness_mm", "moisture.bake[0].at_40",
    }  # fmt: skip


def test_a_folder_that_is_not_whole_is_refused(tmp_path):
    for path in load.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert load.read(tmp_path) == RAW
    (tmp_path / "rework.toml").unlink()
    with pytest.raises(VerifyError, match="rework"):
        load.read(tmp_path)
    (tmp_path / "rework.toml").write_text("rules = [", encoding="utf-8")
    with pytest.raises(VerifyError, match=r"rework\.toml"):
        load.read(tmp_path)


def test_a_number_is_a_float_that_knows_who_says_so():
    number = Number(183, "somebody", "recalled")
    assert number + 1 == 184.0
    again = pickle.loads(pickle.dumps(number))
    assert (again, again.source, again.verified) == (183, "somebody", False)
    with pytest.raises(ValueError, match="sure"):
        Number(1, "somebody", "sure")


def test_what_the_device_knows_by_itself_is_in_the_tables():
    for row in device.ALLOYS:
        ours = alloys.find(row.name)
        assert ours.solidus_c == row.solidus_c
        assert ours.liquidus_c >= row.liquidus_c  # the highest that a maker prints
        limits = stack(Question(row.name, purpose="reflow"))
        assert limits.tightest("max_c", "component").high == row.peak_max_c
    worst = bodies.rows("lead-free", None, None)
    assert [row.high for row in worst] == [device.BGA_MAX_C]


def test_the_plateaus_for_calibration_lie_where_the_tables_say_that_alloys_melt():
    points = {row.name: row for row in fixedpoints.MELTING}
    both = set(points) & set(alloys.names())
    assert len(both) >= 5
    for name in both:
        row = alloys.find(name)
        low_c, high_c = row.solidus_c - points[name].error_c, row.liquidus_c + points[name].error_c
        assert low_c <= points[name].true_c <= high_c


def test_the_stock_bake_is_that_of_the_table():
    (stage,) = tomlfiles.load_profile("bake-125")["stages"]
    bake = moisture.bakes("3", 1.4)[0]
    assert (stage["target_c"], stage["hold_s"]) == (bake.temp_c, bake.saturated_h * 3600)
