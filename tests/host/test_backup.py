"""A unit saved in one file and put back: what is in it, what is refused, and breaks in between."""

import copy
import json
import os
from pathlib import Path

import pytest

from host.backup_unit import BenchUnit
from host.cli_helpers import Shell
from host.fake_log import make_log
from preheat import backup, backupfile, paths, sightings, tomlfiles
from preheat.cli import backup as verbs
from preheat.errors import Refused
from preheat.registry import Registry
from preheat_core import board as core_board
from preheat_core import settings


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


def saved(preheat):
    """A backup made by the verb."""
    ran = preheat("unit", "backup", "--json")
    assert ran.code == 0, ran.err
    return ran.document


def content(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["content"]


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


def test_a_wiped_unit_is_restored_and_restoring_again_changes_nothing(preheat, unit):
    before = copy.deepcopy(unit.files)
    saved(preheat)
    unit.wipe()
    ran = preheat("unit", "restore", "last", "--yes", "--json")
    assert ran.code == 0, ran.err
    assert unit.files == before
    assert ran.document["changed"] == [
        "settings", "profile hotplate-sac305", "profile hotplate-sn63", "profile hotplate-snbi",
        "start button",
    ]  # fmt: skip
    assert [row.name for row in Registry().units()] == ["bench-a"]
    unit.asked.clear()
    again = preheat("unit", "restore", "last", "--yes", "--json")
    assert (again.code, again.document["changed"], again.document["differences"]) == (0, [], [])
    assert not {"put", "arm", "disarm", "claim", "del"} & set(unit.asked)
    assert "has everything" in preheat("unit", "restore", "last").out


def test_what_would_change_is_shown_and_a_no_sends_nothing(preheat, unit, monkeypatch, tmp_path):
    saved(preheat)
    unit.settings = {**unit.settings, "sensor_error_c": 5.0}
    unit.profiles["own-one"] = unit.profiles["hotplate-sn63"]
    unit.asked.clear()
    answers = tmp_path / "answers"
    answers.write_text("n\n")
    with answers.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        ran = preheat("unit", "restore", "last")
    assert ran.code == 6 and "nothing was sent" in ran.err
    assert "settings.sensor_error_c" in ran.out and "5     3.5" in ran.out
    assert "put" not in unit.asked
    assert preheat("unit", "restore", "last", "--yes").code == 0
    assert "own-one" in unit.profiles  # what only the unit has stays


def test_a_changed_profile_is_taken_from_the_button_before_it_is_sent(preheat, unit):
    saved(preheat)
    other = {**tomlfiles.load_profile("hotplate-sn63"), "title": "changed since"}
    unit.profiles["hotplate-sn63"] = json.dumps(other).encode()
    unit.asked.clear()
    assert preheat("unit", "restore", "last", "--yes").code == 0
    orders = [cmd for cmd in unit.asked if cmd in ("disarm", "put", "arm")]
    assert orders == ["disarm", "put", "arm"]
    assert unit.armed == "hotplate-sn63"


@pytest.mark.parametrize("parts", [0, 7, 20])
def test_a_broken_link_leaves_old_or_new_files_and_restoring_again_completes_it(
    preheat, unit, parts
):
    good = copy.deepcopy(unit.files)
    saved(preheat)
    old = {**good, "settings": {**unit.settings, "sensor_error_c": 5.0}, "armed": None}
    for name in unit.profiles:
        body = json.loads(unit.profiles[name])
        old[name] = json.dumps({**body, "title": "older"}).encode()
    unit.settings, unit.armed = old["settings"], None
    unit.profiles = {name: old[name] for name in unit.profiles}
    unit.cut_after = parts
    ran = preheat("unit", "restore", "last", "--yes")
    assert ran.code == 3
    assert unit.cut_after is None and unit.files != good
    assert all(unit.files[key] in (old[key], good[key]) for key in good)
    assert preheat("unit", "restore", "last", "--yes").code == 0
    assert unit.files == good


def test_another_units_backup_needs_two_words_at_a_terminal(preheat, unit, monkeypatch):
    made = saved(preheat)["file"]
    Registry().remove("bench-a") if Registry().get("bench-a") else None
    unit.uid, unit.settings = "00112233", settings.default("bench-b")
    assert preheat("unit", "restore", "last", "--yes").code == 2  # none of its own
    unit.asked.clear()
    ran = preheat("unit", "restore", made, "--yes")
    assert ran.code == 4
    assert "another unit" in ran.err and "calibration" in ran.err and "put" not in unit.asked
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("preheat.cli.deploy.typed", lambda prompt, words: words == verbs.OTHER)
    assert preheat("unit", "restore", made).code == 0
    assert unit.settings["name"] == "bench-a"


def test_a_name_that_another_unit_has_is_refused_before_anything_is_sent(preheat, unit):
    saved(preheat)
    unit.settings = None
    Registry().add("bench-a", "COM99", "ffff")
    unit.asked.clear()
    assert preheat("unit", "restore", "last", "--yes", "--port", unit.port).code == 2
    assert "put" not in unit.asked


@pytest.mark.parametrize("gone", [True, False])
def test_another_board_is_refused_with_the_line_that_deploys_the_right_one(preheat, unit, gone):
    mine = {**unit.board, "name": "my-plate"}
    unit.board = mine
    saved(preheat)
    unit.board = None if gone else {**mine, "mains_hz": 60}
    unit.asked.clear()
    ran = preheat("unit", "restore", "last", "--yes")
    assert ran.code == 4 and "preheat deploy --board " in ran.err and "put" not in unit.asked
    written = ran.err.partition("--board ")[2].partition(" --port")[0].strip('"')
    assert tomlfiles.load_board(written) == core_board.normalise(mine)


def test_a_stock_board_is_named_and_not_written_out(preheat, unit):
    saved(preheat)
    unit.board = None
    ran = preheat("unit", "restore", "last", "--yes")
    assert "--board virtual-hotplate --port" in ran.err
    assert not list(paths.backups_dir().glob("*.toml"))


def test_what_no_longer_fits_the_board_is_left_out_or_refused_and_said(preheat, unit):
    made = content(saved(preheat)["file"])
    hot = {**json.loads(unit.profiles["hotplate-sac305"]), "name": "too-hot"}
    hot["stages"] = [{**hot["stages"][0], "target_c": 290, "ramp_max_s": 3000}]
    hot = {**hot, "run_max_s": 6000}
    file = preheat.folder / "odd.json"
    backupfile.save({**made, "profiles": {**made["profiles"], "too-hot": hot}}, file)
    ran = preheat("unit", "restore", file, "--yes")
    assert ran.code == 0 and "left out: profile too-hot: stages[0]" in ran.err
    assert "too-hot" not in unit.profiles
    own = {**made["settings"], "calibration": [{"probe": "nowhere", "offset_c": 1, "gain": 1}]}
    file = preheat.folder / "misfit.json"
    backupfile.save({**made, "settings": own}, file)
    ran = preheat("unit", "restore", file, "--yes")
    assert ran.code == 4 and "calibration[0].probe" in ran.err


def test_a_file_of_another_kind_or_a_missing_one_says_so(preheat, unit):
    assert preheat("unit", "restore", preheat.folder / "none.json").code == 2
    ran = preheat("unit", "restore", preheat.file("x.json", "{}"))
    assert ran.code == 4 and "another kind of file" in ran.err
    assert unit.asked == []
    ran = preheat("unit", "restore", "last")
    assert ran.code == 2 and "no backup of this unit" in ran.err


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


def test_while_it_heats_nothing_is_restored(preheat, unit):
    saved(preheat)
    unit.settings = {**unit.settings, "sensor_error_c": 5.0}

    def refuse(_ask):
        from host.fake_unit import Refusal

        raise Refusal("state", "not while a run is heating: stop it first")

    unit.do_put = refuse
    assert preheat("unit", "restore", "last", "--yes").code == 4
    assert unit.settings["sensor_error_c"] == 5.0


def test_what_was_seen_of_a_unit_outlives_the_loss_of_its_data(preheat, unit):
    preheat("status")
    first = sightings.recall("aabbccdd")
    assert first is not None and first.name == "bench-a" and first.boot_id == "b1"
    unit.wipe()
    preheat("status")
    second = sightings.recall("aabbccdd")
    assert second is not None and second.boot_id == "b2"
    assert (second.settings_hash, second.name) == (first.settings_hash, "bench-a")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"uid": "aabb"}', '{"uid": 1}'])
