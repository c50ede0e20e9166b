"""What a gate is asked, what it is, and what it found. The gates themselves: `gates.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from preheat.record import facts
from preheat.record.heat import cycles, cycles_at
from preheat.record.model import Job, Operator, Override, ProbeCalibration
from preheat.record.procedurefile import Procedure


@dataclass(frozen=True, kw_only=True)
class Question:
    """May this person heat this board now, with this profile, for this job?

    `operator`: None when the record does not know the person. `procedures`: those of the job
    that are known (`procedures.look_up(job.procedures)`). `profile`: a checked profile, or None
    while none is chosen. `calibration`: the probes of the unit that will be used; None when the
    unit was not asked. `sites`: the references that the run will heat; None: all of the job's.
    `heat_cycle`: whether the run counts as one. `board_cycles`, `site_cycles` (by reference): heat
    so far over all jobs on the board, where the store was asked; the job itself knows only what
    came before it and its own. `now`: aware, UTC. `newest`: when the record's latest entry says
    that it was made; None where nobody looked.
    """

    job: Job
    operator: Operator | None
    procedures: tuple[Procedure, ...]
    profile: Mapping[str, Any] | None = None
    calibration: tuple[ProbeCalibration, ...] | None = None
    sites: tuple[str, ...] | None = None
    heat_cycle: bool = True
    board_cycles: int | None = None
    site_cycles: Mapping[str, int] | None = None
    now: datetime
    newest: datetime | None = None

    def cycles(self) -> int:
        """Heat cycles of the board so far, as far as anybody knows."""
        return max(self.board_cycles or 0, cycles(self.job))

    def cycles_at(self, reference: str) -> int:
        """Heat cycles of one site so far, as far as anybody knows."""
        return max((self.site_cycles or {}).get(reference, 0), cycles_at(self.job, reference))

    @property
    def references(self) -> tuple[str, ...]:
        """The places that the run will heat."""
        if self.sites is not None:
            return self.sites
        return tuple(site.reference for site in self.job.sites)

    @property
    def bakes(self) -> bool:
        """The profile dries, and does nothing else: it stays at a bake's heat, from below."""
        return self.profile is not None and dries(self.profile)


def dries(profile: Mapping[str, Any]) -> bool:
    """Whether what calls itself a bake is one: no hotter than any, no heat from above."""
    return profile.get("purpose") == "bake" and not any(
        stage.get("external_heat") or stage["target_c"] > facts.hottest_bake_c()
        for stage in profile.get("stages", ())
    )


@dataclass(frozen=True)
class Gate:
    """One rule. `judge` answers what is wrong, as a clause without a full stop, or None.

    `severity`: a refuse-gate holds the heat back until it is satisfied or overridden, a
    warn-gate only tells. `sentence`: the rule; `satisfied_by`: what to do. `overridable`: False
    where nobody may go past it. No gate here guards people from harm: the unit's own guard does.
    """

    name: str
    severity: Literal["refuse", "warn"]
    sentence: str
    source: str
    satisfied_by: str
    judge: Callable[[Question], str | None]
    overridable: bool = True


@dataclass(frozen=True)
class Finding:
    """A gate that is not satisfied, in words, and the override that lets the run pass, if any."""

    gate: Gate
    text: str
    overridden: Override | None = None

    @property
    def blocks(self) -> bool:
        """Whether the run may not start because of this one."""
        return self.gate.severity == "refuse" and self.overridden is None

    def __str__(self) -> str:
        return f"{self.gate.name}: {self.text}; {self.gate.satisfied_by}"

    def as_dict(self) -> dict[str, Any]:
        """For --json and the traveller."""
        by = self.overridden
        return {
            "gate": self.gate.name, "severity": self.gate.severity, "text": self.text,
            "source": self.gate.source, "satisfied_by": self.gate.satisfied_by,
            "blocks": self.blocks,
            "overridden": by and {"name": by.name, "reason": by.reason, "at": by.at.isoformat()},
        }  # fmt: skip
