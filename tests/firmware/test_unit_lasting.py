"""What must outlive a reset or a damaged file, and how exactly heat is given."""

import pytest
from test_unit import pull

from preheat_core import settings


def test_a_pulse_is_as_long_as_told_however_long_sampling_takes(bench):
    read_probe = bench.probe.read

    def slow():
        bench.time.sleep_ms(30)
        return read_probe()

    bench.probe.read = slow
    bench.begin()
    bench.wait(20)
    told, given = [], []
    tick, delivered = bench.gate.tick, bench.gate.delivered

    def remember(permit, on_ms):
        told.append(on_ms if permit else 0)
        tick(permit, on_ms)

    def measure():
        given.append(delivered())
        return given[-1]

    bench.gate.tick, bench.gate.delivered = remember, measure
    bench.wait(40)
    assert sum(told) > 1000 and abs(sum(told) - sum(given)) < 260


def test_a_damaged_latch_is_a_fault_and_not_a_pardon(bench):
    bench.unit.kernel.fail("stuck_on", "seen")
    bench.wait(1)
    bench.unit.kernel.fail("link", "a second one, so that there is an older version too")
    bench.wait(1)
    for name in ("latch.json", "latch.json.bak"):
        (bench.folder / "data" / name).write_bytes(b"\x00" * 30)
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == ["internal"]


def test_a_latch_that_could_not_be_stored_is_tried_again(bench):
    write_json = bench.store.write_json
    tries = []

    def failing(name, obj):
        if name == "latch.json":
            tries.append(obj)
            if len(tries) < 4:
                raise OSError(5, "flash")
        write_json(name, obj)

    bench.store.write_json = failing
    bench.unit.kernel.fail("stuck_on", "seen")
    bench.wait(60)
    assert len(tries) == 4  # and not at every tick
    bench.boot()
    assert "stuck_on" in bench.unit.kernel.latch.codes


def test_the_latch_is_stored_before_the_log(bench):
    bench.begin()
    bench.wait(8)
    append = bench.unit.journal._file.append

    def check(block):
        if bench.unit.kernel.latch.rows:
            assert bench.store.read_json("latch.json")
        append(block)

    bench.unit.journal._file.append = check
    bench.unit.journal._bytes = 10_000  # the log is due in the tick of the fault
    bench.interlock.level = 1
    bench.wait(30)
    assert bench.unit.kernel.latch.codes == ["interlock"]


def test_clear_and_reset_in_one_tick_clears_for_good(bench):
    bench.begin()
    bench.wait(5)
    bench.interlock.level = 1
    bench.wait(1)
    bench.interlock.level = 0
    bench.wait(1)
    bench.line.send({"id": 1, "cmd": "clear"})
    bench.line.send({"id": 2, "cmd": "reset", "confirm": True})
    bench.loop.tick()
    assert bench.unit.leaving == "reset"
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == []


def test_a_run_that_cools_keeps_its_end_over_a_deliberate_reset(bench):
    bench.begin()
    bench.wait(80)
    bench.ask("stop")
    assert bench.unit.kernel.state == "cool"
    bench.line.send({"id": 9, "cmd": "service", "confirm": True})
    bench.loop.tick()
    bench.boot()
    bench.wait(1)
    assert bench.interrupted == [] and pull(bench, "r000001").summary["end"] == "aborted"


@pytest.mark.parametrize("off_pins", [None, (), ((15, 0),), ((15, 1), (16, 0))])
def test_what_boot_cannot_switch_off_is_never_switched_on(bench, off_pins):
    bench.off_pins = off_pins
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == ["config"]
    assert bench.ask("clear")["code"] == "state"


def test_damaged_settings_hold_the_heat_back_until_good_ones_came(bench):
    for name in ("settings.json", "settings.json.bak"):
        (bench.folder / "data" / name).write_bytes(b"\x00" * 30)
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == ["config"]
    assert bench.ask("clear")["code"] == "state"
    assert bench.push("settings", settings.default("rig"), "settings")["ok"]
    assert bench.ask("clear")["ok"] and bench.ask("status")["state"] == "idle"


def test_room_for_the_cooling_is_reserved_too(bench):
    asked = []
    bench.unit.logs.room_for = lambda nbytes: asked.append(nbytes) or True
    bench.begin()
    assert asked[0] > (300 + 100 + 1800) * (11 + 6)
