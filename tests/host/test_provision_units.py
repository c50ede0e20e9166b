"""Provisioning units that run already: what is there is left, what is missing comes, in any order.

Scripted units on sockets; the virtual benches have a file of their own.
"""

import contextlib
import os
import signal
import threading
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from host.provision_bench import BOARD, PROFILE, Bench, wanted
from preheat import backupfile
from preheat.errors import OperatorStop
from preheat.flashing import flashing
from preheat.flashing.images import Image
from preheat.provisioning import crew, plan
from preheat.provisioning.record import FAILED, PROVISIONED, UNFINISHED
from preheat.provisioning.steps import Options
from preheat.registry import Registry
from preheat.selftest import OK, SKIPPED, Result
from preheat_core import settings


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with contextlib.ExitStack() as stack:
        yield Bench(stack, tmp_path)


def test_a_unit_gets_what_it_lacks_and_the_second_time_nothing(bench):
    unit = bench.unit("aa")
    unit.faults = ["config"]
    unit.do_clear = lambda _ask: unit.faults.clear()
    (row,) = bench.provision(wanted(unit))
    assert row.outcome == PROVISIONED and row.steps[-1]["step"] == "record"
    assert unit.settings == settings.default("bench-1") and list(unit.profiles) == [PROFILE]
    assert unit.faults == []
    assert Registry().by_uid("aa").name == "bench-1"
    assert row.profiles.keys() == {PROFILE} and len(row.settings_hash) == 16
    assert backupfile.newest("aa") is not None
    unit.asked.clear()
    (again,) = bench.provision(wanted(unit))
    assert again.outcome == PROVISIONED and again.holds() == row.holds()
    assert {"put", "part", "done", "clear"}.isdisjoint(unit.asked)
    assert bench.tested == ["aa"]
    assert {one["result"] for one in again.steps} == {"skipped", "unchanged", "done"}
    assert row.unproven == again.unproven == ["lamp"]
    assert bench.said[-1] == (
        "bench-1: provisioned (everything was there already); not proven yet: lamp")


def test_what_has_changed_since_is_tested_again(bench):
    unit = bench.unit("aa")
    bench.provision(wanted(unit), full_test=False)
    unit.settings = {**unit.settings, "sensor_error_c": 6}
    bench.provision(wanted(unit), full_test=False)
    bench.provision(wanted(unit), full_test=False)
    assert bench.tested == ["aa", "aa"]
    assert unit.settings["sensor_error_c"] == 6  # without a file its own settings stay
    bench.provision(wanted(unit))  # now with the minute of ticks
    assert len(bench.tested) == 3


def test_one_bad_board_stops_no_other(bench):
    good, open_probe, cut, buggy = (bench.unit(uid) for uid in ("aa", "bb", "cc", "dd"))
    cut.cut_after = 1
    bench.bad = {"bb": "board open", "dd": RuntimeError("a bug")}
    gone = plan.make(BOARD, "bench-9", "/dev/does-not-exist")
    plans = [wanted(unit) for unit in (good, open_probe, cut, buggy)]
    rows = bench.provision(*plans, gone)
    assert [row.outcome for row in rows] == [PROVISIONED] + [FAILED] * 4
    assert [row.failed_step for row in rows[1:]] == ["selftest", "settings", "selftest", "look"]
    assert "probes: board open" in rows[1].reason and "a bug" in rows[3].reason
    assert "no port" in rows[4].reason and rows[4].uid == "" and rows[4].next
    recorded = {row.uid: row.outcome for row in bench.book._rows()}
    assert recorded == {"aa": PROVISIONED, "bb": FAILED, "cc": FAILED, "dd": FAILED, "": FAILED}
    bench.bad = {}
    rows = bench.provision(*plans)
    assert [row.outcome for row in rows] == [PROVISIONED] * 4
    assert bench.tested.count("aa") == 1
    assert len({row.name for row in rows}) == 4


@pytest.mark.parametrize("name", ["identity", "probes", "storage", "ticks"])
def test_a_unit_of_which_the_self_test_says_nothing_is_not_provisioned(bench, name):
    tested = bench.selftest

    def left_out(link):
        return [Result(row.name, SKIPPED, "refused") if row.name == name else row
                for row in tested(link)]

    bench.selftest = left_out
    (row,) = bench.provision(wanted(bench.unit("aa")))
    assert row.outcome == FAILED and row.failed_step == "selftest" and name in row.reason


def test_without_the_minute_of_ticks_nothing_is_said_of_them(bench):
    tested = bench.selftest
    bench.selftest = lambda link: [row for row in tested(link) if row.name != "ticks"]
    (row,) = bench.provision(wanted(bench.unit("aa")), full_test=False)
    assert row.outcome == PROVISIONED and not row.full_test


