"""Tips that follow a hand slowly, and a person who lets go late: the wiring is judged right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat.selftest import FAIL, OK, hands, tips

ROOM_C, HAND_C = 23.0, 32.0
LOOK_S = 0.35
NAMES = ("board", "emitter", "top")
BOARD = {"probes": [{"name": name, "role": "board", "cs": cs} for cs, name in enumerate(NAMES)],
         "pins": {}}


class Bench:
    """Stands for a Subject: tips with a first-order lag, and somebody who does as he is told."""

    ask = None
    board = BOARD

    def __init__(self, lag_s, lets_go_s, takes_s, wired=(0, 1, 2)):
        self.lag_s, self.lets_go_s, self.takes_s, self.wired = lag_s, lets_go_s, takes_s, wired
        self.now_s = 0.0
        self.temps_c = [ROOM_C] * len(NAMES)
        self.held = None
        self.plans = []  # (when, which tip is held from then on)
        self.told = []

    def tell(self, text):
        self.told.append(text)
        for index, name in enumerate(NAMES):
            if text.startswith(f"warm the tip of {name!r}"):
                go_s = self.now_s + self.lets_go_s
                self.plans += [(go_s, None), (go_s + self.takes_s, index)]

    def wait_for(self, look, most_s):
        end_s = self.now_s + most_s
        while True:
            found = look()
            if found or self.now_s >= end_s:
                return found
            self._pass()

    def _pass(self):
        self.now_s += LOOK_S
        for plan in [row for row in self.plans if row[0] <= self.now_s]:
            self.held = plan[1]
            self.plans.remove(plan)
        for index in range(len(NAMES)):
            goal_c = HAND_C if index == self.held else ROOM_C
            share = 1 - math.exp(-LOOK_S / self.lag_s)
            self.temps_c[index] += (goal_c - self.temps_c[index]) * share

    def request(self, _cmd):
        return {"probes": [[name, "board", round(4 * self.temps_c[tip]) / 4, None]
                           for name, tip in zip(NAMES, self.wired, strict=True)]}


@given(lag_s=st.floats(0.2, 15), lets_go_s=st.floats(0, 8), takes_s=st.floats(0, 5))
def test_right_wiring_is_found_right_however_slow_tips_and_hands_are(lag_s, lets_go_s, takes_s):
    bench = Bench(lag_s, lets_go_s, takes_s)
    assert [row.result for row in hands.tips(bench)] == [OK, OK, OK], bench.told
    assert "board rose: let go" in bench.told


@pytest.mark.parametrize("lag_s", [0.2, 3, 10])
def test_a_swap_is_found_with_slow_tips_too(lag_s):
    found = hands.tips(Bench(lag_s, 2, 2, wired=(1, 0, 2)))
    assert [row.result for row in found] == [FAIL, FAIL, OK]
    assert found[0].seen == "emitter rose"
    assert "Swap the plugs of board and emitter" in found[0].next


def test_a_hand_that_never_leaves_the_first_tip_finds_no_other():
    found = hands.tips(Bench(3, 1000, 0))
    assert [row.result for row in found] == [FAIL, FAIL, FAIL]

    stuck = Bench(3, 0, 0)
    stuck.tell("warm the tip of 'board'")
    stuck.tell = lambda text: None
    found = hands.tips(stuck)
    assert [row.result for row in found] == [OK, FAIL, FAIL]
    assert "no single reading rose" in found[1].seen


def test_what_a_tip_passes_on_to_its_neighbour_is_not_taken_for_the_neighbours_turn():
    bench = Bench(0.5, 1000, 0)  # nobody touches the second tip
    bench.held = 0
    passing = bench._pass

    def coupled():
        passing()
        goal_c = ROOM_C + 0.4 * (bench.temps_c[0] - ROOM_C)
        bench.emitter_c += (goal_c - bench.emitter_c) * (1 - math.exp(-LOOK_S / 10))
        bench.temps_c[1] = bench.emitter_c

    bench.emitter_c, bench._pass = ROOM_C, coupled
    assert [row.result for row in hands.tips(bench)] == [OK, FAIL, FAIL]


def test_the_tip_before_counts_again_once_it_has_fallen():
    turn = tips.Turn((25.0, 23.0), 0)
    assert turn.look((31.0, 23.0)) is None  # still in the hand
    assert turn.look((29.0, 23.0)) is None  # let go
    assert turn.look((28.0, 23.0)) is None
    assert turn.look((30.5, 23.0)) == 0  # and warmed anew


def test_a_reading_that_comes_back_counts_from_there():
    turn = tips.Turn((None, 23.0))
    assert turn.look((27.0, 23.0)) is None
    assert turn.look((29.5, 23.0)) == 0


def test_at_rest_nothing_rises():
    rest = tips.Rest()
    assert [rest.look((23.0, None)) for _ in range(tips.STILL_LOOKS)][-2:] == [False, True]
    assert rest.look((23.25, None)) and not rest.look((23.75, None))
    assert rest.look((20.0, None))  # falling is no warmth
