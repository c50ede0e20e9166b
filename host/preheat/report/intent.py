"""What a run was for: whether solder was to melt, in which alloy, and what nobody said of it."""

from dataclasses import dataclass

import numpy as np

from preheat.errors import Refused
from preheat.limits import alloys
from preheat.limits.question import Question, asked
from preheat.report import words
from preheat.report.header import Header
from preheat.report.runs import Run


@dataclass(frozen=True)
class Ask:
    """What a technician added to the log: the limits to hold it against, and its joints.

    question: of the limit options, None where none was given. joints: names of probes on joints.
    purpose: "preheat" or "reflow", for a log that does not show it. A profile for reflow, and a
    setpoint that reached the liquidus, are a reflow whatever is said.
    """

    question: "Question | None" = None
    joints: "tuple[str, ...]" = ()
    purpose: "str | None" = None


NOTHING = Ask()


def alloy(header: Header, ask: Ask) -> "alloys.AlloyRow | None":
    """The solder: what was asked for, else the log's; None where the tables do not know the log's.
    Refused, with every problem, for a question that cannot be asked."""
    if ask.question is not None:
        return asked(ask.question).alloy
    try:
        return alloys.find(header.said.get("alloy", ""))
    except Refused:
        return None


def by_itself(run: Run, ask: Ask) -> str:
    """Why the run meant to melt solder by its own heat; "" where it did not."""
    if ask.purpose == "reflow":
        return "it was named a reflow (--purpose)"
    if run.header.purpose == "reflow":
        return "its profile is for reflow"
    setpoint_c, melts = run.series.setpoint_c, alloy(run.header, ask)
    # Without --alloy the unit's own liquidus counts: it is what this run was controlled by.
    liquidus_c = run.header.liquidus_c if ask.question is None else None
    if liquidus_c is None and melts is not None:
        liquidus_c = melts.liquidus_c
    if setpoint_c is not None and liquidus_c is not None and np.any(setpoint_c >= liquidus_c):
        return f"its setpoint reached the liquidus of {words.celsius(liquidus_c)}"
    if ask.purpose is None and ask.question is not None and ask.question.purpose == "reflow":
        return f"the procedure {ask.question.procedure} is a reflow"
    return ""


def melting(run: Run, ask: Ask) -> str:
    """Why solder was to melt in this run, by its heat or that from above; "" where it was not."""
    named = f"joints were named: {', '.join(ask.joints)}" if ask.joints else ""
    return by_itself(run, ask) or named


def unknown_alloy(run: Run, ask: Ask) -> "list[str]":
    """The sentence for a log whose solder is not known: its limits cannot be looked up."""
    if alloy(run.header, ask) is not None:
        return []
    named = run.header.said.get("alloy")
    said = (f"the log's alloy {named!r} is not known here" if named is not None
            else "the log does not name its alloy")  # fmt: skip
    return [f"{said}, so that the limits of its solder cannot be looked up: add --alloy"]


def unknown_purpose(run: Run, ask: Ask) -> "list[str]":
    """The sentence for a log that does not show whether solder was to melt."""
    shown = run.series.setpoint_c is not None or run.header.purpose is not None
    if shown or ask.question is None or ask.purpose or melting(run, ask):
        return []
    return ["the log has no setpoint, and nobody said whether solder was to melt: add "
            "--purpose or --joint"]  # fmt: skip


def presumed(run: Run, ask: Ask) -> "list[str]":
    """The note for a log without a purpose that was taken for one that melts no solder."""
    said = run.header.purpose or ask.purpose or (ask.question and ask.question.procedure)
    if said or melting(run, ask) or run.series.setpoint_c is None:
        return []
    return ["the log does not say what the run was for: its setpoint stayed below the liquidus, "
            "so no solder was taken to melt; if it was to, add --purpose reflow"]  # fmt: skip
