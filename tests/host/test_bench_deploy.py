"""The benchmark of deploys runs, and its line holds bytes back as a real one does."""

import importlib.util
import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from preheat.bench.supervisor import has_micropython

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def tool(monkeypatch):
    """A file of tools/ as a module."""
    monkeypatch.syspath_prepend(str(TOOLS))

    def load(name):
        spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_paced_line_brings_every_byte_no_sooner_than_the_line_can(tool, tmp_path):
    master, slave = os.openpty()
    data = bytes(range(256)) * 8
    with tool("paced_line").PacedLine(os.ttyname(slave), 8192, 0.001, tmp_path / "port") as line:
        host = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        begin_s = time.monotonic()
        sender = threading.Thread(target=os.write, args=(host, data))
        sender.start()
        got = b""
        while len(got) < len(data):
            got += os.read(master, 4096)
        took_s = time.monotonic() - begin_s
        sender.join()
        os.write(master, b"and back")
        assert os.read(host, 100)[:3] == b"and"
        os.close(host)
    for end in (master, slave):
        os.close(end)
    assert got == data
    assert took_s >= len(data) / 8192


def test_the_table_has_the_medians_and_their_ratio(tool):
    bench = tool("bench_deploy")
    runs = [{"full_s": full_s, "same_s": 0.5, "mpremote_s": 12.0} for full_s in (2, 4, 3)]
    row = bench.summary(runs)
    assert row == {"full_s": 3, "same_s": 0.5, "mpremote_s": 12.0, "ratio": 4.0}
    assert bench.markdown({"x": row})[-1] == "| x | 0.50 | 3.0 | 12.0 | 4.0 |"


@pytest.mark.skipif(not has_micropython(), reason="no MicroPython here")
def test_all_three_are_measured_in_one_run(tool, monkeypatch, capsys):
    bench = tool("bench_deploy")
    few = {"/boot.py": b"# boot\n", "/lib/m/a.py": b"A = 1\n" * 300}
    monkeypatch.setattr(bench.manifest, "sources", lambda: few)  # what mpremote has to copy
    monkeypatch.setattr(sys, "argv", ["bench_deploy", "--json", "--line", "unpaced"])
    bench.main()
    (row,) = json.loads(capsys.readouterr().out).values()
    assert min(row.values()) > 0
