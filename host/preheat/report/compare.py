"""A run beside a golden one, and several runs beside each other: the tables of differences."""

from collections.abc import Sequence
from typing import Any

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
            _cell(getattr(probe, field), getattr(twin, field) if twin and alike else None, unit)
            for field, _, unit in COMPARED
            for alike in [_level(field, run.measures) == _level(field, golden.measures)]
        ]
        rows.append((text(probe.name, 24), beside, *cells))
    whole = [
        f"{label} {_cell(getattr(run.measures, field), getattr(golden.measures, field), unit)}"
        for field, label, unit in WHOLE
    ]
    rows.append(("whole run", "", "; ".join(whole)))
    return ("probe", "golden", *(head for _, head, _ in COMPARED)), rows


def not_compared(run: Judged, golden: Judged) -> "list[str]":
    """Why numbers of the two have no difference: they were measured from other temperatures."""
    return [
        f"not compared: {label}, counted {_words(here)} in this run and {_words(there)} in the "
        "golden run"
        for field, label, _ in COMPARED
        for here, there in [(_level(field, run.measures), _level(field, golden.measures))]
        if here != there
    ]


def about(golden: Judged) -> "dict[str, Any]":
    """What the golden run is worth itself, for the templates: its verdict, and (label, text) of
    what it was."""
    said = golden.run.header.said
    facts = [
        ("alloy", _alloy(golden)), ("profile", said.get("profile", words.DASH)),
        ("profile hash", said.get("profile_hash", words.DASH)),
        ("log SHA-256", golden.run.sha256),
    ]  # fmt: skip
    return {"name": golden.run.name, "word": golden.verdict.word,
            "sentence": golden.verdict.sentence, "facts": facts}  # fmt: skip


def side_by_side(runs: Sequence[Judged]) -> "tuple[tuple[str, ...], list[tuple[str, ...]]]":
    """Heads and rows of all runs' probes of a process role, a row for each. Where runs were
    measured from other temperatures, each number says from which."""
    mixed = {field for field, _, _ in COMPARED
             if len({_level(field, run.measures) for run in runs}) > 1}  # fmt: skip
    rows = [
        (text(run.run.name, 24), text(probe.name, 24),
         *(_told(getattr(probe, field), unit, field in mixed, _level(field, run.measures))
           for field, _, unit in COMPARED))
        for run in runs
        for probe in _of_process(run.measures)
    ]  # fmt: skip
    return ("run", "probe", *(head for _, head, _ in COMPARED)), rows


def _level(field: str, measures: Measures) -> "tuple[float, ...] | None":
    """The temperatures that a number was measured from; None for one that needs none."""
    if field == "tal_s" and measures.liquidus_c is not None:
        return (float(measures.liquidus_c),)
    return measures.soak_c if field == "soak_s" else None


def _words(level: "tuple[float, ...] | None") -> str:
    if level is None:
        return "not at all"
    ends = " and ".join(f"{temp_c:g}" for temp_c in level)
    return f"{'between' if len(level) > 1 else 'above'} {ends} °C"


def _told(
    amount: "float | None", unit: str, mixed: bool, level: "tuple[float, ...] | None"
) -> str:
    said = words.value(amount, unit)
    return f"{said} {_words(level)}" if mixed and level and amount is not None else said


def _alloy(found: Judged) -> str:
    """The alloy of the log; that which was asked for where the log names none."""
    asked_for = found.stack.question.alloy if found.stack is not None else words.DASH
    return found.run.header.said.get("alloy", asked_for)


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
    less = less if less.strip("−0.") else less.removeprefix("−")  # a rounded nothing has no sign
    return f"{words.value(mine, unit)} ({less if less.startswith('−') else '+' + less})"
