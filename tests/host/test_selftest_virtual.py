"""The self-test on whole virtual units: real firmware, real restarts, the plant as witness."""

import csv

import pytest
from playing import open_soon

from host.cli_helpers import Shell
from preheat.bench import fitting, plantfile
from preheat.bench.flash import unit_settings
from preheat.bench.inprocess import InProcess
from preheat.bench.supervisor import VirtualUnit

SPEED = 100.0  # a minute of ticks need not be waited for in real time


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


def trace(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def played(preheat, board="virtual-quartz", fault=None, *options):
    """(what ran, status afterwards, the plant's trace)."""
    path = preheat.folder / "trace.csv"
    with VirtualUnit(
        "quartz-medium", speed=0, idle_speed=SPEED, board=board, trace=path
    ) as unit:
        with open_soon(unit.port):
            if fault is not None:
                unit.inject(fault)
        ran = preheat("selftest", "--proof", "--port", unit.port, "--json", *options)
        with open_soon(unit.port) as link:
            status = link.request("status")
    return ran, status, trace(path)


def by_name(ran):
    return {row["name"]: row for row in ran.document["results"]}


def test_a_healthy_unit_proves_itself_and_comes_back_from_the_watchdogs_bite(preheat):
    ran, status, rows = played(preheat, "virtual-quartz", None, "--watchdog")
    found = by_name(ran)
    assert ran.code == 0 and ran.document["passed"], found
    for name in ("identity", "probes", "cold-junctions", "contactor-proof", "storage", "ticks",
                 "watchdog"):  # fmt: skip
        assert found[name]["result"] == "ok", found[name]
    assert found["watchdog"]["seen"] == "restarted by watchdog, intent bite"
    assert status["state"] == "idle" and status["faults"] == []
    # The relay was on and the contactor closed, never both, and nothing was heated.
    assert sum(row["ssr_cmd"] for row in rows) > 100 and any(row["contactor"] for row in rows)
    assert not any(row["ssr_cmd"] and row["contactor"] for row in rows)
    assert max(row["heater_w"] for row in rows) == 0


@pytest.mark.parametrize(
    ("board", "most_s"), [("virtual-quartz", 12), ("virtual-quartz-full", 1.5)]
)
def test_a_welded_contactor_is_found_and_the_heat_is_cut(preheat, board, most_s):
    ran, status, rows = played(preheat, board, "contactor_welded", "--quick")
    assert ran.code == 7 and by_name(ran)["contactor-proof"]["result"] == "fail"
    assert status["faults"] == ["contactor"]
    hot = [row["t_s"] for row in rows if row["heater_w"] > 0]
    assert hot and hot[-1] - hot[0] <= most_s  # the plant saw heat, and so long
    after = [row for row in rows if row["t_s"] > hot[-1]]
    assert after and not any(row["ssr_cmd"] for row in after)


PLANTS = ("quartz-light", "quartz-medium", "quartz-heavy", "ceramic")  # with a heater probe


def proved(plant, *faults):
    """The real kernel after a proof on this plant and two minutes more."""
    facts = plantfile.load_plant(plant)
    unit = InProcess(facts, fitting.board_for(facts), unit_settings(plant))
    for kind in faults:
        unit.world.inject({"kind": kind})
    unit.wait(1)
    assert unit.kernel.orders.test("proof") is None
    peak_c = 0.0
    for _ in range(4 * 240):
        unit.kernel.beat()
        unit.tick()
        peak_c = max(peak_c, unit.world.plant.heater_c())
    return unit, peak_c


@pytest.mark.parametrize("plant", PLANTS)
def test_on_every_plant_an_open_contactor_is_proven_without_a_false_trip(plant):
    unit, peak_c = proved(plant)
    assert unit.kernel.tried[0] == "proven" and unit.kernel.latch.rows == []
    assert peak_c < 30


@pytest.mark.parametrize("plant", PLANTS)
def test_on_every_plant_a_welded_one_is_cut_early_and_nothing_else_is_blamed(plant):
    unit, peak_c = proved(plant, "contactor_welded")
    assert unit.kernel.tried[0] == "welded" and unit.kernel.latch.codes == ["contactor"]
    assert 30 < peak_c < 50


def test_a_relay_that_is_stuck_too_is_found_beside_the_weld():
    unit, _ = proved("quartz-medium", "contactor_welded", "ssr_stuck_on")
    assert "stuck_on" in unit.kernel.latch.codes
