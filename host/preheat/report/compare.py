"""A run beside a golden one, and several runs beside each other: the tables of differences."""

from collections.abc import Sequence

from preheat.analysis.measure import ProbeMeasures
from preheat.report import words
from preheat.report.header import text
from preheat.report.judged import Judged

COMPARED = (
    ("peak_c", "peak", "°C"), ("peak_at_s", "time of the peak", "s"),
    ("max_ramp_c_s", "steepest rise", "°C/s"), ("max_cool_c_s", "steepest fall", "°C/s"),
    ("soak_s", "soak", "s"), ("tal_s", "above liquidus", "s"),
)  # fmt: skip
WHOLE = (
    ("spread_at_peak_c", "spread at peak", "°C"), ("overshoot_c", "overshoot", "°C"),
    ("tracking_rmse_c", "tracking, rms", "°C"),
)  # fmt: skip


def with_golden(run: Judged, golden: Judged) -> "list[tuple[str, str, str, str]]":
    """Rows (what, this run, golden run, difference); probes are paired by name, else by role."""
    rows = []
    for probe in run.measures.probes:
        twin = _twin(probe, golden.measures.probes)
        for field, label, unit in COMPARED:
            rows += _row(f"{label} of {text(probe.name, 30)}", getattr(probe, field),
                         getattr(twin, field) if twin else None, unit)  # fmt: skip
    for field, label, unit in WHOLE:
        rows += _row(label, getattr(run.measures, field), getattr(golden.measures, field), unit)
    return rows


def side_by_side(runs: Sequence[Judged]) -> "tuple[tuple[str, ...], list[tuple[str, ...]]]":
    """Heads and rows of all runs' numbers, a column for each run."""
    rows: list[tuple[str, ...]] = []
    probes = dict.fromkeys(p.name for run in runs for p in run.measures.probes)
    for name in probes:
        for field, label, unit in COMPARED:
            found = [_of(run, name, field) for run in runs]
            if any(amount is not None for amount in found):
                rows.append((f"{label} of {text(name, 30)}",
                             *(words.value(amount, unit) for amount in found)))  # fmt: skip
    for field, label, unit in WHOLE:
        found = [getattr(run.measures, field) for run in runs]
        if any(amount is not None for amount in found):
            rows.append((label, *(words.value(amount, unit) for amount in found)))
    return ("", *(text(run.run.name, 20) for run in runs)), rows


def _of(run: Judged, name: str, field: str) -> "float | None":
    probe = next((p for p in run.measures.probes if p.name == name), None)
    return getattr(probe, field) if probe else None


def _twin(probe: ProbeMeasures, others: Sequence[ProbeMeasures]) -> "ProbeMeasures | None":
    named = [other for other in others if other.name == probe.name]
    alike = [other for other in others if other.role == probe.role]
    return next(iter(named or alike), None)


def _row(
    label: str, mine: "float | None", golden: "float | None", unit: str
) -> "list[tuple[str, str, str, str]]":
    if mine is None and golden is None:
        return []
    difference = words.DASH
    if mine is not None and golden is not None:
        less = mine - golden
        difference = words.value(less, unit) if less < 0 else f"+{words.value(less, unit)}"
    return [(label, words.value(mine, unit), words.value(golden, unit), difference)]
