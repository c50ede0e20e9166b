"""The campaign's figures as text, and as one JSON document."""

from statistics import median
from typing import Any

Row = dict[str, Any]
DROPPED = ("cpu_s",)  # differs from one computer to the next


def summary(rows: list[Row]) -> dict[str, Any]:
    """Everything counted; `kinds` has a row per kind of fault."""
    faulty = [row for row in rows if not row["healthy"]]
    healthy = [row for row in rows if row["healthy"]]
    return {
        "fault_runs": len(faulty),
        "healthy_units": len(healthy),
        "healthy_runs": sum(row["runs"] for row in healthy),
        "refused": sum(1 for row in rows if row["refused"]),
        "unsafe": [row for row in rows if row["unsafe"]],
        "false": [row for row in rows if row["false"]],
        "limited": [row for row in rows if row["limited"]],
        "unplug": [row for row in rows if row["unplug"]],
        "kinds": _by_kind(faulty),
        "bench_h": round(sum(row["bench_s"] for row in rows) / 3600, 2),
        "ticks": sum(row["ticks"] for row in rows),
        "cpu_s": round(sum(row["cpu_s"] for row in rows), 1),
    }


def _by_kind(rows: list[Row]) -> list[dict[str, Any]]:
    found: dict[str, list[tuple[Row, Row]]] = {}
    for row in rows:
        for fault in row["faults"]:
            if fault["began"]:
                found.setdefault(fault["kind"], []).append((row, fault))
    out = []
    for kind, pairs in sorted(found.items()):
        codes: dict[str, int] = {}
        for _, fault in pairs:
            if fault["code"] is not None and (fault["alone"] or fault["evidence"]):
                codes[fault["code"]] = codes.get(fault["code"], 0) + 1
        took_s = [f["took_s"] for _, f in pairs if f["took_s"] is not None and f["bounded"]]
        reached = [f["reached"] for _, f in pairs if f["reached"] is not None]
        alone = [row for row, fault in pairs if fault["alone"]]
        out.append({
            "kind": kind, "runs": len(pairs), "codes": codes,
            "evident": sum(1 for _, f in pairs if f["evidence"]),
            "missed": sum(1 for _, f in pairs if f["missed"]),
            "median_s": round(median(took_s), 2) if took_s else None,
            "worst_s": round(max(took_s), 2) if took_s else None,
            "reached": sum(reached), "reach_of": len(reached),
            "unsafe": sum(1 for row, _ in pairs if row["unsafe"]),
            "worst_excess_c": max((row["excess_c"] for row in alone), default=None),
            "worst_over_c": max((row["over_c"] for row in alone), default=None),
        })
    return out


def text(found: dict[str, Any]) -> str:
    """For a terminal."""
    out = [
        f"{found['fault_runs']} runs with faults, {found['healthy_runs']} without on "
        f"{found['healthy_units']} units; {found['refused']} refused to start",
        f"{found['bench_h']:.1f} h of bench time, {found['ticks']} ticks, {found['cpu_s']:.0f} s "
        "of processor",
        "",
        "fault             runs evident missed unsafe   median s  worst s  reach      over limit "
        "over setpoint  latched as",
    ]
    for row in found["kinds"]:
        codes = ", ".join(f"{code} {n}" for code, n in
                          sorted(row["codes"].items(), key=lambda item: -item[1]))
        reach = f"{row['reached']}/{row['reach_of']}" if row["reach_of"] else "-"
        out.append(
            f"{row['kind']:16} {row['runs']:5} {row['evident']:7} {row['missed']:6} "
            f"{row['unsafe']:6}   {_cell(row['median_s'])} {_cell(row['worst_s'])}  {reach:>9}  "
            f"{_cell(row['worst_excess_c'])}      {_cell(row['worst_over_c'])}  {codes}"
        )
    for key, words in (("unsafe", "UNSAFE"), ("false", "FALSE TRIP"),
                       ("limited", "reached a limit or time of its own"),
                       ("unplug", "UNPLUG without a stuck relay")):
        for row in found[key]:
            for sentence in row[key]:
                out.append(f"{words}  --only {row['label']}  {'+'.join(row['kinds'])}  {sentence}"
                           f"  [{row['unit']}]")
    out.append(f"{len(found['unsafe'])} unsafe runs, {len(found['false'])} with a false trip")
    return "\n".join(out)


def _cell(value: "float | None") -> str:
    return f"{'-' if value is None else format(value, '.1f'):>8}"


def document(found: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """For --json: the figures and every run that is not well, the same on every computer."""
    plain = {key: value for key, value in found.items() if key not in DROPPED}
    for key in ("unsafe", "false", "limited", "unplug"):
        plain[key] = [{k: v for k, v in row.items() if k not in DROPPED} for row in plain[key]]
    return {"asked": asked, **plain}
