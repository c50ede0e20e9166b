"""ITS-90 type K against NIST's table, its own inverse, and the correction of the MAX31855."""

from expect import near, raises
from preheat_core import thermocouple
from preheat_core.thermocouple import Reading

# NIST Monograph 175, table for type K: °C, mV.
TABLE = (
    (-270, -6.458), (-200, -5.891), (-100, -3.554), (0, 0.0), (25, 1.000), (100, 4.096),
    (183, 7.460), (217, 8.819), (245, 9.950), (250, 10.153), (500, 20.644), (1000, 41.276),
    (1300, 52.410), (1372, 54.886),
)  # fmt: skip
SLACK_C = 0.005  # NIST states its errors rounded to 0.01 °C


def test_voltages_of_the_table():
    for t_c, e_mv in TABLE:
        near(thermocouple.emf_mv(t_c), e_mv, 0.001)


def test_temperatures_of_the_table():
    for t_c, e_mv in TABLE[1:]:
        near(thermocouple.temp_c(e_mv), t_c, 0.1)


def test_inverse_errs_as_little_as_nist_states():
    # °C from, to, lowest and highest error of the inverse polynomial there.
    ranges = ((-200, 0, -0.02, 0.04), (0, 500, -0.05, 0.04), (500, 1372, -0.05, 0.06))
    for from_c, to_c, low_c, high_c in ranges:
        for quarter in range(from_c * 4, to_c * 4 + 1):
            t_c = quarter / 4
            error_c = thermocouple.temp_c(thermocouple.emf_mv(t_c)) - t_c
            assert low_c - SLACK_C <= error_c <= high_c + SLACK_C, (t_c, error_c)


def test_inverse_undoes_forward_over_the_whole_range():
    for t_c in range(-200, 1373):
        near(thermocouple.temp_c(thermocouple.emf_mv(t_c)), t_c, 0.1)


def test_forward_rises_everywhere():
    last = thermocouple.emf_mv(-270)
    for t_c in range(-260, 1373, 4):
        e_mv = thermocouple.emf_mv(t_c)
        assert e_mv > last, t_c
        last = e_mv


def test_forward_has_no_step_at_zero():
    near(thermocouple.emf_mv(-0.01), thermocouple.emf_mv(0.0), 0.001)


def test_uncorrected_245_reads_3_degrees_low():
    near(thermocouple.correct(245.0, 25.0), 248.2, 0.1)
    near(thermocouple.correct(245.0, 40.0), 248.0, 0.1)


def test_correction_recovers_the_truth_for_any_cold_junction():
    for cj_c in (-20.0, 0.0, 25.0, 40.0, 85.0):
        for true_c in (-50.0, 20.0, 100.0, 183.0, 217.0, 245.0, 300.0, 600.0):
            e_mv = thermocouple.emf_mv(true_c) - thermocouple.emf_mv(cj_c)
            chip_c = e_mv / 0.041276 + cj_c
            near(thermocouple.correct(chip_c, cj_c), true_c, 0.1)


def test_error_of_the_straight_line_is_the_published_one():
    # true °C, what the chip reads minus the truth, at a cold junction of 25 °C
    for true_c, error_c in ((50, -0.22), (100, 0.01), (150, -0.52), (183, -1.5), (235, -2.99)):
        chip_c = (thermocouple.emf_mv(true_c) - 1.0) / 0.041276 + 25
        near(chip_c - true_c, error_c, 0.03)


def test_outside_the_range_is_refused():
    nan = float("nan")
    for t_c in (-270.5, 1372.5, nan):
        raises(ValueError, thermocouple.emf_mv, t_c)
    for e_mv in (-5.9, 54.9, nan):
        raises(ValueError, thermocouple.temp_c, e_mv)
    raises(ValueError, thermocouple.correct, 2000.0, 25.0)
    raises(ValueError, thermocouple.correct, -260.0, 25.0)


def test_a_reading_is_a_temperature_or_a_fault():
    good = Reading(temp_c=20.0, cj_c=25.0, word=0x01401900)
    assert good.fault is None and good.temp_c == 20.0
    bad = Reading(fault="tc_open")
    assert bad.temp_c is None and bad.cj_c is None and bad.word == 0
    assert "tc_open" in repr(bad)
    raises(ValueError, Reading)
    raises(ValueError, Reading, 20.0, "tc_open")
