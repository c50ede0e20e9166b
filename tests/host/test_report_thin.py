"""The curves of a chart: fewer points than a long log has, and never a spike less."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from preheat.report.thin import thinned

COLUMNS = st.integers(1, 60)
TEMPS = arrays.arrays(
    float, st.integers(1, 400), elements=st.floats(-50, 500, width=32) | st.just(float("nan"))
)


@given(TEMPS, COLUMNS)
def test_highest_and_lowest_stay_to_within_what_nobody_sees(temp_c, columns):
    t_s, drawn = thinned(np.arange(len(temp_c), dtype=float), temp_c, columns=columns)
    assert len(drawn) <= 2 * columns
    assert (np.diff(t_s) >= 0).all()
    if np.isnan(temp_c).all():
        assert np.isnan(drawn).all()
        return
    assert np.nanmax(temp_c) - np.nanmax(drawn) < 1.0
    assert np.nanmin(drawn) - np.nanmin(temp_c) < 1.0


def test_a_spike_of_one_sample_in_a_day_is_drawn_where_it_was():
    temp_c = np.full(86400, 125.0)
    temp_c[40000] = 180.0
    t_s, drawn = thinned(np.arange(86400.0), temp_c)
    assert len(drawn) < 1500
    assert t_s[int(np.argmax(drawn))] == 40000 and drawn.max() == 180.0


def test_a_spike_between_two_records_is_drawn():
    calm = np.full(5000, 125.0)
    high = calm.copy()
    high[777] = 200.0
    _, drawn = thinned(np.arange(5000.0), calm, calm, high)
    assert drawn.max() == 200.0


def test_nothing_recorded_draws_nothing_and_a_gap_breaks_the_line():
    assert [len(part) for part in thinned(np.empty(0), np.empty(0))] == [0, 0]
    temp_c = np.full(1000, 50.0)
    temp_c[300:600] = np.nan
    _, drawn = thinned(np.arange(1000.0), temp_c, columns=100)
    assert np.isnan(drawn).sum() == 30
