"""Runs and holds under a job, from the gates to the record, against a scripted unit."""

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit
from host.record_facts import raw
from host.record_shell import OPEN, TODAY, ada, said, under_job, warned
from preheat import paths
from preheat.record.store import Store


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("PREHEAT_RECORD_URL", raising=False)
    return Shell(capsys, monkeypatch, tmp_path)


def test_options_of_a_job_without_a_job_are_refused(preheat):
    ran = preheat("run", "hotplate-sac305", "--yes", "--site", "U7", "--override", "skill")
    assert ran.code == 2 and "--site, --override: only with --job" in ran.err


def test_everything_that_holds_the_heat_back_is_said_before_the_port_is_opened(preheat):
    said(preheat, *OPEN, "activity=repair", "site=U7", "coating.kind=acrylic")
    ran = preheat("run", "hotplate-sac305", "--yes", "--job", "1", "--by", "Ada", "--port",
                  "/nowhere")  # fmt: skip
    assert ran.code == 4
    for gate in ("operator", "repair-approval", "coating"):
        assert f"  - {gate}: " in ran.err


@pytest.mark.parametrize(("script", "code", "end"), [
    ("done", 0, "done"), ("fault", 5, "fault:tc_open"), ("reset", 5, "reset"),
])  # fmt: skip
def test_a_run_is_in_its_job_however_it_ended(preheat, script, code, end):
    ada(preheat)
    said(preheat, *OPEN, "site=U7")
    with FakeUnit(script) as unit:
        ran = preheat("run", "hotplate-sac305", "--yes", "--job", "1", "--by", "ADA", "--port",
                      unit.port, "--json")  # fmt: skip
    assert ran.code == code, ran.err
    (run,) = said(preheat, "job", "show", "1", by=None)["runs"]
    assert (run["run_id"], run["end"], run["sites"]) == ("r000001", end, ["U7"])
    assert said(preheat, "job", "attach-run", "1") == {"attached": [], "waiting": []}
    assert said(preheat, "audit", "verify", by=None)["good"]


def test_a_run_whose_unit_falls_silent_waits_for_its_log(preheat):
    ada(preheat)
    said(preheat, *OPEN, "site=U7")
    with FakeUnit("mute") as unit:
        ran = preheat("run", "hotplate-sac305", "--yes", "--job", "1", "--by", "Ada", "--port",
                      unit.port)  # fmt: skip
    assert ran.code == 3 and "the log of run r000001 is not in job 1 yet" in ran.err
    assert "preheat job attach-run 1" in ran.err
    found = said(preheat, "job", "show", "1", by=None)
    assert found.get("runs") is None
    assert [row["run_id"] for row in found["pending"]] == ["r000001"]


def test_a_run_whose_laptop_died_counts_on_every_computer(preheat, monkeypatch):
    ada(preheat)
    said(preheat, *OPEN, "site=U7", "limit=1", "activity=repair")
    past = ("--override", "repair-approval", "--reason", "told by telephone")
    with FakeUnit("mute") as unit:
        assert under_job(preheat, unit, 1, *past).code == 3  # its log never comes
    record = paths.record_dir() / "record.db"
    monkeypatch.setenv("PREHEAT_HOME", str(preheat.folder / "another computer"))
    monkeypatch.setenv("PREHEAT_RECORD_URL", str(record))
    ran = preheat("job", "check", "1", "--by", "Ada")
    assert ran.code == 4 and "U7 had 1 cycle of 1" in ran.err
    assert "repair without a reference" in ran.err  # the override was for that run
    assert "WAITING    run r000001 on bench-a: its log is not in the record yet" in preheat(
        "job", "show", "1").out
    ran = preheat("job", "close", "1", "--by", "Ada")
    assert ran.code == 4 and "close with --reason" in ran.err
    said(preheat, "job", "close", "1", "--reason", "the unit burned, and its log with it")
    ran = preheat("audit", "verify")
    assert ran.code == 0
    assert "WAITING    job 1 (closed): the log of run r000001 on bench-a" in ran.out
    (row,) = said(preheat, "audit", "verify", by=None)["waiting"]
    assert (row["job"], row["status"], row["run_id"]) == (1, "closed", "r000001")


