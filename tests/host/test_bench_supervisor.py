"""A virtual unit behaves like a board: it boots, resets, loses power, keeps its flash."""

import contextlib
import subprocess
import sys
import time

import pytest
import serial

from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.connect import open_direct
from preheat.errors import UsageError

needs_micropython = pytest.mark.skipif(not has_micropython(), reason="no MicroPython wheel")
INTERPRETERS = [pytest.param("micropython", marks=needs_micropython), "cpython"]

# A firmware that executes the lines it is sent, and idles otherwise as the real one does.
LINES = b"""
import sys, time, select, machine, os
from machine import Pin
def line():
    found = b""
    while not found.endswith(b"\\n"):
        if poll.poll(0):
            found += sys.stdin.buffer.read(1)
        else:
            time.sleep_ms(25)
    return found.decode()
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
print("up", machine.reset_cause())
while True:
    exec(line(), globals())
"""
# The hooks by which the bench learns that a host-started run is heating.
APP = b"""
class App:
    def busy(self):
        return True
    def waits_for_link(self):
        return True
current = None
"""
FILES = {"/main.py": LINES, "/lib/preheat_fw/__init__.py": b"", "/lib/preheat_fw/app.py": APP}


class Talk:
    """The host's side of the fake firmware."""

    def __init__(self, port):
        self.port = serial.serial_for_url(port, timeout=0.1)

    def wait(self, wanted, timeout_s=60):
        """Read until `wanted` has come; returns all that came."""
        seen = b""
        end_s = time.monotonic() + timeout_s
        while wanted.encode() not in seen and time.monotonic() < end_s:
            seen += self.port.read(max(1, self.port.in_waiting))
        text = seen.decode(errors="replace")
        assert wanted in text, text
        return text

    def send(self, text):
        self.port.write(text.encode() + b"\n")

    def ask(self, expression, timeout_s=15):
        """The value of an expression over there."""
        self.send(f"print('<', {expression}, '>')")
        return self.wait(" >", timeout_s).split("<", 1)[1].split(" >")[0].strip()


@pytest.fixture(params=INTERPRETERS)
def interpreter(request):
    return request.param


@pytest.fixture
def start(interpreter):
    """Starts units with the fake firmware; ends them."""
    units = []

    def go(plant="hotplate", **options):
        options = {"files": FILES, "speed": 0, **options}
        unit = VirtualUnit(plant, interpreter=interpreter, **options)
        units.append(unit)
        unit.start()
        talk = Talk(unit.port)
        talk.wait("up 1")
        return unit, talk

    yield go
    for unit in units:
        unit.stop()


def test_the_ticks_wrap_and_an_idle_unit_keeps_real_time(start):
    _, talk = start()
    early = int(talk.ask("time.ticks_ms()"))
    assert 2**30 - 30000 <= early < 2**30
    talk.send("time.sleep_ms(1); t = time.ticks_ms()")
    began_s = time.monotonic()
    talk.send("import preheat_fw.app as app; app.current = app.App()")
    talk.send("app.App.waits_for_link = lambda self: False")
    talk.send("time.sleep_ms(40000)")
    assert int(talk.ask("time.ticks_ms()")) < 60000
    assert int(talk.ask("time.ticks_diff(time.ticks_ms(), t)")) >= 40000
    assert time.monotonic() - began_s < 10  # busy: as fast as it goes
    talk.send("app.current = None; t = time.ticks_ms()")
    time.sleep(0.6)
    assert 300 < int(talk.ask("time.ticks_diff(time.ticks_ms(), t)")) < 2500


def test_resets_have_causes_and_keep_flash_and_clock(start):
    unit, talk = start(idle_speed=50)
    talk.send("with open('/keep.txt', 'w') as f: f.write('kept')\n")
    talk.send("machine.RTC().datetime((2026, 3, 1, 6, 12, 30, 0, 0))")
    assert talk.ask("time.gmtime()[:5]") == "(2026, 3, 1, 12, 30)"
    talk.send("machine.reset()")
    talk.wait("up 3")
    assert talk.ask("open('/keep.txt').read()") == "kept"
    assert talk.ask("time.gmtime()[:5]") == "(2026, 3, 1, 12, 30)"
    talk.send("machine.soft_reset()")
    talk.wait("up 5")
    talk.send("dog = machine.WDT(timeout=3000); time.sleep_ms(3500)")
    talk.wait("up 3")
    talk.send("dog = machine.WDT(timeout=3000)")
    talk.send("while True: time.ticks_ms()")  # hung, and never sleeps
    talk.wait("up 3")
    assert unit.boots == 5


