"""A whole unit over its line: commands, refusals, runs, lasting faults, bad data, deaf hosts."""

import base64
import random

import pytest
from parts import BOARD, PROFILE, Bench

from preheat_core import profile, settings
from preheat_core.check import canonical
from preheat_core.runlog import read


def pull(bench, run_id):
    size = bench.ask("get", kind="log", name=run_id)["size"]
    data = b""
    while len(data) < size:
        found = bench.ask("read", kind="log", name=run_id, off=len(data), n=512)
        data += base64.b64decode(found["data"])
    return read(data)


def test_it_says_nothing_until_it_is_spoken_to(bench):
    bench.wait(30)
    assert bench.line.outbox == b""
    assert bench.ask("hello")["state"] == "idle"
    bench.wait(5)
    assert any("st" in obj for obj in bench.line.take())


def test_a_started_run_heats_ends_and_leaves_a_whole_log(bench):
    bench.begin()
    bench.wait(60)
    assert bench.contactor.level == 1 and 1 in bench.ssr.history
    assert bench.ask("status")["waiting"] == "ramp"
    bench.wait(200)
    assert bench.ask("status")["state"] == "cool" and bench.ssr.level == 0
    bench.wait(1900)
    status = bench.ask("status")
    assert status["state"] == "idle" and status["end"] == "done"
    log = pull(bench, "r000001")
    assert log.summary["end"] == "done" and not log.truncated and log.header["by"] == "test"
    assert bench.ask("list", kind="log", **{"from": 0})["items"][0][2] == "done"


def test_stop_is_answered_with_the_pin_already_low(bench):
    bench.begin()
    bench.wait(30)
    answer = bench.ask("stop")
    assert answer["ok"] and answer["heat"] is False and bench.ssr.level == 0
    bench.wait(1)
    assert bench.contactor.level == 0


def test_anyone_may_stop_but_only_the_session_may_go_on(bench):
    token = bench.begin(detach=False)
    for _ in range(4):
        bench.wait(2)
        assert bench.ask("beat", token=token)["ok"]
    assert bench.ask("beat", token="nonsense")["code"] == "claim"
    assert bench.ask("claim", host="another")["code"] == "busy"
    assert bench.ask("stop")["ok"]


def test_a_silent_host_ends_its_run(bench):
    bench.begin(detach=False)
    bench.wait(11)
    assert bench.ask("status")["faults"] == ["link"] and bench.ssr.level == 0


def test_a_fault_survives_a_reset_and_clears_when_its_cause_is_gone(bench):
    bench.begin()
    bench.wait(20)
    bench.interlock.level = 1
    bench.wait(1)
    assert bench.contactor.level == 0
    bench.boot()
    bench.wait(1)
    assert bench.interrupted == ["r000001"]
    status = bench.ask("status")
    assert status["state"] == "fault" and status["faults"] == ["interlock"]
    assert bench.ask("clear")["code"] == "state"
    bench.interlock.level = 0
    bench.wait(1)
    assert bench.ask("clear")["ok"] and bench.ask("status")["state"] == "idle"
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == []
    assert pull(bench, "r000001").summary["end"] in ("reset", "fault:interlock")


def test_an_exception_in_a_tick_takes_the_heat_away_and_is_latched(bench):
    bench.begin()
    bench.wait(20)
    bench.fed.clear()
    bench.probe.raises = RuntimeError("a defect")
    bench.wait(1)
    assert bench.ssr.level == 0 and bench.contactor.level == 0
    assert not any(bench.fed)  # the watchdog gets nothing from a broken tick
    bench.probe.raises = None
    bench.wait(1)
    status = bench.ask("status")
    assert status["faults"] == ["internal"] and "a defect" in status["detail"]


def test_an_exception_while_serving_is_a_fault_too(bench):
    bench.begin()
    bench.wait(20)
    bench.line.failing = RuntimeError("line")
    bench.wait(1)
    assert bench.ssr.level == 0 and bench.unit.kernel.latch.codes == ["internal"]


def test_start_needs_the_hash_of_what_is_stored(bench):
    bench.push("profile", profile.normalise(PROFILE))
    token = bench.ask("claim", host="test")["token"]
    found = bench.ask("start", token=token, profile="warm", hash="0" * 16, detach=True, by="")
    assert found["code"] == "hash"
    found = bench.ask("start", token=token, profile="absent", hash="0" * 16, detach=True, by="")
    assert found["code"] == "missing"


def test_the_start_button_starts_only_what_was_armed_and_is_unchanged(bench):
    stored = bench.push("profile", profile.normalise(PROFILE))
    token = bench.ask("claim", host="test")["token"]

    def press():
        bench.button.level = 0
        bench.wait(1)
        bench.button.level = 1
        bench.wait(1)

    press()
    assert not bench.unit.kernel.heating
    assert bench.ask("arm", token=token, profile="warm", hash=stored["sha"])["ok"]
    bench.boot()  # armed is kept over a reset
    bench.wait(1)
    press()
    assert bench.unit.kernel.heating and bench.unit.kernel.run.detached
    press()
    assert not bench.unit.kernel.heating
    changed = dict(profile.normalise(PROFILE), title="Another")
    assert bench.push("profile", changed)["ok"]
    bench.wait(1800)
    press()
    assert not bench.unit.kernel.heating


