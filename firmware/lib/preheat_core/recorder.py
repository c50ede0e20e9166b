"""When to write what into the run log: a record a second, one in ten seconds in a long hold."""

from preheat_core.faults import HOLD, STATE_NAMES, WAIT
from preheat_core.runlog import Writer

RECORD_MS = 1000
RECORD_SLOW_MS = 10_000
CHATTER = ("ack", "trim", "external")  # a host may send these without end
CHATTER_MAX = 100  # of them in one log: its room is reserved before heat
SLOW_AFTER_MS = 60_000  # a hold or wait counts as long after this


class Recorder:
    """Collects ticks into records with minimum and maximum, and hands out finished blocks."""

    def __init__(self, probe_count: int, header: dict):
        self._writer = Writer(probe_count)
        self.blocks = self._writer.header(header)
        self.t_ms = 0
        self._chatter = 0
        self._since_ms = RECORD_MS  # the first tick is recorded at once
        self._span_ms = 0
        self._on_ms = 0
        self._flags = 0
        self._state = None
        self._state_ms = 0
        self._low = [None] * probe_count
        self._high = [None] * probe_count

    def tick(self, dt_ms, state, stage, setpoint_c, duty, on_ms, flags, temps_c) -> None:
        """One tick: temperatures are None where invalid, `stage` None outside the stages."""
        self.t_ms += dt_ms
        self._since_ms += dt_ms
        self._span_ms += dt_ms
        self._on_ms += on_ms
        self._flags |= flags
        for index, temp_c in enumerate(temps_c):
            if temp_c is not None:
                low, high = self._low[index], self._high[index]
                self._low[index] = temp_c if low is None else min(low, temp_c)
                self._high[index] = temp_c if high is None else max(high, temp_c)
        changed = state != self._state
        self._state_ms = 0 if changed else self._state_ms + dt_ms
        self._state = state
        calm = state in (HOLD, WAIT) and self._state_ms >= SLOW_AFTER_MS
        if changed or self._since_ms >= (RECORD_SLOW_MS if calm else RECORD_MS):
            self._record(state, stage, setpoint_c, duty, temps_c)

    def _record(self, state, stage, setpoint_c, duty, temps_c) -> None:
        delivered = min(1.0, self._on_ms / self._span_ms) if self._span_ms else 0.0
        probes = [
            (temp_c, self._low[index], self._high[index]) for index, temp_c in enumerate(temps_c)
        ]
        block = self._writer.add_record(
            self.t_ms,
            STATE_NAMES.index(state),
            stage,
            setpoint_c,
            duty,
            delivered,
            self._flags,
            probes,
        )
        if block is not None:
            self.blocks.append(block)
        self._since_ms = 0
        self._span_ms = 0
        self._on_ms = 0
        self._flags = 0
        for index in range(len(temps_c)):
            self._low[index] = self._high[index] = None

    def event(self, event: dict) -> None:
        """Write an event now; records before it are closed first."""
        if event["ev"] in CHATTER:
            self._chatter += 1
            if self._chatter > CHATTER_MAX:
                return
        row = dict(event)
        row["t_ms"] = self.t_ms
        self.blocks.extend(self._writer.event(row))

    def flush(self) -> None:
        """Close the open records block, so that it can go to the flash."""
        block = self._writer.flush()
        if block is not None:
            self.blocks.append(block)

    def finish(self, summary: dict) -> None:
        """Write the summary: the last block of the log."""
        self.flush()
        self.blocks.extend(self._writer.summary(summary))

    def take(self):
        """The finished blocks, once."""
        blocks = self.blocks
        self.blocks = []
        return blocks
