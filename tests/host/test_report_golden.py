"""A golden run is told with its own worth, and only what was measured alike is compared."""

import pytest

from host.cli_helpers import Shell
from host.report_logs import header, record_log, reflow_c
from host.test_report_page import TODAY, Outline
from preheat.report import compare
from preheat.report.judged import judged
from preheat.report.page import page
from preheat.report.runs import load


@pytest.fixture
def run(tmp_path):
    def of(data, name="r000012.plog"):
        path = tmp_path / name
        path.write_bytes(data)
        return judged(load(str(path)))

    return of


def sac(peak_c=242, **changes):
    return record_log(header(**changes), (lambda s: reflow_c(peak_c, s),))


def lead():
    """A tin-lead run that was good: measured from 183 °C, without a soak in the tables."""
    limits = [["board", 235, 231, "SnPb"], ["heater", 400, 380, "board bench"]]
    return sac(215, run="r000003", alloy="SnPb", liquidus_c=183, limits=limits, profile="lead",
               profile_hash="1111222233334444")  # fmt: skip


def test_a_difference_that_rounds_to_nothing_has_no_sign_of_less(run):
    heads, (row, *_) = compare.with_golden(run(sac(242)), run(sac(241), "golden.plog"))
    assert row[heads.index("soak")] == "107 s (+0)"  # a fifth of a second less
    heads, (row, *_) = compare.with_golden(run(sac(240)), run(sac(242), "golden.plog"))
    assert row[heads.index("peak")] == "240.0 °C (−2.0)"


def test_the_golden_run_is_told_with_verdict_alloy_profile_and_hash(run):
    golden = run(sac(252, run="r000003"), "golden.plog")
    found = Outline(page([run(sac())], TODAY, golden)).text
    for said in ("golden run r000003", "outside limits: peak of plate 252 °C, over 250",
                 "hotplate-sac305", "632970d5ffabc1df", golden.run.sha256):  # fmt: skip
        assert said in found, said
    several = Outline(page([run(sac()), run(sac(240))], TODAY, golden)).text
    assert "outside limits: peak of plate 252 °C, over 250" in several
    assert golden.run.sha256 in several


def test_times_above_two_liquidi_have_no_difference(run):
    this, golden = run(sac()), run(lead(), "golden.plog")
    heads, (row, _) = compare.with_golden(this, golden)
    told = dict(zip(heads, row))
    assert told["peak"] == "242.0 °C (+27.0)"
    assert told["above liquidus"].endswith(" s") and "(" not in told["soak"]
    said = " ".join(compare.not_compared(this, golden))
    assert "above liquidus, counted above 220 °C in this run and above 183 °C" in said
    assert "soak, counted between 150 and 200 °C" in said
    text = Outline(page([this], TODAY, golden)).text
    assert said.split(";")[0][:40] in text
    assert "alloy SnPb; profile lead; profile hash 1111222233334444" in text


def test_runs_alike_have_every_difference_and_nothing_to_say(run):
    this, golden = run(sac()), run(sac(240), "golden.plog")
    heads, (row, _) = compare.with_golden(this, golden)
    assert all("(" in cell for cell in row[2:])
    assert compare.not_compared(this, golden) == []


def test_runs_of_two_alloys_beside_each_other_say_from_where_they_count(run):
    heads, rows = compare.side_by_side([run(sac()), run(lead(), "b.plog")])
    above = heads.index("above liquidus")
    assert rows[0][above].endswith(" s above 220 °C") and rows[1][above].endswith("above 183 °C")
    heads, rows = compare.side_by_side([run(sac()), run(sac(240), "b.plog")])
    assert rows[0][above].endswith(" s")


def test_programs_get_the_golden_run_s_verdict(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    preheat = Shell(capsys, monkeypatch, tmp_path)
    this, golden = preheat.file("a.plog", sac()), preheat.file("b.plog", sac(252, run="r3"))
    ran = preheat("report", this, "--golden", golden, "-o", "page.html", "--json")
    assert ran.code == 0
    assert ran.document["golden"]["verdict"] == "outside limits"
    said = preheat("report", this, "--golden", golden, "-o", "page.html").out
    assert "golden r3  outside limits: peak of plate 252 °C, over 250" in said
