"""Runs on MicroPython: the fuzzer of the line, whose JSON, numbers and recursion are its own.

Usage: fuzz_device.py LIB FOLDER BYTES SEED. The last line printed is `ok`, the chunks sent, the
starts granted and by how many bytes the heap in use grew between a quarter of the way and the end.
"""

import gc
import sys

sys.path.insert(0, sys.argv[1])
sys.path.insert(0, __file__.replace("\\", "/").rpartition("/")[0] or ".")

from fuzz_judge import Judge, play
from fuzz_words import Words
from parts import SENSING, Bench

from preheat_core import contactor_proof  # noqa: F401 - loaded when first asked for: no leak
from preheat_fw import trials  # noqa: F401


def main(folder, nbytes, seed):
    """Play and print."""
    bench = Bench(folder, SENSING)
    judge = Judge(bench)
    words = Words(judge, seed)
    for _ in range(4):
        judge.tick()
    chunks = play(judge, words, nbytes // 4)
    gc.collect()
    before = gc.mem_alloc()
    chunks += play(judge, words, nbytes - nbytes // 4)
    gc.collect()
    print(f"ok {chunks} chunks, {judge.counts['started']} starts, {gc.mem_alloc() - before} bytes")


main(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
