"""What a person does or sees: tips are warmed, the interlock is opened, outputs are watched."""

from preheat.selftest import tips as roles
from preheat.selftest.result import ABSENT, FAIL, OK, WARN, Result
from preheat.selftest.subject import Subject

OUTPUTS = ("lamp", "buzzer", "fan", "contactor")
QUESTIONS = {
    "lamp": "did the lamp light up for a second?",
    "buzzer": "did the buzzer sound for a second?",
    "fan": "did the fan start for a second?",
    "contactor": "did the contactor close and open again?",
}
INTERLOCK_S = 30.0
CLICK_S = 10.0
UNSEEN = "not seen by a person"


def interlock(subject: Subject) -> Result:
    """It reads closed, and a person has opened it and closed it again."""
    name = "interlock"
    if "interlock" not in subject.board["pins"]:
        return Result(name, ABSENT, "no interlock is fitted")
    if not _closed(subject):
        return Result(name, FAIL, "open", "The cover or the emergency stop is open, or a wire.",
                      "Close it; the input is closed when it is low.")
    if subject.ask is None:
        return Result(name, WARN, "closed; nobody opened it", f"That it opens was {UNSEEN}.",
                      "Run `preheat selftest` in a terminal.")
    subject.tell(f"open the interlock now ({INTERLOCK_S:g} s) …")
    if not subject.wait_for(lambda: not _closed(subject), INTERLOCK_S):
        return Result(name, FAIL, f"closed for {INTERLOCK_S:g} s", "It was not seen to open.",
                      "Check switch and wire: a bridged interlock protects nobody.")
    subject.tell("… and close it again")
    if not subject.wait_for(lambda: _closed(subject), INTERLOCK_S):
        return Result(name, FAIL, f"open for {INTERLOCK_S:g} s", "It was not seen to close.",
                      "Close it, then run this again.")
    return Result(name, OK, "opened and closed")


def output(subject: Subject, what: str) -> Result:
    """One output on for a second: its pad is read back, and a person says what happened."""
    if what not in subject.board["pins"]:
        return Result(what, ABSENT, "not fitted")
    subject.tell(f"{what}: on for a second")
    if what == "contactor":
        pad = subject.trial(what, CLICK_S)["verdict"] == "done"
    else:
        pad = bool(subject.test(what)["pad"])
    pin = subject.board["pins"][what]
    if not pad:
        return Result(what, FAIL, f"pin {pin} did not follow", "Something else holds the pin.",
                      "Look for a short; check the pin in the board file.")
    if subject.ask is None:
        return Result(what, WARN, f"pin {pin} follows; {UNSEEN}", "",
                      "Run `preheat selftest` in a terminal.")
    if subject.ask(QUESTIONS[what]):
        return Result(what, OK, f"pin {pin} follows; seen by a person")
    return Result(what, FAIL, f"pin {pin} follows, but nothing was seen",
                  "What hangs on the pin does not work.",
                  "Check transistor, supply and wiring of it.")


def tips(subject: Subject) -> list[Result]:
    """Each tip warmed in turn: which reading rises?

    A turn begins when the tip before has stopped rising: its lag must not be taken for warmth.
    """
    names = [probe["name"] for probe in subject.board["probes"]]
    found: list[int | None] = []
    for name in names:
        if found:
            rest = roles.Rest()
            subject.wait_for(lambda rest=rest: rest.look(_temps_c(subject)), roles.SECONDS)
        turn = roles.Turn(_temps_c(subject), found[-1] if found else None)
        subject.tell(f"warm the tip of {name!r} between two fingers ({roles.SECONDS:g} s) …")
        index = subject.wait_for(lambda turn=turn: _rose(subject, turn), roles.SECONDS)
        subject.tell("no reading rose" if index is None else f"{names[index[0]]} rose: let go")
        found.append(None if index is None else index[0])
    return roles.judge(subject.board, found)


def _rose(subject: Subject, turn: roles.Turn) -> "tuple[int] | None":
    """(index of the reading that rose,): a 0 must count as found."""
    index = turn.look(_temps_c(subject))
    return None if index is None else (index,)


def _temps_c(subject: Subject) -> "list[float | None]":
    return [row[2] if row[3] is None else None for row in subject.request("status")["probes"]]


def _closed(subject: Subject) -> bool:
    return bool(subject.request("status")["interlock"])
