"""A cold board over a heater that is still hot: it rises without heat, and nothing is wrong."""

from preheat_core.envelope import Envelope
from preheat_core.model import Model

TICK_MS, TICK_S = 250, 0.25
LIGHT_J_K = 60
POWER_W = 900
PLANTS = {
    "quartz": {"heater_j_k": 108, "couple_w_k": 0.1, "couple_rad_w": 810,
               "heater_loss_w_k": 0.1, "heater_loss_rad_w": 360},
    "ceramic": {"heater_j_k": 450, "couple_w_k": 0.7, "couple_rad_w": 1300,
                "heater_loss_w_k": 0.3, "heater_loss_rad_w": 0},
}  # fmt: skip
LATE_TUNE = {"dead_s": 2, "lag_s": 1, "heater_lag_s": 1, "heater_seen": True, "ambient_c": 23,
             "fit_c": 1, "tuned": "by hand", "board_j_k": 100, "loss_w_k": 0.5,
             "loss_rise_k": 0.001}  # fmt: skip


class Bench:
    """One heater of POWER_W, a board over it, and the envelope that follows from boot on."""

    def __init__(self, kind, board_j_k, model=None, probe=False, mass=1.0):
        made = dict(LATE_TUNE, board_j_k=board_j_k, loss_w_k=0.6)
        made.update(PLANTS[kind])
        made["heater_j_k"] *= mass
        self.plant = Model(made)
        self.board_j_k = board_j_k
        self.heater_c = self.board_c = 23.0
        self.probe = probe
        self.board = {"zones": [{"heater_kind": kind, "power_w": POWER_W}]}
        self.envelope = Envelope(self.board, model)
        self.slope_c_s = 0.0

    def tick(self, share, stuck=False, judged=True):
        watts = POWER_W * (1.0 if stuck else share)
        self.heater_c, flow_w = self.plant.heat(self.heater_c, self.board_c, watts, TICK_S)
        before_c = self.board_c
        self.board_c = self.plant.warm(self.board_c, flow_w, TICK_S)
        self.slope_c_s += ((self.board_c - before_c) / TICK_S - self.slope_c_s) * TICK_S / 2
        heater_c = self.heater_c if self.probe else None
        return self.envelope.step(
            TICK_MS, int(TICK_MS * share), self.board_c, self.slope_c_s, heater_c, True, judged
        )

    def wait(self, seconds, share, stuck=False):
        for tick in range(int(seconds / TICK_S)):
            found = self.tick(share, stuck)
            if found is not None:
                return found[0], tick * TICK_S
        return None

    def boot(self, model=None):
        """The unit restarts: it knows nothing of what was."""
        self.envelope = Envelope(self.board, model)

    def heat_up(self, heater_c):
        """A run with a light board, until the heater is so hot; then 15 s without heat."""
        self.plant.board_j_k = LIGHT_J_K
        while self.heater_c < heater_c:
            self.tick(1.0, judged=False)
        for _ in range(60):
            self.tick(0.0, judged=False)

    def change(self, temp_c=23.0):
        """The board of this bench is laid on, cold."""
        self.plant.board_j_k = self.board_j_k
        self.board_c, self.slope_c_s = temp_c, 0.0

    def lay_on(self, temp_c=23.0):
        """The same, seen by the probe, and the start of a run."""
        fell = temp_c < self.board_c - 5
        self.change(temp_c)
        if fell:
            self.envelope.other_board(temp_c)  # as a jump of the probe tells
        self.envelope.start(self.board_c, 0.0)


def tunes(kind):
    """None, one that is right, and one that takes the heater for a tenth of it."""
    right = dict(LATE_TUNE)
    right.update(PLANTS[kind])
    return None, right, dict(right, heater_j_k=right["heater_j_k"] / 10)


def test_a_run_that_starts_over_a_hot_heater_may_rise_without_any_heat():
    for kind in PLANTS:
        for probe in (False, True):
            for model in tunes(kind):
                for board_j_k in (60, 150, 600):
                    bench = Bench(kind, board_j_k, model, probe)
                    bench.heat_up(480.0)
                    bench.lay_on()
                    found = bench.wait(300, 0.0)
                    assert found is None, (kind, probe, board_j_k, model, found)
                    assert bench.board_c > 35.0  # it did rise


