"""What belongs on the device: one list for a checkout and for an installed wheel alike."""

import hashlib
import importlib.util
import json
import threading
from pathlib import Path

import preheat_core
from preheat import mpy
from preheat.errors import UsageError
from preheat_core import protocol

PACKAGES = ("preheat_core", "preheat_fw")
ROOT_FILES = ("boot.py", "main.py")  # always as source: MicroPython runs no boot.mpy
# Pure core that no unit imports: what only a host looks up, reads or measures. It stays in the
# core to run on both Pythons, and takes no flash.
HOST_ONLY = ("preheat_core/events.py", "preheat_core/logread.py", "preheat_core/measures.py")

Files = list[tuple[str, Path]]

_compiled: dict[str, dict[str, bytes]] = {}  # the newest firmware, by its hash
_compiling = threading.Lock()


def device_files() -> Files:
    """(path on the device, path here) of every firmware file, in order of the device path.

    `UsageError` when this installation is not whole.
    """
    here = Path(__file__).resolve().parent
    installed = here / "_device"
    root = installed if installed.is_dir() else here.parents[1] / "firmware"
    files = [(f"/{name}", root / name) for name in ROOT_FILES]
    for package in PACKAGES:
        folder = _package_folder(package)
        files += [
            (f"/lib/{package}/{path.relative_to(folder).as_posix()}", path)
            for path in folder.rglob("*.py")
            if f"{package}/{path.relative_to(folder).as_posix()}" not in HOST_ONLY
        ]
    missing = [str(path) for _, path in files if not path.is_file()]
    if missing:
        raise UsageError(f"this installation is not whole: {', '.join(missing)} is missing",
                         "install preheat again")
    return sorted(files)


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(f"this installation is not whole: {package} is missing",
                         "install preheat again")
    return Path(next(iter(spec.submodule_search_locations)))


def sources(files: Files | None = None) -> dict[str, bytes]:
    """{device path: source bytes} with line endings as on the device (LF)."""
    return {
        device: path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        for device, path in (device_files() if files is None else files)
    }


def firmware_hash(files: Files | None = None) -> str:
    """16 hex digits that name this firmware: SHA-256 over the sorted paths and their sources.

    It names what the firmware does, so it is the same for .py and .mpy.
    """
    return _hash_of(sources(files))


def _hash_of(texts: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for device, source in sorted(texts.items()):
        digest.update(f"{device}\0{len(source)}\0".encode())
        digest.update(source)
    return digest.hexdigest()[:16]


def image(source: bool = False, files: Files | None = None) -> dict[str, bytes]:
    """{device path: bytes} as they go onto the device: modules compiled, unless `source`."""
    texts = sources(files)
    if source:
        return texts
    modules = {p: text for p, text in texts.items() if p.startswith("/lib/")}
    whole = {p: text for p, text in texts.items() if p not in modules}
    name = _hash_of(texts)
    with _compiling:  # many boards at once need it compiled once
        if name not in _compiled:
            compiled = mpy.compile_all(modules)
            _compiled.clear()
            _compiled[name] = compiled
        return {**whole, **_compiled[name]}


def fw_json(content: dict[str, bytes]) -> bytes:
    """/fw.json: version, firmware hash, and [size, CRC32 in hex] of every file in `content`."""
    rows = {
        path: [len(data), protocol.crc_hex(data).decode()] for path, data in content.items()
    }
    about = {"version": preheat_core.VERSION, "hash": firmware_hash(), "files": rows}
    return json.dumps(about, sort_keys=True, separators=(",", ":")).encode() + b"\n"
