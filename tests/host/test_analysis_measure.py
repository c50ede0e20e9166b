"""Every number of a run against signals whose exact number is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat.analysis import slopes, spans
from preheat.analysis.measure import measure
from preheat.analysis.series import Series, Trace


def run(t_s, temp_c, role="board", **columns):
    t_s, temp_c = np.asarray(t_s, float), np.asarray(temp_c, float)
    return Series(t_s, (Trace("plate", role, temp_c),), **columns)


def course(points, t_s):
    """°C at t_s of straight lines between (s, °C) points."""
    return np.interp(t_s, *zip(*points))


@st.composite
def trapezoids(draw):
    """(points, up °C/s, down °C/s): from 20 °C to a top, at least 15 s there, and back."""
    top_c = draw(st.floats(190, 260))
    up, down = draw(st.floats(0.3, 4)), draw(st.floats(0.3, 6))
    stay_s = draw(st.floats(15, 120))
    up_s, down_s = (top_c - 20) / up, (top_c - 20) / down
    ends = np.cumsum([0, up_s, stay_s, down_s])
    return list(zip(ends, (20.0, top_c, top_c, 20.0))), up, down


@st.composite
def times(draw, least_s=0.1, most_s=2.0):
    """Sample times of 1000 s, each step anything between the two."""
    seed = draw(st.integers(0, 2**32))
    steps_s = np.random.default_rng(seed).uniform(least_s, most_s, int(2 * 1000 / least_s))
    t_s = np.concatenate([[0.0], np.cumsum(steps_s)])
    return t_s[t_s <= 1400]


@given(trapezoids(), times())
def test_trapezoid(shape, t_s):
    points, up, down = shape
    corners = [s for s, _ in points]
    t_s = np.union1d(t_s[t_s < corners[-1]], corners)
    t_s = t_s[np.concatenate([[True], np.diff(t_s) > 1e-6])]
    temp_c = course(points, t_s)
    top_c, stay_s = points[1][1], points[2][0] - points[1][0]
    found = measure(
        run(t_s, temp_c), liquidus_c=183, body_max_c=top_c + 2, soak_c=(100, 150),
        limit_c={"board": top_c - 3},
    )  # fmt: skip
    plate = found.probes[0]
    assert found.duration_s == pytest.approx(points[3][0])
    assert plate.peak_c == pytest.approx(top_c)
    assert plate.peak_at_s == pytest.approx(points[1][0], abs=1e-6)
    assert plate.to_peak_s == pytest.approx((top_c - 25) / up, abs=1e-6)
    assert plate.soak_s == pytest.approx(50 / up)
    above_s = stay_s + (top_c - 183) / up + (top_c - 183) / down
    assert plate.tal_s == pytest.approx(above_s)
    assert plate.tal_longest_s == pytest.approx(above_s)
    assert plate.near_body_s == pytest.approx(stay_s + 3 / up + 3 / down)
    assert plate.over_limit_c == pytest.approx(3)
    assert plate.max_ramp_c_s == pytest.approx(up, rel=1e-6)
    assert plate.max_cool_c_s == pytest.approx(down, rel=1e-6)


@given(trapezoids(), st.integers(0, 2**32))
def test_trapezoid_with_noise_and_quantisation(shape, seed):
    """0.25 °C of steps and noise, read once a second: what a real chain of measurement leaves."""
    points, up, down = shape
    t_s = np.arange(0, points[3][0])
    noise_c = np.random.default_rng(seed).normal(0, 0.1, len(t_s))
    temp_c = np.round((course(points, t_s) + noise_c) * 4) / 4
    plate = measure(run(t_s, temp_c), liquidus_c=183, soak_c=(100, 150)).probes[0]
    top_c, stay_s = points[1][1], points[2][0] - points[1][0]
    assert plate.peak_c == pytest.approx(top_c, abs=0.75)
    # An error of at most 0.7 °C at a crossing, by the slope there. A slow ramp in steps may cross
    # several times, but only within that time.
    assert plate.soak_s == pytest.approx(50 / up, abs=2 * 0.7 / up)
    above_s = stay_s + (top_c - 183) / up + (top_c - 183) / down
    assert plate.tal_s == pytest.approx(above_s, abs=0.7 / up + 0.7 / down)
    # 11 readings 1 s apart: sigma of the slope is 0.12 °C · sqrt(12 / (11 · 120)) = 0.012 °C/s.
    if (top_c - 20) / up > 15:
        assert plate.max_ramp_c_s == pytest.approx(up, abs=0.07)
    if (top_c - 20) / down > 15:
        assert plate.max_cool_c_s == pytest.approx(down, abs=0.07)


@given(st.floats(0.2, 3), st.floats(0.2, 3), st.floats(1, 60), st.integers(2, 6))
def test_triangles_above_a_line_add_up_and_the_longest_is_told(up, down, height_c, count):
    """Peaks of rising height over 217 °C, each between two samples far below."""
    points, at_s, total_s = [(0.0, 100.0)], 0.0, 0.0
    for number in range(1, count + 1):
        over_c = height_c * number / count
        at_s += (117 + over_c) / up
        points.append((at_s, 217 + over_c))
        at_s += (117 + over_c) / down
        points.append((at_s, 100.0))
        total_s += over_c / up + over_c / down
    t_s = np.union1d(np.arange(0, at_s, 5.0), [s for s, _ in points])
    plate = measure(run(t_s, course(points, t_s)), liquidus_c=217).probes[0]
    assert plate.tal_s == pytest.approx(total_s)
    assert plate.tal_longest_s == pytest.approx(height_c / up + height_c / down)


@given(st.floats(-5, 5), times(0.05, 1.9), st.sampled_from([3.0, 10.0, 20.0]), st.floats(0, 1e6))
def test_the_slope_of_a_straight_line_is_its_slope_at_any_sampling(slope, t_s, window_s, start_s):
    t_s = t_s + start_s
    found = slopes.slopes_c_s(t_s, 20 + slope * (t_s - start_s), window_s)
    known = ~np.isnan(found)
    assert known.any()
    if window_s >= 10:  # in a shorter one, two steps may leave too little
        assert known[t_s - t_s[0] >= window_s].all()
    assert not known[t_s - t_s[0] < 0.79 * window_s].any()
    assert found[known] == pytest.approx(slope, abs=1e-5)


@given(
    st.integers(0, 2**32), st.sampled_from([0.25, 1.0, 0.0]), st.floats(2, 30), st.booleans(),
)  # fmt: skip
def test_slopes_are_those_of_a_fit_through_each_window(seed, step_s, window_s, with_gaps):
    """Even and uneven samples, more than one chunk of them, against a fit one by one."""
    chance = np.random.default_rng(seed)
    steps_s = np.round(chance.uniform(0.1, 2.0, 9000), 3) if step_s == 0 else np.full(9000, step_s)
    if with_gaps:
        steps_s[chance.integers(0, 9000, 20)] = 400_000.0
    t_s = np.cumsum(steps_s)
    temp_c = np.round((150 + np.cumsum(chance.normal(0, 0.3, 9000))) * 16) / 16
    found = slopes.slopes_c_s(t_s, temp_c, window_s)
    breaks = np.concatenate([[0], spans.gaps_after(t_s) + 1])
    for at in chance.integers(0, 9000, 40):
        begin = max(
            int(np.searchsorted(t_s, t_s[at] - window_s - slopes.SLACK_S)),
            int(breaks[breaks <= at].max()),
        )
        near_s, near_c = t_s[begin : at + 1] - t_s[at], temp_c[begin : at + 1]
        if -near_s[0] < 0.8 * window_s - slopes.SLACK_S or len(near_s) < 2:
            assert math.isnan(found[at])
        else:
            off_s = near_s - near_s.mean()
            assert found[at] == pytest.approx(off_s @ near_c / (off_s @ off_s), abs=1e-6)


def test_a_slope_over_another_window_is_another_slope():
    points = ((0, 100.0), (100, 100.0), (104, 120.0), (200, 120.0))
    t_s = np.arange(0, 200.25, 0.25)
    ramps = [
        measure(run(t_s, course(points, t_s)), slope_window_s=window_s).probes[0].max_ramp_c_s
        for window_s in (4.0, 10.0, 60.0)
    ]
    # A step of 4 s seen through windows of that length and longer ones.
    assert ramps[0] == pytest.approx(5.0)
    assert ramps[0] > ramps[1] > ramps[2] > 20 / 60
    with pytest.raises(ValueError):
        measure(run(t_s, t_s), slope_window_s=0.0)


@given(st.floats(-400, 400), st.floats(1, 400), st.floats(0, 30), st.floats(0.2, 1))
def test_tracking_of_a_sine_is_its_amplitude_over_the_root_of_two(start_c, amplitude_c, off_c, hz):
    t_s = np.arange(0, 1000 / hz, 0.05 / hz)[: 20 * 200]
    setpoint_c = start_c + 0.1 * t_s
    error_c = off_c + amplitude_c * np.sin(2 * np.pi * hz * t_s)
    found = measure(run(t_s, setpoint_c + error_c, setpoint_c=setpoint_c))
    assert found.tracking_rmse_c == pytest.approx(math.hypot(off_c, amplitude_c / math.sqrt(2)))
    assert found.overshoot_c == pytest.approx(off_c + amplitude_c)


def test_tracking_leaves_out_heat_from_above_and_what_has_no_setpoint():
    nan = math.nan
    series = run(
        range(6), [148, 153, 190, 190, nan, 149],
        setpoint_c=np.array([150, 150, 150, nan, 150, nan]),
        external=np.array([False, False, True, False, False, False]),
    )  # fmt: skip
    found = measure(series)
    assert found.overshoot_c == pytest.approx(3.0)
    assert found.tracking_rmse_c == pytest.approx(math.sqrt((4 + 9) / 2))


def test_only_the_controlled_probe_is_tracked():
    at = np.arange(3.0)
    other = Series(at, (Trace("tube", "heater", at + 500),), setpoint_c=at)
    assert measure(other).overshoot_c is None and measure(other).tracking_rmse_c is None


@given(st.floats(0, 1), st.floats(10, 5000), times(0.2, 9.0))
def test_energy_is_duty_times_power_times_time(share, power_w, t_s):
    found = measure(run(t_s, t_s, delivered=np.full(len(t_s), share)), power_w=power_w)
    assert found.energy_wh == pytest.approx(share * power_w * (t_s[-1] - t_s[0]) / 3600)


def test_energy_in_gaps_or_of_a_sample_that_is_missing_is_not_known_and_not_counted():
    delivered = np.array([1.0, 1.0, 1.0, math.nan, 0.5])
    series = run([0, 10, 100, 105, 110], [20] * 5, delivered=delivered)
    assert measure(series, power_w=3600.0).energy_wh == pytest.approx(10 + 2.5)
    assert measure(series).energy_wh is None
    assert measure(run([0, 1], [20, 20]), power_w=3600.0).energy_wh is None


def test_spread_is_taken_when_the_hottest_probe_of_the_process_peaks():
    t_s = np.arange(5.0)
    traces = (
        Trace("plate", "board", np.array([100, 180, 200, 210, 190.0])),
        Trace("top", "board_top", np.array([90, 150, 205, 180, 189.0])),
        Trace("part", "component", np.array([math.nan, 140, 195, 190, math.nan])),
        Trace("tube", "heater", np.array([600, 650, 700, 650, 600.0])),
    )
    assert measure(Series(t_s, traces)).spread_at_peak_c == pytest.approx(210 - 180)
    assert measure(Series(t_s, traces[:1] + traces[3:])).spread_at_peak_c is None


def test_what_was_seen_between_the_samples_counts_for_the_peak():
    high_c = np.array([20.5, 61.0, 62.5, 40.0])
    trace = Trace("plate", "board", np.array([20, 60, math.nan, 40.0]), None, high_c)
    plate = measure(Series(np.arange(4.0), (trace,)), limit_c={"board": 60.0}).probes[0]
    assert (plate.peak_c, plate.peak_at_s, plate.over_limit_c) == (62.5, 2.0, 2.5)


@given(st.integers(0, 2**32), st.floats(0, 0.5))
def test_missing_readings_are_bridged_while_gaps_are_short(seed, share):
    t_s = np.arange(0, 600.0)
    points = ((0, 20.0), (240, 260.0), (300, 260.0), (600, 20.0))
    temp_c = course(points, t_s)
    lost = np.random.default_rng(seed).random(600) < share
    lost[[239, 240, 300, 301]] = False  # the corners stay; elsewhere a line is a line
    lost[::10] = False
    temp_c[lost] = math.nan
    plate = measure(run(t_s, temp_c), liquidus_c=217, soak_c=(150, 200)).probes[0]
    assert plate.tal_s == pytest.approx(43 + 60 + 53.75)
    assert plate.soak_s == pytest.approx(50)


def test_what_nobody_recorded_or_asked_for_is_not_known():
    empty = measure(run([], []), liquidus_c=217, body_max_c=245, soak_c=(150, 200), power_w=1.0)
    assert empty.duration_s is None and empty.spread_at_peak_c is None
    nothing = measure(run([0, 1], [math.nan] * 2), liquidus_c=217, soak_c=(150, 200))
    one = measure(run([5], [20.0]), limit_c={"heater": 400})
    for plate in (empty.probes[0], nothing.probes[0]):
        fields = vars(plate)
        assert {fields[name] for name in fields if name not in ("name", "role")} == {None}
    plate = one.probes[0]
    assert (plate.peak_c, plate.peak_at_s, one.duration_s) == (20.0, 5.0, 0.0)
    assert plate.max_ramp_c_s is None and plate.tal_s is None and plate.over_limit_c is None
    with pytest.raises(ValueError):
        measure(run([0, 1], [20, 21]), soak_c=(200, 150))
    assert one.probe("plate") is plate
    with pytest.raises(KeyError):
        one.probe("tube")
