"""The seconds around a fault: what the ring keeps, from which fault, and what its rows say."""

import struct

from expect import near
from preheat_core import blocks
from preheat_core.faults import STATE_NAMES
from preheat_core.incident import FLAG_INTERLOCK, MOST_ROWS, RING_BYTES, Incident
from preheat_core.protocol import dump_json, load_json
from preheat_core.runlog import FLAG_CONTACTOR, FLAG_INHIBIT, NO_TEMP
from rig import Rig, recipe, stage, with_probes

UP = recipe(stage("up", 200))


def rows_of(incident):
    """The rows that are written: (dt_ms, state, flags, on_ms, delivered_ms, setpoint, words)."""
    data = b""
    seq = row = 0
    while row < incident.rows:
        block, count = incident.block(seq, row, 1000)
        data += block
        row += count
        seq += 1
    found = []
    for _, kind, _, _, payload in blocks.blocks(lambda off, n: data[off : off + n], len(data)):
        assert kind == blocks.TICKS
        probes = payload[0]
        for at in range(1, len(payload), 9 + 4 * probes):
            dt_ms, packed, on_ms, given_ms, setpoint, without = struct.unpack(
                "<HBBHhB", payload[at : at + 9]
            )
            words = struct.unpack("<%dI" % probes, payload[at + 9 : at + 9 + 4 * probes])
            found.append(
                (dt_ms, STATE_NAMES[packed & 7], packed >> 3, on_ms, given_ms, setpoint, words,
                 without)
            )  # fmt: skip
    return found


def test_forty_seconds_before_a_fault_and_twenty_from_it_on():
    rig = Rig().running(UP, 60)
    rig.faults[0] = "tc_open"
    rig.until(lambda: rig.kernel.incident.what, 3)
    incident = rig.kernel.incident
    assert incident.what[0] == "tc_open" and incident.run_id == "r000001" and incident.at == 160
    assert incident.t_ms == rig.kernel.run.recorder.t_ms and not incident.full
    rig.wait(19.5)
    assert not incident.full
    rig.wait(1)
    assert incident.full and incident.rows == MOST_ROWS
    rows = rows_of(incident)
    assert len(rows) == MOST_ROWS and sum(row[0] for row in rows) == 250 * MOST_ROWS
    before, fault = rows[150], rows[160]
    assert before[1] == "ramp" and before[2] == FLAG_CONTACTOR and before[5] > 60 * 16
    assert fault[1] == "fault" and fault[3] == 0 and fault[5] == NO_TEMP
    assert rows[159][1] == "ramp" and rows[159][2] & FLAG_INHIBIT
    words = [row[6][0] for row in rows[:150]]
    assert words == list(range(words[0], words[0] + 150))  # the rig's chip counts
    assert rows[160][7] == 1 and rows[150][7] == 0  # the rig's open probe gives no frame
    delivered_ms = sum(row[4] for row in rows)
    assert 0 < delivered_ms <= incident.heat_ms


def test_what_was_commanded_is_delivered_one_tick_later():
    rig = Rig().running(UP, 60)
    rig.kernel.fail("internal", "a defect")
    rig.wait(21)
    rows = rows_of(rig.kernel.incident)
    assert any(row[3] for row in rows)
    assert [row[4] for row in rows[1:]] == [row[3] for row in rows[:-1]]


def test_nothing_is_added_before_it_is_written_and_then_it_begins_anew():
    rig = Rig().running(UP, 60)
    rig.kernel.fail("internal", "first")
    rig.wait(25)
    kept = rows_of(rig.kernel.incident)
    rig.wait(30)
    assert rows_of(rig.kernel.incident) == kept
    rig.kernel.incident.forget()
    rig.wait(10)
    assert rig.kernel.incident.what is None and rig.kernel.incident.rows == 40
    assert rig.kernel.orders.clear() is None
    rig.wait(1)
    rig.kernel.fail("internal", "second")
    rig.wait(1)
    assert rig.kernel.incident.what == ("internal", "second")
    assert rig.kernel.incident.at == 44  # what there was: no more than since then


