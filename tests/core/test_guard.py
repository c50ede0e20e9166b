"""Each judge of the guard: what it trips on, how fast, and what it leaves alone."""

from preheat_core.faults import (
    ALWAYS,
    CAUSE_GONE,
    CODES,
    COOL_AND_GONE,
    FAULT,
    FAULTS,
    HEATING_STATES,
    IDLE,
    STATE_NAMES,
    STOP,
    TRIP,
    UNPLUG,
    worst,
)
from preheat_core.runlog import read
from rig import BOARD, Rig, recipe, stage, with_probes

LONG = recipe(stage("a", 200, ramp_max_s=2000))
HOLD = recipe(stage("a", 100, hold_s=3000, hold_max_s=3600))


def trip_s(rig, most_s=600):
    """Seconds until a fault is latched; heat must be off in that very tick."""
    waited = rig.until(lambda: rig.kernel.latch.rows, most_s)
    assert rig.kernel.state == FAULT and not rig.decision.permit and not rig.decision.contactor
    return waited


def test_an_invalid_sample_inhibits_at_once_and_a_second_of_them_trips():
    for code in ("tc_open", "tc_short_gnd", "tc_short_vcc", "bus_zero", "bus_ones", "frame_bad"):
        rig = Rig().running(LONG, 30)
        rig.faults[0] = code
        assert not rig.tick().permit and rig.kernel.state in HEATING_STATES
        assert trip_s(rig) <= 1.0
        assert rig.kernel.latch.codes == [code]


def test_a_short_gap_in_the_readings_returns_by_itself():
    rig = Rig().running(LONG, 30)
    for _ in range(20):
        rig.faults[0] = "tc_short_gnd"
        rig.wait(0.5)
        rig.faults.clear()
        rig.wait(2)
    assert rig.kernel.heating


def test_over_temperature_needs_four_of_five_samples_and_names_the_limit():
    rig = Rig(with_probes(("chip", "component")))
    rig.fixed_c[1] = 60.0
    rig.running(LONG, 30)
    rig.fixed_c[1] = 300.0
    assert not rig.tick().permit  # a single sample withholds heat
    rig.fixed_c[1] = 60.0
    rig.wait(5)
    assert rig.kernel.heating
    for _ in range(10):  # pairs of wild samples are spikes, not a temperature
        rig.fixed_c[1] = 300.0
        rig.wait(0.5)
        rig.fixed_c[1] = 60.0
        rig.wait(1)
    assert rig.kernel.heating
    rig.fixed_c[1] = 251.0
    assert trip_s(rig) <= 1.0
    assert rig.kernel.latch.rows[0][0] == "over_temp" and "SAC305" in rig.kernel.latch.detail()


def test_approach_withholds_heat_and_tells_once():
    rig = Rig(with_probes(("chip", "component")))
    rig.fixed_c[1] = 247.0
    rig.running(LONG, 20)
    assert rig.kernel.heating and not rig.decision.permit
    assert len(rig.said("approach")) == 1 and rig.said("approach")[0]["limit_c"] == 250


def test_predicted_coast_withholds_heat_before_the_limit():
    made = dict(BOARD)
    made["zones"] = [dict(BOARD["zones"][0], coast_s=60)]
    rig = Rig(made).running(LONG, 120)
    # At 1 °C/s and 60 s of coast the limit of 250 °C is in sight from 190 °C on.
    rig.until(lambda: rig.said("inhibit"), 200)
    assert rig.probe_c < 195 and rig.kernel.heating


def test_the_heater_has_its_own_ceiling_only():
    rig = Rig(with_probes(("coil", "heater"))).running(LONG, 10)
    rig.fixed_c[1] = 300.0
    rig.wait(5)
    assert rig.kernel.heating and rig.decision is not None
    rig.fixed_c[1] = 401.0
    trip_s(rig)
    assert rig.kernel.latch.codes == ["heater_over_temp"]


