"""One pure step per tick: readings and delivered heat in, a Decision out. No pins, clock or files.

The kernel joins guard, run, latch, alarms and panel. Heat is permitted in one place, `_permit`.
"""

from preheat_core import limits, signals
from preheat_core.alarms import Alarms
from preheat_core.clock import TICK_MS, add, diff
from preheat_core.faults import FAULT, IDLE, UNPLUG, severity
from preheat_core.guard import Guard, Situation
from preheat_core.incident import Incident
from preheat_core.latch import Latch
from preheat_core.orders import Orders
from preheat_core.panel import Panel
from preheat_core.run import TOUCH_C, Run
from preheat_core.runlog import FLAG_CONTACTOR, FLAG_EXTERNAL, FLAG_INHIBIT
from preheat_core.tick import Decision, Inputs

CONTACTOR_LEAD_MS = 500  # the contactor closes this long before the first heat
DT_MAX_MS = 10_000  # a clock that jumps ahead counts as no more than this
OFF_MAX_MS = 1 << 29  # the time without heat is not counted further than this


class Kernel:
    """The whole logic of one unit. `board` and `settings` are checked, normalised dicts."""

    def __init__(self, board: dict, settings: dict, latched=()):
        self.board = board
        self.settings = settings
        self.latch = Latch(latched)
        self.guard = Guard(board, limits.hardware(board, settings), settings.get("model"))
        self.orders = Orders(self)
        self.alarms = Alarms(latched)
        self.panel = Panel()
        self.incident = Incident(len(board["probes"]))
        self.run: "Run | None" = None  # from start until its log is closed
        self.trial = None  # a contactor_proof.Trial: never while there is a run
        self.tried = (None, "", "")  # (verdict, detail, what) of the last one
        self.last_end: "str | None" = None
        self.armed: "str | None" = None  # name of the profile that the start button starts
        self.start_pressed = False  # for one step: the button asks for that start
        self.readings = ()
        self.interlock_ok = True
        self.load_seen: "bool | None" = None
        self.flash: "str | None" = None  # flash_full or flash_bad while it was so when last tried
        self.unusable = False  # board, settings or stored data cannot be used: nothing may heat
        self.off_ms = 0  # since heat was last delivered
        self._model_waits = False  # new settings came while something was being watched
        self._situation = Situation()
        self._apart = False  # the relay's last on-time was behind an open contactor
        self._events = []
        self._last_ms = None
        self.took_ms = 1  # the last tick, by the clock as it is
        self._mono_ms = 0

    @property
    def state(self) -> str:
        """One of faults.STATES."""
        if self.latch.rows:
            return FAULT
        return IDLE if self.run is None else self.run.state

    @property
    def heating(self) -> bool:
        """True while a run may heat."""
        return self.run is not None and self.run.heating and not self.latch.rows

    @property
    def driving(self) -> bool:
        """True while relay or contactor may be switched on, by a run or a trial."""
        return self.heating or self.trial is not None

    @property
    def cool(self) -> bool:
        """Every probe valid and below 50 °C; a dead probe is never cool."""
        hottest_c = self.guard.hottest(limits.LIMIT_ROLES)
        return self.guard.valid() and hottest_c is not None and hottest_c < TOUCH_C

    def use_settings(self, settings: dict) -> None:
        """Checked, normalised settings for the runs to come; no run is heating."""
        self.settings = settings
        self.guard.idle_limits = limits.hardware(self.board, settings)
        self._model_waits = True
        self.take_model()
        if self.run is None:
            self.guard.disarm()

    def take_model(self) -> None:
        """Judge by the settings' model, unless a run or a fault is still being watched: new
        judges know nothing of the heat that is in the heater."""
        if self._model_waits and self.run is None and not self.latch.rows:
            self._model_waits = False
            self.guard.heat.use_model(self.settings.get("model"))

    def beat(self) -> None:
        """A heartbeat of the session that owns the run or the trial."""
        if self.run is not None:
            self.run.beat()
        if self.trial is not None:
            self.trial.silent_ms = 0

    def fail(self, code: str, detail: str) -> None:
        """Latch a fault, from the guard or from outside: it ends the run's heat at once."""
        if not self.latch.add(code, detail):
            return
        was = self._end_state() if self.run is not None else None
        if self.run is not None and not self.run.closed:
            self.run.finish_heat("fault")  # first: whatever fails below, this run never heats
        self.end_trial("fault " + code)
        self.alarms.latch(code, detail)
        self.tell({"ev": "fault", "code": code, "detail": detail})
        if severity(code) == UNPLUG:
            self.tell({"ev": "unplug"})
        self._tell_end(was)

    def step(self, now_ms: int, readings, inputs: Inputs) -> Decision:
        """Judge, decide and record one tick. `readings` has one Reading per probe of the board."""
        dt_ms = self._advance(now_ms)
        self.readings = readings
        self.interlock_ok = inputs.interlock_ok
        self.load_seen = inputs.load_seen
        self.off_ms = 0 if inputs.on_ms > 0 else min(self.off_ms + dt_ms, OFF_MAX_MS)
        self._judge(dt_ms, readings, inputs)
        if self.heating:
            self._decide(dt_ms, inputs.on_ms)
        self.start_pressed = self.panel.press(inputs.button, self)
        decision = Decision()
        self._permit(decision, dt_ms)
        if self.run is not None:
            self._record(dt_ms, readings, inputs.on_ms, decision.contactor)
        self.panel.show(decision, self)
        self.incident.tick(self, dt_ms, inputs, decision)
        decision.events = self._events + self.alarms.take()
        self._events = []
        return decision

    def _advance(self, now_ms) -> int:
        # Own time only moves forward: a clock that stands or jumps must not upset a filter.
        self.took_ms = 1 if self._last_ms is None else diff(now_ms, self._last_ms)
        self._last_ms = now_ms
        dt_ms = min(DT_MAX_MS, max(1, self.took_ms))
        self._mono_ms = add(self._mono_ms, dt_ms)
        return dt_ms

    def _judge(self, dt_ms, readings, inputs) -> None:
        now = self._situation
        now.running = self.heating
        now.settling = not now.running and (self.run is not None or bool(self.latch.rows))
        now.setpoint_c = self.run.sequencer.asked_c if now.running else None
        if self.run is not None and self.run.forgotten(dt_ms):
            self.orders.external(False)
        now.external = self.run is not None and self.run.external
        now.declared = now.external and self.run.external_declared
        now.interlock_ok = inputs.interlock_ok
        now.load_seen = inputs.load_seen
        # Nothing may heat behind an open contactor: to the judges the relay was off.
        apart, self._apart = self._apart, False
        on_ms = 0 if apart else inputs.on_ms
        now.load_on = None if apart else inputs.load_on
        self.guard.step(self._mono_ms, dt_ms, readings, on_ms, now)
        self.guard.trips += inputs.trips
        late = self.run.ticks.step(self.took_ms) if now.running else None
        if late is not None:
            self.guard.trips.append(("late", late))
        for code, detail in self.guard.trips:
            self.fail(code, detail)
        if self.heating and self.run.link_lost(dt_ms):
            self.fail("link", "10 s without a heartbeat")
        for event in self.alarms.step(dt_ms, self):
            self.tell(event)

    def _decide(self, dt_ms, on_ms) -> None:
        run = self.run
        temp_c, valid = self.guard.control()
        temp_c = temp_c if valid else None
        heater_c = self.guard.heater()
        run.control.observe(dt_ms / 1000, on_ms / 1000, temp_c, heater_c, not run.external)
        here_c = run.here_c(temp_c)
        code = run.sequencer.step(dt_ms, here_c, run.behind(here_c))
        self.take_sequencer_events()
        if code is not None:
            self.fail(code, f"stage {run.sequencer.stage['name']}")
        elif run.control.fault is not None:
            self.fail(*run.control.fault)
        elif run.sequencer.done or run.control.done:
            self.finish_heat("done")
        else:
            run.steer(dt_ms, temp_c, self.guard.inhibit is None)

    def _permit(self, decision, dt_ms) -> None:
        """The only place that allows heat: a heating run, no fault, nothing that inhibits.

        Or a trial on its terms, without run and fault: relay or contactor, never both.
        """
        trial = self.trial
        if trial is not None:
            if self.run is not None or self.latch.rows or not trial.goes_on(self, dt_ms):
                self.end_trial("a run or a fault")
                return
            decision.contactor = trial.contactor
            decision.permit = self._apart = trial.on and not trial.contactor
            decision.on_ms = TICK_MS if decision.permit else 0
            return
        if not self.heating:
            return
        run = self.run
        decision.contactor = True
        # The first tick's time passed before the contactor was told to close.
        run.ready_ms = 0 if run.ready_ms is None else run.ready_ms + dt_ms
        if run.ready_ms < CONTACTOR_LEAD_MS or self.guard.inhibit is not None:
            run.window.reset()
            return
        decision.on_ms = run.window.tick(run.duty)
        decision.permit = decision.on_ms > 0

    def end_trial(self, why: str) -> None:
        """End selftest's trial, if one is on: with its own verdict, or for this reason."""
        trial = self.trial
        if trial is None:
            return
        self.trial = None
        if trial.verdict is None:
            trial.end("unprovable", why)
        self.tried = trial.verdict, trial.detail, trial.what
        self.tell({
            "ev": "tested", "what": trial.what, "verdict": trial.verdict, "detail": trial.detail
        })  # fmt: skip
        if trial.verdict == "welded":
            # It coasts from here on: that is no relay that is stuck.
            self.guard.heat.arm(self.guard.control()[0], self.guard.control_slope())
            self.fail("contactor", trial.detail)

    def _record(self, dt_ms, readings, on_ms, contactor) -> None:
        run = self.run
        if run.closed:
            return
        flags = FLAG_INHIBIT if self.guard.inhibit is not None else 0
        flags |= FLAG_EXTERNAL if run.external else 0
        flags |= FLAG_CONTACTOR if contactor else 0
        control_c, valid = self.guard.control()
        smooth_c = self.guard.smooth()
        run.record(dt_ms, on_ms, flags, readings, smooth_c, control_c if valid else None)
        for event in run.tally.step(dt_ms, readings, self.guard, run.heating):
            self.tell(event)
        hottest_c = self.guard.hottest(limits.LIMIT_ROLES)
        if not run.heating and run.cooled(dt_ms, hottest_c, self.guard.valid()):
            self.close_run()

    def finish_heat(self, end: str) -> None:
        """End the run's heat: "done", "aborted" or "fault". Its log goes on."""
        was = self._end_state()
        self.run.finish_heat(end)
        self._tell_end(was)

    def _tell_end(self, was) -> None:
        """Tell the end of the run's heat, if it is not what it was."""
        if self.run is not None and self._end_state() != was:
            self.tell({"ev": "end", "run": self.run.run_id, "end": self._end_state()})

    def _end_state(self) -> "str | None":
        return f"fault:{self.latch.worst}" if self.run.end == "fault" else self.run.end

    def close_run(self) -> None:
        """Close the log of a run whose heat is over, if there is one."""
        if self.run is not None and not self.run.closed:
            self.last_end = self._end_state() or "aborted"
            for event in self.run.tally.finish():
                self.tell(event)
            self.run.close(self.last_end, self.latch.rows)
            self._events.append({"ev": "closed", "run": self.run.run_id, "end": self.last_end})

    def release(self) -> None:
        """Let go of a closed run, once its last block is written."""
        self.run = None
        self.guard.idle_limits = limits.hardware(self.board, self.settings)
        self.guard.disarm()
        self.take_model()

    def tell(self, event: dict) -> None:
        """An event for the host and, while there is one, for the run's log."""
        self._events.append(event)
        if self.run is not None and not self.run.closed:
            self.run.recorder.event(event)

    def take_sequencer_events(self) -> None:
        """Pass on what the sequencer has to tell."""
        sequencer = self.run.sequencer
        for event in sequencer.events:
            self.tell(event)
            if event["ev"] == "reached":
                self.panel.buzzer.play(signals.REACHED)
        sequencer.events = []
