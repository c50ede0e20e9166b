"""One run, from a profile on the laptop to a verified log beside it.

Knows the order of things and what a lost message means; how it looks is the view's business.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from preheat import faulttexts
from preheat.errors import DeviceLost, OperatorStop, Refused, RunFault
from preheat_core import faults

POLL_S = 0.2  # longest wait for one message: keys and Ctrl-C are looked at this often
ASK_S = 2.0  # the whole status is asked for this often, in case an event was lost
BEAT_UNIT_S = 2  # a heartbeat at least this often by the unit's own clock, too
BY_CHARS = 24  # the unit keeps this much of the operator's name
BY_BYTES = 72  # as sent, where a letter beyond ASCII takes 6: the line must not get too long

DONE, ABORTED, RESET = "done", "aborted", "reset"
UNSEEN = "unseen"  # the run is over but its end was not heard: the log will tell


class Outcome(NamedTuple):
    """How a run ended, and what the unit said on the way."""

    run_id: str
    end: str
    events: list[dict[str, Any]]
    closed: bool


class Run:
    """Follows one started run. `keys.read()` gives orders, `interrupts.count` counts Ctrl-C."""

    def __init__(self, link: Any, token: str, run_id: str, view: Any, keys: Any, interrupts: Any):
        self.link = link
        self.token = token
        self.run_id = run_id
        self.view = view
        self.keys = keys
        self.interrupts = interrupts
        self.end: str | None = None
        self.closed = False
        self.events: list[dict[str, Any]] = []
        self._boot_id = link.hello.get("boot_id")
        self._leave = False
        self._external = False  # declared with a key
        self._stopped = False  # by us, and the unit has confirmed it
        self._beat_s = 0  # of the run's own time

    def follow(
        self, clock: Callable[[], float] = time.monotonic, to_close: bool = True
    ) -> Outcome:
        """Wait for the end of the run's heat, then, with `to_close`, for the closing of its log.

        DeviceLost when the unit stops answering, or is left before it confirmed a stop. Ctrl-C
        stops the run; after its end it leaves without waiting for the log (`closed` is then
        False).
        """
        try:
            asked_s = self._heat(clock)
        except KeyboardInterrupt as error:  # a second Ctrl-C, before the first was acted on
            self.view.note(UNKNOWN_HEAT)
            raise DeviceLost(*_UNCONFIRMED) from error
        if not to_close:
            return Outcome(self.run_id, self.end or UNSEEN, self.events, self.closed)
        if not self.closed:
            self.view.note(
                "cooling; the log closes when the board is cool (Ctrl-C leaves it in the unit)"
            )
        while not self.closed and not self._leave:
            self._listen()
            self._obey_after_end()
            if not self.closed and clock() - asked_s >= ASK_S:
                asked_s = clock()
                self._ask()
        return Outcome(self.run_id, self.end or UNSEEN, self.events, self.closed)

    def _heat(self, clock: Callable[[], float]) -> float:
        """Follow until the heat is over; returns when the status was asked for last."""
        asked_s = clock()
        while self.end is None:
            in_doubt = self._listen()
            self._obey()
            if self.end is None and (in_doubt or clock() - asked_s >= ASK_S):
                asked_s = clock()
                self._ask()
        return asked_s

    def stop(self) -> bool:
        """Switch the heat off; True, and "heat off" is shown, only if the unit said so."""
        try:
            answer = self.link.request("stop")
        except (DeviceLost, Refused, KeyboardInterrupt) as error:
            self.view.note(UNKNOWN_HEAT)
            raise DeviceLost(*_UNCONFIRMED) from error
        off = answer.get("heat") is False
        self.view.note("heat off" if off else UNKNOWN_HEAT)
        self._stopped = self._stopped or off
        return off

    def _listen(self, wait_s: float = POLL_S) -> bool:
        """Take what came in; True when telemetry says that the run is over."""
        over = False
        for message in self.link.poll(wait_s):
            if "ev" in message:
                self._take_event(message)
            elif "st" in message:
                self.view.status(message)
                self._beat(message.get("t"))
                over = over or message["st"] not in faults.HEATING_STATES
            elif "hello" in message and message["hello"].get("boot_id") != self._boot_id:
                self._boot_id = message["hello"].get("boot_id")
                self._was_reset()
        return over

    def _beat(self, elapsed_s: "int | None") -> None:
        """A heartbeat by the run's time: on a virtual bench it goes faster than ours."""
        if self.end is None and elapsed_s is not None and elapsed_s - self._beat_s >= BEAT_UNIT_S:
            self._beat_s = elapsed_s
            with contextlib.suppress(Refused):  # the run may have ended meanwhile
                self.link.request("beat", token=self.token)

    def _take_event(self, message: dict[str, Any]) -> None:
        self.events.append(message)
        self.view.event(message)
        about_us = message.get("run") == self.run_id
        if message["ev"] == "end" and about_us:
            self.end = message["end"]
        elif message["ev"] == "closed" and about_us:
            self.end = message.get("end") or self.end or UNSEEN
            self.closed = True

    def _was_reset(self) -> None:
        self.view.note("the unit restarted; it does not resume heating by itself")
        if self.end is None:
            self.end = RESET
        self.closed = True  # at boot the unit closes what a restart had cut off

    def _obey(self) -> None:
        if self.interrupts.count:
            if self.stop():
                self.interrupts.forgive()
        for order in self.keys.read():
            if order == "stop":
                self.stop()
            else:
                self._pass_on(order)

    def _pass_on(self, order: str) -> None:
        try:
            if order == "continue":
                self.link.request("continue", token=self.token)
            elif order == "ack":
                self.link.request("ack")
            elif order == "external":
                self.link.request("ext", token=self.token, on=not self._external)
                self._external = not self._external
                told = "declared: E again when it is over" if self._external else "is over"
                self.view.note(f"heat from above, or another board: {told}")
            else:
                delta_c = 1 if order == "warmer" else -1
                answer = self.link.request("trim", token=self.token, delta_c=delta_c)
                self.view.note(f"setpoint {answer['setpoint_c']:.1f} °C")
        except Refused as refusal:
            self.view.note(f"refused: {refusal}")

    def _obey_after_end(self) -> None:
        if self.interrupts.count:
            self._leave = True
        for order in self.keys.read():
            if order == "ack":
                self._pass_on(order)

    def _ask(self) -> None:
        """Learn from the whole status what a lost event would have told."""
        status = self.link.request("status")
        self._listen(0)  # what came before the answer counts first
        if self.closed:
            return
        if status.get("run_id") != self.run_id:  # a unit has a run until its log is closed
            self.end = status.get("end") or self.end or UNSEEN
            self.closed = True
        elif self.end is None and status["state"] not in faults.HEATING_STATES:
            codes = status.get("faults") or ()
            unheard = ABORTED if self._stopped else UNSEEN
            self.end = f"fault:{faults.worst(codes)}" if codes else unheard


