"""Says millions of random, mutated and hostile bytes to a whole unit and watches what it does.

    python3 tools/fuzz_line.py [--bytes N] [--seed S] [--json]

Console, desk, files, journal, unit, kernel and loop are the real ones, on in-process parts; see
tests/firmware/fuzz_judge.py for what is never allowed, and fuzz_words.py for what is said. The
loop ticks in between. Exit code 1, with the seed that repeats it, as soon as something breaks.
"""

import in_venv  # noqa: F401 - before anything that only .venv has

# isort: split
import argparse
import gc
import importlib
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "firmware"))
# The parts and the judge belong to the tests; type checkers read the tools alone.
parts: Any = importlib.import_module("parts")
fuzz_judge: Any = importlib.import_module("fuzz_judge")
fuzz_words: Any = importlib.import_module("fuzz_words")

TRACED = 1_000_000  # the first bytes said, during which memory is traced: that is slow
GROWTH_MAX = 65536  # bytes more in Python's memory at the end of these than after a quarter
OBJECTS_MAX = 1000  # Python objects more at the very end than after a quarter


def fuzz(nbytes: int, seed: int) -> dict[str, Any]:
    """Play; what was sent, reached and found. `broken` is None if nothing was."""
    began_s = time.perf_counter()
    sizes: list[int] = []
    objects: list[int] = []

    def each(_sent: int) -> None:
        gc.collect()
        objects.append(len(gc.get_objects()))
        if tracemalloc.is_tracing():
            sizes.append(tracemalloc.get_traced_memory()[0])

    with tempfile.TemporaryDirectory() as folder:
        bench = parts.Bench(folder, parts.SENSING)
        judge = fuzz_judge.Judge(bench)
        words = fuzz_words.Words(judge, seed)
        chunks, broken = 0, None
        tracemalloc.start()
        try:
            first = min(nbytes, TRACED)
            chunks += fuzz_judge.play(judge, words, first, each)
            tracemalloc.stop()
            if nbytes > first:
                chunks += fuzz_judge.play(judge, words, nbytes - first, each)
        except Exception as error:
            broken = f"{type(error).__name__}: {error}"
        finally:
            tracemalloc.stop()
            bench.close()
    growth, more = _growth(sizes), _growth(objects)
    if broken is None and (growth > GROWTH_MAX or more > OBJECTS_MAX):
        broken = f"memory grew by {growth} bytes, {more} objects"
    return {
        "bytes": nbytes, "seed": seed, "chunks": chunks, "wall_s": time.perf_counter() - began_s,
        "broken": broken, "growth_bytes": growth, "more_objects": more,
        "most": judge.most,
        "reached": dict(sorted(judge.counts.items())),
    }  # fmt: skip


def _growth(sizes: list[int]) -> int:
    """From a quarter of the way to the end."""
    settled = sizes[len(sizes) // 4 :]
    return settled[-1] - settled[0] if settled else 0


def main() -> int:
    """Fuzz and print; 1 if something broke."""
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--bytes", type=int, default=2_000_000, help="default: two million")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    asked = parser.parse_args()
    found = fuzz(asked.bytes, asked.seed)
    if asked.json:
        print(json.dumps(found))
    else:
        reached = found["reached"]
        print(
            f"{found['bytes']} bytes in {found['chunks']} pieces, seed {found['seed']}, "
            f"{found['wall_s']:.0f} s"
        )
        print(
            f"starts granted: {reached.get('started', 0)} by token and hash, "
            f"{reached.get('started by button', 0)} by the armed button; "
            f"proofs of the contactor: {reached.get('began proof', 0)}, "
            f"with the relay on in {reached.get('relay on in a proof', 0)} ticks"
        )
        print(
            f"most at once: {found['most']['queued']} bytes waiting to go out, "
            f"{found['most']['upload']} of an upload, {found['most']['waiting']} of the log; "
            f"growth {found['growth_bytes']} bytes, {found['more_objects']} objects"
        )
        print(found["broken"] or "nothing broke")
    return 1 if found["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
