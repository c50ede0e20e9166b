"""Streaming metrics against runs whose numbers can be worked out by hand."""

import json

from expect import near, raises
from preheat_core.metrics import RunMetrics


def run(points, liquidus_c=None, setpoint_c=None, score=True, step_ms=250):
    """Metrics of straight lines between (s, °C) points, sampled every step."""
    metrics = RunMetrics(liquidus_c)
    t_ms = points[0][0] * 1000
    for (s0, c0), (s1, c1) in zip(points, points[1:]):
        while t_ms <= s1 * 1000:
            temp_c = c0 + (c1 - c0) * (t_ms / 1000 - s0) / (s1 - s0)
            metrics.add(t_ms, temp_c, setpoint_c, score)
            t_ms += step_ms
    return metrics.summary()


TRIANGLE = ((0, 100.0), (150, 250.0), (200, 100.0))  # 1 °C/s up, 3 °C/s down


def test_peak_duration_and_slopes():
    seen = run(TRIANGLE)
    assert seen["samples"] == 801
    near(seen["duration_s"], 200, 0.01)
    near(seen["peak_c"], 250, 0.01)
    near(seen["peak_at_s"], 150, 0.01)
    near(seen["max_ramp_c_s"], 1.0, 0.011)
    near(seen["max_cool_c_s"], 3.0, 0.011)
    assert seen["slope_window_s"] == 10


def test_a_peak_counts_where_it_was_first_reached():
    near(run(((0, 100.0), (50, 200.0), (90, 200.0), (100, 150.0)))["peak_at_s"], 50, 0.01)


def test_time_above_liquidus_interpolates_its_crossings():
    # 217 is crossed at 117 s and at 161 s; samples every 7 s hit neither
    near(run(TRIANGLE, 217)["tal_s"], 44.0, 0.01)
    coarse = RunMetrics(217)
    for s, c in ((0, 200.0), (7, 230.0), (14, 230.0), (21, 200.0)):
        coarse.add(s * 1000, c, None, False)
    near(coarse.summary()["tal_s"], 7 + 2 * 7 * 13 / 30, 0.06)


def test_two_stretches_above_liquidus():
    points = ((0, 200.0), (10, 240.0), (20, 200.0), (30, 200.0), (50, 240.0), (70, 200.0))
    seen = run(points, 220)
    near(seen["tal_s"], 10 + 20, 0.06)
    near(seen["tal_longest_s"], 20, 0.06)


def test_a_peak_that_only_touches_liquidus_takes_no_time():
    near(run(TRIANGLE, 250)["tal_s"], 0, 0.001)
    near(run(TRIANGLE, 260)["tal_s"], 0, 0.001)


def test_no_liquidus_no_time_above_it():
    seen = run(TRIANGLE)
    assert seen["tal_s"] is None and seen["tal_longest_s"] is None


def test_gaps_are_bridged_only_when_short():
    metrics = RunMetrics(217)
    for t_s in range(10):
        metrics.add(t_s * 1000, 230.0, None, False)
    for t_s in range(10, 13):
        metrics.add(t_s * 1000, None, None, False)
    metrics.add(13000, 230.0, None, False)  # 4 s without a sample count
    metrics.add(60000, 230.0, None, False)  # 47 s do not, and end the stretch
    metrics.add(61000, 230.0, None, False)
    seen = metrics.summary()
    near(seen["tal_s"], 14, 0.01)
    near(seen["tal_longest_s"], 13, 0.01)
    assert seen["samples"] == 13


def test_overshoot_and_tracking_are_scored_only_where_asked():
    metrics = RunMetrics()
    metrics.add(0, 148.0, 150.0, True)
    metrics.add(250, 153.0, 150.0, True)
    metrics.add(500, 190.0, 150.0, False)  # heat from above
    metrics.add(750, 190.0, None, True)
    metrics.add(1000, None, 150.0, True)
    seen = metrics.summary()
    near(seen["overshoot_c"], 3.0, 0.001)
    near(seen["tracking_rmse_c"], 2.55, 0.001)  # sqrt((4 + 9) / 2)


def test_never_above_the_setpoint_is_no_overshoot():
    assert run(((0, 20.0), (60, 80.0)), setpoint_c=100.0)["overshoot_c"] == 0.0


def test_nothing_known_yet():
    seen = RunMetrics(217).summary()
    for key in ("duration_s", "peak_c", "peak_at_s", "max_ramp_c_s", "max_cool_c_s"):
        assert seen[key] is None, key
    assert seen["overshoot_c"] is None and seen["tracking_rmse_c"] is None
    assert seen["samples"] == 0 and seen["tal_s"] == 0.0


def test_a_long_steady_run_keeps_its_digits():
    metrics = RunMetrics(100)
    for i in range(5000):
        metrics.add(150_000_000 + i * 1000, 150.5, 150.0, True)
        if i % 100 == 0:
            metrics.add(150_000_000 + i * 1000 + 500, None, 150.0, True)
    seen = metrics.summary()
    near(seen["tracking_rmse_c"], 0.5, 0.001)
    near(seen["tal_s"], 4999, 0.1)
    near(seen["max_ramp_c_s"], 0, 0.001)


def test_summary_is_json():
    seen = run(TRIANGLE, 217, 150.0)
    assert json.loads(json.dumps(seen))["samples"] == 801


def test_time_must_advance():
    metrics = RunMetrics()
    metrics.add(1000, 20.0, None, False)
    raises(ValueError, metrics.add, 1000, 20.0, None, False)
