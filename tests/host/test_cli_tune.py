"""`tune` from the card to the exit code: on a scripted unit with real logs, and a virtual one."""

import functools
import io
import os
import signal
import sys
import threading
import time

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit
from host.steptests import UNTUNED, board_hash, hotplate, log_bytes
from preheat.bench import flash
from preheat.bench.supervisor import VirtualUnit
from preheat.tomlfiles import load_board
from preheat_core import settings


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@functools.cache
def tuning_log(closed=True, start_c=23.0, top_c=150.0):
    """The log of a test on the hot plate."""
    plant, board = hotplate()
    plant["node"][0]["start_c"] = start_c
    return log_bytes(plant, board, top_c=top_c, closed=closed)


class TunedUnit(FakeUnit):
    """A scripted unit whose run leaves the log of a real test, still open."""

    log = b""

    def _stored(self, kind, name):
        if kind == "log":
            return self.log or tuning_log(closed=False)
        if kind == "board":
            from preheat_core import board, check

            return check.canonical(board.normalise(self.board))
        return super()._stored(kind, name)


def test_a_good_test_is_shown_drawn_and_stored(preheat):
    picture = preheat.folder / "test.png"
    with TunedUnit() as unit:
        ran = preheat("tune", "--yes", "--port", unit.port, "-o", picture)
        assert ran.code == 0, ran.err
        stored = unit.settings
        assert unit.asked.index("start") < unit.asked.index("done", unit.asked.index("start"))
    assert stored["strategy"] == "predictive" and stored["name"] == "bench-a"
    assert stored["model"]["board_j_k"] == pytest.approx(48.7, rel=0.03)
    assert "run r000001" in stored["model"]["tuned"]
    assert settings.check(stored) == []
    assert picture.read_bytes().startswith(b"\x89PNG")
    for words in ("rise at full power, 150 °C", "good: the board's probe within", "stored in"):
        assert words in ran.out
    card = ran.err.partition("run r000001 started")[0]
    assert "Step test up to 150 °C" in card and "heat withheld from" in card


def test_the_document_says_what_was_found_and_what_it_replaces(preheat):
    with TunedUnit() as unit:
        first = preheat("tune", "--yes", "--port", unit.port, "--json")
        assert first.code == 0, first.err
        again = preheat("tune", "--yes", "--port", unit.port)
    document = first.document
    assert document["stored"] is True and document["doubts"] == []
    assert document["model"]["fit_c"] < 0.5
    assert (document["run_id"], document["unit"]) == ("r000001", "bench-a")
    assert os.path.isfile(document["picture"])
    assert "stored" in again.out.splitlines()[-2] and "now" in again.out


def test_enter_starts_and_enter_stores(preheat, monkeypatch):
    with TunedUnit() as unit:
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        assert preheat("tune", "--port", unit.port).code == 2
        assert "start" not in unit.asked
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
        assert preheat("tune", "--port", unit.port).code == 2
        assert unit.settings.get("model") is None
        for answers, words in (("n\n", "nothing was started"), ("\nn\n", "nothing was stored")):
            monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
            ran = preheat("tune", "--port", unit.port, "--json")
            assert ran.code == 6 and words in ran.err
            assert unit.settings.get("model") is None
        assert ran.document["stored"] is False and ran.document["model"]
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n"))
        assert preheat("tune", "--port", unit.port).code == 0
        assert unit.settings["model"]


def test_the_log_is_filed_and_fitted_again_and_grows_to_the_closed_one(preheat):
    with TunedUnit() as unit:
        ran = preheat("tune", "--yes", "--port", unit.port)
        assert "preheat tune --log bench-a/r000001" in ran.out
        again = preheat("tune", "--log", "bench-a/r000001", "--board", "virtual-hotplate")
        assert again.code == 0, again.err
        assert "not closed" in preheat("log", "list").out
        unit.log = tuning_log()
        assert preheat("log", "pull", "r000001", "--port", unit.port).code == 0
    (row,) = preheat("log", "list", "--json").document
    assert (row["run_id"], row["unit"], row["end"]) == ("r000001", "bench-a", "done")


