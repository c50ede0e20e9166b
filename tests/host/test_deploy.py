"""Deploy and file work on real MicroPython: only what changed, verified, and safe to break off.

A small stand-in for the app answers the line protocol, so that these tests are about deploying;
the whole firmware is deployed in the scenario tests.
"""

import json
import os
import time

import pytest

from host import bare_board
from host.bare_board import BareBoard
from host.standin import BOARD, MAIN, Firmware, service
from preheat import connect, deploy, manifest, tomlfiles, wire
from preheat import service as mode
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.errors import DeviceLost, VerifyError
from preheat.remote import Remote
from preheat_core import protocol

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")

@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))


@pytest.fixture
def firmware(tmp_path, monkeypatch):
    bare_board.required()
    made = Firmware(tmp_path / "firmware")
    monkeypatch.setattr(manifest, "device_files", made.files)
    return made


@pytest.fixture
def bare(tmp_path):
    bare_board.required()
    with BareBoard(tmp_path) as board:
        yield board


@pytest.fixture
def unit(bare, firmware):
    """A board with the stand-in firmware, live."""
    assert deploy.deploy(bare.port, BOARD).changed
    return bare


def test_a_bare_board_becomes_a_unit(bare, firmware):
    steps = []
    report = deploy.deploy(bare.port, BOARD, progress=lambda *step: steps.append(step))
    assert report.changed
    assert report.hello["fw_hash"] == report.fw_hash == manifest.firmware_hash()
    assert report.hello["board_hash"] == report.board_hash
    assert {"connect", "compare", "write", "verify", "restart"} <= {s[0] for s in steps}
    written = [s for s in steps if s[0] == "write"][-1]
    assert written[1] == written[2] == report.sent_bytes
    with service(bare.port) as remote:
        tree = {p for p, size in remote.tree().items() if size is not None}
        pins = remote.get("/board_pins.py").splitlines()[-1]
        assert pins == b"OFF = ((15, 0), (16, 0), (18, 0))"
        payload = protocol.unseal(remote.get("/data/board.json"))
        assert payload is not None and json.loads(payload)["name"] == "virtual-test"
        listed = json.loads(remote.get("/fw.json"))["files"]
    assert tree == {
        "/boot.py", "/main.py", "/board_pins.py", "/fw.json", "/data/board.json",
        "/lib/preheat_core/__init__.mpy", "/lib/preheat_core/wire.mpy",
    }
    assert set(listed) == tree - {"/board_pins.py", "/fw.json", "/data/board.json"}


def test_a_deploy_without_changes_is_quick_and_restarts_nothing(unit):
    boots = len(unit.log)
    begin_s = time.monotonic()
    report = deploy.deploy(unit.port, BOARD)
    assert time.monotonic() - begin_s < 3
    assert not report.changed and report.written == ()
    assert not deploy.deploy(unit.port).changed
    assert len(unit.log) == boots


def test_only_what_changed_is_written(unit, firmware):
    firmware.put("lib/preheat_core/extra.py", "A = 1\n")
    firmware.put("main.py", MAIN + "# more\n")
    report = deploy.deploy(unit.port)
    assert set(report.written) == {"/lib/preheat_core/extra.mpy", "/main.py", "/fw.json"}
    assert report.removed == ()


def test_what_is_gone_or_shadows_is_removed_and_the_rest_left_alone(unit, firmware):
    with service(unit.port) as remote:
        for path in ("/lib/preheat_core/old.py", "/lib/preheat_core/wire.py",
                     "/lib/preheat_fw/sub/x.mpy", "/preheat_core/clock.py", "/lib/other/mine.py",
                     "/data/profiles/p.json", "/logs/r000001", "/lib/preheat_core/half.mpy.new"):
            remote.put(path, b"x = 1\n")
            if path.endswith(".new"):
                continue
    firmware.put("main.py", MAIN + "# other\n")
    report = deploy.deploy(unit.port)
    assert set(report.removed) == {
        "/lib/preheat_core/old.py", "/lib/preheat_core/wire.py", "/lib/preheat_fw/sub/x.mpy",
        "/lib/preheat_fw/sub", "/lib/preheat_fw", "/preheat_core/clock.py", "/preheat_core",
        "/lib/preheat_core/half.mpy.new",
    }
    with service(unit.port) as remote:
        tree = remote.tree()
    assert {"/lib/other/mine.py", "/data/profiles/p.json", "/logs/r000001"} <= set(tree)
    assert not set(report.removed) & set(tree)


