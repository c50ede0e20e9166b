"""Deploy and file work on real MicroPython: only what changed, verified, and safe to break off.

A small stand-in for the app answers the line protocol, so that these tests are about deploying;
the whole firmware is deployed in the scenario tests.
"""

import json
import os
import time
from contextlib import contextmanager

import pytest
from host import bare_board
from host.bare_board import BareBoard
from host.fake_device import FakeDevice

from preheat import boardimage, connect, deploy, manifest
from preheat.errors import DeviceLost, Refused, ServiceMode, UsageError, VerifyError
from preheat.owner import OwnerServer
from preheat.remote import Remote
from preheat_core import protocol

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")

BOARD = {
    "schema": 1, "name": "virtual-test", "title": "test", "mcu": "virtual",
    "micropython": "UNIX", "mains_hz": 50, "window_ticks": 4, "ssr_kind": "zero_cross",
    "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16, "lamp": 18},
    "zones": [{"name": "main", "probe": "board", "ssr": 15, "power_w": 600, "coast_s": 20,
               "heater_kind": "quartz"}],
    "probes": [{"name": "board", "role": "board", "cs": 5}],
    "limits": {"board_max_c": 260, "heater_max_c": 700, "ramp_max_c_s": 3, "run_max_s": 7200},
}
BOOT = "PINS = None\ntry:\n    import board_pins\nexcept ImportError:\n    pass\n"
MAIN = '''
import json, machine, micropython, os, sys, hashlib, binascii
from preheat_core import protocol

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None

def sha(data):
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()[:16]

def hello():
    fw, board = read("/fw.json"), read("/data/board.json")
    return {"proto": protocol.PROTO, "fw": "0.1.0", "uid": "c0ffee", "boot_id": "x",
            "fw_hash": json.loads(fw)["hash"] if fw else None, "uptime_ms": 9,
            "board_hash": sha(protocol.unseal(board)) if board else None}

def serve():
    micropython.kbd_intr(-1)
    while True:
        line = sys.stdin.buffer.readline()
        try:
            ask = protocol.decode(line)
        except protocol.ProtocolError as err:
            answer = {"id": None, "ok": False, "code": err.code, "why": err.why}
            ask = {"cmd": ""}
        else:
            answer = {"id": ask["id"], "ok": True}
        if ask["cmd"] == "hello":
            answer.update(hello())
        if ask["cmd"] == "service" and read("/hot") is not None and not ask["confirm"]:
            answer.update({"ok": False, "code": "hot", "why": "the board is at 180 C"})
        sys.stdout.buffer.write(protocol.encode(answer))
        if ask["cmd"] == "service" and answer["ok"]:
            with open("/data/intent.json", "wb") as file:
                file.write(b"service")
            machine.reset()

if read("/data/intent.json") is None:
    serve()
os.remove("/data/intent.json")
'''


class Firmware:
    """A firmware folder that the manifest lists instead of the real one."""

    def __init__(self, folder):
        self.folder = folder
        self.put("boot.py", BOOT)
        self.put("main.py", MAIN)
        core = os.path.dirname(protocol.__file__)
        for name in ("__init__.py", "protocol.py"):
            with open(os.path.join(core, name), encoding="utf-8") as file:
                self.put(f"lib/preheat_core/{name}", file.read())

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def files(self):
        return sorted(
            ("/" + path.relative_to(self.folder).as_posix(), path)
            for path in self.folder.rglob("*.py")
        )


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


