"""Lines, their refusals, and the checks of arguments, the same on both Pythons."""

from expect import raises
from preheat_core import protocol
from preheat_core.protocol import LineReader, ProtocolError, check_args, decode, encode


def line_of(raw):
    """A line with a good CRC around any bytes."""
    return raw + b"\t" + protocol.crc_hex(raw) + b"\n"


def refusal(line):
    """The code with which a line is refused."""
    return raises(ProtocolError, decode, line).code


def test_a_line_comes_back_as_it_went():
    obj = {"id": 7, "cmd": "start", "by": "Zoë", "n": [1, 2.5, None, True], "o": {"k": -3}}
    line = encode(obj)
    assert decode(line) == obj
    assert decode(line[:-1]) == obj
    assert all(byte < 128 for byte in line)
    assert line[-10:-9] == b"\t" and line[-1:] == b"\n" and line.count(b"\n") == 1


def test_the_published_example():
    assert encode({"id": 1}) == b'{"id":1}\t445df8c5\n'


def test_control_characters_stay_inside_the_line():
    line = encode({"why": "a\tb\nc\x00d\r"})
    assert line.count(b"\n") == 1 and line.count(b"\t") == 1
    assert decode(line) == {"why": "a\tb\nc\x00d\r"}


def test_numbers_that_json_cannot_say_are_not_sent():
    for bad in (float("nan"), float("inf"), float("-inf")):
        raises(ValueError, encode, {"sp": bad})
        raises(ValueError, encode, {"c": [1.0, [bad]]})
    assert decode(encode({"why": "inf and nan are words"})) == {"why": "inf and nan are words"}


def test_what_is_no_line_is_refused():
    good = encode({"id": 1, "cmd": "hello"})
    for bad in (b"", b"\n", b"hello", good[:-10], good[:-2], b"\t" + good[-9:], good.upper()):
        assert refusal(bad) in ("bad_line", "crc")
    assert refusal(good.replace(b"hello", b"hellp")) == "crc"
    assert refusal(None) == "too_long"


def test_what_is_no_object_is_refused_even_with_a_good_crc():
    for raw in (
        b"", b"[]", b"1", b"null", b'"x"', b"{", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e999}',
        b'{"a":-1e999}', b'{"a":\xff}', b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b"{'a':1}",
        b'{"a":1}x',
    ):  # fmt: skip
        assert refusal(line_of(raw)) == "bad_line", raw


def test_depth_is_bounded_but_not_brackets_in_strings():
    for depth in (protocol.MAX_DEPTH, 500, 20000):
        bomb = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
        assert refusal(line_of(bomb)) == "bad_line"
    raises(ValueError, protocol.load_json, b"[" * 500)
    deep = {"a": [[[[[[1]]]]]]}
    assert decode(encode(deep)) == deep
    text = {"a": "[[[[[[[[[[{{{{{{{{{{", "b": '\\"[[[[['}
    assert decode(encode(text)) == text
    wide = {"a": [[i] for i in range(50)]}
    assert decode(encode(wide)) == wide


def test_request_id():
    assert protocol.request_id({"id": 0}) == 0
    for bad in (-1, True, "1", 1.0, None, 1 << 30, 10**30):
        assert protocol.request_id({"id": bad}) is None
    assert protocol.request_id({}) is None


def test_reader_joins_pieces_and_splits_lines():
    reader = LineReader()
    one, two = encode({"id": 1}), encode({"id": 2})
    assert reader.feed(one[:4]) == []
    assert reader.feed(one[4:] + two) == [one[:-1], two[:-1]]
    assert reader.feed(b"") == []
    whole = []
    for byte in one + two:
        whole += reader.feed(bytes([byte]))
    assert [decode(line) for line in whole] == [{"id": 1}, {"id": 2}]


def test_reader_leaves_out_empty_lines_and_carriage_returns():
    assert LineReader().feed(b"\n\r\n\nab\r\n\r\n") == [b"ab"]


def test_reader_reports_a_long_line_once_and_goes_on_at_the_next():
    reader = LineReader(20)
    assert reader.feed(b"x" * 19 + b"\n") == [b"x" * 19]
    assert reader.feed(b"x" * 20 + b"\n") == [None]
    assert reader.feed(b"x" * 15) == []
    assert reader.feed(b"x" * 15) == [None]
    for _ in range(100):
        assert reader.feed(b"y" * 64) == []
    assert reader.feed(b"\nok\n") == [b"ok"]


def test_the_longest_host_line_fits():
    for size in (protocol.MAX_HOST_LINE, protocol.MAX_HOST_LINE + 1):
        pad = size - len(encode({"d": ""}))
        line = encode({"d": "z" * pad})
        assert len(line) == size
        want = [line[:-1]] if size == protocol.MAX_HOST_LINE else [None]
        assert LineReader().feed(line) == want


