"""The campaign itself: a few hundred runs are safe, and its judge can find what is not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import campaign  # noqa: E402
import campaign_bounds  # noqa: E402
import campaign_cases  # noqa: E402
import campaign_play  # noqa: E402
import campaign_table  # noqa: E402

from preheat.bench.script import KINDS  # noqa: E402
from preheat_core import kernel as kernel_module  # noqa: E402
from preheat_core.guard import Guard  # noqa: E402
from preheat_core.latch import Latch  # noqa: E402
from preheat_core.runlog import Writer  # noqa: E402

RUNS, HEALTHY, SEED = 200, 40, 2026
PART = 60  # cases of one test, so that several processes share them


def first(kind, value=None, healthy=False):
    """The first case of one fault of this kind, alone and lasting, that is not there before."""
    for n in range(4000):
        case = campaign_cases.draw(campaign_cases.label(7, n, healthy))
        row = case.faults[0] if case.faults else {"kind": None}
        if len(case.faults) == 1 and row["kind"] == kind and "duration_s" not in row:
            if row["at_s"] >= 5 and row.get("probe") is None and (value is None or value(row)):
                return case.label
    raise AssertionError(f"no case of {kind}")


@pytest.mark.parametrize("part", range((RUNS + HEALTHY) // PART))
def test_no_run_is_unsafe_and_no_healthy_one_trips(part):
    names = campaign.labels(RUNS, SEED, HEALTHY)[part :: (RUNS + HEALTHY) // PART]
    found = campaign_table.summary([campaign_play.play(name) for name in names])
    bad = [(row["label"], row["unsafe"], row["false"])
           for row in found["unsafe"] + found["false"]]
    assert bad == []
    assert found["fault_runs"] + found["healthy_units"] == PART
    assert found["refused"] == 0


def test_every_kind_of_the_virtual_bench_is_drawn_and_has_its_place():
    drawn = set()
    for n in range(300):
        drawn |= {row["kind"] for row in campaign_cases.draw(f"3:{n}").faults}
    assert drawn == set(campaign_cases.ALL_KINDS)
    placed = [*campaign_bounds.BOUNDS, *campaign_bounds.TOLERATED, *campaign_bounds.BENIGN]
    assert sorted(placed) == sorted(drawn) and drawn >= {row[0] for row in KINDS}


def test_the_same_seed_gives_the_same_runs_whatever_the_number_of_processes():
    found = []
    for jobs in ("1", "2"):
        done = subprocess.run(
            [sys.executable, str(TOOLS / "campaign.py"), "--runs", "6", "--healthy", "1",
             "--seed", "5", "--jobs", jobs, "--json"],
            capture_output=True, text=True, timeout=300,
        )
        found.append(json.loads(done.stdout))
        bad = found[-1]["unsafe"] or found[-1]["false"]
        assert done.returncode == (1 if bad else 0), done.stderr
    assert found[0] == found[1]
    assert found[0]["fault_runs"] == 6 and found[0]["ticks"] > 1000


def blind(self, *_args):
    """A guard that never trips and never withholds heat."""
    step(self, *_args)
    self.trips = []
    self.inhibit = None


step = Guard.step


@pytest.mark.parametrize("kind", ("tc_open", "spi_zero", "interlock", "ssr_stuck_on"))
def test_a_guard_that_never_trips_is_unsafe(monkeypatch, kind):
    monkeypatch.setattr(Guard, "step", blind)
    result = campaign_play.play(first(kind))
    assert result["codes"] == []
    assert any(kind in sentence for sentence in result["unsafe"]), result
    assert result["faults"][0]["missed"]


def test_a_guard_that_always_trips_is_a_false_trip(monkeypatch):
    def nervous(self, *args):
        step(self, *args)
        if args[-1].running and len(Nervous.ticks) > 200:
            self.trips = [("frozen", "a nervous guard")]
        Nervous.ticks.append(1)

    class Nervous:
        ticks = []

    monkeypatch.setattr(Guard, "step", nervous)
    result = campaign_play.play("7:0h")
    assert result["false"] and "frozen" in result["false"][0] and result["unsafe"] == []
    document = campaign_table.summary([result])
    assert document["false"] == [result] and "7:0h" in campaign_table.text(document)


def test_heat_after_a_trip_is_unsafe(monkeypatch):
    monkeypatch.setattr(
        kernel_module.Kernel, "heating",
        property(lambda self: self.run is not None and self.run.end in (None, "fault")),
    )
    monkeypatch.setattr(
        kernel_module.Run, "heating", property(lambda self: self.end in (None, "fault"))
    )
    monkeypatch.setattr(kernel_module.Run, "finish_heat", lambda self, end: setattr(
        self, "end", self.end or end))
    result = campaign_play.play(first("interlock"))
    assert any("heat" in sentence for sentence in result["unsafe"]), result


def test_a_latch_that_forgets_over_a_reset_is_unsafe(monkeypatch):
    made = Latch.__init__
    monkeypatch.setattr(Latch, "__init__", lambda self, rows=(): made(self, ()))
    result = campaign_play.play(first("tc_open"))
    assert any("lost over the reset" in sentence for sentence in result["unsafe"]), result


def test_a_log_that_does_not_read_is_unsafe(monkeypatch):
    event = Writer.event

    def torn(self, row):
        blocks = event(self, row)
        return [block[:-1] + b"\x00" for block in blocks]

    monkeypatch.setattr(Writer, "event", torn)
    result = campaign_play.play(first("tc_open"))
    assert any(sentence.startswith("log r0") for sentence in result["unsafe"]), result


def test_too_hot_under_control_is_unsafe(monkeypatch):
    """Full power from a controller that has lost its mind, and no guard."""

    def mad(self, dt_ms, temp_c, free):
        self.duty = 1.0

    monkeypatch.setattr(Guard, "step", blind)
    monkeypatch.setattr(kernel_module.Run, "steer", mad)
    cases = (campaign_cases.draw(f"7:{n}h") for n in range(500))
    label = next(case.label for case in cases if case.limit_c < 185 and case.unit.power > 1
                 and case.unit.heater == "quartz" and len(case.runs) == 1)
    result = campaign_play.play(label)
    assert any("of margin" in sentence for sentence in result["unsafe"]), result
    assert result["excess_c"] > 20