def test_a_board_that_is_changed_in_the_cooling_is_no_stuck_relay():
    for kind in PLANTS:
        for model in tunes(kind):
            for board_j_k in (60, 150, 600):
                bench = Bench(kind, board_j_k, model)
                bench.heat_up(480.0)
                bench.change()
                bench.envelope.other_board(23.0)  # as a jump of the probe tells
                for _ in range(18):
                    bench.tick(0.0, judged=False)
                assert bench.wait(300, 0.0) is None, (kind, board_j_k, model)


def test_a_cold_board_over_a_heater_that_is_only_warm_may_rise_for_many_minutes():
    for kind in PLANTS:
        for heater_c, mass in ((60.0, 1.2), (140.0, 0.7), (180.0, 1.2), (240.0, 1.2)):
            for board_j_k in (60, 600):
                bench = Bench(kind, board_j_k, mass=mass)
                bench.heat_up(heater_c)
                bench.lay_on()
                found = bench.wait(600, 0.0)
                assert found is None, (kind, heater_c, mass, board_j_k, found)


def test_after_a_restart_nobody_knows_how_hot_the_heater_was():
    for kind in PLANTS:
        for model in tunes(kind)[:2]:
            for heater_c, other in ((60.0, True), (180.0, True), (300.0, False), (480.0, True)):
                bench = Bench(kind, 300, model)
                bench.heat_up(heater_c)
                bench.boot(model)
                if other:
                    bench.change()
                bench.wait(2, 0.0)
                bench.envelope.start(bench.board_c, bench.slope_c_s)
                found = bench.wait(600, 0.0)
                assert found is None, (kind, heater_c, other, model, found)


def test_a_relay_that_was_stuck_before_a_restart_is_found_by_the_next_run():
    for kind, longest_s in (("quartz", 60), ("ceramic", 200)):
        for other in (False, True):
            bench = Bench(kind, 300)
            bench.heat_up(300.0)
            bench.boot()
            if other:
                bench.change()
            found = bench.wait(400, 0.0, stuck=True)
            assert found is not None and found[0] == "stuck_on", (kind, other)
            assert found[1] < longest_s, (kind, other, found)


def test_what_a_heater_had_from_before_is_forgotten_when_the_board_shows_that_it_has_gone():
    bench = Bench("ceramic", 60)
    bench.heat_up(100.0)
    bench.boot()
    assert bench.wait(20, 0.0) is None and bench.envelope.stored_c
    assert bench.wait(1500, 0.0) is None and bench.envelope.stored_c is None


def test_heat_of_its_own_outweighs_what_a_heater_had_from_before():
    for kind in PLANTS:
        bench = Bench(kind, 150)
        bench.heat_up(200.0)
        bench.lay_on()
        assert bench.wait(1, 0.0) is None and bench.envelope.stored_c
        seconds = 0
        while bench.envelope.stored_c:
            assert bench.wait(1, 0.5) is None
            seconds += 1
        assert 10 < seconds < 190, (kind, seconds)


def test_a_unit_that_boots_under_a_cold_board_is_judged_as_ever_once_it_heats():
    for kind, longest_s in (("quartz", 70), ("ceramic", 110)):
        bench = Bench(kind, 110)
        assert bench.wait(80, 1.0) is None and bench.envelope.stored_c is None
        assert bench.wait(20, 1.0, stuck=True) is None  # nothing to see: heat is wanted
        found = bench.wait(400, 0.0, stuck=True)
        assert found is not None and found[1] < longest_s, (kind, found)


def test_a_relay_that_was_stuck_all_along_is_found_over_a_hot_heater_too():
    for kind in PLANTS:
        bench = Bench(kind, 150)
        bench.heat_up(480.0)
        bench.lay_on()
        found = bench.wait(400, 0.0, stuck=True)
        assert found is not None and found[0] == "stuck_on", kind
        assert found[1] < 240, (kind, found)


