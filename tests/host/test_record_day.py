"""A day at a bench: two people, three runs on a virtual unit, one record, and its audit."""

import datetime
import os
import stat
import time

import pytest
from playing import open_soon

from host import browser
from host.cli_helpers import Shell
from preheat import units
from preheat.bench.flash import unit_settings
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.record import logs as record_logs
from preheat.record.store import Store

pytestmark = pytest.mark.skipif(not has_micropython(), reason="no MicroPython here")
TODAY = datetime.date.today()
LONG_AGO = (TODAY - datetime.timedelta(days=900)).isoformat()
LATELY = (TODAY - datetime.timedelta(days=300)).isoformat()
PROFILE = """
schema = 1
name = "bga-bottom"
title = "Bottom heat for a BGA, short"
alloy = "SAC305"
purpose = "preheat"
source = "a test"
ramp_max_c_s = 3.0
run_max_s = 1200

[[stages]]
name = "warm"
target_c = 70
ramp_c_s = 1.0
hold_s = 5
ramp_max_s = 600
hold_max_s = 300
"""
BGA = ("class=3", "type=R", "existing=SAC305", "new=SAC305", "site=U7:BGA", "esd=strap checked")


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("PREHEAT_RECORD_URL", raising=False)
    return Shell(capsys, monkeypatch, tmp_path)


def good(ran):
    assert ran.code == 0, ran.err
    return ran.document


def staff(preheat):
    """Ada is an expert whose certificate counts; Ben's ended long ago."""
    for name, issued, number in (("Ada", LATELY, "C-1"), ("Ben", LONG_AGO, "C-2")):
        good(preheat("operator", "add", name, "--skill", "E", "--by", "Ada", "--json"))
        good(preheat("operator", "certify", name, "--level", "CIS", "--modules", "1,8,9,10",
                     "--practised", "8", "--number", number, "--issued", issued, "--by", "Ada",
                     "--json"))  # fmt: skip


def heat(preheat, unit, job, by, *options):
    profile = preheat.folder / "bga-bottom.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    return preheat("run", profile, "--port", unit.port, "--job", job, "--by", by, "--yes",
                   "--json", *options)  # fmt: skip


def test_a_day_at_the_bench(preheat):
    staff(preheat)
    opened = good(preheat("job", "open", "serial=SN-1", "activity=rework", *BGA,
                          "procedure=bga-removal,bga-installation", "--by", "Ada",
                          "--json"))  # fmt: skip
    assert opened["procedures"] == ["article:bga-removal", "article:bga-installation"]
    flux = ("job", "add", "1", "material", "flux", "NC-559", "lot-7", "--by", "Ada", "--json")
    assert preheat(*flux).code == 2  # for which alloys is it made?
    good(preheat(*flux, "alloy=SAC305, SnPb"))
    with VirtualUnit("hotplate", speed=0, idle_speed=50) as unit:
        with open_soon(unit.port) as link:
            units.push_settings(link, unit_settings("hotplate"))
            link.request("clear")
        removal(preheat, unit)
        installation(preheat, unit)
        repair(preheat, unit)
    found = audit(preheat)
    assert found["good"]
    assert preheat("audit", "verify", "--expect", found["head"][:12]).code == 0
    assert preheat("audit", "verify", "--expect", "0" * 12).code == 7
    page = preheat.folder / "traveller.html"
    good(preheat("job", "report", "1", "-o", page, "--json"))
    text = page.read_text(encoding="utf-8")
    for words in ("SN-1", "article:bga-removal", "lot-7", "pads are clean", "Ada watches",
                  found["head"], "name, date, signature"):  # fmt: skip
        assert words in text, words
    assert text.count('<section class="job-run">') == 2 and text.count("<svg") >= 2
    seen_in_a_browser(preheat.folder, page)
    assert "http" not in text.replace("http://www.w3.org", "")  # nothing from elsewhere
    a_log_is_changed(preheat)


def seen_in_a_browser(folder, page):
    """Where there is one: nothing is complained of, nothing asked from elsewhere."""
    if browser.why_none() is not None:
        return
    with browser.Browser(folder) as one:
        shown = one.look(page)
        assert shown.complaints() == [] and len(shown.requests()) == 1
        assert shown.value("document.querySelectorAll('svg').length") == 2


