"""A fake unit whose line breaks at chosen requests, that marks and deletes; and an incident."""

import hashlib

from host.fake_unit import FakeUnit, Refusal, make_log
from preheat_core import blocks, board, profile, settings
from preheat_core.kernel import Kernel
from preheat_core.runlog import Writer
from preheat_core.tick import Inputs
from preheat_fw import max31855


class Gone(OSError):
    """The cable was pulled."""


class PullUnit(FakeUnit):
    """`break_at`: numbers of the requests (from 1) at which the line breaks.

    `before`: break before the request is carried out, else after it, its answer lost.
    `pieces`: questions that a sha takes. `pulled`: (kind, name) of what is marked.
    """

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.break_at = ()
        self.before = False
        self.pieces = 1
        self.pulled = set()
        self.requests = 0
        self.on_break = lambda: None
        self._asked_sha = 0

    def _reply(self, client, ask):
        if ask["cmd"] == "hello":  # every opening begins with it
            return super()._reply(client, ask)
        self.requests += 1
        if self.requests not in self.break_at:
            return super()._reply(client, ask)
        if not self.before:
            super()._reply(Void(), ask)
        self.on_break()
        raise Gone(5, "the line broke")

    def do_get(self, ask):
        found = super().do_get(ask)
        self._asked_sha += 1
        if ask["kind"] in ("log", "incident") and self._asked_sha % self.pieces:
            found["sha"] = None
        return found

    def do_list(self, ask):
        found = super().do_list(ask)
        if ask["kind"] != "profile":
            for row in found["items"]:
                row[3] = (ask["kind"], row[0]) in self.pulled
        return found

    def do_pulled(self, ask):
        data = self._stored(ask["kind"], ask["name"])
        if hashlib.sha256(data).hexdigest()[:16] != ask["sha"]:
            raise Refusal("hash", "this is not the unit's")
        self.pulled.add((ask["kind"], ask["name"]))
        return {"pulled": True}

    def do_del(self, ask):
        stored = self.logs if ask["kind"] == "log" else self.incidents
        if stored.pop(ask["name"], None) is None:
            raise Refusal("missing", f"there is no {ask['kind']} {ask['name']}")


class Void:
    """A line whose other end is gone: what is sent is lost."""

    def sendall(self, _data):
        return None


def long_log(run_id, end="done"):
    """A log of some 3 KB: half a dozen pieces. end None: it is still open."""
    blocks_of = Writer(1)
    out = blocks_of.header({"run": run_id, "probes": [["plate", "board"]], "stages": ["up"]})
    for number in range(170):
        block = blocks_of.add_record(
            number * 1000, 1, 0, 30.0, 0.5, 0.25, 4, [(25.0 + number % 7,) * 3]
        )
        out += [block] if block else []
    if end is None:
        return b"".join(out)
    return b"".join(out + blocks_of.summary({"run": run_id, "end": end}))


def make_incident(run_id="r000001", code="tc_open", detail="plate", whole=True):
    """An incident as the real kernel and the real ring make it: heat, then an open probe."""
    made = board.normalise(BOARD)
    kernel = Kernel(made, settings.default("rig"))
    inputs = Inputs()
    now_ms = 0

    def tick(word, on_ms=0):
        nonlocal now_ms
        inputs.on_ms = on_ms
        kernel.step(now_ms, [max31855.reading(word)] if word is not None else [NO_FRAME], inputs)
        now_ms += 250

    def frame(temp_c, number):
        return (int(temp_c * 4) & 0x3FFF) << 18 | (22 * 16 + number % 2) << 4

    for number in range(40):
        tick(frame(25, number))
    assert kernel.orders.start(RECIPE, {"run": run_id, "detached": True}) is None
    for number in range(160):
        tick(frame(25 + number / 8, number), 250)
    for number in range(3):
        tick(frame(25 + 20, number) | 0x10001)
    kernel.fail(code, detail)
    tick(None)
    for number in range(80):
        tick(frame(25 + 20, number))
    writer = Writer(0)
    ring = kernel.incident
    identity = {"epoch_s": 1_780_000_000, "calibration": [["plate", 1.5, 1.0]], "unit": "bench-a"}
    out = writer.header(ring.header(kernel, identity))
    row = 0
    while row < ring.rows:
        block, count = ring.block(writer.seq, row, 1000)
        out.append(block)
        writer.seq += 1
        row += count
    if whole:
        out += writer.summary({"end": "whole", "faults": [[code, detail]]})
    assert all(len(block) <= blocks.MAX_BLOCK for block in out)
    return b"".join(out)


NO_FRAME = max31855.Reading(None, "bus_error")
BOARD = {
    "schema": 1, "name": "rig", "title": "Rig", "mcu": "virtual", "micropython": "UNIX",
    "mains_hz": 50, "window_ticks": 4, "ssr_kind": "zero_cross",
    "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16},
    "zones": [{"name": "main", "probe": "plate", "ssr": 15, "power_w": 100, "coast_s": 4,
               "heater_kind": "plate"}],
    "probes": [{"name": "plate", "role": "board", "cs": 5}],
    "limits": {"board_max_c": 260, "heater_max_c": 400, "ramp_max_c_s": 3, "run_max_s": 7200},
}  # fmt: skip
RECIPE = profile.normalise({
    "schema": 1, "name": "warm", "title": "Warm", "alloy": "SAC305", "purpose": "reflow",
    "source": "test", "ramp_max_c_s": 3, "run_max_s": 3600,
    "stages": [{"name": "up", "target_c": 100, "ramp_c_s": 0.5, "hold_s": 20, "hold_max_s": 100,
                "ramp_max_s": 300}],
})  # fmt: skip

__all__ = ["PullUnit", "long_log", "make_incident", "make_log"]
