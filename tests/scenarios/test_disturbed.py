"""Healthy plants with probes that are noisier, wilder or quieter than usual: nothing trips.

In one process, with the real kernel on the real plants.
"""

import pytest

from preheat import tomlfiles
from preheat.bench import flash, plantfile
from preheat.bench.inprocess import InProcess
from preheat_core.runlog import read

RUNS = (
    ("hotplate", "hotplate-sac305"),
    ("quartz-light", "preheat-sac305"),
    ("quartz-medium", "bga-sac305"),
    ("quartz-heavy", "preheat-snpb"),
    ("ceramic", "preheat-sac305"),
    ("ceramic", "bake-125"),
)
PROBES = {
    "noise and spikes": {"noise_c": 0.3, "spikes_per_min": 6},
    "no noise at all": {"noise_c": 0.0, "spikes_per_min": 0},
}
MOST_TICKS = 4 * 6000


def played(plant, profile, probes):
    """The log of a run to the closing of its log; operator holds are continued at once."""
    made = plantfile.load_plant(plant)
    for row in made["probe"]:
        row.update(probes)
    values = tomlfiles.load_profile(profile)
    for stage in values["stages"]:
        stage["hold_s"] = min(stage["hold_s"], 600)
    board = tomlfiles.load_board(made["board"])
    unit = InProcess(made, board, flash.unit_settings(plant))
    assert unit.start(values) is None
    for _ in range(MOST_TICKS):
        unit.tick()
        if unit.kernel.run is None:
            return read(b"".join(unit.blocks))
        if unit.kernel.state == "wait":
            unit.kernel.orders.proceed()
    raise AssertionError(f"no end within {MOST_TICKS} ticks: {unit.kernel.state}")


@pytest.mark.parametrize("probes", PROBES)
@pytest.mark.parametrize(("plant", "profile"), RUNS)
def test_nothing_trips(plant, profile, probes):
    log = played(plant, profile, PROBES[probes])
    assert log.summary["end"] == "done", log.summary["faults"]
    assert not [event for event in log.events if event["ev"] == "fault"]
    # Spikes may tilt a slope so that it would lead to the limit; none comes near it.
    near = [event for event in log.events if event["ev"] == "approach"]
    assert all(event["temp_c"] < event["limit_c"] - 10 for event in near)
    # A spike must not pass for a peak.
    assert log.summary["metrics"]["overshoot_c"] < 6
    assert all(peak_c < 700 for _, peak_c in log.summary["peaks"])
