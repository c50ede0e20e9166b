"""Parts of the campaign's judge by themselves: trackers, incidents that are owed, bent steps."""

import sys
import types
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import campaign_bends  # noqa: E402
import campaign_cases  # noqa: E402
from campaign_bounds import BOUNDS  # noqa: E402
from campaign_evidence import Sight, Stuck  # noqa: E402
from campaign_judge import Judge  # noqa: E402
from campaign_logs import Owed  # noqa: E402
from campaign_tracker import Tracker  # noqa: E402
from campaign_truth import Truth  # noqa: E402

from host.pull_unit import make_incident  # noqa: E402


def unit():
    """The unit of some case."""
    return campaign_cases.draw(campaign_cases.label(7, 0, False)).unit


def test_what_a_standing_probe_hides_is_invalid_from_when_it_shows():
    tracker = Tracker({"kind": "tc_open"}, unit())
    sight = types.SimpleNamespace(now_s=10.0, dt_s=0.25)
    tracker.show(sight, True)
    sight.now_s = 20.0
    tracker.show(sight, True)
    assert tracker.shown_s == 9.75
    tracker.show(sight, False)  # behind a probe that repeats its last good word
    assert tracker.shown_s is None
    sight.now_s = 30.0
    tracker.show(sight, True)
    assert tracker.shown_s == 29.75


def test_only_an_incident_that_the_last_boot_began_may_be_open():
    whole, open_one = make_incident(), make_incident(whole=False)
    owed = Owed()
    assert owed.problems({"r000001": open_one}, False)
    owed.last_boot(["r000001"])
    assert owed.problems({"r000001": open_one}, False)
    assert owed.problems({"r000001": whole, "r000002": open_one}, False) == []
    assert owed.problems({"r000001": whole, "r000002": open_one[:-3]}, False)


def test_a_fault_whose_own_code_is_latched_already_needs_no_second_latching():
    tracker = Tracker({"kind": "ssr_stuck_on"}, unit())
    tracker.stand(["stuck_on"])
    assert tracker.done and tracker.shouted
    other = Tracker({"kind": "ssr_stuck_on"}, unit())
    other.stand(["tc_open"])
    assert not other.done and not other.shouted


def test_a_slow_step_is_slow_once_a_tick_however_often_it_is_called():
    class Probe:
        def read(self):
            return 1

    app = types.SimpleNamespace(unit=types.SimpleNamespace(probes=[Probe(), Probe()]))
    passed_us = []
    world = types.SimpleNamespace(first_heat_us=0, advance=passed_us.append)
    made = types.SimpleNamespace(app=app, world=world)
    row = {"kind": "slow", "at_s": 0, "where": "unit.probes.0.read", "late_s": 0.2, "after": False,
           "times": 3}  # fmt: skip
    bend = campaign_bends.Bend(row, "1")
    for tick in (1, 2):
        bend.step(made, tick)
        assert [probe.read() for probe in app.unit.probes] == [1, 1]
        assert len(passed_us) == tick
    bend.end()


def bench(*chips, board_c=100.0):
    """A plant whose node 0 is the board, node 1 a part on it; (name, role, node) per chip."""
    plant = types.SimpleNamespace(
        board=0, temps_c=[board_c, board_c], external_w=0.0, gain=1.0,
        heater_c=lambda: board_c, board_c=lambda: board_c,
    )  # fmt: skip
    made = {
        name: types.SimpleNamespace(
            name=name, role=role, probe=types.SimpleNamespace(node=node, temp_c=board_c)
        )
        for name, role, node in chips
    }
    return types.SimpleNamespace(plant=plant, chips=made, _control="bottom", _kinds=())


def case_of(wanted):
    """The first drawn case whose unit is so."""
    return next(
        found for found in (campaign_cases.draw(campaign_cases.label(7, n, False))
                            for n in range(200)) if wanted(found.unit)
    )  # fmt: skip


def test_a_part_with_two_probes_has_the_lower_of_their_limits():
    case = case_of(lambda unit: True)
    truth = Truth(case.unit, case.profile)
    rows = {"component": 200.0, "board_top": 240.0}
    truth._limits = types.SimpleNamespace(
        row=lambda role: types.SimpleNamespace(trip_c=rows.get(role, 260.0))
    )
    for roles in (("component", "board_top"), ("board_top", "component")):
        truth._nodes(bench(("bottom", "board", 0), ("a", roles[0], 1), ("b", roles[1], 1)))
        assert truth._limits_c == {1: 200.0}


