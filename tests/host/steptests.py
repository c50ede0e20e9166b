"""Tuning runs of the real kernel on virtual plants, for tests: logs as a unit writes them."""

import sys
from pathlib import Path

from preheat import tomlfiles
from preheat.bench import plantfile
from preheat.bench.inprocess import InProcess
from preheat.tuning.recipe import tune_profile
from preheat_core import board as boards
from preheat_core import check, settings

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

from bench_plants import plant_and_board  # noqa: E402, F401  the benchmark's plants, for tests

UNTUNED = settings.default("bench-a")


def hotplate():
    """The shipped hot plate and its board file."""
    return plantfile.load_plant("hotplate"), tomlfiles.load_board("virtual-hotplate")


def board_hash(board):
    """What the unit says of a board file it holds."""
    from preheat.transfer import sha16

    return sha16(check.canonical(boards.normalise(board)))


def log_bytes(plant, board, faults=(), top_c=150.0, closed=True):
    """The log of a whole tuning run; not `closed`: as it is when the heat has just ended."""
    unit = InProcess(plant, board, UNTUNED, faults)
    unit.wait(0.5)
    start = {"run": "r000001", "detached": True, "unit": "bench-a",
             "board_hash": board_hash(board)}
    assert unit.kernel.orders.start(tune_profile(board, top_c), start) is None
    run = unit.kernel.run
    while unit.kernel.heating:
        unit.wait(1)
    if closed:
        unit.kernel.close_run()
        unit.wait(0.25)
        return b"".join(unit.blocks)
    run.recorder.flush()
    return b"".join([*unit.blocks, *run.recorder.take()])
