"""A run log's bytes as arrays, fast: equal blocks of records that follow each other at once.

The rules are those of preheat_core/logread.py (docs/log-format.md), and so are the records,
events and problems found; a test holds the two together on damaged logs of every kind.
"""

import functools
import itertools
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from preheat.analysis.series import Array, Series, Trace
from preheat_core import blocks, faults, logread, runlog
from preheat_core.board import ROLES

# Words as objects: a million of them take 8 MB, and 28 as text of the longest word's width.
_STATES = np.array([*faults.STATE_NAMES, *["unknown"] * (256 - len(faults.STATE_NAMES))], object)
# A block up to the number of probes, its first byte of payload. The CRC is its last four bytes.
_BEGINNING = np.dtype(
    [("magic", "S2"), ("kind", "u1"), ("version", "u1"), ("seq", "<u4"), ("length", "<u2"),
     ("probes", "u1")]
)  # fmt: skip
_NO_TEMP_C = runlog.NO_TEMP / 16
_ONES, _RESIDUE = 0xFFFFFFFF, 0xDEBB20E3  # what the register of this CRC starts with, and ends
_TOGETHER = 256 * 1024  # bytes of records: they stay in the cache while they are taken apart
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
        self.chunks.append((payload[0], np.frombuffer(payload, np.uint8, offset=1)[None]))


def _alike(data: bytes, at: int, end: int) -> int:
    """How many whole blocks from `end` on are like the one at `at`, their numbers one more each.

    That is: of its type, version, length and number of probes, with a CRC that holds.
    """
    size = end - at
    if data[end : end + 4] != data[at : at + 4]:  # seeing at once that it is another costs least
        return 0
    view = memoryview(data)
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
        alike = _whole(view[begin : begin + _leading(same) * size], size)
        total += alike
        if alike < look:
            return total
        look = min(2 * look, _MOST_LOOK)


def _whole(view: memoryview, size: int) -> int:
    """How many blocks of `size` bytes have a CRC that holds, before the first that has not.

    By one CRC over as many as a power of two at a time, and each by itself only where that fails.
    """
    done, count = 0, len(view) // size
    while done < count:
        together = 1 << ((count - done).bit_length() - 1)
        part = view[done * size : (done + together) * size]
        if zlib.crc32(part) != _crc_of_blocks(together, size):
            sums = list(itertools.starmap(zlib.crc32, struct.iter_unpack(f"{size - 4}s4x", part)))
            return done + _leading(
                np.ndarray((together,), "<u4", part, size - 4, (size,)) == sums
            )  # fmt: skip
        done += together
    return count


@functools.lru_cache
def _crc_of_blocks(count: int, size: int) -> int:
    """The CRC over `count` (a power of 2) blocks, each of `size` bytes and with its own CRC right.

    It does not depend on what they hold: after data and their own CRC the register is always the
    same, and what it held before only adds itself, shifted by as many zero bytes (CRCs are
    linear). One CRC over many blocks finds what one each would find: an error in two of them
    could cancel out only 512 MB apart, or by a chance of 1 in 2^32, as within a block.
    """
    register, blocks_done = _RESIDUE, 1
    while blocks_done < count:
        before = register ^ _ONES
        register ^= zlib.crc32(bytes(blocks_done * size), before ^ _ONES) ^ _ONES
        blocks_done *= 2
    return register ^ _ONES


def _leading(same: Array) -> int:
    """How many are true before the first that is not."""
    return len(same) if same.all() else int(same.argmin())


def _payloads(data: bytes, at: int, count: int, size: int) -> Array:
    """The bytes of the records of equal blocks, a row for each."""
    width = size - blocks.FRAME_BYTES - 1
    return np.ndarray((count, width), np.uint8, data, at + blocks.HEAD_BYTES + 1, (size, 1))


