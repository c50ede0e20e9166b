"""The alloy table agrees with itself."""

from preheat_core import alloys


def test_rows_are_ordered_and_named():
    assert alloys.NAMES == ("SnPb", "SAC305", "SnBi")
    for row in alloys.ALLOYS:
        assert alloys.find(row.name) is row
        assert row.solidus_c <= row.liquidus_c < row.peak_max_c
        assert row.source


def test_the_numbers_that_profiles_rely_on():
    assert alloys.find("SnPb").liquidus_c == 183
    assert (alloys.find("SAC305").solidus_c, alloys.find("SAC305").liquidus_c) == (217, 220)
    assert alloys.find("SnBi").peak_max_c == 180
    assert alloys.BGA_MAX_C == 245


def test_an_unknown_alloy_is_an_error():
    try:
        alloys.find("lead")
    except KeyError:
        return
    raise AssertionError("found")
