"""The samples of one run as numpy arrays, whoever recorded them: what everything here measures."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Trace:
    """One probe's readings. `role` as in preheat_core.board; "board" where nobody said.

    temp_c: °C, float64, NaN where there was no valid reading. low_c, high_c: the lowest and
    highest since the sample before, alike; None where only one value a sample is known.
    """

    name: str
    role: str
    temp_c: Array
    low_c: "Array | None" = None
    high_c: "Array | None" = None


@dataclass(frozen=True)
class Series:
    """All probes of one run over the same times.

    t_s: seconds since its start, float64, strictly rising. setpoint_c: °C, NaN where there is
    none; duty, delivered: 0..1; external: bool, heat from above was declared; state: words of
    preheat_core.faults as an array of str; stage: whole numbers, -1 for none. Each is None where
    it was not recorded.
    """

    t_s: Array
    traces: tuple[Trace, ...]
    setpoint_c: "Array | None" = None
    duty: "Array | None" = None
    delivered: "Array | None" = None
    external: "Array | None" = None
    state: "Array | None" = None
    stage: "Array | None" = None

    @property
    def control(self) -> "Trace | None":
        """The controlled probe: the first of role board; None when there is none."""
        return next((trace for trace in self.traces if trace.role == "board"), None)

    def trace(self, name: str) -> Trace:
        """The probe of that name; KeyError when there is none."""
        for trace in self.traces:
            if trace.name == name:
                return trace
        raise KeyError(name)
