"""Deploys that are refused or broken off before anything is changed: the unit is as it was."""

import os

import pytest

from host import bare_board
from host.bare_board import BareBoard
from host.fake_device import FakeDevice
from host.standin import BOARD, MAIN, Firmware, service
from preheat import connect, deploy, manifest, tomlfiles
from preheat.errors import Refused
from preheat.owner import OwnerServer
from preheat.remote import Remote

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


def test_a_hot_unit_refuses_until_the_operator_confirms(unit, firmware):
    with service(unit.port) as remote:
        remote.put("/hot", b"")
    firmware.put("main.py", MAIN + "# other\n")
    with pytest.raises(Refused, match="180 C") as caught:
        deploy.deploy(unit.port)
    assert caught.value.code == "hot"
    assert "--yes" in caught.value.fix
    assert deploy.deploy(unit.port, confirm=True).changed


def test_a_full_flash_is_refused_before_anything_is_written(tmp_path, firmware):
    with BareBoard(tmp_path, blocks=8) as bare:
        with pytest.raises(Refused, match="bytes of flash free") as caught:
            deploy.deploy(bare.port, BOARD)
        assert caught.value.code == "space"
        with Remote(bare.port) as remote:
            assert remote.tree() == {}


def runs_its_app(unit):
    with connect.open_direct(unit.port) as link:
        return link.hello["uptime_ms"]


def test_a_live_unit_that_is_refused_a_deploy_runs_on(unit, firmware):
    firmware.put("main.py", MAIN + "# other\n")
    with pytest.raises(Refused, match="is for rp2040, what answers is a virtual unit"):
        deploy.deploy(unit.port, tomlfiles.load_board("raspberrypi-pico"))
    assert runs_its_app(unit)
    firmware.put("lib/preheat_core/big.py", f"T = {os.urandom(600_000)!r}\n")
    with pytest.raises(Refused, match="bytes of flash free"):
        deploy.deploy(unit.port)
    assert runs_its_app(unit)


@pytest.mark.parametrize("at", ["compare", "write"])
def test_ctrl_c_before_anything_is_changed_leaves_the_old_firmware_running(unit, firmware, at):
    old = manifest.firmware_hash()
    firmware.put("main.py", MAIN + "# other\n")

    def interrupt(step, done, total):
        if step == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deploy.deploy(unit.port, progress=interrupt)
    with connect.open_direct(unit.port) as link:
        assert link.hello["fw_hash"] == old != manifest.firmware_hash()


def test_a_board_file_for_another_chip_is_refused(bare, firmware):
    with pytest.raises(Refused, match="is for rp2040") as caught:
        deploy.deploy(bare.port, tomlfiles.load_board("raspberrypi-pico"))
    assert "heater" in caught.value.fix


def test_a_wrong_board_file_is_refused_before_the_port_is_opened():
    with pytest.raises(Refused) as caught:
        deploy.deploy("/dev/does-not-exist", {**BOARD, "mains_hz": 55, "zones": []})
    assert len(caught.value.problems) >= 2


def test_a_relay_on_a_boot_strap_never_gets_near_a_unit():
    board = tomlfiles.load_board("espressif-esp32-devkitc")
    board["zones"][0]["ssr"] = 12
    with pytest.raises(Refused) as caught:
        deploy.deploy("/dev/does-not-exist", board)
    (problem,) = caught.value.problems
    assert problem.startswith("zones[0].ssr = 12: must be another GPIO") and "1.8 V" in problem


def test_a_port_that_another_window_holds_is_left_alone():
    with (
        FakeDevice() as device,
        connect.open_direct(device.port) as link,
        OwnerServer(link, device.port, "run"),
        pytest.raises(Refused, match="`preheat run` holds") as caught,
    ):
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
