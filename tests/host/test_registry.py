"""The list of known units: naming, moving, remembering, and files that cannot be read."""

import json

import pytest

from preheat import paths
from preheat.errors import UsageError
from preheat.registry import Registry


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_home_is_where_preheat_home_says(home):
    assert paths.units_file() == home / "units.json"
    assert paths.run_dir().is_dir() and paths.logs_dir().is_dir()


def test_without_preheat_home_the_systems_folder_is_used(monkeypatch, tmp_path):
    monkeypatch.delenv("PREHEAT_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name: str(tmp_path / "data" / name))
    assert paths.home() == tmp_path / "data" / "preheat"


def test_a_named_unit_is_found_again_in_a_new_process():
    Registry().add("bench-2", "/dev/ttyUSB0", "aa", "quartz")
    unit = Registry().get("bench-2")
    assert unit is not None
    assert (unit.port, unit.uid, unit.board) == ("/dev/ttyUSB0", "aa", "quartz")
    assert Registry().by_uid("aa") == unit
    assert [u.name for u in Registry().units()] == ["bench-2"]


def test_renaming_a_unit_drops_its_old_name():
    registry = Registry()
    registry.add("old", "COM3", "aa")
    registry.add("new", "COM3", "aa")
    assert [u.name for u in registry.units()] == ["new"]


def test_a_name_is_not_given_to_a_second_unit():
    registry = Registry()
    registry.add("bench", "COM3", "aa")
    with pytest.raises(UsageError, match="already another unit"):
        registry.add("bench", "COM4", "bb")


@pytest.mark.parametrize("name", ["", "Bench", "a b", "x" * 25, "ü", "a\n", "../x"])
def test_names_are_plain(name):
    with pytest.raises(UsageError, match="cannot be a unit's name"):
        Registry().add(name, "COM3")


def test_a_home_that_cannot_be_used_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(UsageError, match="cannot hold preheat's files"):
        Registry()


def test_remove():
    registry = Registry()
    registry.add("bench", "COM3", "aa")
    registry.remove("bench")
    assert Registry().units() == []
    with pytest.raises(UsageError, match="no unit is named"):
        registry.remove("bench")


def test_a_unit_seen_at_another_port_moves_and_its_boot_is_remembered():
    registry = Registry()
    registry.add("bench", "COM3", "aa", "quartz")
    registry.saw("aa", "boot1", "COM7", "")
    again = Registry()
    unit = again.get("bench")
    assert unit is not None and (unit.port, unit.board) == ("COM7", "quartz")
    assert again.last_boot("aa") == "boot1"
    assert again.last_boot("zz") is None


def test_unnamed_units_boots_are_remembered_but_not_for_ever(home):
    registry = Registry()
    for n in range(250):
        registry.saw(f"u{n}", "b")
    assert Registry().last_boot("u249") == "b"
    assert Registry().last_boot("u0") is None
    assert registry.units() == []


def test_nothing_is_written_when_nothing_changed(home):
    registry = Registry()
    registry.saw("aa", "b", "COM3")
    stamp = (home / "units.json").stat().st_mtime_ns
    registry.saw("aa", "b", "COM3")
    registry.saw("", "b", "COM3")
    assert (home / "units.json").stat().st_mtime_ns == stamp
    assert not list(home.glob("*.new"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"units": 3}', '{"units": {"a": {}}, "boots": {}}', "\x00"]
)
def test_a_file_that_does_not_read_is_named_and_not_overwritten(home, text):
    home.mkdir()
    (home / "units.json").write_text(text)
    with pytest.raises(UsageError, match="units.json"):
        Registry()
    assert (home / "units.json").read_text() == text


def test_the_file_is_plain_json(home):
    Registry().add("bench", "COM3", "aa")
    assert json.loads((home / "units.json").read_text())["units"]["bench"]["port"] == "COM3"
