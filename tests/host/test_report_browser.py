"""The report in a real browser: quiet, whole, alone, and on two sheets of paper at most."""

import io
import sys
from pathlib import Path

import numpy as np
import pypdf
import pytest
from matplotlib import image

from host import browser
from host.cli_helpers import Shell
from host.report_logs import header, record_log, reflow_c, rework
from host.test_report_page import hostile

pytestmark = pytest.mark.skipif(browser.why_none() is not None, reason=str(browser.why_none()))
LETTER = {"paperWidth": 8.5, "paperHeight": 11}
ROLES = (
    "board", "board_top", "board_top", "component", "component", "board", "heater", "ambient"
)


def crowded():
    """The most that a unit has: eight probes, many events, faults, calibrations, no clock."""
    names = [[f"probe{i}", role] for i, role in enumerate(ROLES)]
    rows = [[name, -0.5, 1.001, "2024-01-10", "2025-01-10", "Fluke 724", "C-118"]
            for name, _ in names]  # fmt: skip
    head = header(probes=names, epoch_s=None, spread_max_c=10, calibration=rows)
    curves = [lambda s, k=k: reflow_c(243 - 3 * k, s) for k in range(8)]
    over = {"ev": "over", "probe": "probe0", "limit_c": 250, "alloy": "SAC305", "source": "peak"}
    events = [{"t_ms": 1000 * s, **over} for s in range(200, 280, 2)]
    faults = [["stuck_on", "probe0 250"], ["tc_open", "probe3"], ["spread", "a long way"]]
    return record_log(head, curves, end="fault:stuck_on", heat_s=286, events=events, faults=faults)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with browser.Browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


CASES = {
    "good": ([record_log()], ()),
    "rework": ([rework()], ("--joint", "joint", "--package", "bga")),
    "crowded": ([crowded()], ()),
    "hostile": ([hostile()], ()),
    "cut": ([record_log(summary=False, end=None, length_s=200)], ()),
    "several": ([record_log(), rework(), record_log(header(run="r000013"))], ()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_page_is_quiet_whole_and_alone(preheat, chromium, case):
    data, options = CASES[case]
    logs = [preheat.file(f"{i}.plog", log) for i, log in enumerate(data)]
    golden = preheat.file("golden.plog", record_log(header(run="r000003")))
    page = preheat.folder / "page.html"
    assert preheat("report", *logs, "--golden", golden, "-o", page, *options).code in (0, 7, 8)
    tab = chromium.look(page)
    assert tab.complaints() == []
    assert tab.requests() == [page.as_uri()]
    box = "document.querySelector('svg.chart').getBoundingClientRect()"
    assert tab.value(f"{box}.width") > 600 and tab.value(f"{box}.height") > 300
    assert tab.value("document.querySelectorAll('svg.chart path').length") > 20
    assert tab.value("document.scripts.length") == 0
    assert tab.value("document.documentElement.scrollWidth <= innerWidth")
    for paper in ({}, LETTER):
        sheets = pypdf.PdfReader(io.BytesIO(tab.pdf(**paper))).pages
        assert 1 <= len(sheets) <= 2, paper
        said = "".join(sheet.extract_text() for sheet in sheets)
        assert "J-STD-001" in said and f"of {len(sheets)}" in said


def test_a_usual_run_takes_one_sheet_of_a4(preheat, chromium):
    page = preheat.folder / "page.html"
    preheat("report", preheat.file("a.plog", record_log()), "-o", page)
    assert len(pypdf.PdfReader(io.BytesIO(chromium.look(page).pdf())).pages) == 1


def test_the_curve_can_be_seen(preheat, chromium):
    page = preheat.folder / "page.html"
    preheat("report", preheat.file("a.plog", record_log()), "-o", page)
    shown = image.imread(io.BytesIO(chromium.look(page).picture()))[:, :, :3]
    blue = np.array([0x00, 0x72, 0xB2]) / 255  # of the first probe's curve
    seen = np.abs(shown - blue).max(axis=2) < 0.08
    assert np.ptp(np.flatnonzero(seen.any(axis=0))) > 300  # it crosses the picture
    assert np.ptp(np.flatnonzero(seen.any(axis=1))) > 100


def test_a_narrow_window_shows_all_of_it(preheat, chromium):
    page = preheat.folder / "page.html"
    preheat("report", preheat.file("a.plog", rework()), "-o", page)
    tab = chromium.look(page, width=420)
    assert tab.value("document.querySelector('svg.chart').getBoundingClientRect().right") <= 420


@pytest.mark.parametrize("case", ["rework", "crowded", "several", "hostile"])
def test_a_telephone_shows_the_page_without_moving_it_aside(preheat, chromium, case):
    data, options = CASES[case]
    logs = [preheat.file(f"{i}.plog", log) for i, log in enumerate(data)]
    page = preheat.folder / "page.html"
    preheat("report", *logs, "--golden", logs[0], "-o", page, *options)
    tab = chromium.look(page, width=390)
    assert tab.value("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_no_number_is_broken_into_two_lines(preheat, chromium, width):
    page = preheat.folder / "page.html"
    log = preheat.file("a.plog", rework())
    preheat("report", log, "--joint", "joint", "--golden", log, "-o", page)
    tab = chromium.look(page, width=width)
    broken = tab.value("""[...document.querySelectorAll(".figures td:not([colspan]), .n")]
        .filter(cell => {
            const words = document.createRange();
            words.selectNodeContents(cell);
            return words.getClientRects().length > 1;
        }).map(cell => cell.innerText).join()""")
    assert broken == ""


def test_pdf_through_the_product_itself(preheat, monkeypatch):
    stand_in = preheat.folder / "chromium"
    tests = Path(browser.__file__).parent
    stand_in.write_text(f'#!/bin/sh\nexec {sys.executable} {tests / "browser.py"} "$@"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PREHEAT_BROWSER", str(stand_in))
    page = preheat.folder / "page.html"
    ran = preheat("report", preheat.file("a.plog", record_log()), "-o", page, "--pdf")
    assert ran.code == 0, ran.err
    sheets = pypdf.PdfReader(page.with_suffix(".pdf")).pages
    assert len(sheets) <= 2 and "within limits" in sheets[0].extract_text()
