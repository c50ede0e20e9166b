"""Parts of the campaign's judge by themselves: trackers, incidents that are owed, bent steps."""

import sys
import types
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import campaign_bends  # noqa: E402
import campaign_cases  # noqa: E402
from campaign_logs import Owed  # noqa: E402
from campaign_tracker import Tracker  # noqa: E402

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