@contextmanager
def service(port):
    """The unit's file system, and the app again afterwards."""
    try:
        link = connect.open_direct(port)
    except ServiceMode:
        remote = Remote(port)
    else:
        link.request("service", confirm=True)
        link.close()
        remote = Remote(port, prompt_s=10)
    with remote:
        yield remote
        stream = remote.reset()
    stream.close()


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
        assert remote.get("/board_pins.py").splitlines()[-1] == b"OFF = ((15, 0), (16, 0), (18, 0))"
        payload = protocol.unseal(remote.get("/data/board.json"))
        assert payload is not None and json.loads(payload)["name"] == "virtual-test"
        listed = json.loads(remote.get("/fw.json"))["files"]
    assert tree == {
        "/boot.py", "/main.py", "/board_pins.py", "/fw.json", "/data/board.json",
        "/lib/preheat_core/__init__.mpy", "/lib/preheat_core/protocol.mpy",
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
        for path in ("/lib/preheat_core/old.py", "/lib/preheat_core/protocol.py",
                     "/lib/preheat_fw/sub/x.mpy", "/preheat_core/clock.py", "/lib/other/mine.py",
                     "/data/profiles/p.json", "/logs/r000001", "/lib/preheat_core/half.mpy.new"):
            remote.put(path, b"x = 1\n")
            if path.endswith(".new"):
                continue
    firmware.put("main.py", MAIN + "# other\n")
    report = deploy.deploy(unit.port)
    assert set(report.removed) == {
        "/lib/preheat_core/old.py", "/lib/preheat_core/protocol.py", "/lib/preheat_fw/sub/x.mpy",
        "/lib/preheat_fw/sub", "/lib/preheat_fw", "/preheat_core/clock.py", "/preheat_core",
        "/lib/preheat_core/half.mpy.new",
    }
    with service(unit.port) as remote:
        tree = remote.tree()
    assert {"/lib/other/mine.py", "/data/profiles/p.json", "/logs/r000001"} <= set(tree)
    assert not set(report.removed) & set(tree)


def test_source_form_and_back(unit):
    report = deploy.deploy(unit.port, source=True)
    assert "/lib/preheat_core/protocol.py" in report.written
    assert "/lib/preheat_core/protocol.mpy" in report.removed
    report = deploy.deploy(unit.port, force=True)
    assert "/lib/preheat_core/protocol.mpy" in report.written
    assert "/lib/preheat_core/protocol.py" in report.removed


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


def test_a_broken_upload_leaves_the_old_firmware_and_can_be_done_again(unit, firmware):
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
        remote.put("/lib/preheat_core/protocol.mpy", b"M\x06broken")
    report = deploy.deploy(unit.port)  # its program cannot start: it is at the prompt
    assert set(report.written) == {"/lib/preheat_core/protocol.mpy", "/fw.json"}


def test_a_firmware_that_does_not_start_is_reported(unit, firmware):
    firmware.put("main.py", "import nothing_of_that_name\n")
    with pytest.raises(VerifyError, match="did not start.*nothing_of_that_name"):
        deploy.deploy(unit.port)
    firmware.put("main.py", MAIN)
    assert deploy.deploy(unit.port).changed


def test_a_hot_unit_refuses_until_the_operator_confirms(unit, firmware):
    with service(unit.port) as remote:
        remote.put("/hot", b"")
    firmware.put("main.py", MAIN + "# other\n")
    with pytest.raises(Refused, match="180 C") as caught:
        deploy.deploy(unit.port)
    assert caught.value.code == "hot"
    assert deploy.deploy(unit.port, confirm=True).changed


def test_a_prompt_left_in_raw_mode_is_no_obstacle(bare, firmware):
    with Remote(bare.port) as remote:
        remote.release().close()  # as if the program had been killed
    assert deploy.deploy(bare.port, BOARD).changed


def test_a_full_flash_is_refused_before_anything_is_written(tmp_path, firmware):
    with BareBoard(tmp_path, blocks=12) as bare:
        with pytest.raises(Refused, match="bytes of flash free") as caught:
            deploy.deploy(bare.port, BOARD)
        assert caught.value.code == "space"
        with Remote(bare.port) as remote:
            assert remote.tree() == {}


def test_a_board_file_for_another_chip_is_refused(bare, firmware):
    with pytest.raises(Refused, match="is for rp2040") as caught:
        deploy.deploy(bare.port, {**BOARD, "mcu": "rp2040"})
    assert "heater" in caught.value.fix


@pytest.mark.parametrize(
    ("mcu", "platform", "machine", "fits"),
    [
        ("rp2040", "rp2", "Raspberry Pi Pico with RP2040", True),
        ("rp2350", "rp2", "Raspberry Pi Pico with RP2040", False),
        ("esp32", "esp32", "Generic ESP32 module with ESP32", True),
        ("esp32s3", "esp32", "Generic ESP32S3 module with ESP32S3", True),
        ("esp32c3", "esp32", "Generic ESP32S3 module with ESP32S3", False),
        ("esp32", "esp32", "Generic ESP32S3 module with ESP32S3", False),
        ("esp32", "rp2", "Raspberry Pi Pico with RP2040", False),
        ("virtual", "rp2", "Raspberry Pi Pico with RP2040", False),
        ("virtual", "linux", "linux", True),
        ("rp2040", "linux", "linux", False),
    ],
)
def test_which_board_files_fit_which_chips(mcu, platform, machine, fits):
    assert (boardimage.misfit({"name": "b", "mcu": mcu}, platform, machine) == "") is fits


def test_a_wrong_board_file_is_refused_before_the_port_is_opened():
    with pytest.raises(Refused) as caught:
        deploy.deploy("/dev/does-not-exist", {**BOARD, "mains_hz": 55, "zones": []})
    assert len(caught.value.problems) >= 2


def test_a_port_that_another_window_holds_is_left_alone():
    with FakeDevice() as device, connect.open_direct(device.port) as link:
        with OwnerServer(link, device.port, "run"):
            with pytest.raises(Refused, match="`preheat run` holds") as caught:
                deploy.deploy(device.port)
            assert caught.value.code == "busy"
            assert device.asked("service") == 0


def test_a_unit_on_a_network_address_has_no_prompt():
    with FakeDevice() as device:
        with pytest.raises(Refused, match="no MicroPython prompt"):
            deploy.deploy(device.port)
        assert device.asked("service") == 0
    with FakeDevice(fw_hash=manifest.firmware_hash()) as device:
        assert not deploy.deploy(device.port).changed
    with FakeDevice() as device:
        with pytest.raises(UsageError, match="network connection"):
            Remote(device.port)


def test_a_silent_port_ends_in_bounded_time_with_what_was_seen(tmp_path):
    master, slave = os.openpty()
    begin_s = time.monotonic()
    try:
        with pytest.raises(DeviceLost, match="nothing answered"):
            deploy.deploy(os.ttyname(slave))
        assert time.monotonic() - begin_s < 40
    finally:
        os.close(master)
        os.close(slave)


def test_an_error_on_the_board_is_told_in_one_line(bare):
    with Remote(bare.port) as remote:
        with pytest.raises(VerifyError, match="ZeroDivisionError") as caught:
            remote.exec("1/0")
        assert "\n" not in str(caught.value)
        assert remote.exec("print(6*7)").strip() == "42"
        with pytest.raises(VerifyError, match="ENOENT"):
            remote.get("/none")


def test_a_board_that_dies_in_the_middle_of_a_command(bare, capsys):
    with Remote(bare.port) as remote:
        bare.power_cut()
        begin_s = time.monotonic()
        with pytest.raises((DeviceLost, VerifyError)):
            for _ in range(3):
                remote.exec("print(1)")
        assert time.monotonic() - begin_s < 30
    assert capsys.readouterr().out == ""


def test_file_work(bare):
    with Remote(bare.port) as remote:
        data = os.urandom(5000)
        remote.put("/a/b/c.bin", data)
        assert remote.get("/a/b/c.bin") == data
        remote.put("/a/b/c.bin", b"")
        assert remote.tree() == {"/a": None, "/a/b": None, "/a/b/c.bin": 0}
        remote.mkdir("/a/d")
        remote.remove("/a/b/c.bin")
        remote.remove("/a/b")
        remote.remove("/a/not there")
        assert remote.tree("/a") == {"/a/d": None}
        assert remote.hashes(["/none"]) == {"/none": None}
        assert remote.info()["platform"] in ("linux", "darwin")
