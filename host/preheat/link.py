"""The line protocol over one open port: questions with answers, and what the unit says unasked.

One request is outstanding at a time. A reader thread takes every byte as it comes, so a busy
caller never stalls the unit's output; all buffers are bounded and every wait ends.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from preheat import seen as sights
from preheat.errors import DeviceLost, PreheatError, Refused, UsageError
from preheat.serialport import Stream
from preheat_core import events, protocol

HELLO_TIMEOUT_S = 8.0  # a restarted unit needs up to 3 s of boot window before it listens
_HELLO_EVERY_S = 0.7
_HELLOS_BEFORE_CTRL_B = 3
_WAIT_SLICE_S = 0.2  # longest uninterruptible wait (Ctrl-C on Windows)
_SEEN_BYTES = 2000
_INBOX = 512
_DAMAGED = ("bad_line", "crc", "too_long")  # refusals of a line that was never understood
_STARTED_SLACK_MS = 500

Message = dict[str, Any]
LastBoot = Callable[[str], str | None]


class Inbox:
    """Unasked messages for one listener; when full, the oldest status gives way first."""

    def __init__(self) -> None:
        self._items: deque[Message] = deque()

    def add(self, message: Message) -> None:
        self._items.append(message)
        if len(self._items) > _INBOX:
            old = next((i for i, m in enumerate(self._items) if "st" in m), 0)
            del self._items[old]

    def take(self) -> list[Message]:
        items = list(self._items)
        self._items.clear()
        return items


class Link:
    """A live unit on an open stream. `hello` is the newest hello; `port` names it in errors.

    Making one performs the handshake: `ServiceMode` or `DeviceLost` (the stream is then closed)
    when no unit answers within `hello_timeout_s`. `last_boot(uid)` gives the boot id known from
    before; with it, `restarted_on_open` tells that opening the port restarted the controller.
    """

    def __init__(
        self,
        stream: Stream,
        port: str = "",
        last_boot: LastBoot | None = None,
        hello_timeout_s: float = HELLO_TIMEOUT_S,
    ) -> None:
        self.port = port or getattr(stream, "port", "the port")
        self.hello: Message = {}
        self.restarted_on_open = False
        self._stream = stream
        self._lines = protocol.LineReader(protocol.MAX_DEVICE_LINE)
        self._seen = b""
        self._turn = threading.Lock()  # held from a request's first byte to its answer
        self._news = threading.Condition()
        self._waiting_id: int | None = None
        self._answer: Message | None = None
        self._last_id = 0
        self._boots = 0
        self._dead: DeviceLost | None = None
        self._closing = False
        self._own = Inbox()
        self._inboxes = [self._own]
        self._reader = threading.Thread(target=self._read_loop, name="preheat-link", daemon=True)
        self._reader.start()
        opened_s = time.monotonic()
        try:
            self._greet(hello_timeout_s)
            self._judge_restart(last_boot, opened_s)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def notices(self) -> list[str]:
        """Sentences the user should see after connecting."""
        if not self.restarted_on_open:
            return []
        return ["Opening the port restarted the controller; a run before it has ended with it."]

    def close(self) -> None:
        """End the reader and let go of the port. May be called twice."""
        self._closing = True
        if threading.current_thread() is not self._reader:
            self._reader.join(timeout=2.0)
        self._stream.close()

    def detach(self) -> None:
        """End the reader and leave the stream open, for whoever takes it over."""
        self._closing = True
        self._reader.join(timeout=2.0)

    def request(self, cmd: str, timeout_s: float = 3.0, **args: Any) -> Message:
        """Send one command and return its answer (without `id` and `ok`).

        `Refused` with the unit's code and reason; `DeviceLost` when no answer comes in
        `timeout_s`. A lost answer is asked for once more where repeating does no harm
        (`events.REPEATABLE`); a line the unit could not read is sent again in any case.
        """
        repeatable = cmd in events.REPEATABLE
        end_s = time.monotonic() + timeout_s
        with self._turn:
            number = self._last_id = self._last_id % protocol.MAX_ID + 1
            line = _line(number, cmd, args)
            sends = 0
            while True:
                sends += 1
                boots = self._boots
                first = repeatable and sends == 1
                now_s = time.monotonic()
                until_s = now_s + (end_s - now_s) / 2 if first else end_s
                answer = self._exchange(number, line, until_s)
                if answer is None and self._boots != boots and not repeatable:
                    raise self._lost(f"the unit restarted before it answered `{cmd}`",
                                     "see `preheat status` for what it does now")
                damaged = answer is not None and answer.get("id") is None
                again = sends < 3 and (damaged or (answer is None and first))
                if again and time.monotonic() < end_s:
                    continue
                if answer is None:
                    raise self._lost(
                        f"{self.port} did not answer `{cmd}` within {timeout_s:g} s",
                        "check the cable; the unit ends a host-started run by itself after 10 s",
                    )
                return _checked(cmd, answer)

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        """What came unasked since the last call, waiting up to `timeout_s` for the first.

        Messages are {"hello": …}, {"st": …} or {"ev": …}. `DeviceLost` once the port is gone
        and everything received has been handed out.
        """
        return self.poll_inbox(self._own, timeout_s)

    def add_inbox(self) -> Inbox:
        """A further listener: from now on it gets every unasked message too."""
        inbox = Inbox()
        with self._news:
            self._inboxes.append(inbox)
        return inbox

    def drop_inbox(self, inbox: Inbox) -> None:
        """Remove a listener made by `add_inbox`."""
        with self._news:
            self._inboxes.remove(inbox)

    def poll_inbox(self, inbox: Inbox, timeout_s: float) -> list[Message]:
        """`poll` for a listener made by `add_inbox`."""
        end_s = time.monotonic() + timeout_s
        with self._news:
            while True:
                items = inbox.take()
                left_s = end_s - time.monotonic()
                if items or (left_s <= 0 and not self._dead):
                    return items
                self._raise_if_dead()
                self._news.wait(min(left_s, _WAIT_SLICE_S))

    def _exchange(self, number: int, line: bytes, until_s: float, to_prompt: bool = False) -> Any:
        """Write `line`; its answer, None at `until_s`, a restart or (`to_prompt`) a prompt."""
        with self._news:
            self._raise_if_dead()
            self._waiting_id, self._answer = number, None
            boots = self._boots
        try:
            self._stream.write(line)
            with self._news:
                while self._answer is None and self._boots == boots:
                    self._raise_if_dead()
                    left_s = until_s - time.monotonic()
                    if left_s <= 0 or (to_prompt and sights.conclusive(self._seen)):
                        break
                    self._news.wait(min(left_s, _WAIT_SLICE_S))
                return self._answer
        finally:
            self._waiting_id = None

    def _greet(self, timeout_s: float) -> None:
        end_s, prompt_s = time.monotonic() + timeout_s, None
        with self._turn:
            self._stream.write(b"\n")  # ends what an interrupted host may have left half-sent
            while not self.hello:
                now_s = time.monotonic()
                number = self._last_id = self._last_id + 1
                line = _line(number, "hello", {})
                if number == _HELLOS_BEFORE_CTRL_B and not self._seen:
                    line = b"\x02\n" + line  # a raw prompt left behind by a killed program
                until_s = min(now_s + _HELLO_EVERY_S, end_s)
                answer = self._exchange(number, line, until_s, prompt_s is None)
                if answer and answer.get("ok") is True:
                    self.hello = {k: v for k, v in answer.items() if k not in ("id", "ok")}
                elif now_s >= end_s:
                    raise sights.explain(self.port, self._seen, timeout_s)
                elif sights.conclusive(self._seen):
                    if prompt_s is not None:  # once more after first sight: a boot may go on
                        raise sights.explain(self.port, self._seen, timeout_s)
                    prompt_s = now_s

    def _judge_restart(self, last_boot: LastBoot | None, opened_s: float) -> None:
        if last_boot is None or not getattr(self._stream, "has_lines", True):
            return
        known = last_boot(str(self.hello.get("uid", "")))
        open_ms = (time.monotonic() - opened_s) * 1000 + _STARTED_SLACK_MS
        uptime_ms = self.hello.get("uptime_ms")
        young = isinstance(uptime_ms, (int, float)) and uptime_ms <= open_ms
        self.restarted_on_open = bool(known and known != self.hello.get("boot_id") and young)

    def _read_loop(self) -> None:
        try:
            while not self._closing:
                data = self._stream.read(4096, 0.1)
                if data:
                    self._take(data)
        except DeviceLost as err:
            with self._news:
                self._dead = err
                self._news.notify_all()

    def _take(self, data: bytes) -> None:
        with self._news:
            self._seen = (self._seen + data)[-_SEEN_BYTES:]
            for line in self._lines.feed(data):
                with contextlib.suppress(protocol.ProtocolError):  # it stays in _seen
                    self._dispatch(protocol.decode(line))
            self._news.notify_all()

    def _dispatch(self, message: Message) -> None:
        if "ok" in message:
            number = message.get("id")
            damaged = number is None and message.get("code") in _DAMAGED
            if self._waiting_id is not None and (number == self._waiting_id or damaged):
                self._answer = message
            return
        hello = message.get("hello")
        if isinstance(hello, dict):
            if self.hello and hello.get("boot_id") != self.hello.get("boot_id"):
                self._boots += 1
            self.hello = hello
        if "hello" in message or "st" in message or "ev" in message:
            for inbox in self._inboxes:
                inbox.add(message)

    def _raise_if_dead(self) -> None:
        if self._dead:
            raise type(self._dead)(self._dead.message, self._dead.fix, self._dead.seen)

    def _lost(self, message: str, fix: str) -> DeviceLost:
        shown = sights.printable(self._seen[-400:])
        if sights.at_prompt(self._seen):
            return sights.explain(self.port, self._seen, 0)
        return DeviceLost(message, fix, shown)


def _line(number: int, cmd: str, args: Message) -> bytes:
    wrong = protocol.check_args(cmd, {"id": number, "cmd": cmd, **args})
    if wrong:
        raise UsageError(f"`{cmd}` cannot be asked so: {wrong[1]}")
    line = protocol.encode({"id": number, "cmd": cmd, **args})
    if len(line) > protocol.MAX_HOST_LINE:
        raise UsageError(f"`{cmd}` is too long for one line ({len(line)} bytes)",
                         f"shorten its text to fit {protocol.MAX_HOST_LINE} bytes")
    return line


def _checked(cmd: str, answer: Message) -> Message:
    if answer.get("ok") is True:
        return {k: v for k, v in answer.items() if k not in ("id", "ok")}
    raise refusal(cmd, answer)


def refusal(cmd: str, answer: Message) -> PreheatError:
    """The error for an answer with `"ok": false`."""
    problems = answer.get("problems")
    lines = tuple(str(p) for p in problems) if isinstance(problems, list) else ()
    why = answer.get("why", "no reason given")
    fix = "or wait for its end" if str(why).endswith("stop it first") else ""
    return Refused(f"the unit refused `{cmd}`: {why}", fix, str(answer.get("code", "")), lines)
