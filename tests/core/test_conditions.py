"""What no single reading shows: spread, time above liquidus, amplifiers, the first-heat check."""

from preheat_core import limits, profile, settings
from preheat_core.runlog import read
from rig import BOARD, Rig, recipe, stage, with_probes

LONG = stage("a", 200, ramp_max_s=2000)
EVEN = recipe(LONG, spread_max_c=20)


def two_probes():
    """The rig with a part on the board; the part reads 25 °C unless told otherwise."""
    rig = Rig(with_probes(("chip", "component")))
    rig.fixed_c[1] = 25.0
    return rig


def trailing(rig, behind_c, most_s):
    """Let time pass while the part gets so much colder than the board, by 1 °C/s at most.

    Returns the seconds until a fault, None without one.
    """
    now_c = rig.probe_c - rig.fixed_c[1]
    for count in range(int(most_s * 4)):
        if rig.kernel.latch.rows:
            return count / 4
        now_c += max(-0.25, min(0.25, behind_c - now_c))
        rig.fixed_c[1] = rig.probe_c - now_c
        rig.tick()
    return None


def test_a_spread_at_its_limit_withholds_heat_and_the_run_goes_on():
    rig = two_probes().running(EVEN)
    widest_c = 0.0
    for _ in range(400 * 4):
        rig.tick()
        widest_c = max(widest_c, rig.probe_c - 25.0)
    assert rig.kernel.heating and rig.said("inhibit")[0]["code"] == "spread"
    assert 17 <= widest_c <= 22


def test_without_the_key_no_spread_is_judged():
    rig = two_probes().running(recipe(LONG), 150)
    assert rig.kernel.heating and rig.probe_c > 100 and not rig.said("inhibit")


def test_a_spread_far_beyond_its_limit_trips_in_five_seconds():
    rig = two_probes().running(EVEN)
    assert trailing(rig, 10, 40) is None
    assert 20 + 5 <= trailing(rig, 35, 60) <= 20 + 8  # at 30 °C it is 10 °C beyond
    assert rig.kernel.latch.codes == ["spread"] and not rig.decision.permit
    detail = rig.kernel.latch.detail()
    assert detail.startswith("plate ") and ", chip " in detail


def test_a_spread_that_withheld_heat_does_not_cure_trips_in_five_minutes():
    rig = two_probes().running(EVEN)
    assert trailing(rig, 10, 40) is None
    assert 10 + 300 <= trailing(rig, 23, 400) <= 10 + 303
    assert rig.kernel.latch.codes == ["spread"]


def test_heat_from_above_may_spread_the_board_and_what_it_leaves_is_no_fault():
    rig = two_probes().running(EVEN)
    trailing(rig, 10, 40)
    rig.kernel.orders.external(True)
    assert trailing(rig, 40, 60) is None and rig.kernel.guard.inhibit is None
    rig.kernel.orders.external(False)
    assert trailing(rig, 40, 200) is None
    assert rig.kernel.guard.inhibit == "spread" and not rig.decision.permit
    assert trailing(rig, 10, 40) is None and rig.kernel.guard.inhibit is None
    assert trailing(rig, 40, 40) is not None and rig.kernel.latch.codes == ["spread"]


def test_a_cold_board_on_a_warm_plate_waits_for_heat_but_does_not_trip():
    rig = two_probes()
    rig.plate_c = rig.probe_c = 58.0
    rig.running(EVEN, 60)
    assert rig.kernel.heating and rig.kernel.guard.inhibit == "spread"


def test_a_probe_plugged_in_during_the_run_may_still_be_cold():
    rig = two_probes()
    rig.faults[1] = "tc_open"
    rig.running(EVEN, 80)
    rig.faults.clear()
    rig.wait(60)
    assert rig.kernel.heating and not rig.said("inhibit")


def test_the_hottest_probe_counts_above_liquidus_and_stretches_add_up():
    rig = two_probes()
    rig.fixed_c[1] = 219.0
    rig.wait(2)
    rig.running(recipe(LONG, tal_max_s=40))
    for _ in range(3):
        rig.fixed_c[1] = 221.0
        rig.wait(10)
        rig.fixed_c[1] = 219.0
        rig.wait(10)
    assert rig.kernel.heating and rig.kernel.guard.board.tal_ms == 30_000
    rig.fixed_c[1] = 221.0
    assert 10 <= rig.until(lambda: rig.kernel.latch.rows, 20) <= 11
    assert rig.kernel.latch.codes == ["tal_long"] and "chip 40 s" in rig.kernel.latch.detail()
    assert not rig.decision.permit


def test_a_reflow_in_time_trips_nothing_and_a_new_run_counts_anew():
    made = recipe(stage("a", 150), stage("b", 235, ramp_c_s=1.2), tal_max_s=60)
    rig = Rig()
    for _ in range(2):
        rig.running(made, 1)
        assert rig.kernel.guard.board.tal_ms == 0
        rig.until(lambda: not rig.kernel.heating)
        assert 20_000 <= rig.kernel.guard.board.tal_ms <= 40_000
        rig.plate_c = rig.probe_c = 25.0
        rig.wait(20)
    assert not rig.said("fault") and len(rig.said("end")) == 2


