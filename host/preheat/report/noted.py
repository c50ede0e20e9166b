"""What to say beside the numbers: what nothing measured, thin margins, what nobody verified."""

from collections.abc import Sequence

from preheat.analysis.measure import Measures
from preheat.analysis.series import Series
from preheat.limits.row import LIMIT, Row
from preheat.limits.stack import Stack
from preheat.report import words
from preheat.report.checks import Check
from preheat.report.header import Header
from preheat.report.runs import Run
from preheat_core import alloys
from preheat_core.board import PROCESS_ROLES

_OF_SOLDER = tuple(row.source for row in alloys.ALLOYS)  # as a unit names its limits for joints


def nobody_on_a_joint(melts: str, joints: Sequence[str]) -> "list[str]":
    """The sentence for a run that was to melt solder and has no probe that could show it."""
    if not melts or joints:
        return []
    return ["solder was to melt, and no probe on a joint shows whether it did: name one with "
            "--joint"]  # fmt: skip


def unmeasured_part(table: "Stack | None", measures: Measures) -> "list[str]":
    """The sentence for a part that was asked for, has limits of its own and no probe on it: what
    is on the board beside it says nothing of its body."""
    row = _own_limit(table, measures)
    return [] if row is None else [
        f"nothing measured the part, which may get {row.shown} ({row.said}): no probe has the "
        "role component"
    ]  # fmt: skip


def warmed_through_the_board(
    table: "Stack | None", measures: Measures, series: Series, melts: str
) -> "list[str]":
    """The note in that sentence's place where heat came from below alone and was to melt nothing:
    a part on the board is then no hotter than the hottest reading below it, if that is known."""
    row, external = _own_limit(table, measures), series.external
    if row is None or row.high is None or melts or external is None or external.any():
        return []
    peaks = [p.peak_c for p in measures.probes if p.role == "board" and p.peak_c is not None]
    if not peaks or max(peaks) >= row.high:
        return []
    return [f"no probe was on the part, which may get {row.shown} ({row.said}): it was warmed "
            f"through the board alone, which reached {words.celsius(max(peaks))}"]  # fmt: skip


def _own_limit(table: "Stack | None", measures: Measures) -> "Row | None":
    """The tightest limit that is of the part alone; None with a probe on it, or without one."""
    if table is None or _on_a_part(measures):
        return None
    elsewhere = {(row.high, row.said) for row in table.of("max_c", "board_top")}
    own = [row for row in table.of("max_c", "component")
           if row.kind == LIMIT and (row.high, row.said) not in elsewhere]  # fmt: skip
    return min(own, key=lambda row: row.high or 0.0) if own else None


def part_in_the_log(header: Header, measures: Measures) -> "list[str]":
    """The note for a limit in the log that is of a part, not of the solder, without its probe."""
    limit = header.limit("component")
    if limit is None or limit.source in _OF_SOLDER or _on_a_part(measures):
        return []
    return [f"no probe was on a part: nothing measured its limit of {limit.trip_c:g} °C "
            f"({limit.source})"]  # fmt: skip


def notes(
    run: Run, measures: Measures, found: Sequence[Check], silent: Sequence[str], melts: str
) -> "list[str]":
    """What to know beside the verdict, a sentence each."""
    said = [f"{name} never gave a reading: nothing is said about where it belongs"
            for name in silent]  # fmt: skip
    liquidus_c = measures.liquidus_c
    if not melts and liquidus_c is not None:
        hot = [probe.name for probe in measures.probes
               if probe.role in PROCESS_ROLES and (probe.peak_c or 0) >= liquidus_c]  # fmt: skip
        said += [
            f"{name} passed the liquidus of {words.celsius(liquidus_c)} although the run did not "
            "set out to melt: if it was on a joint, name it with --joint"
            for name in hot
        ]
    said += _thin_margins(run.header, measures, found)
    if any(not check.verified for check in found):
        said.append("numbers marked † were verified by nobody here: look them up before they "
                    "count")  # fmt: skip
    return said


def _on_a_part(measures: Measures) -> bool:
    return any(probe.role == "component" for probe in measures.probes)


def _thin_margins(
    header: Header, measures: Measures, found: Sequence[Check]
) -> "list[str]":
    """Peaks that are inside by less than the declared error of their sensors."""
    lines = []
    for check in found:
        if check.statistic != "peak_c" or not check.inside or check.margin is None:
            continue
        error_c = header.error_c(measures.probe(check.probe).role)
        if error_c is not None and check.margin < error_c:
            by = words.value(check.margin, "°C", (0.0, error_c))
            lines.append(f"the peak of {check.probe} is inside by {by}, less than the declared "
                         f"sensor error of {error_c:g} °C")  # fmt: skip
    return lines
