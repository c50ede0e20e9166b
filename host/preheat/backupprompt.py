"""Reads a board at its MicroPython prompt into the content of a backup, and files its logs."""

import base64
from typing import Any

from preheat import incidents, logs, manifest, sightings, transfer
from preheat.backupcontent import Content, Payloads, body_of, build
from preheat.errors import DeviceLost, Refused, VerifyError
from preheat.registry import NAME
from preheat.remote import Remote
from preheat.serialport import SerialStream, open_stream
from preheat_core import protocol

MAX_BYTES = 4 * 1024 * 1024  # of files; as base64 in the backup it is a third more
# What a deploy brings again, and what is filed as logs.
_FIRMWARE = tuple(f"/lib/{package}/" for package in manifest.PACKAGES)
_PULLED = ".ok"  # marks a log or incident that was pulled
_RECORDED = {"/logs/": logs.SUFFIX, "/incidents/": incidents.SUFFIX}


def at_prompt(port: str) -> Content:
    """The content of a backup of a board that is known to be at its MicroPython prompt."""
    stream = open_stream(port)
    if not isinstance(stream, SerialStream):
        stream.close()
        raise DeviceLost(f"{port} has no MicroPython prompt", "start the unit again")
    with Remote(stream, 1.0) as remote:
        return read(remote)


def read(remote: Remote) -> Content:
    """The content of a backup of a board at its prompt, with every file that no deploy brings,
    whosever it is; its logs not pulled are filed here. Refused (space) when they are too many.
    """
    there = {path: size for path, size in remote.tree().items() if size is not None}
    kept = [path for path in there if not path.startswith(_FIRMWARE) and not _is_record(path)]
    total = sum(there[path] or 0 for path in kept)
    if total > MAX_BYTES:
        raise Refused(f"the files on the board are {total / 1024:.0f} KB, a backup takes "
                      f"{MAX_BYTES / 1024:.0f}", "copy them off it first: "
                      f"`mpremote connect {remote.port} cp -r : FOLDER`", "space")
    raw = {path: remote.get(path) for path in kept}
    if not _says_anything(raw.get("/boot.py", b"")):
        raw.pop("/boot.py", None)  # a new ESP32 has one of comments only
    found: Payloads = {}
    damaged: set[str] = set()
    for path in raw:
        key = path.removeprefix("/data/").removesuffix(".bak")
        if path.startswith("/data/") and key.endswith(".json"):
            whole = (protocol.unseal(raw[p]) for p in (f"/data/{key}", f"/data/{key}.bak")
                     if p in raw)
            payload = next((data for data in whole if data is not None), None)
            if payload is None:
                damaged.add(key)
            else:
                found[key] = payload
    armed = body_of(found.pop("armed.json", b"null"))
    content = build(_identity(remote, raw, found), "prompt", found, _armed(armed, found))
    content["files"].update(
        {path: base64.b64encode(data).decode() for path, data in raw.items()}
    )
    content["notes"] += [f"{key} is damaged: it is kept as it was" for key in sorted(damaged)]
    unit = content["unit"]
    for path, size in sorted(there.items()):
        _record(remote, path, size or 0, there, content, unit)
    return content


def _is_record(path: str) -> bool:
    """Whether it is a log or an incident, or its mark."""
    return any(path.startswith(folder) and path.removesuffix(_PULLED).endswith(suffix)
               for folder, suffix in _RECORDED.items())


def _says_anything(code: bytes) -> bool:
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in code.splitlines())


def _armed(armed: Any, found: Payloads) -> Any:
    """The armed profile's name, if the stored profile still is the one that was armed."""
    if not isinstance(armed, dict):
        return None
    data = found.get(f"profiles/{armed.get('profile')}.json")
    return armed["profile"] if data and transfer.sha16(data) == armed.get("hash") else None


def _identity(remote: Remote, raw: Payloads, found: Payloads) -> Content:
    uid = remote.exec(
        "import machine,binascii\nprint(binascii.hexlify(machine.unique_id()).decode())"
    ).strip()
    firmware = body_of(raw.get("/fw.json", b"null"))
    own, facts = (body_of(found.get(key, b"null")) for key in ("settings.json", "board.json"))
    last = sightings.recall(uid)
    names = [str(own.get("name")) if isinstance(own, dict) else "", last.name if last else ""]
    names = [name for name in names if NAME.match(name)]
    firmware = firmware if isinstance(firmware, dict) else {}
    return {
        "uid": uid, "name": names[0] if names else "unit",
        "board": facts.get("name") if isinstance(facts, dict) else None,
        "fw": firmware.get("version"), "fw_hash": firmware.get("hash"),
        "micropython": ".".join(str(part) for part in remote.info()["version"]),
    }


def _record(
    remote: Remote, path: str, size: int, there: Any, content: Content, unit: Content
) -> None:
    """List a log or incident in the content; file it here when nobody has pulled it."""
    for folder, suffix in _RECORDED.items():
        if not path.startswith(folder) or not path.endswith(suffix):
            continue
        run_id, pulled = path[len(folder) : -len(suffix)], path + _PULLED in there
        content["logs" if folder == "/logs/" else "incidents"].append([run_id, size, None, pulled])
        if not pulled:
            data = remote.get(path)
            if len(data) != size:
                raise VerifyError(f"{path} has {size} bytes, and {len(data)} arrived",
                                  "try again; nothing was erased")
            place = logs.unit_folder(unit["name"], unit["uid"])
            target = logs.free_place(place, run_id, data, suffix)
            if not target.exists() or target.read_bytes() != data:
                target.write_bytes(data)
