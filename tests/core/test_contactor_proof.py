"""The contactor's proof on small heaters: what heats is welded, what cannot be known is said."""

from preheat_core.band import band
from preheat_core.contactor_proof import (
    ON_S,
    PROVEN,
    RISE_C,
    TOUCH_C,
    UNPROVABLE,
    WELDED,
    ContactorProof,
)
from preheat_core.model import Model
from rig import BOARD

KINDS = ("quartz", "ceramic", "plate", "other")
PROBE_LAG_S = 8


def made(kind="plate", **pins):
    board = dict(BOARD)
    board["zones"] = [dict(BOARD["zones"][0], heater_kind=kind)]
    board["pins"] = dict(BOARD["pins"], **pins)
    return board


class Slow:
    """The slowest heater of a kind at three quarters of its power, behind a lagging probe."""

    def __init__(self, kind, power_w=100.0):
        zone = {"heater_kind": kind, "power_w": power_w}
        self.model = Model(band(None, zone)[0])
        self.power_w = power_w
        self.heater_c = self.board_c = self.probe_c = 25.0
        self.heated_s = 0.0

    def pass_tick(self, heats):
        watts = self.power_w if heats else 0.0
        self.heated_s += 0.25 if heats else 0
        self.heater_c, flow_w = self.model.heat(self.heater_c, self.board_c, watts, 0.25)
        self.board_c = self.model.warm(self.board_c, flow_w, 0.25)
        self.probe_c += (self.heater_c - self.probe_c) * 0.25 / (PROBE_LAG_S + 0.25)


def proved(proof, plant, welded, heater=True, load=None, most_s=200):
    """Step to the verdict; the relay's longest time on, s. Heat comes only past a weld."""
    on_s = 0.0
    for tick in range(int(most_s * 4)):
        assert not proof.contactor
        # Noise of a quarter degree, as the chip has it.
        noise_c = (0.0, 0.25, -0.25, 0.0, 0.25)[tick % 5]
        heats = proof.on and welded
        on_s += 0.25 if proof.on else 0
        plant.pass_tick(heats)
        seen = None if load is None else heats and load
        heater_c = plant.probe_c + noise_c if heater else None
        proof.step(250, heater_c, plant.board_c + noise_c, seen)
        if proof.verdict is not None:
            assert not proof.on
            return on_s
    raise AssertionError("no verdict")


def test_an_open_contactor_is_proven_by_a_heater_that_stays_cold():
    for kind in KINDS:
        proof, plant = ContactorProof(made(kind)), Slow(kind)
        on_s = proved(proof, plant, welded=False)
        assert proof.verdict == PROVEN, (kind, proof.detail)
        assert ON_S[kind] - 0.5 <= on_s <= ON_S[kind]
        assert plant.heated_s == 0


def test_a_welded_one_is_found_on_the_slowest_heater_of_each_kind_in_half_the_time():
    for kind in KINDS:
        proof, plant = ContactorProof(made(kind)), Slow(kind)
        proved(proof, plant, welded=True)
        assert proof.verdict == WELDED, (kind, proof.detail)
        assert plant.heated_s <= ON_S[kind] / 2, (kind, plant.heated_s)


def test_a_probe_deep_in_a_plate_under_the_heaviest_board_shows_enough():
    """One lump of plate and board, 75 % power: the slowest that a heater's probe can be."""
    lump_c = probe_c = 25.0
    seconds = 0.0
    when = {}
    while probe_c < 25 + 2 * RISE_C:
        lump_c += 0.75 * 100 / (0.8 * 100 + 600) * 0.25
        probe_c += (lump_c - probe_c) * 0.25 / (PROBE_LAG_S + 0.25)
        seconds += 0.25
        if probe_c >= 25 + RISE_C:
            when.setdefault("once", seconds)
    assert when["once"] < 0.65 * ON_S["plate"] and seconds < 1.1 * ON_S["plate"]


def test_a_load_that_is_seen_proves_a_weld_within_a_second():
    proof, plant = ContactorProof(made("ceramic")), Slow("ceramic")
    on_s = proved(proof, plant, welded=True, load=True)
    assert proof.verdict == WELDED and "load" in proof.detail and on_s <= 1


def test_with_load_sense_alone_two_seconds_are_enough():
    proof = ContactorProof(made())
    assert proved(proof, Slow("plate"), welded=False, heater=False, load=True) <= 2
    assert proof.verdict == PROVEN
    proof = ContactorProof(made())
    assert proved(proof, Slow("plate"), welded=True, heater=False, load=True) <= 1
    assert proof.verdict == WELDED


def test_a_load_at_rest_is_a_bridge_and_the_relay_is_never_switched_on():
    proof = ContactorProof(made())
    for _ in range(4):
        assert not proof.step(250, 25.0, 25.0, True)
    assert proof.verdict == WELDED


def test_nothing_can_be_proven_without_contactor_sensor_or_rest():
    bare = made()
    bare["pins"] = {"spi_id": 0, "sck": 2, "miso": 4}
    for board, heater_c, board_c, drift_c in (
        (bare, 25.0, 25.0, 0.0),
        (dict(made(), zones=[]), 25.0, 25.0, 0.0),
        (made(), None, 25.0, 0.0),
        (made(), 25.0, None, 0.0),
        (made(), TOUCH_C, 25.0, 0.0),
        (made(), 25.0, TOUCH_C, 0.0),
        (made(), 45.0, 25.0, -0.05),  # still cooling: that would hide a rise
        (made(), 25.0, 25.0, 0.05),
    ):
        proof = ContactorProof(board)
        for _ in range(200):
            assert not proof.step(250, heater_c, board_c, None) and not proof.on
            heater_c = None if heater_c is None else heater_c + drift_c * 0.25
        assert proof.verdict == UNPROVABLE, (board["pins"], heater_c, board_c)


def test_a_probe_that_dies_or_a_late_tick_ends_it_with_the_relay_off():
    for dt_ms, heater_c, board_c in (
        (250, None, 25.0), (250, 25.0, None), (1501, 25.0, 25.0), (0, 25.0, 25.0),
        (-5000, 25.0, 25.0),
    ):  # fmt: skip
        proof = ContactorProof(made())
        while not proof.on:
            proof.step(250, 25.0, 25.0, False)
        assert not proof.step(dt_ms, heater_c, board_c, False)
        assert proof.verdict == UNPROVABLE and not proof.on
        assert not proof.step(250, 25.0, 25.0, False)  # for good


def test_one_wild_sample_is_no_weld():
    proof = ContactorProof(made("quartz"))
    count = 0
    while proof.verdict is None:
        count += 1
        proof.step(250, 60.0 if proof.on and count % 10 == 0 else 25.0, 25.0, None)
    assert proof.verdict == PROVEN