def test_nonsense_is_refused_with_the_reason_and_not_stored(preheat):
    with TunedUnit() as unit:
        unit.log = tuning_log(closed=False, start_c=80.0)
        ran = preheat("tune", "--yes", "--port", unit.port, "--json")
        assert ran.code == 4
        assert "before any heat" in ran.err and "nothing was stored" in ran.err
        assert ran.document["stored"] is False and ran.document["doubts"]
        assert unit.settings.get("model") is None
    with FakeUnit() as unit:  # its run leaves another profile's log
        ran = preheat("tune", "--yes", "--port", unit.port)
        assert ran.code in (3, 4) and unit.settings.get("model") is None


def test_a_fault_is_5_and_a_stop_is_6(preheat):
    with FakeUnit("fault") as unit:
        ran = preheat("tune", "--yes", "--port", unit.port, "--json")
        assert ran.code == 5 and "tc_open" in ran.err and "nothing was stored" in ran.err
        assert ran.document["stored"] is False and ran.document["run_id"] == "r000001"
        assert ran.document["end"] == "fault:tc_open"
        assert ran.document["faults"] == [["tc_open", "plate"]]
    with FakeUnit("until-stop") as unit:

        def press():
            while "beat" not in unit.asked:
                time.sleep(0.02)
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=press)
        thread.start()
        ran = preheat("tune", "--yes", "--port", unit.port, "--json")
        thread.join()
        assert ran.code == 6 and "stop" in unit.asked
        assert (ran.document["stored"], ran.document["end"]) == (False, "aborted")
        assert unit.settings.get("model") is None


def test_what_cannot_work_is_told_before_the_heat(preheat):
    with FakeUnit(named=False) as unit:
        ran = preheat("tune", "--yes", "--port", unit.port)
        assert ran.code == 4 and "unit name" in ran.err
        for wrong in (["-o", "picture.doc"], ["--board", "virtual-hotplate"], ["--top", "10"],
                      ["--top", "nan"]):
            assert preheat("tune", "--yes", "--port", unit.port, *wrong).code == 2
    with FakeUnit() as unit:
        ran = preheat("tune", "--yes", "--top", "180", "--port", unit.port)
        assert ran.code == 4
        assert "--top 180 is above 174 °C, where heat ends for SnPb (solidus 183 less" in ran.err
        assert "with --alloy" in ran.err and "stages" not in ran.err
        assert preheat("tune", "--yes", "--top", "290", "--port", unit.port).code == 2
        assert "start" not in unit.asked


def test_an_earlier_log_is_fitted_without_a_unit_or_for_one(preheat):
    path = preheat.file("r000001.plog", tuning_log())
    ran = preheat("tune", "--log", path, "--board", "virtual-hotplate", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["stored"] is False
    assert ran.document["picture"] == str(path.with_name("r000001-tune.png"))
    with TunedUnit() as unit:
        ran = preheat("tune", "--log", path, "--port", unit.port, "--yes")
        assert ran.code == 0, ran.err
        assert unit.settings["model"] and "start" not in unit.asked
        unit.settings = settings.default("bench-a")
        unit.board = load_board("virtual-hotplate-bare")
        assert board_hash(unit.board) != board_hash(load_board("virtual-hotplate"))
        ran = preheat("tune", "--log", path, "--port", unit.port, "--yes")
        assert ran.code == 4 and "another board file" in ran.err
        assert unit.settings.get("model") is None


def test_a_log_that_leaves_doubts_is_refused(preheat):
    warm = preheat.file("warm.plog", tuning_log(start_c=80.0))
    ran = preheat("tune", "--log", warm, "--board", "virtual-hotplate")
    assert ran.code == 4
    assert "before any heat" in ran.err
    assert (preheat.folder / "warm-tune.png").exists()


@pytest.mark.slow
def test_a_virtual_unit_is_tuned_from_its_defaults(preheat):
    files = flash.image(load_board("virtual-hotplate"), settings.normalise(UNTUNED), source=True)
    with VirtualUnit("hotplate", speed=0, interpreter="cpython", files=files) as unit:
        ran = preheat("tune", "--yes", "--port", unit.port, "--json")
        assert ran.code == 0, ran.err
        shown = preheat("config", "show", "--port", unit.port, "--json").document
        status = preheat("status", "--port", unit.port, "--json").document
    assert shown["model"] == ran.document["model"]
    assert shown["strategy"] == "predictive"
    total_j_k = shown["model"]["heater_j_k"] + shown["model"]["board_j_k"]
    assert total_j_k == pytest.approx(51, rel=0.03)
    assert ran.document["minutes"] < 5
    assert status["faults"] == []
