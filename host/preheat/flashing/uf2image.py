"""Judges a UF2 file for RP2040 and RP2350: block by block, whole, for this chip's flash.

The format: 512-byte blocks, each with its place, its number of how many, and the family id of
the chip it is for (Microsoft's UF2 specification; ids from its list of families).
"""

import struct
from collections import defaultdict
from dataclasses import dataclass

from preheat.mcus import Mcu

BLOCK = 512
PAYLOAD = 256  # the boot ROMs take no other size
MAGIC = (0x0A324655, 0x9E5D5157)
END_MAGIC = 0x0AB16F30
HAS_FAMILY, NOT_FLASH = 0x2000, 0x0001
FLASH_START, FLASH_END = 0x10000000, 0x11000000  # where RP2 chips see their flash, 16 MiB
ABSOLUTE = 0xE48BFF57
FAMILIES = {
    0xE48BFF56: "RP2040", 0xE48BFF59: "RP2350 (Arm)", 0xE48BFF5A: "RP2350 (RISC-V)",
    ABSOLUTE: "RP2350 (absolute)", 0xE48BFF58: "RP2350 (data)", 0x1C5F21B0: "ESP32",
    0xBFDD4EEE: "ESP32-S2", 0xC47E5767: "ESP32-S3", 0xD42BA06C: "ESP32-C3",
    0x68ED2B88: "SAMD21", 0x55114460: "SAMD51", 0xADA52840: "nRF52840",
}


@dataclass(frozen=True)
class Block:
    """One block's header, and its payload."""

    flags: int
    address: int
    size: int
    number: int
    total: int
    family: int
    data: bytes


def judge(data: bytes, mcu: Mcu) -> tuple[list[str], bytes]:
    """(everything that is wrong with it for `mcu`, the flash content in order of address)."""
    if len(data) % BLOCK:
        return [f"it was cut off: {len(data)} bytes are no whole {BLOCK}-byte blocks"], b""
    blocks: list[Block] = []
    for start in range(0, len(data), BLOCK):
        block = _block(data[start : start + BLOCK])
        if block is None:
            return [f"block {start // BLOCK} has no UF2 marks: the file is damaged"], b""
        blocks.append(block)
    blocks = [block for block in blocks if not block.flags & NOT_FLASH]
    wrong = _foreign(blocks, mcu)
    if wrong:
        return wrong, b""
    wrong = _unnumbered(blocks) + _misplaced(blocks)
    ours = sorted((b for b in blocks if b.family != ABSOLUTE), key=lambda b: b.address)
    return wrong, b"".join(block.data for block in ours)


def _block(raw: bytes) -> "Block | None":
    first, second, flags, address, size, number, total, family = struct.unpack_from("<8I", raw)
    if (first, second) != MAGIC or struct.unpack_from("<I", raw, BLOCK - 4)[0] != END_MAGIC:
        return None
    return Block(flags, address, size, number, total, family, raw[32 : 32 + PAYLOAD])


def _foreign(blocks: list[Block], mcu: Mcu) -> list[str]:
    if not all(block.flags & HAS_FAMILY for block in blocks):
        return ["its blocks do not say which chip they are for"]
    families = {block.family for block in blocks}
    others = sorted(families - set(mcu.families))
    if others:
        names = " and ".join(FAMILIES.get(number, f"family 0x{number:08X}") for number in others)
        return [f"it is for {names}"]
    if mcu.families[0] not in families:
        return ["it holds nothing for this chip"]
    return []


def _unnumbered(blocks: list[Block]) -> list[str]:
    found = []
    groups: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        groups[block.family].append(block)
    for family, rows in groups.items():
        if family == ABSOLUTE:  # one block that stands alone: the work-around for erratum E10
            continue
        totals = {row.total for row in rows}
        if len(totals) > 1:
            found.append(f"its blocks do not agree how many they are: {sorted(totals)}")
        elif len(rows) != rows[0].total:
            found.append(f"it was cut off: {len(rows)} of {rows[0].total} blocks are there")
        elif {row.number for row in rows} != set(range(len(rows))):
            found.append("its blocks are not numbered one after the other")
    return found


def _misplaced(blocks: list[Block]) -> list[str]:
    found = []
    sizes = sorted({block.size for block in blocks} - {PAYLOAD})
    if sizes:
        found.append(f"it has blocks of {sizes[0]} bytes, not {PAYLOAD}")
    outside = [b.address for b in blocks
               if not FLASH_START <= b.address <= FLASH_END - PAYLOAD or b.address % PAYLOAD]
    if outside:
        found.append(f"it would write to 0x{outside[0]:08X}, which is not in the flash")
    if len({block.address for block in blocks}) != len(blocks):
        found.append("it writes to the same place twice")
    first = min((b.address for b in blocks if b.family != ABSOLUTE), default=FLASH_START)
    if first > FLASH_START:
        found.append(f"it begins at 0x{first:08X}, not at the start of the flash")
    return found
