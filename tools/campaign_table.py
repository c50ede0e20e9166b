"""The campaign's figures as text, as tables for the documents, and as one JSON document."""

from statistics import median
from typing import Any

Row = dict[str, Any]
DROPPED = ("cpu_s",)  # differs from one computer to the next
SETS = ("load sense", "heater probe", "board probe only")
TUNES = ("good", "none", "bad")
# What the sensors of a unit decide, by its kinds of fault.
BY_SENSORS = (
    ("relay stuck on", ("ssr_stuck_on",)), ("dead heater", ("ssr_stuck_off", "mains_loss")),
    ("frozen probe", ("tc_frozen",)), ("fallen probe", ("tc_detached",)),
)


def summary(rows: list[Row]) -> dict[str, Any]:
    """Everything counted; `kinds` has a row per kind of fault, `sensors` one per set of them."""
    faulty = [row for row in rows if not row["healthy"]]
    healthy = [row for row in rows if row["healthy"]]
    faults = [fault for row in faulty for fault in row["faults"]]
    second = [row for row in faulty if row["again"]]
    again = [fault for row in second for fault in row["again"]]
    return {
        "fault_runs": len(faulty),
        "healthy_units": len(healthy),
        "healthy_runs": sum(row["runs"] for row in healthy),
        "started": sum(row["runs"] for row in rows),
        "refused": [[row["label"], row["refused"]] for row in rows if row["refused"]],
        "drawn": sum(len(row["kinds"]) for row in faulty),
        "began": sum(fault["began"] for fault in faults),
        "evident": sum(fault["evidence"] for fault in faults),
        "cleared": len(second),
        "again_refused": sum(1 for row in second if row["again_refused"]),
        "again_evident": sum(fault["evidence"] for fault in again),
        "again_found": sum(fault["evidence"] and fault["code"] is not None for fault in again),
        "unsafe": [row for row in rows if row["unsafe"]],
        "false": [row for row in rows if row["false"]],
        "limited": [row for row in rows if row["limited"]],
        "unplug": [row for row in rows if row["unplug"]],
        "kinds": _by_kind(faulty),
        "sensors": _by_sensors(faulty),
        "bench_h": round(sum(row["bench_s"] for row in rows) / 3600, 2),
        "ticks": sum(row["ticks"] for row in rows),
        "cpu_s": round(sum(row["cpu_s"] for row in rows), 1),
    }


def _figures(pairs: list[tuple[Row, Row]]) -> dict[str, Any]:
    """What every table says of some faults that began, each (its run, itself)."""
    took_s = [f["took_s"] for _, f in pairs if f["took_s"] is not None and f["bounded"]]
    reached = [f["reached"] for _, f in pairs if f["reached"] is not None]
    return {
        "runs": len(pairs),
        "evident": sum(f["evidence"] for _, f in pairs),
        "found": sum(f["evidence"] and f["code"] is not None for _, f in pairs),
        "median_s": round(median(took_s), 2) if took_s else None,
        "worst_s": round(max(took_s), 2) if took_s else None,
        "reached": sum(reached), "reach_of": len(reached),
    }


def _counted(codes: list[str]) -> dict[str, int]:
    return {code: codes.count(code) for code in dict.fromkeys(codes)}


def _by_kind(rows: list[Row]) -> list[Row]:
    found: dict[str, list[tuple[Row, Row]]] = {}
    for row in rows:
        for fault in row["faults"]:
            if fault["began"]:
                found.setdefault(fault["kind"], []).append((row, fault))
    out = []
    for kind, pairs in sorted(found.items()):
        clear = [f for _, f in pairs if f["alone"] or f["evidence"]]
        alone = [row for row, fault in pairs if fault["alone"]]
        out.append({
            "kind": kind, **_figures(pairs),
            "missed": sum(f["missed"] for _, f in pairs),
            "codes": _counted([f["code"] for f in clear if f["code"] is not None]),
            "ended": _counted([f["ended"] for f in clear if f["ended"] is not None]),
            "uncut": sum(f["unplug"] is not None for _, f in pairs),
            "said_unplug": sum(f["unplug"] is True for _, f in pairs),
            "unsafe": sum(1 for row, _ in pairs if row["unsafe"]),
            "worst_excess_c": max((row["excess_c"] for row in alone), default=None),
            "worst_over_c": max((row["over_c"] for row in alone), default=None),
        })
    return out


def _by_sensors(rows: list[Row]) -> list[Row]:
    out = []
    for name, kinds in BY_SENSORS:
        for sensors in SETS:
            for tune in TUNES:
                pairs = [(row, f) for row in rows for f in row["faults"]
                         if f["began"] and f["kind"] in kinds
                         and (row["sensors"], row["tune"]) == (sensors, tune)]
                if pairs:
                    out.append({"fault": name, "sensors": sensors, "tune": tune,
                                **_figures(pairs)})
    return out


