"""A unit proves its parts when it is asked to: probes, outputs, contactor, flash, watchdog.

`run` goes through all of it in order; `facts` and `tips` judge, the others ask.
"""

from preheat.selftest.result import FAIL, OK, SKIPPED, WARN, Result
from preheat.selftest.sequence import Options, run

__all__ = ["FAIL", "OK", "SKIPPED", "WARN", "Options", "Result", "run"]
