"""File work on a board in service mode, through mpremote: the only file that imports it.

mpremote waits without end by itself; here every read ends, nothing is printed, and a failure
says what the board answered. The port is opened and closed by serialport.py alone.
"""

import ast
import contextlib
import hashlib
import math
import os
import struct
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from mpremote import transport_serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from preheat import onboard, pieces, seen, wire
from preheat.errors import DeviceLost, PortGone, PreheatError, UsageError, VerifyError
from preheat.serialport import SerialStream, open_stream
from preheat.wire import Silence, Wire

Progress = Callable[[int, int], None]

_ENTER_S = 3
_ENTER_TRIES = 2

# mpremote prints what it did not expect. Its own `print` is replaced and not sys.stdout, which all
# threads share.
setattr(transport_serial, "print", lambda *_args, **_how: None)  # noqa: B010


class _Transport(SerialTransport):
    """mpremote's transport on a port that is already open."""

    def __init__(self, line: Wire) -> None:
        self.serial = line
        self.device_name = line.stream.port
        self.in_raw_repl = False
        self.use_raw_paste = True
        self.mounted = False
        self.is_pty = False

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: Any = 10,
        data_consumer: Any = None,
        timeout_overall: Any = None,
    ) -> bytes:
        """As mpremote's, but never without an end, and without its naps of 10 ms."""
        silence_s = wire.SILENCE_S if timeout is None else min(timeout, wire.SILENCE_S)
        overall_s = math.inf if timeout_overall is None else timeout_overall
        data = b""
        heard_s = begin_s = time.monotonic()
        while not data.endswith(ending):
            piece = self.serial.take(1)
            now_s = time.monotonic()
            if piece:
                data, heard_s = data + piece, now_s
            elif now_s - heard_s >= silence_s or now_s - begin_s >= overall_s:
                break
        return data


