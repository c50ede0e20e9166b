"""The microcontrollers of units: how each is recognised and how its flash is written.

Sources: UF2 family ids from Raspberry Pi's data sheets; the chip id of an
image's header (bytes 12 and 13, little endian) and the offset of the bootloader from Espressif's
esptool.
"""

from dataclasses import dataclass

UF2, ESP = "uf2", "esp"


@dataclass(frozen=True)
class Mcu:
    """One chip. `loader` is UF2 (copy a file to its boot volume) or ESP (esptool).

    families: UF2 family ids that an image for it may carry. esp_chip: esptool's name; esp_id: the
    chip id in an image's header; flash_offset: where such an image begins, in bytes.
    """

    name: str  # as in a board file
    title: str  # as people and MicroPython write it
    loader: str
    families: tuple[int, ...] = ()
    esp_chip: str = ""
    esp_id: int = -1
    flash_offset: int = 0


MCUS = {
    row.name: row
    for row in (
        Mcu("rp2040", "RP2040", UF2, families=(0xE48BFF56,)),
        # An image for its Arm cores; the absolute family is a block that works around erratum E10.
        Mcu("rp2350", "RP2350", UF2, families=(0xE48BFF59, 0xE48BFF57)),
        Mcu("esp32", "ESP32", ESP, esp_chip="esp32", esp_id=0, flash_offset=0x1000),
        Mcu("esp32s3", "ESP32-S3", ESP, esp_chip="esp32s3", esp_id=9),
        Mcu("esp32c3", "ESP32-C3", ESP, esp_chip="esp32c3", esp_id=5),
    )
}