def test_a_fault_soon_after_the_start_has_what_there_is():
    rig = Rig()
    rig.wait(5)
    rig.kernel.fail("internal", "early")
    rig.tick()
    incident = rig.kernel.incident
    assert incident.at == 20 and incident.run_id is None and incident.t_ms is None
    rig.wait(30)
    assert incident.full and incident.rows == 20 + 80


def test_what_is_latched_at_boot_is_no_incident():
    rig = Rig(latched=[("over_temp", "before")])
    rig.wait(3)
    assert rig.kernel.incident.what is None
    rig = Rig()
    rig.kernel.fail("config", "the board file is damaged")
    rig.wait(3)
    assert rig.kernel.incident.what is None


def test_a_full_flash_is_none_but_a_fault_after_it_is_seen():
    rig = Rig()
    rig.wait(1)
    rig.kernel.fail("flash_full", "no room")
    rig.wait(1)
    assert rig.kernel.incident.what is None
    rig.kernel.fail("stuck_on", "seen")
    rig.wait(1)
    assert rig.kernel.incident.what == ("stuck_on", "seen")


def test_a_second_fault_is_none_unless_the_plug_must_be_pulled():
    rig = Rig().running(UP, 20)
    rig.kernel.fail("interlock", "input open")
    rig.wait(25)
    assert rig.kernel.incident.what[0] == "interlock"
    rig.kernel.incident.forget()
    rig.kernel.fail("internal", "later")
    rig.wait(1)
    assert rig.kernel.incident.what is None
    rig.kernel.fail("stuck_on", "load seen")
    rig.wait(1)
    assert rig.kernel.incident.what == ("stuck_on", "load seen")
    assert rig.kernel.incident.run_id == "r000001"


def test_faults_of_one_tick_are_one_incident_by_the_first():
    rig = Rig().running(UP, 20)
    rig.kernel.fail("internal", "one")
    rig.kernel.fail("stuck_on", "two")
    rig.tick()
    assert rig.kernel.incident.what == ("internal", "one")


def test_the_ring_keeps_its_size_and_no_number_of_probes_passes_it():
    for count in range(9):
        incident = Incident(count)
        assert len(incident._ring) <= RING_BYTES
        seconds = incident._rows / 4
        assert seconds == 60 if count <= 4 else 35 < seconds < 60
    rig = Rig(with_probes(("top", "board_top"), ("chip", "component"))).running(UP, 1)
    ring = rig.kernel.incident._ring
    size = len(ring)
    rig.wait(100)
    rig.kernel.fail("internal", "late")
    rig.wait(21)
    assert rig.kernel.incident._ring is ring and len(ring) == size
    rows = rows_of(rig.kernel.incident)
    assert len(rows) == MOST_ROWS and len(rows[0][6]) == 3
    counted = [row[6] for row in rows]
    assert all(len(set(words)) == 1 for words in counted)  # one frame count for all in the rig
    assert all(a[0] + 1 == b[0] for a, b in zip(counted, counted[1:]))


def test_flags_and_late_ticks_are_kept():
    rig = Rig().running(UP, 10)
    rig.tick(1250)
    rig.inputs.interlock_ok = False
    rig.wait(25)
    incident = rig.kernel.incident
    rows = rows_of(incident)
    assert rows[incident.at][2] & FLAG_INTERLOCK and not rows[incident.at - 1][2] & FLAG_INTERLOCK
    assert max(row[0] for row in rows) == 1250


def test_the_header_says_what_when_and_with_which_limits():
    rig = Rig().running(UP, 60)
    rig.kernel.fail("internal", "a defect")
    rig.tick()
    identity = {"uid": "00", "board_hash": "0" * 16, "epoch_s": None}
    header = load_json(dump_json(rig.kernel.incident.header(rig.kernel, identity)))
    assert header["what"] == ["internal", "a defect"] and header["run"] == "r000001"
    assert header["uid"] == "00" and header["at"] == 160 and header["profile"] == "test"
    near(header["t_ms"], 60500, 500)
    assert header["probes"] == [["plate", "board"]] and header["contactor"] is True
    assert header["limits"][0][0] == "board" and header["limits"][0][1] > 200
    assert 0 < header["heat_ms"] <= header["t_ms"]
