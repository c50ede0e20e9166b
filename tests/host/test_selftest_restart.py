"""The watchdog's bite: the unit must come back by itself, whatever becomes of its port."""

import contextlib
import types

import pytest

from host.test_selftest import results
from host.unit_here import placing
from preheat.errors import PortGone
from preheat.flashing.ports import Port
from preheat.selftest import FAIL, OK, Options, restart, subject

WATCHDOG = Options(watchdog=True, quick=True)


@pytest.fixture
def made(tmp_path, monkeypatch):
    yield from placing(tmp_path, monkeypatch)


class Usb:
    """A board with a USB port of its own: while somebody holds its old name it gets another."""

    OLD, NEW = "/dev/ttyACM0", "/dev/ttyACM1"

    def __init__(self, line, monkeypatch, boots):
        self.line, self.boots = line, list(boots)
        self.here = self.OLD
        self.opened = []
        line.port, line.poll, line.close = self.OLD, self.gone, self.closed
        monkeypatch.setattr(restart.ports, "attached", self.attached)
        monkeypatch.setattr(restart.connect, "open_direct", self.open)

    def attached(self):
        return [] if self.here is None else [Port(self.here, (0x2E8A, 5), "e660")]

    def gone(self, _timeout_s):
        self.here = None
        raise PortGone("the port has gone")

    def closed(self):
        self.here = self.OLD

    def open(self, port):
        self.opened.append(port)
        hello = {**self.line.hello, "reset": "watchdog", "intent": "bite", **self.boots.pop(0)}
        return contextlib.nullcontext(types.SimpleNamespace(hello=hello))


def test_a_watchdog_on_a_port_that_goes_away_is_found_when_the_old_port_was_let_go(
    made, monkeypatch
):
    line = made()
    usb = Usb(line, monkeypatch, [{"boot_id": "next"}])
    assert results(line, WATCHDOG, ask=None)["watchdog"].result == OK
    assert usb.opened == [usb.OLD]


def test_a_board_that_comes_back_under_another_name_is_found_by_its_serial_number(
    made, monkeypatch
):
    line = made()
    usb = Usb(line, monkeypatch, [{"boot_id": "next"}])
    usb.closed = line.close = lambda: setattr(usb, "here", usb.NEW)
    assert results(line, WATCHDOG, ask=None)["watchdog"].result == OK
    assert usb.opened == [usb.NEW]


def test_the_same_boot_behind_a_new_port_is_no_bite(made, monkeypatch):
    line = made()
    usb = Usb(line, monkeypatch, [{}, {"boot_id": "next", "intent": "no_bite"}])
    found = results(line, WATCHDOG, ask=None)["watchdog"]
    assert found.result == FAIL and "did not bite" in found.meaning
    assert len(usb.opened) == 2


def test_a_unit_that_stays_away_has_failed(made):
    line = made()
    waits = subject.time.sleep
    line.poll = waits
    found = results(line, WATCHDOG, ask=None)
    assert found["watchdog"].result == FAIL and "did not come back" in found["watchdog"].seen
