"""A run beside a golden one, and several runs beside each other: the tables of differences."""

from collections.abc import Sequence

from preheat.analysis.measure import Measures, ProbeMeasures
from preheat.report import words
from preheat.report.header import text
from preheat.report.judged import Judged
from preheat_core.board import PROCESS_ROLES

COMPARED = (
    ("peak_c", "peak", "°C"), ("peak_at_s", "at", "s"), ("max_ramp_c_s", "steepest rise", "°C/s"),
    ("max_cool_c_s", "steepest fall", "°C/s"), ("soak_s", "soak", "s"),
    ("tal_s", "above liquidus", "s"),
)  # fmt: skip
WHOLE = (
    ("spread_at_peak_c", "spread at peak", "°C"), ("overshoot_c", "overshoot", "°C"),
    ("tracking_rmse_c", "tracking, rms", "°C"),
)  # fmt: skip


def with_golden(run: Judged, golden: Judged) -> "tuple[tuple[str, ...], list[tuple[str, ...]]]":
    """Heads and rows: each probe of a process role, its number and in brackets what it is more
    than in the golden run. Probes are paired by name, else by role."""
    rows = []
    for probe in _of_process(run.measures):
        twin = _twin(probe, _of_process(golden.measures))
        beside = text(twin.name, 24) if twin else "no such probe"
        cells = [
            _cell(getattr(probe, field), getattr(twin, field) if twin else None, unit)
            for field, _, unit in COMPARED
        ]
        rows.append((text(probe.name, 24), beside, *cells))
    whole = [
        f"{label} {_cell(getattr(run.measures, field), getattr(golden.measures, field), unit)}"
        for field, label, unit in WHOLE
    ]
    rows.append(("whole run", "", "; ".join(whole)))
    return ("probe", "golden", *(head for _, head, _ in COMPARED)), rows


def side_by_side(runs: Sequence[Judged]) -> "tuple[tuple[str, ...], list[tuple[str, ...]]]":
    """Heads and rows of all runs' probes of a process role, a row for each."""
    rows = [
        (text(run.run.name, 24), text(probe.name, 24),
         *(words.value(getattr(probe, field), unit) for field, _, unit in COMPARED))
        for run in runs
        for probe in _of_process(run.measures)
    ]  # fmt: skip
    return ("run", "probe", *(head for _, head, _ in COMPARED)), rows


def _of_process(measures: Measures) -> "list[ProbeMeasures]":
    return [probe for probe in measures.probes if probe.role in PROCESS_ROLES]


def _twin(probe: ProbeMeasures, others: Sequence[ProbeMeasures]) -> "ProbeMeasures | None":
    named = [other for other in others if other.name == probe.name]
    alike = [other for other in others if other.role == probe.role]
    return next(iter(named or alike), None)


def _cell(mine: "float | None", golden: "float | None", unit: str) -> str:
    if mine is None or golden is None:
        return words.value(mine, unit)
    less = words.value(mine - golden, unit).removesuffix(f" {unit}")
    return f"{words.value(mine, unit)} ({less if less.startswith('−') else '+' + less})"
