"""What the self-test makes of a unit's answers, and which reading belongs to which tip."""

import tomllib

import pytest

from preheat.selftest import FAIL, OK, SKIPPED, WARN, facts, tips
from preheat.selftest.result import worst
from preheat_core import first_heat

BOARD = {
    "zones": [{"heater_kind": "quartz", "power_w": 600}],
    "probes": [
        {"name": "board", "role": "board", "cs": 5},
        {"name": "emitter", "role": "heater", "cs": 6},
        {"name": "top", "role": "board_top", "cs": 7},
    ],
}
HELLO = {
    "name": "bench", "uid": "aabb", "board": "x", "board_hash": "1", "settings_hash": "2",
    "fw": "0.1.0", "fw_hash": "f" * 16, "micropython": "1.29.0", "mem_free": 90000,
}  # fmt: skip


def status(*temps_c, fault=None):
    rows = [[p["name"], p["role"], t, None] for p, t in zip(BOARD["probes"], temps_c)]
    if fault is not None:
        rows[0][2:] = [None, fault]
    return {"probes": rows}


@pytest.mark.parametrize(
    ("change", "want"),
    [({}, OK), ({"fw_hash": "0" * 16}, FAIL), ({"fw_hash": None}, FAIL),
     ({"board_hash": None}, FAIL), ({"settings_hash": None}, WARN)],
)  # fmt: skip
def test_identity_wants_this_firmware_a_board_and_settings(change, want):
    found = facts.identity({**HELLO, **change}, "f" * 16)
    assert found.result == want and (want == OK) == (found.next == "")


@pytest.mark.parametrize(("free", "want"), [(90_000, OK), (50_000, WARN), (9_000, FAIL),
                                             (0, SKIPPED)])  # fmt: skip
def test_heap(free, want):
    assert facts.heap({**HELLO, "mem_free": free}).result == want


def test_probes_must_read_and_read_a_room():
    assert facts.probes(status(21.0, 22.0, 20.5)).result == OK
    odd = facts.probes(status(21.0, -3.0, 46.0))
    assert odd.result == WARN and "emitter, top" in odd.meaning
    dead = facts.probes(status(0, 22.0, 20.5, fault="tc_open"))
    assert dead.result == FAIL and "tc_open" in dead.seen and "plug" in dead.next


@pytest.mark.parametrize(
    ("cold_c", "temps_c", "want"),
    [
        ((24.0, 25.0, 24.5), (21, 22, 21), OK),
        ((24.0, None, 24.5), (21, 22, 21), OK),
        ((None, None, None), (21, 22, 21), FAIL),
        ((24.0, 24.0 + first_heat.BOX_C, 24.0), (21, 22, 21), OK),
        ((24.0, 24.5 + first_heat.BOX_C, 24.0), (21, 22, 21), FAIL),
        ((24.0, 86.0, 24.0), (21, 22, 21), FAIL),
        ((24.0, 24.0, 24.0), (23.0 - first_heat.BELOW_BOX_C, 22, 21), FAIL),
        ((24.0, 24.0, 24.0), (21, 22, 22 + first_heat.APART_C), FAIL),
    ],
)
def test_amplifiers_and_cold_probes_agree_as_before_a_first_heat(cold_c, temps_c, want):
    found = facts.cold_junctions(BOARD, status(*temps_c), cold_c)
    assert found.result == want, found


@pytest.mark.parametrize(
    ("free", "took_ms", "want"),
    [(800_000, 60, OK), (800_000, 1500, WARN), (60_000, 60, WARN), (20_000, 60, FAIL)],
)
def test_storage_must_have_room_and_speed(free, took_ms, want):
    answer = {"free": free, "took_ms": took_ms, "pad": None}
    assert facts.storage(answer, 3).result == want


