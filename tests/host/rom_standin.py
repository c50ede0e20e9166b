"""A stand-in for an Espressif chip's bootloader on a pseudo-terminal, for the real esptool.

Written from Espressif's published serial protocol: SLIP frames, the ROM loader and, once esptool
has loaded its own program into RAM, that program's answers. What DTR and RTS do to the chip comes
from `modem_lines`.
"""

import hashlib
import os
import select
import struct
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

from host.fake_prompt import FakePrompt
from host.modem_lines import Lines

SYNC, READ_REG, WRITE_REG, SECURITY = 0x08, 0x0A, 0x09, 0x14
MEM_BEGIN, MEM_END, MEM_DATA = 0x05, 0x06, 0x07
FLASH_BEGIN, FLASH_DATA, FLASH_END = 0x02, 0x03, 0x04
DEFL_BEGIN, DEFL_DATA, DEFL_END = 0x10, 0x11, 0x12
SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE, MD5 = 0x0B, 0x0D, 0x0F, 0x13
ERASE_FLASH = 0xD0
PLAIN = (FLASH_END, DEFL_END, SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE, WRITE_REG, MEM_BEGIN,
         MEM_DATA)
INVALID, BAD_CHECKSUM = b"\x01\x05", b"\x01\x07"
FLASH_ID = 0x1440EF  # capacity 2^0x14: 1 MiB
MAC = bytes.fromhex("7cdfa1000001")


@dataclass(frozen=True)
class Chip:
    """Where a chip keeps what identifies it: security info or a magic word, and its registers."""

    name: str
    machine: str
    spi_w0: int  # first word of what the flash chip answered
    efuse_mac: int
    chip_id: int | None = None
    words: tuple[tuple[int, int], ...] = ()


ESP32 = Chip("ESP32", "Generic ESP32 module with ESP32", 0x3FF42080, 0x3FF5A004,
             words=((0x40001000, 0x00F01D83), (0x3FF40014, 347)))
ESP32S3 = Chip("ESP32-S3", "Generic ESP32S3 module with ESP32S3", 0x60002058, 0x60007044, 9)
ESP32C3 = Chip("ESP32-C3", "ESP32C3 module with ESP32C3", 0x60002058, 0x60008844, 5)


