"""The order of a self-test: from what needs nothing to what restarts the unit."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from preheat import manifest, units
from preheat.errors import Refused
from preheat.selftest import facts, hands, restart
from preheat.selftest.result import ABSENT, FAIL, SKIPPED, Result
from preheat.selftest.subject import Ask, Subject, Tell
from preheat_core.contactor_proof import MOVES
from preheat_core.run import TOUCH_C

PROOF_S = 150.0  # 20 s of rest and at most 60 s on; a slow link comes on top
MORE_TRIES = 4  # of 20 s each, where the temperature does not stand yet
_BROKEN = ("problem", "space")  # a refusal by these codes is what the test found, not a reason
TICKS_S = 90.0  # a minute, and room for a unit that is late


@dataclass(frozen=True)
class Options:
    """probes: warm each tip by hand. watchdog: let it bite. quick: without the minute of ticks.

    proof: switch the relay on to see whether the contactor opens, which says something only with
    the heater's mains on. None: only with a person there, since a welded one heats.
    """

    probes: bool = False
    watchdog: bool = False
    quick: bool = False
    proof: "bool | None" = None


def run(
    link: Any, options: Options, ask: "Ask | None", tell: Tell,
    found: "list[Result] | None" = None,
) -> list[Result]:  # fmt: skip
    """All checks of the idle unit behind `link`, in order.

    `ask(question)` gives a person's yes or no, and is None where nobody is there; `tell(text)`
    says what goes on or what to do now. `found`, if given, is filled as they come: what was found
    is there whatever ends it. `Refused` before anything is tried: a fault is latched, a run is
    not over, or the unit is hot. `DeviceLost`; `OperatorStop` when a person said stop. After
    `options.watchdog` the unit has restarted, and on a port of its own the link has ended.
    """
    found = [] if found is None else found
    refuse_unless_idle(link.request("status"))
    hello = link.request("hello")
    found += [facts.identity(hello, manifest.firmware_hash()), facts.heap(hello)]
    board = units.read_stored(link, "board", "board")
    subject = Subject(link, board, ask, tell)
    status = link.request("status")
    found.append(facts.probes(status))
    with _guarded("cold-junctions", found):
        found.append(facts.cold_junctions(board, status, link.request("tested")["cj_c"]))
    if options.probes:
        with _guarded("tips", found):
            found += hands.tips(subject)
    with _guarded("interlock", found):
        found.append(hands.interlock(subject))
    for what in hands.OUTPUTS:
        with _guarded(what, found):
            found.append(hands.output(subject, what))
    with _guarded("contactor-proof", found):
        found.append(_proof(subject, options.proof))
    with _guarded("storage", found):
        found.append(facts.storage(subject.test("storage"), len(board["probes"])))
    if not options.quick:
        with _guarded("ticks", found):
            found.append(_ticks(subject))
    found += facts.latched(link.request("status"))
    if options.watchdog:
        with _guarded("watchdog", found):
            tell("the watchdog is left unfed: the unit restarts")
            found.append(restart.bite(subject))
    return found


def refuse_unless_idle(status: dict[str, Any]) -> None:
    """`Refused` where nothing may be tried: a fault, a run, or heat."""
    if status["faults"]:
        raise Refused(f"fault {', '.join(status['faults'])} is latched",
                      "see `preheat status`, then `preheat clear`", "state")
    if status["run_id"] is not None:
        raise Refused(f"run {status['run_id']} is not over",
                      "stop it with `preheat stop` and wait until the board is cool", "state")
    for name, role, temp_c, fault in status["probes"]:
        if role != "ambient" and fault is None and temp_c >= TOUCH_C:
            raise Refused(f"{name} reads {temp_c:.0f} °C", f"wait until it is below {TOUCH_C:g}",
                          "hot")


@contextlib.contextmanager
def _guarded(name: str, found: list[Result]) -> Iterator[None]:
    """What the unit refuses is skipped, with its reason; the other checks go on.

    What broke while it was tried has failed.
    """
    try:
        yield
    except Refused as refusal:
        if refusal.code in _BROKEN:
            found.append(Result(name, FAIL, refusal.message, "It did not work when it was tried.",
                                refusal.fix or "Mend it, then run this again."))
            return
        found.append(Result(name, SKIPPED, refusal.message, "The unit did not let it be tried.",
                            refusal.fix or "Remove the reason, then run it again."))


def _proof(subject: Subject, wanted: "bool | None") -> Result:
    if "contactor" not in subject.board["pins"]:
        return Result("contactor-proof", ABSENT, "no contactor is fitted",
                      "Nothing in the unit can take the mains from a relay that is stuck on.")
    if wanted is None and subject.ask is None:
        return Result("contactor-proof", SKIPPED, "left out: nobody is there to watch the relay",
                      "Whether the contactor opens is not known.",
                      "Run `preheat selftest` in a terminal; or with --proof, if somebody stays.")
    if wanted is False:
        return Result("contactor-proof", SKIPPED, "left out: the heater's mains are off",
                      "Whether the contactor opens is not known.",
                      "Run `preheat selftest` with the heater plugged in before the first run.")
    subject.tell("the relay is switched on with the contactor open; up to 80 s")
    found = subject.trial("proof", PROOF_S)
    for _ in range(MORE_TRIES):  # a tip that was just held, a heater not quite at rest
        if found["detail"] != MOVES:
            break
        subject.tell(MOVES)
        found = subject.trial("proof", PROOF_S)
    return facts.proof(found)


def _ticks(subject: Subject) -> Result:
    subject.tell("counting ticks for a minute")
    subject.test("ticks")
    look: Callable[[], Any] = lambda: subject.request("tested")["ticks"]  # noqa: E731
    subject.wait_for(lambda: (look() or [0])[0] >= facts.TICKS, TICKS_S)
    return facts.ticks(look())
