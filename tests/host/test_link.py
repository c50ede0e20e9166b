"""The line protocol on the host: handshake, answers, losses, garbage, and bounded waits."""

import os
import threading
import time
from contextlib import contextmanager

import pytest

from host.fake_device import FakeDevice
from preheat import serialport
from preheat.errors import DeviceLost, Refused, ServiceMode, UsageError
from preheat.link import Inbox, Link
from preheat.session import Session

posix = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are a POSIX thing")


def link_to(device, **options):
    return Link(serialport.open_stream(device.port), **options)


@contextmanager
def within(limit_s):
    begin_s = time.monotonic()
    yield
    assert time.monotonic() - begin_s < limit_s


class LinedStream:
    """A socket stream that claims to have DTR and RTS, as an adapter does."""

    has_lines = True

    def __init__(self, port):
        inner = serialport.open_stream(port)
        self.read, self.write, self.close = inner.read, inner.write, inner.close


def test_hello_and_a_request():
    with FakeDevice() as device, link_to(device) as link:
        assert link.hello["uid"] == "aabbccdd"
        assert link.request("stop") == {"heat": False}
        assert link.notices == []


def test_the_first_line_is_preceded_by_a_newline_that_ends_earlier_rubbish():
    with FakeDevice() as device, link_to(device):
        assert device.heard[0]["cmd"] == "hello"


def test_refusal_carries_code_reason_and_problems():
    with FakeDevice() as device, link_to(device) as link:
        def refuse(_ask):
            return {"ok": False, "code": "check", "why": "not good", "problems": ["a", "b"]}

        device.script["done"] = refuse
        with pytest.raises(Refused, match="not good") as caught:
            link.request("done")
        assert caught.value.code == "check"
        assert caught.value.problems == ("a", "b")


def test_a_lost_answer_is_asked_for_again_with_the_same_id():
    with FakeDevice() as device, link_to(device) as link:
        lost = []

        def lose_first(cmd, line):
            if cmd == "stop" and not lost:
                lost.append(line)
                return None
            return line

        device.mangle = lose_first
        assert link.request("stop", timeout_s=1.0) == {"heat": False}
        ids = [line["id"] for line in device.heard if line["cmd"] == "stop"]
        assert len(ids) == 2 and len(set(ids)) == 1


def test_what_must_not_happen_twice_is_not_sent_twice():
    with FakeDevice() as device, link_to(device) as link:
        device.mangle = lambda cmd, line: None
        with within(2), pytest.raises(DeviceLost, match="did not answer `continue`"):
            link.request("continue", timeout_s=0.6, token="t")
        assert device.asked("continue") == 1


def test_a_line_the_unit_could_not_read_is_sent_again_whatever_it_was():
    with FakeDevice() as device, link_to(device) as link:
        damaged = []

        def damage(_ask):
            if damaged:
                return {}
            damaged.append(1)
            return {"id": None, "ok": False, "code": "crc", "why": "CRC"}

        device.script["continue"] = damage
        assert link.request("continue", token="t") == {}


def test_a_line_that_is_always_damaged_ends_as_a_refusal():
    with FakeDevice() as device, link_to(device) as link:
        device.script["stop"] = lambda ask: {
            "id": None, "ok": False, "code": "crc", "why": "the CRC does not match",
        }
        with within(3), pytest.raises(Refused, match="CRC") as caught:
            link.request("stop", timeout_s=2.0)
        assert caught.value.code == "crc"


def test_answers_to_other_ids_are_ignored():
    with FakeDevice() as device, link_to(device) as link:
        device.say({"id": 999, "ok": True, "heat": True})
        assert link.request("stop") == {"heat": False}


def test_a_wrong_or_too_long_request_never_leaves_the_computer():
    with FakeDevice() as device, link_to(device) as link:
        heard = len(device.heard)
        with pytest.raises(UsageError, match="token is absent"):
            link.request("continue")
        with pytest.raises(UsageError, match="too long for one line"):
            link.request("start", token="t" * 16, profile="p" * 32, hash="0" * 16, detach=False,
                         by="\u00b0" * 24)
        assert len(device.heard) == heard


def test_unasked_messages_are_polled_in_order_and_everyone_gets_them():
    with FakeDevice() as device, link_to(device) as link:
        inbox = link.add_inbox()
        device.say({"st": "ramp", "i": 0}, b"noise\r\n", {"ev": "reached", "i": 0})
        got = []
        while len(got) < 2:
            got += link.poll(1.0)
        assert [next(iter(m)) for m in got] == ["st", "ev"]
        assert len(link.poll_inbox(inbox, 1.0)) == 2
        assert link.poll(0.0) == []


def test_a_full_inbox_gives_up_statuses_before_events():
    inbox = Inbox()
    inbox.add({"ev": "start"})
    for n in range(2000):
        inbox.add({"st": "ramp", "t": n})
    items = inbox.take()
    assert len(items) < 600
    assert items[0] == {"ev": "start"} and items[-1]["t"] == 1999


def test_a_cable_pulled_in_the_middle_of_a_request():
    with FakeDevice() as device, link_to(device) as link:
        device.deaf = True
        threading.Timer(0.3, device.vanish).start()
        with within(3), pytest.raises(DeviceLost, match="is gone"):
            link.request("status", timeout_s=20)
        with pytest.raises(DeviceLost, match="is gone"):
            link.poll(5.0)
        with pytest.raises(DeviceLost, match="is gone"):
            link.request("stop")