def test_a_ramp_that_is_too_steep_trips():
    rig = Rig(with_probes(("chip", "component"))).running(LONG, 30)
    rate_c_s, temp_c = 0.0, rig.probe_c  # steeper by and by: at once it would be a jump
    ticks = 0
    while not rig.kernel.latch.rows and ticks < 160:
        rate_c_s = min(5.0, rate_c_s + 0.1)
        temp_c += rate_c_s / 4
        rig.fixed_c[1] = temp_c
        rig.tick()
        ticks += 1
    assert rig.kernel.latch.codes == ["ramp_fast"] and ticks <= 80


def test_wild_samples_are_not_a_steep_ramp():
    rig = Rig(with_probes(("chip", "component")))
    rig.fixed_c[1] = 60.0
    rig.running(LONG, 30)
    for _ in range(20):
        for temp_c in (140.0, 140.0):
            rig.fixed_c[1] = temp_c
            rig.tick()
        rig.fixed_c[1] = 60.0
        rig.wait(8)
    assert not rig.kernel.latch.rows


def test_a_reading_that_jumps_and_stays_is_a_probe_that_came_off():
    for temp_c in (40.0, 53.0, 75.0):
        rig = Rig(with_probes(("chip", "component")))
        rig.fixed_c[1] = 60.0
        rig.running(LONG, 30)
        rig.fixed_c[1] = temp_c
        assert trip_s(rig, 10) <= 3
        assert rig.kernel.latch.codes == ["detached"]


def test_a_probe_plugged_in_during_a_run_meets_its_limit():
    rig = Rig(with_probes(("chip", "component")))
    rig.faults[1] = "tc_open"
    rig.running(LONG, 10)
    rig.faults.clear()
    rig.fixed_c[1] = 251.0
    assert trip_s(rig) <= 1.0
    assert rig.kernel.latch.codes == ["over_temp"]


def test_a_dead_heater_is_found():
    rig = Rig()
    rig.power = 0.0
    rig.running(LONG)
    assert trip_s(rig) <= 60
    assert rig.kernel.latch.codes == ["no_rise"]


def test_a_dead_heater_is_found_behind_the_closest_holdback():
    rig = Rig()
    rig.power = 0.0
    rig.running(recipe(stage("a", 200, ramp_max_s=2000, holdback_c=6)))
    assert trip_s(rig) <= 400
    assert rig.kernel.latch.codes == ["no_rise"]


def test_a_relay_stuck_on_is_found_and_calls_for_unplugging():
    made = dict(BOARD)
    made["pins"] = {"spi_id": 0, "sck": 2, "miso": 4}
    rig = Rig(made).running(HOLD, 200)
    rig.stuck = True
    trip_s(rig)
    rig.until(lambda: "stuck_on" in rig.kernel.latch.codes, 400)
    assert rig.kernel.latch.worst == "stuck_on" and rig.said("unplug")
    assert not rig.decision.permit


def test_a_stuck_relay_is_found_sooner_by_a_heater_probe():
    rig = Rig(with_probes(("coil", "heater"))).running(HOLD, 200)
    rig.kernel.orders.stop()
    rig.wait(15)
    for step in range(200):
        rig.fixed_c[1] = 150.0 + step / 4
        rig.tick()
        if rig.kernel.latch.rows:
            break
    assert rig.kernel.latch.codes == ["stuck_on"] and step / 4 < 25


def test_load_seen_without_a_command_is_a_stuck_relay():
    rig = Rig()
    rig.inputs.load_seen = False
    rig.wait(10)
    rig.inputs.load_seen = True
    assert trip_s(rig) <= 1.25
    assert rig.kernel.latch.codes == ["stuck_on"]


def test_a_frozen_word_is_found_in_ramp_and_in_hold():
    rig = Rig().running(LONG, 60)
    rig.word_stands = True
    rig.fixed_c[0] = rig.probe_c
    assert trip_s(rig) <= 35
    assert rig.kernel.latch.codes == ["frozen"]
    rig = Rig().running(HOLD, 200)
    rig.word_stands = True
    rig.fixed_c[0] = 100.0
    assert trip_s(rig) <= 75
    assert rig.kernel.latch.codes == ["frozen"]


