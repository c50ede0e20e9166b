"""A log decoded at once holds what runlog.read finds block by block, whatever happened to it."""

import random
import struct
import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from host.fake_log import make_log
from preheat import logs
from preheat.analysis import decode as module
from preheat.analysis.decode import decode
from preheat_core import blocks, runlog
from preheat_core.board import ROLES

KEPT = (
    "header", "events", "summary", "end", "blocks", "good_bytes", "lost_bytes", "lost_blocks",
    "truncated", "problem",
)  # fmt: skip


def agrees(data):
    """Assert that both readers find the same; returns what decode found."""
    want = runlog.read(data)
    series, log = decode(data)
    for name in KEPT:
        assert getattr(log, name) == getattr(want, name), name
    assert log.records == []
    records, last_ms = [], -1
    for record in want.records:  # as preheat.summary takes them
        if record[0] > last_ms:
            records.append(record)
            last_ms = record[0]
    assert len(series.t_s) == len(records)
    told = (want.header or {}).get("probes")
    if not told or all(isinstance(row, list) and row for row in told):
        assert [trace.name for trace in series.traces] == logs.probe_names(want)
    assert {trace.role for trace in series.traces} <= set(ROLES)
    assert all(len(trace.temp_c) == len(records) for trace in series.traces)
    nan = float("nan")
    for i, (t_ms, state, stage, setpoint_c, duty, delivered, flags, probes) in enumerate(records):
        seen = (
            series.t_s[i], series.state[i], series.stage[i], series.setpoint_c[i],
            series.duty[i], series.delivered[i], series.external[i],
        )  # fmt: skip
        assert same(seen, (
            t_ms / 1000, state, -1 if stage is None else stage, setpoint_c, duty, delivered,
            bool(flags & runlog.FLAG_EXTERNAL),
        ))  # fmt: skip
        for k, trace in enumerate(series.traces):
            three = probes[k] if k < len(probes) else (nan, nan, nan)
            assert same((trace.temp_c[i], trace.low_c[i], trace.high_c[i]), three)
    return series, log


def same(seen, want):
    """Equal, where no value is NaN."""
    return all(
        a == b or ((b is None or b != b) and np.isnan(a)) for a, b in zip(seen, want, strict=True)
    )


def a_log(seed, records=400, probes=2, events=0.02):
    """The blocks of a log at random, with a header of its own length."""
    chance = random.Random(seed)
    writer = runlog.Writer(probes)
    rows = [[f"tip {i}", chance.choice([*ROLES, "fan"])] for i in range(probes)]
    header = {"run": "r000001", "probes": rows, "note": "n" * chance.randint(0, 1500)}
    out = writer.header(header)
    t_ms = 0
    for _ in range(records):
        t_ms += chance.choice([0, 250, 1000, 1000, 1000, 10_000])
        block = writer.add_record(
            t_ms, chance.randint(0, 7), chance.choice([None, 0, 3]),
            chance.choice([None, 150.0, 1e9]), chance.random(), chance.random(),
            chance.randint(0, 7),
            [[chance.choice([None, chance.uniform(-300, 2100)]) for _ in range(3)]] * probes,
        )  # fmt: skip
        if block is not None:
            out.append(block)
        if chance.random() < events:
            out += writer.event({"t_ms": t_ms, "ev": "ack", "n": chance.random()})
    return out + writer.summary({"t_ms": t_ms, "end": "done"})


def test_a_small_log_of_the_real_writer():
    series, log = agrees(make_log("r000007", "done"))
    assert log.problem is None and log.end == "done"
    assert list(series.t_s) == [0.25, 1.25, 2.25]
    assert list(series.state) == ["ramp", "ramp", "cool"]
    assert list(series.stage) == [0, 0, -1]
    assert [(trace.name, trace.role) for trace in series.traces] == [("plate", "board")]
    assert np.isnan(series.traces[0].temp_c[2]) and series.control is series.traces[0]


@pytest.mark.parametrize("probes", [0, 1, 4, 9, 40])
def test_whole_logs_of_any_number_of_probes(probes):
    series, log = agrees(b"".join(a_log(probes, probes=probes)))
    assert log.problem is None and len(series.traces) == probes


def test_blocks_that_are_alike_are_looked_at_together(monkeypatch):
    """Otherwise a long log would be no faster than block by block."""
    grown = []
    real = module._alike

    def counted(data, at, end):
        grown.append(real(data, at, end))
        return grown[-1]

    monkeypatch.setattr(module, "_alike", counted)
    series, _ = agrees(b"".join(a_log(1, records=15_000, probes=1, events=0.0)))
    assert len(series.t_s) > 9000
    assert max(grown) > 400 and len(grown) < 5


def test_a_number_of_blocks_that_is_no_power_of_two_takes_few_crcs_as_well(monkeypatch):
    data = b"".join(a_log(4, records=20_000, probes=1, events=0.0))
    count = runlog.read(data).blocks
    sums = []

    class Counting:
        @staticmethod
        def crc32(part, start=0):
            sums.append(len(part))
            return zlib.crc32(part, start)

    decode(data)  # the CRCs that only the number of blocks asks for are kept
    monkeypatch.setattr(module, "zlib", Counting)
    decode(data)
    assert count > 300
    assert len(sums) < 40


def test_one_bad_block_among_many_alike_is_left_out_wherever_it_is():
    out = a_log(2, records=3000, probes=1, events=0.0)
    starts = np.cumsum([0, *map(len, out)])
    data = b"".join(out)
    for number in (2, 3, 9, 10, 11, 40, len(out) - 3):
        for place in (0, 3, 4, 8, 10, 11, 200, len(out[number]) - 1):
            at = int(starts[number]) + place
            agrees(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])