def test_a_note_that_the_record_was_too_busy_for_is_told_to_it_later(preheat, monkeypatch):
    from preheat.errors import UsageError
    from preheat.record import bench

    def busy(*_):
        raise UsageError("another program has held it for 10 s", "end it")

    ada(preheat)
    said(preheat, *OPEN, "site=U7", "limit=1")
    with monkeypatch.context() as patch, FakeUnit("mute") as unit:
        patch.setattr(bench, "begin", busy)
        assert "is not in the record yet" in under_job(preheat, unit, 1).err
    assert preheat("job", "check", "1", "--by", "Ada").code == 0  # only the note knows
    assert [one["run_id"] for one in said(preheat, "job", "attach-run", "1")["waiting"]]
    assert "had 1 cycle of 1" in preheat("job", "check", "1", "--by", "Ada").err
    assert warned(preheat, "begun") == ["procedure-none", "calibration-unknown"]


def test_a_disk_that_takes_no_note_is_told_of_while_the_run_goes_on(preheat, monkeypatch):
    from preheat.record import pending

    def full(_):
        raise OSError(28, "No space left on device")

    ada(preheat)
    said(preheat, *OPEN, "site=U7")
    monkeypatch.setattr(pending, "put", full)
    with FakeUnit() as unit:
        ran = under_job(preheat, unit, 1)
    assert ran.code == 0 and "could not be noted on this computer" in ran.err
    assert len(said(preheat, "job", "show", "1", by=None)["runs"]) == 1


def test_heat_of_another_job_on_the_same_board_counts_towards_the_contract_s_limit(preheat):
    ada(preheat)
    said(preheat, *OPEN, "site=U7,U8")
    with FakeUnit() as unit:
        assert under_job(preheat, unit, 1, "--site", "U7").code == 0
        said(preheat, *OPEN, "site=U7,U8", "limit=1")
        ran = under_job(preheat, unit, 2)
        assert ran.code == 4 and "U7 had 1 cycle of 1" in ran.err
        assert under_job(preheat, unit, 2, "--site", "U8").code == 0
        assert under_job(preheat, unit, 2, "--site", "U7", "--no-cycle").code == 0
    hot = said(preheat, "audit", "query", "--sites-over", "0", by=None)
    assert {(row["reference"], row["cycles"]) for row in hot} == {("U7", 1), ("U8", 1)}


def test_an_expired_calibration_holds_the_heat_back_when_the_unit_is_asked(preheat, monkeypatch):
    ada(preheat)
    said(preheat, *OPEN, "site=U7")
    row = {"probe": "plate", "date": "2020-01-01", "due": "2021-01-01"}
    monkeypatch.setattr("preheat.calibration.known.settings_of", lambda _: {"calibration": [row]})
    with FakeUnit() as unit:
        ran = under_job(preheat, unit, 1)
        assert ran.code == 4 and "plate was due on 2021-01-01" in ran.err
        assert "start" not in unit.asked
        ran = under_job(preheat, unit, 1, "--override", "calibration-expired", "--override",
                        "skill", "--reason", "compared with ice")  # fmt: skip
    assert ran.code == 0
    assert "OVERRIDDEN calibration-expired" in ran.err
    assert "the override of skill was not needed" in ran.err
    found = said(preheat, "job", "show", "1", by=None)
    assert [one["rule"] for one in found["overrides"]] == ["calibration-expired"]


def test_an_override_that_another_run_took_meanwhile_lets_nothing_pass(preheat, monkeypatch):
    ada(preheat)
    said(preheat, *OPEN, "site=U7", "activity=repair")
    append = Store.append

    def overtaken(store, author, kind, subject, body):
        made = append(store, author, kind, subject, body)
        if "overrides" in body:  # from another window, under the same job
            append(store, author, kind, subject, {"begun": [{"run_id": "r000044"}]})
        return made

    monkeypatch.setattr(Store, "append", overtaken)
    with FakeUnit() as unit:
        ran = under_job(preheat, unit, 1, "--override", "repair-approval", "--reason", "told")
        assert ran.code == 4 and "repair-approval: " in ran.err
        assert unit.asked == []