def test_time_above_liquidus_needs_a_reflow_and_room_for_what_is_planned():
    made = recipe(stage("a", 230, ramp_c_s=0.5, hold_s=30))
    for purpose, tal_max_s, good in (
        ("reflow", 50, True), ("reflow", 49, False), ("preheat", 50, False), ("reflow", 9, False),
    ):  # fmt: skip
        made["purpose"] = purpose
        made["tal_max_s"] = tal_max_s
        found = [problem.path for problem in profile.check(made)]
        assert found == ([] if good else ["tal_max_s"]), (purpose, tal_max_s)


def test_the_limits_say_where_spread_and_time_come_from_and_the_log_keeps_them():
    made = recipe(LONG, spread_max_c=20.5, tal_max_s=40)
    found = limits.effective(BOARD, settings.default("rig"), made)
    assert (found.spread_max_c, found.spread_source) == (20.5, "profile test")
    assert (found.tal_max_s, found.tal_source, found.liquidus_c) == (40, "profile test", 220)
    for job, spread_max_c, tal_max_s in ((made, 20.5, 40), (recipe(LONG), None, None)):
        rig = Rig().running(job, 2)
        rig.kernel.close_run()
        rig.tick()
        header = read(b"".join(rig.blocks)).header
        assert header["spread_max_c"] == spread_max_c and header["tal_max_s"] == tal_max_s


def test_an_amplifier_out_of_its_range_trips_after_four_samples():
    for cold_c in (85.5, -20.5):
        rig = two_probes().running(recipe(LONG), 10)
        rig.cold_c[1] = cold_c
        rig.wait(0.75)
        rig.cold_c.clear()
        rig.wait(1)
        assert rig.kernel.heating
        rig.cold_c[1] = cold_c
        rig.wait(0.75)
        assert rig.kernel.heating
        rig.tick()
        assert rig.kernel.latch.codes == ["cold_junction"] and not rig.decision.permit
        assert "chip" in rig.kernel.latch.detail()
        assert "cold_junction" in rig.kernel.orders.clear()
        rig.cold_c.clear()
        rig.wait(1)
        assert rig.kernel.orders.clear() is None


def test_an_amplifier_out_of_its_range_refuses_a_start_but_trips_no_idle_unit():
    rig = two_probes()
    rig.cold_c[0] = 91.0
    rig.wait(60)
    assert not rig.kernel.latch.rows
    why = rig.start(recipe(LONG))
    assert "plate" in why and "91" in why
    rig.cold_c[0] = 60.0
    assert rig.start(recipe(LONG)) is None


def test_a_run_that_its_sequence_forgets_to_end_is_ended_by_the_guard():
    made = recipe(stage("a", 60, operator=True, operator_max_s=300), run_max_s=60)
    rig = Rig().running(made)
    assert 59 <= rig.until(lambda: rig.kernel.latch.rows, 70) <= 61
    assert rig.kernel.latch.detail() == "stage a"
    rig = Rig().running(made)
    rig.kernel.run.sequencer.run_max_s = 1 << 20
    assert 60 <= rig.until(lambda: rig.kernel.latch.rows, 70) <= 62
    assert rig.kernel.latch.codes == ["run_timeout"]


def first_heat(kind, *rows):
    """Why a unit with such readings does not start: (role, °C, amplifier °C) of each probe."""
    made = with_probes(*[(f"p{index}", row[0]) for index, row in enumerate(rows[1:])])
    made["zones"] = [dict(BOARD["zones"][0], heater_kind=kind)]
    rig = Rig(made)
    for index, (_, temp_c, cold_c) in enumerate(rows):
        rig.fixed_c[index] = temp_c
        rig.cold_c[index] = cold_c
    return rig.start(recipe(LONG))


def test_no_healthy_unit_fails_the_first_heat_check():
    for rows in (
        (("board", 22.0, 24.0), ("component", 22.5, 25.0), ("heater", 22.0, 24.0)),
        (("board", 80.0, 26.0), ("component", 58.0, 26.0)),  # fresh from a bake
        (("board", 57.0, 26.0), ("component", 34.0, 26.0)),  # the same, half an hour later
        (("board", 15.0, 54.0), ("component", 16.0, 54.0)),  # from a store, in a heated-up box
        (("board", 12.0, 12.0), ("board_top", 21.0, 12.0)),  # as far apart as bad wire reads
        (("board", 40.0, 54.0), ("component", 120.0, 54.0)),  # hot air came first
        (("board", 25.0, 54.0), ("heater", 300.0, 24.0)),  # an amplifier outside the box
        (("board", 49.0, 8.0),),
    ):
        assert first_heat("quartz", *rows) is None, rows
    cold_on_warm = (("board", 59.0, 25.0), ("component", 18.0, 25.0))
    assert first_heat("plate", *cold_on_warm) is None


def test_the_first_heat_check_names_probes_and_readings():
    why = first_heat("quartz", ("board", 25.0, 25.0), ("component", 52.0, 25.0))
    assert "p0 reads 52 C" in why and "plate 25 C" in why
    why = first_heat("plate", ("board", -18.0, 30.0))
    assert "plate reads -18 C" in why and "amplifier of 30 C" in why
    why = first_heat("plate", ("board", 25.0, 25.0), ("heater", 25.0, 64.0))
    assert "p0 (64 C)" in why and "plate (25 C)" in why