@pytest.mark.parametrize(
    "data",
    [b"{", b"\xff\xfe", b"[]", b"{}", canonical(dict(PROFILE, unknown=1)),
     canonical(dict(PROFILE, stages=[])), canonical(dict(PROFILE, name="other"))],
)  # fmt: skip
def test_a_bad_upload_is_refused_and_the_old_profile_stays(bench, data):
    good = bench.push("profile", profile.normalise(PROFILE))
    assert bench.push("profile", data)["code"] in ("check", "args")
    assert bench.ask("get", kind="profile", name="warm")["sha"] == good["sha"]


def test_a_truncated_or_damaged_upload_is_refused(bench):
    data = canonical(profile.normalise(PROFILE))
    bench.ask("put", kind="profile", name="warm", size=len(data), crc="00000000")
    bench.ask("part", n=0, data=base64.b64encode(data[:90]).decode())
    assert bench.ask("part", n=5, data="AAAA")["code"] == "args"
    assert bench.ask("part", n=0, data="AAAA")["ok"]  # the same part again: its answer was lost
    assert bench.ask("done")["code"] == "crc"
    assert bench.ask("done")["code"] == "state"


def test_settings_take_effect_and_bad_ones_do_not(bench):
    new = settings.default("bench-2")
    new["calibration"] = [{"probe": "plate", "offset_c": 1.5, "gain": 1.0}]
    assert bench.push("settings", new, "settings")["ok"]
    assert bench.ask("hello")["name"] == "bench-2" and bench.probe.calibrated == (1.5, 1.0)
    bad = dict(new, calibration=[{"probe": "absent", "offset_c": 1, "gain": 1}])
    assert bench.push("settings", bad, "settings")["code"] == "check"
    assert bench.ask("hello")["name"] == "bench-2"


def test_uploads_and_downloads_wait_while_heating(bench):
    token = bench.begin()
    for cmd, args in (
        ("put", {"kind": "profile", "name": "warm", "size": 10, "crc": "00000000"}),
        ("get", {"kind": "log", "name": "r000001"}),
        ("list", {"kind": "log", "from": 0}),
        ("service", {"confirm": True}),
        ("reset", {"confirm": True}),
        ("clear", {}),
    ):
        assert bench.ask(cmd, **args)["code"] == "state", cmd
    assert bench.ask("trim", token=token, delta_c=3)["setpoint_c"] == 103


def test_service_is_granted_cool_or_confirmed_and_stores_its_intent(bench):
    bench.probe.temp_c = 80.0
    bench.wait(2)
    assert bench.ask("service", confirm=False)["code"] == "hot"
    bench.line.send({"id": 99, "cmd": "service", "confirm": True})
    bench.loop.tick()
    bench.loop.tick()
    assert bench.unit.leaving == "service"
    assert bench.store.read_json("intent.json") == {"intent": "service"}


def test_a_dead_probe_is_never_cool_until_heat_was_off_for_half_an_hour(bench):
    bench.probe.word = 0
    bench.wait(2)
    assert bench.ask("reset", confirm=False)["code"] == "hot"
    bench.wait(1800)
    assert bench.ask("reset", confirm=False)["ok"]


@pytest.mark.parametrize("damage", ["absent", "garbage", "refused"])
def test_a_unit_without_a_usable_board_never_heats_but_answers(tmp_path, damage):
    made = {"absent": None, "garbage": BOARD, "refused": BOARD}[damage]
    bench = Bench(tmp_path, made)
    path = tmp_path / "data" / "board.json"
    if damage == "garbage":
        path.write_bytes(b"\x00" * 50)
    if damage == "refused":
        bench.store.write_bytes("board.json", canonical(dict(BOARD, mains_hz=55)))
        (tmp_path / "data" / "board.json.bak").unlink(missing_ok=True)
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == ["config"]
    bench.push("profile", profile.normalise(PROFILE))
    token = bench.ask("claim", host="test")["token"]
    found = bench.ask("start", token=token, profile="warm", hash="0" * 16, detach=True, by="")
    assert not found["ok"] and 1 not in bench.ssr.history
    bench.close()


def test_a_host_that_never_reads_costs_no_heat_and_no_tick(bench):
    bench.begin()
    bench.line.reads = False
    for _ in range(50):
        bench.line.send({"id": 1, "cmd": "status"})
    bench.wait(60)
    assert bench.unit.kernel.heating and all(bench.fed)
    assert bench.console._queued <= 8192


def test_garbage_on_the_line_is_refused_and_never_heats(bench):
    chance = random.Random(7)
    for _ in range(300):
        bench.line.inbox += bytes(chance.randrange(256) for _ in range(chance.randrange(80)))
        bench.line.inbox += b"\n"
        bench.loop.tick()
    bench.line.take()
    bench.wait(2)
    assert bench.ask("status")["state"] == "idle" and 1 not in bench.ssr.history
    bench.line.inbox += b"x" * 5000 + b"\n"
    bench.wait(6)
    assert any(obj.get("code") == "too_long" for obj in bench.line.take())


def test_a_log_that_cannot_be_written_is_a_fault(bench):
    bench.begin()
    bench.wait(5)
    bench.unit.journal._file.close()

    class Broken:
        def append(self, block):
            raise OSError(5, "flash")

        def close(self):
            return None

    bench.unit.journal._file = Broken()
    bench.wait(30)
    assert "log_failed" in bench.unit.kernel.latch.codes and bench.ssr.level == 0


def test_heat_is_off_when_the_loop_is_left(bench):
    bench.begin()
    bench.wait(20)
    bench.unit.leaving = "reset"
    bench.loop.run()
    assert bench.ssr.level == 0 and bench.contactor.level == 0
