"""What is written into a log comes out again, whole or damaged, the same on both Pythons."""

from expect import near, raises
from preheat_core import blocks, runlog
from preheat_core.faults import STATE_NAMES
from preheat_core.runlog import Writer, read, tail

HEADER = {"run": "r000001", "probes": [["plate", "board"], ["top", "board_top"]]}
HEADER["note"] = "n" * 2500  # spans three blocks
PROBES = ((150.5, 149.0, 151.25), (None, 30.0, 31.0))


def a_log(records=60, end="done"):
    """The blocks of a short, complete log of two probes."""
    writer = Writer(2)
    out = writer.header(HEADER)
    out += writer.event({"t_ms": 0, "ev": "start", "run": "r000001"})
    for i in range(records):
        block = writer.add_record(i * 1000, 1, 0, 25.0 + i, 0.5, 0.25, 4, PROBES)
        if block is not None:
            out.append(block)
    out += writer.event({"t_ms": records * 1000, "ev": "reached", "i": 0})
    if end:
        out += writer.summary({"t_ms": records * 1000 + 5, "end": end, "peak_c": 151.2})
    return out


def tail_of(data):
    return tail(lambda off, n: data[off : off + n], len(data))


def test_everything_comes_back():
    data = b"".join(a_log())
    log = read(data)
    assert log.problem is None and log.truncated is False
    assert log.header == HEADER
    assert log.events == [
        {"t_ms": 0, "ev": "start", "run": "r000001"}, {"t_ms": 60000, "ev": "reached", "i": 0}
    ]  # fmt: skip
    assert log.end == "done" and log.summary["end"] == "done"
    near(log.summary["peak_c"], 151.2, 0.001)
    assert len(log.records) == 60
    assert log.records[1] == (1000, STATE_NAMES[1], 0, 26.0, 0.5, 0.25, 4, PROBES)
    assert log.good_bytes == len(data) and log.lost_bytes == 0 and log.lost_blocks == 0


def test_the_first_bytes_are_as_documented():
    block = Writer(1).event({"ev": "x"})[0]
    assert block == b'PB\x03\x01\x00\x00\x00\x00\x0a\x00{"ev":"x"}' + block[-4:]
    writer = Writer(1, seq=5)
    writer.add_record(0x01020304, 2, None, None, 1.0, 0.0, 3, ((25.0, 24.0, None),))
    block = writer.flush()
    assert block[:10] == b"PB\x02\x01\x05\x00\x00\x00\x12\x00"
    assert block[10:-4] == (
        b"\x01" b"\x04\x03\x02\x01" b"\x02\xff" b"\x00\x80" b"\xc8\x00\x03"
        b"\x90\x01\x80\x01\x00\x80"
    )  # fmt: skip


def test_values_out_of_range_are_clamped_and_nan_is_none():
    writer = Writer(1)
    nan, inf = float("nan"), float("inf")
    writer.add_record(1, 0, None, 5000.0, 7.0, -1.0, 0x105, ((nan, -inf, inf),))
    record = runlog.unpack_records(writer.flush()[10:-4])[0]
    assert record == (1, STATE_NAMES[0], None, 2047.0, 1.0, 0.0, 5, ((None, -2047.0, 2047.0),))


def test_records_fill_a_block_and_none_is_lost():
    for nprobes in (0, 1, 4, 8):
        writer = Writer(nprobes)
        out = []
        for i in range(100):
            block = writer.add_record(i, 0, 0, 0.0, 0.0, 0.0, 0, ((1.0, 1.0, 1.0),) * nprobes)
            if block is not None:
                assert len(block) <= runlog.RECORDS_BYTES + blocks.FRAME_BYTES
                out.append(block)
        out.append(writer.flush())
        assert writer.flush() is None
        log = read(b"".join(out))
        assert [record[0] for record in log.records] == list(range(100))
        assert len(log.records[0][7]) == nprobes
        assert sum(map(len, out)) <= runlog.bytes_for(nprobes, 100)


