"""A run measured, held against its limits and judged: everything the page says comes from here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

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
from preheat.report import heaters, intent, noted, unseen
from preheat.report.checks import Check
from preheat.report.header import Header
from preheat.report.intent import NOTHING, Ask
from preheat.report.runs import Run
from preheat.report.verdict import Verdict, judge
from preheat_core.board import PROCESS_ROLES

JOINT_ROLES = ("board", "board_top")  # whose probes are on joints where nobody named them


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


def judged(run: Run, ask: Ask = NOTHING) -> Judged:
    """The run against the limits in its log, those asked for, and where it meant to melt those of
    its alloy. UsageError for a joint that is no probe of it; Refused for limits that cannot be."""
    able = [trace.name for trace in run.series.traces if trace.role in PROCESS_ROLES]
    missing = [name for name in ask.joints if name not in able]
    if missing:
        raise UsageError(f"{run.name} has no probe {missing[0]!r} that can be on a joint",
                         f"those that can: {', '.join(able)}")  # fmt: skip
    reflow, melts = bool(intent.by_itself(run, ask)), intent.melting(run, ask)
    table = _stack(run.header, ask, reflow, bool(melts))
    series, silent = _present(run.series)
    with_ = _with(table, run.header, ask)
    measures = measure(series, **with_)
    joints = ask.joints or tuple(
        probe.name for probe in measures.probes if melts and probe.role in JOINT_ROLES
    )
    everywhere, spread_note = _without_spread(series, checking.unit_windows(run.header))
    of_joints: list[Window] = []
    unsaid = intent.unknown_alloy(run, ask) + intent.unknown_purpose(run, ask)
    if table is not None and not unsaid:
        if melts:
            of_joints = _of_joints(windows(table, reflow=True), measures, joints)
        if reflow or not ask.joints or ask.question is not None:
            everywhere += _of_all(windows(table, reflow=reflow), melts)
    from_other = {
        from_c: measure(series, **{**with_, "liquidus_c": from_c})
        for window in [*everywhere, *of_joints]
        if (from_c := window.from_c) is not None and from_c != measures.liquidus_c
    }
    found = checking.checks(measures, everywhere, joints, of_joints, from_other)
    found, measures = unseen.doubted(series, measures, found), unseen.sure(series, measures)
    if melts and measures.liquidus_c is not None:
        found = checking.melting(measures, joints, measures.liquidus_c) + found
    found += checking.heat(run.heat_s, run.header)
    gaps = gapping.find(series, run.heat_s, measures.liquidus_c)
    through = noted.warmed_through_the_board(table, measures, series, melts)
    part = [] if through else noted.unmeasured_part(table, measures)
    unsaid += [*noted.nobody_on_a_joint(melts, joints), *part]
    unsaid += _still_molten(series, measures.liquidus_c, melts)
    notes = [*spread_note, *intent.presumed(run, ask)]
    notes += through
    notes += [] if part or through else noted.part_in_the_log(run.header, measures)
    notes += noted.notes(run, measures, found, silent, melts)
    return Judged(
        run, measures, tuple(found), judge(run, found, gaps, notes, unsaid),
        pwi([check.rating for check in found if check.rating is not None]),
        melts, joints, table, tuple(gaps), tuple(silent),
    )  # fmt: skip


def _stack(header: Header, ask: Ask, reflow: bool, melts: bool) -> "Stack | None":
    """The tables' limits: of what was asked, else of the log's alloy where it meant to melt.

    reflow: solder was to melt by the run's own heat; melts: by that or by heat from above.
    """
    if ask.question is not None:
        purpose = "reflow" if reflow else ask.question.purpose
        return stack(replace(ask.question, purpose=purpose))
    metal = intent.alloy(header, ask)
    if not melts or metal is None:
        return None
    error_c = header.error_c("board") or SENSOR_ERROR_C
    purpose = "reflow" if reflow else "preheat"
    return stack(Question(metal.name, sensor_error_c=error_c, purpose=purpose))


def _with(table: "Stack | None", header: Header, ask: Ask) -> "dict[str, Any]":
    """What the run is measured with, as keywords of analysis.measure.measure."""
    found = {} if table is None else measured_with(table)
    if header.liquidus_c is not None and ask.question is None:  # what the unit itself counted by
        found["liquidus_c"] = header.liquidus_c
    return {**found, "limit_c": {row.role: row.trip_c for row in header.limits},
            "power_w": heaters.power_w(header)}  # fmt: skip


def _still_molten(series: Series, liquidus_c: "float | None", melts: str) -> "list[str]":
    """Where the readings end above the liquidus: what came then is not known."""
    if not melts or liquidus_c is None:
        return []
    last = [trace.temp_c[~np.isnan(trace.temp_c)] for trace in series.traces
            if trace.role in PROCESS_ROLES]  # fmt: skip
    if not any(len(temps_c) and temps_c[-1] >= liquidus_c for temps_c in last):
        return []
    return ["the readings end while solder was molten"]


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
    """The windows that have a lower end for joints: those of their probes' roles."""
    roles = {measures.probe(name).role for name in joints}
    return [
        window
        for window in found
        if window.statistic in checking.OF_JOINT and window.low is not None
        and (not window.roles or roles & set(window.roles))
    ]  # fmt: skip


def _of_all(found: Sequence[Window], melts: str) -> "list[Window]":
    """The windows for every probe. Where joints melt, the lower ends of peak and time above
    liquidus are for them alone: a body or a far corner may stay cooler."""
    kept = []
    for window in found:
        if melts and window.statistic in checking.OF_JOINT:
            if window.high is None:
                continue
            window = replace(window, low=None)
        kept.append(window)
    return kept


def _without_spread(
    series: Series, found: "list[Window]"
) -> "tuple[list[Window], list[str]]":
    """The windows without that of the spread where the hottest probe peaked under heat from
    above: a unit does not judge it then either. And the sentence that says so."""
    tops = [trace.temp_c for trace in series.traces if trace.role in PROCESS_ROLES]
    if series.external is None or not series.external.any() or not tops:
        return found, []
    hottest = np.fmax.reduce(tops)
    if np.isnan(hottest).all() or not series.external[int(np.nanargmax(hottest))]:
        return found, []
    kept = [window for window in found if window.statistic != "spread_at_peak_c"]
    said = "the spread is not judged: the peak was under heat from above"
    return kept, [said] if len(kept) < len(found) else []
