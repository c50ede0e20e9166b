"""The thermal envelope on a small plate: heat and readings that do not belong together."""

from preheat_core import clock
from preheat_core.faults import COOL, IDLE
from rig import BOARD, Rig, recipe, stage, with_probes

HOLD = recipe(stage("a", 100, hold_s=2000, hold_max_s=3000))
LONG = recipe(stage("a", 200, ramp_max_s=2000))


def with_load_sense() -> dict:
    made = dict(BOARD)
    made["pins"] = dict(BOARD["pins"], load_sense=17)
    return made


def tripped_s(rig, most_s=600):
    return rig.until(lambda: rig.kernel.latch.rows, most_s)


def test_a_healthy_run_stays_inside_tuned_or_not():
    for tuned in (True, False):
        rig = Rig(tuned=tuned)
        rig.running(recipe(stage("a", 80, ramp_max_s=3000), stage("b", 60, ramp_max_s=3000)))
        rig.wait(1500)
        assert not rig.kernel.latch.rows
        assert rig.plate_c > 50 or rig.kernel.state in (COOL, IDLE)


def test_a_relay_that_sticks_in_a_hold_is_noticed_while_some_heat_is_wanted():
    rig = Rig().running(HOLD, 200)
    rig.stuck = True
    assert tripped_s(rig) <= 42
    assert rig.kernel.latch.codes[0] in ("anomaly", "stuck_on")
    assert rig.decision is not None and not rig.decision.permit


def test_a_board_that_heats_faster_than_any_can_is_an_anomaly():
    rig = Rig(tuned=False).running(LONG, 5)
    rig.kernel.run.control.step = lambda *_: 0.05
    for _ in range(400):
        rig.plate_c += 0.22  # as fast as the setpoint, from above, and nobody declared it
        rig.tick()
        if rig.kernel.latch.rows:
            break
    assert rig.kernel.latch.codes == ["anomaly"]


def test_a_board_without_heat_may_cool_and_a_heavy_one_may_rise_slowly():
    rig = Rig()
    rig.plate_j_k = 400.0
    rig.running(recipe(stage("a", 90, ramp_max_s=3000)))
    rig.until(lambda: rig.plate_c > 60 or rig.kernel.latch.rows)
    assert not rig.kernel.latch.rows


def test_a_probe_that_falls_off_is_found_within_seconds_and_the_heat_is_off_at_once():
    rig = Rig().running(HOLD, 200)
    fallen_c = 40.0
    for tick in range(40):
        rig.fixed_c[0] = fallen_c + (100.0 - fallen_c) * 0.94**tick  # four seconds of lag
        rig.tick()
        if rig.kernel.latch.rows:
            break
    assert rig.kernel.latch.codes == ["detached"] and tick <= 24


def test_in_a_stage_for_heat_from_above_only_a_fall_that_no_board_can_do_is_a_jump():
    made = recipe(stage("a", 100, hold_s=2000, hold_max_s=3000, external_heat=True))
    rig = Rig().running(made, 200)
    rig.plate_c = rig.probe_c = 115.0  # hot air
    rig.wait(10)
    rig.plate_c = rig.probe_c = 100.0  # and no more of it
    rig.wait(10)
    assert rig.kernel.heating and not rig.kernel.latch.rows
    rig.fixed_c[0] = 40.0
    assert tripped_s(rig) <= 5
    assert rig.kernel.latch.codes == ["detached"]


def test_a_swap_of_boards_under_declared_heat_from_above_is_no_fault():
    rig = Rig().running(HOLD, 200)
    assert rig.kernel.orders.external(True) is None
    rig.plate_c = rig.probe_c = 30.0
    rig.wait(40)
    assert rig.kernel.orders.external(False) is None
    rig.wait(200)
    assert rig.kernel.heating and not rig.kernel.latch.rows


def test_an_undeclared_swap_under_heat_ends_the_run():
    rig = Rig().running(HOLD, 200)
    rig.plate_c = rig.probe_c = 30.0
    assert tripped_s(rig) <= 5
    assert rig.kernel.latch.codes == ["detached"]


