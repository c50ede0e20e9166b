"""The superloop: sample, judge, decide, drive, record, serve, feed; one tick every 250 ms."""

from preheat_core.clock import TICK_MS, add, diff
from preheat_core.faults import COOL
from preheat_core.tick import Decision, Inputs

LOAD_MS = 40  # a current needs two mains cycles to be seen
SLICE_MS = 25  # the host is looked at this often while the tick waits
STANDS = 40  # looks at a clock that did not move: then it stands still
COUNT_MOST = 100_000  # ticks that selftest counts: their sum stays a small integer
STEPS = ("sample", "judge", "drive", "record", "serve")


class Loop:
    """Runs ticks over the parts it is given; `ticks_ms` and `sleep_ms` are the clock."""

    def __init__(self, unit, probes, gate, ports, console, feed, ticks_ms, sleep_ms):
        self._unit = unit
        self._probes = probes
        self._gate = gate
        self._ports = ports
        self._console = console
        self._feed = feed
        self._ticks_ms = ticks_ms
        self._sleep_ms = sleep_ms
        self._inputs = Inputs()
        self._load_on: "bool | None" = None  # seen at the end of the last pulse
        self._untold: "Exception | None" = None  # a failure that the latch does not hold yet
        self._start_ms = ticks_ms()
        self._next_ms = self._start_ms

    def run(self) -> None:
        """Tick until the unit is to leave; whatever happens, heat is off on the way out."""
        try:
            while self._unit.leaving is None:
                self.tick()
        finally:
            self._gate.off()
            self._gate.close(False)

    def tick(self) -> None:
        """One tick. An exception inside it is a fault of the unit, not the end of the guard."""
        start_ms = self._ticks_ms()
        took_ms = max(0, diff(start_ms, self._start_ms))
        self._unit.uptime_ms += took_ms
        self._start_ms = start_ms
        if self._unit.ticks is not None:
            self._count(self._unit.ticks, took_ms, diff(start_ms, self._next_ms))
        tokens = []
        try:
            if self._untold is None or self._told(False):
                self._work(start_ms, tokens)
        except Exception as error:
            self._fail(error, "drive" not in tokens)
        self._next_ms = add(self._next_ms, TICK_MS)
        if not 0 < diff(self._next_ms, self._ticks_ms()) <= TICK_MS:
            # Late, or the clock was set back: begin again from now.
            self._next_ms = add(self._ticks_ms(), 1)
        try:
            self._wait(self._next_ms)
        except Exception as error:
            self._fail(error, False)
        self._feed(len(tokens) == len(STEPS))

    @staticmethod
    def _count(ticks, took_ms, late_ms) -> None:
        if ticks[0] < COUNT_MOST:
            ticks[0] += 1
            ticks[1] += took_ms
            ticks[2] = max(ticks[2], took_ms)
            ticks[3] = max(ticks[3], late_ms)

    def _fail(self, error, silent) -> None:
        # Heat first: the reason may be told later.
        self._gate.tick(False, 0)
        self._gate.close(False)
        self._untold = error
        self._told(silent)

    def _told(self, silent) -> bool:
        """Latch and store the failure; `silent`: lamp and buzzer were not reached in this tick.

        False when that failed as well, for want of memory for one: no step of a tick is done and
        the watchdog not fed until it is told, so the unit starts again or the fault is latched.
        """
        kernel = self._unit.kernel
        error = self._untold
        try:
            kernel.fail("internal", f"{type(error).__name__}: {error}"[:60])
            try:
                self._unit.journal.save_latch(kernel)
            except Exception:  # by the shortest way then: a reset must not pardon it
                rows = [[code, detail] for code, detail in kernel.latch.rows]
                self._unit.store.write_json("latch.json", rows)
            self._untold = None
            if silent:
                self._ports.read(self._inputs)
                kernel.panel.press(self._inputs.button, kernel)
                decision = Decision()
                kernel.panel.show(decision, kernel)
                self._ports.show(decision.lamp, decision.buzzer, kernel.state == COOL)
        except Exception:
            pass  # heat is off, and stays off until the latch holds it
        return self._untold is None

    def _work(self, start_ms: int, tokens: list) -> None:
        kernel, gate, inputs = self._unit.kernel, self._gate, self._inputs
        readings = [probe.read() for probe in self._probes]
        tokens.append("sample")
        inputs.load_on = self._ports.load() if gate.on else self._load_on
        self._load_on = None
        inputs.on_ms = gate.delivered()
        inputs.trips = gate.read_back()
        self._ports.read(inputs)
        if gate.dropped:
            gate.dropped = False
            kernel.fail("gate_timeout", "the loop stood still")
        decision = kernel.step(start_ms, readings, inputs)
        tokens.append("judge")
        gate.close(decision.contactor)
        gate.tick(decision.permit, decision.on_ms)
        driven_ms = self._ticks_ms()  # sampling and judging took time: the pulse begins here
        self._ports.show(decision.lamp, decision.buzzer, kernel.state == COOL)
        tokens.append("drive")
        if decision.permit and decision.on_ms < TICK_MS:
            self._wait(add(driven_ms, decision.on_ms))
            if gate.on and decision.on_ms >= LOAD_MS:
                self._load_on = self._ports.load()
            gate.off()
        self._unit.journal.tick(kernel, gate, self._ticks_ms())
        self._unit.incidents.tick(gate.on)
        tokens.append("record")
        if kernel.start_pressed:
            self._console.button_start()
        self._console.tick(self._ticks_ms(), decision.events)
        tokens.append("serve")

    def _wait(self, until_ms: int) -> None:
        """Let time pass, at most a tick of it, serving the host in between."""
        stood = 0
        most_ms = TICK_MS
        while self._unit.leaving is None and stood < STANDS:
            now_ms = self._ticks_ms()
            left_ms = diff(until_ms, now_ms)
            if not 0 < left_ms <= most_ms:  # over, or the clock was set back
                return
            most_ms = left_ms
            self._console.serve()
            left_ms = diff(until_ms, self._ticks_ms())
            if left_ms > 0:
                self._sleep_ms(min(SLICE_MS, left_ms))
            stood = stood + 1 if self._ticks_ms() == now_ms else 0
