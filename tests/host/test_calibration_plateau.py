"""Readings that stand, readings that do not, and the plateau of something that melts."""

import random

import pytest

from preheat.calibration import fixedpoints, measure, plateau, steady
from preheat.errors import Refused, VerifyError
from preheat_core import runlog
from preheat_core.faults import STATE_NAMES

TIN_LEAD = fixedpoints.melting("Sn63Pb37")
BAND = measure.band(TIN_LEAD)


def noisy(temp_c, rng):
    """As the amplifier has it: a little noise, steps of 0.25 °C."""
    return round((temp_c + rng.gauss(0, 0.12)) * 4) / 4


def melt(at_c=183.6, rate_c_s=0.4, stands_s=25, every_s=0.5, start_c=150.0, lag_s=3.0):
    """A tip with some lag in an alloy that is warmed evenly: up, a stand, up."""
    rng = random.Random(4)
    tip_c, alloy_c, melted_s, samples, t_s = start_c, start_c, 0.0, [], 0.0
    while alloy_c < at_c + 25:
        if alloy_c < at_c or melted_s >= stands_s:
            alloy_c += rate_c_s * every_s
            alloy_c = min(alloy_c, at_c) if melted_s < stands_s else alloy_c
        else:
            melted_s += every_s
        tip_c += (alloy_c - tip_c) * every_s / lag_s
        samples.append((t_s, noisy(tip_c, rng)))
        t_s += every_s
    return samples


@pytest.mark.parametrize("rate_c_s", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("every_s", [0.5, 1.0])
def test_the_plateau_of_a_melting_alloy_is_found_within_a_quarter_of_a_degree(rate_c_s, every_s):
    found = plateau.find(melt(rate_c_s=rate_c_s, every_s=every_s), *BAND)
    assert found is not None
    assert found.stood_c == pytest.approx(183.6, abs=0.25)
    assert 10 <= found.to_s - found.from_s <= 40


def test_an_even_ramp_has_no_plateau():
    ramp = melt(stands_s=0)
    assert plateau.find(ramp, *BAND) is None
    assert "stood nowhere" in plateau.missing(ramp, *BAND)


def test_a_plateau_elsewhere_is_not_that_of_this_alloy():
    other = melt(at_c=217.5, start_c=190)
    assert plateau.find(other, *BAND) is None
    assert "stood only at 217" in plateau.missing(other, *BAND)


def test_a_reading_that_only_ends_or_cools_there_is_not_melting():
    stays = [s for s in melt() if s[1] < 184.4]
    assert plateau.find(stays, *BAND) is None
    assert "did not rise" in plateau.missing(stays, *BAND)
    backwards = [(1000 - t_s, c) for t_s, c in reversed(melt())]
    assert plateau.find(backwards, *BAND) is None


def test_a_gap_or_a_hold_breaks_the_stand():
    samples = melt()
    middle_s = sum(s[0] for s in samples if 183.2 < s[1] < 184) / sum(
        1 for s in samples if 183.2 < s[1] < 184
    )
    for broken in (
        [s for s in samples if not middle_s - 6 < s[0] < middle_s + 6],
        [(t_s, None if abs(t_s - middle_s) < 6 else c) for t_s, c in samples],
    ):
        assert plateau.find(broken, *BAND) is None


def test_readings_stand_or_it_is_said_how_they_do_not():
    rng = random.Random(1)
    rows = [(n * 0.5, noisy(0.6, rng)) for n in range(61)]
    assert steady.unsteady(rows) == ""
    assert steady.measure(rows).mean_c == pytest.approx(0.6, abs=0.07)
    drifts = [(t_s, c + 0.02 * t_s) for t_s, c in rows]
    assert "still rises" in steady.unsteady(drifts)
    assert "still falls" in steady.unsteady([(t_s, -c) for t_s, c in drifts])
    jumps = [(t_s, c + (n % 2) * 1.5) for n, (t_s, c) in enumerate(rows)]
    assert "jumps" in steady.unsteady(jumps)
    assert "only 3 readings" in steady.unsteady(rows[:3])


def log_of(samples, state="ramp", calibration=()):
    """The log of a run in which the second of two probes saw these samples, once a second."""
    writer = runlog.Writer(2)
    header = {"run": "r000001", "uid": "aabb", "unit": "bench-a", "calibration": calibration,
              "probes": [["plate", "board"], ["tip", "component"]]}  # fmt: skip
    blocks = writer.header(header)
    for t_s, temp_c in samples:
        blocks.append(writer.add_record(
            round(t_s * 1000), STATE_NAMES.index(state), 0, 200.0, 0.5, 0.5, 0,
            [(25.0,) * 3, (temp_c,) * 3],
        ))  # fmt: skip
    blocks.append(writer.flush())
    return runlog.read(b"".join(block for block in blocks if block))


def test_a_plateau_in_a_log_is_read_without_the_calibration_of_then():
    calibration = [["tip", 2.0, 1.01, None, None, None, None]]
    samples = [(t_s, 1.01 * c + 2.0) for t_s, c in melt(every_s=1.0)]
    taken = measure.melted(log_of(samples, calibration=calibration), "tip", TIN_LEAD)
    assert taken.read_c == pytest.approx(183.6, abs=0.25)
    assert "melting plateau of" in taken.how
    old = [row[:3] for row in calibration]  # a log of before there were dates
    again = measure.melted(log_of(samples, calibration=old), "tip", TIN_LEAD)
    assert again.read_c == taken.read_c


def test_what_the_unit_held_by_itself_is_no_plateau_and_a_wrong_probe_is_told():
    held = log_of(melt(every_s=1.0), state="hold")
    with pytest.raises(Refused, match="no melting of Sn63Pb37"):
        measure.melted(held, "tip", TIN_LEAD)
    with pytest.raises(Refused, match="no probe 'top'") as caught:
        measure.melted(held, "top", TIN_LEAD)
    assert "plate, tip" in caught.value.fix
    with pytest.raises(VerifyError):
        measure.melted(runlog.read(b""), "tip", TIN_LEAD)
