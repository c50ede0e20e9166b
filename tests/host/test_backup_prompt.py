"""What is on a board at its MicroPython prompt, or on none at all, before its flash is erased."""

import base64
import os

import pytest

from host import bare_board
from host.backup_unit import BenchUnit
from host.bare_board import BareBoard
from host.cli_helpers import Shell
from host.fake_device import FakeDevice
from host.fake_log import make_log
from preheat import (
    backup,
    backupfile,
    backupprompt,
    boardimage,
    connect,
    paths,
    service,
    tomlfiles,
)
from preheat.errors import DeviceLost, Refused, UsageError
from preheat.owner import OwnerServer
from preheat.registry import Registry
from preheat.remote import Remote
from preheat.transfer import sha16
from preheat_core import check, protocol, settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
EMPTY_FLASH = b"rst:0x10 (RTCWDT_RTC_RESET)\r\ninvalid header: 0xffffffff\r\n" * 2
IN_ROM = b"rst:0x1 (POWERON_RESET),boot:0x3\r\nwaiting for download\r\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(service, "HELLO_S", 0.3)


@pytest.fixture
def bare(tmp_path):
    """A board at its prompt, with a chip id as every real one has."""
    bare_board.required()
    with BareBoard(tmp_path) as board:
        with Remote(board.port, prompt_s=10) as remote:
            remote.exec("import machine\nmachine.unique_id=lambda:b'\\xaa\\xbb'")
        yield board


def unit_files():
    """What a unit that lost its firmware still has."""
    values = {**settings.default("bench-a"), "sensor_error_c": 3.5}
    profile = check.canonical(tomlfiles.load_profile("hotplate-sn63"))
    armed = {"profile": "hotplate-sn63", "hash": sha16(profile)}
    return {
        **boardimage.BoardImage(tomlfiles.load_board("virtual-hotplate")).files(),
        "/data/settings.json": b"torn off in the mid",
        "/data/settings.json.bak": protocol.seal(check.canonical(values)),
        "/data/profiles/hotplate-sn63.json": protocol.seal(profile),
        "/data/armed.json": protocol.seal(check.canonical(armed)),
        "/data/profiles/broken.json": b"\x00\x01",
        "/logs/r000001.plog": make_log("r000001", "done"), "/logs/r000001.plog.ok": b" ",
        "/logs/r000002.plog": make_log("r000002", "done"),
        "/lib/preheat_core/clock.mpy": b"M\x06",
        "/fw.json": b'{"hash":"00"}', "/main.py": b"import preheat_fw\n",
        "/someone/elses.txt": b"not ours",
    }  # fmt: skip


def test_all_of_a_unit_at_its_prompt_is_saved_and_its_logs_filed(bare):
    with Remote(bare.port) as remote:
        remote.upload(unit_files())
        remote.commit([], list(unit_files()), [])
    path = backup.before_erase(bare.port)
    assert path is not None
    saved = backupfile.load(path)
    content = saved.content
    assert (saved.name, saved.uid) == ("bench-a", "aabb")
    assert content["settings"]["sensor_error_c"] == 3.5  # the version before the torn one
    assert list(content["profiles"]) == ["hotplate-sn63"] and content["armed"] == "hotplate-sn63"
    assert content["board"]["name"] == content["unit"]["board"] == "virtual-hotplate"
    assert base64.b64decode(content["files"]["/data/profiles/broken.json"]) == b"\x00\x01"
    assert any("broken.json is damaged" in note for note in content["notes"])
    assert base64.b64decode(content["files"]["/someone/elses.txt"]) == b"not ours"
    assert path.with_suffix(".files").joinpath("someone", "elses.txt").read_bytes() == b"not ours"
    assert not path.with_suffix(".files").joinpath("main.py").exists()
    assert not [name for name in content["files"] if "logs" in name or "/lib/preheat_core" in name]
    filed = paths.logs_dir() / "bench-a" / "r000002.plog"
    assert filed.read_bytes() == unit_files()["/logs/r000002.plog"]
    assert [row[0::3] for row in content["logs"]] == [["r000001", True], ["r000002", False]]
    assert not filed.with_name("r000001.plog").exists()
    assert backupprompt.at_prompt(bare.port)["settings"] == content["settings"]


def test_a_board_with_nothing_of_ours_needs_no_backup(bare):
    assert backup.before_erase(bare.port) is None
    assert not list(paths.backups_dir().iterdir())