def test_a_hold_is_a_run_of_its_job_behind_the_same_gates(preheat):
    ada(preheat)
    said(preheat, *OPEN, "site=U7", "limit=1")
    words = ("hold", "100", "--minutes", "1", "--yes", "--job", "1", "--by", "Ada", "--json")
    with FakeUnit() as unit:
        ran = preheat(*words, "--port", unit.port, "--alloy", "SnPb")
        assert ran.code == 4 and "profile hold is for SnPb, the job for SAC305" in ran.err
        assert preheat(*words, "--port", unit.port, "--alloy", "SAC305").code == 0
        ran = preheat(*words, "--port", unit.port, "--alloy", "SAC305")
        assert ran.code == 4 and "U7 had 1 cycle of 1" in ran.err
    assert len(said(preheat, "job", "show", "1", by=None)["runs"]) == 1
    assert preheat("hold", "100", "--yes", "--site", "U7").code == 2


def test_a_hold_that_names_no_alloy_takes_the_job_s(preheat):
    ada(preheat)
    words = ("hold", "100", "--minutes", "1", "--yes", "--by", "Ada", "--json", "--job")
    said(preheat, *OPEN, "site=U7")
    with FakeUnit() as unit:
        ran = preheat(*words, "1", "--port", unit.port)
    assert ran.code == 0 and "holding for SAC305, as job 1 states its alloys" in ran.err
    assert b'"alloy":"SAC305"' in unit.profiles["hold"]

    said(preheat, *OPEN, "new=Sn42Bi58")  # of two alloys the one that melts first
    with FakeUnit() as unit:
        ran = preheat(*words, "2", "--port", unit.port)
    assert ran.code == 0 and "holding for SnBi" in ran.err

    said(preheat, *OPEN[:-1], "existing=house blend")
    ran = preheat(*words, "3", "--port", "/nowhere")
    assert ran.code == 2 and "job 3 states no alloy that is known here" in ran.err
    assert "say --alloy" in ran.err and "preheat job set 3 existing=" in ran.err


def test_a_gate_that_closes_while_somebody_waits_for_enter_holds_the_heat_back(
    preheat, monkeypatch
):
    ada(preheat)
    said(preheat, *OPEN, "site=U7")

    def lunch(*_):
        with Store() as other:
            other.append("Ben", "operator.revoked", "operator/Ada", {
                "number": "C-1", "reason": "lost", "at": TODAY.isoformat()})  # fmt: skip

    monkeypatch.setattr("preheat.cli.run.wait_for_enter", lunch)
    with FakeUnit() as unit:
        ran = preheat("run", "hotplate-sac305", "--job", "1", "--by", "Ada", "--port", unit.port)
        assert ran.code == 4 and "was revoked: lost" in ran.err
        assert "start" not in unit.asked


def test_no_gate_is_judged_by_a_table_that_somebody_changed(preheat):
    ada(preheat)
    said(preheat, *OPEN, "site=U7", "limit=1")
    said(preheat, *OPEN, "serial=other", "site=U7")
    with Store() as store:
        raw(store, ("UPDATE job SET document = replace(document, ?, ?) WHERE number = 1",
                    ('"cycle_limit_site":1', '"cycle_limit_site":9')),
            ("UPDATE operator SET document = replace(document, '\"E\"', '\"I\"')",))  # fmt: skip
    for words in (("check", "1"), ("check", "2")):
        ran = preheat("job", *words, "--by", "Ada")
        assert ran.code == 7 and "is not what its events say" in ran.err
    with FakeUnit() as unit:
        assert under_job(preheat, unit, 1).code == 7 and "start" not in unit.asked
