"""The admissible band: what a tune may narrow, what it may not, and how the two walks go."""

from expect import near
from preheat_core import settings
from preheat_core.band import (
    FOLLOW_C,
    FOLLOW_TICKS,
    HALF_MINUTE_S,
    WINDOW,
    Coast,
    HalfMinutes,
    Walker,
    band,
)
from preheat_core.board import HEATER_KINDS
from preheat_core.model import Model

TICK_S = 0.25
QUARTZ = {
    "heater_j_k": 70, "board_j_k": 150, "couple_w_k": 0.05, "couple_rad_w": 480,
    "heater_loss_w_k": 0.12, "heater_loss_rad_w": 440, "loss_w_k": 1.0, "loss_rise_k": 0.001,
    "dead_s": 5, "lag_s": 4, "heater_lag_s": 1.5, "heater_seen": True, "ambient_c": 23,
    "fit_c": 0.5, "tuned": "by hand",
}  # fmt: skip
NARROWED = ("heater_j_k", "dead_s", "lag_s", "coast_s")


def zone(kind="quartz", power_w=600):
    return {"heater_kind": kind, "power_w": power_w}


def with_tune(**numbers):
    made = dict(QUARTZ)
    made.update(numbers)
    return made


def walked(walker, seconds, share=1.0):
    """The reading after so many seconds with this share of heat in every tick."""
    for _ in range(int(seconds / TICK_S)):
        walker.step(TICK_S, share * TICK_S)
    return walker.reading_c


def test_both_tables_are_models_for_every_heater_and_slow_is_slower_in_every_number():
    for kind in HEATER_KINDS:
        slow, fast = band(None, zone(kind))
        for field in settings.MODEL_FIELDS:
            assert field.key in slow and field.key in fast, (kind, field.key)
        for key in ("heater_j_k", "board_j_k", "loss_w_k", "lag_s", "dead_s", "loss_rise_k"):
            assert slow[key] >= fast[key], (kind, key)
        assert fast["heater_j_k"] > 0
        assert Model(slow).board_j_k > 600 and Model(fast).board_j_k < 600
        assert slow["cool_j_k"] < slow["board_j_k"] and fast["cool_j_k"] > fast["board_j_k"]


def test_a_heater_of_twice_the_power_is_twice_the_heater():
    for end in (0, 1):
        one, two = band(None, zone())[end], band(None, zone(power_w=1200))[end]
        for key in ("heater_j_k", "couple_rad_w", "couple_w_k", "heater_loss_rad_w"):
            near(two[key], 2 * one[key], 1e-4 * one[key])
        assert two["dead_s"] == one["dead_s"]


def test_a_good_tune_narrows_the_slow_side_and_leaves_the_boards_alone():
    slow, fast = band(None, zone())
    tuned, tuned_fast = band(QUARTZ, zone())
    for key in NARROWED:
        assert tuned[key] < slow[key], key
    assert tuned["settle_s"] < slow["settle_s"]
    near(tuned["dead_s"], 8, 1e-4)  # 3 s for another taping
    near(tuned["heater_j_k"], 70 * 1.1 / 0.75, 0.01)  # and 25 % of power
    for key in slow:
        assert key in NARROWED or key == "settle_s" or tuned[key] == slow[key], key
    assert tuned_fast == fast
    assert band(with_tune(board_j_k=3, couple_rad_w=9000, loss_w_k=0), zone()) == (tuned, fast)


def test_without_a_heater_probe_the_heaters_mass_is_not_believed():
    slow = band(None, zone())[0]
    tuned = band(with_tune(heater_seen=False, heater_j_k=10), zone())[0]
    assert tuned["heater_j_k"] == slow["heater_j_k"] and tuned["coast_s"] == slow["coast_s"]
    assert tuned["dead_s"] < slow["dead_s"]


def test_no_tune_leaves_the_bounds_however_bad_it_is():
    for kind in HEATER_KINDS:
        slow, fast = band(None, zone(kind))
        for heater_j_k in (0.1, 10, 10000):
            for late_s in (0, 7, 60):
                bad = with_tune(heater_j_k=heater_j_k, dead_s=late_s, lag_s=late_s)
                tuned, tuned_fast = band(bad, zone(kind))
                assert tuned_fast == fast
                for key in NARROWED:
                    # Not beyond the untuned side; and never down to nothing.
                    assert slow[key] / 2 - 1e-4 <= tuned[key] <= slow[key], (kind, key, bad)


