"""Whatever arrives on the line: nothing but ProtocolError comes out, and no memory is eaten."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat_core import events, protocol
from preheat_core.protocol import LineReader, ProtocolError

CODES = set(events.REFUSALS)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.binary(max_size=4).map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FINITE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
OBJECTS = st.dictionaries(TEXT, FINITE, max_size=6)


def line_of(raw):
    return raw + b"\t" + protocol.crc_hex(raw) + b"\n"


def decoded(line):
    """The object or the refusal code; anything else fails the test."""
    try:
        obj = protocol.decode(line)
    except ProtocolError as error:
        assert error.code in CODES and error.why
        return error.code
    assert isinstance(obj, dict)
    return obj


@given(st.binary(max_size=300))
def test_any_bytes(line):
    assert not isinstance(decoded(line), dict)


@given(st.binary(max_size=300) | VALUES.map(lambda v: json.dumps(v).encode()))
def test_any_bytes_with_a_good_crc(raw):
    decoded(line_of(raw))


@given(OBJECTS)
def test_an_object_comes_back_or_is_too_deep(obj):
    result = decoded(protocol.encode(obj))
    assert result == obj or result == "bad_line"


@given(OBJECTS, st.data())
def test_one_wrong_bit_never_passes(obj, data):
    line = bytearray(protocol.encode(obj))
    bit = data.draw(st.integers(0, (len(line) - 1) * 8 - 1))
    line[bit // 8] ^= 1 << bit % 8
    assert not isinstance(decoded(bytes(line)), dict)


@given(OBJECTS, st.data())
def test_a_truncated_line_never_passes(obj, data):
    line = protocol.encode(obj)
    assert not isinstance(decoded(line[: data.draw(st.integers(0, len(line) - 2))]), dict)


@given(st.lists(st.binary(max_size=60) | st.just(b"\n"), max_size=30), st.integers(1, 64))
def test_reader_gives_what_a_split_gives_whatever_the_pieces(pieces, limit):
    reader = LineReader(limit)
    found = [line for piece in pieces for line in reader.feed(piece)]
    *lines, rest = b"".join(pieces).split(b"\n")
    want = [None if len(line) >= limit else line.rstrip(b"\r") for line in lines]
    if len(rest) >= limit:
        want.append(None)
    assert found == [line for line in want if line != b""]


@given(st.binary(max_size=200), OBJECTS)
def test_a_newline_ends_any_rubbish(rubbish, obj):
    reader = LineReader(2048)
    line = protocol.encode(obj)
    assert reader.feed(rubbish + b"\n" + line)[-1] == line[:-1]


@given(st.binary(min_size=1, max_size=500).filter(lambda data: b"\n" not in data))
def test_reader_does_not_grow(data):
    reader = LineReader()
    for _ in range(50):
        reader.feed(data)
    assert len(reader._buf) == protocol.MAX_HOST_LINE


@given(st.sampled_from([row for row in protocol.COMMANDS if row[0] != "stop"]), st.data())
def test_any_arguments(command, data):
    name, args, *_ = command
    names = [*args, "id", "cmd", "more"]
    obj = data.draw(st.dictionaries(st.sampled_from(names), VALUES))
    answer = protocol.check_args(name, obj)
    if set(args) - set(obj) or "more" in obj:
        assert answer is not None
    if answer is not None:
        assert answer[0] == "args" and answer[1]


@given(VALUES)
def test_any_command_and_id(value):
    answer = protocol.check_args(value, {"cmd": value})
    assert answer is None or answer[0] in ("unknown", "args")
    found = protocol.request_id({"id": value})
    assert found is None or (type(found) is int and 0 <= found <= protocol.MAX_ID)


@given(st.binary(max_size=200), st.data())
def test_sealed_bytes(payload, data):
    sealed = bytearray(protocol.seal(payload))
    assert protocol.unseal(bytes(sealed)) == payload
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    assert protocol.unseal(bytes(sealed)) is None


@pytest.mark.parametrize("bad", [{1: 2}, {"a": {1, 2}}, {"a": b"x"}, {"a": float("nan")}])
def test_what_json_cannot_say(bad):
    with pytest.raises(ValueError):
        protocol.encode(bad)
