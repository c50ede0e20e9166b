"""The doctor on the unit's side: what it finds in made-up facts."""

import pytest

from host import doctor_facts as made
from preheat.doctor import about_time
from preheat.doctor.facts import Port
from preheat.doctor.finding import NOTE, PROBLEM, WARNING
from preheat.doctor.judging import judge
from preheat.errors import DeviceLost, Refused, ServiceMode
from preheat.sightings import Sighting

MEMORY = Sighting("aabbccdd", "bench-a", "some-board", "1" * 16, "2" * 16, made.FW, "b1", 60_000,
                  1_000_000.0)  # fmt: skip


def codes(unit, **more):
    return {row.code: row for row in judge(made.facts(there=unit, **more))}


def status(**more):
    return {**made.STATUS, **more}


def test_a_healthy_unit_gives_no_finding():
    assert codes(made.unit(memory=MEMORY)) == {}


def test_firmware_that_differs_is_to_be_deployed():
    row = codes(made.unit(hello={"fw_hash": "0" * 16, "fw": "0.0.9"}))["firmware"]
    assert row.severity == WARNING and "older than" in row.meaning
    assert row.next == "`preheat deploy --port /dev/ttyACM0`"
    assert "not that of" in codes(made.unit(hello={"fw_hash": "0" * 16}))["firmware"].meaning
    newer = codes(made.unit(hello={"fw_hash": "0" * 16, "fw": "0.10.0"}))["firmware"]
    assert "newer toolkit" in newer.next
    assert codes(made.unit(hello={"fw_hash": None}))["firmware"].severity == PROBLEM


def test_a_micropython_too_old_for_the_board():
    old = {"micropython": "1.25.1"}
    row = codes(made.unit(hello=old, micropython_min=(1, 26)))["micropython"]
    assert row.severity == PROBLEM and "1.26" in row.next and "1.25" in row.seen
    assert "micropython" not in codes(made.unit(micropython_min=(1, 29)))
    assert "micropython" not in codes(made.unit(hello=old))  # the board is not known here
    said = ServiceMode("at its prompt", "deploy", "MicroPython v1.22.2 on 2024-02-22; >>> ")
    assert "micropython" in codes(made.unreached(said, micropython_min=(1, 26)))
    said = ServiceMode("at its prompt", "deploy", "ValueError: incompatible .mpy file >>> ")
    assert "--source" in codes(made.unreached(said))["bytecode"].next


def test_lost_settings_of_a_known_unit_offer_the_backup():
    gone = {"settings_hash": None, "name": "unit"}
    row = codes(made.unit(hello=gone, memory=MEMORY, backup="x.json", settings=None))["filesystem"]
    assert row.severity == PROBLEM and "bench-a had settings" in row.seen
    assert row.next == "`preheat unit restore last --port /dev/ttyACM0`"
    row = codes(made.unit(hello={**gone, "board_hash": None}, memory=MEMORY, backup="x.json"))
    assert row["filesystem"].next == (
        "`preheat deploy --board some-board --port /dev/ttyACM0`, then "
        "`preheat unit restore last --port /dev/ttyACM0`"
    )
    row = codes(made.unit(hello=gone, memory=MEMORY, settings=None))["filesystem"]
    assert "no backup of it" in row.next and "preheat unit name bench-a" in row.next


def test_what_a_new_unit_lacks_was_not_lost():
    new = codes(made.unit(hello={"settings_hash": None}, settings=None))
    assert set(new) == {"no_settings"} and new["no_settings"].severity == WARNING
    bare = codes(made.unit(hello={"settings_hash": None, "board_hash": None}, settings=None))
    assert set(bare) == {"no_board"} and bare["no_board"].severity == PROBLEM


def test_a_prompt_where_a_unit_is_known_may_be_a_lost_file_system():
    said = ServiceMode("at its prompt", "deploy or live", "MicroPython v1.29.0 >>> ")
    row = codes(made.unreached(said, memory=MEMORY, backup="x.json"))["prompt"]
    assert row.severity == PROBLEM
    for words in ("preheat unit live", "deploy --board some-board", "unit restore last"):
        assert words in row.next
    meant = ServiceMode("p", "f", "preheat: service mode")
    for error, memory in ((said, None), (meant, MEMORY)):
        assert "restore" not in codes(made.unreached(error, memory=memory))["prompt"].next