def shows_after_s(table):
    """How long full power takes to show 2 °C."""
    walker = Walker(table, 600, 23.0)
    for tick in range(4000):
        if walker.step(TICK_S, TICK_S) > 25:
            return tick * TICK_S
    raise AssertionError("it never shows")


def test_a_tune_of_nothing_at_all_still_leaves_half_the_time():
    slow = band(None, zone())[0]
    worst = band(with_tune(heater_j_k=0.1, dead_s=0, lag_s=0), zone())[0]
    assert 0.5 * shows_after_s(slow) < shows_after_s(worst) < shows_after_s(slow)


def test_slow_stays_under_a_tuned_one_and_that_under_fast_while_there_is_heat():
    for kind in HEATER_KINDS:
        slow, fast = band(None, zone(kind))
        tuned = band(QUARTZ, zone(kind))[0]
        walks = [Walker(table, 600, 23.0) for table in (slow, tuned, fast)]
        for seconds, share in ((60, 1.0), (60, 0.0), (60, 0.4), (120, 0.0)):
            # Heat that is longer under way also ends later: without heat the two come close.
            slack_c = 0.01
            for _ in range(int(seconds / TICK_S)):
                low, middle, high = [walk.step(TICK_S, share * TICK_S) for walk in walks]
                assert low - slack_c <= middle <= high + 0.01, (kind, share, low, middle, high)
                assert low >= 22.9  # never under the room


def test_more_heat_is_never_colder():
    shares = (0.0, 0.25, 0.5, 1.0)
    for table in band(None, zone()):
        walks = [Walker(table, 600, 23.0) for _ in shares]
        for _ in range(600):
            readings = [walk.step(TICK_S, n * TICK_S) for walk, n in zip(walks, shares)]
            assert all(a <= b + 1e-3 for a, b in zip(readings, readings[1:])), readings
        assert all(a < b - 1 for a, b in zip(readings, readings[1:])), readings


def test_nothing_moves_before_the_dead_time_and_then_it_does():
    slow = band(None, zone())[0]
    walker = Walker(slow, 600, 23.0)
    assert walked(walker, slow["dead_s"]) < 23.001
    assert walked(walker, 60) > 24


def test_a_late_tick_counts_all_its_heat():
    fast = band(None, zone())[1]
    walker, late = Walker(fast, 600, 23.0), Walker(fast, 600, 23.0)
    for seconds, share in ((30, 1.0), (30, 0.0)):
        walked(walker, seconds, share)
        for _ in range(seconds):
            late.step(1.0, share)
    near(late.reading_c, walker.reading_c, 0.1 * (walker.reading_c - 23))


