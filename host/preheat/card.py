"""The card shown before heat: which unit, which probes read what, which limit binds, how long."""

from typing import Any, NamedTuple

from preheat_core.board import PROCESS_ROLES
from preheat_core.profile import START_C, planned_s


class Probe(NamedTuple):
    """One probe as the unit reads it now: exactly one of temp_c and fault is set."""

    name: str
    role: str
    temp_c: "float | None"
    fault: "str | None"


class LimitRow(NamedTuple):
    """One effective limit: heat is withheld from `approach_c`, latched off at `trip_c`."""

    role: str
    trip_c: float
    approach_c: float
    source: str


class Card(NamedTuple):
    """Everything an operator should have read before pressing Enter."""

    unit: str
    profile: str
    title: str
    alloy: str
    probes: tuple[Probe, ...]
    limits: tuple[LimitRow, ...]
    binding: "LimitRow | None"
    planned_s: float
    operator_waits: int
    external_heat: bool
    unwatched: "tuple[LimitRow, ...]"
    forecast: "tuple[str, ...]" = ()
    warnings: "tuple[str, ...]" = ()
    work: "tuple[str, ...]" = ()  # of the rework record: for which job, and what its gates say

    def as_dict(self) -> dict[str, Any]:
        """The card as plain JSON values."""
        return {
            "unit": self.unit,
            "profile": self.profile,
            "title": self.title,
            "alloy": self.alloy,
            "probes": [p._asdict() for p in self.probes],
            "limits": [row._asdict() for row in self.limits],
            "binding": self.binding._asdict() if self.binding else None,
            "planned_s": self.planned_s,
            "operator_waits": self.operator_waits,
            "external_heat": self.external_heat,
            "unwatched": [row._asdict() for row in self.unwatched],
            "forecast": list(self.forecast),
            "warnings": list(self.warnings),
            "work": list(self.work),
        }

    def lines(self) -> list[str]:
        """The card as text."""
        plan = f"{self.planned_s / 60:.0f} min"
        if self.operator_waits:
            plan += f" + {self.operator_waits} wait(s) for the operator"
        rows = [
            f"unit     {self.unit}",
            f"profile  {self.profile}: {self.title}",
            f"alloy    {self.alloy}",
        ]
        rows += [f"probe    {_probe_text(probe)}" for probe in self.probes]
        if self.binding is not None:
            row = self.binding
            rows.append(
                f"limit    {row.role}: heat withheld from {row.approach_c:.0f} °C, "
                f"off for good at {row.trip_c:.0f} °C ({row.source})"
            )
        rows += [
            f"WARNING  no {row.role} probe on this unit: nothing watches its limit of "
            f"{row.trip_c:.0f} °C ({row.source})"
            for row in self.unwatched
        ]
        rows += [f"WARNING  {sentence}" for sentence in self.warnings]
        rows += [f"job      {line}" for line in self.work]
        rows.append(f"planned  {plan}")
        rows += [f"forecast {line}" for line in self.forecast]
        if self.external_heat:
            rows.append("heat from above is expected in this profile")
        return rows


def make_card(
    hello: dict[str, Any], status: dict[str, Any], limits: dict[str, Any], profile: dict[str, Any]
) -> Card:
    """Join the unit's own answers (`hello`, `status`, `limits`) with a normalised profile."""
    probes = tuple(Probe(*row) for row in status.get("probes", ()))
    rows = tuple(LimitRow(*row) for row in limits.get("limits", ()))
    start_c = next((p.temp_c for p in probes if p.role == "board"), None)
    return Card(
        unit=hello.get("name") or "(unnamed)",
        profile=profile["name"],
        title=profile["title"],
        alloy=profile["alloy"],
        probes=probes,
        limits=rows,
        binding=binding_limit(rows, probes),
        planned_s=round(planned_s(profile, START_C if start_c is None else start_c), 1),
        operator_waits=sum(1 for stage in profile["stages"] if stage.get("operator")),
        external_heat=any(stage.get("external_heat") for stage in profile["stages"]),
        unwatched=unwatched_limits(rows, probes, profile),
    )


def binding_limit(rows: tuple[LimitRow, ...], probes: tuple[Probe, ...]) -> "LimitRow | None":
    """The tightest process limit among the roles that are fitted; the first of equals."""
    fitted = {probe.role for probe in probes}
    process = [row for row in rows if row.role in PROCESS_ROLES and row.role in fitted]
    return min(process, key=lambda row: row.trip_c, default=None)


def unwatched_limits(
    rows: tuple[LimitRow, ...], probes: tuple[Probe, ...], profile: dict[str, Any]
) -> tuple[LimitRow, ...]:
    """The limits of the roles that the profile names although the unit has no such probe."""
    named = {limit["role"] for limit in profile.get("limits") or ()}
    missing = named - {probe.role for probe in probes}
    return tuple(row for row in rows if row.role in missing)


def _probe_text(probe: Probe) -> str:
    if probe.temp_c is None:
        return f"{probe.name} ({probe.role}): NO READING: {probe.fault}"
    return f"{probe.name} ({probe.role}): {probe.temp_c:.1f} °C"
