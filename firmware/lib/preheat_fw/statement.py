"""What the unit says of itself: hello, the whole status and the brief one."""

import gc
import sys

from preheat_core import VERSION, alloys, protocol
from preheat_core.faults import FAULT, HOLD, RAMP, WAIT


class Statement:
    """Reads the unit and its kernel; changes nothing."""

    def __init__(self, unit):
        self._unit = unit

    def hello(self) -> dict:
        """Who this is and what it runs."""
        unit = self._unit
        gc.collect()
        return {
            "proto": protocol.PROTO,
            "fw": VERSION,
            "fw_hash": unit.fw_hash,
            "micropython": ".".join(str(part) for part in sys.implementation.version[:3]),
            "board": unit.board["name"],
            "board_hash": unit.board_hash,
            "settings_hash": unit.settings_hash,
            "uid": unit.uid,
            "name": unit.kernel.settings["name"],
            "boot_id": unit.boot_id,
            "uptime_ms": unit.uptime_ms,
            "epoch_s": unit.epoch_s(),
            "reset": unit.reset_cause,
            "intent": unit.intent,
            "state": unit.kernel.state,
            "faults": unit.kernel.latch.codes,
            "mem_free": gc.mem_free() if hasattr(gc, "mem_free") else 0,
        }

    def status(self) -> dict:
        """Everything a person wants to know now."""
        unit = self._unit
        kernel = unit.kernel
        run = kernel.run
        heating = kernel.heating
        out = {
            "state": kernel.state,
            "probes": self._probes(),
            "cj_c": self._cold_junction_c(),
            "faults": kernel.latch.codes,
            "detail": kernel.latch.detail(),
            "alarms": len(kernel.alarms.rows),
            "unacked": kernel.alarms.unacked,
            "noise": [],
            "claimed": unit.token is not None,
            "interlock": kernel.interlock_ok,
            "armed": kernel.armed,
            "end": kernel.last_end,
            "uptime_ms": unit.uptime_ms,
            "stage": None,
            "stage_name": None,
            "stages": 0,
            "setpoint_c": None,
            "duty": 0.0,
            "run_id": None,
            "profile": None,
            "alloy": None,
            "elapsed_s": None,
            "left_s": None,
            "limit": None,
            "detached": False,
            "waiting": None,
            "external_heat": False,
            "trial": None if kernel.trial is None else kernel.trial.what,
        }
        row = kernel.guard.limits.row("board")
        out["limit"] = [row.role, row.trip_c, row.source]
        if run is not None:
            sequencer = run.sequencer
            out["run_id"] = run.run_id
            out["profile"] = run.profile["name"]
            out["alloy"] = alloys.find(run.profile["alloy"]).name
            out["elapsed_s"] = run.recorder.t_ms // 1000
            out["detached"] = run.detached
            out["stages"] = len(sequencer.stages)
            if heating:
                out["noise"] = run.tally.noise()
                out["stage"] = sequencer.index
                out["stage_name"] = sequencer.stage["name"]
                out["setpoint_c"] = round(sequencer.setpoint.setpoint_c, 2)
                out["duty"] = round(run.duty, 3)
                out["left_s"] = sequencer.left_s()
                out["external_heat"] = run.external
                out["waiting"] = {RAMP: "ramp", HOLD: "hold", WAIT: "operator"}[run.state]
        return out

    def brief(self):
        """(busy, function that makes the short status line): the line is made only when sent."""
        return self._unit.kernel.run is not None, self._brief_line

    def _brief_line(self) -> bytes:
        kernel = self._unit.kernel
        run = kernel.run
        heating = kernel.heating
        return protocol.status_line(
            kernel.state,
            run.sequencer.index if heating else None,
            [reading.temp_c for reading in kernel.readings],
            run.sequencer.setpoint.setpoint_c if heating else None,
            run.duty if heating else 0.0,
            run.recorder.t_ms // 1000 if run is not None else None,
            run.sequencer.left_s() if heating else None,
            kernel.latch.worst if kernel.state == FAULT else None,
        )

    def _probes(self):
        rows = []
        for probe, reading in zip(self._unit.board["probes"], self._unit.kernel.readings):
            temp_c = None if reading.temp_c is None else round(reading.temp_c, 2)
            rows.append([probe["name"], probe["role"], temp_c, reading.fault])
        return rows

    def _cold_junction_c(self):
        for reading in self._unit.kernel.readings:
            if reading.cj_c is not None:
                return reading.cj_c
        return None
