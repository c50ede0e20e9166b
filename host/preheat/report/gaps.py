"""Where readings are missing for so long that a run's numbers may be those of another course."""

from dataclasses import dataclass

import numpy as np

from preheat.analysis.series import Array, Series
from preheat.analysis.slopes import GAP_MAX_S
from preheat.report.header import text
from preheat.runview import minutes
from preheat_core.board import PROCESS_ROLES

PROBE_GAP_S = 15.0  # a unit trips after 1 s; records of a long hold are 10 s apart
RECORD_GAP_S = 30.0  # three records of a long hold
COASTING_S = 60.0  # after the heat's end a board may still rise


@dataclass(frozen=True)
class Gap:
    """A stretch without readings. probe: "" where nothing at all was recorded.

    counts: it lies where the board was heated, coasting or molten; later a probe may be taken off.
    """

    probe: str
    from_s: float
    to_s: float
    counts: bool

    @property
    def sentence(self) -> str:
        what = f"{self.probe} gave no reading" if self.probe else "nothing was recorded"
        return f"{what} for {self.to_s - self.from_s:.0f} s from {minutes(self.from_s)} on"


def find(
    series: Series, heat_s: "float | None" = None, liquidus_c: "float | None" = None
) -> list[Gap]:
    """The gaps of a run, probes without a single reading left out (`silent` has those).

    heat_s: when its heat ended; None: it never did, so that every gap counts.
    """
    t_s = series.t_s
    if len(t_s) < 2:
        return []
    sure_s = float("inf") if heat_s is None else heat_s + COASTING_S
    steps_s = np.diff(t_s)
    molten = _molten(series, liquidus_c)
    # What is not measured across a gap while solder is molten must not look like nothing.
    unseen = (steps_s > RECORD_GAP_S) | (steps_s > GAP_MAX_S) & (molten[:-1] | molten[1:])
    found = [
        Gap("", float(t_s[i]), float(t_s[i + 1]),
            bool(t_s[i] < sure_s or molten[i] or molten[i + 1]))
        for i in np.flatnonzero(unseen)
    ]
    for trace in series.traces:
        if trace.role not in (*PROCESS_ROLES, "heater"):
            continue
        seen = np.flatnonzero(_seen(trace.temp_c, trace.high_c))
        if not len(seen):
            continue
        edges = [0, *seen.tolist(), len(t_s) - 1]
        for a, b in zip(edges, edges[1:]):
            from_s, to_s = float(t_s[a]), float(t_s[b])
            ends_c = np.array([trace.temp_c[a], trace.temp_c[b]])
            melted = liquidus_c is not None and bool((ends_c >= liquidus_c).any())
            if b - a < 2 or to_s - from_s <= (GAP_MAX_S if melted else PROBE_GAP_S):
                continue
            found.append(Gap(text(trace.name), from_s, to_s, from_s < sure_s or melted))
    return found


def _molten(series: Series, liquidus_c: "float | None") -> Array:
    """Where a process probe reads the liquidus or more."""
    found = np.zeros(len(series.t_s), bool)
    for trace in series.traces:
        if liquidus_c is not None and trace.role in PROCESS_ROLES:
            found |= trace.temp_c >= liquidus_c
    return found


def silent(series: Series) -> list[str]:
    """The probes that never gave a reading."""
    return [trace.name for trace in series.traces if not _seen(trace.temp_c, trace.high_c).any()]


def _seen(temp_c: Array, high_c: "Array | None") -> Array:
    seen = ~np.isnan(temp_c)
    return seen if high_c is None else seen | ~np.isnan(high_c)
