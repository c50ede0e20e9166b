"""Every reachable situation of the sequencer, with every command and every fault at each of them.

The real kernel is walked breadth-first: a situation is reached by replaying the actions that led
to it, then one more action is done and judged tick by tick. Situations that differ in nothing that
orders or faults look at count as one, so the walk ends.
"""

import rig
from preheat_core.faults import CODES, HEATING_STATES, STATE_NAMES

IDLE, RAMP, HOLD, WAIT, COOL, FAULT = STATE_NAMES

RECIPE = rig.recipe(
    rig.stage("plain", 60, hold_s=1),
    rig.stage("operator", 61, hold_s=1, operator=True, operator_max_s=600),
    rig.stage("external", 62, hold_s=1, external_heat=True),
)
PLAIN, OPERATOR, EXTERNAL = 0, 1, 2
START_C = 58.5
TRIALS = ("proof", "click")
COMMANDS = ("start", "stop", "continue", "trim", "ext", "ext off", "ack", "clear", "button")
HAPPENS = ("time", "inhibit", "cools", "silence", "opens")
ACTIONS = COMMANDS + TRIALS + HAPPENS + CODES
TIME_TICKS = 12  # at most that long something new is waited for


class Walker:
    """One kernel on its way. `allowed`: an order has started a run and nothing has ended it."""

    def __init__(self):
        self.rig = rig.Rig(tuned=True)
        self.rig.plate_c = self.rig.probe_c = START_C
        self.kernel = self.rig.kernel
        self.kernel.armed = "test"
        self.allowed = False
        self.heated = set()  # (state, stage) in which heat was permitted
        self.beats = True
        self.rig.inputs.load_seen = False  # so that a contactor can be proven
        self.tick()
        self.tick()

    @property
    def situation(self):
        """What orders and faults can tell apart."""
        kernel = self.kernel
        run = kernel.run
        heating = kernel.heating
        return (
            kernel.state,
            run.sequencer.index if heating else None,
            None if run is None else run.end,
            heating and run.external_declared,
            bool(kernel.latch.rows),
            kernel.alarms.silenced,
            None if kernel.trial is None else (kernel.trial.what, kernel.trial.on),
        )

    def tick(self):
        """One tick and everything that must hold in it."""
        kernel = self.kernel
        if not kernel.heating:
            self.allowed = False
        if self.beats:
            kernel.beat()
        decision = self.rig.tick()
        run = kernel.run
        if not kernel.heating:
            self.allowed = False
        trial = kernel.trial
        if trial is not None and (decision.permit or decision.contactor):
            assert run is None and not kernel.latch.rows and kernel.interlock_ok, self.situation
            assert decision.permit != decision.contactor == (trial.what == "contactor")
            assert kernel.guard.valid() and trial.silent_ms < 10_000, self.situation
        elif decision.permit or decision.contactor:
            assert self.allowed, (self.situation, "heat without a start")
            assert kernel.state in HEATING_STATES and not kernel.latch.rows, self.situation
        if decision.permit:
            assert kernel.guard.inhibit is None, "heat in spite of an inhibit"
            assert decision.on_ms > 0
            here = (kernel.state, run.sequencer.index) if run else (trial.what, None)
            self.heated.add(here)
        else:
            assert decision.on_ms == 0
        if kernel.start_pressed:  # the unit's part: the armed profile is begun
            self._start("button")
        return decision

    def _start(self, why):
        was = self.situation
        refused = self.kernel.orders.start(RECIPE, {"run": "r000001", "detached": True})
        assert self.kernel.trial is None
        if was[0] in HEATING_STATES or was[4] or was[6]:
            assert refused is not None, (why, was)
        if refused is None:
            self.allowed = True
            assert self.kernel.state == RAMP and self.kernel.run.sequencer.index == PLAIN
        else:
            assert self.situation[:6] == was[:6]
        return refused

    def off(self, ticks=8):
        """No heat and no contactor in each of the next ticks."""
        for _ in range(ticks):
            decision = self.tick()
            assert not decision.permit and not decision.contactor, self.situation

    def do(self, action):
        """One command, event or fault, judged by what the table of states says."""
        kernel, orders = self.kernel, self.kernel.orders
        was = self.situation
        heating = was[0] in HEATING_STATES
        if action == "start":
            self._start(action)
        elif action == "stop":
            orders.stop()
            self.allowed = False
            assert kernel.state not in HEATING_STATES and kernel.trial is None
            self.off(1)
        elif action == "continue":
            assert (orders.proceed() is None) == (was[0] == WAIT), was
        elif action == "trim":
            assert (orders.trim(0.5) is None) == heating, was
        elif action in ("ext", "ext off"):
            logging = kernel.run is not None and not kernel.run.closed
            assert (orders.external(action == "ext") is None) == logging, was
        elif action == "ack":
            orders.acknowledge()
            assert kernel.state == was[0]
        elif action == "clear":
            assert orders.clear() is None or was[4], was
            assert (kernel.state in HEATING_STATES) == heating, was
            if was[4]:
                self.allowed = False
        elif action == "button":
            self._press(was)
        elif action == "time":
            self._time(was)
        elif action == "inhibit":
            self._inhibit()
        elif action == "cools":
            self._cools(heating)
        elif action in TRIALS:
            self._try("contactor" if action == "click" else action, was)
        elif action == "silence":
            self._silence(was)
        elif action == "opens":
            self._opens(was)
        else:
            kernel.fail(action, "walked")
            self.allowed = False
            assert kernel.state == FAULT and action in kernel.latch.codes
        if action in CODES or action == "clear" and was[4]:
            self.off(1)
        else:
            self.tick()

    def _press(self, was):
        self.rig.inputs.button = True
        if was[0] in (RAMP, HOLD):
            self.allowed = False  # it stops: already this tick has no heat
        self.tick()
        self.rig.inputs.button = False
        if was[4]:
            assert self.kernel.alarms.silenced and self.kernel.state == FAULT
        elif was[0] == WAIT:
            assert self.kernel.state not in (WAIT, COOL)
        elif was[0] in (RAMP, HOLD):
            assert self.kernel.state == COOL

    def _time(self, was):
        for _ in range(TIME_TICKS):
            self.tick()
            if self.situation != was:
                return

    def _try(self, what, was):
        may = was[0] == IDLE and self.kernel.run is None and was[6] is None
        if may:  # and the unit must be cool
            assert self.kernel.orders.test(what) is not None
            self.rig.plate_c = self.rig.probe_c = 30.0
            for _ in range(8):
                self.tick()
        assert (self.kernel.orders.test(what) is None) == may, was

    def _silence(self, was):
        self.beats = False
        for _ in range(41 if was[6] else 0):
            self.tick()
        self.beats = True
        assert self.kernel.trial is None

    def _opens(self, was):
        self.rig.inputs.interlock_ok = not was[6]
        if was[6]:
            self.off(1)
            self.rig.inputs.interlock_ok = True

    def _inhibit(self):
        self.rig.faults[0] = "tc_open"
        decision = self.tick()
        del self.rig.faults[0]
        assert not decision.permit and self.kernel.guard.inhibit == (
            "tc_open" if self.kernel.heating else None
        )

    def _cools(self, heating):
        for _ in range(0 if heating else 40):
            self.rig.plate_c = max(48.0, self.rig.plate_c - 0.5)
            self.rig.probe_c = self.rig.plate_c
            self.tick()


