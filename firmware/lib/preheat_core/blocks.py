"""The frame of the run log's blocks: magic, type, version, sequence, length, payload, CRC32.

Whole blocks are found again after any damage, in bytes or in a file too long for the memory.
"""

import binascii
import struct

MAGIC = b"PB"
VERSION = 1
HEADER, RECORDS, EVENT, SUMMARY, TICKS = 1, 2, 3, 4, 5
MAX_PAYLOAD = 1024
HEAD_BYTES = 10  # magic, type, version, sequence, length
FRAME_BYTES = HEAD_BYTES + 4  # with the CRC
MAX_BLOCK = FRAME_BYTES + MAX_PAYLOAD
_HEAD = "<2sBBIH"


def close_block(buf, kind, seq, length) -> bytes:
    """The block in `buf`, whose payload of `length` bytes is in place after HEAD_BYTES."""
    struct.pack_into(_HEAD, buf, 0, MAGIC, kind, VERSION, seq, length)
    end = HEAD_BYTES + length
    view = memoryview(buf)
    struct.pack_into("<I", buf, end, binascii.crc32(view[:end]) & 0xFFFFFFFF)
    return bytes(view[: end + 4])


def blocks(read, size, start=0):
    """Goes through `size` bytes from `start` on; read(off, n) answers at most n bytes.

    Yields (offset, kind, version, seq, payload) of each whole block, and (offset, None, 0, n, b"")
    for n bytes of damage. Holds one block at a time; raises only what `read` raises.
    """
    pos = bad = start
    while pos < size:
        block = _block_at(read, pos, size)
        if block is None:
            pos = _find(read, pos + 1, size)
            continue
        if pos > bad:
            yield bad, None, 0, pos - bad, b""
        yield (pos,) + block
        pos += FRAME_BYTES + len(block[3])
        bad = pos
    if size > bad:
        yield bad, None, 0, size - bad, b""


def _block_at(read, pos, size):
    if pos + FRAME_BYTES > size:
        return None
    head = read(pos, HEAD_BYTES)
    if len(head) < HEAD_BYTES or head[:2] != MAGIC:
        return None
    _, kind, version, seq, length = struct.unpack(_HEAD, head)
    if length > MAX_PAYLOAD or pos + FRAME_BYTES + length > size:
        return None
    rest = read(pos + HEAD_BYTES, length + 4)
    if len(rest) < length + 4:
        return None
    crc = binascii.crc32(memoryview(rest)[:length], binascii.crc32(head)) & 0xFFFFFFFF
    if struct.unpack("<I", rest[length:])[0] != crc:
        return None
    return kind, version, seq, rest[:length]


def _find(read, pos, size):
    """The next place where a block could begin; `size` if there is none."""
    while pos < size:
        chunk = read(pos, 512)
        at = chunk.find(MAGIC)
        if at >= 0:
            return pos + at
        if len(chunk) < 2:
            break
        pos += len(chunk) - 1  # the magic may lie across two chunks
    return size