def test_a_chip_that_answers_at_two_ports_is_provisioned_once(bench):
    at_one, at_other = bench.unit("aa"), bench.unit("aa")
    rows = bench.provision(wanted(at_one, "bench-1"), wanted(at_other, "bench-2"))
    outcomes = sorted(row.outcome for row in rows)
    assert outcomes == [FAILED, PROVISIONED]
    failed = next(row for row in rows if row.outcome == FAILED)
    assert "is this very board (chip id aa)" in failed.reason and failed.uid == ""
    assert bench.book.known("aa").outcome == PROVISIONED


def test_it_is_unfinished_until_its_last_step(bench):
    unit, seen = bench.unit("aa"), []

    def look(link):
        seen.append(bench.book.known("aa"))
        return [Result(name, OK, "") for name in ("identity", "probes", "storage", "ticks")]

    bench.selftest = look
    bench.provision(wanted(unit))
    assert seen[0].outcome == UNFINISHED and seen[0].steps[-1]["step"] == "clock"
    assert bench.book.known("aa").outcome == PROVISIONED


def test_a_stop_comes_between_two_steps(bench):
    unit, stop = bench.unit("aa"), threading.Event()
    unit.do_clock = lambda _ask: stop.set()
    (row,) = bench.provision(wanted(unit), stop=stop.is_set)  # crew sets its own
    assert row.outcome == PROVISIONED
    book, options = bench.book, Options(bench.selftest, stop=lambda: "clock" in unit.asked)
    work = crew.Work(wanted(bench.unit("bb")), book, options, lambda *step: None)
    assert work.run().outcome == UNFINISHED and work.error.exit_code == 6


@pytest.mark.skipif(os.name == "nt", reason="a signal to this process alone")
def test_ctrl_c_lets_every_board_finish_its_step(bench):
    unit, tested = bench.unit("aa"), bench.selftest

    def interrupted(link):
        os.kill(os.getpid(), signal.SIGINT)
        end_s = time.monotonic() + 20
        while crew.STOPPING not in bench.said and time.monotonic() < end_s:
            time.sleep(0.01)
        time.sleep(0.5)  # it goes on after that
        return tested(link)

    bench.selftest = interrupted
    works = crew.provision([wanted(unit)], bench.book, Options(bench.selftest), bench.said.append)
    assert bench.said.count(crew.STOPPING) == 1
    assert isinstance(works[0].error, OperatorStop)
    row = bench.book.known("aa")
    assert (row.outcome, row.steps[-1]["step"]) == (UNFINISHED, "selftest")
    bench.selftest = tested
    assert bench.provision(wanted(unit))[0].outcome == PROVISIONED


def test_another_board_in_the_place_of_a_named_one_is_not_touched(bench):
    Registry().add("bench-1", "COM3", "bb")
    unit = bench.unit("aa")
    (row,) = bench.provision(wanted(unit, "bench-1"))
    assert row.outcome == FAILED and "another board than 'bench-1'" in row.reason
    assert "put" not in unit.asked and unit.settings is None


def test_flashing_is_left_out_where_that_version_answers(bench, monkeypatch):
    unit, jobs = bench.unit("aa"), []

    def flash(job, _backup, _progress):
        jobs.append(job)
        return flashing.Report(unit.port, BOARD, "rp2040", "x.uf2", "1.29.0", "", True, False,
                               None, 1.0)

    monkeypatch.setattr(flashing, "flash", flash)
    image = Image(Path("x.uf2"), b"image", (1, 29, 0), "1.29.0")
    (row,) = bench.provision(replace(wanted(unit), image=image))
    assert (row.outcome, row.steps[0]["result"], jobs) == (PROVISIONED, "unchanged", [])
    (row,) = bench.provision(replace(wanted(unit), image=image), reflash=True)
    assert (row.steps[0]["result"], row.image, len(jobs)) == ("done", "x.uf2", 1)
    assert row.image_hash == sha256(b"image").hexdigest()[:16]
    assert row.image_hash in bench.book.csv_path.read_text(encoding="utf-8")
    older = replace(image, version=(1, 28, 0))
    (row,) = bench.provision(replace(wanted(unit), image=older))
    assert (row.outcome, len(jobs), jobs[1].port) == (PROVISIONED, 2, unit.port)


def test_a_board_that_waits_in_its_bootloader_is_found_by_its_flash(bench, monkeypatch):
    unit = bench.unit("aa")
    report = flashing.Report(unit.port, BOARD, "rp2040", "x.uf2", "1.29.0", "", False, False,
                             None, 1.0)
    monkeypatch.setattr(flashing, "flash", lambda job, _backup, _progress: report)
    image = Image(Path("x.uf2"), b"image", (1, 29, 0), "1.29.0")
    (row,) = bench.provision(replace(wanted(unit), port=None, image=image))
    assert (row.outcome, row.port, row.uid) == (PROVISIONED, unit.port, "aa")
    assert [(one.name, one.uid) for one in bench.book._rows()] == [("bench-1", "aa")]
