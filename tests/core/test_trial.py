"""Selftest's trials inside the kernel: on which terms the relay is on without a run, and no other.

The contactor stays open in a proof; what heats all the same is cut by the proof and by the guard.
"""

import rig
from preheat_core.contactor_proof import (
    LOAD_MS,
    ON_S,
    PROVEN,
    REST_MS,
    UNPROVABLE,
    WELDED,
)
from preheat_core.faults import CODES

REST_S = REST_MS / 1000
RECIPE = rig.recipe(rig.stage("up", 60))


class Tried(rig.Rig):
    """A unit with a heater's probe, or with load sense alone, whose host beats while it may."""

    def __init__(self, kind="plate", load=False):
        made = dict(rig.BOARD if load else rig.with_probes(("emitter", "heater")))
        made["zones"] = [dict(made["zones"][0], heater_kind=kind)]
        rig.Rig.__init__(self, made, tuned=False)
        self.load = load
        self.beats = True
        self.on_s = 0.0
        self.closed = False  # the contactor, ever in a trial
        self.wait(1)

    def tick(self, dt_ms=250):
        """The load sense sees what flows; relay and contactor are never on together."""
        if self.load:
            flows = bool(self.on_ms) and self.welded
            self.inputs.load_seen = flows
            self.inputs.load_on = flows if self.on_ms else None
        if self.beats:
            self.kernel.beat()
        decision = rig.Rig.tick(self, dt_ms)
        if self.kernel.run is None:
            self.on_s += 0.25 if decision.permit else 0.0
            self.closed = self.closed or decision.contactor
            assert not (decision.permit and decision.contactor)
            assert not decision.permit or self.kernel.trial is not None
        return decision

    def begin(self, seconds=0.0):
        """A proof is on for so long."""
        why = self.kernel.orders.test("proof")
        assert why is None, why
        self.wait(seconds)
        return self

    @property
    def verdict(self):
        return self.kernel.tried[0]

    def ended(self, most_s=100):
        """Wait for the end; its verdict."""
        self.until(lambda: self.kernel.trial is None, most_s)
        return self.verdict


def test_an_open_contactor_is_proven_and_no_judge_takes_it_for_a_dead_heater():
    for kind in ("quartz", "ceramic", "plate", "other"):
        for load in (False, True):
            unit = Tried(kind, load).begin()
            assert unit.ended() == PROVEN, unit.kernel.tried
            most_s = LOAD_MS / 1000 if load else ON_S[kind]
            assert most_s - 0.5 <= unit.on_s <= most_s
            unit.wait(60)
            assert unit.kernel.latch.rows == [] and not unit.closed and unit.heated_s == 0
            (event,) = unit.said("tested")
            assert (event["what"], event["verdict"]) == ("proof", PROVEN)


def test_the_relay_rests_before_it_is_switched_on():
    unit = Tried().begin(REST_S - 0.25)
    assert unit.on_s == 0
    unit.wait(1)
    assert unit.on_s > 0 and unit.decision.lamp  # armed, for whoever stands there


def test_a_welded_contactor_is_cut_in_that_tick_and_latched_with_unplug():
    for load in (False, True):
        unit = Tried(load=load)
        unit.welded = True
        unit.begin()
        assert unit.ended() == WELDED
        assert not unit.decision.permit and unit.kernel.latch.codes[0] == "contactor"
        assert len(unit.said("unplug")) == 1
        assert unit.heated_s <= (1.25 if load else 6) and unit.plate_c < 40
        unit.wait(30)
        assert unit.on_s == unit.heated_s and not unit.closed
        assert unit.start(RECIPE) is not None
        assert unit.kernel.orders.clear() is None  # cool again: a person has looked


def test_the_guard_cuts_what_the_proof_does_not_see():
    """Its own judgement is taken out: the ordinary judges still know that no heat was wanted."""
    from preheat_core import contactor_proof  # a unit lets go of it, and loads it anew

    really = contactor_proof.ContactorProof.step

    def blind(self, dt_ms, heater_c, board_c, load_seen):
        really(self, dt_ms, 25.0, 25.0, None if load_seen is None else False)
        self._most_ms = 1 << 28
        return self.on

    for load, most_s in ((True, 1.5), (False, 20)):
        unit = Tried("quartz", load)
        unit.welded = True
        contactor_proof.ContactorProof.step = blind
        try:
            unit.begin()
            unit.ended(200)
        finally:
            contactor_proof.ContactorProof.step = really
        assert unit.kernel.latch.codes[0] == "stuck_on", unit.kernel.latch.rows
        assert unit.heated_s <= most_s, (load, unit.heated_s)


def test_without_a_judge_of_heat_the_board_files_ceiling_still_ends_it():
    unit = Tried("quartz").begin(REST_S + 1)
    unit.fixed_c[0] = 300.0
    unit.wait(1.5)
    assert unit.kernel.latch.codes == ["over_temp"] and unit.kernel.trial is None


