"""Every 32-bit word through our decoder, with Adafruit's driver as the oracle.

The oracle runs unchanged on a fake bus. It knows no reserved bits, no silent bus, and raises
"faulty reading" for a fault bit without a cause; everything else has to agree.
"""

import struct

import adafruit_max31855
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from preheat_core import faults, thermocouple
from preheat_fw import max31855

WORDS = st.integers(0, 2**32 - 1)
RESERVED = 1 << 17 | 1 << 3
NAMES = {
    "thermocouple not connected": "tc_open",
    "short circuit to ground": "tc_short_gnd",
    "short circuit to power": "tc_short_vcc",
    "faulty reading": "frame_bad",
}


class Pin:
    """A chip select that only has to exist."""

    def switch_to_output(self, value=True):
        self.value = value


class Bus:
    """An SPI bus that always answers the same word."""

    def __init__(self, word):
        self.word = word

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def configure(self, **settings):
        pass

    def readinto(self, buf):
        buf[:] = struct.pack(">I", self.word)


def oracle(word):
    return adafruit_max31855.MAX31855(Bus(word), Pin())


def frame(tc_quarters, cj_sixteenths, low=0):
    return (tc_quarters & 0x3FFF) << 18 | (cj_sixteenths & 0xFFF) << 4 | low


VALID = st.builds(frame, st.integers(-0x2000, 0x1FFF), st.integers(-0x800, 0x7FF)).filter(bool)
FAULTY = st.builds(
    lambda word, causes: word | 1 << 16 | causes, VALID, st.integers(1, 7)
).filter(lambda word: word != 0xFFFFFFFF)  # fmt: skip


@given(WORDS)
@example(0)
@example(0xFFFFFFFF)
@example(0x80000000)
@example(0x7FFCFFF0)
def test_any_word_is_a_temperature_or_a_named_fault(word):
    tc_c, cj_c, fault = max31855.decode(word)
    assert (tc_c is None) != (fault is None)
    seen = max31855.reading(word, 5.0, 1.02)
    assert seen.word == word
    assert (seen.temp_c is None) != (seen.fault is None)
    if seen.fault is None:
        assert -200 <= (seen.temp_c - 5) / 1.02 <= 1372.1
        assert cj_c == seen.cj_c and -128 <= cj_c < 128
    else:
        assert seen.fault in faults.CODES


@given(WORDS)
def test_reserved_bits_never_pass(word):
    word |= 1 << 3
    assert max31855.decode(word)[2] == ("bus_ones" if word == 0xFFFFFFFF else "frame_bad")


@given(VALID)
def test_valid_frames_agree_with_the_oracle(word):
    chip = oracle(word)
    assert max31855.decode(word) == (chip.temperature, chip.reference_temperature, None)


@given(FAULTY)
def test_faults_agree_with_the_oracle(word):
    with pytest.raises(RuntimeError) as error:
        _ = oracle(word).temperature
    cj_c = oracle(word).reference_temperature
    assert max31855.decode(word) == (None, cj_c, NAMES[str(error.value)])


@given(VALID)
def test_a_fault_bit_without_a_cause_agrees_with_the_oracle(word):
    with pytest.raises(RuntimeError, match="faulty reading"):
        _ = oracle(word | 1 << 16).temperature
    assert max31855.decode(word | 1 << 16)[2] == "frame_bad"


@given(VALID)
def test_correction_agrees_with_the_oracle(word):
    chip = oracle(word)
    seen = max31855.reading(word)
    try:
        want_c = chip.temperature_NIST
    except RuntimeError:  # its range ends at the rounded -5.891 and 54.886 mV, ours 0.5 uV later
        if seen.fault is None:
            assert min(abs(seen.temp_c - end_c) for end_c in (-200, 1372)) < 0.1
        else:
            assert seen.fault == "frame_bad"
        return
    assert seen.temp_c == pytest.approx(want_c, abs=1e-6)


@pytest.mark.parametrize("cj_c", [-20, 0, 25, 40, 85])
def test_correction_agrees_over_the_whole_range(cj_c):
    """Every quarter degree that the chip can report between -200 and 1300 °C."""
    compared = 0
    for quarters in range(-200 * 4, 1300 * 4 + 1):
        word = frame(quarters, cj_c * 16)
        if word == 0:  # 0 °C at 0 °C cannot be told from a dead bus; the oracle believes it
            assert max31855.reading(word).fault == "bus_zero"
            continue
        try:
            want_c = oracle(word).temperature_NIST
        except RuntimeError:
            # The chip's line overstates cold: below about -142 °C it reports no real voltage.
            assert quarters < -140 * 4 and max31855.reading(word).fault == "frame_bad"
            continue
        compared += 1
        assert max31855.reading(word).temp_c == pytest.approx(want_c, abs=1e-6), quarters / 4
    assert compared > 5700


@given(st.floats(-200, 1372), st.floats(-40, 125))
def test_correction_undoes_the_straight_line(true_c, cj_c):
    e_mv = thermocouple.emf_mv(true_c) - thermocouple.emf_mv(cj_c)
    chip_c = e_mv / thermocouple.LINEAR_MV_C + cj_c
    assert thermocouple.correct(chip_c, cj_c) == pytest.approx(true_c, abs=0.1)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_is_a_number_or_a_value_error(x):
    for function in (thermocouple.emf_mv, thermocouple.temp_c):
        try:
            assert -300 < function(x) < 1400
        except ValueError:
            pass
