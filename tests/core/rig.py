"""A kernel on a small plant, for tests that read as prose: time passes, something is true."""

from preheat_core import board, clock, profile, settings
from preheat_core.kernel import Kernel
from preheat_core.thermocouple import Reading
from preheat_core.tick import Inputs

BOARD = {
    "schema": 1, "name": "rig", "title": "Rig", "mcu": "virtual", "micropython": "UNIX",
    "mains_hz": 50, "window_ticks": 4, "ssr_kind": "zero_cross",
    "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16},
    "zones": [{"name": "main", "probe": "plate", "ssr": 15, "power_w": 100, "coast_s": 4,
               "heater_kind": "plate"}],
    "probes": [{"name": "plate", "role": "board", "cs": 5}],
    "limits": {"board_max_c": 260, "heater_max_c": 400, "ramp_max_c_s": 3, "run_max_s": 7200},
}  # fmt: skip
MODEL = {
    "heater_j_k": 0.5, "board_j_k": 49.5, "couple_w_k": 5, "couple_rad_w": 0, "heater_loss_w_k": 0,
    "heater_loss_rad_w": 0, "loss_w_k": 0.2, "loss_rise_k": 0, "dead_s": 0, "lag_s": 2,
    "heater_lag_s": 0, "heater_seen": False, "ambient_c": 25, "fit_c": 0.5, "tuned": "by hand",
}  # fmt: skip


def with_probes(*rows) -> dict:
    """The rig's board with more probes: (name, role) each."""
    made = dict(BOARD)
    made["probes"] = list(BOARD["probes"]) + [
        {"name": name, "role": role, "cs": 6 + index} for index, (name, role) in enumerate(rows)
    ]
    return made


def stage(name, target_c, **more) -> dict:
    """A stage that ramps at 1 °C/s and holds 10 s, unless told otherwise."""
    row = {"name": name, "target_c": target_c, "ramp_c_s": 1, "hold_s": 10, "hold_max_s": 120,
           "ramp_max_s": 600}  # fmt: skip
    row.update(more)
    return row


def recipe(*stages, **more) -> dict:
    """A normalised profile of these stages, for SAC305 reflow."""
    made = {
        "schema": 1, "name": "test", "title": "Test", "alloy": "SAC305", "purpose": "reflow",
        "source": "test", "ramp_max_c_s": 3, "stages": list(stages), "run_max_s": 7200,
    }  # fmt: skip
    made.update(more)
    problems = profile.check(made)
    assert not problems, [str(problem) for problem in problems]
    return profile.normalise(made)


class Rig:
    """A kernel that heats a plate of 50 J/K with 100 W; probes read the plate unless set.

    `faults` maps a probe's index to a fault code, `fixed_c` to a temperature, `cold_c` to that of
    its amplifier; `word_stands` keeps the raw word from changing; `power` scales the heater,
    `plate_j_k` is what it heats; `stuck` keeps it on. `welded` keeps the contactor closed.
    """

    def __init__(self, made=None, tuned=True, latched=()):
        made = board.normalise(made or BOARD)
        chosen = settings.default("rig")
        if tuned:
            chosen["model"] = dict(MODEL)
            chosen["strategy"] = "predictive"
            chosen["pid"] = {"kp": 0.05, "ti_s": 60, "td_s": 0}
        self.kernel = Kernel(made, settings.normalise(chosen), latched)
        self.count = len(made["probes"])
        self.plate_c = 25.0
        self.probe_c = 25.0
        self.now_ms = clock.PERIOD_MS - 1000
        self.inputs = Inputs()
        self.faults = {}
        self.fixed_c = {}
        self.cold_c = {}
        self.word_stands = False
        self.power = 1.0
        self.plate_j_k = 50.0
        self.stuck = False
        self.welded = False
        self.heated_s = 0.0
        self.events = []
        self.decision = None
        self.blocks = []
        self._word = 0
        self.on_ms = 0

    def readings(self):
        if not self.word_stands:
            self._word += 1
        rows = []
        for index in range(self.count):
            if index in self.faults:
                rows.append(Reading(None, self.faults[index]))
            else:
                temp_c = self.fixed_c.get(index, int(self.probe_c * 4 + 0.5) / 4)
                rows.append(Reading(temp_c, None, self.cold_c.get(index, 27.0), self._word))
        return rows

    def tick(self, dt_ms=250):
        """One tick of the kernel, then the plant."""
        self.inputs.on_ms = self.on_ms
        self.decision = self.kernel.step(self.now_ms, self.readings(), self.inputs)
        self.events += self.decision.events
        self.on_ms = self.decision.on_ms if self.decision.permit else 0
        closed = self.decision.contactor or "contactor" not in self.kernel.board["pins"]
        closed = closed or self.welded
        share = 1.0 if self.stuck else self.on_ms / 250
        watts = 100.0 * share * self.power if closed or self.stuck == "welded" else 0.0
        self.heated_s += dt_ms / 1000 if watts else 0.0
        for _ in range(5):
            self.plate_c += (watts - 0.2 * (self.plate_c - 25.0)) / self.plate_j_k * dt_ms / 5000
            self.probe_c += (self.plate_c - self.probe_c) / 2.0 * dt_ms / 5000
        self.now_ms = clock.add(self.now_ms, dt_ms)
        run = self.kernel.run
        if run is not None:
            self.blocks += run.recorder.take()
            if run.closed:
                self.kernel.release()
        return self.decision

    def wait(self, seconds):
        """Let time pass."""
        for _ in range(int(seconds * 4)):
            self.tick()

    def until(self, true, most_s=4000):
        """Let time pass until `true()`; how many seconds it took. Fails after `most_s`."""
        for count in range(int(most_s * 4)):
            if true():
                return count / 4
            self.tick()
        raise AssertionError(
            f"not within {most_s} s: state {self.kernel.state}, {self.kernel.latch.rows}"
        )

    def start(self, made, detached=True):
        """Two ticks to see the probes, then start."""
        self.wait(0.5)
        return self.kernel.orders.start(made, {"run": "r000001", "detached": detached})

    def running(self, made, seconds=0, detached=True):
        """Start, and let the run go on for a while."""
        why = self.start(made, detached)
        assert why is None, why
        self.wait(seconds)
        return self

    def said(self, name):
        """The events of this name so far."""
        return [event for event in self.events if event["ev"] == name]
