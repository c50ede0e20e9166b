"""The control socket of the process that owns a port, so that `preheat stop` works elsewhere.

A serial port has one owner. `run`, `hold` and `watch` serve their link on 127.0.0.1; a note in
PREHEAT_HOME/run (readable by this user alone) tells the other verbs where, and the secret to say.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import socket
import threading
import time
from pathlib import Path
from typing import Any

from preheat import paths
from preheat.errors import (
    DeviceLost,
    PortGone,
    PreheatError,
    Refused,
    ServiceMode,
    UsageError,
)
from preheat.link import Link, Message
from preheat.serialport import real_path

_MAX_LINE = 65536
_MAX_CLIENTS = 8
_CONNECT_S = 2.0
_POLL_SLICE_S = 0.2
# These end the owner's connection, so only somebody who holds the port himself may ask.
_OWN_PORT_ONLY = ("service", "reset")
_KINDS = {kind.__name__: kind for kind in (
    Refused, UsageError, DeviceLost, PortGone, ServiceMode,
)}  # what a link raises


def note_path(port: str) -> Path:
    """The note about the owner of `port`; two names of one device share it."""
    real = real_path(port)
    return paths.run_dir() / (hashlib.sha256(real.encode()).hexdigest()[:16] + ".json")


class OwnerServer:
    """Serves `link` to other processes of this user until closed. `what` is the owner's verb."""

    def __init__(self, link: Link, port: str, what: str) -> None:
        self._link = link
        self._what = what
        self._secret = secrets.token_hex(16)
        self._clients: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(None)
        self.note = note_path(port)
        self._write_note(port)
        self._thread = threading.Thread(target=self._accept, name="preheat-owner", daemon=True)
        self._thread.start()

    def __enter__(self) -> "OwnerServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_note(self, port: str) -> None:
        note = {"port": port, "tcp": self._listener.getsockname()[1], "pid": os.getpid(),
                "what": self._what, "token": self._secret}
        draft = self.note.with_name(f"{self.note.name}.{os.getpid()}.new")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(note, file)
        os.replace(draft, self.note)

    def close(self) -> None:
        """Stop serving and remove the note, unless another owner has replaced it."""
        note = _read_note(self.note)
        if note and note["token"] == self._secret:
            self.note.unlink(missing_ok=True)
        # shutdown wakes a thread that waits in accept or recv; close alone does not everywhere.
        for sock in (self._listener, *self._clients):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            if len(self._clients) >= _MAX_CLIENTS:
                client.close()
                continue
            self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        inbox = self._link.add_inbox()
        try:
            client.settimeout(_CONNECT_S)  # until the secret is said
            with client.makefile("rb") as lines:
                said = _load(lines.readline(_MAX_LINE)).get("token")
                if not hmac.compare_digest(str(said).encode(), self._secret.encode()):
                    return
                client.settimeout(None)
                _send(client, {"ok": True, "hello": self._link.hello, "what": self._what})
                while raw := lines.readline(_MAX_LINE):
                    _send(client, self._answer(_load(raw), inbox))
        except (OSError, ValueError):
            return  # the client has gone, or does not speak this
        finally:
            self._link.drop_inbox(inbox)
            self._clients.discard(client)
            client.close()

    def _answer(self, ask: Message, inbox: Any) -> Message:
        try:
            if ask.get("op") == "poll":
                wait_s = min(float(ask.get("timeout_s", 0)), _POLL_SLICE_S)
                items = self._link.poll_inbox(inbox, wait_s)
                return {"ok": True, "items": items, "hello": self._link.hello}
            cmd = str(ask.get("cmd"))
            if cmd in _OWN_PORT_ONLY:
                raise busy(self._what)
            timeout_s = min(float(ask.get("timeout_s", 3)), 30.0)
            answer = self._link.request(cmd, timeout_s, **dict(ask.get("args", {})))
            return {"ok": True, "answer": answer}
        except PreheatError as err:
            return {
                "ok": False, "kind": type(err).__name__, "message": err.message, "fix": err.fix,
                "code": getattr(err, "code", ""), "problems": getattr(err, "problems", ()),
            }


