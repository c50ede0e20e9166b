"""The memory of each unit: what it keeps, what it forgets, and that it never stands in the way."""

import pytest

from preheat import paths, sightings

HELLO = {"uid": "aabbccdd", "name": "bench-a", "board": "b", "board_hash": "1" * 16,
         "settings_hash": "2" * 16, "fw_hash": "3" * 16, "boot_id": "b1", "uptime_ms": 500}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_was_seen_of_a_unit_outlives_the_loss_of_its_data():
    sightings.note(HELLO, 100.0)
    wiped = {"board_hash": None, "settings_hash": None, "name": "unit", "board": "none"}
    sightings.note({**HELLO, **wiped, "boot_id": "b2", "uptime_ms": 7}, 200.0)
    row = sightings.recall("aabbccdd")
    assert row is not None
    assert (row.settings_hash, row.name, row.board) == ("2" * 16, "bench-a", "b")
    assert (row.boot_id, row.uptime_ms, row.epoch_s) == ("b2", 7, 200.0)


def test_of_one_boot_the_first_sighting_stays_and_nothing_is_written_again(home):
    sightings.note(HELLO, 100.0)
    stamp = (home / "seen" / "aabbccdd.json").stat().st_mtime_ns
    sightings.note({**HELLO, "uptime_ms": 9000}, 900.0)
    assert (home / "seen" / "aabbccdd.json").stat().st_mtime_ns == stamp
    row = sightings.recall("aabbccdd")
    assert row is not None and (row.uptime_ms, row.epoch_s) == (500, 100.0)


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(home):
    home.mkdir()
    (home / "seen").write_text("a file")
    sightings.note(HELLO, 100.0)
    assert sightings.recall("aabbccdd") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"uid": "aabb"}', '{"uid": 1}'])
def test_a_memory_that_does_not_read_is_none(text):
    (paths.seen_dir() / "aabb.json").write_text(text)
    assert sightings.recall("aabb") is None
    sightings.note({"uid": "aabb", "boot_id": "b", "uptime_ms": 1}, 5.0)
    row = sightings.recall("aabb")
    assert row is not None and row.epoch_s == 5.0


def test_sightings_are_not_kept_for_ever_nor_outside_their_folder():
    for n in range(sightings.MOST + 5):
        sightings.note({"uid": f"{n:04x}", "boot_id": "b", "uptime_ms": 1})
    sightings.note({"uid": "../../x", "boot_id": "b", "uptime_ms": 1})
    assert len(list(paths.seen_dir().iterdir())) == sightings.MOST