def test_the_longest_command_of_the_table_fits_a_host_line():
    for name, args, _token, _when in protocol.COMMANDS:
        obj = {"id": protocol.MAX_ID, "cmd": name}
        for arg in args:
            kind, low, high = protocol.argument(name, arg)
            if kind == "choice":
                obj[arg] = max(low, key=len)
            elif kind == "bool":
                obj[arg] = False
            elif kind == "int":
                obj[arg] = high
            elif kind == "num":
                obj[arg] = -1.25
            else:
                obj[arg] = ("a" if kind != "b64" else "A") * high
        assert check_args(name, obj) is None, name
        assert len(encode(obj)) <= protocol.MAX_HOST_LINE, name


def test_arguments_that_are_good():
    for cmd, args in (
        ("hello", {}),
        ("trim", {"token": "t", "delta_c": -5}),
        ("trim", {"token": "t", "delta_c": 0.5}),
        ("ext", {"token": "t", "on": True}),
        ("part", {"n": 0, "data": "QUJD"}),
        ("start", {"token": "t", "profile": "bake-125", "hash": "0123456789abcdef",
                   "detach": False, "by": ""}),
        ("claim", {"host": "Zoë's laptop"}),
        ("get", {"kind": "log", "name": "r000012"}),
        ("stop", {"token": 7, "please": None}),  # never refused for what else stands there
    ):  # fmt: skip
        obj = {"id": 1, "cmd": cmd}
        obj.update(args)
        assert check_args(cmd, obj) is None, cmd


def test_arguments_that_are_not():
    for cmd, args, word in (
        ("trim", {"token": "t"}, "delta_c"),
        ("trim", {"token": "t", "delta_c": True}, "delta_c"),
        ("trim", {"token": "t", "delta_c": "1"}, "delta_c"),
        ("trim", {"token": "t", "delta_c": float("nan")}, "delta_c"),
        ("trim", {"token": "t", "delta_c": 20.5}, "delta_c"),
        ("trim", {"token": "", "delta_c": 1}, "token"),
        ("trim", {"token": "t" * 17, "delta_c": 1}, "token"),
        ("ext", {"token": "t", "on": 1}, "on"),
        ("part", {"n": 1.0, "data": "QUJD"}, "n"),
        ("part", {"n": False, "data": "QUJD"}, "n"),
        ("part", {"n": 1, "data": "QUJ"}, "data"),
        ("part", {"n": 1, "data": "QU D"}, "data"),
        ("part", {"n": 1, "data": "A" * 124}, "data"),
        ("get", {"kind": "boot", "name": "x"}, "kind"),
        ("get", {"kind": ["log"], "name": "x"}, "kind"),
        ("get", {"kind": "log", "name": "../x"}, "name"),
        ("get", {"kind": "log", "name": "Übung"}, "name"),
        ("list", {"kind": "log", "from": -1}, "from"),
        ("put", {"kind": "profile", "name": "x", "size": 10**12, "crc": "00000000"}, "size"),
        ("put", {"kind": "profile", "name": "x", "size": 1, "crc": "0000000G"}, "crc"),
        ("claim", {"host": "a\nb"}, "host"),
        ("claim", {"host": None}, "host"),
        ("reset", {"confirm": None}, "confirm"),
        ("ack", {"now": 1}, "now"),
    ):
        obj = {"id": 1, "cmd": cmd}
        obj.update(args)
        code, why = check_args(cmd, obj)
        assert code == "args" and word in why, (cmd, args, why)


def test_commands_that_are_not():
    for cmd in ("", "Hello", "hello ", "constructor", None, 1, ["hello"], {"a": 1}):
        assert check_args(cmd, {"id": 1, "cmd": cmd})[0] == "unknown"


def test_status_line_keeps_its_length():
    line = protocol.status_line("ramp", 2, [149.26, None], 150.04, 0.504, 12, 900, None)
    assert decode(line) == {
        "st": "ramp", "i": 2, "c": [149.3, None], "sp": 150.0, "u": 50, "t": 12, "l": 900
    }  # fmt: skip
    for count in range(9):
        for temps in ([-123.44] * count, [None] * count):
            line = protocol.status_line(
                "fault", 15, temps, -123.4, 1.0, 172800, 172800, "heater_over_temp"
            )
            assert len(line) <= protocol.MAX_STATUS_LINE
            assert len(decode(line)["c"]) == count


def test_sealed_bytes():
    for payload in (b"", b"x", b"a\nb\n", bytes(range(256))):
        data = protocol.seal(payload)
        assert protocol.unseal(data) == payload
        for size in range(len(data)):
            assert protocol.unseal(data[:size]) is None
        assert protocol.unseal(data + b"\n") is None
