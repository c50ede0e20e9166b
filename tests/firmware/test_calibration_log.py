"""Whoever reads a run's log knows how its probes were calibrated, by what, and until when."""

from test_unit import pull

from preheat_core import settings

ROW = {
    "probe": "plate", "offset_c": -0.5, "gain": 1.01, "date": "2026-03-01", "due": "2027-03-01",
    "operator": "bench 3", "instrument": "ice, barometer", "certificate": "K-2231",
    "residual_c": 0.0, "points": "ice 0.00: 0.50",
}  # fmt: skip


def header(bench):
    bench.begin()
    bench.wait(2)
    bench.ask("stop")
    bench.wait(3)
    return pull(bench, f"r{bench.runs:06d}").header


def test_the_header_carries_each_row_and_null_where_nothing_was_said(bench):
    new = settings.default("rig")
    new["calibration"] = [ROW]
    assert bench.push("settings", new, "settings")["ok"]
    assert bench.probe.calibrated == (-0.5, 1.01)
    bench.runs = 1
    assert header(bench)["calibration"] == [
        ["plate", -0.5, 1.01, "2026-03-01", "2027-03-01", "ice, barometer", "K-2231"]
    ]
    bench.boot()
    new["calibration"] = [{"probe": "plate", "offset_c": 1.5}]
    assert bench.push("settings", new, "settings")["ok"]
    bench.runs = 2
    assert header(bench)["calibration"] == [["plate", 1.5, 1, None, None, None, None]]
