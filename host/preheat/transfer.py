"""Whole files over the line protocol: in numbered pieces, repeated when lost, verified at the end.

A fetch can go on where an earlier one broke off; a put takes effect only when the unit has
checked the whole, so a broken one leaves the unit's old data as they were.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Any

from preheat.errors import DeviceLost, Refused, VerifyError
from preheat_core import protocol

Progress = Callable[[int, int], None]

ASKS = 10_000  # for a sha: 8 KB each
DONE_TIMEOUT_S = 10.0  # `done` checks and writes flash before it answers


def sha16(data: bytes) -> str:
    """The name the unit gives to content: first 16 hex digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def put(
    link: Any, kind: str, name: str, data: bytes, progress: Progress | None = None
) -> str:
    """Store `data` on the unit as `kind` ("profile" or "settings") `name`; its sha is returned.

    `progress(done, total)` counts bytes. `Refused` (code "check" with problems; "state" while
    heating), `VerifyError` when the unit has stored something else, `DeviceLost`.
    """
    if not 1 <= len(data) <= protocol.MAX_PUT_BYTES:
        raise Refused(
            f"{kind} {name} is {len(data)} bytes long",
            f"the unit takes 1 to {protocol.MAX_PUT_BYTES}", "too_long",
        )
    try:
        sha = _send(link, kind, name, data, progress)
    except Refused as err:
        if err.code != "crc":  # else it arrived damaged: once more
            raise
        sha = _send(link, kind, name, data, progress)
    if sha != sha16(data):
        raise VerifyError(
            f"the unit stored {kind} {name} as {sha}, not {sha16(data)}", "send it once more"
        )
    return sha


def _send(link: Any, kind: str, name: str, data: bytes, progress: Progress | None) -> str:
    crc = f"{binascii.crc32(data):08x}"
    link.request("put", kind=kind, name=name, size=len(data), crc=crc)
    for n, start in enumerate(range(0, len(data), protocol.PART_BYTES)):
        piece = data[start : start + protocol.PART_BYTES]
        link.request("part", n=n, data=base64.b64encode(piece).decode())
        if progress:
            progress(start + len(piece), len(data))
    try:
        return str(link.request("done", DONE_TIMEOUT_S)["sha"])
    except DeviceLost:
        # Only the answer may be lost: what the unit holds now decides.
        sha = str(link.request("get", kind=kind, name=name).get("sha"))
        if sha != sha16(data):
            raise
        return sha


def fetch(
    link: Any,
    kind: str,
    name: str,
    progress: Progress | None = None,
    into: bytearray | None = None,
) -> bytes:
    """The bytes of `kind` (profile, settings, board, log, latch) `name`, verified by their sha.

    Pieces are added to `into`, which may hold the beginning from an earlier, broken fetch; a
    beginning that turns out not to fit is fetched again. `progress(done, total)` counts bytes.
    `Refused` (missing, state while heating), `VerifyError`, `DeviceLost`.
    """
    got = bytearray() if into is None else into
    resumed = len(got) > 0
    while True:
        size, sha = describe(link, kind, name)
        if len(got) > size:
            got.clear()
        while len(got) < size:
            got += _piece(link, kind, name, len(got), min(protocol.READ_BYTES, size - len(got)))
            if progress:
                progress(len(got), size)
        if sha16(bytes(got)) == sha:
            return bytes(got)
        if not resumed:
            raise VerifyError(
                f"{kind} {name} arrived as {sha16(bytes(got))}, the unit says {sha}",
                "fetch it once more; nothing was deleted from the unit",
            )
        got.clear()
        resumed = False


def describe(link: Any, kind: str, name: str) -> tuple[int, str]:
    """(bytes, sha) of what the unit has; of a long log it computes a part per question."""
    for _ in range(ASKS):
        about = link.request("get", kind=kind, name=name)
        if about["sha"] is not None:
            return int(about["size"]), str(about["sha"])
    raise VerifyError(f"the unit does not come to an end with {kind} {name}", "restart it")


def _piece(link: Any, kind: str, name: str, off: int, n: int) -> bytes:
    answer = link.request("read", kind=kind, name=name, off=off, n=n)
    try:
        data = base64.b64decode(answer["data"], validate=True)
    except (KeyError, TypeError, ValueError) as err:
        raise VerifyError(f"{kind} {name}: piece {off} is not base64", "fetch it again") from err
    if answer.get("off") != off or not 1 <= len(data) <= n:
        raise VerifyError(
            f"{kind} {name}: asked for {n} bytes at {off}, got {len(data)} at "
            f"{answer.get('off')}", "fetch it again",
        )
    return data


def items(link: Any, kind: str) -> list[list[Any]]:
    """Everything stored of `kind`: rows [name, sha] of profiles, [run_id, size, end] of logs."""
    found: list[list[Any]] = []
    start = 0
    while True:
        answer = link.request("list", kind=kind, **{"from": start})
        found += answer["items"]
        following = answer.get("next")
        if not isinstance(following, int) or following <= start:
            return found
        start = following