def test_a_power_cut_keeps_what_was_flushed_and_unsets_the_clock(start, tmp_path):
    trace = tmp_path / "trace.csv"
    faults = [{"at_s": 2, "kind": "power_cut", "value": 30}]
    unit, talk = start(trace=trace, faults=faults, idle_speed=50)
    talk.send("machine.RTC().datetime((2026, 3, 1, 6, 12, 30, 0, 0))")
    talk.send("f = open('/a.txt', 'w'); f.write('flushed'); f.close()")
    talk.send("g = open('/b.txt', 'w'); g.write('not flushed')")
    talk.send("Pin(16, Pin.OUT, value=1); Pin(15, Pin.OUT, value=1); time.sleep_ms(5000)")
    talk.wait("up 1")
    assert talk.ask("open('/a.txt').read()") == "flushed"
    assert talk.ask("sum(len(open(n).read()) for n in os.listdir('/') if n == 'b.txt')") == "0"
    assert int(talk.ask("time.gmtime()[0]")) < 2026
    assert unit.boots == 2
    rows = [[float(x) for x in row.split(",")] for row in trace.read_text().splitlines()[1:]]
    times = [row[0] for row in rows]
    assert times == sorted(times) and times[-1] > 31
    hot = max(rows, key=lambda row: row[1])
    assert hot[0] == pytest.approx(2, abs=0.2) and rows[-1][1] < hot[1]
    assert all(row[5] == 0 for row in rows if row[0] > 2.001)


def test_bench_time_waits_for_a_host_that_is_slow_but_there(start):
    _, talk = start()
    talk.send("import preheat_fw.app as app; app.current = app.App()")
    talk.send("t = time.ticks_ms()")
    time.sleep(1.5)
    passed_ms = int(talk.ask("time.ticks_diff(time.ticks_ms(), t)"))
    assert 3900 <= passed_ms <= 8500  # at full speed it would have been minutes
    talk.send("app.App.link_age_ms = lambda self: 0")
    talk.send("t = time.ticks_ms()")
    time.sleep(1.0)
    assert int(talk.ask("time.ticks_diff(time.ticks_ms(), t)")) > 9000


def test_a_silent_host_is_only_ever_scripted(start):
    unit, talk = start(speed=10)
    talk.send("import preheat_fw.app as app; app.current = app.App()")
    unit.inject("host_silent", duration_s=20)
    time.sleep(0.5)
    talk.send("lost = True")
    time.sleep(2.5)
    # On a busy machine the silence may last longer by our clock, and what is asked in it is lost.
    answer = None
    for _ in range(5):
        with contextlib.suppress(AssertionError):
            answer = talk.ask("'lost' in globals()", 5)
            break
    assert answer == "False"


def test_faults_and_buttons_on_request(start):
    unit, talk = start(board="virtual-hotplate")
    assert talk.ask("Pin(19, Pin.IN, Pin.PULL_UP).value()") == "0"
    unit.inject("interlock")
    unit.press("start_button", 5)
    time.sleep(0.5)
    assert talk.ask("Pin(19, Pin.IN, Pin.PULL_UP).value()") == "1"
    assert talk.ask("Pin(20, Pin.IN, Pin.PULL_UP)()") == "0"


def test_a_kept_flash_is_taken_up_again(start, interpreter, tmp_path):
    flash = tmp_path / "flash"
    unit, talk = start(flash=flash)
    uid = talk.ask("machine.unique_id()")
    talk.send("f = open('/mine.txt', 'w'); f.write('mine'); f.close()")
    talk.ask("0")
    unit.stop()
    _, talk = start(flash=flash, files=None)
    assert talk.ask("open('/mine.txt').read()") == "mine"
    assert talk.ask("machine.unique_id()") == uid


def test_the_real_firmware_says_hello(interpreter):
    unit = VirtualUnit("quartz-light", interpreter=interpreter)
    with unit, open_direct(unit.port) as link:
        assert link.hello["board"] == "virtual-quartz" and link.hello["reset"] == "power"
        status = link.request("status")
        assert [row[2] for row in status["probes"]] == pytest.approx([23] * 4, abs=1.5)
        began_s = time.monotonic()
        for _ in range(10):
            link.request("status")
        assert time.monotonic() - began_s < 1.5  # an idle unit answers at once


@needs_micropython
def test_real_mpremote_works_at_the_prompt(tmp_path):
    files = {"/main.py": b"print('service')\n", "/data/x.txt": b"hello\n"}
    with VirtualUnit(files=files) as unit:
        def mpremote(*words):
            return subprocess.run(
                [sys.executable, "-m", "mpremote", "connect", unit.port, "resume", *words],
                capture_output=True, text=True, timeout=60,
            )

        Talk(unit.port).wait(">>>")
        listing = mpremote("fs", "ls")
        assert listing.returncode == 0 and "main.py" in listing.stdout, listing
        assert mpremote("fs", "cat", "/data/x.txt").stdout == "hello\n"
        local = tmp_path / "new.txt"
        local.write_text("over the line")
        assert mpremote("fs", "cp", str(local), ":/new.txt").returncode == 0
        assert mpremote("reset").returncode == 0
        Talk(unit.port).wait(">>>")
        assert "over the line" in mpremote("exec", "print(open('/new.txt').read())").stdout
        assert unit.boots == 2


def test_wrong_requests_are_refused():
    with pytest.raises(UsageError, match="interpreter"):
        VirtualUnit(interpreter="lua")
    with pytest.raises(UsageError, match="speed"):
        VirtualUnit(speed=-1)
    with pytest.raises(UsageError, match="plant"):
        VirtualUnit("sauna")
