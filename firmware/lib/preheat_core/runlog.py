"""The run log: an append-only file of blocks with sequence and CRC, written here.

Pure: the writer answers the bytes of blocks. Every whole block reads, whatever happened before or
after it: `tail` finds the last one, logread.py reads them all. See docs/log-format.md.
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
from preheat_core.protocol import dump_json, load_json

RECORDS_BYTES = 512  # a block of records is written when the next record would pass this
NO_STAGE = 255
NO_TEMP = -32768
FLAG_INHIBIT, FLAG_EXTERNAL, FLAG_CONTACTOR = 1, 2, 4

RECORD = "<IBBhBBB"
RECORD_BYTES = 11  # and 6 per probe


def bytes_for(nprobes, records) -> int:
    """An upper bound of the file of a run with so many records, besides its header, in bytes."""
    size = RECORD_BYTES + 6 * nprobes
    per_block = (RECORDS_BYTES - 1) // size
    # Each event closes a block early: 64 of them, with the block it may leave half full.
    return records * size + (records // per_block + 64) * (FRAME_BYTES + 1) + 64 * 160


def sixteenths(temp_c) -> int:
    """A temperature as it is written; NO_TEMP for None and NaN."""
    if temp_c is None or temp_c != temp_c:
        return NO_TEMP
    return int(round(min(max(temp_c, -2047.0), 2047.0) * 16))


def _byte(fraction):
    return int(min(max(fraction, 0.0), 1.0) * 200 + 0.5)


class Writer:
    """Makes the blocks of one log. What it answers is to be appended to the file in that order."""

    def __init__(self, nprobes, seq=0):
        self.seq = seq  # of the next block
        self._nprobes = nprobes
        self._record = RECORD_BYTES + 6 * nprobes
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
            RECORD, self._buf, at, t_ms & 0xFFFFFFFF, state,
            NO_STAGE if stage is None else stage, sixteenths(setpoint_c),
            _byte(duty), _byte(delivered), flags & 0xFF,
        )  # fmt: skip
        at += RECORD_BYTES
        for last, low, high in probes:
            struct.pack_into(
                "<hhh", self._buf, at, sixteenths(last), sixteenths(low), sixteenths(high)
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
        """The last blocks of a log; the summary has `end`, the named end state.

        One that is too long for a block loses its lists, the least important first.
        """
        summary = dict(summary)
        for key in ("noise", "peaks", "over", "faults"):
            if len(dump_json(summary)) > MAX_PAYLOAD and key in summary:
                del summary[key]
                summary["cut"] = True
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
                size_of = RECORD_BYTES + 6 * payload[0] if payload else 0
                if size_of and len(payload) > size_of and (len(payload) - 1) % size_of == 0:
                    t_ms = struct.unpack("<I", payload[-size_of:][:4])[0]
            elif kind in (EVENT, SUMMARY):
                obj = object_of(payload)
                found = obj.get("t_ms")
                t_ms = found if isinstance(found, int) else t_ms
                if kind == SUMMARY:
                    end = str(obj.get("end"))
        if seq >= 0:
            break
    return seq, t_ms, end


def object_of(payload):
    """The JSON object of a payload; empty if it is none."""
    try:
        obj = load_json(payload)
    except ValueError:
        return {}
    return obj if isinstance(obj, dict) else {}


def __getattr__(name):
    # What only a host needs stays out of a unit's memory until somebody asks for it.
    if name in ("RECORD_FIELDS", "Log", "read", "unpack_records"):
        from preheat_core import logread

        return getattr(logread, name)
    raise AttributeError(name)
