"""What a tick costs under MicroPython, part by part: memory allocated, and time as a share.

    python3 tools/bench_tick.py [--json|--markdown] [--ticks N] [--repeats N]

A bga-sac305 run on quartz-medium (four probes) is recorded, frames and delivered heat, and then
replayed tick by tick in the MicroPython of the virtual bench, once with the tuned strategy and
once with the PID. Times are this computer's (of all repeats the least), so only shares and ratios
mean anything for a microcontroller. A block of memory has 32 bytes here and 16 on a 32-bit one,
so there about half as many bytes are allocated.
"""

import in_venv  # noqa: F401 - before anything that only .venv has

# isort: split
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bench_cases
import bench_plants

from preheat import tomlfiles
from preheat.bench.inprocess import InProcess
from preheat.bench.supervisor import has_micropython
from preheat.tuning.bench import tune_on_plant
from preheat_core import settings as unit_settings

PLANT, PROFILE = "quartz-medium", "bga-sac305"
SETTLE = 4  # ticks before the start
FEW = 100  # ticks for the allocations: looking at the heap is slow
HEAP = "3m"
STRATEGIES = ("predictive", "pid")
READINGS = "readings"
REST = "rest of the kernel"
LIB = Path(__file__).resolve().parent.parent / "firmware" / "lib"
DEVICE = Path(__file__).with_name("bench_tick_device.py")


class Listener:
    """Stands where the firmware's decoder stands and keeps every frame."""

    def __init__(self, unit: InProcess) -> None:
        self.words: list[int] = []
        self._bus_word = unit.world.bus_word
        unit.world.bus_word = self.bus_word  # type: ignore[method-assign]

    def bus_word(self) -> int:
        """The frame on the bus, noted."""
        word = self._bus_word()
        self.words.append(word)
        return word

    def take(self) -> list[int]:
        """The frames since the last call."""
        words, self.words = self.words, []
        return words


def record(ticks: int, repeats: int) -> dict[str, Any]:
    """Everything that the MicroPython side needs."""
    plant, board = bench_plants.plant_and_board(PLANT)
    settings = bench_cases.untuned()
    tuned = tune_on_plant(plant, board, settings)
    if tuned.problems:
        raise RuntimeError(f"{PLANT} could not be tuned: {tuned.problems}")
    with_model = {**settings, "strategy": "predictive", "model": tuned.model}
    profile = tomlfiles.load_profile(PROFILE)
    unit = InProcess(plant, board, with_model)
    listener = Listener(unit)
    rows = []
    on_ms = 0
    for tick in range(ticks + SETTLE + 1):
        decision = unit.tick()
        rows.append([on_ms, listener.take()])
        on_ms = decision.on_ms if decision.permit else 0
        if tick == SETTLE:
            refusal = unit.kernel.orders.start(profile, {"run": "r000001", "detached": True})
            if refusal is not None:
                raise RuntimeError(refusal)
        if tick > SETTLE and not unit.kernel.heating:
            raise RuntimeError(f"the run ended after {tick} ticks: ask for fewer")
    by_name = dict(zip(STRATEGIES, (with_model, settings)))
    return {
        "board": unit.board, "profile": profile, "ticks": rows, "settle": SETTLE, "few": FEW,
        "repeats": repeats,
        "settings": {name: unit_settings.normalise(row) for name, row in by_name.items()},
    }


