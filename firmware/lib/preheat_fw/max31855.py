"""The MAX31855 thermocouple amplifier: its 32-bit frame (pure) and its driver on an SPI bus.

Frame, first bit first (data sheet table 2): D31..18 thermocouple, signed, 0.25 °C · D17 zero ·
D16 any fault · D15..4 cold junction, signed, 0.0625 °C · D3 zero · D2 short to supply ·
D1 short to ground · D0 open.
"""

from preheat_core import thermocouple
from preheat_core.thermocouple import Reading

_RESERVED = 0x00020008  # D17 and D3, always zero


def decode(word):
    """A 32-bit frame as (tc_c, cj_c, fault): °C as the chip reports it, not yet corrected.

    tc_c is None exactly when fault names why; cj_c is None where the frame itself is not to be
    believed. Never raises for an int in 0..2^32-1.
    """
    if word == 0:  # would read as a plausible 0 °C: a dead or missing chip
        return None, None, "bus_zero"
    if word == 0xFFFFFFFF:
        return None, None, "bus_ones"
    causes = word & 7
    if word & _RESERVED or bool(word & 0x10000) != bool(causes):
        return None, None, "frame_bad"
    cj = (word >> 4) & 0xFFF
    cj_c = (cj - 0x1000 if cj & 0x800 else cj) * 0.0625
    if causes:
        if causes & 1:
            return None, cj_c, "tc_open"
        return None, cj_c, "tc_short_gnd" if causes & 2 else "tc_short_vcc"
    tc = word >> 18
    return (tc - 0x4000 if tc & 0x2000 else tc) * 0.25, cj_c, None


def reading(word, offset_c=0.0, gain=1.0) -> Reading:
    """A frame as a Reading: linearised, then `thermocouple.calibrated`.

    A frame that follows the chip's rules but lies outside type K's -200..1372 °C is frame_bad.
    """
    tc_c, cj_c, fault = decode(word)
    if fault is None:
        try:
            temp_c = thermocouple.correct(tc_c, cj_c)
            return Reading(thermocouple.calibrated(temp_c, offset_c, gain), None, cj_c, word)
        except ValueError:
            fault = "frame_bad"
    return Reading(None, fault, cj_c, word)


class MAX31855:
    """One amplifier. spi: has readinto(buf), mode 0, at most 5 MHz. cs: a pin, cs(0) selects."""

    def __init__(self, spi, cs, offset_c=0.0, gain=1.0):
        self._spi = spi
        self._cs = cs
        self._offset_c = offset_c
        self._gain = gain
        self._buf = bytearray(4)
        cs(1)

    def calibrate(self, offset_c, gain) -> None:
        """Use another calibration from the next reading on."""
        self._offset_c = offset_c
        self._gain = gain

    def read(self) -> Reading:
        """Read one frame now; a bus that fails (OSError) is a Reading with fault bus_error.

        Selecting the chip stops its conversion (100 ms at most): read no faster than that.
        """
        self._cs(0)
        try:
            self._spi.readinto(self._buf)
        except OSError:
            return Reading(None, "bus_error")
        finally:
            self._cs(1)
        return reading(int.from_bytes(self._buf, "big"), self._offset_c, self._gain)
