"""Which column of a table is what: known products by their heads, everything else by words."""

from dataclasses import dataclass

from preheat.foreign import headings
from preheat.foreign.table import Table, number

UNIT_FIX = "say which: --temp-unit c or --temp-unit f"


@dataclass(frozen=True)
class Column:
    """A temperature column: its place, the trace's name and role, its unit ("c", "f", None)."""

    at: int
    name: str
    role: str
    unit: "str | None"
    low_at: "int | None" = None
    high_at: "int | None" = None


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of log. `duty_scale`: full power as the column spells it, None
    where only the values tell. idle: (column, word) of rows before and after the run. no_probe_c:
    what a channel without a probe reads all the time.
    """

    kind: str
    time_at: int
    time_scale_s: "float | None"
    temps: tuple[Column, ...]
    setpoint: "Column | None" = None
    duty_at: "int | None" = None
    duty_scale: "float | None" = None
    delivered_at: "int | None" = None
    external_at: "int | None" = None
    stage_at: "int | None" = None
    state_at: "int | None" = None
    idle: "tuple[int, str] | None" = None
    no_probe_c: "float | None" = None
    notes: tuple[str, ...] = ()


def find(table: Table) -> tuple["Layout | None", list[str]]:
    """The layout of a table, and what is missing when there is none."""
    heads = [head.strip().lower() for head in table.heads]
    have = set(heads)
    if {"t_s", "state", "stage", "setpoint_c", "duty"} <= have:
        return _own(heads), []
    if {"time", "temp0", "set", "actual", "heat", "coldj", "mode"} <= have:
        return _t962(heads), []
    if {"elapsed_seconds", "current_temp_c"} <= have:
        return _pico_kiln(heads), []
    if not heads:
        return _headless(table)
    return _by_words(table.heads, "kiln-controller" if {"stamp", "runtime"} <= have else "columns")


def _own(heads: list[str]) -> Layout:
    """`preheat log export`: t_s, …, then per probe X_c, X_min_c, X_max_c."""
    temps = []
    for at, head in enumerate(heads):
        if head == "setpoint_c" or not head.endswith("_c") or head.endswith(("_min_c", "_max_c")):
            continue
        name = head[:-2]
        low = heads.index(f"{name}_min_c") if f"{name}_min_c" in heads else None
        high = heads.index(f"{name}_max_c") if f"{name}_max_c" in heads else None
        role = headings.role_of(headings.words(name))
        temps.append(Column(at, name, role, "c", low, high))
    delivered, external = (
        heads.index(name) if name in heads else None for name in ("delivered", "external_heat")
    )
    return Layout(
        "preheat", heads.index("t_s"), 1.0, tuple(temps),
        Column(heads.index("setpoint_c"), "setpoint", "", "c"), heads.index("duty"), 1.0,
        delivered, external, heads.index("stage"), heads.index("state"),
        notes=("a CSV says no roles: they were told from the probes' names",),
    )  # fmt: skip


def _t962(heads: list[str]) -> Layout:
    """T-962 with the improved firmware: its serial log. °C; Heat 0..255; STANDBY before a run."""
    rows = [("actual", "board"), *((f"temp{i}", "board") for i in range(4)), ("coldj", "ambient")]
    temps = [Column(heads.index(n), n, role, "c") for n, role in rows if n in heads]
    note = "temp0 and temp1 are the oven's own probes, actual is what it controls by: not a board"
    return Layout(
        "T-962", heads.index("time"), 1.0, tuple(temps),
        Column(heads.index("set"), "setpoint", "", "c"), heads.index("heat"), 255.0,
        idle=(heads.index("mode"), "STANDBY"), no_probe_c=0.0, notes=(note,),
    )  # fmt: skip


def _pico_kiln(heads: list[str]) -> Layout:
    """pico-kiln: elapsed seconds, °C in the names, SSR output in percent, state IDLE outside."""
    def at(name: str) -> "int | None":
        return heads.index(name) if name in heads else None

    target, state = at("target_temp_c"), at("state")
    return Layout(
        "pico-kiln", heads.index("elapsed_seconds"), 1.0,
        (Column(heads.index("current_temp_c"), "kiln", "board", "c"),),
        None if target is None else Column(target, "setpoint", "", "c"),
        at("ssr_output_percent"), 100.0, idle=None if state is None else (state, "IDLE"),
    )  # fmt: skip


def _headless(table: Table) -> tuple["Layout | None", list[str]]:
    """Rows of `seconds, temperature[, duty, integral]`, which Controleo3 prints; it counts in °C.

    Its own messages between the rows give it away; without them the unit must be said.
    """
    if not table.rows:
        return None, ["no row of numbers: give a log with a time and a temperature in each row"]
    said = " ".join(table.asides).lower()
    own = any(word in said for word in ("ramp temperature to", "maximum temperature", "controleo"))
    width = len(table.rows[0])
    if own or width == 2:
        kind = "Controleo3" if own else "time and temperature"
        column = Column(1, "oven" if own else "temp", "board", "c" if own else None)
        return Layout(kind, 0, 1.0, (column,)), []
    return None, [f"{width} columns and no line that names them: write one, as `time_s,board_c`"]


def _by_words(heads: list[str], kind: str) -> tuple["Layout | None", list[str]]:
    found = [headings.read(head) for head in heads]
    problems = []
    times = [i for i, row in enumerate(found) if row.kind == "time"]
    times += [i for i, row in enumerate(found) if row.kind == "clock"]
    temps = [
        Column(i, row.name, row.role, row.unit) for i, row in enumerate(found)
        if row.kind == "temp"
    ]
    if not times:
        problems.append("no column of time: name one time_s, time_ms, seconds or timestamp")
    if not temps:
        problems.append("no column of temperature: name one temp_c or temp_f, or after its probe")
    if problems:
        problems.append("the columns are " + ", ".join(heads)[:200])
        return None, problems
    setpoint = next((i for i, row in enumerate(found) if row.kind == "setpoint"), None)
    duty = next((i for i, row in enumerate(found) if row.kind == "duty"), None)
    used = {times[0], setpoint, duty, *(column.at for column in temps)}
    left = ", ".join(head for i, head in enumerate(heads) if i not in used)[:200]
    own = None if setpoint is None else Column(setpoint, "setpoint", "", found[setpoint].unit)
    return Layout(
        kind, times[0], found[times[0]].scale_s, _named_once(temps), own, duty,
        100.0 if duty is not None and found[duty].unit == "%" else None,
        notes=(f"left out: {left}",) if left else (),
    ), []  # fmt: skip


def _named_once(columns: list[Column]) -> tuple[Column, ...]:
    out: list[Column] = []
    for column in columns:
        name, count = column.name, 1
        while name in [row.name for row in out]:
            count += 1
            name = f"{column.name}-{count}"
        out.append(Column(column.at, name, column.role, column.unit))
    return tuple(out)


def cell_number(row: list[str], at: "int | None") -> "float | None":
    """The number in column `at` of a row; None where there is none."""
    return None if at is None or at >= len(row) else number(row[at])