class Remote:
    """A board at its MicroPython prompt. `DeviceLost` when it gives none.

    `port` is a device path (opened and closed here) or an open stream (taken over; `release()`
    gives it back open). Paths are absolute paths on the board.
    """

    def __init__(self, port: str | SerialStream, prompt_s: float = 3.0) -> None:
        stream = open_stream(port) if isinstance(port, str) else port
        if not isinstance(stream, SerialStream):
            stream.close()
            raise UsageError(
                f"{port} is a network connection, which has no MicroPython prompt",
                "deploy over the board's serial port",
            )
        self.port = stream.port
        self._stream: SerialStream | None = stream
        self._wire = Wire(stream)
        self._transport = _Transport(self._wire)
        try:
            self._wait_prompt(prompt_s)
            self._enter()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Remote":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the board at its friendly prompt and let go of the port. May be called twice."""
        if self._stream is not None:
            if self._transport.in_raw_repl:
                with contextlib.suppress(PreheatError):
                    self._transport.exit_raw_repl()
            self._stream.close()
            self._stream = None

    @property
    def closed(self) -> bool:
        """Whether the port was let go of, or given away."""
        return self._stream is None

    def release(self) -> SerialStream:
        """The open stream, without closing it; this object is then of no more use."""
        stream = self._stream
        if stream is None:
            raise DeviceLost(f"{self.port} is closed already", "open it again")
        self._stream = None
        return stream

    def exec(self, code: str) -> str:
        """Run code on the board; what it printed. `VerifyError` with its last traceback line."""
        with self._guarded("run a command"):
            return self._transport.exec(code).decode("utf-8", "replace")

    def info(self) -> dict[str, Any]:
        """platform, machine, version (tuple), mpy (bytecode version), free_bytes of flash."""
        text = self.exec(
            "import sys,os\ni=sys.implementation\nv=os.statvfs('/')\n"
            "print((sys.platform,getattr(i,'_machine',''),tuple(i.version)[:3],"
            "getattr(i,'_mpy',0)&255,v[0]*v[3]))"
        )
        keys = ("platform", "machine", "version", "mpy", "free_bytes")
        return dict(zip(keys, self._rows(text)[0], strict=True))

    def tree(self, top: str = "/") -> dict[str, int | None]:
        """Everything under `top`: size in bytes of each file, None for each folder."""
        return dict(self._rows(self.exec(f"ph_tree({top!r})")))

    def hashes(self, paths: list[str]) -> dict[str, tuple[int, str] | None]:
        """(size, first 16 hex digits of SHA-256) of each path, None where there is no file.

        Computed by the board in one call.
        """
        if not paths:
            return {}
        rows = self._rows(self.exec(f"for p in {tuple(paths)!r}:print(ph_look(p))"))
        return {path: None if size is None else (size, sha) for path, size, sha in rows}

    def differing(self, files: dict[str, bytes]) -> list[str]:
        """Paths of `files` whose content on the board is another, or missing.

        One short answer when all are the same, which is the usual case on a slow line.
        """
        whole = hashlib.sha256()
        for path, data in files.items():
            whole.update(repr((path, *fingerprint(data))).encode())
        digest = whole.hexdigest()[:32]
        if self.exec(f"ph_same({tuple(files)!r},{digest!r})").strip() == "True":
            return []
        there = self.hashes(list(files))
        return [path for path, data in files.items() if there[path] != fingerprint(data)]

    def put(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write one file beside its target, verify it by reading back, then rename it."""
        self.upload({path: data}, progress)
        self.commit([], [path], [])

    def upload(
        self,
        files: dict[str, bytes],
        progress: Progress | None = None,
        there: "Collection[str] | None" = None,
    ) -> None:
        """Write each file to `path.new` and verify all by their hashes on the board.

        What an earlier, broken upload left complete is not sent again; `there` are the paths on
        the board, where they are known. `progress(done, total)` counts bytes. `VerifyError` names
        what does not read back as written.
        """
        drafts = [p + ".new" for p in files if there is None or p + ".new" in there]
        left = self.hashes(drafts)
        todo = {p: d for p, d in files.items() if left.get(p + ".new") != fingerprint(d)}
        packs = bool(todo) and self.exec("print(deflate is not None)").strip() == "True"
        total = sum(map(len, todo.values()))
        for batch, done in pieces.batches(todo, packs):
            self.exec(batch)
            if progress:
                progress(done, total)
        wrong = self.differing({path + ".new": data for path, data in todo.items()})
        if wrong:
            raise VerifyError(
                f"{', '.join(path.removesuffix('.new') for path in wrong)} did not read back as "
                "written",
                "run the command again; if it stays so, the board's flash is worn or damaged",
            )

    def commit(self, first: list[str], paths: list[str], last: list[str]) -> None:
        """In one call: remove `first`, rename each `path.new` to `path`, remove `last`."""
        self.exec(f"ph_commit({tuple(first)!r},{tuple(paths)!r},{tuple(last)!r})")

    def get(self, path: str) -> bytes:
        """A file's bytes. `VerifyError` when it cannot be read."""
        with self._guarded(f"read {path}"):
            return bytes(self._transport.fs_readfile(path, chunk_size=512))

    def remove(self, path: str) -> None:
        """Remove a file or an empty folder; what is not there is no error."""
        self.exec(f"ph_remove({path!r})")

    def mkdir(self, path: str) -> None:
        """Make a folder and those above it."""
        self.exec(f"ph_mkdirs({path!r})")

    def reset(self) -> SerialStream:
        """Restart the board; the stream is given back open (its port may vanish)."""
        with self._guarded("restart"):
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
        self._transport.in_raw_repl = False
        return self.release()

    def bootloader(self) -> None:
        """Send the board into its ROM's bootloader; the port is let go of, and may vanish."""
        with contextlib.suppress(PortGone), self._guarded("enter its bootloader"):
            self._transport.exec_raw_no_follow("import machine\nmachine.bootloader()")
        self._transport.in_raw_repl = False
        self.close()

    def _wait_prompt(self, timeout_s: float) -> None:
        # Ctrl-C during a boot would cut short what the boot has to do, so the prompt is awaited
        # first; a board left in raw mode shows none, therefore its absence is not yet an error.
        end_s = time.monotonic() + timeout_s
        while time.monotonic() < end_s and not seen.at_prompt(self._wire.tail):
            self._wire.write(b"\r\n")
            self._wire.tail += self._wire.stream.read(4096, 0.3)

    def _enter(self) -> None:
        for left in reversed(range(_ENTER_TRIES)):
            try:
                with self._guarded("enter its raw mode"):
                    self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_ENTER_S)
                break
            except DeviceLost:
                if left == 0:
                    raise
        self.exec(Path(onboard.__file__).read_text(encoding="utf-8"))

    @contextlib.contextmanager
    def _guarded(self, doing: str) -> Iterator[None]:
        try:
            yield
        except TransportExecError as err:
            line = (err.error_output.strip().splitlines() or ["no reason given"])[-1]
            raise VerifyError(f"the board could not {doing}: {line}", "run the command again; if "
                              "it stays so, reset the board first") from err
        except OSError as err:  # what mpremote makes of the board's own OSError
            why = os.strerror(err.errno) if err.errno else str(err)
            raise VerifyError(f"the board could not {doing}: {why}", "check the path") from err
        except (TransportError, Silence, struct.error) as err:
            shown = seen.printable(self._wire.tail)
            heard = f"it said: {shown}" if shown else "it said nothing"
            raise DeviceLost(
                f"the board at {self.port} did not {doing} ({err}); {heard}",
                "press its reset button and try again; if it stays so, flash MicroPython anew",
                shown,
            ) from err

    def _rows(self, text: str) -> list[tuple[Any, ...]]:
        try:
            return [ast.literal_eval(line) for line in text.splitlines() if line.strip()]
        except (ValueError, SyntaxError) as err:
            raise VerifyError(f"the board's answer cannot be read: {text[-120:]!r}",
                              "run the command again") from err


def fingerprint(data: bytes) -> tuple[int, str]:
    """What `Remote.hashes` says of a file with this content."""
    return len(data), hashlib.sha256(data).hexdigest()[:16]