def replay(recorded: dict[str, Any]) -> dict[str, Any]:
    """Let MicroPython measure; RuntimeError with its last words if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "inputs.json"
        inputs.write_text(json.dumps(recorded), encoding="utf-8")
        start = "from micropython_unix import main; main()"
        words = [sys.executable, "-c", start, "-X", f"heapsize={HEAP}", str(DEVICE), str(LIB)]
        done = subprocess.run([*words, str(inputs)], capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        said = (done.stdout + done.stderr).strip()[-800:]
        raise RuntimeError(f"MicroPython measured nothing: {said}") from None


def digest(measured: dict[str, Any]) -> dict[str, Any]:
    """Per strategy the whole tick, and for each part its share of the time and bytes per tick."""
    found = {}
    for strategy, row in measured.items():
        ticks_us = [frames + step for run in row["us"] for frames, step, _ in run.values()]
        sizes = row["bytes"]
        shares = {READINGS: _middle(f / (f + s) for run in row["us"] for f, s, _ in run.values())}
        size = {READINGS: _middle(frames for frames, _, _ in sizes.values())}
        for name in sizes:
            of_one = [run[name] for run in row["us"]]
            shares[name] = _middle(part / (frames + step) for frames, step, part in of_one)
            size[name] = sizes[name][2]
        whole = _middle(frames + step for frames, step, _ in sizes.values())
        shares[REST], size[REST] = 1 - sum(shares.values()), whole - sum(size.values())
        found[strategy] = {
            "least_us": round(min(ticks_us), 1), "median_us": round(_middle(ticks_us), 1),
            "bytes": round(whole),
            "parts": {
                name: {"share": round(share, 4), "bytes": round(size[name])}
                for name, share in shares.items()
            },
        }
    return found


def _middle(values: Iterable[float]) -> float:
    return statistics.median(values)


def show(found: dict[str, Any], ticks: int) -> None:
    """The tables for people."""
    for strategy, row in found.items():
        print(f"{strategy}: {row['least_us']:.0f} µs (median {row['median_us']:.0f}) and "
              f"{row['bytes']} bytes per tick, over {ticks} ticks")
        for name, part in sorted(row["parts"].items(), key=lambda item: -item[1]["share"]):
            us = part["share"] * row["least_us"]
            print(f"  {name:20} {100 * part['share']:5.1f} %  {us:7.1f} µs  "
                  f"{part['bytes']:6} bytes")
    tuned, plain = (found[name] for name in STRATEGIES)
    print(f"predictive over pid: {tuned['least_us'] / plain['least_us']:.2f} times the time, "
          f"{tuned['bytes'] / plain['bytes']:.2f} times the memory")


def markdown(found: dict[str, Any]) -> str:
    """The table for the documents: the share of a tick's time, and KB, of every part."""
    rows = [found[strategy] for strategy in STRATEGIES]
    names = dict.fromkeys(name for row in rows for name in row["parts"])
    names.pop(REST)
    names[REST] = None  # last
    out = ["| part | " + " | ".join(f"{name}: time | KB" for name in STRATEGIES) + " |",
           "|---" * (1 + 2 * len(rows)) + "|"]
    cells = " | ".join(f"100 % | {row['bytes'] / 1000:.1f}" for row in rows)
    out.append(f"| whole tick | {cells} |")
    for name in names:
        parts = [row["parts"].get(name) for row in rows]
        cells = " | ".join(
            f"{100 * part['share']:.0f} % | {part['bytes'] / 1000:.1f}" if part else "- | -"
            for part in parts
        )
        out.append(f"| {name} | {cells} |")
    return "\n".join(out)


def main() -> None:
    """Record, measure and print."""
    parser = argparse.ArgumentParser(
        description="Measure what a tick costs under MicroPython, part by part: memory and time."
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--markdown", action="store_true", help="the table for the documents")
    parser.add_argument("--ticks", type=int, default=1200, help="of the run; default: 1200")
    parser.add_argument("--repeats", type=int, default=3, help="of the timing; default: 3")
    asked = parser.parse_args()
    if not has_micropython():
        sys.exit("bench_tick: there is no MicroPython for this platform")
    found = digest(replay(record(max(500, asked.ticks), max(1, asked.repeats))))
    if asked.json:
        print(json.dumps(found))
        return
    if asked.markdown:
        print(markdown(found))
    show(found, max(500, asked.ticks))


if __name__ == "__main__":
    main()
