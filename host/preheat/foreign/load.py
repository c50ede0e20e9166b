"""`load`: a log that another program wrote, as a Series, with what was assumed and left out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from preheat.analysis.series import Array, Series, Trace
from preheat.errors import Refused
from preheat.foreign import clock, layout, table, trouble
from preheat.foreign.layout import Column, Layout

# What no thermocouple on a bench says: sentinels such as -999 or 9999 for an open one.
LOWEST_C, HIGHEST_C = -60.0, 1400.0
_RATED = {"c": lambda value: value, "f": lambda value: (value - 32) / 1.8,
          "k": lambda value: value - 273.15}  # fmt: skip


@dataclass(frozen=True)
class About:
    """What the log is (`kind`), what was assumed, repaired or left out (`notes`), and where it
    tells of a fault in words (`troubles`)."""

    kind: str
    notes: tuple[str, ...]
    troubles: tuple[str, ...] = ()


def load(path: "str | Path", temp_unit: "str | None" = None) -> tuple[Series, About]:
    """The samples of a foreign log. temp_unit: "c" or "f", for columns that do not say it.

    UsageError for a file that cannot be read as text; Refused, with every problem, for one whose
    columns, units or times are not clear.
    """
    path = Path(path)
    found = table.split(table.text_of(path))
    plan, problems = layout.find(found)
    if plan is not None:
        problems += _unit_problems(plan, temp_unit) + _too_wide(found)
    if problems or plan is None:
        raise Refused(f"{path}: {problems[0]}", "see docs/importing.md", problems=problems)
    notes = list(plan.notes)
    rows, lines = _running(found, plan, notes)
    times_s, rows, lines = _timed(rows, lines, plan, notes)
    if len(rows) < 2:
        raise Refused(f"{path} has {len(rows)} rows with a time", "give a log of a whole run")
    if ":" in rows[0][plan.time_at]:
        times_s = clock.past_midnight(times_s)
    kept = clock.rising(times_s, lines, notes)
    rows = [rows[i] for i in kept]
    t_s = np.array([times_s[i] for i in kept], dtype=float)
    if len(t_s) < 2:
        raise Refused(f"{path}: the time does not rise", "give a log of a whole run")
    traces = _traces(rows, plan, temp_unit, notes)
    if not traces:
        raise Refused(f"{path}: no probe has two readings", "give a log with temperatures")
    return _series(t_s - t_s[0], rows, traces, plan, temp_unit, notes), About(
        plan.kind, tuple(notes), trouble.found(found)
    )


def _unit_problems(plan: Layout, temp_unit: "str | None") -> list[str]:
    columns = [*plan.temps, *([plan.setpoint] if plan.setpoint else [])]
    out = []
    unsaid = [column.name for column in columns if column.unit is None]
    if unsaid and temp_unit is None:
        out.append(f"no unit of temperature for {', '.join(unsaid)}: {layout.UNIT_FIX}")
    said = [column.name for column in columns if column.unit not in (None, temp_unit)]
    if said and temp_unit is not None and not unsaid:
        out.append(f"--temp-unit {temp_unit} contradicts the file, in {', '.join(said)}")
    return out


def _too_wide(found: table.Table) -> list[str]:
    """Rows with more cells than heads: which cell is whose would be a guess."""
    named = len(found.heads)
    wide = [line for line, row in zip(found.lines, found.rows) if any(row[named:])]
    if not named or 2 * len(wide) <= len(found.rows):
        return []
    return [f"{len(wide)} rows have more cells than the head names, first line {wide[0]}: put "
            "decimal commas into quotes or semicolons between the cells, or name every column"]


def _running(found: table.Table, plan: Layout, notes: list[str]) -> tuple[list, list[int]]:
    """The rows of the run itself."""
    rows, lines = found.rows, found.lines
    if found.asides:
        notes.append(f"{len(found.asides)} lines are no rows and were left out")
    if plan.idle is not None:
        at, word = plan.idle
        kept = [i for i, row in enumerate(rows) if at >= len(row) or row[at].upper() != word]
        if len(kept) < len(rows):
            notes.append(f"{len(rows) - len(kept)} rows of {word} were left out")
        rows, lines = [rows[i] for i in kept], [lines[i] for i in kept]
    return rows, lines


def _timed(
    rows: list, lines: list[int], plan: Layout, notes: list[str]
) -> tuple[list[float], list, list[int]]:
    if plan.time_scale_s is None and rows and ":" not in rows[0][plan.time_at]:
        notes.append("the head names no unit of time: seconds were assumed")
    scale_s = plan.time_scale_s or 1.0
    times = [
        clock.seconds(row[plan.time_at], scale_s) if plan.time_at < len(row) else None
        for row in rows
    ]
    good = [(i, at_s) for i, at_s in enumerate(times) if at_s is not None]
    bad = len(rows) - len(good)
    if 2 * bad > len(rows):
        raise Refused("most rows have no readable time", "see docs/importing.md")
    if bad:
        first = next(lines[i] for i, at_s in enumerate(times) if at_s is None)
        notes.append(f"{bad} rows without a readable time were left out, first line {first}")
    return [s for _, s in good], [rows[i] for i, _ in good], [lines[i] for i, _ in good]


def _values(rows: list, at: "int | None") -> Array:
    cells = [layout.cell_number(row, at) for row in rows]
    return np.array([np.nan if value is None else value for value in cells], dtype=float)


def _degrees(rows: list, column: Column, temp_unit: "str | None") -> Callable:
    convert = _RATED[column.unit or temp_unit or "c"]

    def read(at: "int | None") -> "Array | None":
        if at is None:
            return None
        value_c = convert(_values(rows, at))
        with np.errstate(invalid="ignore"):
            value_c[(value_c < LOWEST_C) | (value_c > HIGHEST_C)] = np.nan
        return value_c

    return read


def _traces(rows: list, plan: Layout, temp_unit: "str | None", notes: list[str]) -> tuple:
    out = []
    for column in plan.temps:
        raw = _values(rows, column.at)
        read = _degrees(rows, column, temp_unit)
        temp_c = read(column.at)
        absent = plan.no_probe_c is not None and bool(np.all(raw == plan.no_probe_c))
        if absent or np.isfinite(temp_c).sum() < 2:
            notes.append(f"{column.name} has no readings and was left out")
            continue
        lost = int(np.isnan(temp_c).sum())
        if lost:
            notes.append(f"{column.name} has no reading, or one beyond belief, in {lost} rows")
        out.append(Trace(column.name, column.role, temp_c, read(column.low_at),
                         read(column.high_at)))  # fmt: skip
    return tuple(out)


def _series(t_s, rows, traces, plan: Layout, temp_unit, notes: list[str]) -> Series:
    setpoint = plan.setpoint and _degrees(rows, plan.setpoint, temp_unit)(plan.setpoint.at)
    external = plan.external_at
    state = None
    if plan.state_at is not None:
        state = np.array([row[plan.state_at] if plan.state_at < len(row) else "" for row in rows])
    stage = None
    if plan.stage_at is not None:
        number = _values(rows, plan.stage_at)
        stage = np.where(np.isfinite(number), number, -1).astype(int)
    return Series(
        t_s, traces, setpoint, _duty(rows, plan, notes),
        delivered=None if plan.delivered_at is None else _values(rows, plan.delivered_at),
        external=None if external is None else np.nan_to_num(_values(rows, external)) > 0,
        state=state, stage=stage,
    )  # fmt: skip


def _duty(rows: list, plan: Layout, notes: list[str]) -> "Array | None":
    """Power as 0..1; NaN where there is no number or one outside the scale."""
    if plan.duty_at is None:
        return None
    value = _values(rows, plan.duty_at)
    if not np.isfinite(value).any():
        return None
    scale = plan.duty_scale
    if scale is None:
        scale = 1.0 if np.nanmax(value) <= 1.0 else 100.0
        notes.append(f"power was taken as {'a share of 1' if scale == 1 else 'percent'}")
    value = value / scale
    with np.errstate(invalid="ignore"):
        value[(value < 0) | (value > 1)] = np.nan
    return value
