"""Heat from above in a stage that expects it: it may only make the board hotter than our own."""

from rig import BOARD, Rig, recipe, stage

ABOVE = recipe(stage("a", 200, ramp_max_s=3000, external_heat=True))
WORK = recipe(stage("a", 100, hold_s=2000, hold_max_s=3000, external_heat=True))


def strong():
    """A plate of 1 kW under 400 J/K."""
    made = dict(BOARD)
    made["zones"] = [dict(BOARD["zones"][0], power_w=1000)]
    rig = Rig(made, tuned=False)
    rig.power, rig.plate_j_k = 10.0, 400.0
    return rig


def test_a_probe_that_has_fallen_off_is_found_by_heat_that_does_not_show():
    rig = strong().running(ABOVE, 5)
    rig.kernel.run.control.step = lambda *_: 0.6
    rig.wait(60)
    start_c = rig.plate_c
    for tick in range(1200):
        # It sinks with four seconds of lag, and then creeps with the air: no jump in it.
        rig.fixed_c[0] = 30 + 0.1 * (rig.plate_c - 30) + 0.9 * (start_c - 30) * 0.985**tick
        rig.tick()
        if rig.kernel.latch.rows:
            break
    assert rig.kernel.latch.codes[0] in ("no_rise", "detached"), rig.kernel.latch.rows
    assert rig.decision is not None and not rig.decision.permit
    assert tick < 400 and rig.plate_c < start_c + 130  # at 1.4 °C/s


def test_hot_air_may_come_and_go():
    rig = Rig().running(WORK, 250)
    for _ in range(3):
        for warmer_c in [0.1] * 200 + [0.0] * 200 + [-0.05] * 300:
            rig.plate_c += warmer_c
            rig.tick()
    assert rig.kernel.heating and not rig.kernel.latch.rows


def test_a_board_that_is_changed_while_it_is_declared_is_no_fault():
    rig = Rig().running(WORK, 250)
    rig.kernel.orders.external(True)
    rig.wait(5)
    rig.plate_c = rig.probe_c = 40.0
    rig.wait(20)
    rig.kernel.orders.external(False)
    rig.wait(300)
    assert rig.kernel.heating and not rig.kernel.latch.rows


def test_after_the_stage_the_board_is_judged_from_where_it_is():
    made = recipe(stage("a", 90, hold_s=60, hold_max_s=3000, external_heat=True),
                  stage("b", 110, hold_s=600, hold_max_s=3000))  # fmt: skip
    rig = Rig().running(made, 10)
    for _ in range(4000):
        if rig.kernel.run.sequencer.stage["name"] == "a" and rig.plate_c < 125:
            rig.plate_c += 0.03
        rig.tick()
        if rig.kernel.run.sequencer.stage["name"] == "b":
            break
    rig.wait(300)
    assert rig.kernel.heating and not rig.kernel.latch.rows


def spot(rig, over_c, seconds, tau_s):
    """Hot air lifts the reading by so much and stops; what it left dies away."""
    for tick in range(int((seconds + 8 * tau_s) * 4)):
        left_s = max(0.0, tick / 4 - seconds)
        rig.fixed_c[0] = rig.plate_c + over_c * 2.718 ** (-left_s / tau_s)
        rig.tick()
    del rig.fixed_c[0]


def test_hot_air_that_stops_after_boards_were_declared_changed_is_no_fault():
    for seconds in (1, 8, 20):
        rig = strong()
        rig.running(ABOVE, 60)
        rig.kernel.run.control.step = lambda *_: 0.3
        rig.kernel.orders.external(True)
        for tick in range(120):
            rig.fixed_c[0] = rig.plate_c + tick / 4
            rig.tick()
        rig.kernel.orders.external(False)
        for _ in range(84):  # until what was declared has settled
            rig.fixed_c[0] = rig.plate_c + 30
            rig.tick()
        spot(rig, 30, seconds, 10)
        assert rig.kernel.heating and not rig.kernel.latch.rows, (seconds, rig.kernel.latch.rows)


def test_a_run_that_starts_under_hot_air_may_lose_it():
    for seconds in (1, 5):
        rig = strong()
        rig.fixed_c[0] = 55.0
        rig.running(ABOVE, 5)
        rig.kernel.run.control.step = lambda *_: 0.3
        spot(rig, 30, seconds, 10)
        assert rig.kernel.heating and not rig.kernel.latch.rows, (seconds, rig.kernel.latch.rows)
