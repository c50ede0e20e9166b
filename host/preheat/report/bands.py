"""What lies behind the curves of a chart: stages, heat from above, limits, liquidus, events."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from preheat.report import ink
from preheat.report.header import text
from preheat.report.words import celsius

if TYPE_CHECKING:
    from preheat.report.chart import Course

Level = tuple[float, str, str]  # °C, words, colour
_SMALL = 6.5  # points
_LEFT, _ASIDE, _CLOSE = 0.008, 0.26, 0.07  # of the picture's width, width and height
_TOGETHER = 0.025  # of its width: events that are closer share a number


def stages(axes: Any, course: "Course") -> None:
    """The stages as bands with their names at the top, and a bar where heat from above was on."""
    series = course.series
    if series.stage is not None and len(series.t_s) > 1:
        for number, from_s, to_s in _stretches(series.t_s, series.stage):
            if number < 0:
                continue
            axes.axvspan(from_s / 60, to_s / 60, color=ink.STAGES[number % 2], zorder=0, lw=0)
            axes.axvline(from_s / 60, color="#AAB4BE", linewidth=0.6, zorder=1)
            name = course.stages[number] if number < len(course.stages) else f"stage {number + 1}"
            _at_top(axes, (from_s + to_s) / 120, text(name, 16), 0.015, "bottom", color="#445566")
    if series.external is not None and series.external.any():
        for on, from_s, to_s in _stretches(series.t_s, series.external):
            if on:
                axes.axvspan(from_s / 60, to_s / 60, ymin=0, ymax=0.012, color=ink.EXTERNAL,
                             lw=0, zorder=3)  # fmt: skip
                _at_top(axes, (from_s + to_s) / 120, "heat from above", 0.07, "bottom",
                        color="#7A5A00")  # fmt: skip


def limits(axes: Any, course: "Course") -> "list[Level]":
    """A line at each limit of the roles that have a probe, tinted above the lowest; its words.
    The heater's own ceiling is in the table alone: its scale is another one."""
    present = {trace.role for trace in course.series.traces}
    by_c: dict[float, list[str]] = {}
    for role, trip_c in course.limits:
        if role in present and role != "heater":
            by_c.setdefault(trip_c, []).append(role.replace("_", " "))
    if not by_c:
        return []
    low, high = axes.get_ylim()
    high = max(high, max(by_c) + 0.06 * (max(by_c) - low))
    axes.set_ylim(low, high)
    axes.axhspan(min(by_c), high, color=ink.BEYOND, alpha=0.5, lw=0, zorder=0.5)
    for trip_c in by_c:
        axes.axhline(trip_c, color=ink.LIMIT, linewidth=1.1, zorder=2)
    return [(trip_c, f"limit {', '.join(roles)} {trip_c:g} °C", ink.LIMIT)
            for trip_c, roles in by_c.items()]  # fmt: skip


def liquidus(axes: Any, temps_c: "Sequence[float | None]") -> "list[Level]":
    """A line at each liquidus that lies within the picture; its words."""
    low, high = axes.get_ylim()
    found = sorted({c for c in temps_c if c is not None and low < c < high})
    for liquidus_c in found:
        axes.axhline(liquidus_c, color=ink.LIQUIDUS, linewidth=1, linestyle=(0, (8, 2, 1, 2)))
    return [(c, f"liquidus {celsius(c)}", ink.LIQUIDUS) for c in found]


def level_words(axes: Any, levels: "Sequence[Level]") -> None:
    """The words of limits and liquidus on their lines: above them, but below where the next line
    is close; where lines are close on both sides, aside."""
    low, high = axes.get_ylim()
    close = _CLOSE * (high - low)
    waiting = sorted(levels)
    last, x = float("-inf"), _LEFT
    for i, (at_c, words, color) in enumerate(waiting):
        near = i + 1 < len(waiting) and waiting[i + 1][0] - at_c < close
        x = x + _ASIDE if at_c - last < close and x < 1 - 2 * _ASIDE else _LEFT
        _on_line(axes, x, at_c, words, color, "top" if near and x == _LEFT else "bottom")
        # What hangs below its own line is not in the way of the next one.
        last = float("-inf") if near and x == _LEFT else at_c


def events(axes: Any, course: "Course") -> None:
    """A thin line for each event, its number of the list at the top; events that are too close for
    a number each share one: "3–13"."""
    low, high = axes.get_xlim()
    shared: list[list[tuple[int, float]]] = []
    for number, at_s, _ in course.events:
        at = at_s / 60
        axes.axvline(at, color=ink.EVENT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
        if not shared or at - shared[-1][-1][1] >= _TOGETHER * (high - low):
            shared.append([])
        shared[-1].append((number, at))
    for group in shared:
        (first, from_), (last, to) = group[0], group[-1]
        axes.annotate(
            f"{first}" if first == last else f"{first}–{last}", ((from_ + to) / 2, 1.0), (0, 3),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
            va="bottom", fontsize=_SMALL, color="white", annotation_clip=False,
            bbox={"boxstyle": "round,pad=0.18", "fc": ink.EVENT, "lw": 0},
        )  # fmt: skip


def _stretches(t_s: Any, values: Any) -> "list[tuple[int, float, float]]":
    """(value, from, to) of each run of equal values; it reaches to the first of the next."""
    starts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist()]
    ends = [*starts[1:], len(t_s) - 1]
    return [(int(values[a]), float(t_s[a]), float(t_s[b])) for a, b in zip(starts, ends)]


def _at_top(axes: Any, x: float, words: str, height: float, va: str, color: str) -> None:
    axes.text(x, height, words, transform=axes.get_xaxis_transform(), ha="center", va=va,
              fontsize=_SMALL, color=color, clip_on=True, zorder=4)  # fmt: skip


def _on_line(axes: Any, x: float, y: float, words: str, color: str, va: str) -> None:
    axes.text(x, y, words, transform=axes.get_yaxis_transform(), ha="left", va=va,
              fontsize=_SMALL, color=color, zorder=4,
              bbox={"fc": "white", "alpha": 0.75, "lw": 0, "pad": 0.8})  # fmt: skip
