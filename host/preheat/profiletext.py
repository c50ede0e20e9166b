"""A profile in words: its stages, and its limits with who says so. Without any unit's own."""

from typing import Any

from preheat_core import alloys, limits
from preheat_core.board import PROCESS_ROLES
from preheat_core.profile import START_C, ramp_s

STAGE_HEADS = ("stage", "target", "ramp", "takes", "hold", "then")
LIMIT_HEADS = ("limit", "at most", "because")


def stage_rows(values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows for STAGE_HEADS of a checked profile."""
    rows, from_c = [], START_C
    for stage in values["stages"]:
        then = []
        if stage.get("operator"):
            then.append("waits for the operator")
        if stage.get("external_heat"):
            then.append("heat from above")
        hold_s = stage.get("hold_s", 0)
        rows.append((
            stage["name"], f"{stage['target_c']:g} °C", f"{stage['ramp_c_s']:.4g} °C/s",
            duration(ramp_s(stage, from_c)), duration(hold_s) if hold_s else None,
            ", ".join(then) or None,
        ))  # fmt: skip
        from_c = stage["target_c"]
    return rows


def process_limits(values: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """Per process role the temperature that trips a run, and its source: the tightest of alloy,
    package and profile. The board file's ceilings come on top, on the unit.
    """
    metal = alloys.find(values["alloy"])
    out = {}
    for role in PROCESS_ROLES:
        if role == "board" and values["purpose"] != "reflow":
            top = (metal.solidus_c - limits.SOLIDUS_MARGIN_C,
                   f"{metal.name} solidus {metal.solidus_c} less {limits.SOLIDUS_MARGIN_C}")
        else:
            top = (metal.peak_max_c, metal.source)
        rows = [top]
        if values.get("package") == "bga":
            rows.append((alloys.BGA_MAX_C, alloys.BGA_SOURCE))
        rows += [
            (row["max_c"], row["source"]) for row in values.get("limits", ())
            if row["role"] == role
        ]
        out[role] = min(rows, key=lambda row: row[0])  # of equal ones the outermost
    return out


def limit_rows(values: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows for LIMIT_HEADS."""
    rows = [(role, f"{c:g} °C", why) for role, (c, why) in process_limits(values).items()]
    own = "the profile"
    rows.append(("rise", f"{values['ramp_max_c_s']:g} °C/s", own))
    if "spread_max_c" in values:
        rows.append(("spread", f"{values['spread_max_c']:g} °C", own))
    if "tal_max_s" in values:
        metal = alloys.find(values["alloy"])
        rows.append((f"above {metal.liquidus_c} °C", f"{values['tal_max_s']} s", own))
    rows.append(("whole run", duration(values["run_max_s"]), own))
    return rows


def duration(seconds: float) -> str:
    """Seconds as people say them: 45 s, 6.5 min, 9.0 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
