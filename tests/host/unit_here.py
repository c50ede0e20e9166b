"""A unit in this process behind a link, for tests of the self-test: the real firmware, fast."""

import types

from parts import BOARD, SENSING, Bench

from preheat import manifest
from preheat.link import refusal
from preheat.selftest import restart, subject

ALL = dict(SENSING, pins=dict(SENSING["pins"], lamp=18))
TWO = dict(ALL, probes=[*BOARD["probes"], {"name": "top", "role": "board_top", "cs": 6}])


class Line:
    """A link to a unit in this process; waiting on it lets the unit's time pass."""

    def __init__(self, bench):
        self.bench = bench
        self.port = "here"
        self.token = ""  # as ownership.Lending has it
        self.notices = []
        self.asked = []
        self.hello = bench.ask("hello")

    def request(self, cmd, timeout_s=3.0, **args):
        self.asked.append((cmd, args))
        answer = self.bench.ask(cmd, **args)
        if not answer["ok"]:
            raise refusal(cmd, answer)
        return {key: value for key, value in answer.items() if key not in ("id", "ok")}

    def poll(self, timeout_s=0.0):
        """A reset ends the boot, as on the bench of the firmware's tests."""
        if self.bench.unit.leaving is not None:
            self.hello = {**self.hello, "boot_id": "next", "reset": "watchdog",
                          "intent": self.bench.store.read_json("intent.json")["intent"]}
        return []


def placing(tmp_path, monkeypatch):
    """For a fixture to yield from: make(board) gives a Line to a healthy unit with this firmware.

    The self-test's waits pass its time.
    """
    benches = []

    def make(board=ALL):
        bench = Bench(tmp_path, board)
        benches.append(bench)
        if len(board["probes"]) > 1:
            other = type(bench.probe)(bench)
            bench.unit.probes.append(other)
            bench.top = other
        bench.unit.fw_hash = manifest.firmware_hash()
        bench.wait(1)
        clock = types.SimpleNamespace(now_s=0.0)

        def sleep(seconds):
            clock.now_s += seconds
            bench.wait(seconds)

        time = types.SimpleNamespace(monotonic=lambda: clock.now_s, sleep=sleep)
        monkeypatch.setattr(subject, "time", time)
        monkeypatch.setattr(restart, "time", time)
        monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
        return Line(bench)

    yield make
    for bench in benches:
        bench.close()