def stops(unit):
    unit.kernel.orders.stop()


def starts(unit):
    assert unit.kernel.orders.start(RECIPE, {"run": "r000001", "detached": True}) is not None


def presses(unit):
    unit.inputs.button = True


def opens(unit):
    unit.inputs.interlock_ok = False


def loses_a_probe(unit):
    unit.faults[0] = "tc_open"


def loses_the_heaters(unit):
    unit.faults[1] = "tc_open"


def warms(unit):
    unit.fixed_c[0] = 258.0


def comes_late(unit):
    unit.tick(501)


def goes_back(unit):
    unit.tick(-250)


def stands(unit):
    unit.tick(0)


ENDS = (stops, starts, presses, opens, loses_a_probe, loses_the_heaters, warms, comes_late,
        goes_back, stands)  # fmt: skip


def test_each_of_its_terms_ends_it_at_once_and_for_good():
    for seconds in (5, REST_S + 2):
        for what in ENDS:
            unit = Tried().begin(seconds)
            unit.kernel.armed = "warm"
            before = unit.decision.permit
            assert before == (seconds > REST_S)
            what(unit)
            decision = unit.tick()
            if what is warms:  # the median stands between
                unit.wait(1)
                decision = unit.decision
            assert not decision.permit, what
            assert unit.kernel.trial is None and unit.verdict == UNPROVABLE, (what, unit.verdict)
            assert unit.kernel.run is None and unit.heated_s == 0
            unit.inputs.interlock_ok = True
            unit.inputs.button = False
            unit.faults.clear()
            unit.fixed_c.clear()
            on_s = unit.on_s
            unit.wait(30)
            assert unit.on_s == on_s, what


def test_every_fault_ends_it():
    for code in CODES:
        unit = Tried().begin(REST_S + 1)
        unit.kernel.fail(code, "tried")
        assert not unit.tick().permit
        assert unit.verdict == UNPROVABLE and unit.kernel.latch.codes == [code]


def test_a_silent_host_ends_it_after_ten_seconds_and_a_beating_one_does_not():
    unit = Tried("other").begin(REST_S + 1)
    unit.beats = False
    unit.wait(9.5)
    assert unit.decision.permit
    unit.wait(0.5)
    assert not unit.decision.permit and "heartbeat" in unit.kernel.tried[1]
    assert unit.kernel.latch.rows == []


def refused(unit, words):
    why = unit.kernel.orders.test("proof")
    assert why is not None and words in why, why
    assert unit.kernel.trial is None or unit.kernel.trial.what == "proof"


def test_what_must_be_true_before_it_begins():
    unit = Tried()
    unit.inputs.interlock_ok = False
    unit.tick()
    refused(unit, "interlock")
    unit.inputs.interlock_ok = True
    unit.fixed_c[1] = 51.0
    unit.wait(1)
    refused(unit, "below 50 C")
    unit.fixed_c.clear()
    unit.faults[1] = "tc_open"
    unit.wait(1)
    refused(unit, "every probe must read")
    unit.faults.clear()
    unit.wait(1)
    unit.kernel.fail("late", "tried")
    refused(unit, "fault late")
    assert unit.kernel.orders.clear() is None
    unit.running(RECIPE)
    unit.until(lambda: unit.probe_c > 55)
    refused(unit, "not over")
    unit.kernel.orders.stop()
    unit.tick()
    refused(unit, "not over")
    unit.until(lambda: unit.kernel.run is None)
    unit.begin(1)
    refused(unit, "is on")


def test_no_contactor_no_trial():
    made = dict(rig.BOARD, pins={"spi_id": 0, "sck": 2, "miso": 4})
    unit = rig.Rig(made)
    unit.wait(1)
    for what in ("proof", "contactor"):
        assert "no contactor" in unit.kernel.orders.test(what)


def test_a_board_that_shows_no_heat_is_unprovable_and_the_relay_stays_off():
    unit = rig.Rig(tuned=False)  # neither heater probe nor load sense
    unit.wait(1)
    assert unit.kernel.orders.test("proof") is None
    unit.wait(30)
    assert unit.kernel.tried[0] == UNPROVABLE and unit.heated_s == 0


def test_the_contactor_clicks_for_a_second_with_the_relay_off():
    unit = Tried()
    assert unit.kernel.orders.test("contactor") is None
    closed = 0
    for _ in range(12):
        closed += unit.tick().contactor
    assert closed == 4 and unit.on_s == 0 and unit.kernel.trial is None
    assert unit.said("tested")[0]["verdict"] == "done"


def test_a_run_after_a_proof_is_a_run_like_any_other():
    unit = Tried().begin()
    unit.ended()
    assert unit.start(RECIPE) is None
    unit.until(lambda: unit.kernel.run is None)
    assert unit.kernel.latch.rows == [] and unit.kernel.last_end == "done"