def test_a_relay_that_sticks_in_a_slow_ramp_over_a_hot_heater_is_found_by_how_the_slope_stays():
    for heater_c, board_j_k, mass in ((150.0, 450, 1.0), (150.0, 600, 1.2), (250.0, 600, 1.2)):
        for model in tunes("ceramic")[:2]:
            bench = Bench("ceramic", board_j_k, model, mass=mass)
            bench.heat_up(heater_c)
            bench.lay_on()
            assert bench.wait(60, 0.0) is None
            bench.envelope.start(bench.board_c, bench.slope_c_s)
            assert bench.wait(100, 0.25, stuck=True) is None and bench.envelope.stored_c
            found = bench.wait(400, 0.0, stuck=True)
            assert found is not None and found[0] == "stuck_on"
            assert found[1] < (93 if model else 120), (heater_c, board_j_k, found)


def test_the_same_board_started_again_is_judged_as_ever():
    for kind in PLANTS:
        bench = Bench(kind, 150)
        bench.heat_up(480.0)
        bench.envelope.start(bench.board_c, bench.slope_c_s)
        found = bench.wait(400, 0.0, stuck=True)
        assert found is not None and found[0] == "stuck_on" and found[1] < 90, (kind, found)


def test_over_a_cold_heater_a_coast_is_judged_as_ever():
    bench = Bench("quartz", 150)
    bench.lay_on()
    bench.wait(60, 0.5)
    found = bench.wait(300, 0.0, stuck=True)
    assert found is not None and found[0] == "stuck_on" and found[1] < 60



def test_a_spike_in_the_first_sample_after_a_boot_starts_no_walk():
    board = {"zones": [{"heater_kind": "ceramic", "power_w": POWER_W}]}
    envelope = Envelope(board, None)
    for tick in range(1600):
        temp_c = 76.6 if tick == 0 else 13.4
        on_ms = 10 if tick > 40 else 0
        assert envelope.step(TICK_MS, on_ms, temp_c, 0.0, None, True, True) is None


def test_some_heat_of_its_own_over_a_hot_heater_is_no_stuck_relay_afterwards():
    for kind in PLANTS:
        for heater_c, board_j_k in ((200.0, 300), (300.0, 150), (300.0, 600)):
            bench = Bench(kind, board_j_k)
            bench.heat_up(heater_c)
            bench.lay_on()
            assert bench.wait(30, 0.3) is None
            found = bench.wait(600, 0.0)
            assert found is None, (kind, heater_c, board_j_k, found)


def test_a_board_is_no_colder_than_the_room_however_steep_its_reading_fell():
    bench = Bench("ceramic", 150)
    bench.wait(2, 0.0)
    bench.board_c = 60.0
    bench.envelope.start(60.0, -40.0)  # as a slope is just after a board was laid on
    assert bench.envelope._slow._board_c >= 23.0
    assert bench.wait(60, 0.0) is None


def test_after_heat_another_board_or_a_new_run_a_slope_may_be_steep_again():
    def heat(bench):
        assert bench.wait(80, 1.0) is None

    def start(bench):
        bench.plant.board_j_k = 60  # the next slope is far steeper
        bench.envelope.start(bench.board_c, bench.slope_c_s)

    def other(bench):  # as a jump of the probe tells; nothing is judged just then
        bench.envelope.other_board(bench.board_c)
        unjudged(bench)

    def unjudged(bench):
        bench.plant.board_j_k = 60
        bench.tick(0.0, judged=False)

    for happens in (heat, start, other, unjudged):
        bench = Bench("ceramic", 600)
        bench.heat_up(400.0)
        bench.lay_on()
        assert bench.wait(110, 0.0) is None
        before_c, slow_c_s = bench.board_c, bench.slope_c_s
        happens(bench)
        seconds = 0
        while bench.board_c < before_c + slow_c_s * seconds + 4:  # else it would show nothing
            assert bench.wait(1, 0.0) is None, happens
            seconds += 1
            assert seconds < 120, happens
        assert bench.wait(60, 0.0) is None, happens


def test_a_run_just_after_a_boot_may_begin_on_a_board_that_is_colder_than_its_late_probe():
    board = {"zones": [{"heater_kind": "ceramic", "power_w": POWER_W}]}
    envelope = Envelope(board, None)
    for tick in range(120):
        if tick == 8:
            envelope.start(40.0, 0.0)  # no slope is known yet
        temp_c = 24.0 + 16.0 * 0.99 ** max(0, tick - 4)
        runs = tick > 8
        found = envelope.step(TICK_MS, 20 if runs else 0, temp_c, 0.0, None, runs, runs)
        assert found is None, (tick, found)
