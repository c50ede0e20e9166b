"""The world around a virtual unit: pins, heat, faults, time and trace."""

from pathlib import Path

import pytest

from host.bench_world import BUTTON, CONTACTOR, INTERLOCK, LOAD, SSR, heat, make, read, run
from preheat import tomlfiles
from preheat.bench import plantfile
from preheat.bench.benchclock import TICKS_PERIOD, Timer, UnitReset
from preheat.bench.script import KINDS
from preheat.bench.trace import HEADER, Trace
from preheat_fw import max31855

# pins and heat


@pytest.mark.parametrize(
    "fault, ssr, contactor, heats",
    [
        (None, 1, 1, True), (None, 1, 0, False), (None, 0, 1, False),
        ("ssr_stuck_on", 0, 1, True), ("ssr_stuck_on", 0, 0, False),
        ("ssr_stuck_off", 1, 1, False), ("contactor_welded", 1, 0, True),
        ("contactor_welded", 0, 0, False), ("mains_loss", 1, 1, False),
        ("pad_stuck_high", 0, 1, True), ("pad_stuck_high", 0, 0, False),
    ],
)
def test_heat_needs_relay_contactor_and_mains(fault, ssr, contactor, heats):
    world = make(faults=[{"kind": fault, "at_s": -1}] if fault else ())
    world.set_pin(SSR, ssr)
    world.set_pin(CONTACTOR, contactor)
    assert (world.heat_w() > 0) is heats
    world.advance(1000000)
    world.sync()
    assert world.plant.energy_in_j == pytest.approx(600 if heats else 0)


def test_a_pad_that_is_stuck_high_reads_so_and_another_reads_what_was_written():
    world = make(faults=[{"kind": "pad_stuck_high", "at_s": -1}])
    world.set_pin(SSR, 0)
    assert world.get_pin(SSR) == 1
    healthy = make()
    for level in (0, 1, 0):
        healthy.set_pin(SSR, level)
        assert healthy.get_pin(SSR) == level


def test_without_a_contactor_the_relay_alone_decides():
    world = make("hotplate", "virtual-hotplate-bare")
    world.set_pin(SSR, 1)
    assert world.heat_w() == 100


def test_pulses_count_to_the_microsecond():
    world = make("hotplate", "virtual-hotplate")
    world.set_pin(CONTACTOR, 1)
    for _ in range(100):
        world.set_pin(SSR, 1)
        world.advance(10000)
        world.set_pin(SSR, 0)
        world.advance(240000)
    world.sync()
    assert world.plant.energy_in_j == pytest.approx(100.0)


def test_inputs():
    world = make(board="virtual-quartz-full")
    assert [world.get_pin(pin) for pin in (INTERLOCK, BUTTON, LOAD)] == [0, 1, 0]
    world.press(BUTTON, 300000)
    assert world.get_pin(BUTTON) == 0
    world.advance(300000)
    assert world.get_pin(BUTTON) == 1
    heat(world)
    assert world.get_pin(LOAD) == 1
    world.inject({"kind": "interlock", "duration_s": 2})
    assert world.get_pin(INTERLOCK) == 1
    run(world, 2)
    assert world.get_pin(INTERLOCK) == 0


# faults in time


def test_fault_times_count_from_the_first_heat():
    world = make(faults=[{"kind": "tc_open", "at_s": 3, "duration_s": 2}])
    run(world, 20)
    heat(world)
    seen = []
    for _ in range(28):
        seen.append(max31855.reading(read(world)).fault)
        world.advance(250000)
    assert seen == [None] * 12 + ["tc_open"] * 8 + [None] * 8


def test_board_swap_external_heat_and_gain():
    faults = [
        {"kind": "board_swap", "at_s": 1, "value": [300, 60]},
        {"kind": "external_heat", "at_s": 1, "value": 80, "duration_s": 5},
        {"kind": "heater_gain", "at_s": 1, "value": 0.5},
    ]
    world = make(faults=faults)
    heat(world)
    run(world, 1.25)
    assert world.plant.j_k[world.plant.board] == 300
    assert world.plant.board_c() == pytest.approx(60, abs=1)
    assert world.heat_w() == 300 and world.plant.external_w == 80
    run(world, 6)
    assert world.plant.external_w == 0


def test_a_power_cut_ends_the_boot_and_the_plant_cools_meanwhile():
    world = make("hotplate", "virtual-hotplate", [{"kind": "power_cut", "at_s": 30, "value": 60}])
    heat(world)
    with pytest.raises(UnitReset) as caught:
        run(world, 60)
    assert caught.value.args == ("power", 60.0)
    assert world.now_us == 30000000
    hot_c = world.plant.board_c()
    again = make("hotplate", "virtual-hotplate", world.script.rows)
    again.restore(world.state(), "power", 60.0)
    assert again.now_us == again.boot_us == 90000000
    assert again.plant.board_c() < hot_c - 5
    heat(again)
    run(again, 60)  # it happens once


