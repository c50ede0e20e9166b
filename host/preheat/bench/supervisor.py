"""VirtualUnit: keeps the line and the flash of a virtual unit while its interpreter restarts.

The interpreter is a child process. It ends at every reset and says in a state file why; the next
boot goes on from there. Nothing of it outlives the unit.
"""

import atexit
import contextlib
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from preheat import tomlfiles
from preheat.bench import fitting, plantfile
from preheat.bench import flash as flash_files
from preheat.bench.janitor import Janitor
from preheat.bench.relay import Relay
from preheat.bench.trace import HEADER
from preheat.errors import PreheatError, UsageError

HEAP = "16M"
BLOCKS = 384  # of 4 KiB
MAX_SPEED = 1000.0
QUICK_S = 1.0  # a child that ends sooner without having said why…
QUICK_MAX = 3  # …so often in a row will not get better

_DEVICE = Path(__file__).resolve().parent / "device"
_HOST = Path(__file__).resolve().parents[1]  # so that `bench` is a package there
# The kernel ends the child with its parent where it can (Linux); elsewhere the child notices that
# its line was hung up.
_LEASH = """
import sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)
    import os
    if os.getppid() != {parent}:  # it was killed a moment before
        os._exit(1)
except (ImportError, OSError, AttributeError, TypeError):
    pass
"""
_MICROPYTHON = _LEASH + "sys.argv = {argv!r}\nfrom micropython_unix import main\nmain()\n"
_CPYTHON = _LEASH + "sys.argv = {argv!r}\nimport runpy\nrunpy.run_path(sys.argv[0])\n"


def has_micropython() -> bool:
    """True where the unit can run on a real MicroPython: its wheel is here, and so are ptys."""
    return (
        importlib.util.find_spec("micropython_unix") is not None
        and importlib.util.find_spec("pty") is not None
        and os.name == "posix"
    )