class OwnedLink:
    """The same face as `Link`, through the process that owns the port."""

    restarted_on_open = False
    notices: list[str] = []

    def __init__(self, sock: socket.socket, lines: Any, port: str, first: Message) -> None:
        self.port = port
        self.what = str(first.get("what", ""))
        self.hello: Message = first["hello"]
        self._socket = sock
        self._lines = lines
        self._turn = threading.Lock()

    def __enter__(self) -> "OwnedLink":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self, cmd: str, timeout_s: float = 3.0, **args: Any) -> Message:
        """As `Link.request`."""
        ask = {"cmd": cmd, "args": args, "timeout_s": timeout_s}
        return self._ask(ask, timeout_s + 3.0)["answer"]

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        """As `Link.poll`."""
        end_s = time.monotonic() + timeout_s
        while True:
            left_s = end_s - time.monotonic()
            got = self._ask({"op": "poll", "timeout_s": max(0.0, left_s)}, 3.0)
            self.hello = got["hello"]
            if got["items"] or left_s <= 0:
                return got["items"]

    def close(self) -> None:
        """Let go of the owner; its link stays open."""
        self._lines.close()
        self._socket.close()

    def _ask(self, ask: Message, timeout_s: float) -> Message:
        try:
            with self._turn:
                self._socket.settimeout(timeout_s)
                _send(self._socket, ask)
                answer = _load(self._lines.readline(_MAX_LINE))
        except TimeoutError as err:
            raise DeviceLost(
                f"the `preheat {self.what}` that holds {self.port} does not answer",
                "look at its window: it may be suspended; end it there, then ask again",
            ) from err
        except (OSError, ValueError) as err:
            raise DeviceLost(
                f"the `preheat {self.what}` that held {self.port} has ended",
                "run the command again to speak to the unit directly",
            ) from err
        if answer.get("ok") is True:
            return answer
        kind = _KINDS.get(str(answer.get("kind")), PreheatError)
        err = kind(str(answer.get("message")), str(answer.get("fix", "")))
        if isinstance(err, Refused):
            err.code = str(answer.get("code", ""))
            err.problems = tuple(answer.get("problems", ()))
        raise err


def busy(what: str) -> Refused:
    """The refusal for what needs the port itself while `preheat WHAT` holds it."""
    return Refused(f"`preheat {what}` holds the unit's port", "end it first", "busy")


def find(port: str) -> OwnedLink | None:
    """A link through the process that owns `port`; None when there is none.

    A note whose port is shut or speaks otherwise is left over from a process that died; it is
    removed. One that is only silent stays: its owner may be suspended, or slow for a moment.
    """
    path = note_path(port)
    note = _read_note(path)
    if note is None:
        return None
    try:
        sock = socket.create_connection(("127.0.0.1", int(note["tcp"])), timeout=_CONNECT_S)
    except TimeoutError:
        return None
    except OSError:
        path.unlink(missing_ok=True)
        return None
    lines = sock.makefile("rb")
    try:
        _send(sock, {"token": note["token"]})
        first = _load(lines.readline(_MAX_LINE))
        if first.get("ok") is True and isinstance(first.get("hello"), dict):
            return OwnedLink(sock, lines, port, first)
        stale = True  # another program has that TCP port now
    except TimeoutError:
        stale = False
    except (OSError, ValueError):
        stale = True
    lines.close()
    sock.close()
    if stale:
        path.unlink(missing_ok=True)
    return None


def _read_note(path: Path) -> Message | None:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        return {"tcp": int(note["tcp"]), "token": str(note["token"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        path.unlink(missing_ok=True)
        return None


def _send(sock: socket.socket, message: Message) -> None:
    sock.sendall(json.dumps(message).encode() + b"\n")


def _load(raw: bytes) -> Message:
    if not raw.endswith(b"\n"):
        raise ValueError("the other side has gone, or the line is too long")
    value = json.loads(raw)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
