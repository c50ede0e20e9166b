"""What is wrong between this laptop and a unit, and what to do: facts first, then findings.

`gather` reads facts and changes nothing; `judge` is pure. No port is opened but the one that was
named or is known, and only the line protocol is spoken there.
"""

from preheat.doctor.facts import Facts
from preheat.doctor.finding import Finding
from preheat.doctor.gather import gather
from preheat.doctor.judge import judge

__all__ = ["Facts", "Finding", "gather", "judge"]
