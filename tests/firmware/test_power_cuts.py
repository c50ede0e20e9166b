"""A power cut at every write and erase that a unit makes, on real MicroPython with littlefs."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
LIB = HERE.parent.parent / "firmware" / "lib"
WAYS = 3  # of cutting one operation: see power_cut_flash.py
# A small flash needs the most operations; an RP2's blocks once more for what writes most files.
CASES = [("config", "small"), ("run", "small"), ("fault", "small"), ("restart", "small"),
         ("fault", "rp2")]  # fmt: skip

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("micropython_unix") is None,
    reason="there is no MicroPython wheel for this platform",
)


@pytest.mark.parametrize(("case", "flash"), CASES)
def test_a_cut_at_every_operation(case, flash, record_property):
    launch = "from micropython_unix import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", launch, "-X", "heapsize=32m", str(HERE / "power_cut.py"), str(LIB),
         case, flash],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    # The exit code of this entry point is not the script's own: the last line decides.
    last = done.stdout.strip().rpartition("\n")[2]
    found = re.fullmatch(r"ok (\d+) operations, (\d+) cuts, (\d+) moments", last)
    assert found, done.stdout + done.stderr
    operations, cuts, moments = map(int, found.groups())
    assert cuts == operations * WAYS and operations > 10 and moments >= 2
    record_property("summary", f"power cuts, {case} on {flash} blocks: {last[3:]}")
