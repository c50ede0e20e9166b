"""The campaign itself: a few hundred runs are safe, and what is drawn and told of them."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import campaign  # noqa: E402
import campaign_bounds  # noqa: E402
import campaign_cases  # noqa: E402
import campaign_play  # noqa: E402
import campaign_table  # noqa: E402

from preheat.bench.script import KINDS  # noqa: E402
from preheat_core import limits  # noqa: E402
from preheat_core.orders import Orders  # noqa: E402
from preheat_core.sealed import Sealed  # noqa: E402

RUNS, HEALTHY, SEED = 200, 40, 2026
PART = 60  # cases of one test, so that several processes share them


@pytest.mark.parametrize("part", range((RUNS + HEALTHY) // PART))
def test_no_run_is_unsafe_and_no_healthy_one_trips(part):
    names = campaign.labels(RUNS, SEED, HEALTHY)[part :: (RUNS + HEALTHY) // PART]
    found = campaign_table.summary([campaign_play.play(name) for name in names])
    bad = [(row["label"], row["unsafe"], row["false"])
           for row in found["unsafe"] + found["false"]]
    assert bad == []
    assert found["fault_runs"] + found["healthy_units"] == PART
    assert found["refused"] == []


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


def test_a_campaign_that_started_nothing_has_failed(monkeypatch, capsys):
    monkeypatch.setattr(Orders, "why_not", lambda self, profile: "no")
    monkeypatch.setattr(sys, "argv", ["campaign.py", "--runs", "1", "--healthy", "1", "--seed",
                                      "5", "--jobs", "1"])
    assert campaign.main() == 1
    said = capsys.readouterr().out
    assert "2 refused to start" in said and "no run was started" in said
    assert "1 faults drawn, 0 began, 0 became evident" in said


def test_draws_reach_every_sealed_number_and_the_limits_that_few_profiles_have():
    chance, places, keys = Random(3), set(), set()
    for n in range(200):
        case = campaign_cases.draw(f"3:{n}")
        keys |= {key for key in ("spread_max_c", "tal_max_s") if key in case.profile}
        places.add(campaign_cases._details(chance, "limits_flip", case)["at"])
    board, profile = case.unit.board, case.profile
    sealed = Sealed(limits.effective(board, case.unit.settings, profile))
    assert places == set(range(len(sealed.values))) and keys == {"spread_max_c", "tal_max_s"}


def test_the_tables_tell_sensors_and_tunes_apart():
    names = ("7:3", "7:11", "7:19", "7:40", "7:41")
    found = campaign_table.summary([campaign_play.play(name) for name in names])
    rows = found["sensors"]
    assert rows and all(row["found"] <= row["evident"] <= row["runs"] for row in rows)
    said = campaign_table.markdown(found)
    assert "| fault | sensors | tune |" in said and "| fault | runs | evident |" in said
    plain = campaign_table.document(found, {})
    assert plain["sensors"] == rows and "cpu_s" not in plain
