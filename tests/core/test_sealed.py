"""Limits kept twice: any changed bit is seen, and what is compared is what is kept."""

import gc

from preheat_core import limits, sealed, settings
from preheat_core.faults import FAULT, IDLE
from rig import BOARD, Rig, recipe, stage, with_probes

MADE = recipe(stage("a", 200, ramp_max_s=2000), spread_max_c=20, tal_max_s=40)


def made_limits(made=MADE):
    return limits.effective(BOARD, settings.default("rig"), made)


def test_the_sealed_numbers_are_those_of_the_limits():
    found = made_limits()
    seal = sealed.Sealed(found)
    for at, row in enumerate(found.rows):
        assert abs(seal.number(2 * at) - row.trip_c) < 0.006
        assert abs(seal.number(2 * at + 1) - row.approach_c) < 0.006
    for at, value in (
        (sealed.RAMP, 3), (sealed.RUN, 7200), (sealed.SPREAD, 20), (sealed.LIQUIDUS, 220),
        (sealed.TAL, 40),
    ):  # fmt: skip
        assert abs(seal.number(at) - value) < 0.006
    assert len(seal.values) == 2 * len(found.rows) + 5
    assert sealed.Sealed(made_limits(recipe(stage("a", 200)))).values[sealed.TAL] == sealed.NEVER


def test_every_single_bit_that_changes_is_seen():
    seal = sealed.Sealed(made_limits())
    assert seal.intact()
    for kept in (seal.values, seal.marks):
        for at in range(len(kept)):
            for bit in range(30):
                kept[at] ^= 1 << bit
                assert not seal.intact(), (at, bit)
                kept[at] ^= 1 << bit
    assert seal.intact()


def test_looking_takes_no_memory():
    if not hasattr(gc, "mem_alloc"):
        return  # only the device's Python can tell
    seal = sealed.Sealed(made_limits())
    intact = seal.intact
    gc.collect()
    before = gc.mem_alloc()
    intact()
    intact()
    assert gc.mem_alloc() == before


def test_a_limit_that_changed_takes_the_heat_away_in_the_same_tick():
    for at in range(-5, 8):
        rig = Rig().running(MADE, 20)
        rig.kernel.guard.seal.values[at] ^= 1 << 13
        rig.tick()
        assert rig.kernel.state == FAULT and "memory" in rig.kernel.latch.codes
        assert not rig.decision.permit and not rig.decision.contactor


def test_an_idle_unit_notices_too_and_clears_once_its_limits_are_made_anew():
    rig = Rig()
    rig.wait(5)
    assert rig.kernel.state == IDLE
    rig.kernel.guard.seal.marks[0] ^= 1
    rig.tick()
    assert rig.kernel.latch.codes == ["memory"]
    assert "memory" in rig.kernel.orders.clear()
    rig.kernel.use_settings(rig.kernel.settings)
    rig.tick()
    assert rig.kernel.orders.clear() is None


def change(rig, at, value):
    """Both copies at once: what no seal can notice shows which number is compared."""
    seal = rig.kernel.guard.seal
    seal.values[at] = round(value * sealed.SCALE)
    seal.marks[at] = ~seal.values[at]


def test_what_is_compared_is_what_is_sealed():
    board_trip, board_approach = 0, 1
    for at, value, code in (
        (board_trip, 30, "over_temp"), (sealed.RUN, 30, "run_timeout"),
        (sealed.SPREAD, 1, "spread"), (sealed.RAMP, -2, "ramp_fast"),
    ):  # fmt: skip
        rig = Rig(with_probes(("chip", "component")))
        rig.fixed_c[1] = 25.0
        rig.running(MADE, 15)
        change(rig, at, value)
        rig.wait(30)
        assert rig.kernel.latch.codes == [code], (code, rig.kernel.latch.codes)
    rig = Rig().running(MADE, 20)
    change(rig, sealed.LIQUIDUS, 30)
    change(rig, sealed.TAL, 10)
    rig.wait(15)
    assert rig.kernel.latch.codes == ["tal_long"]
    rig = Rig().running(MADE, 20)
    change(rig, board_approach, 35)
    rig.wait(1)
    assert rig.kernel.heating and rig.kernel.guard.inhibit == "limit"
