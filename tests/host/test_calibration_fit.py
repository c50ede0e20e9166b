"""Points to offset and gain: what was put in comes out, and what cannot be is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat.calibration import fit
from preheat.calibration.fit import Point
from preheat.errors import Refused
from preheat_core import thermocouple


def point(true_c, read_c, kind="reference", error_c=0.0):
    return Point(kind, true_c, error_c, read_c, 0.1, "2026-03-01T10:00", "by hand")


def seen(true_c, offset_c, gain):
    """A point as a probe reads it that this calibration would put right."""
    return point(true_c, fit.uncorrected(true_c, offset_c, gain))


offsets = st.floats(-4.9, 4.9)
gains = st.floats(0.981, 1.019)
cold = st.floats(-20, 150)
spans = st.floats(fit.LEAST_SPAN_C + 0.01, 200)


@given(offsets, gains, cold, spans)
def test_two_points_far_enough_apart_give_back_offset_and_gain(offset_c, gain, low_c, span_c):
    found = fit.fit([seen(low_c, offset_c, gain), seen(low_c + span_c, offset_c, gain)])
    assert found.gain == pytest.approx(gain, abs=1e-6)
    assert found.offset_c == pytest.approx(offset_c, abs=0.001)
    assert found.residual_c == 0.0


@given(offsets, cold)
def test_one_point_gives_an_offset_and_no_gain(offset_c, true_c):
    found = fit.fit([point(true_c, true_c - offset_c)])
    assert found.gain == 1.0
    assert found.offset_c == pytest.approx(offset_c, abs=0.001)


@given(st.floats(-200, 1300), offsets, gains)
def test_the_inverse_is_the_inverse_of_what_the_unit_computes(read_c, offset_c, gain):
    shown_c = thermocouple.calibrated(read_c, offset_c, gain)
    assert fit.uncorrected(shown_c, offset_c, gain) == pytest.approx(read_c, abs=1e-9)


@given(cold, st.floats(fit.NEAR_C, fit.LEAST_SPAN_C - 0.1))
def test_points_too_close_together_give_no_gain(low_c, span_c):
    with pytest.raises(Refused, match="apart"):
        fit.fit([point(low_c, low_c), point(low_c + span_c, low_c + span_c)])


def test_a_third_point_tells_how_straight_the_line_is():
    found = fit.fit([point(0, 0.0), point(100, 100.6), point(200, 200.0)])
    assert found.gain == pytest.approx(1.0, abs=0.001)
    assert found.residuals_c == pytest.approx((0.2, -0.4, 0.2), abs=0.01)
    assert found.residual_c == 0.4
    with pytest.raises(Refused, match="1 to 3 points"):
        fit.fit([])
    with pytest.raises(Refused, match="1 to 3 points"):
        fit.fit([point(c, c) for c in (0, 60, 120, 180)])


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([point(0, 5.2)], "offset of -5.20"),
        ([point(0, 0), point(100, 97)], "gain of 1.0309"),
        ([point(0, 0), point(100, 104)], "gain of 0.9615"),
        ([point(0, 20), point(100, 20)], "read the same"),
        ([point(0, 100), point(100, 0)], "gain of -1"),
    ],
)
def test_out_of_bounds_is_refused_with_what_it_means(points, words):
    with pytest.raises(Refused, match=words) as caught:
        fit.fit(points)
    assert "damaged" in caught.value.fix and "wrong" in caught.value.fix


@given(offsets, gains, cold)
def test_what_a_calibration_could_mend_is_plausible_and_ten_degrees_are_not(
    offset_c, gain, true_c
):
    fit.need_plausible(true_c, fit.uncorrected(true_c, offset_c, gain))
    with pytest.raises(Refused, match="more than a calibration may correct"):
        fit.need_plausible(true_c, true_c + 10 + 0.02 * true_c)


def test_what_the_points_leave_open_grows_away_from_them():
    points = [point(0, 0, error_c=0.1), point(100, 100, error_c=0.1)]
    inside, outside = fit.error_at(points, 50), fit.error_at(points, 245)
    assert inside == pytest.approx(0.225)
    assert outside == pytest.approx(0.225 * (1.45 + 2.45))
    assert fit.error_at(points[:1], 50) is None
