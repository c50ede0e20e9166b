"""Every fault of the virtual bench, alone, on every shipped plant: what must come of it.

Seen in the trace, which the plant writes: the heat is gone, and stays gone.
"""

import pytest
from playing import play

PLANTS = {
    "hotplate": ("hotplate-sac305", 60),
    "quartz-light": ("preheat-sac305", 60),
    "quartz-medium": ("preheat-sac305", 60),
    "quartz-heavy": ("preheat-sac305", 60),
    "ceramic": ("preheat-sac305", 90),
}
# What a fault may end as. Where several stand, it depends on plant and moment which evidence is
# conclusive first; each is a row of the fault table that fits the cause.
ENDS = {
    "tc_open": {"fault:tc_open"},
    "tc_short_gnd": {"fault:tc_short_gnd"},
    "tc_short_vcc": {"fault:tc_short_vcc"},
    "spi_zero": {"fault:bus_zero"},
    "spi_ones": {"fault:bus_ones"},
    "tc_frozen": {"fault:frozen"},
    "ssr_stuck_on": {"fault:stuck_on"},
    "ssr_stuck_off": {"fault:no_rise"},
    "mains_loss": {"fault:no_rise"},
    "interlock": {"fault:interlock"},
    "pad_stuck_high": {"fault:pad"},
    "host_silent": {"fault:link"},
    "power_cut": {"reset"},
    # A probe off the board, or a reading that jumps by 15 °C.
    "tc_detached": {"fault:detached", "fault:anomaly"},
    "tc_offset": {"fault:detached"},
    # Not faults of the unit by themselves: the run goes on as long as it can.
    "heater_gain": {"done", "fault:ramp_timeout", "fault:no_rise"},
    "contactor_welded": {"done"},
    "board_swap": {"done", "fault:detached", "fault:no_rise"},  # undeclared
    "external_heat": {
        "done", "fault:anomaly", "fault:stuck_on", "fault:over_temp", "fault:hold_timeout",
    },
}
# The heat must be gone this soon after the fault began, s, as the plant saw it.
WITHIN_S = {
    "tc_open": 1.5, "tc_short_gnd": 1.5, "tc_short_vcc": 1.5, "spi_zero": 1.5, "spi_ones": 1.5,
    "interlock": 1.0, "host_silent": 11.0, "tc_frozen": 65.0, "ssr_stuck_on": 200.0,
    "tc_detached": 12.0, "tc_offset": 5.0,
    # At full power nothing but the gaps for the log, 20 s apart, shows that the pin is stuck.
    "pad_stuck_high": 41.0, "ssr_stuck_off": 0.2, "mains_loss": 0.2, "power_cut": 0.2,
}


# What comes of the others does not depend on the board that lies there.
OF_THE_BOARD = (
    "tc_frozen", "ssr_stuck_on", "ssr_stuck_off", "tc_detached", "heater_gain", "board_swap",
    "external_heat",
)
CASES = [
    (plant, kind)
    for plant in PLANTS
    for kind in (OF_THE_BOARD if plant in ("quartz-light", "quartz-heavy") else ENDS)
]


@pytest.mark.parametrize(("plant", "kind"), CASES)
def test_a_fault_alone(tmp_path, plant, kind):
    profile, at_s = PLANTS[plant]
    fault = {"at_s": at_s, "kind": kind}
    if kind == "host_silent":
        fault["duration_s"] = 60  # the host speaks again, and learns of the end
    played = play(tmp_path, plant, profile, [fault])

    assert played.end in ENDS[kind]
    # The log is whole to its end and says the same.
    assert not played.log.truncated and played.log.problem is None
    assert played.log.summary["end"] == played.end
    # The trace has rows of the heated part: there was something to take away.
    assert max(row["heater_w"] for row in played.trace) > 0
    heated_s = max(row["t_s"] for row in played.trace if row["heater_w"] > 0)
    assert heated_s <= at_s + WITHIN_S.get(kind, 1e9)
    if played.end.startswith("fault:"):
        code = played.end.partition(":")[2]
        assert played.exit_code == 5
        assert code in played.faults_after_reset  # latched over a reset
        rows = played.after_end()
        assert rows, "the trace ends with the heat"
        assert all(row["heater_w"] == 0 and row["ssr_cmd"] == 0 for row in rows)
        assert all(row["contactor"] == 0 for row in rows)
    elif played.end == "reset":
        assert played.exit_code == 5
        assert played.faults_after_reset == []
    else:
        assert played.exit_code == 0


def test_without_a_contactor_a_stuck_relay_calls_for_unplugging(tmp_path):
    fault = {"at_s": 60, "kind": "ssr_stuck_on"}
    played = play(
        tmp_path, "hotplate", "hotplate-sac305", [fault], board="virtual-hotplate-bare"
    )
    assert played.end == "fault:stuck_on" and played.exit_code == 5
    assert "unplug" in played.said
    rows = played.after_end()
    assert all(row["ssr_cmd"] == 0 for row in rows)
    # Software can do no more: the plant says that the heat goes on.
    assert max(row["heater_w"] for row in rows) > 0
    assert "stuck_on" in played.faults_after_reset


def test_load_sense_finds_a_stuck_relay_within_two_seconds_of_no_command(tmp_path):
    fault = {"at_s": 60, "kind": "ssr_stuck_on"}
    played = play(
        tmp_path, "quartz-medium", "preheat-sac305", [fault], board="virtual-quartz-full"
    )
    assert played.end == "fault:stuck_on"
    trip_s = next(e["t_ms"] for e in played.log.events if e["ev"] == "fault") / 1000
    assert trip_s <= at_most_off_s(played.trace) + 2.5


def at_most_off_s(trace):
    """When, after the fault, the relay's pin was low for the first whole row."""
    return next(row["t_s"] for row in trace if row["t_s"] > 60 and row["ssr_cmd"] == 0)
