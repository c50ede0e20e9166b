"""The order of DTR and RTS on opening and closing, and ports that are missing, busy or broken."""

import os
import socket
import time

import pytest

from preheat import serialport
from preheat.errors import DeviceLost, UsageError

posix = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are a POSIX thing")
RESET = (False, True)  # (DTR, RTS) that holds an ESP32 in reset


class FakePort:
    """Records what is done to it. As the kernel does, opening asserts both lines at once,
    then pyserial writes its own states, DTR first."""

    def __init__(self, fail_on: str = "", both_at_once: bool = False) -> None:
        self.lines = (False, False)
        self.states = []  # every (DTR, RTS) the adapter saw while open
        self.calls = []
        self._wanted = {"dtr": True, "rts": True}
        self._open = False
        self._fail_on = fail_on
        self._both_at_once = both_at_once

    def _set(self, line: str, state: bool) -> None:
        if self._open and self._fail_on == line:
            raise OSError(25, "not a typewriter")
        self.calls.append((line, state))
        self._wanted[line] = state
        if self._open:
            dtr, rts = self.lines
            self.lines = (state, rts) if line == "dtr" else (dtr, state)
            self.states.append(self.lines)

    dtr = property(lambda self: self.lines[0], lambda self, state: self._set("dtr", state))
    rts = property(lambda self: self.lines[1], lambda self, state: self._set("rts", state))

    def open(self) -> None:
        self.calls.append("open")
        self._open = True
        if self._both_at_once:  # Windows sets them with one call
            self.lines = (self._wanted["dtr"], self._wanted["rts"])
            self.states.append(self.lines)
            return
        self.lines = (True, True)
        self.states.append(self.lines)
        for line in ("dtr", "rts"):
            self._set(line, self._wanted[line])
            self.calls.pop()

    def reset_input_buffer(self) -> None:
        self.calls.append("flush input")

    def close(self) -> None:
        self.calls.append("close")
        self._open = False


def test_posix_opens_with_both_lines_asserted_and_never_passes_through_reset():
    port = FakePort()
    policy = serialport.policy_for(0x10C4, windows=False)
    serialport.open_port(port, policy)
    assert port.calls == ["open", "flush input"]
    assert port.lines == (True, True)
    serialport.close_port(port, policy)
    assert port.calls[2:] == [("rts", False), ("dtr", False), "close"]
    assert RESET not in port.states


@pytest.mark.parametrize("both_at_once", [False, True])
def test_a_reset_on_purpose_leads_to_the_app_and_lasts(monkeypatch, both_at_once):
    port, held = FakePort(both_at_once=both_at_once), []
    monkeypatch.setattr(serialport.serial, "serial_for_url", lambda *_, **__: port)
    monkeypatch.setattr(serialport.time, "sleep", lambda s: held.append((port.lines, s)))
    assert serialport.pulse_reset("COM3")
    assert held == [(RESET, serialport.RESET_S)]
    after = port.states[port.states.index(RESET) :]
    assert (True, False) not in after and port.lines == (False, False)  # not the bootloader
    assert port.calls[-1] == "close"


def test_a_port_without_lines_resets_nothing(monkeypatch):
    port = FakePort(fail_on="dtr")
    monkeypatch.setattr(serialport.serial, "serial_for_url", lambda *_, **__: port)
    assert not serialport.pulse_reset("COM3") and port.calls[-1] == "close"


def test_cp210x_on_windows_is_opened_low_and_raised_dtr_first():
    port = FakePort(both_at_once=True)
    policy = serialport.policy_for(0x10C4, windows=True)
    serialport.open_port(port, policy)
    assert port.calls == [
        ("dtr", False), ("rts", False), "open", ("dtr", True), ("rts", True), "flush input",
    ]
    serialport.close_port(port, policy)
    assert RESET not in port.states


ADAPTERS = {  # of the boards that preheat knows, by USB vendor and product id
    "303a:1001 Espressif's USB-Serial/JTAG": 0x303A, "303a:4001 MicroPython on ESP32-S3": 0x303A,
    "2e8a:0005 MicroPython on RP2": 0x2E8A, "10c4:ea60 CP210x": 0x10C4, "1a86:7523 CH340": 0x1A86,
    "none: a pseudo-terminal or an unknown adapter": None,
}
SYSTEMS = {"POSIX": False, "Windows": True}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_change_of_dtr_and_rts_on_every_adapter_and_system(adapter, system):
    """What the adapter sees from opening to closing; never the reset state, and native USB is
    never asked to its bootloader, which is (0,1) and then (1,0)."""
    windows = SYSTEMS[system]
    port = FakePort(both_at_once=windows)
    policy = serialport.policy_for(ADAPTERS[adapter], windows)
    serialport.open_port(port, policy)
    both, rts_fell, low = (True, True), (True, False), (False, False)
    opened = {
        "POSIX": [both, both, both],  # the kernel's, then pyserial's two
        "Windows": [low, rts_fell, both] if "CP210x" in adapter else [both],
    }[system]
    assert port.states == opened
    assert port.lines == both  # native USB sends nothing to a host that does not assert DTR
    serialport.close_port(port, policy)
    assert port.states == [*opened, rts_fell, low]
    assert RESET not in port.states


