"""Runs whose logs come into a job later, or that another job has, against a scripted unit."""

import pytest

from host.cli_helpers import Shell
from host.fake_log import make_log
from host.fake_unit import FakeUnit
from host.record_shell import OPEN, ada, said, under_job, warned
from preheat import logs
from preheat.record.store import Store


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("PREHEAT_RECORD_URL", raising=False)
    return Shell(capsys, monkeypatch, tmp_path)


def test_a_run_that_began_without_the_job_is_brought_in_once(preheat):
    said(preheat, *OPEN, "site=U7")
    logs.unit_folder("bench", None).joinpath("r000007.plog").write_bytes(
        make_log("r000007", "done"))
    done = said(preheat, "job", "attach-run", "1", "last", "--no-cycle")
    assert done["attached"] == ["r000007"]
    (run,) = said(preheat, "job", "show", "1", by=None)["runs"]
    assert run["heat_cycle"] is False and run["operator"] == "tester"
    assert preheat("job", "attach-run", "1", "last", "--by", "Ada").code == 2


def test_one_run_is_two_jobs_only_where_somebody_says_why(preheat):
    ada(preheat)
    for serial in ("SN1", "SN2"):
        said(preheat, *OPEN, f"serial={serial}", "site=U7")
    with FakeUnit() as unit:
        assert under_job(preheat, unit, 1).code == 0
    words = ("job", "attach-run", "2", "last")
    ran = preheat(*words, "--by", "Ada")
    assert ran.code == 2 and "run r000001 belongs to job 1" in ran.err and "--also" in ran.err
    assert said(preheat, *words, "--also", "one plate")["attached"] == ["r000001"]
    for number, line in ((1, ", in job 2 too"), (2, ", in job 1 too (one plate)")):
        assert line in preheat("job", "show", number).out
        page = preheat.folder / f"job-{number}.html"
        said(preheat, "job", "report", number, "-o", page, by=None)
        assert line in page.read_text(encoding="utf-8")
    hot = said(preheat, "audit", "query", "--sites-over", "0", by=None)
    assert [(row["board_serial"], row["cycles"]) for row in hot] == [("SN1", 1), ("SN2", 1)]

    lone = preheat.file("lone.plog", make_log("r000099", "done"))
    ran = preheat("job", "attach-run", "2", lone, "--also", "one plate", "--by", "Ada")
    assert ran.code == 2 and "no other job has run r000099" in ran.err
    ran = preheat("job", "attach-run", "2", "--also", "one plate", "--by", "Ada")
    assert ran.code == 2 and "--also: only with a LOG" in ran.err


def test_a_run_that_began_under_another_job_is_not_taken_by_a_slip(preheat):
    said(preheat, *OPEN, "serial=SN1")
    said(preheat, *OPEN, "serial=SN2")
    with Store() as store:
        store.append("Ada", "job.added", "job/1", {"begun": [{"run_id": "r000007",
                                                              "uid": "aabb"}]})  # fmt: skip
    log = preheat.file("mine.plog", make_log("r000007", "done", uid="aabb"))
    ran = preheat("job", "attach-run", "2", log, "--by", "Ada")
    assert ran.code == 2 and "run r000007 belongs to job 1" in ran.err
    assert said(preheat, "job", "attach-run", "1", log)["attached"] == ["r000007"]
    other = preheat.file("other.plog", make_log("r000007", "done", uid="ccdd"))
    assert said(preheat, "job", "attach-run", "2", other)["attached"] == ["r000007"]


def test_a_run_that_could_not_be_recorded_is_brought_in_later(preheat, monkeypatch):
    from preheat.errors import UsageError

    def full(*_):
        raise UsageError("the log cannot be kept: no space left", "make room")

    ada(preheat)
    said(preheat, *OPEN, "site=U7")
    with monkeypatch.context() as patch, FakeUnit() as unit:
        patch.setattr(Store, "keep_log", full)
        ran = under_job(preheat, unit, 1)
    assert ran.code == 2 and "no space left" in ran.err and "attach-run 1" in ran.err
    other = preheat.file("other.plog", make_log("r000099", "done"))
    assert said(preheat, "job", "attach-run", "1")["attached"] == ["r000001"]
    assert warned(preheat, "runs") == ["procedure-none", "calibration-unknown"]
    assert said(preheat, "job", "attach-run", "1", other)["attached"] == ["r000099"]
    assert preheat("job", "attach-run", "1", preheat.file("x.plog", b"no log"), "--by",
                   "Ada").code == 7  # fmt: skip
    assert said(preheat, "audit", "verify", by=None)["good"]


def test_a_note_of_another_record_and_a_log_that_is_still_open_bring_nothing_in(preheat):
    ada(preheat)
    said(preheat, *OPEN, "site=U7")
    with FakeUnit("mute") as unit:
        assert under_job(preheat, unit, 1).code == 3
    elsewhere = ("--store", preheat.folder / "elsewhere.db")
    said(preheat, *OPEN, "site=U7", *elsewhere)
    assert said(preheat, "job", "attach-run", "1", *elsewhere) == {"attached": [], "waiting": []}
    half = make_log("r000001", "done", whole=False)
    uid = logs.unit_folder("bench", None)
    uid.joinpath("r000001.plog").write_bytes(half)
    (row,) = said(preheat, "job", "attach-run", "1")["waiting"]
    assert row["run_id"] == "r000001"


def test_the_audit_tells_of_a_run_whose_namesake_on_another_unit_came_in(preheat):
    said(preheat, *OPEN)
    with Store() as store:
        for uid in ("aabb", "ccdd"):
            store.append("Ada", "job.added", "job/1", {"begun": [{"run_id": "r000001",
                                                                  "uid": uid}]})  # fmt: skip
    log = preheat.file("one.plog", make_log("r000001", "done", uid="aabb"))
    said(preheat, "job", "attach-run", "1", log)
    found = said(preheat, "audit", "verify", by=None)
    assert found["good"] and [row["uid"] for row in found["waiting"]] == ["ccdd"]
    log = preheat.file("two.plog", make_log("r000001", "aborted", uid="ccdd"))
    said(preheat, "job", "attach-run", "1", log)
    assert said(preheat, "audit", "verify", by=None)["waiting"] == []
