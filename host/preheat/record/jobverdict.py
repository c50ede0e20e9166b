"""A run of a job held against limits: those of its log, of the job's alloys and of its part."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from preheat.errors import PreheatError, Refused
from preheat.record import facts
from preheat.record.model import Job
from preheat.report.intent import Ask
from preheat.report.judged import Judged, judged
from preheat.report.runs import Run, load


def against(run: Run, job: Job, sites: Sequence[str]) -> Judged:
    """The run as the report judges it, with what the job knows of solder and of the sites' part.

    Where that contradicts itself (an override let it pass) the log's own limits count, and a note
    says so.
    """
    said = run.header.said.get("alloy")
    asked = facts.limits_question(job, sites, said, run.header.error_c("board"))
    try:
        return judged(run, Ask(asked))
    except Refused as err:
        found = judged(run)
        note = f"the job's alloys and part were left out: {err.message}"
        return replace(found, verdict=replace(found.verdict, notes=(*found.verdict.notes, note)))


def sentence(path: Path, job: Job, sites: Sequence[str]) -> str:
    """The report's first line on a log; "" where there can be none."""
    try:
        return against(load(str(path)), job, sites).verdict.sentence
    except PreheatError:
        return ""