def test_an_idle_probe_may_stand_still():
    rig = Rig()
    rig.word_stands = True
    rig.wait(600)
    assert rig.kernel.state == IDLE


def test_an_open_interlock_trips_while_heating():
    rig = Rig().running(LONG, 30)
    rig.inputs.interlock_ok = False
    assert trip_s(rig) <= 0.25
    assert rig.kernel.latch.codes == ["interlock"]


def test_a_latched_fault_clears_only_when_its_cause_is_gone():
    rig = Rig().running(LONG, 30)
    rig.faults[0] = "tc_open"
    rig.wait(3)
    assert "tc_open" in rig.kernel.orders.clear()
    rig.faults.clear()
    rig.wait(1)
    assert rig.kernel.orders.clear() is None and rig.kernel.state != FAULT


def test_a_fault_cleared_while_its_log_is_open_still_names_its_end():
    rig = Rig().running(LONG, 30)
    rig.faults[0] = "tc_open"
    rig.wait(3)
    rig.faults.clear()
    rig.wait(1)
    assert rig.kernel.orders.clear() is None
    rig.wait(1)
    assert [event["end"] for event in rig.said("closed")] == ["fault:tc_open"]
    summary = read(b"".join(rig.blocks)).summary
    assert summary["end"] == "fault:tc_open" and summary["faults"][0][0] == "tc_open"


def test_an_over_temperature_clears_only_when_cool():
    rig = Rig(latched=[("over_temp", "before a reset")])
    rig.plate_c = rig.probe_c = 120.0
    rig.wait(1)
    assert "50" in rig.kernel.orders.clear()
    rig.until(lambda: rig.probe_c < 49, 2000)
    rig.wait(1)
    assert rig.kernel.orders.clear() is None


def test_a_unit_that_cannot_be_used_stays_so_whatever_is_cleared():
    rig = Rig()
    rig.kernel.unusable = True
    rig.kernel.fail("config", "settings.json is damaged")
    rig.wait(1)
    assert "config" in rig.kernel.orders.clear()
    rig.kernel.unusable = False
    assert rig.kernel.orders.clear() is None


def test_a_flickering_probe_does_not_fill_the_log():
    rig = Rig().running(HOLD)
    for gap_s, times in ((0.75, 600), (7.75, 300)):
        for _ in range(times):
            rig.faults[0] = "tc_short_gnd"
            rig.tick()
            rig.faults.clear()
            rig.wait(gap_s)
    assert rig.kernel.heating and 5 <= len(rig.said("inhibit")) <= 12
    assert len(rig.said("alarm")) <= 2 * len(rig.said("inhibit"))


def test_acknowledging_silences_but_does_not_clear():
    rig = Rig().running(LONG, 30)
    rig.inputs.interlock_ok = False
    rig.wait(1)
    sounds = [rig.tick().buzzer for _ in range(8)]
    assert True in sounds
    rig.kernel.orders.acknowledge()
    assert True not in [rig.tick().buzzer for _ in range(8)] and rig.kernel.state == FAULT


def test_a_healthy_run_trips_nothing_while_it_coasts():
    rig = Rig().running(recipe(stage("a", 150), stage("b", 235, ramp_c_s=1.2)))
    rig.until(lambda: rig.kernel.state == IDLE)
    assert not rig.said("fault")


def test_the_table_is_whole():
    assert len(set(CODES)) == len(FAULTS) and not set(CODES) & set(STATE_NAMES)
    for code, severity, clears in FAULTS:
        assert severity in (STOP, TRIP, UNPLUG) and clears in (ALWAYS, CAUSE_GONE, COOL_AND_GONE)
        assert worst([code]) == code
    assert worst(CODES) == "stuck_on" and worst([]) is None
