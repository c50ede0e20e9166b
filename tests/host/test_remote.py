"""File work on a board in service mode, and boards that fail in the middle of it."""

import os
import time

import pytest

from host import bare_board
from host.bare_board import BareBoard
from host.fake_device import FakeDevice
from preheat import wire
from preheat.errors import DeviceLost, UsageError, VerifyError
from preheat.remote import Remote

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


@pytest.fixture
def bare(tmp_path):
    bare_board.required()
    with BareBoard(tmp_path) as board:
        yield board


def test_an_error_on_the_board_is_told_in_one_line(bare):
    with Remote(bare.port) as remote:
        with pytest.raises(VerifyError, match="ZeroDivisionError") as caught:
            remote.exec("1/0")
        assert "\n" not in str(caught.value)
        assert remote.exec("print(6*7)").strip() == "42"
        with pytest.raises(VerifyError, match="No such file"):
            remote.get("/none")


def test_a_board_that_dies_in_the_middle_of_a_command(bare, capsys, monkeypatch):
    monkeypatch.setattr(wire, "SILENCE_S", 2.0)
    with Remote(bare.port) as remote:
        bare.power_cut()
        begin_s = time.monotonic()
        with pytest.raises((DeviceLost, VerifyError)):
            for _ in range(3):
                remote.exec("print(1)")
        assert time.monotonic() - begin_s < 10
    assert capsys.readouterr().out == ""


def test_a_build_without_deflate_gets_its_files_all_the_same(bare):
    text = b"the same words again and again " * 200
    with Remote(bare.port) as remote:
        remote.put("/packed.txt", text)
        remote.exec("deflate = None")
        remote.put("/plain.txt", text)
        assert remote.get("/packed.txt") == remote.get("/plain.txt") == text


def test_only_what_is_not_the_same_is_named(bare):
    with Remote(bare.port) as remote:
        remote.put("/a.txt", b"a")
        remote.put("/b.txt", b"b")
        assert remote.differing({"/a.txt": b"a", "/b.txt": b"b"}) == []
        assert remote.differing({"/a.txt": b"a", "/b.txt": b"B", "/c.txt": b""}) == [
            "/b.txt", "/c.txt"]


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


def test_a_network_address_has_no_prompt():
    with FakeDevice() as device, pytest.raises(UsageError, match="network connection"):
        Remote(device.port)