def removal(preheat, unit):
    """Ben may not heat; Ada does, and states what she saw."""
    ran = heat(preheat, unit, 1, "ben")
    assert ran.code == 4 and "certificate" in ran.err and "expired" in ran.err
    ran = heat(preheat, unit, 1, "Ada", "--site", "U9")
    assert ran.code == 2 and "U9 is no site" in ran.err
    ran = heat(preheat, unit, 1, "Ada")
    assert good(ran)["state"] == "done"
    assert "WARNING calibration-unknown" in ran.err and "job      1, board SN-1" in ran.err
    good(preheat("job", "add", "1", "checkpoint", "site", "pads are clean", "--by", "Ada",
                 "--json"))  # fmt: skip


def installation(preheat, unit):
    """Ben puts the new part on, on Ada's word; the site has had two cycles then."""
    why = ("--reason", "course is booked, Ada watches", "--override", "certificate")
    ran = heat(preheat, unit, 1, "Ben", *why)
    assert ran.code == 4 and "module" in ran.err  # and the other override is not kept
    why += ("--override", "module")
    assert good(heat(preheat, unit, 1, "Ben", *why))["state"] == "done"
    job = good(preheat("job", "show", "1", "--json"))
    assert [run["sites"] for run in job["runs"]] == [["U7"], ["U7"]]
    assert [run["operator"] for run in job["runs"]] == ["Ada", "Ben"]
    assert [row["rule"] for row in job["overrides"]] == ["certificate", "module"]
    ran = preheat("job", "check", "1", "--by", "Ben", "--json")
    assert ran.code == 4  # what was overridden once is not overridden for ever
    late = good(preheat("audit", "query", "--expired", "--json"))
    assert [row["operator"] for row in late] == ["Ben"]
    hot = good(preheat("audit", "query", "--sites-over", "1", "--json"))
    assert [(row["reference"], row["cycles"]) for row in hot] == [("U7", 2)]
    assert good(preheat("audit", "query", "--lot", "lot-7", "--json"))[0]["runs"] == 2


def repair(preheat, unit):
    """A repair waits for its approval; the laptop leaves, and the log comes later."""
    good(preheat("job", "open", "serial=SN-2", "activity=repair", *BGA[:4],
                 "esd=strap", "site=U7:BGA", "--by", "Ada", "--json"))
    ran = heat(preheat, unit, 2, "Ada")
    assert ran.code == 4 and "repair-approval" in ran.err
    good(preheat("job", "set", "2", "approval=customer mail of Tuesday", "--by", "Ada", "--json"))
    run = good(heat(preheat, unit, 2, "Ada", "--detach"))["run_id"]
    assert f"WAITING    run {run}" in preheat("job", "show", "2").out
    assert preheat("job", "close", "2", "--by", "Ada").code == 4
    wait_for_log(preheat, unit, run)
    good(preheat("log", "pull", run, "--port", unit.port, "--json"))
    done = good(preheat("job", "attach-run", "2", "--by", "Ada", "--json"))
    assert done == {"attached": [run], "waiting": []}
    assert good(preheat("job", "show", "2", "--json"))["runs"][0]["end"] == "done"
    good(preheat("job", "close", "2", "--by", "Ada", "--json"))
    assert heat(preheat, unit, 2, "Ada").code == 4  # a closed job takes no run


def wait_for_log(preheat, unit, run):
    until_s = time.monotonic() + 30
    while time.monotonic() < until_s:
        ran = preheat("log", "list", "--unit", "--port", unit.port, "--json")
        rows = ran.document if ran.code == 0 else []  # refused while it heats
        if any(row["run_id"] == run and row["end"] for row in rows):
            return
    raise AssertionError(f"the log of {run} was never closed")


def audit(preheat):
    return good(preheat("audit", "verify", "--json"))


def a_log_is_changed(preheat):
    with Store() as store:
        sha = store.job(1).runs[0].log_sha256
        path = record_logs.path_of(store.place.folder, sha)
    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ran = preheat("audit", "verify", "--json")
    assert ran.code == 7
    assert [row["kind"] for row in ran.document["problems"]] == ["log"]
