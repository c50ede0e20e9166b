"""Service mode and back, on the real firmware: real mpremote works in it, heat stays off."""

import os
import subprocess
import sys

import pytest

from preheat import connect, service
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.errors import Refused, ServiceMode
from preheat.owner import OwnerServer

pytestmark = pytest.mark.skipif(
    not has_micropython(), reason="there is no MicroPython wheel for this platform"
)


@pytest.fixture
def unit(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with VirtualUnit("hotplate", idle_speed=20) as made:
        yield made


def mpremote(port, *words):
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", port, "resume", *words],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_to_the_prompt_with_mpremote_and_back(unit):
    assert service.enter(unit.port) == unit.port
    assert "boot.py" in mpremote(unit.port, "fs", "ls")
    # The relay's pin is low, as boot.py left it.
    assert mpremote(unit.port, "exec", "import machine; print(machine.Pin(15).value())") == "0\n"
    with pytest.raises(ServiceMode, match="service mode") as caught:
        connect.open_direct(unit.port)
    assert "unit live" in caught.value.fix
    assert service.enter(unit.port) == unit.port  # twice does no harm
    hello = service.leave(unit.port)
    assert hello["state"] == "idle"
    assert service.leave(unit.port)["state"] == "idle"  # and neither does this


def test_not_while_another_window_owns_the_unit(unit):
    with connect.open_direct(unit.port) as link, OwnerServer(link, unit.port, "watch"):
        with pytest.raises(Refused) as caught:
            service.enter(unit.port)
        assert caught.value.code == "busy"
