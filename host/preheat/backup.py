"""Backs up everything that is a unit's own: on request, after changes, before its flash goes.

Settings, board file, profiles, the armed profile and who the unit is. Logs and incidents are
pulled as always; a backup only lists them.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from preheat import (
    backupfile,
    backupplain,
    backupprompt,
    logs,
    owner,
    pulling,
    seen,
    service,
    transfer,
)
from preheat.backupcontent import Content, Payloads, build, is_empty, payloads, same
from preheat.backupfile import Backup
from preheat.errors import DeviceLost, PreheatError, Refused, ServiceMode
from preheat.link import Link
from preheat.registry import Registry
from preheat.remote import Remote
from preheat.serialport import open_stream, real_path

_SMALL = ("settings", "board", "latch")


def read(link: Any, known: "Backup | None" = None) -> Content:
    """The content of a backup of the live unit at this link. Refused (state) while it heats.

    What `known`, an earlier backup, holds already is not fetched again.
    """
    hello, status = link.request("hello"), link.request("status")
    have = payloads(known.content) if known is not None else {}
    found: Payloads = {}
    for kind in _SMALL:
        with _passing_missing():
            found[f"{kind}.json"] = _fetch(link, kind, kind, have.get(f"{kind}.json"))
    for name, sha in transfer.items(link, "profile"):
        if sha is not None:  # damaged ones have none
            key = f"profiles/{name}.json"
            found[key] = _fetch(link, "profile", name, have.get(key))
    rows = {"logs": logs.in_unit(link), "incidents": pulling.incidents_in_unit(link)}
    unit = {
        "uid": str(hello.get("uid") or "0"), "name": str(hello.get("name") or "unit"),
        "board": hello.get("board") if hello.get("board_hash") else None,
        "fw": hello.get("fw"), "fw_hash": hello.get("fw_hash"),
        "micropython": hello.get("micropython"),
    }
    content = build(unit, "line", found, status.get("armed"))
    content.update({key: [list(row) for row in found_rows] for key, found_rows in rows.items()})
    return content


def _fetch(link: Any, kind: str, name: str, have: "bytes | None") -> bytes:
    if have is not None and transfer.describe(link, kind, name)[1] == transfer.sha16(have):
        return have
    return transfer.fetch(link, kind, name)


@contextlib.contextmanager
def _passing_missing() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.code != "missing":
            raise


def keep(link: Any) -> "Path | None":
    """Make a backup if the unit holds something that its newest one lacks; never raises.

    Called after something was stored in the unit. A unit without settings is left alone: its
    backup would come before the one that is needed.
    """
    try:
        last = backupfile.newest(str(link.hello.get("uid") or ""))
        content = read(link, last)
        if content["settings"] is None or last is not None and same(content, last.content):
            return None
        return backupfile.save(content)
    except (PreheatError, OSError, LookupError, TypeError, ValueError):
        return None  # a help, and no reason for the verb that was asked for to fail


def before_erase(port: str) -> "Path | None":
    """Save what is on the board at `port` before its flash is erased; the backup's path.

    A live unit is asked over the line, a board at its MicroPython prompt through that. Logs and
    incidents that nobody has pulled are filed like any pulled one; at a prompt every other file is
    saved too, whosever it is. None when there is nothing on it: an empty chip, one in its
    bootloader, a MicroPython without files. Refused while it heats, while another window has the
    port, or when there is more than a backup takes; DeviceLost or VerifyError when something is
    there that could not be saved.
    """
    owned = owner.find(port)
    if owned is not None:
        with owned:
            raise owner.busy(owned.what)
    stream = open_stream(port)
    try:
        link = Link(stream, port, Registry().last_boot, service.HELLO_S)
    except DeviceLost as why:
        if seen.needs_flashing(why.seen):
            return _nothing(port, why)
        return _at_prompt(port, why)
    with link:
        content = read(link)
        for kind in ("log", "incident"):
            for row in content[f"{kind}s"]:
                if not row[3]:
                    pulling.pull(link, row[0], kind=kind)
    return None if is_empty(content) else backupfile.save(content)


def _at_prompt(port: str, why: DeviceLost) -> "Path | None":
    try:
        remote = Remote(port, 1.0 if isinstance(why, ServiceMode) else 2.0)
    except DeviceLost as err:
        if not why.seen and not err.seen:
            return _nothing(port, why)
        raise DeviceLost(
            f"something answers at {port}, but what is on it cannot be saved: {err.message}",
            "press its reset button and try again; erase it without a backup only if nothing on "
            "it matters", err.seen or why.seen,
        ) from err
    with remote:
        content = backupprompt.read(remote)
    if is_empty(content):
        return None
    path = backupfile.save(content)
    backupplain.lay_out(content, path)
    return path


def _nothing(port: str, why: DeviceLost) -> None:
    """Nothing can be read there; DeviceLost where a unit is known to have been."""
    if seen.is_empty_flash(why.seen):
        return
    for unit in Registry().units():
        if real_path(unit.port) == real_path(port):
            raise DeviceLost(
                f"{unit.name} was last seen at {port}, and what is on it cannot be saved: "
                f"{why.message}",
                f"{why.fix}; if nothing on it matters: `preheat unit forget {unit.name}`",
                why.seen,
            )
