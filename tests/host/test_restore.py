"""A backup put back onto a unit: what is sent, what is refused, and breaks in between."""

import copy
import json
import shlex
from pathlib import Path

import pytest

from host.backup_unit import BenchUnit, content, saved
from host.cli_helpers import Shell
from preheat import backupfile, paths, tomlfiles
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
def test_another_board_is_refused_with_the_line_that_deploys_the_right_one(
    preheat, unit, gone, monkeypatch, tmp_path
):
    mine = {**unit.board, "name": "my-plate"}
    unit.board = mine
    made = saved(preheat)["file"]
    unit.board = None if gone else {**mine, "mains_hz": 60}
    unit.asked.clear()
    folder = tmp_path / "it's my data"  # the line is to be copied into a shell
    folder.mkdir()
    monkeypatch.setattr(paths, "backups_dir", lambda: folder)
    ran = preheat("unit", "restore", made, "--yes")
    assert ran.code == 4 and "preheat deploy --board " in ran.err and "put" not in unit.asked
    (written,) = shlex.split(ran.err.partition("--board ")[2].partition(" --port")[0])
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


def test_while_it_heats_nothing_is_restored(preheat, unit):
    saved(preheat)
    unit.settings = {**unit.settings, "sensor_error_c": 5.0}

    def refuse(_ask):
        from host.fake_unit import Refusal

        raise Refusal("state", "not while a run is heating: stop it first")

    unit.do_put = refuse
    assert preheat("unit", "restore", "last", "--yes").code == 4
    assert unit.settings["sensor_error_c"] == 5.0


def test_refused_files_leave_the_unit_alone(preheat, unit):
    data = Path(saved(preheat)["file"]).read_bytes()
    data = data.replace(b'"sensor_error_c": 3.5', b'"sensor_error_c": 99')
    unit.asked.clear()
    ran = preheat("unit", "restore", preheat.file("bad.json", data), "--yes")
    assert ran.code == 4 and unit.asked == []
    assert "sha256" in ran.err and "settings: sensor_error_c = 99" in ran.err  # all at once
    with pytest.raises(Refused):
        backupfile.load(preheat.folder / "bad.json")
