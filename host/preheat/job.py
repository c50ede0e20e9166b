"""A whole job on a unit in four steps: prepare, start, attend, collect. Used by run, hold, demo.

The steps only talk to the unit and to the objects they are given; they print nothing.
"""

from pathlib import Path
from typing import Any, NamedTuple

from preheat import faulttexts, logs, pulling, runner, summary, units
from preheat.calibration import known
from preheat.card import Card, make_card
from preheat.errors import PreheatError, Refused
from preheat.session import Session
from preheat_core import profile as profiles
from preheat_core import runlog


class Ready(NamedTuple):
    """A profile that lies checked in the unit, and what its operator should know."""

    profile: dict[str, Any]
    digest: str
    card: Card


class Started(NamedTuple):
    """A run that is on, and the session that keeps it alive (None when detached)."""

    run_id: str
    session: "Session | None"
    token: str


class Result(NamedTuple):
    """How a run ended and where its log lies; `path` is None when it stayed in the unit."""

    run_id: str
    end: str
    summary: dict[str, Any]
    path: "Path | None"
    note: "str | None"
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            **self.summary,
            "run_id": self.run_id,
            "state": self.end,
            "log": str(self.path) if self.path else None,
            "report": self.report,
            "note": self.note,
        }

    @property
    def report(self) -> "str | None":
        """The command that makes a page about the run; None while its log is not here."""
        return f"preheat report {logs.name(self.path)}" if self.path else None

    def lines(self) -> list[str]:
        """The result as text."""
        text = summary.lines(self.summary) if self.path else [f"ended     {self.end}"]
        if self.note:
            text.append(f"note      {self.note}")
        if self.path:
            text.append(f"log       {self.path}")
            text.append(f"report    {self.report}")
        return text


def prepare(link: Any, values: dict[str, Any]) -> Ready:
    """Check a profile against this unit, store it there if need be, and make the card.

    Refused (state) while a fault is latched: nothing would start.
    """
    latched = link.request("status").get("faults")
    if latched:
        raise Refused(
            f"fault {', '.join(latched)} is latched",
            "see `preheat status`, then `preheat clear`", "state",
        )  # fmt: skip
    digest, _ = units.push_profile(link, values)
    full = profiles.normalise(values)
    limits = link.request("limits", profile=full["name"])
    # Asked anew: settings pushed over this link may have changed the name since it was opened.
    card = make_card(link.request("hello"), link.request("status"), limits, full)
    return Ready(full, digest, card._replace(warnings=tuple(known.overdue(link))))


def start(link: Any, ready: Ready, detach: bool = False, by: str = "") -> Started:
    """Set the clock, claim the unit and start the stored profile; heartbeats unless detached."""
    runner.set_clock(link)
    session = Session(link)
    token = session.claim()
    link.poll()  # what was said before this run began is not about it
    answer = link.request(
        "start", token=token, profile=ready.profile["name"], hash=ready.digest, detach=detach,
        by=by,
    )
    if detach:
        return Started(answer["run_id"], None, token)
    session.start_beats()
    return Started(answer["run_id"], session, token)


def attend(link: Any, started: Started, view: Any, keys: Any, interrupts: Any) -> Result:
    """Follow a run to its end, then collect its log. Always ends the heartbeat."""
    return collect(link, follow(link, started, view, keys, interrupts))


def follow(
    link: Any, started: Started, view: Any, keys: Any, interrupts: Any, to_close: bool = True
) -> runner.Outcome:
    """Follow a run until its log is closed, or to the end of its heat only. Ends the heartbeat."""
    run = runner.Run(link, started.token, started.run_id, view, keys, interrupts)
    try:
        return run.follow(to_close=to_close)
    finally:
        if started.session is not None:
            started.session.stop()


def collect(link: Any, outcome: runner.Outcome) -> Result:
    """Pull and verify the log of an ended run; without it the result says why."""
    detail = runner.fault_detail(outcome.events)
    if not outcome.closed:
        note = f"the log is still being written; later: `preheat log pull {outcome.run_id}`"
        return _without_log(outcome, note, detail)
    try:
        path = pulling.pull_run(link, outcome.run_id)
    except PreheatError as error:
        if outcome.end == runner.DONE:
            raise
        # How the run ended must not be hidden behind a transfer that failed.
        note = f"the log could not be pulled ({error}); try `preheat log pull {outcome.run_id}`"
        if outcome.end.startswith("fault:"):
            note += "; what happened: `preheat log incident --unit`"
        return _without_log(outcome, note, detail)
    log = logs.load(path)
    end = log.end or outcome.end
    return Result(outcome.run_id, end, summary.summarise(log), path, logs.damage(log), detail)


def _without_log(outcome: runner.Outcome, note: str, detail: str) -> Result:
    unknown = {**summary.summarise(runlog.read(b"")), "events": faulttexts.told(outcome.events)}
    return Result(outcome.run_id, outcome.end, unknown, None, note, detail)