_UNCONFIRMED = ("the unit did not confirm the stop", "cut the mains by hand; see the lamp")
UNKNOWN_HEAT = (
    "HEAT UNKNOWN: the unit has not confirmed the stop. A run started from here ends by itself "
    "10 s after this program; if the lamp stays on, cut the mains."
)


def raise_for_end(end: str, detail: str = "") -> None:
    """Nothing for "done"; else the error whose exit code belongs to this end state."""
    if end == DONE:
        return
    if end == ABORTED:
        raise OperatorStop("the run was stopped", "the log has been kept")
    if end == RESET:
        raise RunFault(
            "the unit restarted during the run" + detail,
            "find out why (power, watchdog) before the next run", code=RESET,
        )
    code = end.partition(":")[2]
    text = faulttexts.find(code)
    if text is not None:
        what = f"fault {code}: {text.sentence.rstrip('.')}{detail}"
        raise RunFault(what, text.action, code=code)
    raise RunFault(f"the run ended as {end}{detail}", "see the log", code=code)


def set_clock(link: Any, epoch_s: "float | None" = None) -> None:
    """Tell the unit what time it is; only labels depend on it."""
    link.request("clock", epoch_s=int(time.time() if epoch_s is None else epoch_s))


def fault_detail(events: list[dict[str, Any]]) -> str:
    """" [detail]" of the last fault event, or nothing."""
    for message in reversed(events):
        if message.get("ev") == "fault" and message.get("detail"):
            return f" [{message['detail']}]"
    return ""