def test_every_truncation_keeps_the_whole_blocks_before_it():
    out = a_log(30)
    data = b"".join(out)
    ends = []
    for block in out:
        ends.append((ends[-1] if ends else 0) + len(block))
    for size in range(0, len(data), 7):
        log = read(data[:size])
        whole = [end for end in ends if end <= size]
        assert log.blocks == len(whole)
        assert log.good_bytes == (whole[-1] if whole else 0)
        assert log.truncated is (size not in ends and size > 0)
        assert log.problem is not None and log.end is None
        assert tail_of(data[:size])[0] == len(whole) - 1


def test_damage_in_the_middle_is_reported_and_jumped_over():
    out = a_log()
    place = len(b"".join(out[:6])) + 20
    data = b"".join(out)
    damaged = data[:place] + b"PB?PB" + data[place + 5 :]
    log = read(damaged)
    assert log.blocks == len(out) - 1
    assert log.lost_blocks == 1 and log.lost_bytes == len(out[6])
    assert log.good_bytes == len(b"".join(out[:6]))
    assert "damaged" in log.problem and log.truncated is False
    assert log.end == "done"


def test_a_torn_tail_and_what_a_restart_added():
    data = b"".join(a_log(end=None))[:-9]
    seq, t_ms, end = tail_of(data)
    assert (t_ms, end) == (59000, None)
    writer = Writer(0, seq + 1)
    data += b"".join(writer.event({"t_ms": t_ms, "ev": "interrupted", "run": "r000001"}))
    data += b"".join(writer.summary({"t_ms": t_ms, "end": "reset"}))
    log = read(data)
    assert log.end == "reset" and log.events[-1]["ev"] == "interrupted"
    assert len(log.records) == 60 and log.lost_blocks == 0 and "damaged" in log.problem
    assert tail_of(data) == (seq + 2, 59000, "reset")


def test_tail_beyond_much_rubbish_and_of_nothing():
    data = b"".join(a_log())
    seq = len(a_log()) - 1
    assert tail_of(data) == (seq, 60005, "done")
    assert tail_of(data + b"\xff" * 9000)[0] == seq
    assert tail_of(b"") == (-1, 0, None)
    assert tail_of(b"PB" * 3000) == (-1, 0, None)


def test_a_block_that_comes_again_is_left_out():
    out = a_log()
    log = read(b"".join(out[:8] + [out[7]] + out[8:]))
    assert len(log.records) == 60 and "again" in log.problem and log.end == "done"


def test_a_block_of_another_type_is_noted_and_passed():
    payload = bytearray(blocks.FRAME_BYTES + 3)
    out = a_log(end=None)
    out.append(blocks.close_block(payload, 9, len(out), 3))
    writer = Writer(2, len(out))
    out += writer.summary({"end": "done"})
    log = read(b"".join(out))
    assert log.end == "done" and "unknown type" in log.problem and log.lost_blocks == 0


def test_payloads_that_are_not_what_they_say():
    for kind in (1, 2, 3, 4):
        for payload in (b"", b"{", b"[]", b"\xff\xff", b"\x02" * 24, b"[" * 1000, b'{"end":NaN}'):
            buf = bytearray(blocks.FRAME_BYTES + len(payload))
            buf[10 : 10 + len(payload)] = payload
            log = read(blocks.close_block(buf, kind, 0, len(payload)))
            assert log.blocks == 1 and log.problem is not None
            assert log.header is None and log.summary is None and not log.events


def test_words_too_many_for_a_block_are_cut_but_the_event_is_kept():
    writer = Writer(0)
    out = writer.event({"t_ms": 5, "ev": "fault", "code": "over_temp", "detail": "d" * 2000})
    out += writer.summary({"t_ms": 6, "end": "fault:over_temp", "notes": ["n"] * 999})
    log = read(b"".join(out))
    assert log.events == [{"t_ms": 5, "ev": "fault", "code": "over_temp", "cut": True}]
    assert log.end == "fault:over_temp"


def test_what_json_cannot_say_is_refused():
    raises(ValueError, Writer(1).header, {"x": float("nan")})
    raises(ValueError, Writer(1).event, {"x": float("inf")})