class RomStandin:
    """Use as a context manager; `port` is its device path, `flash` its flash chip.

    `app` is what runs when the chip is not in its bootloader, `reset_into` what runs after the
    next reset; `resets` tells of each where it led and after how many commands. Faults: after
    `unplug_after` data packets the cable is pulled; from `corrupt_after` on they arrive damaged;
    `lose_block` is acknowledged and never written; `lie`: another MD5 than the flash has; `deaf`:
    DTR and RTS are not wired to it.
    """

    def __init__(self, chip: Chip, lines: Path, app: FakePrompt | None = None) -> None:
        self.chip = chip
        self._notes = lines
        self.app = app or FakePrompt("esp32", chip.machine, (1, 29, 0))
        self.flash = bytearray(b"\xff" * (1 << 20))
        self.commands: list[int] = []
        self.erased = False
        self.unplug_after = self.corrupt_after = self.lose_block = -1
        self.lie = self.deaf = False
        self.reset_into = self.app
        self.resets: list[tuple[str, int]] = []
        self.rom = self.stub = self.written = False
        self._words = dict(chip.words)
        self._words[chip.spi_w0] = FLASH_ID
        low, high = struct.unpack(">I", MAC[2:])[0], struct.unpack(">H", MAC[:2])[0]
        self._words.update({chip.efuse_mac: low, chip.efuse_mac + 4: high})
        self._frame: bytearray | None = None
        self._packets = self._offset = 0
        self._inflate = zlib.decompressobj()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "RomStandin":
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._lines = Lines(self._notes, self.port)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join(timeout=5)
        self._follow_lines()
        self.unplug()
        os.close(self._slave)

    def unplug(self) -> None:
        """The cable is pulled: whoever has the port open finds it gone."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _serve(self) -> None:
        while not self._stopping and self._master >= 0:
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            data = os.read(self._master, 65536)
            self._follow_lines()  # they were changed before this was sent
            for byte in data:
                self._take(byte)
                if self._master < 0:
                    return

    def _follow_lines(self) -> None:
        for led_to in self._lines.news():
            if self.deaf:
                continue
            self.resets.append((led_to, len(self.commands)))
            self.rom, self.stub = led_to == "bootloader", False
            self._frame = None
            if not self.rom:
                self.app = self.reset_into

    def _take(self, byte: int) -> None:
        """One byte from the host: part of a SLIP frame, or text for the app."""
        if byte == 0xC0:
            if self._frame:
                frame = bytes(self._frame)
                self._frame = None
                self._command(frame.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb"))
            else:
                self._frame = bytearray()
        elif self._frame is not None:
            self._frame.append(byte)
        if byte != 0xC0 and self._frame is None and not self.rom:
            self._say(self.app.feed(bytes([byte])))

    def _say(self, data: bytes) -> None:
        if data:
            os.write(self._master, data)

    def _send(self, packet: bytes) -> None:
        body = packet.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
        self._say(b"\xc0" + body + b"\xc0")

    def _reply(self, command: int, status: bytes = b"\0\0", data: bytes = b"", value: int = 0):
        data += status if self.stub else status.ljust(4, b"\0")
        self._send(struct.pack("<BBHI", 1, command, len(data), value) + data)

    def _command(self, frame: bytes) -> None:
        if len(frame) < 8 or frame[0] != 0:
            return
        if not self.rom:
            return
        command, checksum = frame[1], struct.unpack_from("<I", frame, 4)[0]
        data = frame[8:]
        self.commands.append(command)
        if command == SYNC:
            for _ in range(8):
                self._reply(SYNC, value=0 if self.stub else 0x20120707)
        elif command == READ_REG:
            address = struct.unpack("<I", data)[0]
            self._reply(command, value=self._words.get(address, 0))
        elif command == SECURITY and self.chip.chip_id is not None:
            self._reply(command, data=struct.pack("<IB7xII", 0, 0, self.chip.chip_id, 0))
        elif command == MEM_END:
            self._reply(command)
            self.stub = True
            self._send(b"OHAI")
        elif command in (FLASH_BEGIN, DEFL_BEGIN):
            size, _, _, self._offset = struct.unpack_from("<4I", data)
            self.flash[self._offset : self._offset + size] = b"\xff" * size
            self._packets, self._inflate = 0, zlib.decompressobj()
            self._reply(command)
        elif command in (FLASH_DATA, DEFL_DATA):
            self._write(command, data[16:], checksum)
        elif command == MD5:
            self._md5(*struct.unpack_from("<2I", data))
        elif command == ERASE_FLASH and self.stub:
            self.flash[:] = b"\xff" * len(self.flash)
            self.erased = True
            self._reply(command)
        else:
            self._reply(command, b"\0\0" if command in PLAIN else INVALID)

    def _write(self, command: int, data: bytes, checksum: int) -> None:
        self._packets += 1
        if self._packets == self.unplug_after:
            self.unplug()
            return
        if 0 < self.corrupt_after <= self._packets:
            data = data[:-1]
        expected = 0xEF
        for byte in data:
            expected ^= byte
        if expected != checksum:
            self._reply(command, BAD_CHECKSUM)
            return
        plain = self._inflate.decompress(data) if command == DEFL_DATA else data
        if self._packets != self.lose_block:
            self.flash[self._offset : self._offset + len(plain)] = plain
        self._offset += len(plain)
        self.written = True
        self._reply(command)

    def _md5(self, offset: int, size: int) -> None:
        digest = hashlib.md5(self.flash[offset : offset + size] + b"?" * bool(self.lie))
        self._reply(MD5, data=digest.digest() if self.stub else digest.hexdigest().encode())
