"""What a board on a pseudo-terminal says: the app's line protocol, or a MicroPython prompt.

Scripted, for tests of flashing, where what matters is which board and version answers; real
MicroPython is `bare_board`. It understands as much of the raw mode as mpremote uses.
"""

from collections.abc import Callable

from preheat_core import protocol

INTERRUPT, RAW, FRIENDLY, RUN = b"\x03", b"\x01", b"\x02", b"\x04"
PASTE = b"\x05A\x01"


class FakePrompt:
    """Feed it what the host wrote; it returns what the board says.

    `live` (a hello) makes it a running app that refuses service mode while `hot`; else it is at
    its prompt. `runs` is called with every piece of code; what it returns was printed.
    """

    def __init__(
        self, platform: str, machine: str, version: tuple[int, ...],
        live: dict | None = None, runs: Callable[[str], str | None] = lambda code: None,
    ) -> None:
        self.about = (platform, machine, version)
        self.live = live
        self.hot = False
        self.interrupts = 0  # Ctrl-C received
        self.ran: list[str] = []
        self._runs = runs
        self._lines = protocol.LineReader()
        self._raw = False
        self._typed = b""

    def feed(self, data: bytes) -> bytes:
        if self.live is not None:
            return b"".join(self._answer(line) for line in self._lines.feed(data))
        said = b""
        for i in range(len(data)):
            said += self._typed_byte(data[i : i + 1])
        return said

    def _answer(self, line: "bytes | None") -> bytes:
        try:
            ask = protocol.decode(line)
        except protocol.ProtocolError:
            return b""
        answer = {"id": ask["id"], "ok": True}
        if ask["cmd"] == "hello":
            answer.update(self.live or {})
        if ask["cmd"] == "service" and self.hot and not ask["confirm"]:
            answer.update({"ok": False, "code": "hot", "why": "the board is at 180 C"})
        elif ask["cmd"] == "service":
            self.live = None
            return protocol.encode(answer) + b"\r\n>>> "
        return protocol.encode(answer)

    def _typed_byte(self, byte: bytes) -> bytes:
        if byte == INTERRUPT:
            self.interrupts += 1
        if byte in (INTERRUPT, FRIENDLY, RAW):
            self._typed = b""
            self._raw = byte == RAW or (self._raw and byte == INTERRUPT)
            return b"raw REPL; CTRL-B to exit\r\n>" if self._raw else b"\r\n>>> "
        if not self._raw:
            return b"\r\n>>> " if byte in b"\r\n" else b""
        if byte == RUN:
            code, self._typed = self._typed.decode(), b""
            return b"OK" + self._run(code).encode() + b"\x04\x04>"
        self._typed += byte
        if self._typed == PASTE:
            self._typed = b""
            return b"R\x00"  # raw paste is not spoken here
        return b""

    def _run(self, code: str) -> str:
        self.ran.append(code)
        if "sys.implementation" in code:
            return repr((*self.about, 6, 1_000_000)) + "\r\n"
        return self._runs(code) or ""
