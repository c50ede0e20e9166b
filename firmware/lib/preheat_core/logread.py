"""Reading a whole run log, whatever happened to it. See docs/log-format.md.

A unit never does it: this stays out of its memory. Take it from `preheat_core.runlog`.
"""

import struct

from preheat_core.blocks import EVENT, FRAME_BYTES, HEADER, RECORDS, SUMMARY, VERSION, blocks
from preheat_core.faults import STATE_NAMES
from preheat_core.runlog import NO_STAGE, NO_TEMP, RECORD, RECORD_BYTES, object_of

# One record as read: temperatures in °C or None, duty and delivered 0..1, probes: per probe
# (last, min, max) since the record before, each None if there was no valid reading.
RECORD_FIELDS = (
    "t_ms", "state", "stage", "setpoint_c", "duty", "delivered", "flags", "probes",
)  # fmt: skip


def _temp_c(sixteenths):
    return None if sixteenths == NO_TEMP else sixteenths / 16


def unpack_records(payload) -> list:
    """The records of a block's payload as tuples in the order of RECORD_FIELDS.

    Empty if the payload is not a whole number of records.
    """
    size = RECORD_BYTES + 6 * payload[0] if payload else 0
    if not size or (len(payload) - 1) % size:
        return []
    records = []
    for at in range(1, len(payload), size):
        t_ms, state, stage, setpoint, duty, delivered, flags = struct.unpack(
            RECORD, payload[at : at + RECORD_BYTES]
        )
        probes = []
        for probe in range(at + RECORD_BYTES, at + size, 6):
            three = struct.unpack("<hhh", payload[probe : probe + 6])
            probes.append(tuple(_temp_c(part) for part in three))
        record = (
            t_ms,
            STATE_NAMES[state] if state < len(STATE_NAMES) else "unknown",
            None if stage == NO_STAGE else stage,
            _temp_c(setpoint),
            duty / 200,
            delivered / 200,
            flags,
            tuple(probes),
        )
        records.append(record)
    return records


class Log:
    """What could be read of a log.

    header, summary: dict or None · records: tuples by RECORD_FIELDS · events: dicts ·
    blocks: whole blocks read · good_bytes: bytes before the first damage · lost_bytes: bytes
    of damage · lost_blocks: numbers missing in the sequence · truncated: it ends in damage ·
    problem: the first thing wrong, or None · end: the end state, or None without a summary.
    """

    kinds = (HEADER, RECORDS, EVENT, SUMMARY)

    def __init__(self):
        self.header: "dict | None" = None
        self.records = []
        self.events = []
        self.summary: "dict | None" = None
        self.end: "str | None" = None
        self.blocks = 0
        self.good_bytes = 0
        self.lost_bytes = 0
        self.lost_blocks = 0
        self.truncated = False
        self.problem: "str | None" = None

    def note(self, problem):
        if self.problem is None:
            self.problem = problem

    def take(self, kind, seq, payload):
        """The content of a whole block other than the header."""
        if kind == RECORDS:
            records = unpack_records(payload)
            self.records += records
            if not records:
                self.note("block %d holds no whole records" % seq)
            return
        obj = object_of(payload)
        if not obj:
            self.note("block %d is not a JSON object" % seq)
        elif kind == EVENT:
            self.events.append(obj)
        else:
            self.summary = obj
            self.end = str(obj.get("end"))


class Reader:
    """Follows the rules of docs/log-format.md through one log, block by block.

    log: an empty one, of another kind of file if need be.
    """

    def __init__(self, log):
        self.log = log
        self._header = b""
        self._expected = 0

    def damage(self, at, size, end):
        """`size` damaged bytes at offset `at` of a file of `end` bytes."""
        self.log.lost_bytes += size
        self.log.truncated = at + size == end
        self.log.note("%d damaged bytes at offset %d" % (size, at))

    def block(self, at, kind, version, seq, payload):
        """A whole block at offset `at`."""
        log = self.log
        if not log.lost_bytes:
            log.good_bytes = at + FRAME_BYTES + len(payload)
        if seq < self._expected:
            log.note("block %d at offset %d comes again and was left out" % (seq, at))
            return
        if seq > self._expected:
            log.lost_blocks += seq - self._expected
            log.note("block %d is missing before offset %d" % (self._expected, at))
        self._expected = seq + 1
        log.blocks += 1
        if version != VERSION or kind not in log.kinds:
            log.note("block %d is of an unknown type or version" % seq)
        elif kind == HEADER:
            self._header += payload
        else:
            log.take(kind, seq, payload)

    def like_it(self, count, end):
        """`count` whole blocks like the last one and numbered on from it, up to offset `end`."""
        if not self.log.lost_bytes:
            self.log.good_bytes = end
        self._expected += count
        self.log.blocks += count

    def finish(self) -> Log:
        """The log, once every block was told."""
        log = self.log
        log.header = object_of(self._header) or None
        if log.header is None:
            log.note("the header is missing or damaged")
        elif log.summary is None:
            log.note("there is no summary: the run was cut off")
        return log


def read(data: bytes, log: "Log | None" = None) -> Log:
    """Everything that whole blocks hold. Never raises, whatever the bytes.

    log: an empty one of another kind of file, of the same frame.
    """
    reader = Reader(log or Log())
    size = len(data)
    for at, kind, version, seq, payload in blocks(lambda off, n: data[off : off + n], size):
        if kind is None:
            reader.damage(at, seq, size)
        else:
            reader.block(at, kind, version, seq, payload)
    return reader.finish()
