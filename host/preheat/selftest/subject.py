"""The unit under test and the person beside it: questions to both, with an end to every wait."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from preheat.errors import PreheatError
from preheat.session import Session

Ask = Callable[[str], bool]
Tell = Callable[[str], None]

LOOK_S = 0.3  # between two looks; a trial is kept alive by each


class Subject:
    """`link` to an idle unit, claimed for this test. `ask` is None where nobody is there."""

    def __init__(self, link: Any, board: dict[str, Any], ask: "Ask | None", tell: Tell) -> None:
        self.link = link
        self.board = board
        self.ask = ask
        self.tell = tell
        self.token = Session(link, "selftest").claim()
        if hasattr(link, "token"):  # other windows work with it: see ownership.Lending
            link.token = self.token

    def request(self, cmd: str, **args: Any) -> dict[str, Any]:
        """As `Link.request`."""
        return self.link.request(cmd, **args)

    def test(self, what: str) -> dict[str, Any]:
        """Begin one of the unit's own tests; `Refused` where it may not be."""
        return self.link.request("test", token=self.token, what=what)

    def wait_for(self, look: Callable[[], Any], most_s: float) -> Any:
        """What `look` gives as soon as it is true, else the last of it after `most_s`."""
        end_s = time.monotonic() + most_s
        while True:
            found = look()
            if found or time.monotonic() >= end_s:
                return found
            time.sleep(LOOK_S)

    def trial(self, what: str, most_s: float) -> dict[str, Any]:
        """Try relay or contactor, with heartbeats, until the unit has its verdict.

        Whatever ends this, the trial ends with it: by `stop`, and by the heartbeats that stop.
        """
        self.test(what)
        try:
            found = self.wait_for(self._verdict, most_s)
        finally:
            with contextlib.suppress(PreheatError):
                self.request("stop")
        return found or self.request("tested")

    def _verdict(self) -> "dict[str, Any] | None":
        self.request("beat", token=self.token)
        found = self.request("tested")
        return None if found["verdict"] == "running" else found
