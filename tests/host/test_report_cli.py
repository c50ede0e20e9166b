"""`preheat report` from the log's name to the exit code; `run` names it at its end."""

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit
from host.report_logs import header, record_log, reflow_c
from host.test_report_verdict import CSV
from preheat import logs


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREHEAT_BROWSER", "")
    return Shell(capsys, monkeypatch, tmp_path)


def hot():
    return record_log(header(run="r000013"), (lambda s: reflow_c(252, s),))


def test_the_last_log_is_the_default_and_the_page_lies_here(preheat, tmp_path):
    folder = logs.unit_folder("bench-a", None)
    probes = [["plate", "board"], ["part", "component"]]
    curves = (lambda s: reflow_c(242, s), lambda s: reflow_c(240, s))
    (folder / "r000012.plog").write_bytes(record_log(header(probes=probes), curves))
    ran = preheat("report")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "r000012  within limits\nreport-bench-a-r000012.html\n"
    page = (tmp_path / "report-bench-a-r000012.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert preheat("report", "r000012").code == 0  # the same log's page may be made again
    (tmp_path / "report-bench-a-r000012.html").write_text("mine")
    refused = preheat("report", "r000012")
    assert refused.code == 2 and "-o FILE" in refused.err


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [(hot(), 8, "outside limits: peak of plate 252 °C, over 250"),
     (record_log(summary=False, end=None), 7, "no verdict: the log is not whole")],
    ids=["outside", "no verdict"],
)  # fmt: skip
def test_the_verdict_is_the_exit_code_and_the_page_is_there(preheat, data, code, words):
    log = preheat.file("a.plog", data)
    ran = preheat("report", log, "-o", "page.html", "--json")
    assert ran.code == code and words in ran.err
    (run,) = ran.document["runs"]
    assert words.startswith(run["verdict"])
    assert words in (preheat.folder / "page.html").read_text(encoding="utf-8").replace(
        "limits:</p>\n<ul><li>", "limits: ").replace("verdict:</p>\n<ul><li>", "verdict: ")


def test_the_document_has_every_number_with_its_limit(preheat):
    log = preheat.file("a.plog", record_log())
    ran = preheat("report", log, "-o", "page.html", "--json")
    (run,) = ran.document["runs"]
    assert run["verdict"] == "within limits" and run["pwi_percent"] > 0
    peak = next(c for c in run["checks"] if c["statistic"] == "peak_c" and c["low"])
    assert (peak["value"], peak["low"], peak["high"]) == (242.0, 235.0, 250.0)
    assert len(run["sha256"]) == 64 and ran.document["file"] == "page.html"
    assert ran.document["error"] is None and ran.document["golden"] is None
    assert "liquidus 220 °C" in {check["level"] for check in run["checks"]}


def test_one_outside_among_several_is_outside(preheat):
    paths = [preheat.file(f"{i}.plog", d) for i, d in enumerate([record_log(), hot()])]
    ran = preheat("report", *paths, "-o", "page.html", "--golden", paths[0])
    assert ran.code == 8 and "r000013" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [(("nowhere",), 2, "no log is named"), (("bad.plog",), 7, "is not a run log"),
     (("a.plog", "-o", "a.pdf"), 2, "add --pdf"), (("a.plog", "--joint", "x"), 2, "can be on"),
     (("a.plog", "--golden", "nowhere"), 2, "no log is named"),
     (("a.plog", "--alloy", "unobtainium"), 4, "unobtainium")],
)  # fmt: skip
def test_programs_get_one_document_on_errors_too(preheat, arguments, code, words):
    preheat.file("a.plog", record_log())
    preheat.file("bad.plog", b"nothing that reads")
    ran = preheat("report", *arguments, "--json")
    assert ran.code == code and words in ran.err
    assert words in ran.document["error"] and ran.document["file"] is None
    assert ran.document["runs"] == [] and ran.document["golden"] is None


def test_a_page_without_its_pdf_is_told_to_programs(preheat, monkeypatch):
    from preheat.report import pdf

    monkeypatch.delenv("PREHEAT_BROWSER")
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    log = preheat.file("a.plog", record_log())
    ran = preheat("report", log, "-o", "page.html", "--pdf", "--json")
    assert ran.code == 2 and "no Chrome" in ran.document["error"]
    assert (ran.document["file"], ran.document["pdf"]) == ("page.html", None)
    assert [run["verdict"] for run in ran.document["runs"]] == ["within limits"]


def test_limit_options_say_the_job(preheat):
    log = preheat.file("a.plog", record_log(curves=(lambda s: reflow_c(248, s),)))
    assert preheat("report", log, "-o", "page.html").code == 0
    ran = preheat("report", log, "-o", "page.html", "--package", "bga")
    assert ran.code == 8 and "over 245" in ran.err
    ran = preheat("report", log, "-o", "page.html", "--alloy", "unobtainium")
    assert ran.code == 4 and "unobtainium" in ran.err


def test_a_log_of_another_controller_is_measured(preheat):
    log = preheat.file("oven.csv", CSV)
    args = ("report", log, "-o", "page.html", "--alloy", "SAC305", "--purpose", "reflow")
    assert preheat(*args).code == 0
    assert preheat("report", log, "-o", "page.html").code == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("nowhere",), "no log is named"), (("a.plog", "-o", "a.pdf"), "add --pdf"),
     (("a.plog", "-o", "no/such/a.html"), "cannot write"),
     (("a.plog", "--joint", "x"), "can be on a joint")],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_way_on(preheat, arguments, words):
    preheat.file("a.plog", record_log())
    ran = preheat("report", *arguments)
    assert ran.code == 2 and words in ran.err


def test_a_run_ends_by_naming_its_report(preheat):
    with FakeUnit() as unit:
        ran = preheat("run", "hotplate-sac305", "--yes", "--port", unit.port)
        assert ran.out.splitlines()[-1] == "report    preheat report r000001"
        ran = preheat("run", "hotplate-sac305", "--yes", "--port", unit.port, "--json")
    command = ran.document["report"].split()
    made = preheat(*command[1:], "-o", "page.html")
    assert made.code in (0, 7, 8) and (preheat.folder / "page.html").exists()
