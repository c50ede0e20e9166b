"""The serial line: bytes in, answers, events and status out, never holding up a tick."""

from preheat_core import protocol
from preheat_core.clock import diff

STATUS_MS = 500
STATUS_IDLE_MS = 1000
PIECE = 64  # bytes written at once: what a USB packet holds
QUEUE_MAX = 4096  # bytes waiting to go out; more means that nobody reads


class Console:
    """Line protocol over a port with `read() -> bytes` and `write(data) -> count`.

    Both return at once: b"" and 0 when there is nothing to read or no room to write. `answer`
    turns a host's object into the answer's object.
    """

    def __init__(self, port, answer, statement):
        self._port = port
        self._answer = answer
        self._statement = statement
        self._reader = protocol.LineReader()
        self._queue = []
        self._queued = 0
        self._sent = 0  # bytes of the first line that are out already
        self._awake = False  # the host has spoken and reads: telemetry may flow
        self._status_ms = None
        self.button_start = self._nothing  # set by the composition root

    def _nothing(self) -> None:
        return None

    def say(self, obj: dict) -> None:
        """Queue an object as a line; when nobody reads, everything queued is dropped."""
        self._put(protocol.encode(obj))

    def _put(self, line: bytes) -> None:
        if self._queued + len(line) > QUEUE_MAX:
            # A line that was begun must be finished, or the next one would be garbled.
            begun = self._queue[:1] if self._sent else []
            self._queue = begun
            self._queued = sum(len(row) for row in begun)
            self._awake = False
        self._queue.append(line)
        self._queued += len(line)

    def tick(self, now_ms: int, events) -> None:
        """Once a tick: queue events and, when due, the status; read and write a little."""
        if self._awake:
            for event in events:
                self.say(event)
            busy, line = self._statement.brief()
            every_ms = STATUS_MS if busy else STATUS_IDLE_MS
            if self._status_ms is None or not 0 <= diff(now_ms, self._status_ms) < every_ms:
                self._status_ms = now_ms
                if self._queued > 512:
                    self._awake = False  # the write stalls: pause until the host speaks again
                else:
                    self._put(line())
        self.serve()

    def serve(self) -> None:
        """Answer what came in and write what fits; returns at once."""
        data = self._port.read()
        if data:
            for line in self._reader.feed(data):
                self._awake = True
                self.say(self._reply(line))
        self._write()

    def _reply(self, line) -> dict:
        try:
            obj = protocol.decode(line)
        except protocol.ProtocolError as error:
            return {"id": None, "ok": False, "code": error.code, "why": error.why}
        return self._answer(obj)

    def _write(self) -> None:
        while self._queue:
            line = self._queue[0]
            sent = self._port.write(line[self._sent : self._sent + PIECE])
            if not sent:
                return
            self._sent += sent
            if self._sent >= len(line):
                self._queued -= len(line)
                self._queue.pop(0)
                self._sent = 0

    def drain(self, wait_ms: int, ticks_ms, sleep_ms) -> None:
        """Try for at most `wait_ms` to get everything out, before a reset."""
        start_ms = ticks_ms()
        while self._queue and diff(ticks_ms(), start_ms) < wait_ms:
            self._write()
            sleep_ms(5)