def test_pulses_of_a_window_walk_like_steady_heat():
    for kind in HEATER_KINDS:
        for table in band(None, zone(kind)):
            steady, pulsed = Walker(table, 600, 23.0), Walker(table, 600, 23.0)
            for i in range(WINDOW * 60):
                steady.step(TICK_S, TICK_S / 2)
                pulsed.step(TICK_S, TICK_S if i % WINDOW < WINDOW // 2 else 0.0)
            near(pulsed.reading_c, steady.reading_c, 0.03 * (steady.reading_c - 22))


def followed(walker, temp_c, ticks=FOLLOW_TICKS):
    for _ in range(ticks):
        walker.follow(temp_c)


def test_three_wild_samples_of_five_move_no_walk():
    slow, fast = (Walker(table, 600, 100.0) for table in band(None, zone()))
    for walker, wild_c in ((slow, 160.0), (fast, 40.0)):
        for _ in range(3):
            followed(walker, wild_c, FOLLOW_TICKS - 1)
            followed(walker, 100.0, 2)
        assert walker.reading_c == 100


def test_slow_follows_a_rise_and_fast_a_fall_and_neither_the_other_way():
    slow, fast = (Walker(table, 600, 100.0) for table in band(None, zone()))
    for walker in (slow, fast):
        walker.follow(100.0 + FOLLOW_C - 0.5)
        walker.follow(100.0)
        assert walker.reading_c == 100
    followed(slow, 100 + FOLLOW_C)
    assert slow.reading_c == 100 + FOLLOW_C
    followed(slow, 50.0)
    assert slow.reading_c == 100 + FOLLOW_C  # a fall is what it is there to see
    fast.reading_c = 160.0
    fast.follow(150.0)
    assert fast.reading_c == 160
    followed(fast, 150 - FOLLOW_C)  # counted from the top
    assert fast.reading_c == 150 - FOLLOW_C


def test_a_walk_never_starts_anew_where_that_would_loosen_it():
    slow, fast = (Walker(table, 600, 100.0) for table in band(None, zone()))
    slow.reading_c, fast.reading_c = 110.0, 90.0
    followed(slow, 100 + FOLLOW_C)
    followed(fast, 100 - FOLLOW_C)
    assert (slow.reading_c, fast.reading_c) == (110, 90)


def test_a_heaters_own_probe_bounds_both_walks():
    for table in band(None, zone()):
        cold, hot = Walker(table, 600, 23.0), Walker(table, 600, 23.0)
        for _ in range(200):
            hot.step(TICK_S, 0.0, 400, 500)
            cold.step(TICK_S, TICK_S, 20, 60)
        assert 398 <= hot.heater_c <= 500 and hot.reading_c > 25
        assert cold.heater_c <= 60 + 4 * TICK_S * 15 and cold.reading_c < 60


def test_a_walk_that_starts_anew_keeps_the_heat_of_its_heater():
    slow = band(None, zone())[0]
    hot = Walker(slow, 600, 23.0)
    walked(hot, 120)
    hot.start(90.0)
    cold = Walker(slow, 600, 90.0)
    assert hot.reading_c == cold.reading_c == 90
    assert walked(hot, 60) > walked(cold, 60) + 5


def test_a_coast_gains_its_slope_for_its_time_and_no_more():
    slow = band(None, zone())[0]
    coast = Coast(150.0, 1.0)
    top_c = 150.0
    for _ in range(4000):
        before_c, top_c = top_c, coast.step(TICK_S, slow["coast_s"])
        assert top_c >= before_c
    near(top_c, 150 + slow["coast_s"] * 1.2, 0.5)
    falling = Coast(150.0, -1.0)
    # No slope excuses a rise, noise alone does.
    near(falling.step(1.0, slow["coast_s"]), 150.1, 0.01)


def test_what_a_board_rose_in_a_block_it_rises_no_more_in_the_next():
    halves = HalfMinutes(50.0)
    ticks = int(HALF_MINUTE_S / TICK_S)
    for tick in range(1, ticks):
        assert halves.step(TICK_S, 50 + 0.3 * TICK_S * tick, 400.0) > 99  # nothing known
    before_c = 50 + 0.3 * HALF_MINUTE_S
    for _ in range(ticks):
        top_c = halves.step(TICK_S, before_c, 400.0)
    assert before_c + 0.29 * HALF_MINUTE_S < top_c < before_c + 0.32 * HALF_MINUTE_S


def test_a_block_without_a_rise_excuses_no_more_than_a_slope_of_noise():
    halves = HalfMinutes(50.0)
    for _ in range(int(2 * HALF_MINUTE_S / TICK_S)):
        top_c = halves.step(TICK_S, 50.0, 400.0)
    assert 52.5 < top_c < 53.1  # a tenth of a degree in a second


def test_a_half_minute_that_ended_in_a_dip_bounds_nothing():
    halves = HalfMinutes(50.0)
    ticks = int(HALF_MINUTE_S / TICK_S)
    for tick in range(1, 4 * ticks):
        dip_c = 4.0 if 0.8 < tick / ticks < 1.4 else 0.0
        temp_c = 50 + 0.2 * tick * TICK_S - dip_c
        assert temp_c < halves.step(TICK_S, temp_c, 400.0) + 2


def test_a_board_that_cooled_for_minutes_before_it_rose_is_bounded_all_the_same():
    halves, temp_c = HalfMinutes(150.0), 150.0
    for _ in range(400 * 4):
        temp_c -= 0.1 * TICK_S
        halves.step(TICK_S, temp_c, 30.0)
    ticks, top_c = 0, temp_c
    while temp_c <= top_c + 2 and ticks < 800:
        ticks += 1
        temp_c += 0.3 * TICK_S
        top_c = halves.step(TICK_S, temp_c, 30.0)
    assert ticks < 120 * 4
