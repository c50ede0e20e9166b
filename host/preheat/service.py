"""Service mode: the unit leaves its app and waits at the MicroPython prompt, heat off.

`enter` and `leave` are for people who want to use mpremote; deploy takes the same way in and out.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from preheat import connect, owner, seen
from preheat.errors import DeviceLost, PortGone, PreheatError, Refused, ServiceMode
from preheat.link import Link
from preheat.registry import Registry
from preheat.remote import Remote
from preheat.serialport import SerialStream, SocketStream, open_stream

SERVICE_S = 20.0  # a reset, a USB port that comes back, a boot
LIVE_S = 25.0
HELLO_S = 8.0
_WHEN_REFUSED = {"hot": "with --yes it goes on although hot: stay with the unit",
                 "state": "see `preheat status`"}


def enter(port: str | None = None, confirm: bool = False) -> str:
    """Bring the unit at `port` (as for `connect`) to its prompt; the port's path.

    `confirm`: the operator says that the unit may be left although it is hot or cannot know.
    `Refused` (hot, state, busy), `DeviceLost`, `UsageError`. Doing it twice does no harm.
    """
    registry = Registry()
    target = _free(port, registry)
    stream = open_stream(target)
    try:
        link = Link(stream, target, registry.last_boot, HELLO_S)
    except ServiceMode:
        return target
    refuse_network(link, stream)
    enter_from(link, stream, confirm).close()
    return target


def leave(port: str | None = None) -> dict[str, Any]:
    """Restart a unit that is in service mode; its hello. One that runs its app is left alone."""
    registry = Registry()
    target = _free(port, registry)
    stream = open_stream(target)
    try:
        link = Link(stream, target, registry.last_boot, HELLO_S)
    except DeviceLost as why:
        back = reach_prompt(target, why).reset()
        link = live_link(target, back)
    with link:
        connect.remember(registry, link)
        return link.hello


def _free(port: str | None, registry: Registry) -> str:
    """The port's path; Refused while another window owns it."""
    target = connect.resolve(port, registry).port
    owned = owner.find(target)
    if owned is not None:
        with owned:
            raise owner.busy(owned.what)
    return target


def enter_from(link: Link, stream: Any, confirm: bool) -> Remote:
    """Ask the unit behind an open link for its prompt; the link is used up."""
    try:
        link.request("service", confirm=confirm)
    except Refused as err:
        link.close()
        raise Refused(err.message, err.fix or _WHEN_REFUSED.get(err.code, ""),
                      err.code, err.problems) from err
    except DeviceLost:  # the unit may have restarted before its answer was out
        link.close()
        return _reopen(link.port, lambda s: Remote(s, prompt_s=3.0), SERVICE_S)
    except BaseException:
        link.close()
        raise
    # The port stays open: opening it anew could restart an ESP32 out of service mode.
    link.detach()
    try:
        try:
            return Remote(stream, prompt_s=SERVICE_S)
        except DeviceLost:
            return _reopen(link.port, lambda s: Remote(s, prompt_s=3.0), SERVICE_S)
    except KeyboardInterrupt:
        restart(link.port)
        raise


@contextlib.contextmanager
def live_again_on_error(remote: Remote, was_live: bool) -> Iterator[None]:
    """Whatever fails inside, before anything was changed: an app that ran before runs again."""
    try:
        yield
    except BaseException:
        if was_live:
            restart(remote.port, remote)
        raise


def restart(port: str, remote: "Remote | None" = None) -> bool:
    """Start the app of a board that was left at its prompt; whether that worked, never an error.

    `remote`, if it is open, is used up. One that was broken off in the middle of an answer is
    opened anew.
    """
    for held in (remote, None):
        if held is not None and held.closed:
            continue
        try:
            (held or Remote(port)).reset().close()
            return True
        except PreheatError:
            if held is not None:
                held.close()
    return False


def runs(port: str) -> bool:
    """Whether an app answers at `port` (it may just be starting)."""
    try:
        Link(open_stream(port), port, None, HELLO_S).close()
    except DeviceLost:
        return False
    return True


def reach_prompt(port: str, why: DeviceLost) -> Remote:
    """A board that gave no hello: try its prompt, unless what it said rules that out."""
    if seen.needs_flashing(why.seen):
        raise why
    try:
        return Remote(port, prompt_s=1.0 if isinstance(why, ServiceMode) else 2.0)
    except DeviceLost as err:
        raise (err if err.seen else why) from err


def _reopen(port: str, use: Callable[[Any], Any], timeout_s: float) -> Any:
    """Open `port` and `use` it, again and again until that works; a USB port may be away."""
    end_s = time.monotonic() + timeout_s
    while True:
        try:
            return use(open_stream(port))
        except ServiceMode:
            raise
        except DeviceLost:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.3)


def refuse_network(link: Link, stream: object) -> None:
    """`Refused` for a unit on a socket: there is an app behind it, but no prompt."""
    if isinstance(stream, SocketStream):
        link.close()
        raise Refused(f"the unit at {link.port} has no MicroPython prompt to deploy through",
                      "start it again to give it this firmware", "state")


def live_link(port: str, stream: SerialStream) -> Link:
    """A link to the unit that is restarting behind `stream`, or at its port when that vanished."""
    try:
        return Link(stream, port, None, LIVE_S)
    except PortGone:  # native USB: the port restarts with its board
        pass
    return _reopen(port, lambda s: Link(s, port, None), LIVE_S)