def replay(path):
    """A fresh kernel that has gone this way."""
    walker = Walker()
    for action in path:
        walker.do(action)
    return walker


def walk():
    """(ways to each situation, transitions made, where heat was permitted)."""
    first = Walker()
    ways = {first.situation: ()}
    queue = [first.situation]
    steps = 0
    heated = set()
    while queue:
        path = ways[queue.pop(0)]
        for action in ACTIONS:
            walker = replay(path)
            walker.do(action)
            steps += 1
            heated |= walker.heated
            found = walker.situation
            if found not in ways:
                ways[found] = path + (action,)
                queue.append(found)
            if action in CODES:
                after_a_fault(walker, action)
    return ways, steps, heated


def after_a_fault(walker, code):
    """Whatever is ordered while it is latched, and after `clear`: no heat until the next start."""
    for action in ("continue", "trim", "ext", "start", "ack", "button", "time") + TRIALS:
        if action == "time":
            walker.off(4)
        else:
            walker.do(action)
        assert walker.kernel.state == FAULT, (code, action)
    refused = walker.kernel.orders.clear()
    walker.off(6)
    assert (walker.kernel.state == FAULT) == (refused is not None), (code, refused)


def test_heat_is_permitted_in_running_states_only_wherever_the_unit_can_get():
    from preheat_core import contactor_proof  # units let go of it, and load it anew
    rest_ms, contactor_proof.REST_MS = contactor_proof.REST_MS, 2000  # the walk is long enough
    try:
        ways, steps, heated = walk()
    finally:
        contactor_proof.REST_MS = rest_ms
    reached = {situation[0] for situation in ways}
    assert reached == set(STATE_NAMES), reached
    stages = {situation[1] for situation in ways if situation[0] in HEATING_STATES}
    assert stages == {PLAIN, OPERATOR, EXTERNAL}
    assert {s[6] for s in ways} == {None, ("proof", False), ("proof", True), ("contactor", False)}
    ends = {situation[2] for situation in ways}
    assert ends == {None, "done", "aborted", "fault"}, ends
    assert steps == len(ways) * len(ACTIONS)
    # Where the walk never saw heat it would prove nothing.
    assert {state for state, _ in heated} == set(HEATING_STATES) | {"proof"}
    assert {stage for _, stage in heated} == {PLAIN, OPERATOR, EXTERNAL, None}, heated
    print(f"walked: {len(ways)} situations, {steps} transitions")


def test_a_defect_on_the_way_would_be_seen():
    from preheat_core import kernel as module

    class Careless(module.Kernel):
        def fail(self, code, detail):
            self.latch.add(code, detail)  # the run goes on

        @property
        def heating(self):
            return self.run is not None and self.run.heating

    walker = Walker()
    walker.kernel = walker.rig.kernel = Careless(walker.kernel.board, walker.kernel.settings)
    walker.tick()
    walker.tick()
    walker.do("start")
    walker.tick()
    walker.tick()
    try:
        walker.do("internal")
    except AssertionError:
        return
    raise AssertionError("heat with a latched fault was not seen")
