"""The verbs that need no unit: checking and listing profiles, boards and settings."""

import pytest

from host.cli_helpers import Shell
from preheat import tomlfiles

GOOD_SETTINGS = 'schema = 1\nname = "bench-a"\nsensor_error_c = 3.0\n'


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


def test_profile_list_names_every_stock_profile(preheat):
    ran = preheat("profile", "list", "--json")
    assert ran.code == 0
    assert [row["name"] for row in ran.document] == tomlfiles.stock_profiles()
    text = preheat("profile", "list").out
    assert all(name in text for name in tomlfiles.stock_profiles())


@pytest.mark.parametrize("name", tomlfiles.stock_profiles())
def test_stock_profiles_are_good(preheat, name):
    ran = preheat("profile", "check", name, "--json")
    assert (ran.code, ran.document["problems"]) == (0, [])


def test_profile_check_against_a_board(preheat):
    good = preheat("profile", "check", "hotplate-sac305", "--board", "virtual-hotplate")
    assert good.code == 0
    text = tomlfiles.find_profile("hotplate-sac305").read_text(encoding="utf-8")
    hot = preheat.file("hot.toml", text.replace("target_c = 238", "target_c = 249"))
    bad = preheat("profile", "check", hot, "--board", "virtual-hotplate", "--json")
    assert bad.code == 4
    assert any("target_c" in line for line in bad.document["problems"])
    assert preheat("profile", "check", hot, "--settings", hot).code == 2


def test_all_problems_at_once(preheat):
    file = preheat.file("bad.toml", 'schema = 1\nname = "A"\nsensor_error_c = 99\nx = 1\n')
    ran = preheat("config", "check", file, "--json")
    assert ran.code == 4
    assert len(ran.document["problems"]) == 3
    assert ran.document["ok"] is False
    assert ran.err.count("\n") == 1
    people = preheat("config", "check", file)
    assert people.code == 4
    assert len(people.out.splitlines()) == 3


def test_good_settings(preheat):
    file = preheat.file("good.toml", GOOD_SETTINGS)
    ran = preheat("config", "check", file)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("verb", [("config", "check"), ("profile", "check"), ("board", "check")])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"a = ", b"schema = 1\nschema = 1\n", b"x" * 70000],
    ids=["empty", "not-utf8", "cut", "twice", "huge"],
)
def test_files_that_cannot_be_read_are_refused(preheat, verb, content):
    file = preheat.file("odd.toml", content)
    ran = preheat(*verb, file)
    assert ran.code in (2, 4)
    assert ran.err.startswith("preheat: ")


def test_a_missing_file_is_usage(preheat, tmp_path):
    assert preheat("config", "check", tmp_path / "none.toml").code == 2
    assert preheat("run", "no-such-profile", "--port", "/dev/none").code == 2


def test_boards(preheat):
    listed = preheat("board", "list", "--json")
    assert [row["name"] for row in listed.document] == tomlfiles.stock_boards()
    for name in tomlfiles.stock_boards():
        assert preheat("board", "check", name).code == 0
        shown = preheat("board", "show", name, "--toml")
        file = preheat.file(f"{name}.toml", shown.out)
        assert tomlfiles.load_whole_board(file) == tomlfiles.load_whole_board(name)
        assert tomlfiles.load_host_facts(file) == tomlfiles.load_host_facts(name)


def test_no_unit_and_no_log_is_said(preheat):
    assert preheat("unit", "list", "--json").document == []
    assert "preheat unit name" in preheat("unit", "list").out
    assert preheat("log", "list", "--json").document == []
    assert preheat("log", "export", "last").code == 2
