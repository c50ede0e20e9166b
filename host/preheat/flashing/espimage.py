"""Judges a combined MicroPython image for an Espressif chip: bootloader, partitions, application.

Such an image begins with the bootloader, which belongs at the chip's flash offset; the partition
table lies at 0x8000 of the flash. The format is Espressif's published firmware image format.
"""

import hashlib
import struct

from preheat.mcus import ESP, MCUS, Mcu

MAGIC = 0xE9
HEADER = 24
MAX_SEGMENTS = 16
TABLE_AT = 0x8000  # in the flash
TABLE_BYTES = 0xC00
TABLE_MARK = b"\xaa\x50"
APP_MARK = struct.pack("<I", 0xABCD5432)  # begins an application's description
SHA_BYTES = 32
ROW_BYTES = 32
MD5_MARK = b"\xeb\xeb".ljust(16, b"\xff")  # begins the table's row of its MD5
CHECKSUM_START = 0xEF
CHIPS = {row.esp_id: row.title for row in MCUS.values() if row.loader == ESP} | {
    2: "ESP32-S2", 12: "ESP32-C2", 13: "ESP32-C6", 16: "ESP32-H2", 18: "ESP32-P4", 23: "ESP32-C5",
}


def judge(data: bytes, mcu: Mcu) -> list[str]:
    """Everything that is wrong with an image (it begins with 0xE9) for `mcu`."""
    if len(data) < HEADER:
        return [f"it was cut off: {len(data)} bytes"]
    wrong = _header(data, 0, mcu, "it")
    if wrong:
        return wrong
    if data[HEADER + 8 : HEADER + 12] == APP_MARK:
        return ["it is only the application (such as micropython.bin or an .app-bin), without "
                "bootloader and partition table"]
    table = TABLE_AT - mcu.flash_offset
    if len(data) < table + TABLE_BYTES:
        return [f"it was cut off, or is a bootloader alone: {len(data)} bytes"]
    if data[table : table + 2] != TABLE_MARK:
        return [f"it has no partition table at 0x{table:X}: it is not the combined image, or was "
                "made for another offset"]
    wrong = _contents(data, 0, "its bootloader")
    rows = _rows(data[table : table + TABLE_BYTES])
    if rows is None:
        return [*wrong, "its partition table is damaged"]
    places = [struct.unpack_from("<I", row, 4)[0] for row in rows if row[2] == 0]
    if not places:
        return [*wrong, "its partition table has no place for an application"]
    return wrong + _application(data, places[0] - mcu.flash_offset, mcu)


def _header(data: bytes, start: int, mcu: Mcu, what: str) -> list[str]:
    chip = struct.unpack_from("<H", data, start + 12)[0]
    if chip != mcu.esp_id:
        return [f"{what} is for {CHIPS.get(chip, f'chip number {chip}')}"]
    if not 1 <= data[start + 1] <= MAX_SEGMENTS:
        return [f"{what} claims {data[start + 1]} segments: the file is damaged"]
    return []


def _rows(table: bytes) -> "list[bytes] | None":
    """The partitions' rows; None where they do not fit their MD5, or something else is between.

    The MD5 may be missing: the bootloader can be built without it.
    """
    rows: list[bytes] = []
    for start in range(0, len(table), ROW_BYTES):
        row = table[start : start + ROW_BYTES]
        if row[:2] == TABLE_MARK:
            rows.append(row)
        elif row[:16] == MD5_MARK:
            return rows if row[16:] == hashlib.md5(table[:start]).digest() else None
        else:
            return None if row.strip(b"\xff") else rows
    return rows


def _application(data: bytes, start: int, mcu: Mcu) -> list[str]:
    if start + HEADER > len(data):
        return [f"it was cut off before its application: {len(data)} bytes"]
    if start < 0 or data[start] != MAGIC:
        return ["it has no application where its partition table says"]
    wrong = _header(data, start, mcu, "its application")
    if wrong:
        return wrong
    return _contents(data, start, "its application")


def _contents(data: bytes, start: int, what: str) -> list[str]:
    """What is wrong with the segments of the image that begins at `start`, by its own checks."""
    place, total = start + HEADER, CHECKSUM_START
    for _ in range(data[start + 1]):
        if place + 8 > len(data):
            return [f"it was cut off within {what}: {len(data)} bytes"]
        end = place + 8 + struct.unpack_from("<I", data, place + 4)[0]
        total ^= _xor(data[place + 8 : end])
        place = end
    # Padded so that the last byte of a multiple of 16 is its checksum; then the SHA, if any.
    end = start + ((place - start) // 16 + 1) * 16
    sha_bytes = SHA_BYTES if data[start + 23] == 1 else 0
    if end + sha_bytes > len(data):
        return [f"it was cut off within {what}: {len(data)} bytes"]
    if sha_bytes and hashlib.sha256(data[start:end]).digest() != data[end : end + sha_bytes]:
        return [f"{what} is damaged: its SHA-256 does not fit"]
    if data[end - 1] != total:
        return [f"{what} is damaged: its checksum does not fit"]
    return []


def _xor(data: bytes) -> int:
    """All bytes of a segment, exclusive-or; many at a time, for they are a million and more."""
    width, total = 4096, 0
    for start in range(0, len(data), width):
        total ^= int.from_bytes(data[start : start + width], "little")
    result = 0
    for byte in total.to_bytes(width, "little"):
        result ^= byte
    return result
