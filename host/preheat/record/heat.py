"""The heat of one job: its runs, and those that began and whose logs have not come in. Pure."""

from preheat.record.model import Begun, Job, RunRef


def same_run(one: "Begun | RunRef", other: "Begun | RunRef") -> bool:
    """Whether both speak of the same run; a unit that nobody named may be any."""
    uids = {one.uid, other.uid} - {""}
    return one.run_id == other.run_id and len(uids) < 2


def awaited(job: Job) -> tuple[Begun, ...]:
    """The runs that began and whose logs have not come in, oldest first."""
    return tuple(one for one in job.begun if not any(same_run(one, run) for run in job.runs))


def cycles(job: Job) -> int:
    """Heat cycles of the board: those before the job and the job's runs that count."""
    return job.cycles_before + sum(run.heat_cycle for run in (*job.runs, *awaited(job)))


def cycles_at(job: Job, reference: str) -> int:
    """Heat cycles of one site: those before the job and the runs that heated it."""
    before = sum(site.cycles_before for site in job.sites if site.reference == reference)
    heats = (*job.runs, *awaited(job))
    return before + sum(run.heat_cycle and reference in run.sites for run in heats)
