"""The numbers of one run, for people and for programs: from its log, whoever computed them."""

from typing import Any

from preheat import faulttexts, hints
from preheat.runview import celsius, fault_text, limit_source, minutes
from preheat_core import metrics, runlog

METRICS = (
    "duration_s", "peak_c", "peak_at_s", "max_ramp_c_s", "max_cool_c_s", "slope_window_s", "tal_s",
    "tal_longest_s", "overshoot_c", "tracking_rmse_c", "stretched_s", "samples",
)


def summarise(log: runlog.Log) -> dict[str, Any]:
    """Run, end state, profile, alloy, metrics, peaks, faults and events of a log.

    The unit's own summary counts, it saw every tick; without one (a run that was cut off) the
    metrics are computed from the records, and `computed` is "host".
    """
    header = log.header or {}
    summary = log.summary or {}
    numbers = summary.get("metrics")
    computed = "unit"
    if not isinstance(numbers, dict):
        numbers = metrics_of(log)
        computed = "host"
    return {
        "run_id": summary.get("run") or header.get("run"),
        "state": log.end,
        "profile": header.get("profile"),
        "alloy": header.get("alloy"),
        "heat_s": heat_s(log),
        **{key: numbers.get(key) for key in METRICS},
        "peaks": summary.get("peaks") or peaks_of(log),
        "faults": summary.get("faults") or [],
        "over": _over(summary, header),
        "noise": summary.get("noise") or [],
        "events": faulttexts.told(log.events),
        "by": header.get("by"),
        "computed": computed,
    }


def heat_s(log: runlog.Log) -> "float | None":
    """Seconds from the start to the end of the heat; the log itself goes on until it is cool."""
    ends = [event.get("t_ms") for event in log.events if event.get("ev") == "end"]
    return round(ends[0] / 1000, 1) if ends and isinstance(ends[0], int) else None


def metrics_of(log: runlog.Log) -> dict[str, Any]:
    """The metrics of the first probe of role board, from the records of a log."""
    header = log.header or {}
    roles = [row[1] for row in header.get("probes") or ()]
    index = roles.index("board") if "board" in roles else 0
    found = metrics.RunMetrics(header.get("liquidus_c"))
    last_ms = -1
    for t_ms, _, _, setpoint_c, _, _, flags, probes in log.records:
        if t_ms <= last_ms:  # a damaged log may hold what time cannot do
            continue
        last_ms = t_ms
        temp_c = probes[index][0] if index < len(probes) else None
        score = setpoint_c is not None and not flags & runlog.FLAG_EXTERNAL
        found.add(t_ms, temp_c, setpoint_c, score)
    return found.summary()


def peaks_of(log: runlog.Log) -> list[list[Any]]:
    """[name, highest reading in °C or None] of every probe, from the records of a log."""
    from preheat.logs import probe_names

    peaks = []
    for i, name in enumerate(probe_names(log)):
        seen = [record[7][i][2] for record in log.records if i < len(record[7])]
        peaks.append([name, max((c for c in seen if c is not None), default=None)])
    return peaks


def lines(summary: dict[str, Any]) -> list[str]:
    """The summary as text."""
    text = [
        f"run       {summary['run_id']}  {summary['profile']}  {summary['alloy']}",
        f"ended     {summary['state'] or 'cut off: the log has no summary'}",
        f"duration  {minutes(summary['heat_s'] or summary['duration_s'] or 0)}, "
        f"with cooling {minutes(summary['duration_s'] or 0)}",
        f"peak      {celsius(summary['peak_c'])}",
    ]
    others = [f"{name} {celsius(peak_c)}" for name, peak_c in summary["peaks"]]
    if len(others) > 1:
        text.append(f"peaks     {', '.join(others)}")
    window = summary["slope_window_s"]
    if summary["max_ramp_c_s"] is not None:
        text.append(f"ramp      {summary['max_ramp_c_s']:.2f} °C/s at most (over {window} s)")
    if summary["tal_s"]:
        text.append(f"liquidus  {summary['tal_s']:.0f} s above it")
    if summary["overshoot_c"] is not None:
        text.append(
            f"tracking  {summary['overshoot_c']:.1f} °C over the setpoint at most, "
            f"{summary['tracking_rmse_c']:.1f} °C rms"
        )
    if summary["stretched_s"]:
        text.append(f"stretched {summary['stretched_s']:.0f} s: the setpoint waited for the board")
    if summary["computed"] == "host":
        text.append("          computed from the records: the unit could not finish its summary")
    text += _over_lines(summary)
    text += [f"noise     {line}" for line in hints.noise_lines(summary["noise"])]
    for row in summary["faults"]:
        text.append(fault_text(row[0], row[1] if len(row) > 1 else None))
    return text


def _over(summary: dict[str, Any], header: dict[str, Any]) -> list[list[Any]]:
    """Rows [probe, limit °C, highest °C, seconds above, source of the limit]."""
    roles = {row[0]: row[1] for row in header.get("probes") or ()}
    sources = {row[0]: row[3] for row in header.get("limits") or ()}
    rows = summary.get("over") or ()
    return [[*row, sources.get(roles.get(row[0]), "source unknown")] for row in rows]


def _over_lines(summary: dict[str, Any]) -> list[str]:
    return [
        f"over      {probe}: {celsius(peak_c)} at most, {above_s:.0f} s above its limit of "
        f"{celsius(limit_c)} ({limit_source(summary['alloy'], source)})"
        for probe, limit_c, peak_c, above_s, source in summary["over"]
    ]
