"""From --port to a unit: which port is meant, who answers there, and going through its owner."""

import json
import os
import socket
import stat
import time

import pytest

from host.fake_device import FakeDevice
from preheat import connect, owner
from preheat.errors import DeviceLost, Refused, UsageError
from preheat.owner import OwnedLink, OwnerServer
from preheat.registry import Registry


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    monkeypatch.delenv("PREHEAT_PORT", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "port", ["/dev/ttyACM0", "COM5", "com12", "\\\\.\\COM10", "socket://h:1", "./pty"]
)
def test_an_explicit_port_is_taken_as_it_is(port):
    assert connect.resolve(port).port == port


def test_a_units_name_gives_its_port():
    Registry().add("bench", "/dev/ttyUSB7", "aa")
    target = connect.resolve("bench")
    assert target.port == "/dev/ttyUSB7"
    assert target.unit is not None and target.unit.name == "bench"


def test_the_only_known_unit_comes_before_preheat_port(monkeypatch):
    monkeypatch.setenv("PREHEAT_PORT", "/dev/ttyACM9")
    assert connect.resolve(None).port == "/dev/ttyACM9"
    Registry().add("bench", "/dev/ttyUSB7", "aa")
    assert connect.resolve(None).port == "/dev/ttyUSB7"
    Registry().add("second", "/dev/ttyUSB8", "bb")
    assert connect.resolve(None).port == "/dev/ttyACM9"
    assert connect.resolve("bench").port == "/dev/ttyUSB7"


def test_without_any_hint_the_user_is_told_what_to_do():
    with pytest.raises(UsageError, match="no unit is known") as caught:
        connect.resolve(None)
    assert "--port" in caught.value.fix and "preheat virtual" in caught.value.fix


def test_with_several_units_one_has_to_be_chosen():
    Registry().add("a", "COM1", "aa")
    Registry().add("b", "COM2", "bb")
    with pytest.raises(UsageError, match=r"several units are known \(a, b\)"):
        connect.resolve(None)


def test_a_name_nobody_knows():
    Registry().add("bench", "COM1", "aa")
    with pytest.raises(UsageError, match="'bnech' is neither a port nor a known unit"):
        connect.resolve("bnech")


def test_connecting_remembers_the_boot():
    with FakeDevice() as device:
        with connect.connect(device.port) as link:
            assert link.hello["uid"] == "aabbccdd"
        assert Registry().last_boot("aabbccdd") == "b00t0001"


def test_another_unit_at_a_named_units_port_is_not_used():
    with FakeDevice() as device:
        Registry().add("bench", device.port, "ffffffff")
        with pytest.raises(DeviceLost, match="another unit than 'bench'"):
            connect.connect("bench")


def test_another_protocol_is_refused_with_what_to_do():
    with FakeDevice(proto=99) as device:
        with pytest.raises(Refused, match="speaks protocol 99") as caught:
            connect.connect(device.port)
        assert "preheat deploy" in caught.value.fix


@pytest.fixture
def device():
    with FakeDevice() as unit:
        yield unit


@pytest.fixture
def held(device):
    """A port held by a `run`, and its server."""
    with connect.open_direct(device.port) as link, OwnerServer(link, device.port, "run") as server:
        yield server


def test_a_second_window_goes_through_the_owner(device, held):
    with connect.connect(device.port) as link:
        assert isinstance(link, OwnedLink)
        assert link.what == "run"
        assert link.hello["uid"] == "aabbccdd"
        assert link.request("stop") == {"heat": False}
        assert not link.restarted_on_open
    assert device.asked("stop") == 1


def test_refusals_and_wrong_requests_come_through_as_they_are(device, held):
    device.script["clear"] = lambda ask: {
        "ok": False, "code": "state", "why": "still hot", "problems": ["tc_open"],
    }
    with connect.connect(device.port) as link:
        with pytest.raises(Refused, match="still hot") as caught:
            link.request("clear")
        assert (caught.value.code, caught.value.problems) == ("state", ("tc_open",))
        with pytest.raises(UsageError, match="token is absent"):
            link.request("continue")