def test_a_unit_that_falls_silent_is_lost_in_the_time_given():
    with FakeDevice() as device, link_to(device) as link:
        device.deaf = True
        with within(2), pytest.raises(DeviceLost, match="did not answer `stop` within 0.8 s"):
            link.request("stop", timeout_s=0.8)


def test_a_restart_in_the_middle_of_a_request_is_told_at_once():
    with FakeDevice() as device, link_to(device) as link:
        def restart(_ask):
            device.say({"hello": {**device.hello, "boot_id": "b00t0002", "uptime_ms": 10}})

        device.script["continue"] = restart
        with within(2), pytest.raises(DeviceLost, match="restarted before it answered"):
            link.request("continue", timeout_s=20, token="t")
        assert link.hello["boot_id"] == "b00t0002"
        assert "hello" in link.poll(1.0)[0]
        assert link.request("stop") == {"heat": False}


@pytest.mark.parametrize(
    ("greeting", "error", "says", "fix"),
    [
        (b"MicroPython v1.29.0 on x; y\r\n>>> ", ServiceMode, "service mode", "preheat deploy"),
        (b"Traceback (most recent call last):\r\n  File \"main.py\"\r\nImportError: no x\r\n>>> ",
         ServiceMode, "ImportError: no x", "preheat deploy"),
        (b"rst:0x1 (POWERON),boot:0x3\r\nwaiting for download\r\n", DeviceLost,
         "ROM bootloader", "reset"),
        (b"rst:0x10 a\r\ninvalid header: 0xffffffff\r\n" * 3, DeviceLost, "empty", "flash"),
        (b"ESP-ROM:esp32s3\r\nrst:0x3 b\r\n" * 4, DeviceLost, "restarts again", "supply"),
        (bytes(range(128, 256)) * 3, DeviceLost, "not a preheat unit's", "115200"),
        (b"Marlin 2.1 ready\n", DeviceLost, "Marlin 2.1 ready", "port"),
        (b"", DeviceLost, "nothing answered", "cable"),
    ],
)
def test_without_a_hello_the_user_is_told_what_was_seen(greeting, error, says, fix):
    with FakeDevice() as device:
        device.greeting = greeting
        device.deaf = True
        with within(6), pytest.raises(error) as caught:
            link_to(device, hello_timeout_s=1.5)
        assert says in caught.value.message
        assert fix in caught.value.fix
        assert type(caught.value) is error


def test_endless_garbage_ends_in_bounded_time_and_memory():
    class Noise:
        port = "noise"
        has_lines = False

        def read(self, n, timeout_s):
            time.sleep(0.001)
            return os.urandom(n)

        def write(self, data):
            pass

        def close(self):
            pass

    with within(4), pytest.raises(DeviceLost, match="not a preheat unit's"):
        Link(Noise(), hello_timeout_s=1.0)


@posix
def test_a_port_that_never_reads_and_never_answers():
    master, slave = os.openpty()
    try:
        with within(8), pytest.raises(DeviceLost):
            Link(serialport.open_stream(os.ttyname(slave)), hello_timeout_s=2.0)
    finally:
        os.close(master)
        os.close(slave)


def test_a_slow_boot_is_waited_for():
    with FakeDevice() as device:
        device.deaf = True
        threading.Timer(1.5, lambda: setattr(device, "deaf", False)).start()
        with link_to(device, hello_timeout_s=6.0) as link:
            assert link.hello["boot_id"] == "b00t0001"


@pytest.mark.parametrize(
    ("known", "uptime_ms", "restarted"),
    [
        ("b00t0000", 100, True),  # another boot, younger than the open port
        ("b00t0000", 600000, False),  # restarted some time ago, not by us
        ("b00t0001", 100, False),  # the same boot
        (None, 100, False),  # never seen before: nothing to compare with
    ],
)
def test_a_restart_caused_by_opening_is_told(known, uptime_ms, restarted):
    with FakeDevice(uptime_ms=uptime_ms) as device:
        link = Link(LinedStream(device.port), "COM5", lambda uid: known)
        link.close()
        assert link.restarted_on_open is restarted
        assert any("restarted the controller" in n for n in link.notices) is restarted


def test_a_port_without_lines_cannot_have_restarted_anything():
    with FakeDevice(uptime_ms=100) as device, link_to(device, last_boot=lambda _: "b0") as link:
        assert not link.restarted_on_open


def test_session_claims_and_beats_until_stopped():
    with FakeDevice() as device, link_to(device) as link:
        with Session(link) as session:
            assert session.claim() == "t0ken"
            session.start_beats()
            for _ in range(100):
                if device.asked("beat"):
                    break
                time.sleep(0.02)
        beats = device.asked("beat")
        assert beats >= 1
        assert session.problem is None
        assert next(x for x in device.heard if x["cmd"] == "beat")["token"] == "t0ken"


def test_a_refused_heartbeat_is_kept_as_the_sessions_problem():
    with FakeDevice() as device, link_to(device) as link:
        device.script["beat"] = lambda ask: {"ok": False, "code": "claim", "why": "not yours"}
        with Session(link) as session:
            session.claim()
            session.start_beats()
            for _ in range(100):
                if session.problem:
                    break
                time.sleep(0.02)
        assert isinstance(session.problem, Refused)
