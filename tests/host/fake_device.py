"""A small scripted unit on a TCP port that speaks the line protocol; an ordinary fake for tests.

`mangle(cmd, line)` may change an answer's bytes or drop it (None); `script` adds or replaces
commands; everything received is in `heard`.
"""

import base64
import hashlib
import socket
import threading
from collections.abc import Callable
from typing import Any

from preheat_core import protocol

HELLO = {
    "proto": protocol.PROTO, "fw": "0.1.0", "fw_hash": "0" * 16, "micropython": "1.29.0",
    "board": "virtual-hotplate", "board_hash": "1" * 16, "settings_hash": "2" * 16,
    "uid": "aabbccdd", "name": "bench", "boot_id": "b00t0001", "uptime_ms": 60000,
    "reset": "power", "intent": None, "state": "idle", "faults": [], "mem_free": 100000,
}


class FakeDevice:
    """Use as a context manager; `port` is its socket:// address."""

    def __init__(self, **hello: Any) -> None:
        self.hello = {**HELLO, **hello}
        self.heard: list[dict[str, Any]] = []
        self.files: dict[tuple[str, str], bytes] = {}
        self.script: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {}
        self.mangle: Callable[[str, bytes], bytes | None] = lambda cmd, line: line
        self.greeting = b""  # sent as soon as somebody connects
        self.deaf = False  # answers nothing
        self._upload: dict[str, Any] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self._client: socket.socket | None = None
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "FakeDevice":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, self._client):
            if sock is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # not connected any more, which is what is wanted
                sock.close()
        self._thread.join(timeout=5)

    def say(self, *items: "dict[str, Any] | bytes") -> None:
        """Send messages or raw bytes unasked."""
        assert self._connected.wait(5) and self._client is not None
        for item in items:
            self._client.sendall(item if isinstance(item, bytes) else protocol.encode(item))

    def vanish(self) -> None:
        """Break the connection, as a pulled cable does."""
        assert self._connected.wait(5) and self._client is not None
        self._client.shutdown(socket.SHUT_RDWR)

    def asked(self, cmd: str) -> int:
        """How many lines with that command were received."""
        return sum(line.get("cmd") == cmd for line in self.heard)

    def _serve(self) -> None:
        while True:
            try:
                self._client, _ = self._listener.accept()
            except OSError:
                return
            self._connected.set()
            try:
                self._client.sendall(self.greeting)
                reader = protocol.LineReader()
                while data := self._client.recv(4096):
                    for line in reader.feed(data):
                        self._line(line)
            except OSError:
                pass  # the host went away; wait for the next one
            finally:
                self._client.close()

    def _line(self, line: "bytes | None") -> None:
        try:
            ask = protocol.decode(line)
        except protocol.ProtocolError as err:
            answer = {"id": None, "ok": False, "code": err.code, "why": err.why}
            ask = {"cmd": ""}
        else:
            self.heard.append(ask)
            answer = self._answer(ask)
        if answer is None or self.deaf:
            return
        out = self.mangle(ask["cmd"], protocol.encode(answer))
        if out is not None and self._client is not None:
            self._client.sendall(out)

    def _answer(self, ask: "dict[str, Any]") -> "dict[str, Any] | None":
        cmd = ask["cmd"]
        wrong = protocol.check_args(cmd, ask)
        if wrong:
            return {"id": ask["id"], "ok": False, "code": wrong[0], "why": wrong[1]}
        act = self.script.get(cmd) or getattr(self, "_do_" + cmd, None)
        fields = act(ask) if act else {}
        if fields is None:
            return None
        return {"id": ask["id"], "ok": True, **fields}  # a script may replace id and ok

    def _do_hello(self, _ask: "dict[str, Any]") -> "dict[str, Any]":
        return self.hello

    def _do_claim(self, _ask: "dict[str, Any]") -> "dict[str, Any]":
        return {"token": "t0ken"}

    def _do_stop(self, _ask: "dict[str, Any]") -> "dict[str, Any]":
        return {"heat": False}

    def _do_put(self, ask: "dict[str, Any]") -> "dict[str, Any]":
        self._upload = {"key": (ask["kind"], ask["name"]), "parts": {}}
        return {}

    def _do_part(self, ask: "dict[str, Any]") -> "dict[str, Any]":
        self._upload["parts"][ask["n"]] = base64.b64decode(ask["data"])
        return {"n": ask["n"]}

    def _do_done(self, _ask: "dict[str, Any]") -> "dict[str, Any]":
        parts = self._upload["parts"]
        data = b"".join(parts[n] for n in range(len(parts)))
        self.files[self._upload["key"]] = data
        return {"sha": hashlib.sha256(data).hexdigest()[:16]}

    def _do_get(self, ask: "dict[str, Any]") -> "dict[str, Any]":
        data = self.files[ask["kind"], ask["name"]]
        return {"size": len(data), "sha": hashlib.sha256(data).hexdigest()[:16]}

    def _do_read(self, ask: "dict[str, Any]") -> "dict[str, Any]":
        whole = self.files[ask["kind"], ask["name"]]
        data = whole[ask["off"] : ask["off"] + ask["n"]]
        eof = ask["off"] + len(data) >= len(whole)
        return {"off": ask["off"], "data": base64.b64encode(data).decode(), "eof": eof}
