"""The MicroPython side of bench_tick.py: replays recorded ticks and measures them part by part.

    micropython bench_tick_device.py LIB INPUTS.json

One part is wrapped at a time, so that no wrapper is measured inside another, and in the same run
the whole is measured too, as well as what wrapping an empty method shows, which is taken off: a
computer that is slower for a while then is so for all of them. The garbage collector is off while
anything is measured; it runs between ticks. Prints one JSON document.
"""

# pyright: reportAttributeAccessIssue=false, reportMissingImports=false

import gc
import json
import sys
import time

sys.path.insert(0, sys.argv[1])

from preheat_core import (
    control_pid,
    control_predictive,
    duty,
    guard,
    kernel,
    metrics,
    observer,
    recorder,
    sequencer,
)
from preheat_core.clock import TICK_MS
from preheat_fw import max31855

COLLECT_EVERY = 5  # ticks; the heap must not fill up in between

# (what people call it, class, method). Whatever is in none of these is "the rest of the kernel".
SHARED = (
    ("guard", guard.Guard, "step"),
    ("sequencer", sequencer.Sequencer, "step"),
    ("window", duty.Window, "tick"),
    ("recorder", recorder.Recorder, "tick"),
    ("metrics", metrics.RunMetrics, "add"),
)
OWN = {
    "predictive": (
        ("observer", observer.Observer, "step"),
        ("predictive step", control_predictive.Predictive, "step"),
    ),
    "pid": (
        ("pid observe", control_pid.Pid, "observe"),
        ("pid step", control_pid.Pid, "step"),
    ),
}


class Nothing:
    """An empty method costs what the wrapper costs."""

    def step(self, a, b, c):
        """Nothing."""


def by_time():
    """µs of this process alone: what else the computer does must not count."""
    return int(time.clock() * 1e6)


def wrap(cls, name, gauge, box):
    """Sum up in box[0] what `gauge` shows over every call of a method; returns the original."""
    inner = getattr(cls, name)

    def outer(*args):
        before = gauge()
        result = inner(*args)
        box[0] += gauge() - before
        box[1] += 1
        return result

    setattr(cls, name, outer)
    return inner


def replay(data, strategy, gauge, part, count):
    """One run over the first `count` ticks with one part wrapped.

    Returns what `gauge` shows per tick of the frames' decoding, of the kernel's step, and of the
    part in it, each without the gauging itself.
    """
    unit = kernel.Kernel(data["board"], data["settings"][strategy])
    inputs = kernel.Inputs()
    nothing = Nothing()
    box, empty = [0, 0], [0, 0]
    inner = wrap(part[1], part[2], gauge, box)
    no_step = wrap(Nothing, "step", gauge, empty)
    frames = steps = own = wrapper = measured = 0
    now_ms = 1000
    gc.disable()
    try:
        for tick, row in enumerate(data["ticks"][:count]):
            if tick % COLLECT_EVERY == 0:
                gc.collect()
            inputs.on_ms = row[0]
            before = gauge()
            readings = [max31855.reading(word) for word in row[1]]
            between = gauge()
            unit.step(now_ms, readings, inputs)
            after = gauge()
            own += gauge() - after
            before_empty = gauge()
            nothing.step(1, 2, 3)
            wrapper += gauge() - before_empty
            now_ms += TICK_MS
            if unit.run is not None:
                frames += between - before
                steps += after - between
                measured += 1
                unit.run.recorder.take()
                continue
            box[0] = box[1] = empty[0] = empty[1] = own = wrapper = 0
            if tick == data["settle"]:
                refusal = unit.orders.start(data["profile"], {"run": "r000001", "detached": True})
                if refusal is not None:
                    raise RuntimeError(refusal)
    finally:
        gc.enable()
        setattr(part[1], part[2], inner)
        Nothing.step = no_step
    if unit.run is None or not unit.heating:
        raise RuntimeError("the run ended before the recorded ticks did")
    own /= measured
    calls = box[1] / measured
    whole = steps / measured - own - (wrapper / measured - own) * calls
    return frames / measured - own, whole, box[0] / measured - empty[0] / empty[1] * calls


def parts(data, strategy, gauge, count):
    """{part: [frames, kernel step, part] per tick}, each part from a run of its own."""
    return {
        row[0]: replay(data, strategy, gauge, row, count) for row in SHARED + OWN[strategy]
    }


def main():
    """Measure both strategies; time as often as asked, allocations once (they do not vary)."""
    with open(sys.argv[2]) as file:
        data = json.loads(file.read())
    times = {strategy: [] for strategy in data["settings"]}
    for _ in range(data["repeats"]):  # in turn, so that a slow minute is not one strategy's alone
        for strategy, rows in times.items():
            rows.append(parts(data, strategy, by_time, len(data["ticks"])))
    out = {}
    for strategy, rows in times.items():
        size = parts(data, strategy, gc.mem_alloc, data["few"])
        out[strategy] = {"us": rows, "bytes": size}
    print(json.dumps(out))


main()