def test_why_a_unit_did_not_answer():
    lost = codes(made.unreached(DeviceLost("nothing answered", "press reset")))["no_answer"]
    assert (lost.severity, lost.next) == (PROBLEM, "press reset")
    rom = DeviceLost("the chip is in its ROM bootloader", "let go of BOOT", "waiting for download")
    assert codes(made.unreached(rom))["bootloader"].next == "let go of BOOT"
    busy = DeviceLost("/dev/ttyACM0 is in use by another program", "close it")
    assert "cannot see" in codes(made.unreached(busy))["busy"].seen
    held = codes(made.unreached(busy, holders=("screen (pid 71)",)))["busy"]
    assert held.seen == "/dev/ttyACM0 is in use by screen (pid 71)"
    other = Port("/dev/ttyACM1", 0x2E8A, 5, "Board in FS mode")
    here = made.laptop(ports=(other,))
    lost = judge(made.facts(here, made.unreached(DeviceLost("no port", "plug it in"))))
    assert "/dev/ttyACM1 (Board in FS mode)" in lost[0].meaning
    proto = codes(made.unreached(Refused("the unit speaks protocol 9", "deploy")))["no_answer"]
    assert "toolkit cannot work with it" in proto.meaning


def test_what_was_heard_counts_more_than_who_has_the_port_open():
    bench = ("python3 (pid 71)",)  # a virtual unit's own window has its port open
    said = ServiceMode("at its prompt", "deploy or live", "MicroPython v1.29.0 >>> ")
    found = codes(made.unreached(said, holders=bench))
    assert "prompt" in found and not {"busy", "no_port"} & set(found)
    other = DeviceLost("the board says something else", "reset it", "hello world")
    found = codes(made.unreached(other, holders=bench))
    assert set(found) == {"no_answer"} and "python3" not in found["no_answer"].meaning
    silent = codes(made.unreached(DeviceLost("nothing answered", "press reset"), holders=bench))
    assert "python3 (pid 71) has the port open too" in silent["no_answer"].meaning
    assert "busy" not in silent
    assert "no_port" in codes(made.unreached(DeviceLost("there is no port", "plug it in")))


NO_PROBE = status(probes=[])


def test_a_deploy_that_would_be_refused_is_told_with_its_consent():
    lost = {"board_hash": None}
    row = codes(made.unit(hello=lost, status=NO_PROBE, memory=MEMORY))["filesystem"]
    assert "deploy --board some-board --yes --port" in row.next and "see that it is" in row.next
    old = {"fw_hash": "0" * 16}
    dead = status(probes=[["tip", "board", None, "tc_open"]])
    assert "deploy --yes --port" in codes(made.unit(hello=old, status=dead))["firmware"].next
    assert "--yes" not in codes(made.unit(hello=old))["firmware"].next


def test_settings_that_cannot_be_used():
    bad = made.unit(settings=None, unusable=("model.tau_s: no such key", "model.x: no such key"))
    row = codes(bad)["settings"]
    assert row.severity == PROBLEM and "model.tau_s" in row.seen and "1 more" in row.seen
    assert "config push" in row.next and "unit restore" not in row.next
    kept = made.unit(settings=None, unusable=("x",), backup="b.json")
    assert "unit restore last" in codes(kept)["settings"].next


def test_a_probe_wired_to_ground():
    row = codes(made.unit(status=status(probes=[["tip", "board", None, "tc_short_gnd"]])))
    assert row["probe_tc_short_gnd"].severity == PROBLEM
    assert "wired to ground" in row["probe_tc_short_gnd"].meaning
    assert "ungrounded" in row["probe_tc_short_gnd"].next
    noisy = status(noise=[["tip", "tc_short_gnd", 9, 4.5], ["tip", "tc_open", 1, 0.1]])
    rows = codes(made.unit(status=noisy))
    assert set(rows) == {"noise_tc_short_gnd"}
    assert "4.5 a minute" in rows["noise_tc_short_gnd"].seen


