"""Plays one case of the campaign from boot to the last look at latch and log.

    outcome = play("1:17")

An outcome is a dict of plain figures; `unsafe` and `false` are lists of sentences, empty when all
is well.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import campaign_bends as bends
from campaign_bounds import BENIGN, BOUNDS
from campaign_cases import Case, draw
from campaign_evidence import Duty, Sight
from campaign_host import Host, lay
from campaign_judge import Judge
from campaign_lines import Lines
from campaign_logs import Owed, problems
from campaign_outcome import outcome
from campaign_people import Again
from campaign_resets import Resets
from campaign_unit import Over, Unit

MEMORY = Path("/dev/shm")  # its flash in memory, where there is such a place
START_S = 1.5
ANSWER_S = 90.0  # a deaf line lasts no longer
STOP_S = 3.0  # after which a run must have ended
SETTLE_S, LONG_SETTLE_S = 8.0, 75.0  # looked at after the heat
PENDING_S = 360.0  # and so long while evidence waits for its bound
WATCH_S = {"bounded": 200.0, "other": 60.0, "benign": 30.0}  # after the last fault began
AFTER_BOOT_S = 2.0
EXTERNAL_S = 60.0  # what others did goes on to show so long, at the latest probe
AGAIN_S = 100.0  # a run that is started after a fault is played for so long


class Play:
    """One case while it is played; `tell` takes the lines of the time line, if anyone reads it."""

    def __init__(self, case: Case, folder: Path, tell: "Callable[[str], None] | None" = None):
        self.case = case
        self.unit = Unit(folder, case.unit, case.profile, case.script, case.seed)
        self.host = Host(self.unit, case)
        slack_s = sum(bends.BENDS[row["kind"]][1](row) for row in case.faults
                      if row["kind"] in bends.BENDS)
        self.judge = Judge(case.unit, case.profile, case.faults, case.healthy, slack_s)
        self.lines = Lines(self, tell)
        self.again = Again(case.again, self.host)
        self.owed = Owed()
        self.resets = Resets(self)
        self.sight = Sight(self.unit.world, detached=case.detached)
        self.bends: list[bends.Bend | None] = []  # one per fault, None where the plant has it
        for n, row in enumerate(case.faults):
            bent = row["kind"] in bends.BENDS
            self.bends.append(bends.Bend(row, f"{case.label} {n}") if bent else None)
        self._duty = Duty()
        self._was = (0.0, 0.0, 0.0, 0.0)  # bench s; heat, loose and commanded s, in all
        self._heating = False
        self._external_s = -1e9
        self._ended_s: float | None = None
        self._laid_s: float | None = None  # another board, between two runs
        self._restart = "due"  # of the unit between two runs, if it is planned
        self._stop_s: float | None = None
        self._booted_s = 0.0
        self._codes: list[str] = []
        self.final = False
        self.rebooted = False
        self.ticks = 0
        self.started = 0
        self.unit.after_tick = self._tick
        self.unit.at_boot = self._boot
        self.unit.at_reset = self._reset

    @property
    def codes(self) -> list[str]:
        """What is latched, after the last tick."""
        return self._codes

    @property
    def now_s(self) -> float:
        """Bench time."""
        return self.unit.world.now_us / 1e6

    def run(self) -> None:
        """Until everything has been seen."""
        try:
            self.unit.run()
        except Over:
            pass
        except Exception as error:  # nothing may ever leave a unit
            self.judge.unsafe.append(f"{type(error).__name__} left the unit: {error}")
        finally:
            self.resets.hits()
            self.resets.unbend()
        self.judge.unsafe += self.unit.left
        self.judge.close()

    def _reset(self, cause: str) -> None:
        self._look()
        self._codes = self.resets.before(cause)

    def _boot(self) -> None:
        self.sight.world = self.unit.world
        self._booted_s = self.now_s
        self.host.booted()
        self.lines.say(f"boot {self.unit.boots}, faults {self.unit.kernel.latch.codes}")
        if self.unit.boots == 1:
            return
        self._look()
        self._heating = False
        ordered = self.final or self._restart == "now"
        if not self.final:
            self.judge.close()
            self.rebooted = not ordered
        now = self.unit.kernel.latch.codes
        self.owed.boot(ordered, now)
        if self.final:
            self.owed.last_boot(self.unit.incidents())
        self.resets.after(self._codes, now, ordered)
        self._restart = "done" if ordered else self._restart

    def _tick(self) -> None:
        """After each tick of the firmware."""
        self.ticks += 1
        self._look()
        for n, (bend, tracker) in enumerate(zip(self.bends, self.judge.trackers)):
            if bend is not None:
                if not self.final:
                    bend.step(self.unit, self.now_s)
                tracker.active = bend.active
            else:
                tracker.active = self._scripted(n)
        kernel = self.unit.kernel
        heating = kernel.heating
        self.sight.heating = heating or self._heating
        if kernel.run is not None and kernel.run.external:
            self._external_s = self.sight.now_s
        self.sight.external = self.sight.now_s - self._external_s < EXTERNAL_S
        run = kernel.run if heating else None
        setpoint_c = None if run is None else run.sequencer.setpoint.target_c
        self.sight.setpoint_c = None if run is None else run.sequencer.setpoint.setpoint_c
        self.judge.details = dict(kernel.latch.rows)
        self.judge.tick(self.sight, kernel.latch.codes, setpoint_c)
        self._codes = list(kernel.latch.codes)
        self.owed.tick(self._codes, self.unit.whole)
        if self._heating and not heating:
            self._ended_s = self.now_s
        self._heating = heating
        self.host.tick(self.now_s)
        self.lines.tick()
        self._next()

    def _scripted(self, n: int) -> bool:
        """Whether the n-th fault is active in the plant now."""
        at = sum(1 for bend in self.bends[:n] if bend is None)
        world = self.unit.world
        fault = world.script.faults[at]
        begin_us, end_us = fault.window_us(world.first_heat_us)
        if begin_us is None or begin_us > world.now_us:
            return False
        return fault.fired or end_us is None or end_us > world.now_us

    def _look(self) -> None:
        """Fill in the sight of this tick."""
        seen, sight = self.unit.witness, self.sight
        now = (self.now_s, seen.heat_us / 1e6, seen.loose_us / 1e6, seen.on_us / 1e6)
        passed_s, heat_s, loose_s, on_s = (a - b for a, b in zip(now, self._was))
        self._was = now
        sight.now_s, sight.dt_s = now[0], max(passed_s, 1e-6)
        sight.heat_s, sight.loose_s, sight.commanded_s = heat_s, loose_s, on_s
        sight.duty = self._duty.add(passed_s, on_s)
        sight.beat_s = self.host.beat_s

    def _next(self) -> None:
        """What the one who plays it does next: start, stop, end."""
        now_s, host, kernel = self.now_s, self.host, self.unit.kernel
        if self.final:
            if now_s > self._booted_s + AFTER_BOOT_S:
                raise Over
            return
        if host.refused is not None:
            self._leave()
            return
        if host.run < 0:
            if now_s >= self._booted_s + START_S:
                host.start()
                self.started += 1
            return
        if kernel.heating:
            if now_s > self._cap_s() or self._seen():
                self._stop(now_s)
            return
        self._stop_s = None
        if self.rebooted:
            if now_s > self._booted_s + SETTLE_S / 2:
                self._leave()
            return
        if host.begun_s is None and now_s > host.asked_s + ANSWER_S:
            self._leave()  # the host is silent for good: nothing more will come
        elif self._ended_s is not None and host.begun_s is not None:
            self._after(now_s - self._ended_s)

    def _stop(self, now_s: float) -> None:
        """Order the present run to stop; it must obey soon."""
        if self._stop_s is None:
            self._stop_s = now_s
        self.unit.kernel.orders.stop()
        if now_s > self._stop_s + STOP_S:
            self.judge.unsafe.append(f"a stop at {self._stop_s:.1f} s did not end the run")
            raise Over

    def _cap_s(self) -> float:
        """When the present run is stopped at the latest."""
        if self.again.cleared:
            return (self.host.begun_s or self.now_s) + AGAIN_S
        if self.case.first_s is not None:
            return self.case.first_s + START_S + self.host.run * self.case.cap_s
        return self.case.cap_s * (self.host.run + 1) / self.case.planned

    def _seen(self) -> bool:
        """Every fault has been there long enough."""
        trackers = self.judge.trackers
        if not trackers or self.judge.pending or any(t.began_s is None for t in trackers):
            return False
        for tracker in trackers:
            if tracker.missed:
                continue
            kind = tracker.kind
            benign = kind in BENIGN
            watch = "benign" if benign else "bounded" if kind in BOUNDS else "other"
            if self.now_s < (tracker.began_s or 0.0) + WATCH_S[watch]:
                return False
        return True

    def _after(self, off_s: float) -> None:
        """Heat is over for `off_s` seconds."""
        host = self.host
        long = self.case.seed % 16 == 0
        if self.again.wants(off_s, self._codes):
            self._people(off_s)
            return
        if host.run + 1 < self.case.planned and not self._codes:
            row = self.case.runs[host.run + 1]
            if off_s >= row["wait_s"] and row["restart"] and self._restart == "due":
                self._restart = "now"
                self.unit.app.unit.leave("reset")
            if off_s < row["wait_s"] or self._restart == "now":
                return
            if row["swap_j_k"] is not None and self._laid_s is None:
                lay(self.unit, row["swap_j_k"])
                self._laid_s = self.now_s
            settled = self._laid_s is None or self.now_s >= self._laid_s + self.case.unit.settle_s
            if settled and self.now_s >= self._booted_s + START_S:
                self._laid_s = self._ended_s = None
                self._restart = "due"
                host.start()
                self.started += 1
            return
        pending = self.judge.pending and off_s < PENDING_S
        if off_s >= (LONG_SETTLE_S if long else SETTLE_S) and not pending:
            self._leave()

    def _people(self, off_s: float) -> None:
        """They silence, clear and start again."""
        act = self.again.step(off_s)
        if act == "cleared":
            self.judge.again()
            for bend in self.bends:
                if bend is not None:
                    bend.old_hits = bend.hits
        elif act == "start":
            self._ended_s = None
            self.host.start()
            self.started += 1

    def _leave(self) -> None:
        self.resets.hits()
        self.resets.unbend()  # what is bent is a step of the tick, not this order
        self.final = True
        self.unit.app.unit.leave("reset")


def play(label: str, tell: "Callable[[str], None] | None" = None) -> dict[str, Any]:
    """Draw and play one case; its figures."""
    began_s = time.process_time()
    case = draw(label)
    if tell is not None:
        tell(str(case))
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="campaign-", dir=where) as folder:
        played = Play(case, Path(folder), tell)
        played.run()
        flash = any(row["kind"] == "flash" for row in case.faults)
        bad_logs = [] if flash else problems(played.unit.logs(), played)
        if not flash:
            bad_logs += played.owed.problems(played.unit.incidents(), played.rebooted)
    return {**outcome(played, bad_logs), "cpu_s": time.process_time() - began_s}
