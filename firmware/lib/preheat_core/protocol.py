"""The framing of the line protocol between host and device, and JSON that never surprises.

A line is compact ASCII JSON, a tab, the CRC32 of the JSON bytes as 8 lowercase hex digits, and a
newline. The tables are in `commands` and `events`.
"""

import binascii
import json

from preheat_core.commands import (  # noqa: F401 - given on
    ARGUMENTS,
    COMMANDS,
    MAX_ID,
    MAX_PUT_BYTES,
    READ_BYTES,
    argument,
    check_args,
)

PROTO = 1  # reported in hello; another number means another protocol
MAX_HOST_LINE = 240  # bytes in all: the ESP32's input buffer holds 260
MAX_DEVICE_LINE = 2048  # bytes in all: what a host must be able to take
MAX_STATUS_LINE = 120  # bytes in all of the status sent unasked
MAX_DEPTH = 8  # brackets inside brackets
PART_BYTES = 90  # raw bytes in one `part`

_INF = float("inf")


class ProtocolError(Exception):
    """A line that cannot be used: `code` is a refusal code, `why` a sentence."""

    def __init__(self, code, why):
        super().__init__(code, why)
        self.code = code
        self.why = why


def crc_hex(data) -> bytes:
    """CRC32 (zlib's) of bytes as 8 lowercase hex digits."""
    return ("%08x" % (binascii.crc32(data) & 0xFFFFFFFF)).encode()


def seal(payload: bytes) -> bytes:
    """The content of a stored file: payload, newline, CRC32 in 8 hex digits, newline."""
    return bytes(payload) + b"\n" + crc_hex(payload) + b"\n"


def unseal(data: bytes) -> "bytes | None":
    """The payload of a stored file; None if its CRC does not hold."""
    if len(data) < 10:
        return None
    payload = data[:-10]
    return payload if data[-10:] == b"\n" + crc_hex(payload) + b"\n" else None


def _clean(obj):
    """True if every number is finite and every key a string; MicroPython's json lets both by."""
    if isinstance(obj, float):
        return -_INF < obj < _INF
    if isinstance(obj, (list, tuple)):
        return all(_clean(item) for item in obj)
    if isinstance(obj, dict):
        return all(isinstance(key, str) and _clean(item) for key, item in obj.items())
    return True


def _depth(raw):
    depth = deepest = 0
    quoted = escaped = False
    for byte in raw:
        if escaped:
            escaped = False
        elif quoted:
            escaped = byte == 0x5C
            quoted = byte != 0x22
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def dump_json(obj) -> bytes:
    """Compact ASCII JSON; ValueError for NaN, infinity or what JSON cannot say."""
    try:
        text = json.dumps(obj, separators=(",", ":"))
        if not _clean(obj):
            raise ValueError("a number is not finite, or a key is not a string")
        raw = text.encode()
    except (TypeError, RuntimeError, MemoryError) as error:
        raise ValueError("not JSON: " + str(error))
    if len(raw) == len(text):
        return raw
    out = bytearray()  # not a list of characters: a log's header may have thousands
    for char in text:  # only MicroPython leaves other alphabets as they are
        code = ord(char)
        if code < 128:
            out.append(code)
        elif code > 0xFFFF:
            code -= 0x10000
            out.extend(b"\\u%04x\\u%04x" % (0xD800 | code >> 10, 0xDC00 | code & 0x3FF))
        else:
            out.extend(b"\\u%04x" % code)
    return bytes(out)


def load_json(raw: bytes):
    """The value of UTF-8 JSON bytes; ValueError, and nothing else, for anything that is not."""
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise ValueError("nested too deep")
    try:
        obj = json.loads(str(raw, "utf-8"))
    except (ValueError, TypeError, KeyError, ArithmeticError, MemoryError, RuntimeError):
        raise ValueError("not JSON")
    if not _clean(obj):
        raise ValueError("a number is not finite, or a key is not a string")
    return obj


def encode(obj: dict) -> bytes:
    """One whole line. ValueError if it is no JSON. The caller keeps the line's length limit."""
    raw = dump_json(obj)
    return raw + b"\t" + crc_hex(raw) + b"\n"


def decode(line: "bytes | None") -> dict:
    """The object of a line, with or without its newline; ProtocolError if it cannot be used.

    None stands for a line that LineReader dropped as too long.
    """
    if line is None:
        raise ProtocolError("too_long", "the line is too long; it was dropped")
    line = line.rstrip(b"\r\n")
    tab = len(line) - 9
    if tab < 0 or line[tab : tab + 1] != b"\t":
        raise ProtocolError("bad_line", "no tab and 8 hex digits at the end of the line")
    raw = line[:tab]
    if crc_hex(raw) != line[tab + 1 :]:
        raise ProtocolError("crc", "the CRC does not match; send the line again")
    try:
        obj = load_json(raw)
    except ValueError as error:
        raise ProtocolError("bad_line", str(error))
    if not isinstance(obj, dict):
        raise ProtocolError("bad_line", "a line is a JSON object")
    return obj


def request_id(obj) -> "int | None":
    """The `id` of a host line; None if it has none that can be used."""
    found = obj.get("id")
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MAX_ID:
        return None
    return found


def _rounded(value, tenths):
    return None if value is None else round(value, 1) if tenths else round(value)


def status_line(state, stage, temps_c, setpoint_c, duty, elapsed_s, left_s, fault) -> bytes:
    """The status sent unasked, at most MAX_STATUS_LINE bytes: decimals go first, then l, sp, t.

    temps_c: one per probe in board order, None where invalid; duty 0..1; fault: a code or None.
    """
    status = {"st": state, "i": stage, "u": int(duty * 100 + 0.5), "t": elapsed_s, "l": left_s}
    if fault:
        status["f"] = fault
    for tenths in (True, False):
        status["c"] = [_rounded(t, tenths) for t in temps_c]
        status["sp"] = _rounded(setpoint_c, tenths)
        line = encode(status)
        if len(line) <= MAX_STATUS_LINE:
            return line
    for key in ("l", "sp", "t"):
        del status[key]
        line = encode(status)
        if len(line) <= MAX_STATUS_LINE:
            break
    return line


class LineReader:
    """Cuts incoming bytes into lines of at most `limit` bytes in all; holds no more than one."""

    def __init__(self, limit=MAX_HOST_LINE):
        self._buf = bytearray(limit)
        self._used = 0
        self._skipping = False  # inside a line that is too long, until its newline

    def feed(self, data: bytes) -> list:
        """The lines completed by `data`, without newline; None for one that is too long.

        Empty lines are left out, so a sender may start with a newline to end earlier rubbish.
        """
        lines = []
        start = 0
        while start < len(data):
            end = data.find(b"\n", start)
            stop = len(data) if end < 0 else end
            size = stop - start
            if not self._skipping:
                if self._used + size >= len(self._buf):
                    self._skipping = True
                    self._used = 0
                    lines.append(None)
                else:
                    self._buf[self._used : self._used + size] = data[start:stop]
                    self._used += size
            if end < 0:
                break
            if not self._skipping and self._used:
                line = bytes(memoryview(self._buf)[: self._used]).rstrip(b"\r")
                if line:
                    lines.append(line)
            self._used = 0
            self._skipping = False
            start = end + 1
        return lines
