"""Bringing runs into a job whose logs came later than the run, or that began without the job."""

import hashlib
from datetime import UTC, datetime

from preheat import logs
from preheat.errors import UsageError
from preheat.record import bench, document, pending
from preheat.record.pending import Pending
from preheat.record.store import Store
from preheat_core import runlog


def waiting(store: Store, author: str, number: int) -> tuple[list[str], list[Pending]]:
    """(run ids that came in, runs whose logs are not on this computer) of those that wait."""
    from preheat.record.jobverdict import sentence

    job, done, left = store.job(number), [], []
    for note in pending.notes(store.place.text, number):
        if any(run.run_id == note.run_id and run.uid == note.uid for run in job.runs):
            pending.drop(note)  # it came in, and only the note stayed
    for one in pending.of(store, job):
        path = bench.log_here(one)
        if path is None or runlog.read(path.read_bytes()).end is None:
            bench.begin(store, author, one)  # where only a note knew of it until now
            left.append(one)  # still open in the unit: the rest of it is to come
            continue
        bench.attach(store, author, one, path, verdict=sentence(path, job, one.sites))
        done.append(one.run_id)
    return done, left


def one(
    store: Store, author: str, number: int, which: str, sites: tuple[str, ...], heat_cycle: bool,
    also: str = "",
) -> str:
    """Bring in one log; the run's id. `sites`, `heat_cycle`: where no note of the start says it.

    `also`: why it is this job's too, where another has it. UsageError when the job's sites are
    not those, the run is in the job already, or another has it and nobody says why this too.
    """
    from preheat.record.jobverdict import sentence

    job, path = store.job(number), logs.find(which)
    header = logs.load(path).header or {}
    run_id, uid = str(header.get("run") or path.stem), str(header.get("uid") or "")
    if any(run.run_id == run_id and run.uid == uid for run in job.runs):
        raise UsageError(f"run {run_id} is in job {number} already", "nothing was changed")
    for note in pending.of(store, job):
        if (note.run_id, note.uid) == (run_id, uid):
            bench.attach(store, author, note, path, verdict=sentence(path, job, note.sites))
            return run_id
    bench.need_sense(store, bench.Order(number, author, sites or None))
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    _need_reason(store.jobs_with_run(run_id, uid, sha), run_id, also.strip())
    chosen = sites or tuple(site.reference for site in job.sites)
    epoch_s = header.get("epoch_s")
    at = ""  # a unit whose clock nobody had set
    if isinstance(epoch_s, int) and epoch_s > 0:
        at = document.at_text(datetime.fromtimestamp(epoch_s, UTC))
    made = Pending(store.place.text, number, run_id, uid, str(header.get("unit") or ""),
                   str(header.get("by") or ""), at, chosen, heat_cycle,
                   also=also.strip())  # fmt: skip
    bench.attach(store, author, made, path, verdict=sentence(path, job, chosen))
    return run_id


def _need_reason(others: "list[int]", run_id: str, also: str) -> None:
    """One heat of two boards, on one plate, is said to be that; else it is a slip."""
    names = ", ".join(map(str, others))
    if others and not also:
        raise UsageError(
            f"run {run_id} belongs to job {names}",
            'where its heat was this board\'s too, say why: --also "both boards lay on the plate"',
        )
    if also and not others:
        raise UsageError(f"no other job has run {run_id}", "leave --also out")
