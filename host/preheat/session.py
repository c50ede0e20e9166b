"""A claim on a unit, kept alive by a heartbeat: what a host-started run needs of its host."""

import threading
import time
from typing import Any

from preheat.errors import DeviceLost, PreheatError

BEAT_S = 2.0  # the unit ends a host-started run after 10 s without a beat


class Session:
    """`claim()` makes this the session that may start; `token` is what the unit gave.

    Works on a `Link` and on an `OwnedLink`. `problem` is the error that ended the heartbeat,
    or None; the unit then takes the heat away by itself.
    """

    def __init__(self, link: Any, host: str = "preheat") -> None:
        self._link = link
        self._host = host
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.token = ""
        self.problem: PreheatError | None = None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def claim(self) -> str:
        """Ask for the claim and keep its token. `Refused` (busy) while another's run goes on."""
        self.token = self._link.request("claim", host=self._host)["token"]
        return self.token

    def start_beats(self) -> None:
        """Send a heartbeat every `BEAT_S` from a thread of its own until `stop()`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._beat, name="preheat-beat", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the heartbeat. May be called twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=4.0)

    def _beat(self) -> None:
        next_s = time.monotonic()
        while not self._stop.wait(max(0.0, next_s - time.monotonic())):
            next_s = time.monotonic() + BEAT_S
            try:
                self._link.request("beat", token=self.token)
            except DeviceLost as err:
                # One late answer is no reason to give up: the unit allows 10 s.
                if self.problem is not None:
                    return
                self.problem = err
            except PreheatError as err:
                self.problem = err
                return
            else:
                self.problem = None
