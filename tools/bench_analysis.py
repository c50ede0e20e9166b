"""How fast a long run log is decoded and measured, beside pandas reading the same data from CSV.

Usage: python3 tools/bench_analysis.py [--samples N] [--runs N] [--json]. The log is made by the
firmware's own writer, the CSV is that of `preheat log export`; both are timed in turn, in seconds
of the processor from the file on. What pandas would have to measure then is not in its time.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import in_venv  # noqa: F401 - not installed here: starts again inside .venv
import numpy as np

from preheat import logs
from preheat.analysis import decode, measure
from preheat_core import runlog
from preheat_core.faults import COOL, HOLD, RAMP, STATE_NAMES

GOAL = 10.0  # times as fast as pandas
clock = time.process_time  # other work on the machine does not count
RECORD_MS = 1000
LIQUIDUS_C, BODY_MAX_C, SOAK_C, POWER_W = 217.0, 245.0, (150.0, 200.0), 1500.0
# A lead-free run, drawn out to the length of the log: share of it, °C at its end, state.
COURSE = (
    (0.25, 150.0, RAMP), (0.15, 195.0, RAMP), (0.1, 200.0, HOLD), (0.1, 240.0, RAMP),
    (0.05, 240.0, HOLD), (0.35, 30.0, COOL),
)  # fmt: skip


def write_log(samples: int) -> bytes:
    """A log of one probe with so many records, an event where a stage begins, a summary."""
    noise = random.Random(1)
    writer = runlog.Writer(1)
    out = writer.header({"run": "r000001", "probes": [["plate", "board"]], "liquidus_c": 217})
    i, from_c = 0, 30.0
    for stage, (share, to_c, state) in enumerate(COURSE):
        out += writer.event({"t_ms": i * RECORD_MS, "ev": "stage", "i": stage})
        heating, count = state != COOL, round(samples * share)
        for k in range(count):
            setpoint_c = from_c + (to_c - from_c) * k / count
            temp_c = round((setpoint_c - 2 + noise.gauss(0, 0.25)) * 4) / 4
            block = writer.add_record(
                i * RECORD_MS, STATE_NAMES.index(state), stage if heating else None,
                setpoint_c if heating else None, 0.6 if heating else 0.0,
                noise.random() if heating else 0.0, runlog.FLAG_CONTACTOR if heating else 0,
                ((temp_c, temp_c - 0.25, temp_c + 0.25),),
            )  # fmt: skip
            if block is not None:
                out.append(block)
            i += 1
        from_c = to_c
    return b"".join(out + writer.summary({"t_ms": i * RECORD_MS, "end": "done"}))


def ours(path: Path) -> tuple[Any, Any, float]:
    """(series, measures, s to decode) of a log."""
    began = clock()
    series, log = decode.decode(path.read_bytes())
    decoded_s = clock() - began
    if log.problem is not None:
        sys.exit(f"the log that was just written does not read: {log.problem}")
    found = measure.measure(
        series, liquidus_c=LIQUIDUS_C, body_max_c=BODY_MAX_C, soak_c=SOAK_C,
        limit_c={"board": 260.0}, power_w=POWER_W,
    )  # fmt: skip
    return series, found, decoded_s


def bench(samples: int, runs: int) -> dict[str, Any]:
    """Both, `runs` times in turn; medians in seconds. Exits when they do not hold the same."""
    try:
        import pandas as pd
    except ImportError:
        sys.exit("pandas is not installed here: run python3 tools/dev.py setup")
    with tempfile.TemporaryDirectory() as folder:
        plog, table = Path(folder) / "r000001.plog", Path(folder) / "r000001.csv"
        data = write_log(samples)
        plog.write_bytes(data)
        table.write_text(logs.to_csv(runlog.read(data)), encoding="utf-8")
        series, found, _ = ours(plog)
        if not _same(series, pd.read_csv(table)):
            sys.exit("the log and its CSV do not hold the same")
        decode_s, ours_s, pandas_s = [], [], []
        for _ in range(runs):
            began = clock()
            decode_s.append(ours(plog)[2])
            ours_s.append(clock() - began)
            began = clock()
            pd.read_csv(table)
            pandas_s.append(clock() - began)
        sizes = plog.stat().st_size, table.stat().st_size
    ratios = [theirs / mine for theirs, mine in zip(pandas_s, ours_s)]
    return {
        "samples": samples, "runs": runs, "log_bytes": sizes[0], "csv_bytes": sizes[1],
        "decode_s": statistics.median(decode_s),
        "measure_s": statistics.median(a - b for a, b in zip(ours_s, decode_s)),
        "ours_s": statistics.median(ours_s), "pandas_s": statistics.median(pandas_s),
        "ratio": statistics.median(ratios), "ratio_least": min(ratios), "goal": GOAL,
        "pandas": pd.__version__, "numpy": np.__version__,
        "peak_c": found.probes[0].peak_c, "tal_s": found.probes[0].tal_s,
    }  # fmt: skip


def _same(series: Any, frame: Any) -> bool:
    """True where times, temperatures and setpoints are the same numbers, gaps included."""
    pairs = (
        (series.t_s, "t_s"), (series.traces[0].temp_c, "plate_c"),
        (series.traces[0].high_c, "plate_max_c"), (series.setpoint_c, "setpoint_c"),
        (series.delivered, "delivered"),
    )  # fmt: skip
    return all(np.array_equal(a, frame[name].to_numpy(), equal_nan=True) for a, name in pairs)


def main() -> None:
    """The figures, for people or as one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.samples < 1 or args.runs < 1:
        parser.error("--samples and --runs are at least 1")
    found = bench(args.samples, args.runs)
    if args.json:
        print(json.dumps(found))
        return
    megabytes = found["log_bytes"] / 1e6, found["csv_bytes"] / 1e6
    print(f"{found['samples']} samples: {megabytes[0]:.1f} MB of log, {megabytes[1]:.1f} of CSV")
    print(f"decode   {1000 * found['decode_s']:6.0f} ms")
    print(f"measure  {1000 * found['measure_s']:6.0f} ms")
    print(f"together {1000 * found['ours_s']:6.0f} ms")
    print(f"pandas   {1000 * found['pandas_s']:6.0f} ms to read the CSV ({found['pandas']})")
    reached = "reached" if found["ratio"] >= GOAL else "missed"
    print(
        f"ratio    {found['ratio']:6.1f} times as fast (least {found['ratio_least']:.1f}; "
        f"goal {GOAL:.0f}, {reached})"
    )


if __name__ == "__main__":
    main()
