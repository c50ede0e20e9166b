"""The unit under test and the person beside it: questions to both, with an end to every wait."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from preheat.errors import OperatorStop, PreheatError, Refused
from preheat.session import Session

Ask = Callable[[str], bool]
Tell = Callable[[str], None]

STOPPED = "stopped"  # the unit's word for a trial that a person ended
LOOK_S = 0.3  # between two looks; a trial is kept alive by each


class Subject:
    """`link` to an idle unit, claimed for this test. `ask` is None where nobody is there."""

    def __init__(self, link: Any, board: dict[str, Any], ask: "Ask | None", tell: Tell) -> None:
        self.link = link
        self.board = board
        self.ask = ask
        self.tell = tell
        self.token = ""
        self._claim()

    def _claim(self) -> None:
        self.token = Session(self.link, "selftest").claim()
        if hasattr(self.link, "token"):  # other windows work with it: see ownership.Lending
            self.link.token = self.token

    def request(self, cmd: str, **args: Any) -> dict[str, Any]:
        """As `Link.request`."""
        return self.link.request(cmd, **args)

    def test(self, what: str) -> dict[str, Any]:
        """Begin one of the unit's own tests; `Refused` where it may not be."""
        return self.order("test", what=what)

    def order(self, cmd: str, **args: Any) -> dict[str, Any]:
        """A command of the session. It claims anew where a person took so long that it lapsed.

        OperatorStop after a `stop` from another window.
        """
        self.unless_stopped()
        try:
            self.request("beat", token=self.token)
        except Refused as refusal:
            if refusal.code != "claim":
                raise
            self._claim()
        return self.request(cmd, token=self.token, **args)

    def unless_stopped(self) -> None:
        """OperatorStop once a person has said stop: nothing more is begun."""
        if getattr(self.link, "stopped", False):
            raise _stopped()

    def wait_for(self, look: Callable[[], Any], most_s: float) -> Any:
        """What `look` gives as soon as it is true, else the last of it after `most_s`.

        OperatorStop as `order`.
        """
        end_s = time.monotonic() + most_s
        while True:
            self.unless_stopped()
            found = look()
            if found or time.monotonic() >= end_s:
                return found
            time.sleep(LOOK_S)

    def trial(self, what: str, most_s: float) -> dict[str, Any]:
        """Try relay or contactor, with heartbeats, until the unit has its verdict.

        Whatever ends this, the trial ends with it: by `stop`, and by the heartbeats that stop.
        OperatorStop when a person ended it.
        """
        self.test(what)
        try:
            found = self.wait_for(self._verdict, most_s)
        finally:
            with contextlib.suppress(PreheatError):
                self.request("stop")
        if found and found["detail"] == STOPPED:
            raise _stopped()
        return found or self.request("tested")

    def _verdict(self) -> "dict[str, Any] | None":
        self.request("beat", token=self.token)
        found = self.request("tested")
        return None if found["verdict"] == "running" else found


def _stopped() -> OperatorStop:
    return OperatorStop("the self-test was stopped; relay and contactor are off",
                        "run it again: what was not tried is not proven")