def test_the_tempting_preset_on_posix_would_pass_through_reset():
    # Why the CP210x policy is for Windows alone; it also shows that the fake can fail.
    port = FakePort()
    serialport.open_port(port, serialport.CP210X_WINDOWS)
    assert RESET in port.states


@pytest.mark.parametrize("policy", serialport.POLICIES, ids=lambda p: p.name)
def test_no_policy_lets_dtr_fall_before_rts(policy):
    order = [line for line, state in policy.closing if not state]
    assert order.index("rts") < order.index("dtr")


def test_a_port_without_lines_is_closed_and_no_further_line_is_touched():
    port = FakePort(fail_on="rts")
    port._open = True
    serialport.close_port(port, serialport.ASSERT_BOTH)
    assert port.calls == ["close"]


def test_a_missing_port_is_named(tmp_path):
    with pytest.raises(DeviceLost, match="there is no port") as caught:
        serialport.open_stream(str(tmp_path / "ttyNONE"))
    assert "--port" in caught.value.fix


@posix
def test_a_port_that_was_busy_at_first_is_opened_without_passing_through_reset(monkeypatch):
    made = []

    class BusyOnce(FakePort):
        def open(self):
            if not busy_again.pop():
                raise OSError(16, "Device or resource busy")
            super().open()

    def make(*_args, **_kwargs):
        made.append(BusyOnce())
        return made[-1]

    busy_again = [True, False]
    monkeypatch.setattr(serialport.serial, "serial_for_url", make)
    stream = serialport.SerialStream("/dev/ttyUSB0")
    assert made[-1].lines == (True, True)
    assert RESET not in made[-1].states
    stream.close()


@posix
def test_a_pty_reads_writes_and_is_exclusive():
    master, slave = os.openpty()
    stream = serialport.open_stream(os.ttyname(slave))
    try:
        assert isinstance(stream, serialport.SerialStream)
        assert not stream.has_lines
        assert stream.device.timeout <= 0.2
        os.write(master, b"abc")
        assert stream.read(10, 1.0) == b"abc"
        stream.write(b"xyz")
        assert os.read(master, 10) == b"xyz"
        with pytest.raises(DeviceLost, match="in use by another program"):
            serialport.open_stream(os.ttyname(slave))
    finally:
        stream.close()
        os.close(master)
        os.close(slave)


@posix
def test_a_pty_whose_other_side_never_reads_ends_in_an_error_in_bounded_time():
    master, slave = os.openpty()
    stream = serialport.open_stream(os.ttyname(slave))
    begin_s = time.monotonic()
    try:
        with pytest.raises(DeviceLost, match="takes no more data"):
            for _ in range(100):
                stream.write(bytes(4096))
        assert time.monotonic() - begin_s < serialport.WRITE_TIMEOUT_S + 2
    finally:
        stream.close()
        os.close(master)
        os.close(slave)


@posix
def test_a_vanished_pty_is_gone_and_can_still_be_closed():
    master, slave = os.openpty()
    stream = serialport.open_stream(os.ttyname(slave))
    os.close(slave)
    os.close(master)
    with pytest.raises(DeviceLost, match="is gone"):
        for _ in range(10):
            stream.read(10, 0.2)
    with pytest.raises(DeviceLost):
        for _ in range(10):
            stream.write(b"x")
    stream.close()


def test_socket_reads_writes_and_notices_the_other_side_closing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = serialport.open_stream(f"socket://127.0.0.1:{listener.getsockname()[1]}")
        peer, _ = listener.accept()
        peer.sendall(b"abc")
        assert stream.read(10, 1.0) == b"abc"
        assert stream.read(10, 0.0) == b""
        stream.write(b"xyz")
        assert peer.recv(10) == b"xyz"
        peer.close()
        with pytest.raises(DeviceLost, match="other side closed"):
            stream.read(10, 1.0)
        stream.close()


@pytest.mark.parametrize("port", ["socket://", "socket://host", "socket://host:x", "socket://:1"])
def test_a_malformed_socket_address_is_a_usage_error(port):
    with pytest.raises(UsageError):
        serialport.open_stream(port)


def test_nobody_at_a_socket_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
    with pytest.raises(DeviceLost, match="nothing accepts"):
        serialport.open_stream(f"socket://127.0.0.1:{number}")
