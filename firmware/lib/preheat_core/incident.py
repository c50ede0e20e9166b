"""The seconds around a fault at tick rate, with raw frames: a ring in memory that stops in time.

The fault's own tick is kept with two thirds of the ring before it and one third after it. Format
of a row: docs/log-format.md.
"""

import struct

from preheat_core.blocks import FRAME_BYTES, HEAD_BYTES, TICKS, close_block
from preheat_core.faults import STATE_NAMES, UNPLUG, severity
from preheat_core.runlog import FLAG_CONTACTOR, FLAG_EXTERNAL, FLAG_INHIBIT, sixteenths

RING_BYTES = 6000
MOST_ROWS = 240  # 40 s before and 20 s after; fewer where many probes fill the ring
ROWS_AT_ONCE = 20  # in one block
FLAG_LOAD, FLAG_INTERLOCK = 8, 16
FLAGS_SHIFT = 3  # above the state, in one byte
# Nothing to learn from the readings around them; and the flash would not take the file.
QUIET = ("config", "flash_full", "flash_bad")

_ROW = "<HBBHhB"
_ROW_BYTES = 9  # and 4 per probe


class Incident:
    """`what` is (code, detail) from a fault until `forget`; rows count from the oldest kept.

    at: number of the fault's own row. t_ms: run time of the fault, None without a run. heat_ms:
    on-time delivered in the run until then. run_id: the run's, or None.
    """

    def __init__(self, probe_count: int):
        self._size = _ROW_BYTES + 4 * probe_count
        self._rows = min(MOST_ROWS, RING_BYTES // self._size)
        self._ring = bytearray(self._rows * self._size)
        self._probes = probe_count
        self._latched = None  # the latch's list as seen last, and how much of it
        self._seen = 0
        self._told = False  # since nothing was latched
        self._run = None
        self._heat_ms = 0
        self.forget()

    def forget(self) -> None:
        """The incident is written, or lost: begin anew."""
        self._count = 0  # rows since then
        self._first = 0
        self.what = None
        self.latched = ()  # what was latched with it, and until it was cleared
        self.at = 0
        self.t_ms = None
        self.heat_ms = 0
        self.run_id: "str | None" = None

    @property
    def rows(self) -> int:
        """How many rows of the incident there are by now."""
        return self._count - self._first

    @property
    def full(self) -> bool:
        """Every row after the fault is there; nothing more is recorded before `forget`."""
        after = self._rows - self._rows * 2 // 3
        return self.what is not None and self.rows >= self.at + after

    def tick(self, kernel, dt_ms: int, inputs, decision) -> None:
        """Record one tick and see whether something was latched in it."""
        run = kernel.run
        if run is not self._run:
            if run is not None:
                self._heat_ms = 0
            self._run = run
        self._heat_ms += inputs.on_ms
        self._watch(kernel.latch.rows, run)
        if self.full:
            return
        flags = FLAG_INHIBIT if kernel.guard.inhibit is not None else 0
        flags |= FLAG_EXTERNAL if run is not None and run.external else 0
        flags |= FLAG_CONTACTOR if decision.contactor else 0
        flags |= FLAG_LOAD if inputs.load_seen else 0
        flags |= 0 if inputs.interlock_ok else FLAG_INTERLOCK
        setpoint_c = run.sequencer.setpoint.setpoint_c if kernel.heating else None
        at = self._count % self._rows * self._size
        place = at + _ROW_BYTES
        without = 0  # bits of the probes that gave no frame: a fault's number stands instead
        for index in range(self._probes):
            reading = kernel.readings[index]
            word = reading.word
            if word == 0 and reading.fault != "bus_zero":
                without |= 1 << index
                word = _number(reading.fault)
            struct.pack_into("<I", self._ring, place + 4 * index, word)
        struct.pack_into(
            _ROW, self._ring, at, min(dt_ms, 0xFFFF),
            STATE_NAMES.index(kernel.state) | flags << FLAGS_SHIFT,
            min(decision.on_ms, 0xFF) if decision.permit else 0,
            min(max(inputs.on_ms, 0), 0xFFFF), sixteenths(setpoint_c), without,
        )  # fmt: skip
        self._count += 1

    def _watch(self, latched, run) -> None:
        first = self._latched is None
        if latched is not self._latched or len(latched) < self._seen:
            self._latched = latched
            self._seen = 0
            self._told = False
        fresh = self._seen
        self._seen = len(latched)
        if first:  # what was latched at boot is old, or has no readings around it
            self._told = bool(latched)
            return
        for row in range(fresh, len(latched)):
            code = latched[row][0]
            worse = severity(code) == UNPLUG
            if self.what is None and code not in QUIET and (worse or not self._told):
                self._told = True
                self._trigger(latched, row, run)

    def _trigger(self, latched, row, run) -> None:
        self.what = latched[row]
        self.latched = latched  # the latch begins a new list when it is cleared
        self.at = min(self._count, self._rows * 2 // 3)
        self._first = self._count - self.at
        self.heat_ms = self._heat_ms
        if run is not None:
            self.run_id = run.run_id
            self.t_ms = run.recorder.t_ms

    def block(self, seq: int, row: int, most: int) -> tuple:
        """(a block of at most ROWS_AT_ONCE and `most` rows from number `row` on, how many)."""
        count = min(ROWS_AT_ONCE, most, self.rows - row)
        size = self._size
        buf = bytearray(FRAME_BYTES + 1 + count * size)
        buf[HEAD_BYTES] = self._probes
        for index in range(count):
            at = (self._first + row + index) % self._rows * size
            to = HEAD_BYTES + 1 + index * size
            buf[to : to + size] = memoryview(self._ring)[at : at + size]
        return close_block(buf, TICKS, seq, 1 + count * size), count

    def header(self, kernel, identity: dict) -> dict:
        """The file's header; `identity` is what made the run."""
        out = dict(identity)
        run = kernel.run
        out["run"] = self.run_id
        out["what"] = list(self.what or ())
        out["t_ms"] = self.t_ms
        out["heat_ms"] = self.heat_ms
        out["at"] = self.at
        out["probes"] = [[probe["name"], probe["role"]] for probe in kernel.board["probes"]]
        limits = kernel.guard.limits
        out["limits"] = [[row.role, row.trip_c, row.approach_c, row.source] for row in limits.rows]
        out["profile"] = None if run is None else run.profile["name"]
        out["contactor"] = "contactor" in kernel.board["pins"]
        out["load_sense"] = "load_sense" in kernel.board["pins"]
        return out


def _number(code) -> int:
    # Only a bus that could not be read gives no frame; a number leaves room for other causes.
    return FRAMELESS.index(code) if code in FRAMELESS else 0xFF


FRAMELESS = ("bus_error",)
