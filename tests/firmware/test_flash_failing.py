"""A flash that fails at the start of a unit or a run: it is told, and nothing is left behind."""

import os

from test_retention import start

from preheat_fw import logfile


def test_a_flash_that_takes_no_new_folder_still_starts_the_unit(bench, monkeypatch):
    bench.close()
    (bench.folder / "incidents").rmdir()
    make_dir = logfile.make_dir

    def failing(path):
        if path.endswith("incidents"):
            raise OSError(28, "the flash is full")
        make_dir(path)

    monkeypatch.setattr(logfile, "make_dir", failing)
    bench.boot()
    bench.wait(1)
    bench.unit.kernel.fail("internal", "a defect")
    bench.wait(25)
    assert bench.ask("list", kind="incident", **{"from": 0})["items"][0][0] == "r000001"
    pulled_names = [path.name for path in (bench.folder / "logs").glob("r*")]
    assert pulled_names == ["r000001.inc"]


def test_a_folder_of_logs_that_cannot_be_read_is_a_named_fault_and_not_the_end(bench, monkeypatch):
    listdir = os.listdir

    def damaged(path="."):
        if str(path).endswith(("logs", "incidents")):
            raise OSError(84, "corrupt")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", damaged)
    bench.boot()
    bench.wait(2)
    assert bench.ask("status")["faults"] == ["flash_bad"]
    assert "flash" in start(bench)["why"]


def test_a_start_that_is_refused_at_last_leaves_no_log_behind(bench, monkeypatch):
    before = bench.unit.logs.ids()
    monkeypatch.setattr(type(bench.unit.kernel.orders), "start", lambda *_: "not now")
    assert start(bench)["code"] == "state"
    assert bench.unit.logs.ids() == before and bench.unit.journal._file is None
