"""Where the truth comes from: boiling water by its pressure, melting points by their source."""

import pytest

from preheat.calibration import fixedpoints, target, water
from preheat.calibration.target import Wish
from preheat.errors import Refused, UsageError


def test_the_saturation_line_gives_the_values_of_its_publication():
    # IAPWS R7-97(2012), table 36.
    for mpa, kelvin in ((0.1, 372.755919), (1.0, 453.035632), (10.0, 584.149488)):
        assert water.saturation_k(mpa) == pytest.approx(kelvin, abs=1e-6)


def test_water_boils_where_steam_tables_say():
    # ITS-90: 99.974 °C at one atmosphere; steam tables for whole degrees, kPa rounded to 10 Pa.
    for hpa, boils_c in ((1013.25, 99.974), (845.3, 95.0), (785.7, 93.0), (701.8, 90.0)):
        assert water.boiling_c(hpa) == pytest.approx(boils_c, abs=0.03)
    for hpa in (499, 1101, float("nan")):
        with pytest.raises(ValueError):
            water.boiling_c(hpa)


def test_the_standard_atmosphere_gives_its_table():
    # ISO 2533, hPa at 0, 1000, 2000 and 3000 m.
    for metres, hpa in ((0, 1013.25), (1000, 898.746), (2000, 794.952), (3000, 701.085)):
        assert water.standard_hpa(metres) == pytest.approx(hpa, abs=0.01)
    with pytest.raises(ValueError):
        water.standard_hpa(6000)


def test_altitude_alone_is_less_sure_than_a_barometer_and_says_so():
    by_hand = target.target(Wish(boiling=True, altitude_m=520))
    measured = target.target(Wish(boiling=True, pressure_hpa=952.3))
    assert by_hand.true_c == pytest.approx(measured.true_c, abs=0.02)
    assert by_hand.error_c == pytest.approx(0.6, abs=0.05)
    assert measured.error_c < by_hand.error_c
    assert by_hand.note == "520 m, 952 hPa ±20 by the weather" and measured.note == "952.3 hPa"


def test_every_melting_point_has_a_source_and_an_error():
    for row in fixedpoints.MELTING:
        assert row.source and 0 < row.error_c <= 1
        assert fixedpoints.melting(row.name.upper()) == row
    assert fixedpoints.melting("Sn63Pb37").true_c == 183
    assert fixedpoints.melting("Sn").true_c == 231.928


@pytest.mark.parametrize(
    ("name", "words"),
    [("SAC305", "melts over 217 to 220"), ("sn60pb40", "melts over"), ("SnPb", "say Sn63Pb37"),
     ("butter", "no melting point")],
)
def test_what_has_no_one_melting_point_is_refused_with_what_has(name, words):
    with pytest.raises(Refused, match=words):
        fixedpoints.melting(name)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(), Wish(ice=True, alloy="Sn"), Wish(boiling=True), Wish(ice=True, pressure_hpa=1000),
        Wish(boiling=True, pressure_hpa=1000, altitude_m=10), Wish(ice=True, log="last"),
        Wish(reference="warm"), Wish(reference="nan"), Wish(reference="900"),
    ],
)
def test_a_wish_that_contradicts_itself_is_not_guessed_at(wish):
    with pytest.raises(UsageError) as caught:
        target.target(wish)
    assert caught.value.fix


def test_a_reference_is_a_number_or_the_second_amplifier():
    assert target.target(Wish(reference="149.6")).true_c == 149.6
    second = target.target(Wish(reference="blinka:D5"))
    assert (second.true_c, second.cs_pin) == (None, "D5")
    assert target.target(Wish(reference="blinka")).cs_pin == "C0"
