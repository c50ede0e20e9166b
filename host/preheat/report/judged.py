"""A run measured, held against its limits and judged: everything the page says comes from here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from preheat.analysis.measure import Measures, measure
from preheat.analysis.pwi import Rating, Window, pwi
from preheat.analysis.series import Series
from preheat.errors import UsageError
from preheat.limits.question import SENSOR_ERROR_C, Question
from preheat.limits.stack import Stack, stack
from preheat.limits.windows import measured_with, windows
from preheat.report import checks as checking
from preheat.report import gaps as gapping
from preheat.report.checks import Check
from preheat.report.header import Header
from preheat.report.runs import Run
from preheat.report.verdict import Verdict, judge

JOINT_ROLES = ("board", "board_top")  # whose probes are on joints where nobody named them


@dataclass(frozen=True)
class Ask:
    """What a technician added to the log: the limits to hold it against, and its joints.

    question: of the limit options, None where none was given. joints: names of probes on joints.
    purpose: "preheat" or "reflow", for a log that does not show it. A setpoint that reached the
    liquidus is a reflow whatever is said.
    """

    question: "Question | None" = None
    joints: "tuple[str, ...]" = ()
    purpose: "str | None" = None


@dataclass(frozen=True)
class Judged:
    """melts: why this run meant to melt solder, "" where it did not. joints: probes that had to.

    stack: the limits of the tables that it was held against, None for those of its log alone.
    silent: probes that never read. pwi: the index with the rating that binds.
    """

    run: Run
    measures: Measures
    checks: "tuple[Check, ...]"
    verdict: Verdict
    pwi: "tuple[float, Rating] | None"
    melts: str
    joints: "tuple[str, ...]"
    stack: "Stack | None"
    gaps: "tuple[gapping.Gap, ...]"
    silent: "tuple[str, ...]"


def judged(run: Run, ask: Ask = Ask()) -> Judged:
    """The run against the limits in its log, those asked for, and where it meant to melt those of
    its alloy. UsageError for a joint that is no probe of it; Refused for limits that cannot be."""
    missing = [name for name in ask.joints if name not in [t.name for t in run.series.traces]]
    if missing:
        names = ", ".join(trace.name for trace in run.series.traces)
        raise UsageError(f"{run.name} has no probe {missing[0]!r}", f"its probes: {names}")
    melts = why_melting(run, ask)
    table = _stack(run.header, ask, melts)
    series, silent = _present(run.series)
    measures = measure(
        series,
        **_with(table, run.header),
        limit_c={row.role: row.trip_c for row in run.header.limits},
    )
    joints = ask.joints or tuple(
        probe.name for probe in measures.probes if melts and probe.role in JOINT_ROLES
    )
    everywhere = checking.unit_windows(run.header)
    of_joints: list[Window] = []
    if table is not None and melts and not ask.joints:
        everywhere += windows(table, reflow=True)
    elif table is not None:
        if ask.question is not None:
            everywhere += windows(table, reflow=False)
        if melts:
            of_joints = _of_joints(windows(table, reflow=True), measures, joints)
    found = checking.checks(measures, everywhere, joints, of_joints)
    if melts and measures.liquidus_c is not None:
        found = checking.melting(measures, joints, measures.liquidus_c) + found
    found += checking.heat(run.heat_s, run.header)
    liquidus_c = measures.liquidus_c
    gaps = gapping.find(series, run.heat_s, liquidus_c)
    notes = _notes(measures, everywhere, found, silent, melts)
    return Judged(
        run, measures, tuple(found),
        judge(run, found, gaps, notes, _unsaid(run, ask, melts)),
        pwi([check.rating for check in found if check.rating is not None]),
        melts, joints, table, tuple(gaps), tuple(silent),
    )  # fmt: skip


def why_melting(run: Run, ask: Ask) -> str:
    """Why this run meant to melt solder by itself or at named joints; "" where it did not."""
    if ask.joints:
        return f"joints were named: {', '.join(ask.joints)}"
    if ask.purpose == "reflow":
        return "it was named a reflow (--purpose)"
    setpoint_c, liquidus_c = run.series.setpoint_c, _liquidus_c(run.header, ask)
    if setpoint_c is not None and liquidus_c is not None and np.any(setpoint_c >= liquidus_c):
        return f"its setpoint reached the liquidus of {liquidus_c:g} °C"
    if ask.purpose is None and ask.question is not None and ask.question.purpose == "reflow":
        return f"the procedure {ask.question.procedure} is a reflow"
    return ""


def _unsaid(run: Run, ask: Ask, melts: str) -> "list[str]":
    """What would have to be known: a log without setpoints does not show what was to melt."""
    if melts or ask.question is None or ask.purpose or run.series.setpoint_c is not None:
        return []
    return ["the log has no setpoint, and nobody said whether solder was to melt: add "
            "--purpose or --joint"]  # fmt: skip


def _liquidus_c(header: Header, ask: Ask) -> "float | None":
    if ask.question is not None:
        return float(stack(ask.question).alloy.liquidus_c)
    return header.liquidus_c


def _stack(header: Header, ask: Ask, melts: str) -> "Stack | None":
    """The tables' limits: of what was asked, else of the log's alloy where it meant to melt."""
    purpose = "reflow" if melts and not ask.joints else "preheat"
    if ask.question is not None:
        purpose = "reflow" if purpose == "reflow" else ask.question.purpose
        return stack(replace(ask.question, purpose=purpose))
    alloy = header.said.get("alloy")
    if not melts or alloy is None:
        return None
    row = header.limit("board")
    error_c = row.trip_c - row.approach_c if row and row.approach_c is not None else 0
    return stack(Question(alloy, sensor_error_c=error_c if error_c > 0 else SENSOR_ERROR_C,
                          purpose=purpose))  # fmt: skip


def _with(table: "Stack | None", header: Header) -> dict:
    found = {} if table is None else measured_with(table)
    if header.liquidus_c is not None:  # the log's own counts: the unit's numbers are of it
        found["liquidus_c"] = header.liquidus_c
    return found


def _present(series: Series) -> "tuple[Series, list[str]]":
    """The series without the optional probes that never read, and their names: a run starts
    without them where its profile does not ask for them, so they were not plugged in."""
    silent = [
        name for name in gapping.silent(series)
        if series.trace(name).role not in ("board", "heater")
    ]  # fmt: skip
    traces = tuple(trace for trace in series.traces if trace.name not in silent)
    return replace(series, traces=traces), silent


def _of_joints(
    found: Sequence[Window], measures: Measures, joints: Sequence[str]
) -> "list[Window]":
    """What a joint's own probe is held against, whatever its role: one window a statistic."""
    roles = tuple({measures.probe(name).role for name in joints})
    kept = []
    for window in found:
        if window.statistic in checking.OF_JOINT and (window.low is not None):
            if not window.roles or set(window.roles) & set(roles):
                kept.append(window)
    return kept


def _notes(
    measures: Measures,
    everywhere: Sequence[Window],
    found: Sequence[Check],
    silent: Sequence[str],
    melts: str,
) -> "list[str]":
    notes = [f"{name} never gave a reading: nothing is said about where it belongs"
             for name in silent]  # fmt: skip
    liquidus_c = measures.liquidus_c
    if not melts and liquidus_c is not None:
        hot = [p.name for p in measures.probes
               if p.role != "heater" and p.peak_c is not None and p.peak_c >= liquidus_c]  # fmt: skip
        notes += [f"{name} passed the liquidus of {liquidus_c:g} °C although the run did not set "
                  f"out to melt: if it was on a joint, name it with --joint" for name in hot]  # fmt: skip
    if any(not check.verified for check in found):
        notes.append("numbers marked † were verified by nobody here: look them up before they "
                     "count")  # fmt: skip
    return notes