def test_a_memory_that_does_not_read_is_none(preheat, text):
    (paths.seen_dir() / "aabb.json").write_text(text)
    assert sightings.recall("aabb") is None
    sightings.note({"uid": "aabb", "boot_id": "b", "uptime_ms": 1}, 5.0)
    row = sightings.recall("aabb")
    assert row is not None and row.epoch_s == 5.0


def test_sightings_are_not_kept_for_ever_nor_outside_their_folder(preheat):
    for n in range(sightings.MOST + 5):
        sightings.note({"uid": f"{n:04x}", "boot_id": "b", "uptime_ms": 1})
    sightings.note({"uid": "../../x", "boot_id": "b", "uptime_ms": 1})
    assert len(list(paths.seen_dir().iterdir())) == sightings.MOST


def test_refused_files_leave_the_unit_alone(preheat, unit):
    data = Path(saved(preheat)["file"]).read_bytes()
    data = data.replace(b'"sensor_error_c": 3.5', b'"sensor_error_c": 99')
    unit.asked.clear()
    ran = preheat("unit", "restore", preheat.file("bad.json", data), "--yes")
    assert ran.code == 4 and unit.asked == []
    assert "sha256" in ran.err and "settings: sensor_error_c = 99" in ran.err  # all at once
    with pytest.raises(Refused):
        backupfile.load(preheat.folder / "bad.json")
