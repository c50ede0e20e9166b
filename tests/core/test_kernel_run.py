"""Whole runs of the kernel on a small plate, starting just before the clock wraps."""

from preheat_core.faults import COOL, FAULT, IDLE, WAIT
from preheat_core.runlog import read
from rig import BOARD, Rig, recipe, stage, with_probes


def test_a_run_follows_its_profile_to_the_end_and_closes_its_log():
    rig = Rig().running(recipe(stage("soak", 100), stage("peak", 150)))
    rig.until(lambda: rig.kernel.state == COOL)
    assert not rig.decision.permit and not rig.decision.contactor
    rig.until(lambda: rig.kernel.state == IDLE)
    log = read(b"".join(rig.blocks))
    assert log.summary["end"] == "done" and not log.truncated
    assert [event["ev"] for event in log.events][:3] == ["start", "stage", "reached"]
    assert 150 <= log.summary["metrics"]["peak_c"] < 155
    assert log.header["limits"] and log.header["run"] == "r000001"


def test_contactor_closes_before_the_first_heat():
    rig = Rig()
    assert rig.start(recipe(stage("a", 100))) is None
    first = rig.tick()
    assert first.contactor and not first.permit
    waited = rig.until(lambda: rig.decision.permit)
    assert 0.5 <= waited <= 2


def test_nothing_heats_without_a_run():
    rig = Rig()
    rig.wait(60)
    assert rig.kernel.state == IDLE and rig.plate_c == 25.0


def test_stop_ends_heat_and_the_log_goes_on():
    rig = Rig().running(recipe(stage("a", 200)), 60)
    rig.kernel.orders.stop()
    assert not rig.tick().permit and rig.kernel.state == COOL
    rig.until(lambda: rig.kernel.state == IDLE)
    assert read(b"".join(rig.blocks)).summary["end"] == "aborted"


def test_operator_hold_continues_by_button_and_heating_stops_by_button():
    row = stage("ready", 60, operator=True, operator_max_s=900)
    rig = Rig().running(recipe(row, stage("up", 120)))
    rig.until(lambda: rig.kernel.state == WAIT)
    rig.wait(30)
    assert abs(rig.probe_c - 60) < 3

    def press():
        rig.inputs.button = True
        rig.tick()
        rig.inputs.button = False
        rig.tick()

    press()
    assert rig.said("continued")
    press()
    assert rig.kernel.state == COOL


def test_button_starts_only_an_armed_profile():
    rig = Rig()
    rig.wait(1)
    rig.inputs.button = True
    rig.tick()
    assert not rig.kernel.start_pressed
    rig.inputs.button = False
    rig.tick()
    rig.kernel.armed = "test"
    rig.inputs.button = True
    rig.tick()
    assert rig.kernel.start_pressed
    rig.tick()
    assert not rig.kernel.start_pressed  # once per press


def test_a_button_that_is_down_since_the_start_was_never_pressed():
    rig = Rig()
    rig.kernel.armed = "test"
    rig.inputs.button = True
    for _ in range(40):
        rig.tick()
        assert not rig.kernel.start_pressed
    rig.inputs.button = False
    rig.tick()
    rig.inputs.button = True
    rig.tick()
    assert rig.kernel.start_pressed


def test_a_new_run_may_start_while_the_last_one_cools():
    rig = Rig().running(recipe(stage("a", 100)), 60)
    rig.kernel.orders.stop()
    rig.wait(5)
    assert rig.start(recipe(stage("a", 100))) is None
    rig.tick()
    assert rig.said("closed") and rig.kernel.heating


def test_start_is_refused_with_the_reason():
    good = recipe(stage("a", 100))
    rig = Rig()
    rig.faults[0] = "tc_open"
    assert "plate" in rig.start(good)
    rig = Rig()
    rig.inputs.interlock_ok = False
    assert "interlock" in rig.start(good)
    assert "limit" in Rig().start(recipe(stage("a", 249)))
    rig = Rig().running(good, 5)
    assert "stop it first" in rig.kernel.orders.start(good, {"run": "r000002", "detached": True})
    rig = Rig(latched=[("stuck_on", "seen before the reset")])
    assert "stuck_on" in rig.start(good)


def test_a_probe_that_the_profile_asks_for_must_be_there():
    made = with_probes(("chip", "component"))
    rig = Rig(made)
    rig.faults[1] = "tc_open"
    assert rig.start(recipe(stage("a", 100))) is None  # not asked for: absent for this run
    rig.wait(10)
    assert rig.kernel.state != FAULT
    rig = Rig(made)
    rig.faults[1] = "tc_open"
    rows = [{"role": "component", "max_c": 245, "source": "test"}]
    assert "chip" in rig.start(recipe(stage("a", 100), limits=rows))


def test_trim_moves_the_target_but_never_past_the_limit():
    rig = Rig().running(recipe(stage("a", 100, hold_s=600, hold_max_s=900)), 200)
    assert rig.kernel.orders.trim(5) is None
    rig.wait(60)
    assert abs(rig.probe_c - 105) < 1.5
    assert "SAC305" in rig.kernel.orders.trim(150)


def test_link_of_a_host_started_run_is_watched_and_a_detached_one_is_not():
    rig = Rig().running(recipe(stage("a", 200)), 0, detached=False)
    for _ in range(10):
        rig.wait(5)
        rig.kernel.beat()
    rig.wait(9.5)
    assert rig.kernel.heating
    rig.wait(1)
    assert rig.kernel.latch.codes == ["link"] and not rig.decision.permit
    assert Rig().running(recipe(stage("a", 200)), 60).kernel.heating


def test_a_board_without_contactor_runs_the_same():
    made = dict(BOARD)
    made["pins"] = {"spi_id": 0, "sck": 2, "miso": 4}
    rig = Rig(made).running(recipe(stage("a", 100)))
    rig.until(lambda: rig.kernel.state == COOL)


def test_a_clock_that_stands_or_jumps_upsets_nothing():
    rig = Rig().running(recipe(stage("a", 200)), 20)
    at = rig.now_ms
    for now_ms in (at, at, at - 5000, at + 400_000, at):
        rig.now_ms = now_ms & 0x3FFFFFFF
        rig.tick()
    rig.wait(2)
    assert rig.kernel.state in ("ramp", "fault")
