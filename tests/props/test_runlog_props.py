"""Whatever happened to a log: reading never raises, and every whole block is given back."""

from hypothesis import given
from hypothesis import strategies as st

from preheat_core import blocks, runlog
from preheat_core.faults import STATE_NAMES

TEMPS = st.none() | st.floats(-250, 1300)
PROBES = 3
RECORDS = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(0, len(STATE_NAMES) - 1),
    st.none() | st.integers(0, 16), TEMPS, st.floats(0, 1), st.floats(0, 1), st.integers(0, 7),
    st.tuples(*[st.tuples(TEMPS, TEMPS, TEMPS)] * PROBES),
)  # fmt: skip
WORDS = st.text(max_size=40)
EVENTS = st.fixed_dictionaries({"t_ms": st.integers(0, 2**32 - 1), "ev": WORDS})
STEPS = st.lists(RECORDS | EVENTS, max_size=40)


def written(steps, end="done"):
    """The blocks of a log with these records and events."""
    writer = runlog.Writer(PROBES)
    out = writer.header({"run": "r000001", "pad": "p" * 1100})
    for step in steps:
        if isinstance(step, dict):
            out += writer.event(step)
        else:
            block = writer.add_record(*step)
            out += [] if block is None else [block]
    return out + writer.summary({"end": end})


def same(value, want):
    return value is None if want is None else abs(value - want) <= 1 / 32 + 1e-9


@given(STEPS)
def test_everything_comes_back(steps):
    log = runlog.read(b"".join(written(steps)))
    assert log.problem is None and log.end == "done"
    assert log.events == [step for step in steps if isinstance(step, dict)]
    records = [step for step in steps if not isinstance(step, dict)]
    assert len(log.records) == len(records)
    for got, want in zip(log.records, records, strict=True):
        assert got[:3] == (want[0], STATE_NAMES[want[1]], want[2])
        assert same(got[3], want[3]) and got[6] == want[6]
        assert abs(got[4] - want[4]) <= 0.0026 and abs(got[5] - want[5]) <= 0.0026
        for three, temps in zip(got[7], want[7], strict=True):
            assert all(same(a, b) for a, b in zip(three, temps, strict=True))


@given(
    st.binary(max_size=3000)
    | st.lists(st.sampled_from([b"PB", b"PB\x01\x01", b"\0"])).map(b"".join)
)
def test_any_bytes(data):
    log = runlog.read(data)
    assert log.lost_bytes <= len(data)
    seq, _t_ms, _end = runlog.tail(lambda off, n: data[off : off + n], len(data))
    assert (seq >= 0) == (log.blocks > 0)


@given(STEPS, st.data())
def test_truncated_anywhere(steps, data):
    out = written(steps)
    whole = b"".join(out)
    cut = data.draw(st.integers(0, len(whole)))
    log = runlog.read(whole[:cut])
    expect = good = 0
    for block in out:
        if good + len(block) > cut:
            break
        good += len(block)
        expect += 1
    assert (log.blocks, log.good_bytes, log.lost_bytes) == (expect, good, cut - good)
    assert log.truncated == (cut > good)


@given(STEPS, st.data())
def test_damaged_anywhere(steps, data):
    """Every block that the damage does not touch is read, before it and after it."""
    out = written(steps)
    whole = bytearray(b"".join(out))
    at = data.draw(st.integers(0, len(whole) - 1))
    for index, byte in enumerate(data.draw(st.binary(min_size=1, max_size=40))):
        if at + index < len(whole):
            whole[at + index] = byte
    log = runlog.read(bytes(whole))
    place = hurt = before = 0
    for block in out:
        if whole[place : place + len(block)] != block:
            hurt += 1
        elif not hurt:
            before = place + len(block)
        place += len(block)
    assert log.blocks == len(out) - hurt
    assert log.good_bytes >= before
    assert (log.problem is None) == (hurt == 0)


@given(STEPS, st.binary(max_size=200), st.data())
def test_reading_in_pieces_is_bounded(steps, rubbish, data):
    whole = b"".join(written(steps))
    at = data.draw(st.integers(0, len(whole)))
    whole = whole[:at] + rubbish + whole[at:]
    asked = []

    def piece(off, n):
        asked.append(n)
        return whole[off : off + n]

    found = list(blocks.blocks(piece, len(whole)))
    covered = sum(row[3] if row[1] is None else len(row[4]) + blocks.FRAME_BYTES for row in found)
    assert covered == len(whole)
    assert max(asked) <= blocks.MAX_PAYLOAD + 4


@given(st.integers(1, 4), st.binary(max_size=900))
def test_any_payload_of_any_type(kind, payload):
    buf = bytearray(blocks.FRAME_BYTES + len(payload))
    buf[blocks.HEAD_BYTES : blocks.HEAD_BYTES + len(payload)] = payload
    log = runlog.read(blocks.close_block(buf, kind, 0, len(payload)))
    assert log.blocks == 1
