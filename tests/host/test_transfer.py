"""Files over the line protocol: whole, verified, repeated when an answer is lost, resumable."""

import base64
import os

import pytest

from host.fake_device import FakeDevice
from preheat import serialport, transfer
from preheat.errors import DeviceLost, Refused, VerifyError
from preheat.link import Link


@pytest.fixture
def device():
    with FakeDevice() as unit:
        yield unit


@pytest.fixture
def link(device):
    with Link(serialport.open_stream(device.port)) as opened:
        yield opened


DATA = bytes(range(256)) * 5


def test_put_stores_exactly_the_bytes_and_reports_progress(device, link):
    seen = []
    sha = transfer.put(link, "profile", "x", DATA, lambda done, total: seen.append((done, total)))
    assert device.files["profile", "x"] == DATA
    assert sha == transfer.sha16(DATA)
    assert seen[-1] == (len(DATA), len(DATA))


def test_put_survives_lost_answers(device, link):
    lost = set()

    def lose_one(cmd, line):
        if cmd == "part" and len(lost) < 1 and line not in lost:
            lost.add(line)
            return None
        return line

    device.mangle = lose_one
    transfer.put(link, "profile", "x", DATA[:400])
    assert len(lost) == 1
    assert device.files["profile", "x"] == DATA[:400]


def test_a_lost_last_answer_is_settled_by_what_the_unit_holds(device, link, monkeypatch):
    monkeypatch.setattr(transfer, "DONE_TIMEOUT_S", 0.5)
    device.mangle = lambda cmd, line: None if cmd == "done" else line
    assert transfer.put(link, "profile", "x", DATA) == transfer.sha16(DATA)


def test_a_lost_last_answer_with_other_content_is_no_success(device, link, monkeypatch):
    monkeypatch.setattr(transfer, "DONE_TIMEOUT_S", 0.5)
    device.files["profile", "x"] = b"old"
    device.script["done"] = lambda ask: None
    with pytest.raises(DeviceLost):
        transfer.put(link, "profile", "x", DATA)


def test_an_upload_that_arrived_damaged_is_sent_once_more(device, link):
    refusals = [{"ok": False, "code": "crc", "why": "not whole"}]
    device.script["done"] = lambda ask: refusals.pop() if refusals else device._do_done(ask)
    transfer.put(link, "profile", "x", DATA)
    assert device.asked("put") == 2
    assert device.files["profile", "x"] == DATA


def test_put_that_stores_something_else_does_not_verify(device, link):
    device.script["done"] = lambda ask: {"sha": "f" * 16}
    with pytest.raises(VerifyError, match="stored profile x as"):
        transfer.put(link, "profile", "x", DATA)


def test_the_checkers_problems_come_through(device, link):
    device.script["done"] = lambda ask: {
        "ok": False, "code": "check", "why": "refused", "problems": ["ramp_max_c_s = 9"],
    }
    with pytest.raises(Refused) as caught:
        transfer.put(link, "profile", "x", DATA)
    assert caught.value.problems == ("ramp_max_c_s = 9",)


@pytest.mark.parametrize("size", [0, 8193])
def test_a_size_the_unit_cannot_take_is_refused_before_sending(device, link, size):
    with pytest.raises(Refused):
        transfer.put(link, "profile", "x", bytes(size))
    assert not device.asked("put")


@pytest.mark.parametrize("size", [0, 1, 512, 513, 3000])
def test_fetch_gives_exactly_the_bytes(device, link, size):
    device.files["log", "r000001"] = data = os.urandom(size)
    assert transfer.fetch(link, "log", "r000001") == data


def test_a_broken_fetch_goes_on_where_it_broke(device, link):
    device.files["log", "r000001"] = data = os.urandom(3000)
    got = bytearray()
    real = device._do_read

    def break_off(ask):
        return {"ok": False, "code": "state", "why": "heating"} if ask["off"] > 1000 else real(ask)

    device.script["read"] = break_off
    with pytest.raises(Refused):
        transfer.fetch(link, "log", "r000001", into=got)
    assert len(got) == 1024
    del device.script["read"]
    before = device.asked("read")
    assert transfer.fetch(link, "log", "r000001", into=got) == data
    assert device.asked("read") - before == 4


def test_a_beginning_that_does_not_fit_is_fetched_again(device, link):
    device.files["log", "r000001"] = data = os.urandom(1200)
    assert transfer.fetch(link, "log", "r000001", into=bytearray(b"other" * 20)) == data
    assert transfer.fetch(link, "log", "r000001", into=bytearray(5000)) == data


@pytest.mark.parametrize(
    "answer",
    [
        {"off": 1, "data": "AAAA", "eof": False},
        {"off": 0, "data": "", "eof": False},
        {"off": 0, "data": "not base64", "eof": False},
        {"off": 0, "data": base64.b64encode(bytes(400)).decode(), "eof": False},
        {"off": 0, "data": base64.b64encode(b"wrong bytes....." * 16).decode(), "eof": False},
        {"off": 0},
    ],
    ids=["offset", "empty", "not base64", "too long", "wrong content", "absent"],
)
def test_fetch_refuses_what_is_not_the_content(device, link, answer):
    device.files["log", "r000001"] = bytes(256)
    device.script["read"] = lambda ask: answer
    with pytest.raises(VerifyError):
        transfer.fetch(link, "log", "r000001")


def test_items_follows_the_pages(device, link):
    rows = [[f"p{n}", "0" * 16] for n in range(19)]

    def page(ask):
        start = ask["from"]
        end = min(start + 8, len(rows))
        return {"items": rows[start:end], "next": end if end < len(rows) else None}

    device.script["list"] = page
    assert transfer.items(link, "profile") == rows


def test_items_does_not_circle(device, link):
    device.script["list"] = lambda ask: {"items": [["a", "b"]], "next": 0}
    assert transfer.items(link, "profile") == [["a", "b"]]