def counts(found: dict[str, Any]) -> str:
    """The sentence above the tables."""
    return (
        f"{found['fault_runs']} runs with faults, {found['healthy_runs']} without on "
        f"{found['healthy_units']} units; {len(found['refused'])} refused to start\n"
        f"{found['drawn']} faults drawn, {found['began']} began, {found['evident']} became evident"
        f"; {found['cleared']} latches cleared, then {found['again_refused']} starts refused, "
        f"{found['again_evident']} causes evident again, {found['again_found']} found again\n"
        f"{found['bench_h']:.1f} h of bench time, {found['ticks']} ticks, {found['cpu_s']:.0f} s "
        "of processor"
    )


def text(found: dict[str, Any]) -> str:
    """For a terminal."""
    out = [
        counts(found),
        "",
        "fault             runs evident  found missed unsafe   median s  worst s  reach      "
        "over limit over setpoint  latched as",
    ]
    for row in found["kinds"]:
        ended = f"; ended by {_codes(row['ended'])}" if row["ended"] else ""
        loud = f"; UNPLUG {row['said_unplug']} of {row['uncut']} uncut" if row["uncut"] else ""
        out.append(
            f"{row['kind']:16} {row['runs']:5} {row['evident']:7} {row['found']:6} "
            f"{row['missed']:6} {row['unsafe']:6}   {_cell(row['median_s'])} "
            f"{_cell(row['worst_s'])}  {_reach(row):>9}  {_cell(row['worst_excess_c'])}      "
            f"{_cell(row['worst_over_c'])}  {_codes(row['codes'])}{ended}{loud}"
        )
    out += ["", "by sensors                        tune   runs evident  found   median s  "
            "worst s  reach"]
    out += [
        f"{row['fault']:15} {row['sensors']:17} {row['tune']:5} {row['runs']:5} "
        f"{row['evident']:7} {row['found']:6}   {_cell(row['median_s'])} {_cell(row['worst_s'])}  "
        f"{_reach(row):>9}"
        for row in found["sensors"]
    ]
    for key, words in (("unsafe", "UNSAFE"), ("false", "FALSE TRIP"),
                       ("limited", "reached a limit of its own"),
                       ("unplug", "UNPLUG without a stuck relay")):
        for row in found[key]:
            for sentence in row[key]:
                out.append(f"{words}  --only {row['label']}  {'+'.join(row['kinds'])}  {sentence}"
                           f"  [{row['unit']}]")
    out += [f"refused  --only {label}  {why}" for label, why in found["refused"]]
    if not found["started"]:
        out.append("no run was started: nothing is proven")
    out.append(f"{len(found['unsafe'])} unsafe runs, {len(found['false'])} with a false trip")
    return "\n".join(out)


def markdown(found: dict[str, Any]) -> str:
    """Both tables as the documents hold them."""
    out = [*counts(found).split("\n"), "",
           "| fault | runs | evident | found | median s | worst s | reach met | over limit, °C | "
           "latched as |",
           "|---|---|---|---|---|---|---|---|---|"]
    for row in found["kinds"]:
        codes = ", ".join(f"`{code}` {n}" for code, n in _sorted(row["codes"])) or "–"
        out.append(f"| `{row['kind']}` | {row['runs']} | {row['evident']} | {row['found']} | "
                   f"{_plain(row)} | {_one(row['worst_excess_c'])} | {codes} |")
    out += ["", "| fault | sensors | tune | runs | evident | found | median s | worst s | "
            "reach met |", "|---|---|---|---|---|---|---|---|---|"]
    out += [f"| {row['fault']} | {row['sensors']} | {row['tune']} | {row['runs']} | "
            f"{row['evident']} | {row['found']} | {_plain(row)} |" for row in found["sensors"]]
    return "\n".join(out)


def _plain(row: Row) -> str:
    reach = f"{row['reached']} of {row['reach_of']}" if row["reach_of"] else "–"
    return f"{_one(row['median_s'])} | {_one(row['worst_s'])} | {reach}"


def _one(value: "float | None") -> str:
    return "–" if value is None else format(value, ".1f")


def _sorted(codes: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(codes.items(), key=lambda item: (-item[1], item[0]))


def _codes(codes: dict[str, int]) -> str:
    return ", ".join(f"{code} {n}" for code, n in _sorted(codes))


def _reach(row: Row) -> str:
    return f"{row['reached']}/{row['reach_of']}" if row["reach_of"] else "-"


def _cell(value: "float | None") -> str:
    return f"{'-' if value is None else format(value, '.1f'):>8}"


def document(found: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """For --json: the figures and every run that is not well, the same on every computer."""
    plain = {key: value for key, value in found.items() if key not in DROPPED}
    for key in ("unsafe", "false", "limited", "unplug"):
        plain[key] = [{k: v for k, v in row.items() if k not in DROPPED} for row in plain[key]]
    return {"asked": asked, **plain}
