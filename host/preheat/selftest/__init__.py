"""A unit proves its parts when it is asked to: probes, outputs, contactor, flash, watchdog.

`run` goes through all of it in order; `facts` and `tips` judge, the others ask.
"""

from preheat.selftest.result import ABSENT, FAIL, OK, SKIPPED, WARN, Result, unproven
from preheat.selftest.sequence import Options, run

__all__ = [
    "ABSENT", "FAIL", "OK", "SKIPPED", "WARN", "Options", "Result", "run", "unproven",
]