class VirtualUnit:
    """A virtual unit; a context manager, or `start()` and `stop()`.

    plant: a shipped plant's name, a plant file, or a checked dict. board: a stock board's name or
    a file (default: see fitting.board_for). faults: a fault file or its rows. speed: bench seconds
    per second while busy, 0 as fast as it goes; idle_speed likewise while idle. trace: the CSV
    file to write. interpreter: "micropython", "cpython", or None for the best there is. flash: an
    image file (cpython: a folder) to keep; an empty or new one is filled as deploy would. seed
    chooses the noise. source: .py instead of .mpy. files replaces the image, {path: bytes}.

    `port` is what the host opens. UsageError or Refused when a file is wrong.
    """

    def __init__(  # noqa: PLR0913  each is an option of `preheat virtual`
        self, plant="hotplate", faults=None, speed=1.0, trace=None, interpreter=None,
        flash=None, board=None, *, seed=1, idle_speed=1.0, source=False, files=None,
    ):
        if interpreter is None:
            interpreter = "micropython" if has_micropython() else "cpython"
        if interpreter not in ("micropython", "cpython"):
            raise UsageError(f"{interpreter!r} is no interpreter", "use micropython or cpython")
        if interpreter == "micropython" and not has_micropython():
            raise UsageError("there is no MicroPython wheel for this computer",
                             "use --interpreter cpython")
        if not 0 <= speed <= MAX_SPEED:
            raise UsageError(f"speed {speed} is not usable", f"use 0 to {MAX_SPEED:.0f}")
        self.interpreter = interpreter
        self.plant = plant if isinstance(plant, dict) else plantfile.load_plant(plant)
        self.board = fitting.board_named(board) if board else fitting.board_for(self.plant)
        self.faults = self._fault_rows(faults)
        self.speed = speed
        self.idle_speed = idle_speed
        self.seed = seed
        self.trace_path = None if trace is None else Path(trace).resolve()
        self.flash_path = None if flash is None else Path(flash).resolve()
        self.port = ""
        self.boots = 0
        self.problem = ""  # why the unit gave up
        self._source = source or interpreter == "cpython"
        self._files = files
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: "subprocess.Popen | None" = None
        self._thread: "threading.Thread | None" = None
        self._relay: "Relay | None" = None
        self._janitor: "Janitor | None" = None
        self._ends: "tuple[int, ...]" = ()
        self.folder = Path()

    def _fault_rows(self, faults) -> list[dict]:
        if faults is None:
            return []
        if isinstance(faults, (str, os.PathLike)):
            return plantfile.load_faults(os.fspath(faults), self.board)
        rows = list(faults)
        if rows:
            problems = plantfile.check_faults({"fault": rows}, self.board)
            tomlfiles.refuse(problems, "the faults")
        return rows

    def __enter__(self) -> "VirtualUnit":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Power the unit. `port` can be opened when this returns."""
        self.folder = Path(tempfile.mkdtemp(prefix="preheat-unit-"))
        atexit.register(self.stop)
        try:
            self._janitor = Janitor(self.folder)
            line_port = self._open_line()
            self._write_config(line_port)
        except BaseException:
            self.stop()
            raise
        self._thread = threading.Thread(target=self._keep, name="virtual-unit", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the unit away: its process, line and temporary files. May be called twice."""
        self._stopping.set()
        with self._lock:
            if self._child is not None:
                self._child.kill()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._relay is not None:
            self._relay.close()
            self._relay = None
        for end in self._ends:
            os.close(end)
        self._ends = ()
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._janitor is not None:
            self._janitor.dismiss()
        atexit.unregister(self.stop)

    def inject(self, kind: str, *, duration_s=None, probe=None, value=None) -> None:
        """Let a fault of the fault file begin now, whatever the time. Refused if it is wrong."""
        row = {"at_s": 0, "kind": kind, "duration_s": duration_s, "probe": probe, "value": value}
        row = {key: item for key, item in row.items() if item is not None}
        tomlfiles.refuse(plantfile.check_faults({"fault": [row]}, self.board), "the fault")
        self._order({"fault": row})

    def press(self, name: str = "start_button", for_s: float = 1.0) -> None:
        """Hold a button of the board down for some bench seconds (two ticks at least)."""
        if name not in self.board["pins"]:
            raise UsageError(f"this board has no {name}", "use a board that has one")
        self._order({"press": name, "for_s": for_s})

    def _order(self, order: dict) -> None:
        """Leave an order for the child, after those that it has not taken yet."""
        path = self.folder / "control"
        with self._lock:
            while path.exists():
                if self._stopping.wait(0.005):
                    return
            draft = path.with_suffix(".draft")
            draft.write_text(json.dumps(order) + "\n", encoding="utf-8")
            draft.replace(path)

    # the parts

    def _open_line(self) -> int:
        """Make the line; returns the port the child has to call, 0 for a terminal."""
        if self.interpreter == "cpython":
            self._relay = Relay()
            self.port = f"socket://127.0.0.1:{self._relay.host_port}"
            return self._relay.unit_port
        import pty
        import tty

        master, slave = pty.openpty()
        tty.setraw(master)
        tty.setraw(slave)
        # Both ends stay open here, so that the line outlives the child and the host alike.
        self._ends = (master, slave)
        self.port = os.ttyname(slave)
        return 0

    def _write_config(self, line_port: int) -> None:
        folder = self.folder
        hosted = self.interpreter == "cpython"
        flash = self.flash_path or folder / ("flash" if hosted else "flash.img")
        files = {}
        if flash_files.is_new(flash, hosted):
            unit = flash_files.unit_settings(fitting.like(self.plant))
            files = self._files
            if files is None:
                files = flash_files.image(self.board, unit, self._source)
            flash_files.write(files, flash if hosted else folder / "image")
        if self.trace_path is not None:
            try:
                self.trace_path.write_text(HEADER, encoding="utf-8", newline="\n")
            except OSError as error:
                raise UsageError(
                    f"cannot write the trace {self.trace_path}: {error.strerror}", "choose another"
                ) from None
        uid = secrets.token_bytes(8)
        if self.flash_path is not None:
            uid = hashlib.sha256(os.fsencode(self.flash_path)).digest()[:8]
        config = {
            "plant": self.plant, "board": self.board, "faults": self.faults, "seed": self.seed,
            "speed": self.speed, "idle_speed": self.idle_speed, "uid": list(uid),
            "trace": None if self.trace_path is None else str(self.trace_path),
            "state": str(folder / "state.json"), "control": str(folder / "control"),
            "flash": str(flash), "blocks": BLOCKS, "image": str(folder / "image"),
            "files": sorted(files), "line_port": line_port,
        }
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")

    def _command(self) -> list[str]:
        argv = [str(_DEVICE / "start.py"), str(_HOST), str(self.folder / "config.json")]
        code = _CPYTHON
        if self.interpreter == "micropython":
            argv = ["micropython", "-X", f"heapsize={HEAP}", "-i", *argv]
            code = _MICROPYTHON
        return [sys.executable, "-c", code.format(argv=argv, parent=os.getpid())]

    def _keep(self) -> None:
        """Restart the child until the unit is taken away."""
        quick = 0
        state = self.folder / "state.json"
        while not self._stopping.is_set():
            began_s = time.monotonic()
            before = state.stat().st_mtime_ns if state.exists() else 0
            with contextlib.ExitStack() as stack:
                if self._ends:
                    streams = (self._ends[0],) * 3
                else:
                    log = stack.enter_context((self.folder / "stderr.txt").open("ab"))
                    streams = (subprocess.DEVNULL, subprocess.DEVNULL, log.fileno())
                with self._lock:
                    if self._stopping.is_set():
                        return
                    self._child = subprocess.Popen(
                        self._command(), stdin=streams[0], stdout=streams[1], stderr=streams[2],
                        start_new_session=True,
                    )
                    self.boots += 1
                self._child.wait()
            said = state.exists() and state.stat().st_mtime_ns != before
            quick = 0 if said or time.monotonic() - began_s > QUICK_S else quick + 1
            if quick >= QUICK_MAX:
                self.problem = "the virtual unit's interpreter ends as soon as it starts"
                return

    def check(self) -> None:
        """PreheatError if the unit has given up."""
        if self.problem:
            raise PreheatError(self.problem, "this is a defect of the virtual bench: report it")
