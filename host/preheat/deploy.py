"""Puts the firmware and the board's facts onto a unit: only what changed, all of it verified.

New files are uploaded beside the old ones and verified by reading back; only then are they
renamed in one go. A deploy that breaks off before that leaves the old firmware as it was; after
it, /fw.json is missing, so the next deploy knows, and boot.py keeps the heat off.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from preheat import backup, boardimage, connect, manifest, mpy, owner, service, stopping
from preheat.errors import DeviceLost, Refused, ServiceMode, VerifyError
from preheat.link import Link
from preheat.registry import Registry
from preheat.remote import Remote, fingerprint
from preheat.serialport import SerialStream, open_stream
from preheat_core import protocol

Progress = Callable[[str, int, int], None]

BLOCK_BYTES = 4096  # flash block: what a small file really takes
FW_JSON = "/fw.json"
AGAIN = "run `preheat deploy` again; until then the unit keeps its heat off"
BOARD_JSON = boardimage.BOARD_JSON
# What an earlier installation by hand may have left: it would be found before /lib.
_SHADOWS = ("/preheat_core", "/preheat_fw", "/lib/preheat_core.py", "/lib/preheat_core.mpy",
            "/lib/preheat_fw.py", "/lib/preheat_fw.mpy")
_OURS = tuple(f"/lib/{package}/" for package in manifest.PACKAGES)


@dataclass(frozen=True)
class DeployReport:
    """What a deploy did. `changed` is False when the unit already had everything.

    `written` and `removed` are paths on the unit, `sent_bytes` the size of what was written;
    `notes` are sentences for the user; `hello` is what the unit said last.
    """

    port: str
    changed: bool
    fw_hash: str
    board_hash: str | None = None
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    sent_bytes: int = 0
    duration_s: float = 0.0
    notes: tuple[str, ...] = ()
    hello: dict[str, Any] = field(default_factory=dict)


def deploy(
    port: str | None = None,
    board: dict[str, Any] | None = None,
    source: bool = False,
    progress: Progress | None = None,
    confirm: bool = False,
    force: bool = False,
) -> DeployReport:
    """Bring the unit at `port` (as for `connect`) to this toolkit's firmware.

    `board` is a board dict to install; None keeps the one on the unit. `source` sends .py files
    instead of .mpy. `confirm` says that the operator typed that the heat may be left although
    the unit is hot or cannot know. `force` compares every file even if the unit's hello says
    that nothing changed. `progress(step, done_bytes, total_bytes)`.

    `Refused` (check: the board file; hot, state: not now; busy; space), `VerifyError` (a file, or
    the restarted unit, is not what was sent), `DeviceLost`, `UsageError`.
    """
    begin_s = time.monotonic()
    tell = progress or (lambda step, done, total: None)
    registry = Registry()
    facts = boardimage.BoardImage(board) if board is not None else None
    target = connect.resolve(port, registry).port
    owned = owner.find(target)
    if owned is not None:
        with owned:
            if not force and _up_to_date(owned.hello, facts, source):
                return _unchanged(target, owned.hello, begin_s)
            raise owner.busy(owned.what)
    tell("connect", 0, 0)
    stream = open_stream(target)
    was_live = False
    try:
        link = Link(stream, target, registry.last_boot, service.HELLO_S)
    except DeviceLost as err:
        remote = service.reach_prompt(target, err)
    else:
        was_live = True
        if not force and _up_to_date(link.hello, facts, source):
            link.close()
            connect.remember(registry, link)
            return _unchanged(target, link.hello, begin_s)
        service.refuse_network(link, stream)
        tell("service mode", 0, 0)
        remote = service.enter_from(link, stream, confirm)
    with remote:
        with service.live_again_on_error(remote, was_live):
            work = _prepared(remote, facts, source, tell)
        with stopping.told("the new firmware was not put in place completely: it was stopped",
                           AGAIN):
            report = _install(remote, work, tell)
        with stopping.told("the new firmware is in place, but it was stopped before the unit "
                           "was heard running it", "run `preheat deploy` again"):
            tell("restart", 0, 0)
            back = remote.reset()
            hello = _await_live(target, back, registry, report)
    notes = report.notes
    if hello.get("settings_hash") is None:
        notes += ("The unit has no settings yet: send them with `preheat config push`.",)
    return replace(
        report, port=target, hello=hello, notes=notes, duration_s=time.monotonic() - begin_s
    )


def _up_to_date(hello: dict[str, Any], facts: Any, source: bool) -> bool:
    # The hash is that of the sources, so it cannot tell .py from .mpy: --source always looks.
    same = not source and hello.get("fw_hash") == manifest.firmware_hash()
    return bool(same and (facts is None or hello.get("board_hash") == facts.sha))


def _unchanged(port: str, hello: dict[str, Any], begin_s: float) -> DeployReport:
    return DeployReport(
        port, False, manifest.firmware_hash(), hello.get("board_hash"), hello=hello,
        duration_s=time.monotonic() - begin_s,
    )


@dataclass(frozen=True)
class _Work:
    """What a compared unit needs: `wanted` in all, `changed` of it to write, `stale` to remove."""

    facts: Any
    wanted: dict[str, bytes]
    changed: dict[str, bytes]
    stale: list[str]
    notes: tuple[str, ...]


def _prepared(remote: Remote, facts: Any, source: bool, tell: Progress) -> _Work:
    """Compare, and upload what differs beside what is there: nothing is changed by it yet."""
    about = remote.info()
    _check_board_fits(about, facts, source)
    tell("compare", 0, 0)
    image = manifest.image(source)
    there = remote.tree()
    if facts is None:
        facts = boardimage.from_unit(remote, there)
    notes = () if facts else ("The unit has no board file yet: it refuses to heat until it is "
                              "deployed with one (--board).",)
    remark = boardimage.remark(facts.board, about["machine"]) if facts else ""
    notes += (remark,) if remark else ()
    wanted = {**(facts.files() if facts else {}), **image}
    wanted = {**wanted, FW_JSON: manifest.fw_json(image)}
    have = remote.hashes([path for path in wanted if path in there])
    changed = {p: d for p, d in wanted.items() if have.get(p) != fingerprint(d)}
    stale = _stale(there, wanted)
    if changed or stale:
        changed[FW_JSON] = wanted[FW_JSON]  # it is removed first and comes back last
        _check_room(about["free_bytes"], changed)
        remote.upload(changed, lambda done, total: tell("write", done, total), there)
    return _Work(facts, wanted, changed, stale, notes)


def _install(remote: Remote, work: _Work, tell: Progress) -> DeployReport:
    """Put what was uploaded in its place, and look whether it is there."""
    changed, stale, facts = work.changed, work.stale, work.facts
    if changed:
        _swap(remote, [p for p in changed if p != FW_JSON], stale)
        tell("verify", 0, 0)
        _verify(remote, work.wanted)
    # The restart leads back to the app, and the app can say that it was meant.
    remote.remove(boardimage.INTENT + ".bak")
    remote.put(boardimage.INTENT, protocol.seal(b'{"intent":"deploy"}'))
    return DeployReport(
        remote.port, bool(changed or stale), manifest.firmware_hash(),
        facts.sha if facts else None, tuple(changed), tuple(stale),
        sum(map(len, changed.values())), notes=work.notes,
    )


def _swap(remote: Remote, paths: list[str], stale: list[str]) -> None:
    dropped = [BOARD_JSON + ".bak"] if BOARD_JSON in paths else []
    try:
        remote.commit([FW_JSON], paths, [*stale, *dropped])
        remote.commit([], [FW_JSON], [])
    except (DeviceLost, VerifyError) as err:
        raise type(err)(
            f"the new firmware was not put in place completely: {err.message}",
            AGAIN,
        ) from err


def _verify(remote: Remote, wanted: dict[str, bytes]) -> None:
    wrong = remote.differing(wanted)
    if wrong:
        remote.remove(FW_JSON)
        raise VerifyError(f"{', '.join(wrong)} did not read back as written",
                          "run `preheat deploy` again; if it stays so, the flash is worn")


def _stale(there: dict[str, int | None], wanted: dict[str, bytes]) -> list[str]:
    """What would shadow or outlive this firmware: files before their folders."""
    ours = [
        path for path in there
        if path not in wanted and not path.endswith(".new")
        and (path.startswith((*_OURS, *(s + "/" for s in _SHADOWS))) or path in _SHADOWS)
    ]
    drafts = [p for p in there if p.endswith(".new") and p.removesuffix(".new") not in wanted
              and not p.startswith(("/data/", "/logs/"))]
    ours += [folder.rstrip("/") for folder in _OURS if folder.rstrip("/") in there]
    kept = {path.rpartition("/")[0] for path in wanted}
    return sorted((p for p in ours + drafts if p not in kept), reverse=True)


def _check_board_fits(about: dict[str, Any], facts: Any, source: bool) -> None:
    if not source and about["mpy"] != mpy.MPY_VERSION:
        raise Refused(
            f"MicroPython {'.'.join(map(str, about['version']))} on the board loads bytecode "
            f"version {about['mpy']}, not {mpy.MPY_VERSION}",
            "flash MicroPython 1.29, or deploy with --source", "check",
        )
    if facts is None:
        return
    wrong = boardimage.misfit(facts.board, about["platform"], about["machine"])
    if wrong:
        raise Refused(wrong, "choose the board file of this unit: wrong pins could switch the "
                      "heater on", "check")


def _check_room(free_bytes: int, files: dict[str, bytes]) -> None:
    need = sum(-(-len(data) // BLOCK_BYTES) * BLOCK_BYTES for data in files.values())
    if need > free_bytes:
        raise Refused(f"the unit has {free_bytes} bytes of flash free, the new files need {need}",
                      "pull and delete old logs first", "space")


def _await_live(
    port: str, stream: SerialStream, registry: Registry, report: DeployReport
) -> dict[str, Any]:
    """The hello of the restarted unit; `VerifyError` when it is not the firmware just sent."""
    try:
        link = service.live_link(port, stream)
    except ServiceMode as err:
        raise VerifyError(f"the firmware did not start: {err.message}",
                          "run `preheat deploy` again; the unit keeps its heat off") from err
    with link:
        hello = link.hello
        connect.remember(registry, link)
        backup.keep(link)
    if hello.get("fw_hash") != report.fw_hash:
        raise VerifyError(f"the restarted unit runs firmware {hello.get('fw_hash')}, "
                          f"not {report.fw_hash}", "run `preheat deploy` again")
    if report.board_hash and hello.get("board_hash") != report.board_hash:
        raise VerifyError(f"the restarted unit has board {hello.get('board_hash')}, "
                          f"not {report.board_hash}", "run `preheat deploy` again")
    return hello
