"""What the gates know of alloys, fluxes and moisture, where the tables are silent too."""

from datetime import timedelta

import pytest

from preheat.limits import moisture
from preheat.record import facts


@pytest.mark.parametrize(
    ("name", "family", "lead", "bismuth"),
    [
        ("SnPb", "SnPb", True, False), ("63/37", "SnPb", True, False),
        ("sn62pb36ag2", "SnPb", True, False), ("SAC305", "SAC305", False, False),
        ("SN100C", "SAC305", False, False), ("Sn42Bi57Ag1", "SnBi", False, True),
        ("In52Sn48", "SnBi", False, False), ("house blend", None, None, None),
        (None, None, None, None),
    ],
)  # fmt: skip
def test_an_alloy_has_a_family_and_perhaps_lead_or_bismuth(name, family, lead, bismuth):
    assert facts.family(name) == family
    assert (facts.has_lead(name), facts.has_bismuth(name)) == (lead, bismuth)


def test_alloys_of_one_kind_are_the_same_to_a_gate():
    assert facts.same_alloy("Sn63Pb37", "SnPb") and facts.same_alloy("SAC305", "SAC405")
    assert facts.same_alloy("House Blend", "house-blend")
    assert not facts.same_alloy("house blend", "SnPb") and not facts.same_alloy("SnPb", "SnBi")
    assert not facts.same_alloy("In52Sn48", "SnBi")


def test_what_melts_below_a_profile_is_told_by_family():
    assert facts.melts_below("SnPb", "SAC305") and facts.melts_below("SnBi", "SnPb")
    assert not facts.melts_below("Sn62Pb36Ag2", "SnPb")  # the unit has no finer word
    assert not facts.melts_below("SAC305", "SnPb") and not facts.melts_below("?", "SnPb")
    assert not facts.melts_below(None, "SnPb") and not facts.melts_below("SnPb", "?")


def test_a_flux_fits_what_its_label_names():
    assert facts.flux_fits("SnPb, SAC305", "Sn60Pb40")
    assert facts.flux_fits("SAC305,", "SAC387")
    assert not facts.flux_fits("SnPb, SAC305", "SnBi") and not facts.flux_fits(" , ", "SnPb")


def test_every_level_has_a_floor_life():
    lives = {msl: facts.floor_life(msl) for msl in moisture.levels()}
    assert lives.pop("1") is None
    assert lives == {
        "2": timedelta(days=365), "2a": timedelta(weeks=4), "3": timedelta(hours=168),
        "4": timedelta(hours=72), "5": timedelta(hours=48), "5a": timedelta(hours=24),
        "6": timedelta(0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("msl", "body_mm", "temp_c", "hours"),
    [
        ("3", 1.4, 125, 9), ("3", 1.41, 125, 27), ("3", 2.0, 90, 96), ("3", 4.5, 125, 48),
        ("3", 1.2, 40, 312), ("3", 1.2, 124.9, 33), ("3", 1.2, 150, 9), ("3", 1.2, 39, None),
        ("3", None, 125, 48), ("5a", 1.8, 125, 48), ("3", 5.0, 125, None),
        ("1", 1.2, 125, None), ("2", 1.2, 125, None), ("6", None, 125, None),
    ],
)  # fmt: skip
def test_a_bake_takes_what_the_table_says_for_the_next_thicker_and_cooler(
    msl, body_mm, temp_c, hours
):
    assert facts.bake_hours(msl, body_mm, temp_c) == hours
