"""The figures of the control benchmark as tables: for a terminal, and for the documents."""

from typing import Any

from bench_matrix import AS_IT_IS, BENCH, OURS, PI, PID
from bench_reach import Line, named, pairs

COLUMNS = (OURS, PID, PI)
SMALL_C = 0.05  # a ratio of less than this to anything says nothing


def text(found: dict[str, Any], goals: list[Line]) -> str:
    """Every tuning, every run and every goal."""
    out = ["tuning            minutes  fit °C"]
    for row in found["tuning"]:
        name = f"{row['plant']} {'hard' if row['hard'] else ''}"
        problems = "  " + "; ".join(row["problems"]) if row["problems"] else ""
        out.append(f"{name:20} {row['minutes']:4.0f}  {row['fit_c']:6.2f}{problems}")
    who = "  ".join(f"{name:>6}" for name in COLUMNS)
    out.append(f"\n{'':42}  RMSE °C: {who}  over °C: {who}  reach s: {who}    hold")
    for key, by in _grouped(found["rows"]).items():
        cells = [
            "  ".join(_cell(by.get(name, {}).get(column), places) for name in COLUMNS)
            for column, places in (("rmse_c", 2), ("overshoot_c", 2), ("reach_s", 0))
        ]
        own = by.get(OURS, {})
        end = "" if own.get("end") == "done" else f"  {own.get('end')}"
        space = " " * 11
        hold = _cell(own.get("hold_dev_c"), 2)
        out.append(f"{key:50}   {space.join(cells)}  {hold}{end}")
    out.append("\nOf the goals:")
    for line in goals:
        verdict = "holds      " if line.holds else "falls short"
        out.append(f"  {verdict}  {line.text} ({_count(line)})")
        out += [f"{'':15}{miss}" for miss in line.misses]
    out.append(f"\n{len(found['rows'])} runs in {found['seconds']} s")
    return "\n".join(out)


def markdown(found: dict[str, Any], goals: list[Line]) -> str:
    """The bench profile's figures as ratios, and the goals with the worst that falls short."""
    rows = found["rows"]
    tuning = {(row["plant"], row["hard"]): row for row in found["tuning"]}
    ours = [row for row in rows if row["controller"] == OURS and row["kind"] == AS_IT_IS]
    out = [
        "| plant | tuned in, min | fit, °C | RMSE, °C | of the PID's | of the PI's "
        "| overshoot, °C | of the PID's | time to reach, s | of the PID's "
        "| stock profiles: worst RMSE, overshoot, °C |",
        "|---" * 11 + "|",
    ]
    by_pi = {(a["plant"], a["hard"]): b for a, b in pairs(ours, rows, PI)}
    for mine, pid in pairs(ours, rows):
        if mine["profile"] != BENCH:
            continue
        unit = mine["plant"], mine["hard"]
        stock = [r for r in ours if (r["plant"], r["hard"]) == unit and r["profile"] != BENCH]
        cells = [
            f"{mine['plant']}{', hard' if mine['hard'] else ''}",
            f"{tuning[unit]['minutes']:.0f}", f"{tuning[unit]['fit_c']:.2f}",
            f"{mine['rmse_c']:.2f}", _ratio(mine, pid, "rmse_c"),
            _ratio(mine, by_pi[unit], "rmse_c"),
            f"{mine['overshoot_c']:.2f}", _ratio(mine, pid, "overshoot_c"),
            _cell(mine["reach_s"], 0).strip(), _ratio(mine, pid, "reach_s"),
            f"{_worst(stock, 'rmse_c')}, {_worst(stock, 'overshoot_c')}",
        ]
        out.append("| " + " | ".join(cells) + " |")
    out += ["", "| goal | runs that reach it | the worst that does not |", "|---|---|---|"]
    for line in goals:
        worst = line.misses[0] if line.misses else ""
        goal = line.text.replace("<=", "≤")
        out.append(f"| {goal} | {_count(line)} | {worst} |")
    return "\n".join(out)


def _ratio(mine: dict, other: dict, key: str) -> str:
    if mine[key] is None or other[key] is None:
        return "-"
    return "-" if other[key] < SMALL_C else f"{mine[key] / other[key]:.2f}"


def _worst(rows: list[dict], key: str) -> str:
    return f"{max(row[key] for row in rows):.2f}" if rows else "-"


def _count(line: Line) -> str:
    return f"{line.runs - len(line.misses)} of {line.runs}"


def _grouped(rows: list[dict]) -> dict[str, dict[str, dict]]:
    grouped: dict[str, dict[str, dict]] = {}
    for row in rows:
        grouped.setdefault(named(row), {})[row["controller"]] = row
    return grouped


def _cell(value: "float | None", places: int) -> str:
    return f"{'-' if value is None else format(value, f'.{places}f'):>6}"
