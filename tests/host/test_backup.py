"""A unit saved in one file: what is in it, where it lies, and what is kept without asking."""

import os

import pytest

from host.backup_unit import BenchUnit, content, saved
from host.cli_helpers import Shell
from host.fake_log import make_log
from preheat import backup, backupfile, paths


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat, monkeypatch):
    with BenchUnit() as unit:
        monkeypatch.setenv("PREHEAT_PORT", unit.port)
        unit.armed = "hotplate-sn63"
        unit.settings = {**unit.settings, "sensor_error_c": 3.5}
        yield unit


def test_a_backup_holds_all_that_is_the_units_own(preheat, unit):
    unit.logs = {"r000001": make_log("r000001", "done")}
    made = saved(preheat)
    path = paths.backups_dir() / os.path.basename(made["file"])
    assert path.name.startswith("bench-a-aabbccdd-20") and path.suffix == ".json"
    inside = content(path)
    assert inside["settings"] == unit.settings and inside["board"] == unit.board
    assert sorted(inside["profiles"]) == sorted(unit.profiles)
    assert inside["armed"] == "hotplate-sn63"
    assert inside["unit"]["uid"] == "aabbccdd" and inside["unit"]["fw_hash"]
    assert inside["logs"][0][0] == "r000001" and made["not_pulled"] == 1
    assert "log pull --all" in preheat("unit", "backup").err


def test_backups_overwrite_nothing(preheat, unit, monkeypatch):
    monkeypatch.setattr("preheat.backupcontent.time.time", lambda: 1_780_000_000)
    names = {os.path.basename(saved(preheat)["file"]) for _ in range(3)}
    assert len(names) == 3 == len(list(paths.backups_dir().iterdir()))
    taken = preheat.file("mine.json", "precious")
    ran = preheat("unit", "backup", "-o", taken)
    assert ran.code == 2 and "exists already" in ran.err
    assert taken.read_text() == "precious" and not list(preheat.folder.glob("*.new"))
    assert preheat("unit", "backup", "-o", preheat.folder / "no" / "x.json").code == 2


def test_on_a_disk_without_hard_links_nothing_is_overwritten_either(
    preheat, unit, monkeypatch, tmp_path
):
    def refuse(*_):
        raise PermissionError(1, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    made = content(saved(preheat)["file"])
    there = preheat.file("there.json", "precious")
    with pytest.raises(Exception, match="exists already"):
        backupfile.save(made, there)
    assert there.read_text() == "precious"


def test_what_a_unit_says_of_itself_never_chooses_a_place(preheat, unit):
    unit.hello_more = {"name": "../../evil"}
    ran = preheat("unit", "backup")
    assert ran.code == 7 and "unit.name" in ran.err
    unit.hello_more = {"uid": "../*[x"}
    assert preheat("unit", "backup").code == 7 and preheat("unit", "restore", "last").code == 2
    assert not list(preheat.folder.rglob("*evil*"))
    assert not list(paths.backups_dir().iterdir())


def test_the_last_backup_is_the_newest_with_settings(preheat, unit, monkeypatch):
    for now_s, error_c in ((1_780_000_000, 3.0), (1_780_000_500, 3.2), (1_780_000_200, 3.4)):
        monkeypatch.setattr("preheat.backupcontent.time.time", lambda now_s=now_s: now_s)
        unit.settings = {**unit.settings, "sensor_error_c": error_c}
        saved(preheat)
    unit.settings = None
    monkeypatch.setattr("preheat.backupcontent.time.time", lambda: 1_780_000_900)
    saved(preheat)
    (paths.backups_dir() / "bench-a-aabbccdd-zz.json").write_text("damaged")
    last = backupfile.newest("aabbccdd")
    assert last is not None and last.content["settings"]["sensor_error_c"] == 3.2
    assert backupfile.newest("aabbccde") is None


def test_what_was_stored_is_kept_without_being_asked_and_only_once(preheat, unit):
    file = preheat.file("a.toml", 'schema = 1\nname = "bench-a"\n')
    assert preheat("config", "push", file).code == 0
    assert len(list(paths.backups_dir().glob("*.json"))) == 1
    unit.asked.clear()
    assert preheat("config", "push", file).code == 0
    assert len(list(paths.backups_dir().glob("*.json"))) == 1
    assert unit.asked.count("read") <= 4  # what the last backup holds is not fetched again


def test_keeping_a_backup_never_stands_in_the_way(preheat, unit, monkeypatch):
    monkeypatch.setattr(paths, "backups_dir", lambda: preheat.folder / "missing" / "folder")
    file = preheat.file("a.toml", 'schema = 1\nname = "bench-a"\n')
    assert preheat("config", "push", file).code == 0


def test_before_an_erase_a_live_unit_is_saved_with_its_logs(preheat, unit):
    unit.logs = {f"r00000{n}": make_log(f"r00000{n}", "done") for n in (1, 2)}
    unit.pulled = {"r000001"}
    path = backup.before_erase(unit.port)
    assert path is not None and backupfile.load(path).name == "bench-a"
    assert [p.name for p in (paths.logs_dir() / "bench-a").iterdir()] == ["r000002.plog"]
    unit.wipe()
    unit.board = None
    assert backup.before_erase(unit.port) is None


def test_an_unusable_stored_file_is_kept_as_it_is_and_never_sent(preheat, unit):
    unit.settings = {"schema": 1, "name": "bench-a", "an_old_key": 1}
    made = saved(preheat)
    assert made["settings"] is False and "settings.json did not pass" in made["notes"][0]
    assert "/data/settings.json" in content(made["file"])["files"]
    assert preheat("unit", "restore", made["file"], "--yes", "--json").document["changed"] == []


def test_a_unit_with_nothing_of_its_own_gives_no_backup(preheat, unit):
    unit.wipe()
    unit.board = None
    assert preheat("unit", "backup").code == 4
    assert not list(paths.backups_dir().iterdir())