def test_another_board_may_lie_there_when_the_next_run_begins():
    rig = Rig().running(recipe(stage("a", 150, hold_s=1)))
    rig.until(lambda: rig.kernel.state == COOL)
    rig.plate_c = rig.probe_c = 30.0
    rig.wait(5)
    assert rig.start(LONG) is None
    rig.wait(60)
    assert rig.kernel.heating and not rig.kernel.latch.rows


def test_heat_is_withheld_where_the_board_is_far_above_its_setpoint():
    rig = Rig().running(HOLD, 200)
    rig.fixed_c[0] = 107.0
    rig.wait(2)
    assert rig.kernel.guard.inhibit is not None and rig.decision is not None
    assert not rig.decision.permit


def test_no_current_while_switched_on_is_a_dead_heater_at_once():
    rig = Rig(with_load_sense())
    rig.inputs.load_seen = False
    rig.inputs.load_on = False
    rig.running(LONG)
    assert tripped_s(rig) <= 10
    assert rig.kernel.latch.codes == ["no_rise"] and "current" in rig.kernel.latch.detail()


def test_a_load_sense_that_sees_no_current_acquits_the_relay():
    rig = Rig(with_load_sense())
    rig.inputs.load_seen = False
    rig.start(HOLD)
    for _ in range(800):
        rig.tick()
        rig.inputs.load_on = True if rig.on_ms > 0 else None
        rig.inputs.load_seen = rig.on_ms == 250
    rig.stuck = True  # heat from above that nobody declared
    for _ in range(2400):
        rig.tick()
        rig.inputs.load_on = True if rig.on_ms > 0 else None
        rig.inputs.load_seen = rig.on_ms == 250
        if rig.kernel.latch.rows:
            break
    codes = rig.kernel.latch.codes
    assert "anomaly" in codes and "stuck_on" not in codes
    assert not rig.said("unplug")


class Tube:
    """A quartz tube of 12 J/K on 100 W with its own late probe; `works`: share of its power."""

    def __init__(self, rig):
        self.rig = rig
        self.heater_c = self.read_c = 25.0
        self.board_c = 25.0  # a heavy board over it
        self.works = 1.0

    def tick(self, on_ms=None):
        on_ms = self.rig.on_ms if on_ms is None else on_ms
        kelvin = (self.heater_c + 273) / 1000
        watts = 100 * on_ms / 250 * self.works - 150 * (kelvin**4 - 0.0079)
        self.heater_c += watts * 0.25 / 12
        self.read_c += (self.heater_c - self.read_c) * 0.25 / 1.5
        self.rig.fixed_c[1] = int(self.read_c * 4 + 0.5) / 4
        self.rig.fixed_c[0] = self.board_c = self.board_c + 0.0003 * (self.heater_c - self.board_c)
        self.rig.tick()


def quartz() -> dict:
    made = with_probes(("tube", "heater"))
    made["zones"] = [dict(BOARD["zones"][0], heater_kind="quartz")]
    made["limits"] = dict(BOARD["limits"], heater_max_c=750)
    return made


def heated(seconds=120, works=1.0):
    rig = Rig(quartz(), tuned=False)
    tube = Tube(rig)
    tube.works = works
    rig.fixed_c[1] = 25.0
    assert rig.start(recipe(stage("a", 150, ramp_max_s=2000))) is None
    rig.kernel.run.control.step = lambda *_: 0.45
    for _ in range(seconds * 4):
        tube.tick()
    assert rig.kernel.heating, rig.kernel.latch.rows
    return rig, tube


def test_a_heater_that_dies_is_found_by_its_own_probe_within_forty_seconds():
    rig, tube = heated()
    tube.works = 0.0
    ticks = 0
    while not rig.kernel.latch.rows and ticks < 160:
        tube.tick()
        ticks += 1
    assert rig.kernel.latch.codes == ["no_rise"] and ticks <= 100


def test_a_relay_that_sticks_is_found_by_the_heaters_own_probe_within_fifteen_seconds():
    rig, tube = heated()
    ticks = 0
    while not rig.kernel.latch.rows and ticks < 160:
        tube.tick(on_ms=250)
        ticks += 1
    assert rig.kernel.latch.codes == ["stuck_on"] and ticks <= 60
    assert rig.said("unplug")


