"""What people may ask of a unit: start, stop, continue, trim, external heat, acknowledge, clear.

Every order returns None when it was done, or the reason for refusing it in one sentence.
"""

from preheat_core import causes, first_heat
from preheat_core import limits as limits_module
from preheat_core.run import Run
from preheat_core.watch_sensors import STALE_MS

TUNE_RISE_C = 30.0  # the least a step test has to show


class Orders:
    """Orders to one kernel; they change its run and latch and never touch heat themselves."""

    def __init__(self, kernel):
        self._kernel = kernel

    def start(self, profile: dict, start: dict) -> "str | None":
        """Begin a run of a normalised profile.

        `start` goes into the log's header; it must hold `run` (the run's id) and `detached`.
        """
        kernel = self._kernel
        problem = self.why_not(profile)
        kernel.end_trial("a start came")
        if problem is not None:
            return problem
        kernel.close_run()
        kernel.run = None
        kernel.take_model()
        limits = limits_module.effective(kernel.board, kernel.settings, profile)
        temp_c, _ = kernel.guard.control()
        slope_c_s = kernel.guard.control_slope()
        kernel.guard.arm(limits, self._absent(profile))
        kernel.run = Run(kernel.board, kernel.settings, profile, limits, temp_c, slope_c_s, start)
        kernel.alarms.reset()
        kernel.tell({"ev": "start", "run": kernel.run.run_id})
        kernel.take_sequencer_events()
        return None

    def why_not(self, profile: dict) -> "str | None":
        """Why a run of this profile cannot start now; None when it can."""
        kernel = self._kernel
        if kernel.latch.rows:
            return f"fault {kernel.latch.worst} is latched: clear it first"
        if not kernel.board["zones"]:
            return "the board file is missing or damaged: deploy again"
        if kernel.heating:
            return "a run is heating: stop it first"
        if kernel.trial is not None:
            return "a test of the contactor is on: stop it first"
        if not kernel.interlock_ok:
            return "the interlock is open: close it"
        problems = limits_module.check_profile(profile, kernel.board, kernel.settings)
        if not problems and "model" in kernel.settings:
            from preheat_core import feasible  # an untuned unit saves the memory

            problems = feasible.problems(profile, kernel.board, kernel.settings)
        if problems:
            return str(problems[0])
        missing = self._missing(profile)
        if missing:
            return f"no valid reading from {', '.join(missing)}: connect these probes"
        temp_c, valid = kernel.guard.control()
        if not valid or temp_c is None:
            return "the controlled probe has no valid reading yet"
        top_c = profile["stages"][0]["target_c"]
        if profile["purpose"] == "tune" and temp_c > top_c - TUNE_RISE_C:
            return f"the board is at {temp_c:.0f} C: a test to {top_c:.0f} C shows too little"
        return first_heat.problem(kernel.board, kernel.guard, kernel.readings)

    def stop(self) -> None:
        """End the run's heat, and what selftest tries. Never refused."""
        kernel = self._kernel
        kernel.end_trial("stopped")
        if kernel.run is not None and kernel.run.heating:
            kernel.finish_heat("aborted")

    def test(self, what: str) -> "str | None":
        """Selftest asks whether it may try something; "contactor" and "proof" begin with that."""
        kernel = self._kernel
        if kernel.latch.rows:
            return f"fault {kernel.latch.worst} is latched: clear it first"
        if kernel.trial is not None:
            return "a test of the contactor is on: stop it first"
        if kernel.run is not None:
            return "a run is not over: stop it, and wait until its log is closed"
        if what not in ("contactor", "proof"):
            return None
        if not kernel.board["zones"] or "contactor" not in kernel.board["pins"]:
            return "no contactor is fitted"
        if not kernel.interlock_ok:
            return "the interlock is open: close it"
        if not kernel.cool:
            return "every probe must read, and below 50 C"
        from preheat_core import contactor_proof  # asked for once in a while: saves the memory

        if what == "proof":
            kernel.trial = contactor_proof.ContactorProof(kernel.board)
        else:
            kernel.trial = contactor_proof.Click()
        return None

    def proceed(self) -> "str | None":
        """Continue a stage that waits for the operator."""
        kernel = self._kernel
        if not kernel.heating or not kernel.run.sequencer.proceed():
            return "nothing waits to be continued"
        kernel.take_sequencer_events()
        return None

    def trim(self, delta_c: float) -> "str | None":
        """Shift the setpoint, never past the board's approach level."""
        kernel = self._kernel
        if not kernel.heating:
            return "no run is heating"
        sequencer = kernel.run.sequencer
        trim_c = sequencer.trim_c + delta_c
        highest_c = max(stage["target_c"] for stage in sequencer.stages) + trim_c
        row = kernel.run.limits.row("board")
        if highest_c > row.approach_c:
            return f"the setpoint would pass {row.approach_c:.0f} C ({row.source})"
        if sequencer.stage["target_c"] + trim_c < 0:
            return "the setpoint would fall below 0 C"
        sequencer.trim(trim_c)
        kernel.tell({"ev": "trim", "delta_c": delta_c})
        return None

    def external(self, on: bool) -> "str | None":
        """The operator declares heat from above, again to go on with it, or its end."""
        kernel = self._kernel
        if kernel.run is None or kernel.run.closed:
            return "there is no run"
        was = kernel.run.external_declared
        kernel.run.declare(on)
        if on != was:
            kernel.tell({"ev": "external", "on": on})
        return None

    def acknowledge(self) -> list:
        """Silence every alarm; clears nothing. The codes that nobody had acknowledged before."""
        kernel = self._kernel
        codes = kernel.alarms.acknowledge()
        kernel.panel.buzzer.play("")
        if codes:
            kernel.tell({"ev": "ack", "codes": codes})
        return codes

    def clear(self) -> "str | None":
        """Clear the latched faults, or say why not."""
        kernel = self._kernel
        if not kernel.latch.rows:
            return None
        why = kernel.latch.keeps(causes.present(kernel), causes.hot(kernel))
        if why is None:
            kernel.close_run()  # while the faults are there: its log names what ended it
            kernel.latch.clear()
            kernel.alarms.clear()
            kernel.tell({"ev": "clear"})
            kernel.take_model()
        return why

    def _missing(self, profile):
        return [
            probe["name"]
            for probe, sensor in zip(self._kernel.board["probes"], self._kernel.guard.sensors)
            if probe["role"] in _needed_roles(profile) and sensor.code is not None
        ]

    def _absent(self, profile):
        """Probes that this profile does not ask for and that are not plugged in."""
        guard = self._kernel.guard
        return [
            probe["role"] not in _needed_roles(profile)
            and sensor.code is not None
            and (watch.temp_c is None or sensor.invalid_ms >= STALE_MS)
            for probe, sensor, watch in zip(guard.probes, guard.sensors, guard.limit_watches)
        ]


def _needed_roles(profile):
    return ("board", "heater") + tuple(row["role"] for row in profile.get("limits", ()))
