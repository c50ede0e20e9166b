"""The list of known units: naming, moving, remembering, and files that cannot be read."""

import json
import subprocess
import sys

import pytest

from preheat import locked as locks
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


def test_what_another_process_wrote_meanwhile_is_kept():
    early = Registry()
    Registry().add("bench-1", "COM3", "aa")
    early.add("bench-2", "COM4", "bb")
    early.saw("cc", "boot1", "COM5")
    assert [u.name for u in Registry().units()] == ["bench-1", "bench-2"]
    with pytest.raises(UsageError, match="already another unit"):
        early.add("bench-1", "COM6", "dd")


def test_many_that_write_at_once_lose_nothing(home):
    code = (
        "import sys, threading\n"
        "from preheat.registry import Registry\n"
        "def add(n):\n"
        "    Registry().add_next('bench-{n}', f'COM{n}', f'{sys.argv[1]}{n}')\n"
        "threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]\n"
        "[t.start() for t in threads]\n"
        "[t.join() for t in threads]\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, letter]) for letter in "abc"]
    assert [other.wait(timeout=60) for other in others] == [0, 0, 0]
    units = Registry().units()
    assert {u.name for u in units} == {f"bench-{n}" for n in range(1, 19)}
    assert {u.uid for u in units} == {f"{letter}{n}" for letter in "abc" for n in range(6)}
    assert not list(home.glob("*.new"))


def test_the_next_free_name_is_given_and_a_name_that_is_there_kept():
    registry = Registry()
    registry.add("bench-1", "COM3", "aa")
    assert registry.add_next("bench-{n}", "COM4", "bb").name == "bench-2"
    assert registry.add_next("bench-{n}", "COM9", "bb").name == "bench-2"
    assert registry.add_next("bench-{n}", "COM5", "cc", own="hot-plate").name == "hot-plate"
    assert registry.add_next("bench-{n}", "COM6", "dd", own="hot-plate").name == "bench-3"
    assert registry.add_next("bench-{n}", "COM5", "cc", own="other").name == "hot-plate"


def test_a_lock_that_another_program_keeps_is_named(home, monkeypatch):
    monkeypatch.setattr(locks, "WAIT_S", 0.1)
    path = paths.units_file()
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from preheat.locked import locked\n"
        "with locked(Path(sys.argv[1])):\n"
        "    print('mine', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"mine\n"
        with pytest.raises(UsageError, match="another program has held .*units.json.lock"):
            Registry().add("bench", "COM3")
        other.kill()  # the system lets go of what a dead process held
        other.wait(timeout=10)
        assert Registry().add("bench", "COM3").name == "bench"