def test_a_stuck_relay_heats_on_through_a_power_cut_of_the_controller():
    rows = [{"kind": "ssr_stuck_on", "at_s": 5}]
    world = make("hotplate", "virtual-hotplate-bare", rows)
    world.set_pin(SSR, 1)
    run(world, 10)
    again = make("hotplate", "virtual-hotplate-bare", rows)
    again.restore(world.state(), "power", 20.0)
    assert again.plant.board_c() > world.plant.board_c() + 20


def test_the_page_names_every_fault_and_column():
    page = (Path(__file__).parents[2] / "docs" / "virtual-bench.md").read_text(encoding="utf-8")
    for kind, default, _ in KINDS:
        assert f"`{kind}`" in page
        assert default is None or f"({default:g})" in page
    assert HEADER.strip() in page


def test_every_problem_of_a_fault_file_is_told_at_once():
    board = tomlfiles.load_board("virtual-quartz")
    rows = [
        {"at_s": 1, "kind": "gremlins"}, {"kind": "tc_open"},
        {"at_s": 1, "kind": "tc_open", "probe": "nose"},
        {"at_s": 1, "kind": "interlock", "probe": "board"},
        {"at_s": -1, "kind": "power_cut", "duration_s": 3, "value": "long"},
        {"at_s": 1, "kind": "mains_loss", "value": 3}, {"at_s": 1, "kind": "tc_open", "x": 1}, 7,
    ]
    found = plantfile.check_faults({"fault": rows, "extra": 1}, board)
    assert {problem.path for problem in found} >= {
        "extra", "fault[0].kind", "fault[1].at_s", "fault[2].probe", "fault[3].probe",
        "fault[4].duration_s", "fault[4].at_s", "fault[4].value", "fault[5].value", "fault[6].x",
        "fault[7]",
    }
    good = [{"at_s": 0, "kind": kind} for kind, _, _ in KINDS]
    assert plantfile.check_faults({"fault": good}, board) == []


# time


def test_ticks_start_30_s_before_their_wrap_and_pass_it():
    world = make()
    assert TICKS_PERIOD - world.ticks_ms() == pytest.approx(30000, abs=1)
    world.advance(30001000)
    assert world.ticks_ms() == 1
    assert 0 <= world.ticks_us() < TICKS_PERIOD


def test_only_looking_at_the_clock_moves_it_too():
    world = make()
    start = world.ticks_ms()
    for _ in range(1000):
        world.ticks_ms()
    assert 1 <= world.ticks_ms() - start <= 20


def test_a_timer_runs_at_its_moment_inside_a_sleep():
    world = make()
    seen = []

    def drop(owner):
        seen.append((owner, world.now_us))
        world.set_pin(SSR, 0)

    timer = Timer("me")
    heat(world)
    world.start_timer(timer, 600000, drop)
    world.advance(5000000)
    world.sync()
    assert seen == [("me", 600000)]
    assert world.plant.energy_in_j == pytest.approx(0.6 * 600)
    world.start_timer(timer, 100000, drop, periodic=True)
    world.advance(350000)
    assert len(seen) == 4
    world.stop_timer(timer)
    world.advance(1000000)
    assert len(seen) == 4


def test_the_watchdog_bites_in_bench_time():
    world = make()
    world.advance(10000000)
    world.start_watchdog(3000)
    for _ in range(20):
        world.advance(1000000)
        world.feed()
    with pytest.raises(UnitReset) as caught:
        world.advance(3000000)
    assert caught.value.args[0] == "watchdog"


# trace


def test_the_trace_tells_what_the_plant_did_and_goes_on_over_a_reset():
    rows = []
    faults = [{"kind": "power_cut", "at_s": 20, "value": 3}]
    trace = Trace(lambda text: rows.append([float(x) for x in text.split(",")]))
    world = make("hotplate", "virtual-hotplate", faults, trace=trace)
    run(world, 10)
    assert all(row[0] == 0 and row[3:] == [0, 0, 0] for row in rows) and len(rows) >= 100
    world.set_pin(CONTACTOR, 1)
    with pytest.raises(UnitReset):
        for _ in range(100):
            world.set_pin(SSR, 1)
            world.advance(125000)
            world.set_pin(SSR, 0)
            world.advance(125000)
    again = make("hotplate", "virtual-hotplate", faults, trace=Trace(trace._write))
    again.restore(world.state(), "power", 3.0)
    run(again, 5)
    times = [row[0] for row in rows if row[0] > 0]
    steps = [b - a for a, b in zip(times, times[1:])]
    assert min(steps) >= 0 and max(steps) <= 0.1001
    assert times[-1] == pytest.approx(28, abs=0.2)
    before = [row for row in rows if 0 < row[0] <= 20]
    assert sum(row[5] for row in before) / len(before) == pytest.approx(50, abs=2)
    assert all(row[3:] == [0, 0, 0] for row in rows if row[0] > 20)