@pytest.mark.parametrize(
    ("counted", "want"),
    [
        ([240, 60_000, 252, 2], OK), ([240, 61_000, 252, 2], WARN),
        ([240, 60_000, 400, 150], WARN),
        ([240, 60_000, 501, 260], FAIL), (None, FAIL), ([0, 0, 0, 0], FAIL),
    ],
)  # fmt: skip
def test_ticks(counted, want):
    assert facts.ticks(counted).result == want


@pytest.mark.parametrize(
    ("verdict", "want"),
    [("proven", OK), ("welded", FAIL), ("unprovable", SKIPPED), ("running", SKIPPED)],
)
def test_the_contactors_proof(verdict, want):
    found = facts.proof({"verdict": verdict, "detail": "seen"})
    assert found.result == want and found.seen == "seen"
    assert ("UNPLUG" in found.next) == (verdict == "welded")


@pytest.mark.parametrize(
    ("reset", "intent", "want"),
    [("watchdog", "bite", OK), ("watchdog", "no_bite", FAIL), ("power", None, FAIL),
     ("watchdog", None, FAIL), ("power", "bite", FAIL)],
)  # fmt: skip
def test_the_watchdog(reset, intent, want):
    assert facts.watchdog({"reset": reset, "intent": intent}).result == want


def test_a_fault_of_a_newer_firmware_is_shown_though_nothing_is_known_of_it():
    (found,) = facts.latched({"faults": ["of_next_year"]})
    assert (found.name, found.result) == ("fault of_next_year", FAIL)
    assert "Update this toolkit" in found.next


def test_a_unit_that_does_not_come_back_has_failed():
    assert facts.watchdog(None).result == FAIL


def test_the_worst_of_results():
    good, bad = facts.watchdog({"reset": "watchdog", "intent": "bite"}), facts.watchdog(None)
    assert (worst([good]), worst([good, bad])) == (OK, FAIL)


@pytest.mark.parametrize(
    ("now_c", "want"),
    [
        ((21.0, 22.0, 21.0), None),
        ((23.1, 22.0, 21.0), 0),
        ((22.9, 22.0, 21.0), None),
        ((22.0, 26.0, 21.0), 1),
        ((24.0, 24.9, 21.0), None),  # two tips in one hand
        ((None, 26.0, 21.0), 1),
        ((None, None, None), None),
    ],
)
def test_which_reading_rose(now_c, want):
    assert tips.moved((21.0, 22.0, 21.0), now_c) == want


def test_tips_that_are_where_they_should_be():
    assert [row.result for row in tips.judge(BOARD, [0, 1, 2])] == [OK, OK, OK]


def test_two_swapped_tips_are_told_with_plugs_and_lines():
    found = tips.judge(BOARD, [2, 1, 0])
    assert [row.result for row in found] == [FAIL, OK, FAIL]
    assert found[0].seen == "top rose" and "cs = 7" in found[0].meaning
    assert "Swap the plugs of board and top;" in found[0].next
    rows = tomllib.loads(found[0].next.partition(":\n")[2])["probes"]
    assert [(row["name"], row["role"], row["cs"]) for row in rows] == [
        ("board", "board", 7), ("emitter", "heater", 6), ("top", "board_top", 5)
    ]  # fmt: skip


def test_three_tips_in_a_ring_need_the_board_file_or_all_plugs():
    found = tips.judge(BOARD, [1, 2, 0])
    assert all(row.result == FAIL for row in found) and "Move the plugs" in found[0].next
    assert [row.next for row in found[1:]] == ["See tip-board."] * 2  # said once
    rows = tomllib.loads(found[0].next.partition(":\n")[2])["probes"]
    assert [row["cs"] for row in rows] == [6, 7, 5]


@pytest.mark.parametrize("seen", [[2, None, 0], [2, 2, 0]])
def test_nothing_is_rewritten_before_every_tip_is_known(seen):
    found = tips.judge(BOARD, seen)
    assert found[0].result == FAIL and "[[probes]]" not in "".join(row.next for row in found)
