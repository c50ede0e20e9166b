"""Where the GPIOs of known controller boards come out: printed name and number of each pin.

A board file names its header under `[host]`. Sources: the data sheets of Raspberry Pi Pico, Pico W
and Pico 2 (all three have the same header), and Espressif's user guides of ESP32-DevKitC V4,
ESP32-S3-DevKitC-1 v1.1 and ESP32-C3-DevKitM-1.
"""

from typing import NamedTuple


class Header(NamedTuple):
    """`rows`: name of each row of pins -> what its pins carry from 1 on, GPIO numbers or words.
    `printed`: how the board prints a GPIO's name."""

    title: str
    printed: str
    rows: dict[str, str]


HEADERS = {
    "pico": Header(
        "Raspberry Pi Pico", "GP{}",
        {
            "": "0 1 GND 2 3 4 5 GND 6 7 8 9 GND 10 11 12 13 GND 14 15 "
            "16 17 GND 18 19 20 21 GND 22 RUN 26 27 AGND 28 ADC_VREF 3V3 3V3_EN GND VSYS VBUS",
        },
    ),
    "esp32-devkitc": Header(
        "ESP32-DevKitC V4", "IO{}",
        {
            "J2": "3V3 EN 36 39 34 35 32 33 25 26 27 14 12 GND 13 9 10 11 5V",
            "J3": "GND 23 22 1 3 21 GND 19 18 5 17 16 4 0 2 15 8 7 6",
        },
    ),
    "esp32-s3-devkitc-1": Header(
        "ESP32-S3-DevKitC-1", "{}",
        {
            "J1": "3V3 3V3 RST 4 5 6 7 15 16 17 18 8 3 46 9 10 11 12 13 14 5V GND",
            "J3": "GND 43 44 1 2 42 41 40 39 38 37 36 35 0 45 48 47 21 20 19 GND GND",
        },
    ),
    "esp32-c3-devkitm-1": Header(
        "ESP32-C3-DevKitM-1", "IO{}",
        {
            "J1": "GND 3V3 3V3 2 3 GND RST GND 0 1 10 GND 5V 5V GND",
            "J3": "GND 21 20 GND 9 8 GND 7 6 5 4 GND 18 19 GND",
        },
    ),
}


def label(header: str, gpio: int) -> str:
    """The pin of a GPIO as a person finds it, "GP15, pin 20" or "IO25, J2 pin 9".

    "" when the header is unknown or the GPIO does not come out there.
    """
    if header not in HEADERS:
        return ""
    for row, pins in HEADERS[header].rows.items():
        carried = pins.split()
        if str(gpio) in carried:
            place = f"{row} pin" if row else "pin"
            number = carried.index(str(gpio)) + 1
            return f"{HEADERS[header].printed.format(gpio)}, {place} {number}"
    return ""


def supply(header: str, name: str) -> tuple[str, ...]:
    """The pins of a supply such as "GND", "3V3" or "5V": ("pin 3", ...) or ("J2 pin 14", ...)."""
    found = []
    for row, pins in HEADERS[header].rows.items():
        place = f"{row} pin" if row else "pin"
        found += [f"{place} {i}" for i, what in enumerate(pins.split(), 1) if what == name]
    return tuple(found)