def put(port, files):
    with Remote(port) as remote:
        remote.upload(files)
        remote.commit([], list(files), [])


def test_a_boot_file_of_comments_only_is_nothing_to_keep(bare):
    put(bare.port, {"/boot.py": b"# This file is executed on every boot\n\n#import esp\n"})
    assert backup.before_erase(bare.port) is None
    put(bare.port, {"/boot.py": b"# mine\nimport esp\n"})
    assert backup.before_erase(bare.port) is not None


def test_another_programs_files_are_saved_before_an_erase(bare):
    files = {"/main.py": b"print('weather')\n", "/lib/thing.py": b"A = 1\n",
             "/logs/2026.csv": b"1;2\n", "/we ird.name.txt": b"x"}
    put(bare.port, files)
    path = backup.before_erase(bare.port)
    assert path is not None
    folder = path.with_suffix(".files")
    there = {p.relative_to(folder).as_posix(): p.read_bytes()
             for p in folder.rglob("*") if p.is_file()}
    assert there == {"main.py": files["/main.py"], "lib/thing.py": files["/lib/thing.py"],
                     "logs/2026.csv": files["/logs/2026.csv"], "we_ird_name.txt": b"x"}
    content = backupfile.load(path).content
    assert {name: base64.b64decode(data) for name, data in content["files"].items()} == files


def test_more_than_a_backup_takes_is_refused_and_not_left_out(bare, monkeypatch):
    put(bare.port, {"/data.bin": bytes(5000)})
    monkeypatch.setattr(backupprompt, "MAX_BYTES", 4096)
    with pytest.raises(Refused, match="a backup takes 4") as caught:
        backup.before_erase(bare.port)
    assert "mpremote" in caught.value.fix


@pytest.mark.parametrize("said", [EMPTY_FLASH, IN_ROM, b""])
def test_an_empty_or_silent_chip_needs_no_backup(quick, said, monkeypatch):
    monkeypatch.setattr(backup, "Remote", no_prompt)
    with FakeDevice() as device:
        device.greeting, device.deaf = said, True
        assert backup.before_erase(device.port) is None


def no_prompt(port, prompt_s):
    raise DeviceLost("no prompt", "press reset")


@pytest.mark.parametrize("said", [IN_ROM, b""])
def test_where_a_unit_is_known_silence_is_not_taken_for_emptiness(quick, said, monkeypatch):
    monkeypatch.setattr(backup, "Remote", no_prompt)
    with FakeDevice() as device:
        device.greeting, device.deaf = said, True
        Registry().add("bench-a", device.port, "aabb")
        with pytest.raises(DeviceLost, match="bench-a was last seen") as caught:
            backup.before_erase(device.port)
        assert "preheat unit forget bench-a" in caught.value.fix
        device.greeting = EMPTY_FLASH
        assert backup.before_erase(device.port) is None


def test_something_that_cannot_be_read_is_not_taken_for_nothing(quick, monkeypatch):
    monkeypatch.setattr(backup, "Remote", no_prompt)
    with FakeDevice() as device:
        device.greeting, device.deaf = b"MPY: boot error\r\nTraceback\r\n", True
        with pytest.raises(DeviceLost, match="cannot be saved"):
            backup.before_erase(device.port)


def test_a_missing_port_and_one_that_is_held_are_no_empty_chips():
    with pytest.raises((DeviceLost, UsageError)):
        backup.before_erase("/dev/preheat-no-such-port")
    with (
        FakeDevice() as device,
        connect.open_direct(device.port) as link,
        OwnerServer(link, device.port, "watch"),
        pytest.raises(Refused, match="preheat watch"),
    ):
        backup.before_erase(device.port)


def test_a_restore_onto_a_bare_prompt_says_what_comes_first(capsys, monkeypatch, tmp_path):
    preheat = Shell(capsys, monkeypatch, tmp_path)
    with BenchUnit() as unit:
        assert preheat("unit", "backup", "--port", unit.port).code == 0
    with FakeDevice() as device:
        device.greeting, device.deaf = b"MicroPython v1.29.0\r\n>>> ", True
        Registry().add("bench-a", device.port, unit.uid)
        ran = preheat("unit", "restore", "last")
        assert ran.code == 3
        assert f"first `preheat deploy --board virtual-hotplate --port {device.port}`" in ran.err
