"""`preheat virtual --empty`: a board as from its bag, for the whole way from nothing to a unit."""

import json
import os
import subprocess
import sys

import pytest

from host.cli_helpers import Shell
from preheat import deploy, tomlfiles
from preheat.bench.supervisor import has_micropython
from preheat.remote import Remote

needs_micropython = pytest.mark.skipif(not has_micropython(), reason="no MicroPython here")


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@needs_micropython
def test_an_empty_board_has_a_prompt_and_no_file_and_becomes_a_unit_by_a_deploy(preheat):
    words = [sys.executable, "-m", "preheat", "virtual", "--empty", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8",
                          env=dict(os.environ)) as window:
        try:
            assert window.stdout is not None
            port = json.loads(window.stdout.readline())["port"]
            with Remote(port, prompt_s=20) as remote:
                assert remote.tree() == {}
            report = deploy.deploy(port, tomlfiles.load_board("virtual-hotplate"))
            assert report.changed and "/main.py" in report.written
            assert preheat("unit", "name", "bench", "--port", port).code == 0
            assert preheat("status", "--port", "bench", "--json").document["state"] == "idle"
        finally:
            window.terminate()


def test_without_a_prompt_there_is_no_empty_board(preheat):
    ran = preheat("virtual", "--empty", "--interpreter", "cpython")
    assert ran.code == 2 and "no prompt" in ran.err


@needs_micropython
def test_a_flash_that_holds_something_is_not_emptied(preheat):
    flash = preheat.file("flash.img", b"\xff\xff\xff\xff\xff\xff\xff\xfflittlefs".ljust(8192))
    before = flash.read_bytes()
    ran = preheat("virtual", "--empty", "--flash", flash)
    assert ran.code == 2 and "is not empty" in ran.err
    assert flash.read_bytes() == before