def _series(log: _Log) -> Series:
    told = _told(log)
    probes = max((count for count, _ in log.chunks), default=len(told))
    sizes = [raw.size // _record(count).itemsize for count, raw in log.chunks]
    columns = _Columns(sum(sizes), probes)
    for count, chunks in itertools.groupby(log.chunks, key=lambda chunk: chunk[0]):
        for piece in _pieces([raw for _, raw in chunks]):
            columns.add(piece.view(_record(count)))
    told += [(f"p{i + 1}", "board") for i in range(len(told), probes)]
    return columns.series(told[:probes])


def _pieces(chunks: list[Array]) -> Iterator[Array]:
    """The bytes of rows of records, many small rows together and many rows at once in parts."""
    waiting: list[Array] = []
    for rows in chunks:
        if rows.size < _TOGETHER:
            waiting.append(rows.reshape(-1))
            if len(waiting) * rows.size < _TOGETHER:
                continue
        if waiting:
            yield np.concatenate(waiting)
            waiting = []
        if rows.size >= _TOGETHER:
            step = max(1, _TOGETHER // rows.shape[1])
            yield from (rows[i : i + step].reshape(-1) for i in range(0, len(rows), step))
    if waiting:
        yield np.concatenate(waiting)


@functools.lru_cache
def _record(probes: int) -> "np.dtype[Any]":
    """A record of so many probes as it is in the file: see docs/log-format.md."""
    return np.dtype(
        [("t_ms", "<u4"), ("state", "u1"), ("stage", "u1"), ("setpoint", "<i2"), ("duty", "u1"),
         ("delivered", "u1"), ("flags", "u1"), ("temps", "<i2", (3 * probes,))]
    )  # fmt: skip


class _Columns:
    """The arrays of a Series of `count` samples, filled piece by piece."""

    def __init__(self, count: int, probes: int):
        self._used = 0
        floats = ("t_s", "setpoint_c", "duty", "delivered")
        self._run: dict[str, Array] = {name: np.empty(count) for name in floats}
        self._run["external"] = np.empty(count, bool)
        self._run["state"] = np.empty(count, _STATES.dtype)
        self._run["stage"] = np.empty(count, np.int16)
        self._temps = [np.empty(count) for _ in range(3 * probes)]

    def add(self, records: Array) -> None:
        """The next records in the units of a Series; NaN for probes that they have not."""
        here = slice(self._used, self._used + len(records))
        self._used = here.stop
        run: dict[str, Array] = {name: column[here] for name, column in self._run.items()}
        for name, parts in (("t_s", 1000.0), ("duty", 200.0), ("delivered", 200.0)):
            run[name][:] = records["t_ms" if name == "t_s" else name]
            run[name] /= parts
        _temps_c(records["setpoint"], run["setpoint_c"])
        run["external"][:] = records["flags"] & runlog.FLAG_EXTERNAL
        run["stage"][:] = records["stage"]
        run["stage"][run["stage"] == runlog.NO_STAGE] = -1
        states = records["state"]
        same = (states == states[0]).all()
        run["state"][:] = _STATES[states[0] if same else states]
        temps = records["temps"]
        for i, column in enumerate(self._temps):
            if i < temps.shape[1]:
                _temps_c(temps[:, i], column[here])
            else:
                column[here] = np.nan

    def series(self, told: list[tuple[str, str]]) -> Series:
        """All of it, of the probes `told`: (name, role)."""
        run, temps = self._run, self._temps
        t_s = run["t_s"]
        if not (t_s[1:] > t_s[:-1]).all():  # a damaged log may hold what time cannot do
            later = np.ones(len(t_s), bool)
            later[1:] = t_s[1:] > np.maximum.accumulate(t_s)[:-1]
            run = {name: column[later] for name, column in run.items()}
            temps = [column[later] for column in temps]
        traces = [
            Trace(name, role, *temps[3 * i : 3 * i + 3]) for i, (name, role) in enumerate(told)
        ]
        return Series(traces=tuple(traces), **run)


def _temps_c(sixteenths: Array, out: Array) -> None:
    out[:] = sixteenths
    out *= 1 / 16
    if out.min() <= _NO_TEMP_C:
        out[out <= _NO_TEMP_C] = np.nan


def _told(log: _Log) -> list[tuple[str, str]]:
    """(name, role) of the probes in the header, as far as it says."""
    rows: Any = (log.header or {}).get("probes")
    return [
        (str(row[0]), row[1] if len(row) > 1 and row[1] in ROLES else "board")
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, list) and row
    ]
