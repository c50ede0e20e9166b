"""A deploy that is stopped from outside: by Ctrl-C, a request to end, or a window that closes."""

import os
import signal

import pytest

from host import bare_board
from host.bare_board import BareBoard
from host.cli_helpers import Shell
from host.standin import BOARD, MAIN, Firmware
from preheat import connect, deploy, manifest, service, stopping
from preheat.errors import OperatorStop
from preheat.link import Link
from preheat.remote import Remote
from preheat.serialport import open_stream

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")

ENDS = [signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]


@pytest.fixture
def shell(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(shell, tmp_path, monkeypatch):
    """A live board with the stand-in firmware, and a newer one to deploy."""
    bare_board.required()
    firmware = Firmware(tmp_path / "firmware")
    monkeypatch.setattr(manifest, "device_files", firmware.files)
    with BareBoard(tmp_path) as board:
        assert deploy.deploy(board.port, BOARD).changed
        firmware.put("main.py", MAIN + "# other\n")
        yield board


@pytest.fixture(params=ENDS)
def number(request):
    """A signal, which the caller of preheat itself would take without an end."""
    before = signal.signal(request.param, lambda *_: None)
    yield request.param
    signal.signal(request.param, before)


def test_a_request_to_end_leaves_the_old_firmware_running(unit, shell, monkeypatch, number):
    real = deploy._check_room

    def stopped(*about):
        os.kill(os.getpid(), number)
        real(*about)

    monkeypatch.setattr(deploy, "_check_room", stopped)
    ran = shell("deploy", "--port", unit.port)
    assert ran.code == 6 and "interrupted" in ran.err
    with connect.open_direct(unit.port) as link:
        assert link.hello["fw_hash"] != manifest.firmware_hash()


def test_what_was_set_before_is_set_again(number):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), stopping.as_ctrl_c():
        os.kill(os.getpid(), number)
        signal.pause()
    assert signal.getsignal(number) is before


def test_a_second_request_does_not_cut_the_tidying_short(number):
    tidied = []
    with pytest.raises(KeyboardInterrupt), stopping.as_ctrl_c():
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            os.kill(os.getpid(), number)
            tidied.append(True)
    assert tidied


def test_an_ignored_signal_stays_ignored(number):
    signal.signal(number, signal.SIG_IGN)  # as nohup does
    with stopping.as_ctrl_c():
        os.kill(os.getpid(), number)
        assert signal.getsignal(number) is signal.SIG_IGN


def test_ctrl_c_while_files_are_put_in_place_says_what_that_means(unit):
    def interrupt(step, done, total):
        if step == "verify":
            raise KeyboardInterrupt

    with pytest.raises(OperatorStop, match="not put in place completely") as caught:
        deploy.deploy(unit.port, progress=interrupt)
    assert "keeps its heat off" in caught.value.fix
    assert deploy.deploy(unit.port).hello["fw_hash"] == manifest.firmware_hash()


def test_ctrl_c_before_the_restarted_unit_was_heard_says_so(unit):
    def interrupt(step, done, total):
        if step == "restart":
            raise KeyboardInterrupt

    with pytest.raises(OperatorStop, match="before the unit was heard"):
        deploy.deploy(unit.port, progress=interrupt)
    assert deploy.deploy(unit.port).hello["fw_hash"] == manifest.firmware_hash()


def test_ctrl_c_while_a_unit_goes_to_its_prompt_leaves_it_running(unit, monkeypatch):
    real, entered = Remote._enter, []

    def interrupted(remote):
        entered.append(remote)
        if len(entered) == 1:
            raise KeyboardInterrupt
        real(remote)

    monkeypatch.setattr(Remote, "_enter", interrupted)
    stream = open_stream(unit.port)
    link = Link(stream, unit.port, None, service.HELLO_S)
    with pytest.raises(KeyboardInterrupt):
        service.enter_from(link, stream, False)
    with connect.open_direct(unit.port) as again:
        assert again.hello["uid"]
