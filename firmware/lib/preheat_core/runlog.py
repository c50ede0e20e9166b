"""The run log: an append-only file of blocks with sequence and CRC, written here and read here.

Pure: the writer answers the bytes of blocks, the reader takes bytes or a function that reads
them. Every whole block reads, whatever happened before or after it. See docs/log-format.md.
"""

import struct

from preheat_core.blocks import (
    EVENT,
    FRAME_BYTES,
    HEAD_BYTES,
    HEADER,
    MAX_BLOCK,
    MAX_PAYLOAD,
    RECORDS,
    SUMMARY,
    VERSION,
    blocks,
    close_block,
)
from preheat_core.faults import STATE_NAMES
from preheat_core.protocol import dump_json, load_json

RECORDS_BYTES = 512  # a block of records is written when the next record would pass this
NO_STAGE = 255
NO_TEMP = -32768
FLAG_INHIBIT, FLAG_EXTERNAL, FLAG_CONTACTOR = 1, 2, 4

_RECORD = "<IBBhBBB"
_RECORD_BYTES = 11  # and 6 per probe
# One record as read: temperatures in °C or None, duty and delivered 0..1, probes: per probe
# (last, min, max) since the record before, each None if there was no valid reading.
RECORD_FIELDS = (
    "t_ms", "state", "stage", "setpoint_c", "duty", "delivered", "flags", "probes",
)  # fmt: skip


