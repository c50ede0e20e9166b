"""Readings of one probe for a calibration: from a live unit until they stand, or from a run's log.

Only reads: heat is never switched on here. All temperatures given back are uncorrected, that is
linearised and without the calibration that the unit has now.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from preheat import logs
from preheat.calibration import plateau, steady
from preheat.calibration.fit import GAIN, OFFSET_C, uncorrected
from preheat.calibration.fixedpoints import FixedPoint
from preheat.errors import Refused, VerifyError
from preheat_core import runlog

EVERY_S = 0.5  # between two questions
STEADY_S = 300.0  # by the unit's clock
STEADY_ASKS = 6000  # and at most so many, whatever its clock says
PLATEAU_ASKS = 7200  # an hour
_FIND_EVERY = 10
_CONTROLLED = ("hold", "wait")  # the reading stands because the unit holds it there
Progress = Callable[[int, int], None]


class Taken(NamedTuple):
    """A measured reading: °C uncorrected, its standard deviation; the reference's mean or None."""

    read_c: float
    std_c: float
    reference_c: "float | None"
    how: str


class Correction(NamedTuple):
    """The calibration in force while a probe was read."""

    offset_c: float = 0.0
    gain: float = 1.0

    def undo(self, shown_c: float) -> float:
        return uncorrected(shown_c, self.offset_c, self.gain)


def in_force(values: "dict[str, Any] | None", probe: str) -> Correction:
    """The calibration of a probe in normalised settings."""
    for row in (values or {}).get("calibration", ()):
        if row["probe"] == probe:
            return Correction(row["offset_c"], row["gain"])
    return Correction()


def look(link: Any, probe: str) -> tuple[float, str, "float | None", str]:
    """One reading: the unit's time in s, its state, °C as shown or None, the sensor's fault.

    Refused where the unit has no such probe.
    """
    now = link.request("status")
    for name, _, temp_c, fault in now.get("probes", ()):
        if name == probe:
            return now["uptime_ms"] / 1000, str(now["state"]), temp_c, str(fault or "")
    known = ", ".join(row[0] for row in now.get("probes", ())) or "none"
    raise Refused(f"the unit has no probe {probe!r}", f"its probes: {known}", "missing")


def until_steady(
    link: Any, probe: str, seconds: float, force: Correction, reference: Any = None,
    progress: Progress = lambda done, total: None,
) -> Taken:
    """Read until the last `seconds` stand still; a reference (`read() -> °C`) is read along.

    Refused, with what was wrong at the end, when that does not happen within five minutes.
    """
    rows: list[tuple[float, float]] = []
    other: list[tuple[float, float]] = []
    why = "no reading came"
    from_s: float | None = None
    for _ in range(STEADY_ASKS):
        t_s, _, shown_c, fault = look(link, probe)
        from_s = t_s if from_s is None else min(from_s, t_s)
        if t_s - from_s > STEADY_S:
            break
        if shown_c is None or (rows and t_s < rows[-1][0]):  # a fault, or the unit restarted
            rows, other = [], []
            why = f"the probe reports {fault}" if fault else "the unit restarted"
        if shown_c is not None and (not rows or t_s > rows[-1][0]):
            rows.append((t_s, force.undo(shown_c)))
            if reference is not None:
                other.append((t_s, reference.read()))
        while len(rows) > 1 and rows[-1][0] - rows[1][0] >= seconds:
            rows.pop(0)
            del other[:1]
        filled_s = rows[-1][0] - rows[0][0] if rows else 0.0
        progress(int(min(filled_s, seconds)), int(seconds))
        if filled_s >= seconds:
            why = steady.unsteady(rows)
            if not why and other:
                why = steady.unsteady(other) and f"the reference: {steady.unsteady(other)}"
            if not why:
                return _taken(rows, other)
        time.sleep(EVERY_S)
    raise Refused(f"{probe} did not stand still for {seconds:.0f} s: {why}",
                  "nothing was recorded; see that the tip is where it belongs, and try again",
                  "state")  # fmt: skip


def _taken(rows: list[tuple[float, float]], other: list[tuple[float, float]]) -> Taken:
    found = steady.measure(rows)
    reference_c = steady.measure(other).mean_c if other else None
    span_s = rows[-1][0] - rows[0][0]
    how = f"mean of {found.readings} readings in {span_s:.0f} s"
    return Taken(round(found.mean_c, 3), round(found.std_c, 3), reference_c, how)


def band(point: FixedPoint) -> tuple[float, float]:
    """Between which uncorrected readings a melting point can lie: what a calibration may mend."""
    low_c = (point.true_c - OFFSET_C[1]) / GAIN[1]
    return low_c, (point.true_c - OFFSET_C[0]) / GAIN[0]


def until_melted(
    link: Any, probe: str, point: FixedPoint, force: Correction,
    progress: Progress = lambda done, total: None,
) -> Taken:
    """Watch until `probe` has stood at a melting point and risen on.

    Refused after an hour, saying what was seen instead.
    """
    samples: list[plateau.Sample] = []
    low_c, high_c = band(point)
    for number in range(PLATEAU_ASKS):
        t_s, state, shown_c, _ = look(link, probe)
        if shown_c is not None and (not samples or t_s != samples[-1][0]):
            samples.append((t_s, _counting(state, shown_c, force)))
        progress(number, 0)
        if number % _FIND_EVERY == _FIND_EVERY - 1:
            found = plateau.find(samples, low_c, high_c)
            if found is not None:
                return _plateau(found)
        time.sleep(EVERY_S)
    raise _no_plateau(probe, point, samples)


def _counting(state: str, shown_c: float, force: Correction) -> "float | None":
    return None if state in _CONTROLLED else force.undo(shown_c)


def melted(log: runlog.Log, probe: str, point: FixedPoint) -> Taken:
    """The plateau of a melting point in a run's log. Refused where it has none or no such probe.

    What the run held at a temperature by itself does not count.
    """
    index, force = _in_log(log, probe)
    samples: list[plateau.Sample] = []
    for t_ms, state, *_, probes in log.records:
        shown_c = probes[index][0] if index < len(probes) else None
        if shown_c is not None:
            samples.append((t_ms / 1000, _counting(state, shown_c, force)))
    found = plateau.find(samples, *band(point))
    if found is None:
        raise _no_plateau(probe, point, samples)
    return _plateau(found)


def _in_log(log: runlog.Log, probe: str) -> tuple[int, Correction]:
    """Where a probe stands in a log's records, and the calibration that is in them."""
    if log.header is None:
        raise VerifyError("the log's header is lost", "nothing tells its probes or calibration")
    names = logs.probe_names(log)
    if probe not in names:
        raise Refused(f"the log has no probe {probe!r}", f"its probes: {', '.join(names)}",
                      "missing")  # fmt: skip
    for row in log.header.get("calibration") or ():
        if row[0] == probe:
            return names.index(probe), Correction(float(row[1]), float(row[2]))
    return names.index(probe), Correction()


def _plateau(found: plateau.Plateau) -> Taken:
    how = f"melting plateau of {found.to_s - found.from_s:.0f} s"
    return Taken(round(found.stood_c, 3), round(found.std_c, 3), None, how)


def _no_plateau(probe: str, point: FixedPoint, samples: "list[plateau.Sample]") -> Refused:
    return Refused(
        f"{probe} shows no melting of {point.name} ({point.true_c:g} °C): "
        f"{plateau.missing(samples, *band(point))}",
        "nothing was recorded; heat it slowly (0.2 to 0.5 °C/s) through the plateau", "state",
    )
