"""When a latched fault may be cleared: its cause is gone, and what was hot is cool."""

from preheat_core.causes import OFF_LONG_MS
from preheat_core.faults import ALWAYS, CODES, IDLE, clears
from preheat_core.thermocouple import Reading
from rig import Rig, recipe, stage, with_probes

HOLD = recipe(stage("a", 100, hold_s=3000, hold_max_s=3600))


def latched(code, detail="", made=None):
    """A rig at rest with this fault latched before it was started, its probes seen."""
    rig = Rig(made, latched=[(code, detail)])
    rig.wait(2)
    return rig


def test_every_fault_whose_cause_is_gone_can_be_cleared_on_a_cool_unit():
    for code in CODES:
        rig = latched(code, "plate")
        assert rig.kernel.orders.clear() is None, code
        assert rig.kernel.state == IDLE


def test_a_probe_that_reads_nothing_keeps_its_fault_and_is_named():
    rig = latched("tc_open", "plate")
    rig.faults[0] = "tc_short_gnd"  # another defect of the same probe
    rig.wait(1)
    why = rig.kernel.orders.clear()
    assert why == "tc_open is still there: plate reads nothing (tc_short_gnd)"
    rig.faults.clear()
    rig.wait(1)
    assert rig.kernel.orders.clear() is None


def test_a_probe_that_no_run_needs_keeps_no_other_probe_s_fault():
    rig = latched("tc_open", "plate", with_probes(("chip", "component")))
    rig.faults[1] = "tc_open"
    rig.wait(1)
    assert rig.kernel.orders.clear() is None
    rig = latched("tc_open", "chip", with_probes(("chip", "component")))
    rig.faults[1] = "tc_open"
    rig.wait(1)
    assert "chip" in rig.kernel.orders.clear()


def test_too_hot_names_the_probe_and_its_reading_until_everything_is_cool():
    rig = latched("over_temp", "chip 251 C", with_probes(("chip", "component")))
    rig.fixed_c[1] = 258.0
    rig.wait(2)
    assert rig.kernel.orders.clear() == "over_temp is still there: chip reads 258.0 C"
    rig.fixed_c[1] = 120.0
    rig.wait(2)
    why = rig.kernel.orders.clear()
    assert why == "over_temp: chip reads 120.0 C; wait until every probe reads below 50 C"
    rig.fixed_c[1] = 49.0
    rig.wait(2)
    assert rig.kernel.orders.clear() is None


def test_a_hot_probe_that_is_pulled_out_counts_as_hot_for_half_an_hour():
    rig = latched("over_temp", "chip 251 C", with_probes(("chip", "component")))
    rig.fixed_c[1] = 120.0
    rig.wait(2)
    rig.faults[1] = "tc_open"
    rig.wait(2)
    assert "chip reads 120.0 C" in rig.kernel.orders.clear()
    for _ in range(OFF_LONG_MS // 5000):
        rig.tick(5000)
    assert rig.kernel.orders.clear() is None


def test_a_board_probe_that_reads_nothing_is_never_cool():
    rig = latched("over_temp", "plate 251 C")
    rig.faults[0] = "tc_open"
    for _ in range(OFF_LONG_MS // 5000):
        rig.tick(5000)
    assert "plate reads nothing" in rig.kernel.orders.clear()


def test_a_hot_heater_keeps_its_own_fault_and_a_stuck_relay():
    made = with_probes(("coil", "heater"))
    for code in ("heater_over_temp", "stuck_on"):
        rig = latched(code, "coil", made)
        rig.fixed_c[1] = 390.0
        rig.wait(2)
        assert "coil reads 390.0 C" in rig.kernel.orders.clear()


def test_a_load_that_is_still_seen_keeps_a_stuck_relay():
    rig = latched("stuck_on")
    rig.inputs.load_seen = True
    rig.wait(3)
    assert "stuck_on is still there" in rig.kernel.orders.clear()
    rig.inputs.load_seen = False
    rig.wait(3)
    assert rig.kernel.orders.clear() is None


def test_an_open_interlock_keeps_its_fault():
    rig = latched("interlock")
    rig.inputs.interlock_ok = False
    rig.wait(1)
    assert rig.kernel.orders.clear() == "interlock is still there: the input is open"


def test_what_still_rises_too_fast_keeps_its_fault():
    rig = latched("ramp_fast", "chip 5.0 C/s", with_probes(("chip", "component")))
    for step in range(24):
        rig.fixed_c[1] = 25.0 + 1.2 * step
        rig.tick()
    assert "chip rises 4.8 C/s" in rig.kernel.orders.clear()


def test_an_amplifier_out_of_its_range_keeps_its_fault_and_is_named():
    rig = latched("cold_junction", "plate: 95 C")
    plain = rig.readings
    rig.readings = lambda: [Reading(row.temp_c, None, 95.0, row.word) for row in plain()]
    rig.wait(3)
    assert rig.kernel.orders.clear() == "cold_junction is still there: plate: amplifier at 95.0 C"


def test_a_pin_that_still_disagrees_keeps_its_fault():
    rig = latched("pad", "ssr reads 1, commanded 0")
    rig.inputs.trips = [("pad", "ssr reads 1, commanded 0")]
    rig.wait(1)
    assert "still there: ssr reads 1" in rig.kernel.orders.clear()


def test_a_limit_that_changed_in_memory_keeps_its_fault():
    rig = latched("memory")
    rig.kernel.guard.seal.values[0] += 1
    rig.wait(1)
    assert "memory is still there" in rig.kernel.orders.clear()


def test_a_flash_that_failed_when_last_tried_keeps_its_fault():
    rig = latched("flash_full")
    rig.kernel.flash = "flash_full"
    assert "flash_full" in rig.kernel.orders.clear()


def test_what_cannot_be_measured_clears_on_request():
    rig = Rig().running(HOLD, 30)
    for code in CODES:
        if clears(code) == ALWAYS:
            rig.kernel.fail(code, "it was")
    assert rig.kernel.latch.rows and rig.kernel.orders.clear() is None


def test_frozen_is_cleared_only_once_the_word_has_moved():
    rig = Rig().running(recipe(stage("a", 100)), 15)
    rig.word_stands = True
    rig.fixed_c[0] = rig.probe_c
    rig.until(lambda: rig.kernel.latch.rows, 100)
    assert rig.kernel.latch.codes == ["frozen"]
    rig.wait(30)
    assert "still stands" in (rig.kernel.orders.clear() or "")
    rig.word_stands = False
    rig.fixed_c.clear()
    rig.wait(5)
    assert rig.kernel.orders.clear() is None


def test_molten_too_long_and_unevenly_heated_are_cleared_when_they_are_so_no_more():
    made = recipe(stage("a", 225, hold_s=60), tal_max_s=100, spread_max_c=20)
    for code, seen_c in (("tal_long", 230.0), ("spread", 150.0)):
        rig = Rig(with_probes(("corner", "component"))).running(made, 5)
        rig.kernel.fail(code, "as measured")
        rig.fixed_c.update({0: seen_c, 1: 100.0})
        rig.wait(5)
        assert code in (rig.kernel.orders.clear() or "")
        rig.fixed_c.update({0: 100.0, 1: 95.0})
        rig.wait(5)
        assert rig.kernel.orders.clear() is None


def test_heat_from_nowhere_is_cleared_on_a_cool_unit_only():
    rig = Rig()
    rig.wait(2)
    rig.kernel.fail("anomaly", "as measured")
    rig.fixed_c[0] = 120.0
    rig.wait(5)
    assert "wait until" in (rig.kernel.orders.clear() or "")
