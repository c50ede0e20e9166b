"""Builds MicroPython images for tests: UF2 files, and combined images for Espressif chips."""

import hashlib
import struct

RP2040, RP2350, RISCV, ABSOLUTE = 0xE48BFF56, 0xE48BFF59, 0xE48BFF5A, 0xE48BFF57
FLASH = 0x10000000
ESP32, ESP32S3, ESP32C3 = 0, 9, 5
PLACE = {ESP32: 0x1000, ESP32S3: 0, ESP32C3: 0}
TABLE, APP = 0x8000, 0x10000


MACHINES = {
    RP2040: "Raspberry Pi Pico with RP2040", RP2350: "Raspberry Pi Pico2 with RP2350",
    ESP32: "Generic ESP32 module with ESP32", ESP32S3: "Generic ESP32S3 module with ESP32S3",
    ESP32C3: "ESP32C3 module with ESP32C3",
}


def greeting(version: str = "1.29.0", machine: str = "") -> bytes:
    """What MicroPython says when it starts, as it lies in an image: in two pieces."""
    return b"MicroPython v%s on 2026-08-24\0; %s\0" % (version.encode(), machine.encode())


def uf2_block(number, total, family=RP2040, data=b"", address=None, flags=0x2000, size=256):
    """One block of 512 bytes."""
    at = FLASH + 256 * number if address is None else address
    head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, flags, at, size, number, total, family)
    return (head + data.ljust(476, b"\0")) + struct.pack("<I", 0x0AB16F30)


def _noise(kib):
    """Bytes that do not compress, the same each time."""
    return b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(kib * 32))


def uf2(family=RP2040, version="1.29.0", kib=40, machine=None):
    """A whole file; the greeting lies across the border of two blocks, as it may."""
    payload = bytearray(_noise(kib))
    text = greeting(version, MACHINES.get(family, "") if machine is None else machine)
    payload[4096 - 10 : 4096 - 10 + len(text)] = text
    total = len(payload) // 256
    return b"".join(
        uf2_block(i, total, family, bytes(payload[256 * i : 256 * i + 256])) for i in range(total)
    )


def esp_app(chip=ESP32, version="1.29.0", hashed=True, kib=40, machine=None, greets=None):
    """An application: two segments, its description first, checksum and SHA-256 at its end."""
    first = struct.pack("<I", 0xABCD5432).ljust(256, b"\0")
    named = MACHINES.get(chip, "") if machine is None else machine
    first += greeting(version, named) if greets is None else greets
    first = first.ljust(512, b"\0")
    return _esp_image(chip, (first, _noise(kib)), hashed)


def esp_bootloader(chip=ESP32):
    """A bootloader: one segment."""
    return _esp_image(chip, (b"boot" * 64,), True)


def _esp_image(chip, segments, hashed):
    head = struct.pack("<BBBBI", 0xE9, len(segments), 2, 0x20, 0x40080000)
    head += struct.pack("<BBBBHBHHBBBBB", 0xEE, 0, 0, 0, chip, 0, 0, 399, 0, 0, 0, 0, int(hashed))
    body = head
    checksum = 0xEF
    for segment in segments:
        body += struct.pack("<II", 0x3F400020, len(segment)) + segment
        for byte in segment:
            checksum ^= byte
    body = body.ljust((len(body) // 16 + 1) * 16 - 1, b"\0") + bytes([checksum])
    return body + hashlib.sha256(body).digest() if hashed else body


def esp_table(app_kind=0):
    """A partition table as MicroPython's: settings, radio, application, file system, MD5."""
    rows = ((1, 2, 0x9000, 0x6000, b"nvs"), (1, 1, 0xF000, 0x1000, b"phy_init"),
            (app_kind, 0, APP, 0x1F0000, b"factory"), (1, 0x81, 0x200000, 0x200000, b"vfs"))
    table = b"".join(
        struct.pack("<2sBBII16sI", b"\xaa\x50", kind, sub, at, size, name, 0)
        for kind, sub, at, size, name in rows
    )
    table += b"\xeb\xeb".ljust(16, b"\xff") + hashlib.md5(table).digest()
    return table.ljust(0xC00, b"\xff")


def esp(chip=ESP32, version="1.29.0", app=None, table=None):
    """A combined image, which begins at the chip's flash offset."""
    place = PLACE[chip]
    data = esp_bootloader(chip).ljust(TABLE - place, b"\xff")
    data += esp_table() if table is None else table
    data = data.ljust(APP - place, b"\xff")
    return data + (esp_app(chip, version) if app is None else app)
