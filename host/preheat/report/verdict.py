"""What a run's numbers come to: within limits, outside limits, or no verdict. Pure.

What was seen outside is outside, however the log ended. "Within limits" needs all of it: a whole
log, a run that came to its end, every limited number known, every one of them inside. Anything
else is "no verdict": what nobody saw is not vouched for. See docs/report.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from preheat import faulttexts
from preheat.report import words
from preheat.report.checks import Check
from preheat.report.gaps import Gap
from preheat.report.header import number, rows, text
from preheat.report.runs import Run

WITHIN, OUTSIDE, NONE = WORDS = ("within limits", "outside limits", "no verdict")
# Faults that say themselves that a limit of the run was reached.
LIMIT_FAULTS = (
    "over_temp", "heater_over_temp", "ramp_fast", "spread", "tal_long", "run_timeout",
)  # fmt: skip
MOST_GAPS = 3  # told one by one: a log of a row a minute has hundreds
DECIDES = (
    "A person decides whether the assembly is acceptable, under J-STD-001 and IPC-A-610. This "
    "page compares readings with limits; it is no acceptance and no certificate."
)


@dataclass(frozen=True)
class Verdict:
    """word: one of WORDS. reasons: why, none for WITHIN. notes: what to know beside it."""

    word: str
    reasons: "tuple[str, ...]" = ()
    notes: "tuple[str, ...]" = ()

    @property
    def sentence(self) -> str:
        return f"{self.word}: {'; '.join(self.reasons)}" if self.reasons else self.word


def judge(
    run: Run,
    checks: Sequence[Check],
    gaps: Sequence[Gap] = (),
    notes: Iterable[str] = (),
    unsaid: Sequence[str] = (),
) -> Verdict:
    """The verdict of a run whose limited numbers are `checks`, with gaps in its readings.

    unsaid: what would have to be known of the job for "within limits", and is not.
    """
    broken = [*_outside(checks), *_over(run, checks), *_limit_faults(run)]
    doubts = [*_log(run), *_end(run), *_faults(run), *_unknown(run, checks), *_gaps(gaps), *unsaid]
    if not any(check.value is not None for check in checks) and not unsaid:
        doubts.append("there is no limit that a number of this run could be held against")
    if broken:
        return Verdict(OUTSIDE, tuple(broken), (*(f"besides: {d}" for d in doubts), *notes))
    if doubts:
        return Verdict(NONE, tuple(dict.fromkeys(doubts)), tuple(notes))
    return Verdict(WITHIN, (), (*_stopped(run), *notes))


def _outside(checks: Sequence[Check]) -> list[str]:
    found = []
    for check in checks:
        if check.inside is not False or check.value is None:
            continue
        of = f" of {check.probe}" if check.probe else ""
        found.append(f"{check.name}{of} {words.broken(check)}")
    return found


def _over(run: Run, checks: Sequence[Check]) -> list[str]:
    """What the unit itself counted as over a limit, where the table does not say so already."""
    said = {c.probe for c in checks if c.statistic == "peak_c" and c.inside is False}
    told = [row[0] for row in rows((run.summary or {}).get("over")) if row]
    told += [event.get("probe") for event in run.events if event.get("ev") == "over"]
    names = dict.fromkeys(text(name) for name in told)
    return [f"the unit saw {name} over its limit" for name in names if name not in said]


def _limit_faults(run: Run) -> list[str]:
    return [_fault(*row) for row in run.faults if row[0] in LIMIT_FAULTS]


def _faults(run: Run) -> list[str]:
    return [_fault(*row) for row in run.faults if row[0] not in LIMIT_FAULTS]


def _fault(code: str, detail: str) -> str:
    known = faulttexts.find(code)
    said = known.sentence.rstrip(".") if known else "a fault that this version does not know"
    return f"fault {code}: {said}" + (f" ({detail})" if detail else "")


def _log(run: Run) -> list[str]:
    found = [f"the log is not whole: {run.damage}"] if run.damage else []
    if (run.summary or {}).get("cut"):
        found.append("the unit's summary was too long and lost its lists of faults and limits")
    if not len(run.series.t_s):
        found.append("the log holds no readings")
    found += run.troubles
    return found + [f"the log's header is damaged: {problem}" for problem in run.header.problems]


def _end(run: Run) -> list[str]:
    if run.foreign:
        return []
    if run.end is None and run.damage:
        return []
    if run.end is None:
        return ["the log does not say how the run ended"]
    if run.end == "done" or run.end.startswith("fault:"):  # faults are told by _faults
        return []
    if run.end == "aborted":
        if target_reached(run):
            return []
        return ["the run was stopped before its last stage had reached its target"]
    if run.end == "reset":
        return ["the unit restarted during the run"]
    return [f"the run ended as {run.end}, which this version does not know"]


def target_reached(run: Run) -> bool:
    """Whether the last stage came to its target: what was left then is holding alone."""
    last = len(run.header.stages) - 1
    return last >= 0 and any(
        event.get("ev") == "reached" and number(event.get("i")) == last for event in run.events
    )


def _stopped(run: Run) -> list[str]:
    if run.end != "aborted":
        return []
    return ["a person stopped it in the last stage, after its target was reached: the hold was "
            "not completed"]  # fmt: skip


def _unknown(run: Run, checks: Sequence[Check]) -> list[str]:
    return [
        f"{check.name}{f' of {check.probe}' if check.probe else ''} is unknown"
        for check in checks
        if check.inside is None and not (check.statistic == "heat_s" and run.damage)
    ]


def _gaps(gaps: Sequence[Gap]) -> list[str]:
    told = [gap.sentence for gap in gaps if gap.counts]
    more = len(told) - MOST_GAPS
    return [*told[:MOST_GAPS], f"{more} more gaps like that"] if more > 0 else told
