"""An incident told to people: what, when, the readings around it, what to check next."""

import time
from typing import Any

from preheat import faulttexts, incidents
from preheat.runview import minutes

NEAR_S = 1.5  # every tick this close to the fault, else every second
HINTS = {
    "tc": "Wiggle the probe's plug and lead while `preheat watch` runs: the reading shows where.",
    "bus": "Several probes at once point at supply, ground or clock; one alone at its own wires.",
    "limit": "Compare the last readings: a jump is the probe, a steady rise is the heat.",
    "heat": "Compare delivered heat with the readings: heat without a rise is the probe or the "
    "heater, a rise without heat is the relay.",
    "wait": "Nothing was measured to be broken; the times are the profile's.",
    "unit": "Send this incident with a report: it holds every raw frame.",
}
_KINDS = {
    "tc": ("tc_open", "tc_short_gnd", "tc_short_vcc", "frozen", "detached", "spread"),
    "bus": ("bus_zero", "bus_ones", "frame_bad", "bus_error", "cold_junction"),
    "limit": ("over_temp", "heater_over_temp", "ramp_fast", "tal_long"),
    "heat": ("no_rise", "stuck_on", "anomaly", "pad", "contactor"),
    "wait": ("ramp_timeout", "hold_timeout", "operator_timeout", "run_timeout", "link",
             "interlock"),
    "unit": ("gate_timeout", "internal", "late", "memory", "log_failed"),
}  # fmt: skip


def cause(found: incidents.Incident) -> "tuple[str, str]":
    """(fault code, what was measured); ("unknown", "") where the header is lost."""
    what = (found.header or {}).get("what")
    if isinstance(what, list) and len(what) == 2:
        return str(what[0]), str(what[1])
    return "unknown", ""


def checks(found: incidents.Incident) -> list[str]:
    """What to check, most likely first: the fault's own action, then what its kind tells."""
    code, _ = cause(found)
    text = faulttexts.find(code)
    lines = [] if text is None else [text.action]
    lines += [HINTS[kind] for kind, codes in _KINDS.items() if code in codes]
    return lines + _seen(found)


def _seen(found: incidents.Incident) -> list[str]:
    """Hints from the ticks themselves."""
    rows = list(incidents.ticks(found))
    lines = []
    for index, (name, _, _) in enumerate(incidents.probes(found)):
        seen = [row["probes"][index]["fault"] for row in rows if index < len(row["probes"])]
        bad = [code for code in seen if code]
        came_back = any(was and not now for was, now in zip(seen, seen[1:]))
        if came_back and len(set(bad)) == 1:
            lines.append(f"{name} was invalid in {len(bad)} of {len(rows)} ticks ({bad[0]}): "
                         "a loose contact or noise rather than a broken wire.")  # fmt: skip
    slow = [row["dt_ms"] for row in rows[1:] if row["dt_ms"] > 350]
    if slow:
        lines.append(f"{len(slow)} ticks were late, the longest took {max(slow)} ms.")
    quiet = [row for row in rows if row["load"] and not row["on_ms"] and not row["delivered_ms"]]
    if len(quiet) > 4:
        lines.append("The load-sense input saw current without a command: suspect the relay.")
    return lines


def head(found: incidents.Incident, name: str) -> list[str]:
    """What, when and how much heat, as lines of text."""
    header = found.header or {}
    code, detail = cause(found)
    text = faulttexts.find(code)
    title = "The cause is not known." if text is None else text.sentence
    lines = [f"incident  {name}", f"what      {code}: {title}"]
    if detail:
        lines.append(f"measured  {detail}")
    lines.append(f"when      {_when(header)}")
    lines.append(f"heat      {_heat(found)}")
    if header.get("unit"):
        lines.append(f"unit      {header['unit']}")
    roles = [row[1] for row in header.get("probes") or ()]
    limits = [
        f"{role} {trip_c:g} °C ({source})"
        for role, trip_c, _, source in header.get("limits") or ()
        if role in roles
    ]
    if limits:
        lines.append("limits    " + " · ".join(limits))
    later = [row[0] for row in (found.summary or {}).get("faults") or () if row[0] != code]
    if later:
        lines.append("also      " + ", ".join(later))
    return lines


def _when(header: dict[str, Any]) -> str:
    run, t_ms, epoch_s = header.get("run"), header.get("t_ms"), header.get("epoch_s")
    text = "outside a run"
    if run:
        text = f"in run {run}"
        if isinstance(t_ms, int):
            text += f" after {minutes(t_ms / 1000)}"
    if isinstance(epoch_s, int):
        text += time.strftime(", %Y-%m-%d %H:%M:%S", time.localtime(epoch_s))
    return text


def _heat(found: incidents.Incident) -> str:
    if found.at is None:
        return "not known: what was before the fault is lost"
    since_s = incidents.heat_on_s(found)
    text = "off in the second before" if since_s is None else f"on for {since_s:.1f} s until then"
    held = found.records[: (found.at or 0) + 1]
    if since_s is not None and since_s * 1000 >= sum(row[0] for row in held[1:]):
        text = f"on for {since_s:.1f} s or longer until then"
    total_ms = (found.header or {}).get("heat_ms")
    if isinstance(total_ms, int) and (found.header or {}).get("run"):
        text += f"; {total_ms / 1000:.0f} s of full power in the whole run"
    return text


def table(found: incidents.Incident) -> "tuple[list[str], list[tuple[Any, ...]]]":
    """(heads, rows): a row a second, and every tick near the fault."""
    names = [name for name, _, _ in incidents.probes(found)]
    heads = ["t_s", "state", "setpoint", "heat ms", *names, "frames", "flags"]
    rows = []
    last_s = None
    given_ms = asked_ms = 0  # since the row above
    for row in incidents.ticks(found):
        t_s = row["t_s"]
        given_ms += row["delivered_ms"]
        asked_ms += row["on_ms"]
        if abs(t_s) > NEAR_S and last_s is not None and t_s - last_s < 0.99:
            continue
        last_s = t_s
        cells = [
            f"{each['temp_c']:.1f}" if each["temp_c"] is not None else each["fault"]
            for each in row["probes"]
        ]
        cells += [None] * (len(names) - len(cells))
        frames = " ".join(each["word"] or "-" for each in row["probes"])
        flags = [name for name, _ in incidents.FLAGS if row[name]]
        bits = sorted({bit for each in row["probes"] for bit in each["bits"]} - {"fault"})
        setpoint = None if row["setpoint_c"] is None else f"{row['setpoint_c']:.1f}"
        rows.append((
            f"{t_s:+.2f}", row["state"], setpoint, f"{given_ms}/{asked_ms}", *cells, frames,
            " ".join(flags + [f"[{bit}]" for bit in bits]),
        ))  # fmt: skip
        given_ms = asked_ms = 0
    return heads, rows


def to_dict(found: incidents.Incident, name: str) -> dict[str, Any]:
    """Everything that was read, as plain JSON values, with every tick."""
    code, detail = cause(found)
    header = found.header or {}
    return {
        "name": name, "run_id": header.get("run"), "code": code, "detail": detail,
        "t_ms": header.get("t_ms"), "epoch_s": header.get("epoch_s"),
        "heat_on_s": incidents.heat_on_s(found), "heat_ms": header.get("heat_ms"),
        "check": checks(found), "header": found.header, "end": found.end,
        "faults": (found.summary or {}).get("faults"), "problem": found.problem,
        "ticks": list(incidents.ticks(found)),
    }  # fmt: skip
