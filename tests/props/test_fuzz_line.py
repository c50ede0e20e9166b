"""Anything on the line of a whole unit: nothing leaves the loop, no heat, bounded memory.

Two sources: Hypothesis, which shrinks what it finds, and the fuzzer of tools/fuzz_line.py, which
goes further in less time. fuzz_judge.py says what is never allowed.
"""

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from fuzz_judge import Broken, Judge, play
from fuzz_words import HOSTILE, PROFILE, Words, sealed
from hypothesis import given, settings
from hypothesis import strategies as st
from parts import SENSING, Bench

from preheat_core import commands, events, profile, protocol

HERE = Path(__file__).resolve().parent
LIB = HERE.parents[1] / "firmware" / "lib"
TOKEN, HASH = b"@token@", b"@hash@"  # stand for those that are good at that moment

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
).map(json.dumps) | st.sampled_from(HOSTILE)  # fmt: skip


def sense(cmd, name):
    """Arguments that the command's table allows, as JSON text."""
    kind, low, high = commands.argument(cmd, name)
    if name == "token":
        return st.just('"@token@"')
    if name == "hash":
        return st.just('"@hash@"')
    if name == "profile":
        return st.just('"warm"')
    if name == "name":
        return st.sampled_from(['"warm"', '"r000001"', '"settings"'])
    if kind == "bool":
        return st.sampled_from(["true", "false"])
    if kind in ("int", "num"):
        return st.integers(low, high).map(str)
    if kind == "choice":
        return st.sampled_from(low).map(json.dumps)
    return st.just(json.dumps("AAAA" if kind == "b64" else "0" * max(1, low)))


@st.composite
def orders(draw):
    """A whole command; now and then an argument is hostile, absent, or there is one too many."""
    cmd, args = draw(st.sampled_from(commands.COMMANDS))[:2]
    words = [f'"id":{draw(st.integers(0, 999).map(str) | VALUES)}', f'"cmd":"{cmd}"']
    for name in args:
        way = draw(st.integers(0, 9))
        if way:
            words.append(f'"{name}":{draw(VALUES if way == 1 else sense(cmd, name))}')
    if draw(st.integers(0, 9)) == 0:
        words.append(f'"more":{draw(VALUES)}')
    return ("{" + ",".join(words) + "}").encode()


@st.composite
def mutated(draw):
    """A command with some of its bytes changed, lost or added."""
    raw = bytearray(draw(orders()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(raw)


RAW = orders() | mutated() | VALUES.map(str.encode) | st.binary(max_size=80)
LINES = st.tuples(RAW, st.booleans(), st.sampled_from([b"\n", b"\r\n", b"", b"\n\n"]))
STEPS = st.lists(st.tuples(LINES, st.integers(0, 3)), max_size=12)


def said(judge, raw, good_crc, end):
    """The bytes of one line."""
    raw = raw.replace(TOKEN, (judge.token or "none").encode())
    raw = raw.replace(HASH, (judge.stored_hash("warm") or "0" * 16).encode())
    return (sealed(raw)[:-1] if good_crc else raw) + end


@settings(max_examples=120)
@given(STEPS, st.booleans())
def test_whatever_is_said_the_unit_lives_and_does_not_heat_by_itself(steps, started):
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, SENSING)
        judge = Judge(bench)
        bench.push("profile", profile.normalise(PROFILE))
        if started:
            claim = {"id": 1, "cmd": "claim", "host": "test"}
            judge.feed(protocol.encode(claim), 2)
            start = {"id": 2, "cmd": "start", "token": judge.token, "profile": "warm",
                     "hash": judge.stored_hash("warm"), "detach": False, "by": ""}  # fmt: skip
            judge.feed(protocol.encode(start), 12)
            assert judge.counts["started"] == 1 and bench.ssr.level in (0, 1)
        for (raw, good_crc, end), ticks in steps:
            judge.feed(said(judge, raw, good_crc, end), ticks)
        judge.still_obeys()
        bench.close()


def test_noise_and_mutations_reach_everything_and_break_nothing(tmp_path, record_property):
    bench = Bench(tmp_path, SENSING)
    judge = Judge(bench)
    play(judge, Words(judge, 18), 300_000)
    bench.close()
    counts = judge.counts
    for name in ("started", "started by button", "link", "refused bad_line", "refused crc",
                 "refused too_long", "service", "reset", "bite", "relay on in a proof",
                 "began contactor"):  # fmt: skip
        assert counts.get(name), f"{name} was never reached: {counts}"
    missing = [name for name in events.COMMAND_NAMES if not counts.get(name)]
    assert missing == [], f"never granted: {missing}"
    record_property("summary", f"fuzzed line: 300 KB, {counts['started']} starts, all by hash")


class Leaky:
    """A desk with one defect."""

    def __init__(self, desk, defect):
        self._desk = desk
        self._defect = defect

    def __getattr__(self, name):
        return getattr(self._desk, name)

    def answer(self, obj):
        return self._defect(self._desk, obj)


def heats(desk, obj):
    """It starts whatever the hash."""
    unit = desk._unit
    if obj.get("cmd") == "start" and not unit.kernel.heating:
        data, body = desk._profile("warm")
        return {"id": 1, "ok": True, "run_id": desk.begin(data, body, True, "")}
    return desk.answer(obj)


def raises(desk, obj):
    """It raises for what is refused."""
    found = desk.answer(obj)
    if not found["ok"] and found["code"] == "args":
        raise ValueError("a defect")
    return found


def hoards(desk, obj):
    """It keeps what nobody asked it to."""
    desk._files._upload = ["profile", "warm", 9999, "0", bytearray(9999), 0]
    return desk.answer(obj)


def proves(desk, obj):
    """Any beat begins a proof."""
    unit = desk._unit
    if obj.get("cmd") == "beat":
        unit.kernel.orders.test("proof")
    return desk.answer(obj)


@pytest.mark.parametrize("defect", [heats, raises, hoards, proves])
def test_a_defect_would_be_seen(tmp_path, defect):
    bench = Bench(tmp_path, SENSING)
    bench.push("profile", profile.normalise(PROFILE))
    judge = Judge(bench)
    judge._desk = Leaky(judge._desk, defect)
    with pytest.raises(Broken):
        play(judge, Words(judge, 2), 300_000)
    bench.close()


@pytest.mark.skipif(
    importlib.util.find_spec("micropython_unix") is None,
    reason="there is no MicroPython wheel for this platform",
)
def test_the_same_under_micropython(tmp_path):
    launch = "from micropython_unix import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", launch, "-X", "heapsize=8m",
         str(HERE.parent / "firmware" / "fuzz_device.py"), str(LIB), str(tmp_path), "300000", "1"],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    last = done.stdout.strip().rpartition("\n")[2]
    found = re.fullmatch(r"ok (\d+) chunks, (\d+) starts, (-?\d+) bytes", last)
    assert found, done.stdout[-3000:] + done.stderr[-3000:]
    assert int(found[2]) > 0 and int(found[3]) < 16384, last
