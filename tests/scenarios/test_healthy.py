"""Healthy runs: stock profiles on the shipped plants they are meant for, and nothing trips."""

import pytest
from playing import play

PROFILES = {
    "hotplate": ("hotplate-snbi", "hotplate-sn63", "hotplate-sac305"),
    "quartz-light": ("preheat-snpb", "preheat-sac305", "bga-sac305"),
    "quartz-medium": ("preheat-snpb", "preheat-sac305", "bga-sac305", "bake-125"),
    "quartz-heavy": ("preheat-snpb", "preheat-sac305", "bga-sac305"),
    "ceramic": ("preheat-snpb", "preheat-sac305", "bga-sac305", "bake-125"),
}
OVERSHOOT_C = 4.0  # of the true board, by a plain PID


def an_hour_at_most(profile):
    """A bake of nine hours shows nothing more than one of ten minutes does."""
    for stage in profile["stages"]:
        stage["hold_s"] = min(stage["hold_s"], 600)


@pytest.mark.parametrize(
    ("plant", "profile"),
    [(plant, profile) for plant, profiles in PROFILES.items() for profile in profiles],
)
def test_nothing_trips(tmp_path, plant, profile):
    played = play(tmp_path, plant, profile, shorten=an_hour_at_most)
    assert played.end == "done" and played.exit_code == 0
    assert "fault" not in played.said and "approach" not in played.said
    targets_c = [stage for stage in played.log.header["limits"] if stage[0] == "board"]
    assert max(row["board_c"] for row in played.trace) < targets_c[0][2]
    assert played.log.summary["metrics"]["overshoot_c"] <= OVERSHOOT_C
    assert all(row["heater_w"] == 0 for row in played.after_end())
