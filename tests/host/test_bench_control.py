"""The control benchmark: its scores, its textbook rules, its goals, and a short real run."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from preheat.bench.supervisor import has_micropython

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import bench_identify  # noqa: E402
import bench_plants  # noqa: E402
import bench_reach  # noqa: E402
import bench_tick  # noqa: E402
import textbook  # noqa: E402
from bench_cases import play, untuned  # noqa: E402
from bench_scores import TICK_S, Trace, score  # noqa: E402


def traced(*rows):
    """A trace of (true °C, setpoint °C, stage, state), one row per second."""
    trace = Trace()
    for true_c, setpoint_c, stage, state in rows:
        for _ in range(int(1 / TICK_S)):
            trace.t_s.append(len(trace.t_s) * TICK_S)
            trace.true_c.append(true_c)
            trace.setpoint_c.append(setpoint_c)
            trace.stage.append(stage)
            trace.state.append(state)
    return trace


def test_scores_of_a_run_made_by_hand():
    ramp = [(40 + i, 43 + i, 0, "ramp") for i in range(10)]  # 3 °C behind for ten seconds
    hold = [(54, 50, 0, "hold")] * 20 + [(50.4, 50, 0, "hold")] * 10
    found = score(traced(*ramp, *hold), [50.0], 7.0, "done", [])
    assert found.rmse_c == pytest.approx(((10 * 9 + 20 * 16 + 10 * 0.16) / 40) ** 0.5)
    assert found.overshoot_c == pytest.approx(4.0)
    assert found.reach_s == 9.0 and found.late_s == 2.0  # 49 °C
    assert found.hold_dev_c == pytest.approx(0.4)  # its first 20 of 30 s settle
    assert found.away_s == 30.0 and found.back
    assert "trace" not in found.figures()


def test_back_means_within_the_stage_it_began_in():
    out = [(53, 50, 0, "ramp")] * 8
    good = [(50, 50, 0, "ramp")] * 4
    assert score(traced(*out, *good), [50.0], 1.0, "done", []).back
    assert not score(traced(*good, *out), [50.0], 1.0, "done", []).back  # heat ended while away
    later = [(53, 50, 1, "ramp")] * 8
    rows = [*good, *out[:4], *later, (50, 50, 1, "ramp")]
    over = score(traced(*rows), [50.0, 50.0], 1.0, "done", [])
    assert over.away_s == 12.0 and not over.back  # it began in a stage of 8 s


def test_a_hold_goes_on_in_a_stage_of_the_same_target_and_short_ones_do_not_count():
    short = [(49, 50, 0, "hold")] * 9
    hold = [(61, 60, 1, "hold")] * 50
    wait = [(60.7, 60, 2, "ramp")] + [(60.2, 60, 2, "wait")] * 60
    targets_c = [50.0, 60.0, 60.0]
    found = score(traced(*short, (50, 60, 1, "ramp"), *hold, *wait), targets_c, 1.0, "done", [])
    assert found.hold_dev_c == found.long_hold_dev_c == pytest.approx(0.2)
    found = score(traced(*short, (50, 60, 1, "ramp"), *hold), targets_c, 1.0, "done", [])
    assert found.hold_dev_c == pytest.approx(1.0) and found.long_hold_dev_c is None
    assert score(traced(*short), targets_c, 1.0, "done", []).hold_dev_c is None


def test_a_target_never_reached_is_told():
    found = score(traced((40, 50, 0, "ramp")), [50.0], 1.0, "fault:ramp_timeout", ["ramp_timeout"])
    assert found.reach_s is None and found.late_s is None


def test_simc_rules_by_their_own_numbers():
    process = textbook.Process(gain_c=1.5, slow_s=20, fast_s=4, dead_s=2)
    # Series: Kc = 20 / (1.5 * 4), tau_I = 4 * (2 + 2), tau_D = 4; ideal: factor 1 + 4 / 16.
    pid = textbook.simc_pid(process)
    assert (pid.kp, pid.ti_s, pid.td_s) == pytest.approx((1.25 * 20 / 6, 20, 3.2))
    # Half rule: 22 s and a delay of 4 s.
    pi = textbook.simc_pi(process)
    assert (pi.kp, pi.ti_s, pi.td_s) == pytest.approx((22 / 12, 22, 0))


def test_a_known_step_response_gives_its_process_back():
    t_s = np.arange(0, 300, 0.25)
    late_s = np.maximum(0, t_s - 5)
    rise_c = 400 * (1 - (200 * np.exp(-late_s / 200) - 12 * np.exp(-late_s / 12)) / 188)
    found = bench_identify.fit(t_s, rise_c)
    assert vars(found) == pytest.approx(
        {"gain_c": 400, "slow_s": 200, "fast_s": 12, "dead_s": 5}, rel=0.02
    )


def test_the_oven_is_identified_as_it_was_built():
    plant, board = bench_plants.plant_and_board("oven", hard=True)
    found = bench_identify.identify(plant, board)
    assert found.gain_c == pytest.approx(3500, rel=0.01)
    assert found.slow_s == pytest.approx(2109, rel=0.01)
    # 6 s of dead time, 0.5 of the median, 1 of the window, half of the smaller of 9.5 and 6 s.
    assert found.dead_s == pytest.approx(6 + 0.5 + 1 + 3, rel=0.1)


def test_the_textbook_pid_has_no_kick_and_no_windup():
    pid = textbook.Textbook(textbook.Gains(kp=0.02, ti_s=50, td_s=5))
    pid.reset(100.0, 0.0)
    pid.observe(0.25, 0, 100.0, None, True)
    at_rest = pid.step(0.25, lambda ahead_s: 100.0, True)
    kicked = pid.step(0.25, lambda ahead_s: 110.0, True)
    assert at_rest == 0 and kicked == pytest.approx(0.2, abs=0.01)  # kp times the step, no more
    for _ in range(4000):
        pid.step(0.25, lambda ahead_s: 200.0, True)
    assert pid.step(0.25, lambda ahead_s: 40.0, True) == 0  # the integral is 1 at most
    # The board rises: the derivative, through its filter of td / 10, takes duty away.
    pid.reset(100.0, 0.0)
    pid.observe(0.25, 0, 100.0, None, True)
    pid.observe(0.25, 0, 101.0, None, True)
    left = 0.02 * 10 - 0.02 * 5 / (0.5 + 0.25)
    assert pid.step(0.25, lambda ahead_s: 111.0, True) == pytest.approx(left, abs=0.002)


def test_hard_changes_what_it_says_and_nothing_else():
    plant, board = bench_plants.plant_and_board("quartz-light")
    hard, hard_board = bench_plants.plant_and_board("quartz-light", hard=True)
    seen = {row["role"]: row for row in plant["probe"]}
    late = {row["role"]: row for row in hard["probe"]}
    assert late["board"]["dead_time_s"] == 6 and late["board"]["noise_c"] == 0.2
    assert late["board"]["lag_s"] == seen["board"]["lag_s"] + 4
    assert late["heater"] == seen["heater"] and hard["node"] == plant["node"]
    assert hard_board == {**board, "window_ticks": 8}


@pytest.mark.parametrize("name", bench_plants.NAMES)
def test_every_plant_has_a_profile_that_its_power_allows(name):
    profile = bench_plants.bench_profile(*bench_plants.plant_and_board(name))
    assert [stage["target_c"] for stage in profile["stages"]] == [150, 170, 230]
    rates = [stage["ramp_c_s"] for stage in profile["stages"]]
    assert all(rate <= most + 1e-3 for rate, most in zip(rates, (125 / 120, 20 / 60, 1.0)))
    if name in ("oven", "hotplate"):  # as it was asked for
        assert rates == pytest.approx([125 / 120, 20 / 60, 1.0], abs=1e-3)


def test_a_weak_heater_is_not_asked_for_what_it_cannot_hold():
    heavy = bench_plants.plant_and_board("quartz-heavy")
    assert bench_plants.bench_profile(*heavy, gain=0.8)["stages"][-1]["target_c"] < 230
    oven = bench_plants.plant_and_board("oven")
    assert bench_plants.bench_profile(*oven, gain=0.8) == bench_plants.bench_profile(*oven)


def test_less_power_gets_there_later():
    plant, board = bench_plants.plant_and_board("hotplate")
    profile = bench_plants.stock_profile("hotplate-snbi")

    def pid():
        return textbook.Textbook(textbook.Gains(kp=0.1, ti_s=60, td_s=2))

    whole = play(plant, board, untuned(), profile, pid)
    weak = play(plant, board, untuned(), profile, pid, gain=0.8)
    assert whole.end == weak.end == "done"
    assert whole.reach_s is not None and weak.reach_s is not None
    assert weak.reach_s > whole.reach_s + 1


def row(controller="ours", **other):
    made = {
        "plant": "oven", "hard": True, "profile": "bench", "controller": controller,
        "kind": "as tuned", "gain": 1.0, "tuned_on": "", "end": "done", "faults": [],
        "rmse_c": 1.0, "overshoot_c": 1.0, "reach_s": 250.0, "hold_dev_c": 0.2,
        "long_hold_dev_c": 0.2, "away_s": 0.0, "back": True,
    }
    return {**made, **other}


def missed(*rows):
    return [line.text for line in bench_reach.lines(list(rows)) if not line.holds]


def test_goals_hold_or_fall_short_as_the_numbers_say():
    pid = row("pid", rmse_c=4.0, overshoot_c=4.0, reach_s=300.0)
    assert missed(row(), pid) == []
    assert any("Hard oven" in text for text in missed(row(rmse_c=1.3), pid))
    assert any("half" in text for text in missed(row(overshoot_c=1.5), pid | {"overshoot_c": 2.5}))
    assert any("Never worse" in text for text in missed(row(), pid | {"rmse_c": 0.8}))
    assert any("Never later" in text for text in missed(row(reach_s=None), pid))
    assert any("Holds" in text for text in missed(row(hold_dev_c=0.6)))
    assert any("Power" in text for text in missed(row(kind="power", back=False)))
    assert any("Another board" in text for text in missed(row(kind="board", overshoot_c=5.1)))
    assert any("no guard trip" in text for text in missed(row(faults=["stuck_on"])))
    assert any("Not hard" in text for text in missed(row(hard=False, overshoot_c=0.6)))


def test_the_tuned_hot_plate_beats_the_textbook(tmp_path):
    words = [sys.executable, str(TOOLS / "bench_control.py"), "--json", "--quick"]
    words += ["--only", "hotplate", "-o", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["rows"]) == 6 and all(not row["problems"] for row in found["tuning"])
    assert Path(found["picture"]).read_bytes().startswith(b"\x89PNG")
    by = {(row["hard"], row["controller"]): row for row in found["rows"]}
    for hard in (False, True):
        ours, pid = by[hard, "ours"], by[hard, "pid"]
        assert ours["end"] == pid["end"] == "done"
        assert ours["rmse_c"] <= pid["rmse_c"] / 2
        assert ours["overshoot_c"] <= pid["overshoot_c"] / 2


@pytest.mark.skipif(not has_micropython(), reason="there is no MicroPython for this platform")
def test_a_tick_is_taken_apart():
    found = bench_tick.digest(bench_tick.replay(bench_tick.record(50, 1)))
    for strategy, own in (("predictive", "observer"), ("pid", "pid step")):
        parts = found[strategy]["parts"]
        assert {"readings", "guard", "sequencer", "window", "recorder", own} <= set(parts)
        assert sum(part["share"] for part in parts.values()) == pytest.approx(1, abs=0.01)
        # Four frames become four readings of two floats at least, of a block of memory each.
        assert 4 * 2 * 32 <= parts["readings"]["bytes"] < found[strategy]["bytes"]
        assert 0.02 < parts["guard"]["share"] < 0.9
