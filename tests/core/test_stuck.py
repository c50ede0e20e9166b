"""What must not be taken for a relay that is stuck on."""

from preheat_core.faults import COOL, IDLE
from preheat_core.model import Model
from rig import BOARD, MODEL, Rig, recipe, stage, with_probes


def test_what_others_warmed_before_the_run_is_no_stuck_relay():
    rig = Rig().running(recipe(stage("a", 40, hold_s=1)))
    rig.until(lambda: rig.kernel.state == IDLE)
    rig.kernel.fail("link", "a fault that stays for a while")
    rig.wait(300)  # watched without heat: the lowest temperature is the room's
    assert rig.kernel.orders.clear() is None
    for temp_c in (60.0, 120.0):  # a board fresh from the hot air is laid on
        rig.plate_c = rig.probe_c = temp_c
        rig.wait(30)
    assert rig.start(recipe(stage("a", 150))) is None
    rig.wait(20)
    assert rig.kernel.heating and not rig.said("unplug")


def test_a_room_that_warms_in_hours_is_no_stuck_relay():
    rig = Rig(with_probes(("coil", "heater")), latched=[("link", "over night")])
    for step in range(7200 * 2):
        rig.plate_c = rig.probe_c = 15.0 + step / 800
        rig.fixed_c[1] = 15.0 + step / 800
        rig.tick(1000)
    assert rig.kernel.latch.codes == ["link"]


def test_two_spikes_while_it_cools_are_no_stuck_relay():
    rig = Rig().running(recipe(stage("a", 150, hold_s=1)))
    rig.until(lambda: rig.kernel.state == COOL)
    rig.wait(200)
    rig.fixed_c[0] = rig.probe_c + 60
    rig.wait(0.5)
    rig.fixed_c.clear()
    rig.wait(10)
    assert not rig.kernel.latch.rows


def test_a_glowing_heaters_probe_that_stands_is_frozen_although_no_heat_is_on():
    rig = Rig(with_probes(("coil", "heater"))).running(recipe(stage("a", 150, external_heat=True)))
    rig.kernel.run.control.step = lambda *_: 0.0
    words = rig.readings

    def stands():
        rows = words()
        rows[1].word = 77
        return rows

    rig.fixed_c[1] = 160.0
    rig.readings = stands
    assert 55 <= rig.until(lambda: rig.kernel.latch.rows, 100) <= 65
    assert rig.kernel.latch.rows[0] == ("frozen", "coil")


def test_a_heavy_board_over_a_heater_that_was_hot_before_the_boot_is_no_stuck_relay():
    made = dict(BOARD, zones=[dict(BOARD["zones"][0], heater_kind="ceramic", power_w=900)])
    heat = dict(MODEL, heater_j_k=500, board_j_k=600, couple_w_k=0.7, couple_rad_w=1300)
    plant, heater_c, board_c = Model(heat), 260.0, 25.0
    rig = Rig(made, tuned=False)
    rig.fixed_c[0] = board_c
    warm = stage("a", 30, hold_s=900, hold_max_s=1800)
    assert rig.start(recipe(warm, purpose="preheat")) is None
    for _ in range(900 * 4):
        heater_c, flow_w = plant.heat(heater_c, board_c, 900 * rig.on_ms / 250, 0.25)
        board_c = rig.fixed_c[0] = plant.warm(board_c, flow_w, 0.25)
        rig.tick()
        assert not rig.kernel.latch.rows, board_c
    assert board_c > 50


def test_a_cold_board_that_is_laid_on_long_after_a_run_is_noticed_too():
    made = dict(BOARD, zones=[dict(BOARD["zones"][0], heater_kind="ceramic")])
    rig = Rig(made, tuned=False).running(
        recipe(stage("a", 80, hold_s=1, ramp_max_s=3600))
    )
    rig.until(lambda: rig.kernel.run is None, 6000)  # its log is closed
    rig.wait(30)
    envelope = rig.kernel.guard.heat._envelope
    assert envelope.stored_c is None
    rig.plate_c = rig.probe_c = 25.0
    rig.wait(10)
    assert envelope.stored_c is not None and not rig.kernel.latch.rows
