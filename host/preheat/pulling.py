"""Logs and incidents brought from a unit to this computer: resumed, verified, marked, deleted.

The order is what keeps them: every block and the whole are verified and the file is in its place
before the unit is told that it was pulled, and only after that may it be deleted there.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from preheat import incidents, keepfile, logs, transfer
from preheat.errors import (
    DeviceLost,
    OperatorStop,
    PreheatError,
    Refused,
    ServiceMode,
    VerifyError,
)
from preheat_core import runlog

TRIES = 4  # openings of a broken link before giving up
PAUSE_S = 0.5  # before the first of them; twice as long before each further one
SUFFIXES = {"log": logs.SUFFIX, "incident": incidents.SUFFIX}
PARTS = {"log": ".part", "incident": incidents.SUFFIX + ".part"}
AGAIN = "run the same command again: it goes on from there"
GO_ON = f"check the cable, then {AGAIN}"
DAMAGED = "it is damaged in the unit"
OPEN = "it is still open"
UNENDED = "there is no summary"  # so begins what the reader of blocks says of an open file
MARK_TRIES = 10_000  # the unit reads 8 KB of the file per question

Progress = Callable[[int, int], None]


class Pulled(NamedTuple):
    """What became of one file.

    end: as it says itself, None while it is open. problem: what is damaged in it, or None; the
    end that an open one still lacks is none.
    kept: why it was neither marked nor deleted in the unit, or None.
    """

    name: str
    kind: str
    path: Path
    end: "str | None"
    problem: "str | None"
    marked: bool
    deleted: bool
    kept: "str | None"


class Line:
    """A link that is opened anew when it breaks; only for requests that do no harm if repeated.

    `connect()` gives a new link to the same port. DeviceLost after TRIES openings in a row.
    """

    def __init__(
        self,
        link: Any,
        connect: Callable[[], Any],
        tell: Callable[[str], None] = lambda text: None,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._link = link
        self._first = link  # closed by whoever opened it
        self._connect = connect
        self._tell = tell
        self._pause_s = pause_s
        self._uid = link.hello.get("uid")

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        if self._link is not None and self._link is not self._first:
            self._link.close()

    def request(self, cmd: str, timeout_s: float = 3.0, **args: Any) -> dict[str, Any]:
        """As `Link.request`."""
        lost = 0
        while True:
            try:
                return self._open().request(cmd, timeout_s, **args)
            except ServiceMode:
                raise
            except DeviceLost as error:
                self._drop()
                lost += 1
                if lost > TRIES:
                    raise type(error)(error.message, GO_ON, error.seen) from error
                if lost == 1:
                    self._tell(f"the link broke ({error.message}); trying again")
                time.sleep(self._pause_s * 2 ** (lost - 1))

    def _open(self) -> Any:
        if self._link is None:
            link = self._connect()
            if link.hello.get("uid") != self._uid:
                link.close()
                raise VerifyError(
                    "another unit answers at this port now", "plug the first one in and try again"
                )
            self._link = link
        return self._link

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(PreheatError, OSError):
                link.close()


def pull(
    link: Any,
    name: str,
    progress: "Progress | None" = None,
    kind: str = "log",
    delete: bool = False,
    accept: bool = False,
) -> Pulled:
    """Fetch one closed or open file, verify it, file it, mark it in the unit as pulled.

    What an earlier, broken transfer left is used again. delete: remove it in the unit after that.
    accept: mark (and delete) it although something in it is damaged in the unit itself.
    VerifyError when it does not have the unit's hash or nothing in it reads: then nothing is
    kept. DeviceLost, and OperatorStop for Ctrl-C, say how much is here.
    """
    hello = link.request("hello")  # anew: the name may have changed since the link was opened
    folder = logs.unit_folder(hello.get("name"), hello.get("uid"))
    for last in (False, True):
        data = _fetch(link, name, kind, folder / f"{name}{PARTS[kind]}", folder, progress)
        problem, sound, end = examine(kind, data)
        # It may have been closed meanwhile, above all when the unit restarted.
        if last or end is not None or transfer.describe(link, kind, name)[0] == len(data):
            break
    target = logs.free_place(folder, name, data, SUFFIXES[kind])
    kept = None
    if end is None:
        if problem and problem.startswith(UNENDED):
            problem = None  # it is not cut off: its summary has still to come
        kept = OPEN
    elif not sound and not accept:
        kept = DAMAGED
    marked = kept is None and mark(link, kind, name, transfer.sha16(target.read_bytes()))
    if kept is None and not marked:
        kept = "this firmware cannot note it"
    if marked and delete:
        remove(link, kind, name)
    return Pulled(name, kind, target, end, problem, marked, marked and delete, kept)


def examine(kind: str, data: bytes) -> "tuple[str | None, bool, str | None]":
    """(what is damaged or missing, or None; every block is there and reads; its end).

    The torn last block of a run that a restart cut off is no damage: it was never whole.
    """
    found: Any = runlog.read(data) if kind == "log" else incidents.read(data)
    torn = found.end == "reset" and found.lost_blocks == 0
    return logs.damage(found), found.problem is None or torn, found.end


def _fetch(
    link: Any, name: str, kind: str, part: Path, folder: Path, progress: "Progress | None"
) -> bytes:
    """The whole file, verified and moved into its place; kept in `part` as far as it came."""
    got = bytearray(_beginning(part, folder / f"{name}{SUFFIXES[kind]}", kind))
    part.write_bytes(got)
    with part.open("r+b") as file:

        def keep(done: int, total: int) -> None:
            # Piece by piece: whatever ends this program, the next one goes on from here.
            if done <= file.seek(0, 2):
                file.truncate(0)
            file.seek(0, 2)
            file.write(bytes(got[file.tell() :]))
            file.flush()
            if progress:
                progress(done, total)

        data, bad = b"", None
        try:
            data = transfer.fetch(link, kind, name, keep, got)
        except (VerifyError, Refused) as error:
            bad = error
        except DeviceLost as error:
            raise type(error)(
                f"{error.message}; {len(got)} bytes of {kind} {name} are here",
                GO_ON,
                error.seen,
            ) from error
        except KeyboardInterrupt as error:
            raise OperatorStop(
                f"stopped at the keyboard; {file.seek(0, 2)} bytes of {kind} {name} are here",
                AGAIN,
            ) from error
    if bad is not None:
        part.unlink(missing_ok=True)
        raise bad
    found: Any = runlog.read(data) if kind == "log" else incidents.read(data)
    if found.blocks == 0:
        part.unlink(missing_ok=True)
        raise VerifyError(
            f"{kind} {name} holds nothing that reads ({found.problem})", "delete it in the unit"
        )
    target = logs.free_place(folder, name, data, SUFFIXES[kind])
    if target.exists() and target.read_bytes() == data:
        part.unlink(missing_ok=True)  # its date stays: it tells which came last
        return data
    keepfile.write(target, data)  # on the disk before the unit may let go of it
    part.unlink(missing_ok=True)
    return data


def _beginning(part: Path, target: Path, kind: str) -> bytes:
    """What is here already of a file: the whole blocks of a broken transfer, or a former copy."""
    if part.exists():
        data = part.read_bytes()
        found: Any = runlog.read(data) if kind == "log" else incidents.read(data)
        return data[: found.good_bytes]
    return target.read_bytes() if target.exists() else b""


def mark(link: Any, kind: str, name: str, sha: str) -> bool:
    """Tell the unit that this file is here; False when its firmware does not know the command.

    Refused (hash) when the unit's own file is not the one with this sha.
    """
    try:
        for _ in range(MARK_TRIES):
            if link.request("pulled", kind=kind, name=name, sha=sha)["pulled"]:
                return True
    except Refused as refusal:
        if refusal.code != "unknown":
            raise
        return False
    raise VerifyError(f"the unit does not come to an end with {kind} {name}", "restart it")


def remove(link: Any, kind: str, name: str) -> None:
    """Delete in the unit; what is gone already is no error: the first answer may be lost."""
    try:
        link.request("del", kind=kind, name=name)
    except Refused as refusal:
        if refusal.code != "missing":
            raise


def incidents_in_unit(link: Any) -> list[logs.UnitLog]:
    """The incidents in the unit, oldest first; none in a firmware that keeps none."""
    try:
        return logs.in_unit(link, "incident")
    except Refused as refusal:
        if refusal.code not in ("args", "unknown"):
            raise
        return []


def pull_run(link: Any, run_id: str) -> Path:
    """The log of a run that just ended, and every incident not pulled yet; the log's place.

    An incident that cannot be pulled now stays in the unit, unmarked.
    """
    path = pull(link, run_id).path
    with contextlib.suppress(PreheatError):
        for row in incidents_in_unit(link):
            if not row.pulled and row.end is not None:
                pull(link, row.run_id, kind="incident")
    return path
