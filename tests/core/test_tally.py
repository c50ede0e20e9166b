"""What a run counts: how far and long a limit was passed, bad samples and spikes."""

from preheat_core.runlog import read
from rig import Rig, recipe, stage, with_probes

LONG = recipe(stage("a", 200, ramp_max_s=2000))
HOLD = recipe(stage("a", 100, hold_s=3000, hold_max_s=3600))


def with_chip(temp_c=240.0):
    """A rig with a component probe that reads what it is told."""
    rig = Rig(with_probes(("chip", "component")))
    rig.fixed_c[1] = temp_c
    return rig


def test_over_a_limit_the_unit_counts_peak_and_seconds():
    rig = with_chip().running(HOLD, 30)
    rig.fixed_c[1] = 252.0
    rig.wait(10)
    rig.fixed_c[1] = 255.5
    rig.wait(10)
    assert rig.kernel.latch.codes == ["over_temp"]
    assert "SAC305" in rig.kernel.latch.detail() and "limit 250 C" in rig.kernel.latch.detail()
    (over,) = rig.said("over")
    assert (over["probe"], over["role"], over["limit_c"]) == ("chip", "component", 250)
    assert over["alloy"] == "SAC305" and "220" in over["source"] and not rig.said("over_end")
    rig.fixed_c[1] = 200.0
    rig.wait(5)
    (end,) = rig.said("over_end")
    assert end["peak_c"] == 255.5 and 19 <= end["above_s"] <= 21
    rig.fixed_c[1] = 40.0
    rig.until(lambda: rig.said("closed"), 400)
    log = read(b"".join(rig.blocks))
    assert log.summary["over"] == [["chip", 250, 255.5, end["above_s"]]]
    assert [e["ev"] for e in log.events if e["ev"].startswith("over")] == ["over", "over_end"]


def test_what_is_still_over_when_the_log_closes_is_counted_to_there():
    rig = with_chip().running(HOLD, 30)
    rig.fixed_c[1] = 252.0
    rig.until(lambda: rig.said("closed"), 400)
    log = read(b"".join(rig.blocks))
    ((probe, limit_c, peak_c, above_s),) = log.summary["over"]
    assert (probe, limit_c, peak_c) == ("chip", 250, 252.0) and above_s > 200
    assert [e["ev"] for e in log.events][-1] == "over_end"


def test_noise_is_counted_by_probe_and_kind():
    rig = with_chip().running(HOLD, 30)
    for _ in range(7):
        rig.faults[1] = "tc_short_gnd"
        rig.tick()
        rig.faults.clear()
        rig.wait(3)
        rig.fixed_c[1] = 225.0
        rig.tick()
        rig.fixed_c[1] = 240.0
        rig.wait(3)
    rows = rig.kernel.run.tally.noise()
    kinds = sorted(row[:3] for row in rows)
    assert kinds == [["chip", "spike", 7], ["chip", "tc_short_gnd", 7]]
    heated_s = rig.kernel.run.sequencer.elapsed_ms / 1000
    assert all(abs(row[3] - 7 * 60 / heated_s) < 0.3 for row in rows)
    rig.kernel.orders.stop()
    rig.plate_c = rig.probe_c = rig.fixed_c[1] = 40.0
    rig.until(lambda: rig.said("closed"), 20)
    logged = read(b"".join(rig.blocks)).summary["noise"]
    assert [row[:3] for row in logged] == [row[:3] for row in rows]
    assert all(abs(was[3] - row[3]) < 0.06 for was, row in zip(logged, rows))


def test_a_reading_that_rises_fast_is_no_row_of_spikes_and_wild_samples_are_some():
    rig = Rig(with_probes(("tube", "ambient")))
    rig.fixed_c[1] = 30.0
    rig.running(HOLD, 5)
    for _ in range(60):
        rig.fixed_c[1] += 4.0  # 16 °C/s
        rig.tick()
    rig.wait(5)
    assert rig.kernel.heating and rig.kernel.run.tally.noise() == []
    for _ in range(8):
        for off_c in (12.0, 0.0, 0.0, -12.0, -12.0, 0.0):
            rig.fixed_c[1] = 270.0 + off_c
            rig.tick()
    assert rig.kernel.run.tally.noise()[0][:3] == ["tube", "spike", 24]


def test_a_healthy_run_has_no_noise_and_an_absent_probe_makes_none():
    rig = Rig(with_probes(("chip", "component")))
    rig.faults[1] = "tc_open"
    rig.running(LONG, 60)
    assert rig.kernel.run.tally.noise() == [] and rig.kernel.run.tally.over() == []


def test_a_summary_too_long_for_its_block_loses_its_lists_first():
    from preheat_core.runlog import Writer

    writer = Writer(1)
    out = writer.header({"run": "r000001"})
    out += writer.summary({"end": "done", "metrics": {"peak_c": 1.0}, "noise": ["x" * 20] * 50,
                           "over": [["a", 250, 251.0, 1.0]]})  # fmt: skip
    found = read(b"".join(out)).summary
    assert found == {"end": "done", "metrics": {"peak_c": 1.0},
                     "over": [["a", 250, 251.0, 1.0]], "cut": True}  # fmt: skip
