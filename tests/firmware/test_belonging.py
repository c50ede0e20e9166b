"""Nobody in who does not belong: no way in but the line, no heat without claim and hash."""

import ast
from pathlib import Path

from parts import PROFILE

from preheat_core import board, commands, profile, settings

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
WAYS_IN = {
    "network", "socket", "usocket", "ssl", "tls", "bluetooth", "ubluetooth", "aioble", "espnow",
    "webrepl", "lwip", "asyncio", "uasyncio", "mip", "ntptime", "dupterm",
}  # fmt: skip


def names_in(path):
    """Every name, attribute, imported module and string that is one word in a source file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (part for alias in node.names for part in alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_source_of_the_firmware_names_a_network():
    sources = sorted(FIRMWARE.rglob("*.py"))
    assert len(sources) > 40
    found = [(path.name, name) for path in sources for name in names_in(path) if name in WAYS_IN]
    assert found == []


def test_modules_are_imported_by_name_only():
    """An import that is worked out while running could be of anything."""
    hidden = {"__import__", "import_module", "exec", "eval", "execfile", "compile"}
    found = [
        (path.name, name)
        for path in sorted(FIRMWARE.rglob("*.py"))
        for name in names_in(path)
        if name in hidden
    ]
    assert found == []


def test_no_command_can_change_the_board_file():
    writes = {"put": "put.kind", "del": "kind"}
    for cmd, key in writes.items():
        assert "kind" in {row[0]: row[1] for row in commands.COMMANDS}[cmd]
        _, words, _ = commands.ARGUMENTS[key]
        assert "board" not in words and "latch" not in words
        assert commands.argument(cmd, "kind") == commands.ARGUMENTS[key]


def test_uploads_that_try_leave_the_board_file_as_it_is(bench):
    before = bench.store.read_bytes("board.json")
    for kind in ("board", "latch", "log", "../board"):
        found = bench.ask("put", kind=kind, name="board", size=10, crc="00000000")
        assert found["code"] == "args", kind
    for name in ("board.json", "../board", "/data/board"):
        assert bench.ask("del", kind="profile", name=name)["code"] == "args", name
        found = bench.ask("put", kind="profile", name=name, size=9, crc="00000000")
        assert found["code"] == "args", name
    assert bench.ask("del", kind="profile", name="board")["code"] == "missing"
    assert bench.push("settings", dict(bench.unit.board), "settings")["code"] == "check"
    assert bench.store.read_bytes("board.json") == before


def test_whatever_profile_and_settings_say_the_board_files_ceiling_binds(bench):
    off = {"probe": "plate", "offset_c": -5, "gain": 0.98}  # it reads up to 10 °C too little
    loose = dict(settings.default("rig"), sensor_error_c=1.0, calibration=[off])
    assert bench.push("settings", loose, "settings")["ok"]
    made = profile.normalise(dict(PROFILE, limits=[
        {"role": "board", "max_c": 300, "source": "wishful"},
    ], ramp_max_c_s=4))  # fmt: skip
    assert bench.push("profile", made)["ok"]
    found = bench.ask("limits", profile="warm")
    hard = bench.unit.board["limits"]
    ceilings = dict.fromkeys(board.PROCESS_ROLES, hard["board_max_c"])
    ceilings["heater"] = hard["heater_max_c"]
    for role, trip_c, approach_c, _ in found["limits"]:
        assert approach_c < trip_c <= ceilings[role]
        if role == "board":
            assert (trip_c - off["offset_c"]) / off["gain"] <= ceilings[role] + 0.01
    assert found["ramp_max_c_s"] <= hard["ramp_max_c_s"]
    idle = bench.unit.kernel.guard.idle_limits.row("board")
    assert (idle.trip_c - off["offset_c"]) / off["gain"] <= hard["board_max_c"] + 0.01


def stored(bench):
    return bench.push("profile", profile.normalise(PROFILE))["sha"]


def start(bench, token, digest, detach=False):
    return bench.ask("start", token=token, profile="warm", hash=digest, detach=detach, by="test")


def test_no_start_without_the_claim_or_without_the_hash(bench):
    digest = stored(bench)
    assert start(bench, "0" * 12, digest)["code"] == "claim"  # nobody has claimed
    token = bench.ask("claim", host="test")["token"]
    assert start(bench, "0" * 12, digest)["code"] == "claim"
    assert start(bench, token, "0" * 16)["code"] == "hash"
    for missing in ("token", "hash"):
        args = {"token": token, "profile": "warm", "hash": digest, "detach": True, "by": ""}
        del args[missing]
        assert bench.ask("start", **args)["code"] == "args"
    assert 1 not in bench.ssr.history and not bench.unit.kernel.heating
    assert start(bench, token, digest)["ok"]


STALE_MAY_NOT = (
    ("beat", {}),
    ("start", {"profile": "warm", "hash": "0" * 16, "detach": True, "by": ""}),
    ("continue", {}),
    ("trim", {"delta_c": 5}),
    ("ext", {"on": True}),
    ("arm", {"profile": "warm", "hash": "0" * 16}),
    ("disarm", {}),
    ("test", {"what": "proof"}),
    ("bite", {"confirm": True}),
)


def test_every_command_that_wants_the_token_is_tried_here():
    wanting = {row[0] for row in commands.COMMANDS if row[2]}
    assert wanting == {cmd for cmd, _ in STALE_MAY_NOT}


def refused_as_stale(bench, token):
    kernel = bench.unit.kernel
    for cmd, args in STALE_MAY_NOT:
        before = (kernel.run, kernel.heating, kernel.armed)
        trim_c = None if kernel.run is None else kernel.run.sequencer.trim_c
        assert bench.ask(cmd, token=token, **args)["code"] == "claim", cmd
        assert (kernel.run, kernel.heating, kernel.armed) == before, cmd
        if kernel.run is not None:
            assert kernel.run.sequencer.trim_c == trim_c and not kernel.run.external_declared


def test_the_token_of_before_another_claim_is_worth_nothing(bench):
    stored(bench)
    old = bench.ask("claim", host="first")["token"]
    new = bench.ask("claim", host="second")["token"]
    assert old != new
    refused_as_stale(bench, old)


def test_the_token_of_before_a_reset_is_worth_nothing(bench):
    stored(bench)
    old = bench.ask("claim", host="first")["token"]
    bench.boot()
    bench.wait(1)
    refused_as_stale(bench, old)
    bench.ask("claim", host="second")
    refused_as_stale(bench, old)


def test_a_session_that_was_silent_for_a_minute_has_to_claim_again(bench):
    digest = stored(bench)
    token = bench.ask("claim", host="laptop")["token"]
    for _ in range(4):  # a beat now and then is enough
        bench.wait(50)
        assert bench.ask("beat", token=token)["ok"]
    bench.wait(61)  # the laptop slept
    refused_as_stale(bench, token)
    assert start(bench, token, digest)["code"] == "claim"
    assert start(bench, bench.ask("claim", host="laptop")["token"], digest)["ok"]


def test_heat_from_above_that_was_declared_and_forgotten_ends_by_itself(bench):
    token = bench.begin(made=dict(PROFILE, stages=[
        dict(PROFILE["stages"][0], hold_s=3000, hold_max_s=3500)]))
    run = bench.unit.kernel.run
    assert bench.ask("ext", token=token, on=True)["ok"]
    bench.wait(50)
    assert bench.ask("ext", token=token, on=True)["ok"]  # and goes on
    most_s = bench.unit.kernel.settings["operator_timeout_s"]
    bench.wait(most_s - 20)
    assert run.external_declared
    bench.wait(25)
    assert not run.external_declared and bench.unit.kernel.heating


def test_a_stale_beat_does_not_feed_the_link_timer(bench):
    digest = stored(bench)
    old = bench.ask("claim", host="first")["token"]
    new = bench.ask("claim", host="second")["token"]
    assert start(bench, new, digest)["ok"]
    run = bench.unit.kernel.run
    for _ in range(9):
        before_ms = run.silent_ms
        bench.ask("beat", token=old)
        assert run.silent_ms >= before_ms
        bench.wait(0.75)
    bench.wait(2)
    assert bench.unit.kernel.latch.codes == ["link"] and bench.ssr.level == 0


def test_nobody_takes_over_a_run_that_its_host_started(bench):
    digest = stored(bench)
    token = bench.ask("claim", host="first")["token"]
    assert start(bench, token, digest)["ok"]
    assert bench.ask("claim", host="second")["code"] == "busy"
    assert bench.ask("beat", token=token)["ok"]  # and the first one still owns it


def test_a_session_that_claims_while_a_detached_run_heats_may_steer_it_and_the_old_one_not(bench):
    old = bench.begin(detach=True)
    bench.wait(5)
    new = bench.ask("claim", host="second")["token"]
    refused_as_stale(bench, old)
    assert bench.ask("trim", token=new, delta_c=2)["ok"]
    assert bench.ask("ext", token=new, on=True)["ok"]
    run = bench.unit.kernel.run
    assert run.detached  # it still needs nobody
    bench.wait(15)
    assert bench.unit.kernel.heating
    limit = run.limits.row("board")
    assert bench.ask("trim", token=new, delta_c=20)["ok"]
    for _ in range(8):
        found = bench.ask("trim", token=new, delta_c=20)
    assert found["code"] == "state"  # the limits bind the new one as they bound the old one
    assert run.sequencer.setpoint.target_c <= limit.approach_c


def press(bench):
    bench.button.level = 0
    bench.wait(1)
    bench.button.level = 1
    bench.wait(1)


def test_the_button_starts_nothing_that_was_not_armed_by_a_session(bench):
    digest = stored(bench)
    assert bench.ask("arm", token="0" * 12, profile="warm", hash=digest)["code"] == "claim"
    press(bench)
    assert bench.unit.kernel.run is None and 1 not in bench.ssr.history
