"""Reading board, settings and profile files: what is stock, and how bad files are refused."""

import json
import shutil
from pathlib import Path

import pytest

from preheat import logs, tomlfiles
from preheat.errors import Refused, UsageError
from preheat_core import limits, profile, settings
from preheat_core.check import canonical

PROFILES = [
    "bake-125",
    "bga-sac305",
    "hotplate-sac305",
    "hotplate-sn63",
    "hotplate-snbi",
    "preheat-sac305",
    "preheat-snpb",
]
PLATES = ["virtual-hotplate", "virtual-hotplate-bare"]
PREHEATERS = ["virtual-quartz", "virtual-quartz-full", "virtual-ceramic", "raspberrypi-pico"]


def refused(tmp_path: Path, data: bytes, name: str = "x.toml") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        tomlfiles.load(path)
    line = str(caught.value)
    assert str(path) in line and "\n" not in line
    assert caught.value.fix
    return line


def test_stock_files_are_listed():
    assert tomlfiles.stock_profiles() == PROFILES
    assert set(PLATES + PREHEATERS) <= set(tomlfiles.stock_boards())


MEANT_FOR = [
    (name, board_name)
    for name in PROFILES
    for board_name in (PLATES if name.startswith("hotplate") else PREHEATERS)
]


@pytest.mark.parametrize(("name", "board_name"), MEANT_FOR)
def test_stock_profiles_run_on_the_boards_they_are_meant_for(name, board_name):
    loaded = tomlfiles.load_profile(name)
    assert loaded["name"] == name
    board_d = tomlfiles.load_board(board_name)
    unit = settings.default("unit")
    assert [str(p) for p in limits.check_profile(loaded, board_d, unit)] == []


@pytest.mark.parametrize("name", tomlfiles.stock_boards())
def test_stock_boards_are_good_and_named_like_their_file(name):
    assert tomlfiles.load_board(name)["name"] == name


@pytest.mark.parametrize("name", PROFILES)
def test_a_stock_profile_fits_a_small_unit(name):
    assert len(canonical(tomlfiles.load_profile(name))) < 4096


def test_the_bga_profile_warns_at_241_and_trips_at_245():
    got = limits.effective(
        tomlfiles.load_board("virtual-quartz"),
        settings.default("unit"),
        tomlfiles.load_profile("bga-sac305"),
    )
    for role in ("component", "board_top"):
        assert (got.row(role).approach_c, got.row(role).trip_c) == (241, 245)
    assert got.row("board").trip_c < 217


def test_stock_reflow_targets():
    assert max(s["target_c"] for s in tomlfiles.load_profile("hotplate-sac305")["stages"]) == 238


def test_a_path_or_a_stock_name_is_found(tmp_path, monkeypatch):
    copy = tmp_path / "mine.toml"
    shutil.copy(tomlfiles.find_profile("bake-125"), copy)
    assert tomlfiles.find_profile(copy) == copy
    assert tomlfiles.find_profile(str(copy)) == copy
    assert tomlfiles.load_profile(copy)["name"] == "bake-125"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bake-125").mkdir()
    assert tomlfiles.find_profile("bake-125").is_file()


def test_an_unknown_name_lists_what_there_is(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="bake-125, bga-sac305"):
        tomlfiles.find_profile("bake")
    with pytest.raises(UsageError, match="virtual-hotplate"):
        tomlfiles.load_board("nothing")


def test_a_name_longer_than_a_file_name_can_be(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="no profile is called"):
        tomlfiles.load_profile("a" * 300)
    with pytest.raises(UsageError, match="no log is named"):
        logs.find("a" * 300)


def test_missing_and_unreadable_files(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        tomlfiles.load_board(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="cannot be read"):
        tomlfiles.load(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        tomlfiles.load("a\0b.toml")


def test_malformed_files_name_the_line(tmp_path):
    assert "line 2" in refused(tmp_path, b"a = 1\nb = = 2\n")
    assert "line 2" in refused(tmp_path, b"a = 1\na = 2\n"), "a key twice"
    assert "line 2" in refused(tmp_path, b'{"a": 1,\n b}', "x.json")


def test_a_json_key_twice_or_nan_is_refused(tmp_path):
    assert "'a' is there twice" in refused(tmp_path, b'{"a": 1, "a": 1}', "x.json")
    assert "NaN" in refused(tmp_path, b'{"a": NaN}', "x.json")
    assert "no table" in refused(tmp_path, b"[1]", "x.json")


def test_wrong_encoding_and_size_are_refused(tmp_path):
    assert "line 2" in refused(tmp_path, b"a = 1\nb = '\xff'\n")
    assert "UTF-8" in refused(tmp_path, "a = 1".encode("utf-16"))
    assert "64 KiB" in refused(tmp_path, b"#" * (64 * 1024 + 1))


def test_hostile_nesting_and_numbers_are_refused(tmp_path):
    refused(tmp_path, b"a = " + b"[" * 60000)
    refused(tmp_path, b"[" * 60000, "x.json")
    refused(tmp_path, b"a = " + b"9" * 60000)


def test_a_byte_order_mark_and_crlf_are_accepted(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert tomlfiles.load(path) == {"a": 1, "b": 2}


def test_json_reads_like_toml(tmp_path):
    loaded = tomlfiles.load_profile("preheat-snpb")
    path = tmp_path / "p.json"
    path.write_text(json.dumps(loaded), encoding="utf-8")
    assert tomlfiles.load_profile(path) == loaded
    path.write_bytes(canonical(loaded))
    assert tomlfiles.load_profile(path) == loaded == profile.normalise(loaded)


def test_all_problems_of_a_file_come_at_once(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('schema = 1\nname = "Big"\nsensor_error_c = 0\nguard = false\n')
    with pytest.raises(Refused) as caught:
        tomlfiles.load_settings(path)
    assert len(caught.value.problems) == 3
    assert "3 problems" in str(caught.value)
    path.write_text('schema = 1\nname = "u"\nwhen = 2026-01-01\n')
    with pytest.raises(Refused, match="1 problem;.*when = a date"):
        tomlfiles.load_settings(path)
