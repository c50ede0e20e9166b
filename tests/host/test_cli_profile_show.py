"""`profile show`, `profile plot` and `profile import` as a person calls them."""

import pytest

from host import import_files as files
from host.cli_helpers import Shell
from preheat import plannedcurve, profiletext, tomlfiles
from preheat_core import profile


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return Shell(capsys, monkeypatch, tmp_path)


def test_show_tells_stages_limits_with_sources_and_draws(preheat):
    ran = preheat("profile", "show", "bga-sac305")
    assert ran.code == 0, ran.err
    for words in ("warm", "120 °C", "0.8 °C/s", "waits for the operator, heat from above",
                  "212 °C   SAC305 solidus 217 less 5", "J-STD-020 lead-free table, worst row",
                  "planned 4.5 min", "liquidus", "⠀"):
        assert words in ran.out, words
    assert max(len(line) for line in ran.out.split("\n") if "│" in line) <= 80


def test_show_in_plain_characters(preheat):
    out = preheat("profile", "show", "hotplate-sac305", "--ascii").out
    chart = out[out.index(" 238 C|"):]
    assert chart.count("*") > 60
    assert chart.isascii()


def test_show_as_one_document(preheat):
    found = preheat("profile", "show", "hotplate-sn63", "--json").document
    assert found["peak_c"] == 215
    assert found["curve"]["setpoint_c"][-1] == 215
    assert found["curve"]["t_s"] == sorted(found["curve"]["t_s"])
    assert {row["role"] for row in found["limits"]} == {"board", "board_top", "component"}
    assert found["profile"]["name"] == "hotplate-sn63"


@pytest.mark.parametrize("name", tomlfiles.stock_profiles())
def test_the_planned_curve_ends_when_the_plan_does(name):
    values = tomlfiles.load_profile(name)
    line = plannedcurve.points(values)
    assert line[-1][0] == pytest.approx(profile.planned_s(values))
    assert line[-1][1] == values["stages"][-1]["target_c"]
    assert [span.name for span in plannedcurve.spans(values)] == [
        stage["name"] for stage in values["stages"]
    ]


def test_a_profile_s_own_limit_is_shown_where_it_is_the_tightest():
    values = tomlfiles.load_profile("bake-125")
    assert profiletext.process_limits(values)["board"][0] == 140
    assert "glass transition" in profiletext.process_limits(values)["board"][1]
    assert profiletext.process_limits(values)["component"][0] == 250


@pytest.mark.parametrize(("ending", "start"), [
    ("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"),
])  # fmt: skip
def test_plot_draws_a_picture(preheat, tmp_path, ending, start):
    place = tmp_path / f"curve.{ending}"
    ran = preheat("profile", "plot", "hotplate-sac305", "-o", place)
    assert ran.code == 0, ran.err
    assert place.read_bytes().startswith(start)


def test_a_picture_s_place_is_looked_at_first(preheat, tmp_path):
    assert preheat("profile", "plot", "bga-sac305", "-o", "x.bmp").code == 2
    assert preheat("profile", "plot", "bga-sac305", "-o", tmp_path / "no" / "x.png").code == 2
    assert preheat("profile", "plot", "bga-sac305").code == 0
    assert "exists already" in preheat("profile", "plot", "bga-sac305").err


def test_an_imported_profile_is_written_checked_and_shown(preheat, tmp_path):
    source = preheat.file("paste.json", files.ez_oven())
    ran = preheat("profile", "import", source)
    assert ran.code == 0, ran.err
    assert "note: the purpose was taken as reflow" in ran.out
    written = tmp_path / "bench-paste.toml"
    assert "# - the fall from 215 to 90 °C" in written.read_text(encoding="utf-8")
    assert preheat("profile", "check", written).code == 0
    assert preheat("profile", "show", written).code == 0


def test_an_existing_file_is_never_overwritten(preheat, tmp_path):
    source = preheat.file("paste.json", files.ez_oven())
    mine = tmp_path / "my own.toml"
    for more, shown in (((), ""), (("-o", mine), f"'{mine}'")):
        made = preheat("profile", "import", source, *more)
        assert made.code == 0 and f"`preheat profile show {shown}" in made.out
        again = preheat("profile", "import", source, *more)
        assert again.code == 2
        assert "exists already" in again.err


def test_the_document_of_an_import(preheat, tmp_path):
    source = preheat.file("old.json", files.kiln_v1())
    ran = preheat("profile", "import", source, "--temp-unit", "c", "--alloy", "Sn60Pb40",
                  "--name", "old", "-o", tmp_path / "o.toml", "--json")  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.document["profile"]["alloy"] == "SnPb"
    assert ran.document["file"] == str(tmp_path / "o.toml")
    assert ran.document["notes"]


def test_a_refusal_lists_everything_and_writes_nothing(preheat, tmp_path):
    source = preheat.file("old.json", files.kiln_v1([(0, 25), (60, 15), (400, 500)]))
    ran = preheat("profile", "import", source)
    assert ran.code == 4
    for words in ("--temp-unit", "--alloy", "a target is 30 to 300"):
        assert words in ran.err
    assert list(tmp_path.glob("*.toml")) == []


def test_the_target_is_a_toml_file(preheat):
    source = preheat.file("paste.json", files.ez_oven())
    assert preheat("profile", "import", source, "-o", "paste.json").code == 2
    assert preheat("profile", "import", "nowhere.json").code == 2
