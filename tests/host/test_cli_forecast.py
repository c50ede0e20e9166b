"""`profile check` of a tuned unit, and what `run` says of it before the heat."""

import io
import sys

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit, make_log
from host.models import PLATE, tuned
from preheat import forecast, summary, tomlfiles
from preheat.forecasttext import NOT_TUNED
from preheat.runview import event_text
from preheat.tomltext import dumps
from preheat_core import runlog

CHECK = ("profile", "check", "hotplate-sac305")
BOARD = ("--board", "virtual-hotplate")
WEAK = {"board_j_k": 90}  # 100 W cannot move this at 0.9 °C/s


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


def settings_file(preheat, **more):
    return preheat.file("unit.toml", dumps(tuned(PLATE, **more)))


def strict(preheat):
    """The hot plate's profile, not to be stretched."""
    text = tomlfiles.find_profile("hotplate-sac305").read_text(encoding="utf-8")
    return preheat.file("strict.toml", text.replace("\nrun_max_s", "\nstretch = false\nrun_max_s"))


def test_check_says_whether_the_unit_can_follow(preheat, tmp_path):
    own = settings_file(preheat)
    picture = tmp_path / "curve.png"
    ran = preheat(*CHECK, *BOARD, "--settings", own, "--plot", picture)
    assert ran.code == 0, ran.err
    for words in ("needs", "holds with", "reflow", "86 %", "this unit can follow it",
                  "peak 238", "board as tuned, 49 J/K", "hotplate-sac305 is good"):
        assert words in ran.out, ran.out
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_document_holds_check_and_forecast(preheat):
    own = settings_file(preheat)
    ran = preheat(*CHECK, *BOARD, "--settings", own, "--mass", "90", "--json")
    found = ran.document
    assert (ran.code, found["ok"], found["problems"]) == (0, True, [])
    assert found["forecast"]["board_j_k"] == 90
    assert not found["forecast"]["follows"]
    assert found["forecast"]["stages"][2]["stretched_s"] > 10
    assert len(found["forecast"]["curve"]["board_c"]) > 200
    assert preheat(*CHECK, "--json").document["forecast"] is None


def test_a_ramp_that_must_not_be_stretched_is_refused(preheat, tmp_path):
    own, picture = settings_file(preheat, **WEAK), tmp_path / "none.png"
    more = (*BOARD, "--settings", own, "--plot", picture)
    ran = preheat("profile", "check", strict(preheat), *more)
    assert ran.code == 4
    assert "this unit cannot follow it" in ran.out
    assert "stages[2].ramp_c_s = 0.9: must be at most" in ran.out
    assert not picture.exists()
    assert preheat(*CHECK, *BOARD, "--settings", own).code == 0


def test_a_run_that_would_not_get_to_its_end_does_not_pass_for_good(preheat):
    own = settings_file(preheat)
    ran = preheat(*CHECK, *BOARD, "--settings", own, "--mass", "1000")
    assert ran.code == 4 and "it would end in fault:" in ran.out
    assert "would not get to its end on this unit" in ran.out and "is good" not in ran.out


@pytest.mark.parametrize("place", ["y.txt", "missing/y.png"])
def test_a_picture_that_cannot_be_is_refused_before_the_work(preheat, tmp_path, place):
    more = (*BOARD, "--settings", settings_file(preheat), "--plot", tmp_path / place)
    for shape in ((), ("--json",)):
        ran = preheat(*CHECK, *more, *shape)
        assert (ran.code, ran.out) == (2, "")


def test_without_a_model_nothing_is_claimed(preheat):
    plain = preheat.file("plain.toml", 'schema = 1\nname = "bench"\n')
    ran = preheat(*CHECK, *BOARD, "--settings", plain)
    assert ran.code == 0 and NOT_TUNED in ran.out
    assert preheat(*CHECK, *BOARD, "--settings", plain, "--plot", "x.png").code == 4
    assert preheat(*CHECK, "--plot", "x.png").code == 2
    assert preheat(*CHECK, "--mass", "100").code == 2
    assert "finite" in preheat(*CHECK, *BOARD, "--settings", plain, "--mass", "nan").err
    with FakeUnit() as unit:
        assert NOT_TUNED in preheat(*CHECK, "--port", unit.port).out


def test_a_unit_is_asked_for_its_model_and_its_temperature(preheat):
    with FakeUnit() as unit:
        unit.settings = tuned(PLATE)
        found = preheat(*CHECK, "--port", unit.port, "--json").document["forecast"]
        unit.settings = tuned(PLATE, **WEAK)
        text = preheat(*CHECK, "--port", unit.port).out
    assert found["follows"]
    assert found["curve"]["board_c"][0] == pytest.approx(25.5, abs=0.5)
    assert "stage 'reflow' needs" in text and "stretched by about" in text


def test_the_card_tells_it_before_enter(preheat, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with FakeUnit() as unit:
        plain = preheat("run", "hotplate-sac305", "--port", unit.port)
        unit.settings = tuned(PLATE)
        good = preheat("run", "hotplate-sac305", "--port", unit.port)
        held = preheat("hold", "120", "--minutes", "30", "--port", unit.port)
        unit.settings = tuned(PLATE, **WEAK)
        weak = preheat("run", "hotplate-sac305", "--port", unit.port)
        assert "start" not in unit.asked
    assert f"forecast {NOT_TUNED}" in plain.err
    assert "forecast this unit can follow it; 4." in good.err and "peak 238" in good.err
    assert "forecast this unit can follow it; 32 min" in held.err
    assert "forecast stage 'reflow' needs" in weak.err


def test_a_profile_that_the_unit_would_refuse_is_refused_before_enter(preheat):
    with FakeUnit() as unit:
        unit.settings = tuned(PLATE, **WEAK)
        ran = preheat("run", strict(preheat), "--yes", "--port", unit.port)
        assert "start" not in unit.asked
    assert ran.code == 4
    assert "stages[2].ramp_c_s" in ran.err


def test_a_forecast_that_fails_keeps_nobody_from_starting(preheat, monkeypatch):
    def broken(*_args, **_more):
        raise ZeroDivisionError("somebody divided")

    monkeypatch.setattr(forecast, "on_unit", broken)
    with FakeUnit() as unit:
        ran = preheat("run", "hotplate-sac305", "--yes", "--port", unit.port)
    assert ran.code == 0, ran.err
    assert "forecast there is none (ZeroDivisionError: somebody divided)" in ran.err


def test_the_lines_after_a_run_say_how_long_it_was_stretched():
    found = summary.summarise(runlog.read(make_log("r000001", "done")))
    assert not [line for line in summary.lines(found) if "stretched" in line]
    (line,) = [x for x in summary.lines({**found, "stretched_s": 42.0}) if "stretched" in x]
    assert line == "stretched 42 s: the setpoint waited for the board"


def test_the_event_has_words():
    event = {"ev": "stretched", "i": 1}
    words = "the board is behind: the setpoint waits for it (stage 'soak')"
    assert event_text(event, ("warm", "soak")) == words