@pytest.mark.parametrize("count", [1, 2, 8, 64])
@given(st.binary(min_size=1, max_size=40), st.integers(0, 2**32))
def test_the_crc_of_whole_blocks_does_not_depend_on_what_they_hold(count, payload, seed):
    writer = random.Random(seed)
    whole = b""
    for _ in range(count):
        buf = bytearray(blocks.FRAME_BYTES + len(payload))
        buf[blocks.HEAD_BYTES : -4] = writer.randbytes(len(payload))
        whole += blocks.close_block(buf, blocks.RECORDS, writer.getrandbits(32), len(payload))
    assert module.zlib.crc32(whole) == module._crc_of_blocks(count, len(whole) // count)


@given(st.data())
def test_damage_of_every_kind(data):
    out = a_log(data.draw(st.integers(0, 2**32)), data.draw(st.integers(0, 400)),
                data.draw(st.integers(0, 3)), data.draw(st.sampled_from([0.0, 0.02, 0.3])))
    for _ in range(data.draw(st.integers(0, 3))):  # of blocks
        at = data.draw(st.integers(0, len(out) - 1))
        kind = data.draw(st.sampled_from(["lost", "again", "early", "rubbish", "other"]))
        if kind == "lost":
            del out[at]
        elif kind == "again":
            out.insert(at, out[data.draw(st.integers(0, len(out) - 1))])
        elif kind == "early":
            out.append(out.pop(at))
        elif kind == "rubbish":
            out.insert(at, data.draw(st.binary(max_size=40)) + b"PB"[: at % 3])
        else:
            out[at] = other(out[at], data.draw)
        if not out:
            break
    raw = bytearray(b"".join(out))
    for _ in range(data.draw(st.integers(0, 2))):  # of bytes
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(0, 255))
    begin, end = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 600))
    agrees(bytes(raw[begin if begin < 10 else 0 : len(raw) - (end if end < 500 else 0)]))


def other(block, draw):
    """A whole block whose type, version, probes or length is another one."""
    payload = bytearray(block[blocks.HEAD_BYTES : -4])
    payload = payload[: draw(st.integers(0, len(payload)))] if draw(st.booleans()) else payload
    if payload and draw(st.booleans()):
        payload[0] = draw(st.integers(0, 255))
    buf = bytearray(blocks.FRAME_BYTES + len(payload))
    buf[blocks.HEAD_BYTES : -4] = payload
    kind = draw(st.integers(0, 6))
    made = blocks.close_block(buf, kind, int.from_bytes(block[4:8], "little"), len(payload))
    if draw(st.booleans()):
        return made
    made = bytearray(made[:-4])
    made[3] = draw(st.integers(0, 255))
    return bytes(made) + module.zlib.crc32(made).to_bytes(4, "little")


@given(st.binary(max_size=300))
@example(b"")
@example(b"PB" * 100)
def test_any_bytes_at_all(data):
    agrees(data)


@pytest.mark.parametrize(
    "probes",
    [None, 5, "board", {}, [None], [[]], [["a"]], [[1, 2]], [["a", ["board"]]], [["a", 0, 3]]],
)
def test_a_header_may_say_anything_about_probes(probes):
    writer = runlog.Writer(2)
    out = writer.header({"run": "r000001", "probes": probes})
    writer.add_record(1000, 1, 0, 25.0, 0.5, 0.25, 4, [(20.0, 20.0, 20.0)] * 2)
    out += writer.summary({"end": "done"})
    series, log = decode(b"".join(out))
    assert log.problem is None and len(series.traces) == 2
    assert all(isinstance(trace.name, str) and trace.role in ROLES for trace in series.traces)


def test_records_of_other_numbers_of_probes_in_one_log():
    out, seq = [], 0
    for probes, first in ((1, 0), (3, 100), (1, 200)):
        writer = runlog.Writer(probes, seq)
        for i in range(60):
            block = writer.add_record(
                (first + i) * 1000, 1, 0, None, 0.0, 0.0, 0, [(1.0, 0.5, 2.0)] * probes
            )
            out += [] if block is None else [block]
        out.append(writer.flush())
        seq = writer.seq
    series, _ = agrees(b"".join(out))
    assert len(series.traces) == 3
    assert np.isnan(series.traces[2].temp_c).sum() == 120


def test_blocks_alike_but_for_their_number_of_probes():
    """35 records of 2 probes take as many bytes as 23 of 4."""
    out = []
    for seq, probes in enumerate((2, 4, 2, 2, 4, 4)):
        count = 805 // (runlog.RECORD_BYTES + 6 * probes)
        rows = b"".join(
            struct.pack(
                f"<IBBhBBB{3 * probes}h", 1000 * (40 * seq + i), 1, 0, 400, 100, 50, 4,
                *range(3 * probes),
            )
            for i in range(count)
        )  # fmt: skip
        buf = bytearray(blocks.FRAME_BYTES + 806)
        buf[blocks.HEAD_BYTES : -4] = bytes([probes]) + rows
        out.append(blocks.close_block(buf, blocks.RECORDS, seq, 806))
    series, _ = agrees(b"".join(out))
    assert len(series.t_s) == 3 * 35 + 3 * 23


def test_time_that_does_not_advance_is_left_out():
    writer = runlog.Writer(1)
    out = []
    for t_s in (1, 2, 2, 1, 3, 0, 4):
        writer.add_record(t_s * 1000, 1, 0, None, 0.0, 0.0, 0, [(t_s, t_s, t_s)])
    out.append(writer.flush())
    series, _ = agrees(b"".join(out))
    assert list(series.t_s) == list(series.traces[0].temp_c) == [1, 2, 3, 4]
