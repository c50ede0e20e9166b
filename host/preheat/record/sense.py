"""What makes no sense in a job or an operator as a whole, whatever the single fields say. Pure.

These are contradictions, not rules of the trade: those are the gates' (`gates.py`).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from preheat.record.model import Bake, Coating, Job, Operator
from preheat_core.check import Problem

_LONGEST_VALID = timedelta(days=366 * 10)  # a mistyped year, not a rule of the programme


def problems(thing: "Job | Operator") -> list[Problem]:
    """Every contradiction in it."""
    return _job(thing) if isinstance(thing, Job) else _operator(thing)


def _twice(values: Iterable[Any], path: str) -> list[Problem]:
    seen: set[Any] = set()
    found = []
    for value in values:
        if value in seen:
            text = value if isinstance(value, str) else "/".join(str(part) for part in value)
            found.append(Problem(path, text, "named once"))
        seen.add(value)
    return found


def _job(job: Job) -> list[Problem]:
    found = _twice((site.reference for site in job.sites), "sites")
    found += _twice(job.procedures, "procedures")
    found += _twice(job.equipment, "equipment")
    found += _twice((run.log_sha256 for run in job.runs), "runs.log_sha256")
    found += _twice(((one.run_id, one.uid) for one in job.begun), "begun")
    known = {site.reference for site in job.sites}
    for key in ("begun", "runs"):
        for i, run in enumerate(getattr(job, key)):
            found += [
                Problem(f"{key}[{i}].sites", name, "a site of the job", "add the site first")
                for name in run.sites
                if name not in known
            ]
            found += _twice(run.sites, f"{key}[{i}].sites")
    if job.coating is not None:
        found += _coating(job.coating)
    if job.bake is not None:
        found += _bake(job.bake)
    return found


def _coating(coating: Coating) -> list[Problem]:
    found = []
    for verb in ("removed", "replaced"):
        method, at = getattr(coating, f"{verb}_by"), getattr(coating, f"{verb}_at")
        who = getattr(coating, f"{verb}_who")
        if method is None and (at is not None or who is not None):
            found.append(Problem(f"coating.{verb}_by", None, "the method", "say how it was done"))
    if coating.replaced_by is not None and coating.removed_by is None:
        want = "given before it is replaced"
        found.append(Problem("coating.removed_by", None, want, "say how it was removed"))
    if coating.removed_at and coating.replaced_at and coating.replaced_at < coating.removed_at:
        want = "not before `removed_at`"
        found.append(Problem("coating.replaced_at", coating.replaced_at.isoformat(), want))
    return found


def _bake(bake: Bake) -> list[Problem]:
    if bake.done_at is None and (bake.temp_c is not None or bake.hours is not None):
        return [Problem("bake.done_at", None, "when the bake ended", "say when it was done")]
    return []


def _operator(operator: Operator) -> list[Problem]:
    found = _twice(((c.level, c.number) for c in operator.certificates), "certificates")
    found += _twice(operator.roles, "roles")
    if operator.skill is None and operator.skill_at is not None:
        found.append(Problem("skill", None, "given with its date"))
    for i, one in enumerate(operator.certificates):
        path = f"certificates[{i}]."
        extra = sorted(set(one.lecture_only) - set(one.modules))
        if extra:
            want = "among `modules`"
            found.append(Problem(path + "lecture_only", ", ".join(map(str, extra)), want))
        found += _twice(map(str, one.modules), path + "modules")
        if not one.modules:
            found.append(Problem(path + "modules", one.modules, "at least one module"))
        if not one.issued <= one.expires <= one.issued + _LONGEST_VALID:
            want = "after `issued`, and at most ten years"
            found.append(Problem(path + "expires", one.expires.isoformat(), want))
    return found