def test_what_would_end_the_owners_connection_is_refused(device, held):
    with connect.connect(device.port) as link:
        for cmd in ("service", "reset"):
            with pytest.raises(Refused, match="`preheat run` holds") as caught:
                link.request(cmd, confirm=True)
            assert caught.value.code == "busy"


def test_every_window_gets_every_message(device, held):
    with connect.connect(device.port) as one, connect.connect(device.port) as two:
        device.say({"ev": "reached", "i": 0})
        assert one.poll(2.0) == [{"ev": "reached", "i": 0}]
        assert two.poll(2.0) == [{"ev": "reached", "i": 0}]
        assert one.poll(0.0) == []


def test_a_lost_unit_is_lost_in_the_second_window_too(device, held):
    with connect.connect(device.port) as link:
        device.vanish()
        with pytest.raises(DeviceLost, match="is gone"):
            for _ in range(50):
                link.request("status", timeout_s=1.0)


def test_when_the_owner_ends_its_guests_are_told_and_the_note_is_gone(device, held):
    with connect.connect(device.port) as link:
        held.close()
        with pytest.raises(DeviceLost, match="`preheat run` that held .* has ended"):
            link.request("stop")
    assert not held.note.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes; the folder is private")
def test_only_this_user_can_read_the_note(held):
    assert stat.S_IMODE(held.note.stat().st_mode) == 0o600
    assert stat.S_IMODE(held.note.parent.stat().st_mode) & 0o077 == 0


def test_the_secret_is_needed(device, held):
    note = json.loads(held.note.read_text())
    for said in (b'{"token": "wrong"}\n', b"{}\n", b"[]\n", b"garbage\n", b"\xff" * 100 + b"\n"):
        with socket.create_connection(("127.0.0.1", note["tcp"]), timeout=5) as sock:
            sock.sendall(said + b'{"cmd": "stop"}\n')
            try:
                assert sock.recv(100) == b""
            except ConnectionError:
                pass  # closed with our second line unread
    assert device.asked("stop") == 0
    with connect.connect(device.port) as link:
        assert link.request("stop") == {"heat": False}


def test_a_note_left_by_a_process_that_died_is_removed(device):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    path = owner.note_path(device.port)
    path.write_text(json.dumps({"tcp": free, "token": "x", "what": "run"}))
    with connect.connect(device.port) as link:
        assert not isinstance(link, OwnedLink)
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tcp": "x"}'])
def test_a_note_that_does_not_read_is_removed(text):
    path = owner.note_path("COM3")
    path.write_text(text)
    assert owner.find("COM3") is None
    assert not path.exists()


def test_another_program_on_the_notes_tcp_port_is_not_believed():
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        path = owner.note_path("COM3")
        path.write_text(json.dumps({"tcp": stranger.getsockname()[1], "token": "x"}))
        begin_s = time.monotonic()
        assert owner.find("COM3") is None  # it accepts, but never answers
        assert time.monotonic() - begin_s < 4
        assert path.exists()  # it may be an owner that is suspended, and goes on later


def test_a_suspended_owner_is_found_again_when_it_goes_on(device, held):
    note = json.loads(held.note.read_text())
    with socket.create_server(("127.0.0.1", 0)) as mute:  # as a stopped process: no answer
        held.note.write_text(json.dumps({**note, "tcp": mute.getsockname()[1]}))
        assert owner.find(device.port) is None
    assert held.note.exists()
    held.note.write_text(json.dumps(note))
    with connect.connect(device.port) as link:
        assert isinstance(link, OwnedLink)


def test_a_later_owner_keeps_its_note_when_the_earlier_one_ends(device):
    with connect.open_direct(device.port) as link:
        first = OwnerServer(link, device.port, "watch")
        with OwnerServer(link, device.port, "run") as second:
            first.close()
            assert second.note.exists()


@pytest.mark.skipif(os.name == "nt", reason="symbolic links to ports are a POSIX thing")
def test_two_names_of_one_device_have_one_owner(tmp_path):
    (tmp_path / "tty0").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "tty0")
    assert owner.note_path(str(tmp_path / "by-id")) == owner.note_path(str(tmp_path / "tty0"))