def test_a_sudden_change_that_is_not_the_relay_costs_some_seconds_of_heat_only():
    rig, tube = heated(works=0.5)
    tube.works = 1.5  # as if a second tube came alive
    withheld = 0
    for _ in range(320):
        tube.tick()
        withheld += rig.kernel.guard.inhibit == "relay"
    assert 0 < withheld <= 44 and rig.kernel.heating


def test_a_heater_without_power_from_the_start_does_not_rise():
    rig = Rig(quartz(), tuned=False)
    rig.fixed_c[1] = 25.0
    rig.power = 0.0
    assert rig.start(recipe(stage("a", 150, ramp_max_s=2000))) is None
    rig.kernel.run.control.step = lambda *_: 0.2
    assert tripped_s(rig) <= 40
    assert rig.kernel.latch.codes == ["no_rise"]


def test_a_slow_flash_does_not_hide_a_stuck_relay():
    rig = Rig().running(HOLD, 200)
    rig.stuck = True
    ticks = 0
    while not rig.kernel.latch.rows and ticks < 400:
        rig.tick(649 if ticks % 40 == 39 else 250)
        ticks += 1
    assert rig.kernel.latch.codes[0] in ("stuck_on", "anomaly") and ticks <= 200


def test_single_bad_samples_do_not_hide_what_the_heater_does():
    for works, on_ms, code, most in ((0.0, None, "no_rise", 110), (1.0, 250, "stuck_on", 70)):
        rig, tube = heated()
        tube.works = works
        ticks = 0
        while not rig.kernel.latch.rows and ticks < 400:
            rig.faults = {1: "tc_short_gnd"} if ticks % 34 == 33 else {}
            tube.tick(on_ms)
            ticks += 1
        assert rig.kernel.latch.codes == [code] and ticks <= most


def test_a_plate_may_hold_a_low_temperature_with_a_probe_in_it():
    rig = Rig(with_probes(("coil", "heater")))
    rig.running(recipe(stage("a", 50, hold_s=900, hold_max_s=1500)))
    rig.wait(600)
    assert rig.kernel.heating and not rig.kernel.latch.rows


def test_a_repaired_fuse_lets_the_next_run_heat():
    rig = Rig(with_load_sense())
    rig.inputs.load_seen = rig.inputs.load_on = False
    rig.running(LONG)
    tripped_s(rig)
    rig.wait(1)
    assert rig.kernel.orders.clear() is None
    rig.inputs.load_seen, rig.inputs.load_on = False, None
    assert rig.start(LONG) is None
    rig.wait(2)
    assert not rig.kernel.latch.rows


def test_heat_from_above_can_be_declared_while_it_cools():
    made = dict(BOARD)
    made["pins"] = {"spi_id": 0, "sck": 2, "miso": 4}
    rig = Rig(made).running(recipe(stage("a", 120, hold_s=1)))
    rig.until(lambda: rig.kernel.state == COOL)
    rig.wait(40)
    assert rig.kernel.orders.external(True) is None
    for _ in range(120):
        rig.plate_c += 0.5
        rig.tick()
    assert not rig.kernel.latch.rows


def test_a_probe_that_is_laid_on_in_a_run_and_one_that_was_away_for_a_week_do_no_harm():
    rig = Rig(with_probes(("chip", "component")))
    rig.faults[1] = "tc_open"
    rig.wait(2)
    rig.running(HOLD, 200)
    rig.faults.clear()
    for step in range(40):
        rig.fixed_c[1] = min(100.0, 25.0 + 5 * step)
        rig.tick()
    assert rig.kernel.heating
    rig.kernel.orders.stop()
    rig.until(lambda: rig.kernel.run is None)
    rig.faults = {0: "tc_open", 1: "tc_open"}
    rig.wait(70)
    rig.kernel._mono_ms = clock.add(rig.kernel._mono_ms, clock.HALF_MS + 5000)
    rig.faults.clear()
    rig.wait(5)
    assert rig.kernel.readings[1].temp_c is not None
