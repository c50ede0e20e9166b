"""Runs one after the other on one unit: what tools/soak.py does for hours, for half an hour."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def test_two_runs_leave_the_unit_as_it_was(record_property):
    words = [sys.executable, str(TOOLS / "soak.py"), "--json", "--hours", "0.3"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    rows = found["rows"]
    assert len(rows) >= 2 and rows[-1]["uptime_s"] >= 0.3 * 3600 and found["problems"] == []
    record_property(
        "summary",
        f"soak: {rows[-1]['uptime_s']:.0f} s of bench time in {found['wall_s']:.0f} s, "
        f"free bytes {rows[0]['mem_free']} and then {rows[-1]['mem_free']}",
    )


@pytest.fixture
def soak(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("soak")


def row(number, **changed):
    """A run as it should be."""
    return {
        "run": f"r{number:06}", "end": "done", "pulled": True, "note": None, "mem_free": 90_000,
        "boot_id": "b", "uptime_s": 1000.0 * number, "faults": [], "late_ticks": 0,
        "worst_ms": 260, "log_ms": 950_000, **changed,
    }  # fmt: skip


def test_what_is_well_is_not_complained_of(soak):
    assert soak.judge([row(1), row(2, mem_free=89_000), row(3)], 1) == []


@pytest.mark.parametrize(
    "changed",
    [{"mem_free": 80_000}, {"boot_id": "c"}, {"uptime_s": 1900.0}, {"faults": ["late"]},
     {"end": "aborted"}, {"pulled": False}, {"note": "damaged"}, {"late_ticks": 40},
     {"run": "r000001"}],
)  # fmt: skip
def test_what_drifts_is_seen(soak, changed):
    assert len(soak.judge([row(1), row(2, **changed)], 1)) == 1


def test_a_restart_is_seen(soak):
    assert len(soak.judge([row(1), row(2)], 2)) == 1