def bytes_for(nprobes, records) -> int:
    """An upper bound of the file of a run with so many records, besides its header, in bytes."""
    size = _RECORD_BYTES + 6 * nprobes
    per_block = (RECORDS_BYTES - 1) // size
    # Each event closes a block early: 64 of them, with the block it may leave half full.
    return records * size + (records // per_block + 64) * (FRAME_BYTES + 1) + 64 * 160


def _sixteenths(temp_c):
    if temp_c is None or temp_c != temp_c:
        return NO_TEMP
    return int(round(min(max(temp_c, -2047.0), 2047.0) * 16))


def _temp_c(sixteenths):
    return None if sixteenths == NO_TEMP else sixteenths / 16


def _byte(fraction):
    return int(min(max(fraction, 0.0), 1.0) * 200 + 0.5)


class Writer:
    """Makes the blocks of one log. What it answers is to be appended to the file in that order."""

    def __init__(self, nprobes, seq=0):
        self.seq = seq  # of the next block
        self._nprobes = nprobes
        self._record = _RECORD_BYTES + 6 * nprobes
        self._buf = bytearray(HEAD_BYTES + RECORDS_BYTES + 4)
        self._used = 0  # bytes of payload, 0: no record waits

    def _close(self, buf, kind, length):
        block = close_block(buf, kind, self.seq, length)
        self.seq += 1
        return block

    def _block(self, kind, payload):
        buf = bytearray(FRAME_BYTES + len(payload))
        buf[HEAD_BYTES : HEAD_BYTES + len(payload)] = payload
        return self._close(buf, kind, len(payload))

    def header(self, header: dict) -> list:
        """The first blocks of a log. ValueError if it is no JSON."""
        raw = dump_json(header)
        return [
            self._block(HEADER, raw[at : at + MAX_PAYLOAD])
            for at in range(0, len(raw), MAX_PAYLOAD)
        ]

    def add_record(self, t_ms, state, stage, setpoint_c, duty, delivered, flags, probes):
        """Keeps a record; answers a block of the records before it when there is no more room.

        t_ms: since the run's start. state: index in STATE_NAMES. stage: number or None.
        setpoint_c: °C or None. duty, delivered: 0..1. probes: (last, min, max) of each, °C or
        None.
        """
        block = self.flush() if self._used + self._record > RECORDS_BYTES else None
        if not self._used:
            self._buf[HEAD_BYTES] = self._nprobes
            self._used = 1
        at = HEAD_BYTES + self._used
        struct.pack_into(
            _RECORD, self._buf, at, t_ms & 0xFFFFFFFF, state,
            NO_STAGE if stage is None else stage, _sixteenths(setpoint_c),
            _byte(duty), _byte(delivered), flags & 0xFF,
        )  # fmt: skip
        at += _RECORD_BYTES
        for last, low, high in probes:
            struct.pack_into(
                "<hhh", self._buf, at, _sixteenths(last), _sixteenths(low), _sixteenths(high)
            )
            at += 6
        self._used += self._record
        return block

    def flush(self) -> "bytes | None":
        """The block of the records that wait; None if none do."""
        if not self._used:
            return None
        size = self._used
        self._used = 0
        return self._close(self._buf, RECORDS, size)

    def _json(self, kind, obj, keep):
        waiting = self.flush()
        raw = dump_json(obj)
        if len(raw) > MAX_PAYLOAD:  # never lose that it happened because the words were too many
            short = {key: obj[key] for key in keep if key in obj}
            short["cut"] = True
            raw = dump_json(short)
        block = self._block(kind, raw)
        return [block] if waiting is None else [waiting, block]

    def event(self, event: dict) -> list:
        """Blocks of an event {"t_ms", "ev", ...}, after the records that wait."""
        return self._json(EVENT, event, ("t_ms", "ev", "code", "run"))

    def summary(self, summary: dict) -> list:
        """The last blocks of a log; the summary has `end`, the named end state."""
        return self._json(SUMMARY, summary, ("t_ms", "end", "peak_c", "duration_s"))


def tail(read, size) -> tuple:
    """(seq, t_ms, end) of a log's last whole block: to carry on a log that a restart cut off.

    seq is -1 if there is no whole block; t_ms 0 if it is not known; end None without a summary.
    """
    for back in (MAX_BLOCK + 64, 4 * MAX_BLOCK, size):
        seq, t_ms, end = -1, 0, None
        for _, kind, version, number, payload in blocks(read, size, max(0, size - back)):
            if kind is None or version != VERSION:
                continue
            seq, end = number, None
            if kind == RECORDS:
                records = unpack_records(payload)
                t_ms = records[-1][0] if records else t_ms
            elif kind in (EVENT, SUMMARY):
                obj = _object(payload)
                found = obj.get("t_ms")
                t_ms = found if isinstance(found, int) else t_ms
                if kind == SUMMARY:
                    end = str(obj.get("end"))
        if seq >= 0:
            break
    return seq, t_ms, end


def _object(payload):
    """The JSON object of a payload; empty if it is none."""
    try:
        obj = load_json(payload)
    except ValueError:
        return {}
    return obj if isinstance(obj, dict) else {}


def unpack_records(payload) -> list:
    """The records of a block's payload as tuples in the order of RECORD_FIELDS.

    Empty if the payload is not a whole number of records.
    """
    size = _RECORD_BYTES + 6 * payload[0] if payload else 0
    if not size or (len(payload) - 1) % size:
        return []
    records = []
    for at in range(1, len(payload), size):
        t_ms, state, stage, setpoint, duty, delivered, flags = struct.unpack(
            _RECORD, payload[at : at + _RECORD_BYTES]
        )
        probes = []
        for probe in range(at + _RECORD_BYTES, at + size, 6):
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
        obj = _object(payload)
        if not obj:
            self.note("block %d is not a JSON object" % seq)
        elif kind == EVENT:
            self.events.append(obj)
        else:
            self.summary = obj
            self.end = str(obj.get("end"))


def read(data: bytes) -> Log:
    """Everything that whole blocks hold. Never raises, whatever the bytes."""
    log = Log()
    header = b""
    expected = 0
    for at, kind, version, seq, payload in blocks(lambda off, n: data[off : off + n], len(data)):
        if kind is None:
            log.lost_bytes += seq
            log.truncated = at + seq == len(data)
            log.note("%d damaged bytes at offset %d" % (seq, at))
            continue
        if not log.lost_bytes:
            log.good_bytes = at + FRAME_BYTES + len(payload)
        if seq < expected:
            log.note("block %d at offset %d comes again and was left out" % (seq, at))
            continue
        if seq > expected:
            log.lost_blocks += seq - expected
            log.note("block %d is missing before offset %d" % (expected, at))
        expected = seq + 1
        log.blocks += 1
        if version != VERSION or kind not in (HEADER, RECORDS, EVENT, SUMMARY):
            log.note("block %d is of an unknown type or version" % seq)
        elif kind == HEADER:
            header += payload
        else:
            log.take(kind, seq, payload)
    log.header = _object(header) or None
    if log.header is None:
        log.note("the header is missing or damaged")
    elif log.summary is None:
        log.note("there is no summary: the run was cut off")
    return log
