"""A run log's bytes as arrays, fast: equal blocks of records that follow each other at once.

The rules are those of preheat_core/logread.py (docs/log-format.md), and so are the records,
events and problems found; a test holds the two together on damaged logs of every kind.
"""

import itertools
import zlib
from typing import Any

import numpy as np

from preheat.analysis.series import Array, Series, Trace
from preheat_core import blocks, faults, logread, runlog
from preheat_core.board import ROLES

_STATES = np.array([*faults.STATE_NAMES, *["unknown"] * (256 - len(faults.STATE_NAMES))])
# A block up to the number of probes, its first byte of payload. The CRC is its last four bytes.
_BEGINNING = np.dtype(
    [("magic", "S2"), ("kind", "u1"), ("version", "u1"), ("seq", "<u4"), ("length", "<u2"),
     ("probes", "u1")]
)  # fmt: skip
_OF_RUN = ("setpoint_c", "duty", "delivered", "external", "state", "stage")  # of a Series
_LIKE = ("magic", "kind", "version", "length", "probes")
_FIRST_LOOK, _MOST_LOOK = 8, 4096  # blocks ahead; the look doubles as long as all are alike


def decode(data: bytes) -> tuple[Series, runlog.Log]:
    """The samples of a log, and all else that runlog.read finds; its `records` stay empty.

    Records whose time does not advance are left out of the series, as in preheat.summary. The
    probes' names and roles are the header's; p1, p2 … and "board" where it does not say. Never
    raises, whatever the bytes.
    """
    data = bytes(data)
    log = _Log()
    reader = logread.Reader(log)
    start, size = 0, len(data)
    while start < size:
        walk = blocks.blocks(lambda off, n: data[off : off + n], size, start)
        start = size
        for at, kind, version, seq, payload in walk:
            if kind is None:
                reader.damage(at, seq, size)
                continue
            held = len(log.chunks)
            reader.block(at, kind, version, seq, payload)
            end = at + blocks.FRAME_BYTES + len(payload)
            if len(log.chunks) > held and (alike := _alike(data, at, end)):
                start = end + alike * (end - at)
                reader.like_it(alike, start)
                log.chunks.append((payload[0], _payloads(data, end, alike, end - at)))
                break
    reader.finish()
    return _series(log), log


class _Log(logread.Log):
    """Keeps the bytes of records instead of unpacking them: (probes, bytes) in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks: list[tuple[int, Array]] = []

    def take(self, kind: int, seq: int, payload: bytes) -> None:
        size = runlog.RECORD_BYTES + 6 * payload[0] if payload else 0
        if kind != blocks.RECORDS or len(payload) <= size or not size or (len(payload) - 1) % size:
            super().take(kind, seq, payload)
            return
        self.chunks.append((payload[0], np.frombuffer(payload, np.uint8, offset=1)))


def _alike(data: bytes, at: int, end: int) -> int:
    """How many whole blocks from `end` on are like the one at `at`, their numbers one more each.

    That is: of its type, version, length and number of probes, with a CRC that holds.
    """
    view, size = memoryview(data), end - at
    (model,) = np.frombuffer(data, _BEGINNING, 1, at)
    total, look = 0, _FIRST_LOOK
    while True:
        begin = end + total * size
        count = min(look, (len(data) - begin) // size)
        if not count:
            return total
        heads = np.ndarray((count,), _BEGINNING, data, begin, (size,))
        same = heads["seq"] == int(model["seq"]) + total + np.arange(1, count + 1)
        for field in _LIKE:
            same &= heads[field] == model[field]
        alike = _leading(same)
        sums = [
            zlib.crc32(view[place : place + size - 4])
            for place in range(begin, begin + alike * size, size)
        ]
        alike = _leading(np.ndarray((alike,), "<u4", data, begin + size - 4, (size,)) == sums)
        total += alike
        if alike < look:
            return total
        look = min(2 * look, _MOST_LOOK)


def _leading(same: Array) -> int:
    """How many are true before the first that is not."""
    return len(same) if same.all() else int(same.argmin())


def _payloads(data: bytes, at: int, count: int, size: int) -> Array:
    """The bytes of the records of equal blocks, one block after the other."""
    width = size - blocks.FRAME_BYTES - 1
    shape, offset = (count, width), at + blocks.HEAD_BYTES + 1
    return np.ndarray(shape, np.uint8, data, offset, (size, 1)).reshape(-1)


def _series(log: _Log) -> Series:
    groups = [
        _records(probes, [raw for _, raw in chunks])
        for probes, chunks in itertools.groupby(log.chunks, key=lambda chunk: chunk[0])
    ]
    if not groups:
        groups = [_records(len(_told(log)), [np.empty(0, np.uint8)])]
    probes = max(group.dtype["temps"].shape[0] // 3 for group in groups)
    parts = [_columns(group, probes) for group in groups]
    names = list(parts[0])
    columns = parts[0] if len(parts) == 1 else {
        name: np.concatenate([part[name] for part in parts]) for name in names
    }  # fmt: skip
    t_s = columns["t_s"]
    if not (t_s[1:] > t_s[:-1]).all():  # a damaged log may hold what time cannot do
        later = np.ones(len(t_s), bool)
        later[1:] = t_s[1:] > np.maximum.accumulate(t_s)[:-1]
        columns = {name: column[later] for name, column in columns.items()}
    told = _told(log)
    told += [(f"p{i + 1}", "board") for i in range(len(told), probes)]
    return Series(
        columns["t_s"],
        tuple(
            Trace(name, role, *(columns[f"{i}{part}"] for part in ("last", "low", "high")))
            for i, (name, role) in enumerate(told[:probes])
        ),
        **{name: columns[name] for name in _OF_RUN},
    )


def _records(probes: int, raw: list[Array]) -> Array:
    """Records of so many probes as they are in the file: see docs/log-format.md."""
    record = np.dtype(
        [("t_ms", "<u4"), ("state", "u1"), ("stage", "u1"), ("setpoint", "<i2"), ("duty", "u1"),
         ("delivered", "u1"), ("flags", "u1"), ("temps", "<i2", (3 * probes,))]
    )  # fmt: skip
    return (raw[0] if len(raw) == 1 else np.concatenate(raw)).view(record)


def _columns(records: Array, probes: int) -> dict[str, Array]:
    """The records in the units of a Series; NaN for probes that they have not."""
    stage = records["stage"].astype(np.int16)
    stage[stage == runlog.NO_STAGE] = -1
    columns: dict[str, Array] = {
        "t_s": records["t_ms"] / 1000.0,
        "setpoint_c": _temps_c(records["setpoint"]),
        "duty": records["duty"] / 200.0,
        "delivered": records["delivered"] / 200.0,
        "external": (records["flags"] & runlog.FLAG_EXTERNAL) != 0,
        "state": _STATES[records["state"]],
        "stage": stage,
    }
    temps = records["temps"]
    for i in range(probes):
        for k, part in enumerate(("last", "low", "high")):
            at = 3 * i + k
            columns[f"{i}{part}"] = (
                _temps_c(temps[:, at]) if at < temps.shape[1] else np.full(len(records), np.nan)
            )
    return columns


def _temps_c(sixteenths: Array) -> Array:
    temps_c = sixteenths / 16.0
    temps_c[sixteenths == runlog.NO_TEMP] = np.nan
    return temps_c


def _told(log: _Log) -> list[tuple[str, str]]:
    """(name, role) of the probes in the header, as far as it says."""
    rows: Any = (log.header or {}).get("probes")
    return [
        (str(row[0]), row[1] if len(row) > 1 and row[1] in ROLES else "board")
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, list) and row
    ]
