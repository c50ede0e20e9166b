"""Carries the run's log and the latched faults to the flash, only while no heat is on.

While an RP2 writes its flash every interrupt stands still, so a write happens in the off part of
the window, or in a gap that is forced when none came for too long.
"""

from preheat_core.clock import diff
from preheat_fw.store import StoreError

FLUSH_MS = 10_000  # what is in the log's memory is at most this old, or twice this under full heat
FLUSH_BYTES = 2048
AGAIN_CALLS = 40  # a latch that could not be stored is tried again after so many ticks


class Journal:
    """The open log of the present run, and latch.json."""

    def __init__(self, logs, store):
        self._logs = logs
        self._store = store
        self._file = None
        self._blocks = []
        self._bytes = 0
        self._flushed_ms = None
        self._saved = []  # the latched rows as stored
        self._again = 0

    def begin(self, run_id: str) -> None:
        """Open the log of a run; StoreError or OSError if that fails."""
        self._file = self._logs.create(run_id)
        self._blocks = []
        self._bytes = 0
        self._flushed_ms = None

    def tick(self, kernel, gate, now_ms: int) -> None:
        """Collect what the run recorded; write it when it is time and no heat is on."""
        if self._flushed_ms is None:
            self._flushed_ms = now_ms
        if not gate.on:
            self.save_latch(kernel)  # before the log: the mains may go at any moment
        run = kernel.run
        if run is not None:
            self._collect(run)
            age_ms = diff(now_ms, self._flushed_ms)
            due = run.closed or age_ms >= FLUSH_MS or self._bytes >= FLUSH_BYTES
            full = age_ms >= 2 * FLUSH_MS or self._bytes >= 4 * FLUSH_BYTES
            if due and gate.on and full:
                gate.off()  # the forced gap; the rest of the tick stays without heat
            if due and not gate.on:
                self._flushed_ms = now_ms
                self.flush(kernel)

    def _collect(self, run) -> None:
        for block in run.recorder.take():
            self._blocks.append(block)
            self._bytes += len(block)

    def flush(self, kernel) -> None:
        """Write everything down now; close the log of a run that is over."""
        run = kernel.run
        if run is None:
            return
        if not run.closed:
            run.recorder.flush()
        self._collect(run)
        try:
            if self._file is not None:
                for block in self._blocks:
                    self._file.append(block)
                self._file.flush()
                if run.closed:
                    self._file.close()
                    self._file = None
        except OSError as error:
            self._abandon()
            kernel.fail("log_failed", str(error)[:60])
        self._blocks = []
        self._bytes = 0
        if run.closed:
            kernel.release()

    def close(self) -> None:
        """Let go of an open file without adding to it, before a restart."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _abandon(self) -> None:
        """Let go of a file that takes no more."""
        try:
            self._file.close()
        except OSError:
            pass  # it failed already, and that is told
        self._file = None

    def save_latch(self, kernel) -> None:
        """Store the latched faults when they changed, so that they survive a reset."""
        rows = kernel.alarms.stored(kernel.latch.rows)
        if self._saved == rows:
            return
        if self._again > 0:
            self._again -= 1
            return
        try:
            if rows:
                self._store.write_json("latch.json", rows)
            else:
                self._store.remove("latch.json")
            self._saved = rows
        except (StoreError, OSError) as error:
            # Heat is off already; the unit must not be used before its flash is looked after.
            self._again = AGAIN_CALLS
            kernel.fail("log_failed", str(error)[:60])

    def loaded(self, rows) -> None:
        """What latch.json held at boot."""
        self._saved = list(rows)
