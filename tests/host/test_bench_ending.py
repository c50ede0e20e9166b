"""However a virtual unit ends, nothing of it stays: no process, no folder, no port file."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from preheat.bench.relay import Relay
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.connect import open_direct
from preheat.errors import UsageError

needs_micropython = pytest.mark.skipif(not has_micropython(), reason="no MicroPython wheel")
INTERPRETERS = [pytest.param("micropython", marks=needs_micropython), "cpython"]


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_nothing_is_left_behind(interpreter):
    unit = VirtualUnit(interpreter=interpreter)
    with unit:
        with open_direct(unit.port):
            pass
        child, folder = unit._child, unit.folder
        assert child is not None and folder.is_dir()
    unit.stop()
    assert child.poll() is not None and not folder.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the kernel's leash")
@pytest.mark.parametrize("interpreter", INTERPRETERS)
@pytest.mark.parametrize("after_s", [0.0, 0.5])
def test_all_ends_with_a_killed_supervisor(interpreter, after_s):
    code = (
        "import time\nfrom preheat.bench.supervisor import VirtualUnit\n"
        f"unit = VirtualUnit(interpreter={interpreter!r}, files={{}})\n"
        "unit.start()\n"
        "while unit._child is None: time.sleep(0.01)\n"
        "print(unit._child.pid, unit.folder, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().decode().split()
        time.sleep(after_s)
        parent.kill()
    assert soon(lambda: not _alive(int(pid)))
    assert soon(lambda: not Path(folder).exists())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the kernel's leash")
@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_a_child_whose_supervisor_is_gone_before_it_begins_ends_at_once(interpreter):
    with VirtualUnit(interpreter=interpreter) as unit:
        # A shell stands between the two, as init does for an orphan.
        words = ["/bin/sh", "-c", '"$@"; true', "sh", *unit._command()]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        assert done.stdout == b"" and done.stderr == b""


def soon(holds, within_s=10.0):
    end_s = time.monotonic() + within_s
    while not holds() and time.monotonic() < end_s:
        time.sleep(0.05)
    return holds()


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_virtual_verb_prints_its_port_and_ends_cleanly(number, tmp_path):
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "preheat", "virtual", "--json", "--port-file", str(port_file)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as verb:
        assert verb.stdout is not None
        about = json.loads(verb.stdout.readline())
        assert port_file.read_text().strip() == about["port"]
        with open_direct(about["port"]) as link:
            assert link.hello["board"] == about["board"] == "virtual-hotplate"
        for _ in range(3):  # an impatient person, or a shell that tells the group as well
            verb.send_signal(number)
            time.sleep(0.002)
        out, err = verb.communicate(timeout=20)
        assert verb.returncode == 0 and out == b"" and b"Traceback" not in err
    assert not port_file.exists() and list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_a_demo_that_is_terminated_leaves_nothing(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PREHEAT_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "preheat", "demo", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as verb:
        assert soon(lambda: list(tmp_path.glob("preheat-unit-*")))
        verb.terminate()
        verb.communicate(timeout=20)
    assert soon(lambda: not list(tmp_path.glob("preheat-unit-*")))


def test_a_relay_closes_although_its_host_does_not_read():
    relay = Relay()
    host = socket.create_connection(("127.0.0.1", relay.host_port))
    unit = socket.create_connection(("127.0.0.1", relay.unit_port))
    with host, unit:
        time.sleep(0.2)
        unit.settimeout(1.0)
        with pytest.raises(OSError):  # until no buffer between them takes any more
            while True:
                unit.send(bytes(1 << 16))
        began_s = time.monotonic()
        relay.close()
    assert time.monotonic() - began_s < 5


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_paths_that_cannot_be_used_are_told_before_anything_starts(interpreter, tmp_path):
    odd = tmp_path / "odd"
    odd.write_bytes(bytes(5000))
    hosted = interpreter == "cpython"
    for options in (
        {"trace": tmp_path / "gone" / "trace.csv"}, {"flash": tmp_path / "gone" / "flash"},
        {"flash": odd}, {"flash": odd if hosted else tmp_path},
    ):
        unit = VirtualUnit(interpreter=interpreter, **options)
        with pytest.raises(UsageError):
            unit.start()
        assert not unit.folder.exists() and unit._child is None