def test_source_form_and_back(unit):
    report = deploy.deploy(unit.port, source=True)
    assert "/lib/preheat_core/wire.py" in report.written
    assert "/lib/preheat_core/wire.mpy" in report.removed
    report = deploy.deploy(unit.port, force=True)
    assert "/lib/preheat_core/wire.mpy" in report.written
    assert "/lib/preheat_core/wire.py" in report.removed


def test_another_board_file_is_written_with_its_pins(unit):
    moved = {**BOARD, "zones": [{**BOARD["zones"][0], "ssr": 22}]}
    report = deploy.deploy(unit.port, moved)
    assert set(report.written) == {"/board_pins.py", "/data/board.json", "/fw.json"}
    with service(unit.port) as remote:
        assert b"OFF = ((22, 0)," in remote.get("/board_pins.py")


def test_pins_are_made_again_from_the_units_own_board_file(unit, firmware):
    with service(unit.port) as remote:
        remote.put("/board_pins.py", b"OFF = ((99, 1),)\n")
    firmware.put("main.py", MAIN + "# other\n")
    assert "/board_pins.py" in deploy.deploy(unit.port).written


def test_without_a_board_file_the_user_is_told(bare, firmware):
    report = deploy.deploy(bare.port)
    assert report.board_hash is None
    assert "--board" in report.notes[0]


def test_a_broken_upload_leaves_the_old_firmware_and_can_be_done_again(
    unit, firmware, monkeypatch
):
    monkeypatch.setattr(wire, "SILENCE_S", 2.0)
    old = manifest.firmware_hash()
    for n in range(6):
        firmware.put(f"lib/preheat_core/big{n}.py", f"T = {os.urandom(2000)!r}\n")

    def cut(step, done, total):
        if step == "write" and done > total // 2:
            unit.power_cut()

    with pytest.raises((DeviceLost, VerifyError)) as caught:
        deploy.deploy(unit.port, progress=cut)
    assert caught.value.fix
    with connect.open_direct(unit.port) as link:
        assert link.hello["fw_hash"] == old
    report = deploy.deploy(unit.port)
    assert report.hello["fw_hash"] == manifest.firmware_hash() != old
    with service(unit.port) as remote:
        assert not [p for p in remote.tree() if p.endswith(".new")]


def test_a_unit_whose_files_were_half_renamed_is_repaired(unit):
    with service(unit.port) as remote:
        remote.remove("/fw.json")
        remote.put("/lib/preheat_core/wire.mpy", b"M\x06broken")
    report = deploy.deploy(unit.port)  # its program cannot start: it is at the prompt
    assert set(report.written) == {"/lib/preheat_core/wire.mpy", "/fw.json"}


def test_a_firmware_that_does_not_start_is_reported(unit, firmware):
    firmware.put("main.py", "import nothing_of_that_name\n")
    with pytest.raises(VerifyError, match="did not start.*nothing_of_that_name"):
        deploy.deploy(unit.port)
    firmware.put("main.py", MAIN)
    assert deploy.deploy(unit.port).changed


def test_a_prompt_left_in_raw_mode_is_no_obstacle(bare, firmware):
    with Remote(bare.port) as remote:
        remote.release().close()  # as if the program had been killed
    assert deploy.deploy(bare.port, BOARD).changed


def test_a_silent_port_ends_in_bounded_time_with_what_was_seen(monkeypatch):
    monkeypatch.setattr(mode, "HELLO_S", 2.0)
    master, slave = os.openpty()
    begin_s = time.monotonic()
    try:
        with pytest.raises(DeviceLost, match="nothing answered"):
            deploy.deploy(os.ttyname(slave))
        assert time.monotonic() - begin_s < 15
    finally:
        os.close(master)
        os.close(slave)


def test_the_whole_firmware_goes_onto_a_virtual_unit_and_runs():
    if not has_micropython():
        pytest.skip("no MicroPython for this system")
    board = tomlfiles.load_board("virtual-hotplate")
    with VirtualUnit("hotplate", speed=0, files={"/leftover.txt": b"x"}) as unit:
        report = deploy.deploy(unit.port, board)
        assert report.hello["fw_hash"] == manifest.firmware_hash()
        assert report.hello["board"] == "virtual-hotplate"
        assert report.hello["board_hash"] == report.board_hash
        assert any("config push" in note for note in report.notes)
        boots = unit.boots
        assert not deploy.deploy(unit.port, board).changed
        assert unit.boots == boots
        again = deploy.deploy(unit.port, board, force=True)  # through service mode and back
        assert not again.changed and again.written == ()
        assert unit.boots == boots + 2
        with connect.connect(unit.port) as link:
            assert link.hello["intent"] == "deploy"
            assert link.request("status")["duty"] == 0