def test_other_sensor_faults_have_the_words_of_their_table():
    for fault in ("tc_open", "tc_short_vcc", "bus_zero", "bus_ones"):
        row = codes(made.unit(status=status(probes=[["tip", "board", None, fault]])))
        assert row[f"probe_{fault}"].severity == PROBLEM and row[f"probe_{fault}"].next
    only = codes(made.unit(status=status(noise=[["tip", "spike", 3, None]])))
    assert "nothing else" in only["noise_spike"].seen


def test_latched_faults_and_an_open_interlock():
    row = codes(made.unit(status=status(faults=["stuck_on"], detail="plate 3 K")))
    assert "UNPLUG" in row["fault_stuck_on"].next and "preheat clear" in row["fault_stuck_on"].next
    assert "(plate 3 K)" in row["fault_stuck_on"].seen
    assert codes(made.unit(status=status(interlock=False)))["interlock"].severity == NOTE
    both = codes(made.unit(status=status(interlock=False, faults=["interlock", "new_one"])))
    assert "interlock" not in both and "Update this toolkit" in both["fault_new_one"].next


def test_a_calibration_past_its_date():
    rows = [{"probe": "tip", "due": "2026-11-21"}, {"probe": "top", "due": "2026-11-22"},
            {"probe": "old"}, {"probe": "odd", "due": "soon"}]
    row = codes(made.unit(settings={"model": {"x": 1}, "calibration": rows}))
    assert set(row) == {"calibration"} and "tip was due 2026-11-21" in row["calibration"].seen
    assert set(codes(made.unit(settings={"calibration": []}))) == {"untuned"}


def test_logs_that_nobody_pulled():
    rows = (("log", "r000001", 2048, "done", False), ("log", "r000002", 9, "done", True),
            ("incident", "r000001", 1024, "whole", False))
    row = codes(made.unit(logs=rows))["not_pulled"]
    assert row.severity == NOTE and "1 logs and 1 incidents (3 KB)" in row.seen


def test_the_clock():
    assert codes(made.unit(hello={"epoch_s": None}))["clock_unset"].severity == NOTE
    assert codes(made.unit(hello={"epoch_s": 1_000_061}))["clock_wrong"].severity == WARNING
    behind = codes(made.unit(hello={"epoch_s": 1_000_000 - 7200}))["clock_wrong"]
    assert "2.0 hours behind" in behind.seen
    assert codes(made.unit(hello={"epoch_s": 999_941})) == {}
    old = made.unit()
    del old.first.fields["epoch_s"]
    assert codes(old) == {}


@pytest.mark.parametrize(("pct", "hours", "told"), [
    (1.0, 3, True), (-1.0, 3, True), (0.3, 3, False), (0.005, 72, False), (1.0, 0.03, False),
])  # fmt: skip
def test_drift_is_told_only_where_the_span_is_long_enough_to_know(pct, hours, told):
    span_s = hours * 3600
    now_ms = 60_000 + int(span_s * 1000 * (1 + pct / 100))
    then = Sighting(**{**MEMORY.__dict__, "epoch_s": 1_000_000 - span_s})
    unit = made.unit(hello={"uptime_ms": now_ms}, memory=then)
    assert ("drift" in codes(unit)) == told
    found = about_time.drift(unit)
    assert found is not None and abs(found.pct - pct) <= found.error_pct + 0.01


def test_two_hellos_alone_show_only_a_gross_error():
    fast = made.unit(again={"uptime_ms": 60_000 + 3000})  # 50 % in 2 s
    assert "50 % faster" in codes(fast)["drift"].seen and "± 30 %" in codes(fast)["drift"].seen
    assert codes(made.unit(again={"uptime_ms": 60_000 + 2400})) == {}
    assert about_time.drift(made.unit(again={"boot_id": "b2", "uptime_ms": 5})) is None
    other = Sighting(**{**MEMORY.__dict__, "boot_id": "b0", "epoch_s": 1.0})
    assert codes(made.unit(memory=other)) == {}  # of an earlier boot
