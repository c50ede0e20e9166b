"""What every test needs: the checkout's packages and helpers to import, Hypothesis without clocks.

Each test is limited by its own timeouts, never by Hypothesis: a loaded machine is not a bug.
"""

import importlib.util
import os
import signal
import sys
from pathlib import Path

import hypothesis

TESTS = Path(__file__).resolve().parent

for package, folder in (
    ("preheat_core", TESTS.parent / "firmware" / "lib"),
    ("preheat", TESTS.parent / "host"),
):
    if importlib.util.find_spec(package) is None:
        sys.path.insert(0, str(folder))
SHARED = ("core", "firmware", "scenarios")  # folders with helpers that tests share
for folder in (TESTS, *(TESTS / name for name in SHARED)):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

# A runner started in the background ignores Ctrl-C, and so would every program started here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")
