"""Who holds a unit's port and its claim, when several windows of one user speak to one unit.

The window that runs a job owns the port, serves the others, and lends them its claim.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from preheat import owner
from preheat.session import Session
from preheat_core import protocol

JOB_VERBS = ("run", "hold", "tune", "selftest")
_NEEDS_TOKEN = tuple(row[0] for row in protocol.COMMANDS if row[2])


class Lending:
    """A link that adds the owner's token to what other windows ask without one."""

    def __init__(self, link: Any) -> None:
        self._link = link
        self.token = ""
        self.stopped = False  # by another window

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    def request(self, cmd: str, timeout_s: float = 3.0, **args: Any) -> dict[str, Any]:
        """As `Link.request`."""
        if cmd in _NEEDS_TOKEN and "token" not in args and self.token:
            args["token"] = self.token
        return self._link.request(cmd, timeout_s, **args)


class _ForOthers:
    """What other windows get of a lent link: their `stop` is noted."""

    def __init__(self, lending: Lending) -> None:
        self._lending = lending

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lending, name)

    def request(self, cmd: str, timeout_s: float = 3.0, **args: Any) -> dict[str, Any]:
        """As `Link.request`."""
        if cmd == "stop":  # whatever comes of it, this job begins nothing more
            self._lending.stopped = True
        return self._lending.request(cmd, timeout_s, **args)


@contextlib.contextmanager
def shared(link: Any, verb: str) -> Iterator[Lending]:
    """Serve a link to this user's other windows meanwhile; give the token to what is yielded.

    A link that itself goes through another window is not served again.
    """
    lending = Lending(link)
    if isinstance(link, owner.OwnedLink):
        yield lending
        return
    server: Any = owner.OwnerServer(_ForOthers(lending), link.port, verb)  # type: ignore[arg-type]
    with server:
        yield lending


def claim_args(link: Any) -> dict[str, str]:
    """The token argument for a command: none where a job's window lends its own, else a claim."""
    if isinstance(link, owner.OwnedLink) and link.what in JOB_VERBS:
        return {}
    return {"token": Session(link).claim()}


def need_own_port(link: Any) -> None:
    """Refused when the port belongs to another window: a job must not end with that window."""
    if isinstance(link, owner.OwnedLink):
        raise owner.busy(link.what)