def test_short_pulses_into_a_board_that_is_still_too_hot_are_heat_all_the_same():
    case = case_of(lambda unit: True)
    truth = Truth(case.unit, case.profile)
    world = bench(("bottom", "board", 0), board_c=400.0)
    sight = Sight(world, now_s=1.0, dt_s=0.25)
    assert truth.look(sight, [], None, False) is None  # nothing could cut it
    for tick in range(4):
        sight.now_s += 0.25
        assert truth.look(sight, [], None, True) is None, tick  # it cools
    sight.heat_s = 0.015
    assert truth.look(sight, [], None, True) is None  # one edge of a pulse
    assert "400.0 C" in (truth.look(sight, [], None, True) or "")


def test_only_what_a_bad_tunes_own_model_misses_is_earned_by_it():
    case = case_of(lambda unit: unit.tune == "bad")
    truth = Truth(case.unit, case.profile)
    assert not truth.earned("no_rise", "61.0 C, 12 C colder than heat delivered allows")
    assert truth.earned("no_rise", "245 W of heat do not show at the probe")
    good = case_of(lambda unit: unit.tune == "good")
    assert not Truth(good.unit, good.profile).earned(
        "no_rise", "245 W of heat do not show at the probe"
    )


def test_a_fallen_probe_shows_nothing_while_no_heat_comes():
    case = case_of(lambda unit: True)
    judge = Judge(case.unit, case.profile, [{"kind": "tc_detached", "value": 0.1},
                                            {"kind": "mains_loss"}], False)  # fmt: skip
    fallen, dead = judge.trackers
    fallen.active = dead.active = True
    sight = Sight(bench(("bottom", "board", 0)))
    assert judge._hidden(fallen, sight) and not judge._hidden(dead, sight)
    dead.active = False
    assert not judge._hidden(fallen, sight)


def test_a_stuck_relay_behind_an_untuned_board_probe_is_evident_above_the_setpoint():
    alone = case_of(lambda unit: unit.tune == "none" and not unit.has("heater")
                    and not unit.load_sense)  # fmt: skip
    row = BOUNDS["ssr_stuck_on"][-1]
    stuck = Stuck(row, alone.unit, {"kind": "ssr_stuck_on"})
    sight = Sight(bench(board_c=100.0), dt_s=0.25, heating=True, loose_s=0.2, duty=0.1)
    for setpoint_c, hard in ((110.0, False), (95.0, True)):
        sight.setpoint_c = setpoint_c
        reach, used = stuck.share(sight)
        assert reach > 0 and (used > 0) == hard
    sight.setpoint_c, sight.duty = 110.0, 0.0  # it heats, and no heat is commanded
    assert stuck.share(sight)[1] > 0


def test_a_heater_that_has_lost_power_shows_a_stuck_relay_by_that_much_less():
    for case, felt in (
        (case_of(lambda unit: unit.tune == "good" and unit.sensors == "board probe only"), 0.5),
        (case_of(lambda unit: unit.load_sense), 1.0),  # a current is a current
    ):
        stuck = Stuck(BOUNDS["ssr_stuck_on"][-1], case.unit, {"kind": "ssr_stuck_on"})
        world = bench(board_c=100.0)
        sight = Sight(world, dt_s=0.25, heating=True, loose_s=0.2, duty=0.1)
        world.plant.gain = 0.8 / case.unit.power  # the weakest that is healthy
        whole = stuck.share(sight)
        world.plant.gain /= 2
        half = stuck.share(sight)
        assert half[0] == whole[0] and abs(half[1] - felt * whole[1]) < 1e-9 < whole[1]


def test_what_was_cleared_and_strikes_again_is_no_false_trip():
    case = case_of(lambda unit: True)
    rows = [{"kind": "raise", "at_s": 1.0}]
    new = Judge(case.unit, case.profile, rows, False)
    new.hear(["internal"], 5.0)
    assert new.false == ["internal at 5.0 s"]
    again = Judge(case.unit, case.profile, rows, False)
    again.trackers[0].began_s = 1.0
    again.again()
    again.hear(["internal"], 5.0)
    assert again.false == []


def test_a_board_that_cools_may_stay_above_a_margin_that_shrinks():
    case = case_of(lambda unit: True)
    truth = Truth(case.unit, case.profile)
    within_c = truth._limit_c + truth._error_c - 0.5
    sight = Sight(bench(("bottom", "board", 0), board_c=within_c), now_s=1.0, dt_s=0.25)
    assert truth.look(sight, [], None, False) is None  # nothing could cut it
    assert truth.look(sight, [], None, True) is None
    truth._error_c = 0.0
    assert truth.look(sight, [], None, True) is None
    cool = Sight(bench(("bottom", "board", 0), board_c=20.0), now_s=2.0, dt_s=0.25)
    assert truth.look(cool, [], None, True) is None
    sight.now_s = 3.0
    assert truth.look(sight, [], None, True) is not None  # heat of its own since
