"""The picture of one run or of several over each other, as a piece of SVG to put into a page."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from preheat.analysis.series import Series, Trace
from preheat.report import bands, ink
from preheat.report.header import text
from preheat.report.svg import as_svg, figure
from preheat.report.thin import thinned
from preheat.report.words import celsius
from preheat_core.board import PROCESS_ROLES

WIDE_IN = 7.3  # A4 and Letter between margins of 12 mm
HIGH_IN = {2: 4.1, 1: 3.3}  # about half a page, by the number of panels
LONGEST_NAME = 28


class Course(NamedTuple):
    """What is drawn of one run.

    limits: (role, trip °C) as they bound it. events: (number, s, words) to mark.
    """

    name: str
    series: Series
    stages: "tuple[str, ...]" = ()
    limits: "tuple[tuple[str, float], ...]" = ()
    liquidus_c: "float | None" = None
    events: "tuple[tuple[int, float, str], ...]" = ()


def draw(courses: Sequence[Course], golden: "Course | None" = None, key: str = "chart") -> str:
    """The chart of one run in full, or of several with their process probes alone.

    golden: a run to compare with, beneath them. key: makes the picture's own names; another one
    for each picture of a page. The SVG has a title and a description and asks for nothing outside.
    """
    alone = len(courses) == 1
    powered = any(_duty_of(course.series) is not None for course in courses)
    rows = 2 if powered or (alone and _heaters(courses[0])) else 1
    with figure((WIDE_IN, HIGH_IN[rows]), key) as drawing:
        ratios = (4, 1)[:rows]
        grid = drawing.subplots(rows, 1, sharex=True, height_ratios=ratios, squeeze=False)
        above, below = grid[0][0], grid[1][0] if rows == 2 else None
        if golden is not None:
            _golden(above, golden)
        drawn = 0
        for course in courses:
            drawn = _probes(above, course, alone, drawn)
            _setpoint(above, course.series, "setpoint" if course is courses[-1] else None)
        _frame(above)
        if below is not None:
            _duty(below, courses, alone)
        grid[-1][0].set_xlabel("minutes since the start")
        if alone:
            bands.stages(above, courses[0])
            bands.events(above, courses[0])
        levels = bands.limits(above, courses[0]) if alone else []
        levels += bands.liquidus(above, [course.liquidus_c for course in courses])
        bands.level_words(above, levels)
        _legend(drawing, above)
        return as_svg(drawing, *_words(courses, golden), key)


def _golden(axes: Any, golden: Course) -> None:
    """The process probes of the run to compare with, broad and pale."""
    for trace in golden.series.traces:
        if trace.role in PROCESS_ROLES:
            label = f"golden: {text(trace.name, LONGEST_NAME)}"
            axes.plot(*_curve(golden.series, trace), label=label, alpha=0.45, **ink.GOLDEN.line())


def _probes(axes: Any, course: Course, alone: bool, drawn: int) -> int:
    """The probes of a run, of several runs those of the process; how many are drawn by now."""
    for trace in course.series.traces:
        if trace.role == "heater" or (trace.role not in PROCESS_ROLES and not alone):
            continue
        name = text(trace.name, LONGEST_NAME)
        label = name if alone else f"{text(course.name, LONGEST_NAME)}: {name}"
        axes.plot(*_curve(course.series, trace), label=label, **ink.probe(drawn).line())
        drawn += 1
    return drawn


def _curve(series: Series, trace: Trace) -> "tuple[Any, Any]":
    """Minutes and °C to draw of a probe."""
    t_s, temp_c = thinned(series.t_s, trace.temp_c, trace.low_c, trace.high_c)
    return t_s / 60, temp_c


def _setpoint(axes: Any, series: Series, label: "str | None") -> None:
    if series.setpoint_c is not None and not np.isnan(series.setpoint_c).all():
        t_s, setpoint_c = thinned(series.t_s, series.setpoint_c)
        axes.plot(t_s / 60, setpoint_c, label=label, zorder=3.5, **ink.SETPOINT.line())


def _frame(axes: Any) -> None:
    axes.set_ylabel("°C")
    axes.margins(x=0.01)
    axes.grid(alpha=0.35, linewidth=0.5)


def _duty_of(series: Series) -> Any:
    """The delivered duty, else the controller's; None where the log has neither."""
    duty = series.delivered if series.delivered is not None else series.duty
    return None if duty is None or not len(duty) or np.isnan(duty).all() else duty


def _heaters(course: Course) -> "list[Trace]":
    return [trace for trace in course.series.traces if trace.role == "heater"]


def _duty(axes: Any, courses: Sequence[Course], alone: bool) -> None:
    """The delivered duty; of one run also its heater's temperature, on a scale of its own."""
    axes.grid(alpha=0.35, linewidth=0.5)
    axes.set_ylabel("duty %")
    axes.set_ylim(0, 105)
    axes.set_yticks((0, 50, 100))
    for i, course in enumerate(courses):
        series = course.series
        duty = _duty_of(series)
        if duty is None:
            continue
        t_s, percent = thinned(series.t_s, 100 * duty, alike=2.0)
        style = ink.DUTY.line() if alone else ink.probe(i).line() | {"linewidth": 0.9}
        axes.plot(t_s / 60, percent, **style)
        if alone:
            axes.fill_between(t_s / 60, percent, color="#999999", alpha=0.35, linewidth=0)
    for trace in _heaters(courses[0])[:1] if alone else []:
        scale = axes.twinx()
        scale.plot(*_curve(courses[0].series, trace), **ink.HEATER.line())
        scale.spines["right"].set_visible(True)
        scale.set_ylabel(f"{text(trace.name, 12)} °C", color=ink.HEATER.color)


def _legend(drawing: Any, axes: Any) -> None:
    """Below the picture, where it hides nothing."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        drawing.legend(
            handles, labels, loc="outside lower center", ncols=min(5, len(labels)), fontsize=7,
            frameon=False, handlelength=3.4, borderpad=0.1, labelspacing=0.3, columnspacing=1.6,
        )  # fmt: skip


def _words(courses: Sequence[Course], golden: "Course | None") -> "tuple[str, str]":
    """Title and description for those who do not see the picture."""
    names = ", ".join(text(course.name) for course in courses)
    said = []
    for course in courses:
        for trace in course.series.traces:
            name = text(trace.name, LONGEST_NAME)
            top_c = trace.temp_c if trace.high_c is None else np.fmax(trace.temp_c, trace.high_c)
            if np.isnan(top_c).all():
                said.append(f"{name} has no reading")
            else:
                at = int(np.nanargmax(top_c))
                said.append(f"{name} peaks at {top_c[at]:.1f} °C after "
                            f"{course.series.t_s[at] / 60:.1f} min")  # fmt: skip
        said += [f"limit of {role} {trip_c:g} °C" for role, trip_c in course.limits]
        if course.liquidus_c is not None:
            said.append(f"liquidus {celsius(course.liquidus_c)}")
    beside = f", with the golden run {text(golden.name)}" if golden else ""
    return f"Temperatures and duty of {names}{beside}", "; ".join(said) + "."
