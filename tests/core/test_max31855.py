"""The MAX31855: every rule of its frame, and the driver on an ordinary fake bus."""

from expect import near, raises
from preheat_fw.max31855 import MAX31855, decode, reading

OPEN, GROUND, SUPPLY, FAULT = 1, 2, 4, 1 << 16


def frame(tc_c, cj_c, low=0):
    """A frame as the chip would send it."""
    return (int(tc_c * 4) & 0x3FFF) << 18 | (int(cj_c * 16) & 0xFFF) << 4 | low


def test_frames_of_the_data_sheet():
    # tables 4 and 5: thermocouple and cold junction, as bits and as °C
    for tc_bits, tc_c in (
        (0x1900, 1600.0), (0x0FA0, 1000.0), (0x0193, 100.75), (0x0064, 25.0), (0x0000, 0.0),
        (0x3FFF, -0.25), (0x3FFC, -1.0), (0x3C18, -250.0),
    ):  # fmt: skip
        for cj_bits, cj_c in (
            (0x7F0, 127.0), (0x649, 100.5625), (0x190, 25.0), (0x001, 0.0625), (0xFFF, -0.0625),
            (0xFF0, -1.0), (0xEC0, -20.0), (0xC90, -55.0),
        ):  # fmt: skip
            assert decode(tc_bits << 18 | cj_bits << 4) == (tc_c, cj_c, None)


def test_a_silent_bus_is_a_fault_and_not_zero_degrees():
    assert decode(0) == (None, None, "bus_zero")
    assert decode(0xFFFFFFFF) == (None, None, "bus_ones")


def test_reserved_bits_break_a_frame():
    for low in (1 << 17, 1 << 3, 1 << 17 | 1 << 3, 1 << 3 | FAULT | OPEN):
        assert decode(frame(25, 25, low)) == (None, None, "frame_bad")


def test_the_fault_bit_must_match_its_causes():
    assert decode(frame(25, 25, FAULT)) == (None, None, "frame_bad")
    for causes in range(1, 8):
        assert decode(frame(25, 25, causes)) == (None, None, "frame_bad")
        assert decode(frame(25, 25, causes | FAULT))[0] is None


def test_causes_have_an_order():
    for causes, fault in (
        (OPEN, "tc_open"), (GROUND, "tc_short_gnd"), (SUPPLY, "tc_short_vcc"),
        (OPEN | GROUND, "tc_open"), (OPEN | SUPPLY, "tc_open"), (GROUND | SUPPLY, "tc_short_gnd"),
        (OPEN | GROUND | SUPPLY, "tc_open"),
    ):  # fmt: skip
        assert decode(frame(25, 31.5, FAULT | causes)) == (None, 31.5, fault)


def test_reading_is_corrected_and_calibrated():
    word = frame(245, 25)
    seen = reading(word)
    near(seen.temp_c, 248.2, 0.1)
    assert seen.fault is None and seen.cj_c == 25.0 and seen.word == word
    near(reading(word, 1.5, 1.01).temp_c, seen.temp_c * 1.01 + 1.5, 0.001)


def test_a_temperature_no_type_k_can_have_is_a_bad_frame():
    for tc_c in (1600.0, 2047.75, -250.0, -2048.0):
        seen = reading(frame(tc_c, 25))
        assert seen.fault == "frame_bad" and seen.temp_c is None and seen.cj_c == 25.0


class Bus:
    """Answers one frame, or fails, and keeps what happened in order."""

    def __init__(self, word=0, error=None):
        self.word = word
        self.error = error
        self.seen = []

    def cs(self, level):
        self.seen.append(level)

    def readinto(self, buf):
        self.seen.append("read")
        if self.error is not None:
            raise self.error
        for i in range(4):
            buf[i] = self.word >> (24 - 8 * i) & 0xFF


def test_driver_selects_reads_and_releases():
    bus = Bus(frame(150, 30))
    chip = MAX31855(bus, bus.cs, -0.5, 1.0)
    assert bus.seen == [1]
    seen = chip.read()
    assert bus.seen == [1, 0, "read", 1]
    assert seen.word == bus.word and seen.cj_c == 30.0
    near(seen.temp_c, reading(bus.word).temp_c - 0.5, 0.001)


def test_driver_keeps_nothing_of_an_earlier_reading():
    bus = Bus(frame(150, 30))
    chip = MAX31855(bus, bus.cs)
    assert chip.read().fault is None
    bus.word = frame(150, 30, FAULT | OPEN)
    seen = chip.read()
    assert seen.temp_c is None and seen.fault == "tc_open"
    bus.word = 0xFFFFFFFF
    assert chip.read().fault == "bus_ones"


def test_a_failing_bus_is_a_fault_and_releases_the_chip():
    bus = Bus(error=OSError(5))
    seen = MAX31855(bus, bus.cs).read()
    assert seen.fault == "bus_error" and seen.temp_c is None and seen.word == 0
    assert bus.seen[-1] == 1


def test_a_defect_of_our_own_is_not_a_bus_fault():
    bus = Bus(error=TypeError("no buffer"))
    raises(TypeError, MAX31855(bus, bus.cs).read)
    assert bus.seen[-1] == 1
