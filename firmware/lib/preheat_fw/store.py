"""Small files that survive a power cut: written beside, read back, renamed, the last good kept.

A file is its payload, a newline, the payload's CRC32 in hex, a newline. Before it is replaced, a
good one becomes NAME.bak, which is read when NAME is absent or damaged.
"""

import binascii
import hashlib
import json
import os

from preheat_core.protocol import load_json, seal, unseal

MAX_BYTES = 16384  # longest payload: it must fit the device's memory twice
_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789-_."
ENOSPC = 28


class StoreError(Exception):
    """Nothing was stored; what was there still is. `code`: a refusal code, `why`: a sentence."""

    def __init__(self, code, why):
        super().__init__(code, why)
        self.code = code
        self.why = why


def sha(data) -> str:
    """The first 16 hex digits of the SHA-256 of bytes: how profiles and settings are named."""
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()[:16]


def commit(file) -> None:
    """Brings what was written to the flash."""
    file.flush()
    if hasattr(os, "fsync"):
        os.fsync(file.fileno())
    elif hasattr(os, "sync"):
        os.sync()


def make_dir(path) -> None:
    """Makes a directory if there is none."""
    try:
        os.mkdir(path)
    except OSError:
        os.stat(path)  # raises if that was not because it exists


def move(source, target) -> None:
    """Renames over an existing file: atomic on littlefs and on POSIX."""
    if hasattr(os, "replace"):
        os.replace(source, target)
    else:
        os.rename(source, target)


def file_size(path) -> "int | None":
    """Bytes of a file; None if it is absent."""
    try:
        return os.stat(path)[6]
    except OSError:
        return None


class Store:
    """Files by names like "settings.json" or "profiles/x.json" under `root`, which is made.

    `problems` lists what was found damaged or missing, as sentences, each once.
    """

    def __init__(self, root="/data"):
        self._root = root.rstrip("/")
        self.problems = []
        make_dir(self._root or "/")

    def _path(self, name):
        parts = name.split("/") if isinstance(name, str) else ()
        good = 1 <= len(parts) <= 2 and not name.endswith((".bak", ".tmp"))
        for part in parts:
            if not 1 <= len(part) <= 40 or part[0] == "." or not all(c in _CHARS for c in part):
                good = False
        if not good:
            raise ValueError("not a name for stored data: " + repr(name)[:60])
        return self._root + "/" + name

    def _note(self, problem):
        if problem not in self.problems:
            self.problems.append(problem)

    def _load(self, path):
        """The payload of one file; None if it is absent or damaged."""
        try:
            size = os.stat(path)[6]
            if size > MAX_BYTES + 10:
                return None
            with open(path, "rb") as file:
                return unseal(file.read())
        except OSError:
            return None

    def read_bytes(self, name) -> "bytes | None":
        """The payload, or the one before it if that is damaged; None if there is none."""
        path = self._path(name)
        payload = self._load(path)
        if payload is not None:
            return payload
        here = file_size(path) is not None
        payload = self._load(path + ".bak")
        if payload is not None:
            self._note(name + " was damaged or missing; the version before it is in use")
        elif here or file_size(path + ".bak") is not None:
            self._note(name + " is damaged and there is no version before it; store it again")
        return payload

    def write_bytes(self, name, data) -> None:
        """Stores bytes. StoreError if that failed: then the old ones are still there."""
        if len(data) > MAX_BYTES:
            raise StoreError("space", "%s is longer than %d bytes" % (name, MAX_BYTES))
        path = self._path(name)
        temporary = path + ".tmp"
        try:
            if "/" in name:
                make_dir(path[: path.rindex("/")])
            with open(temporary, "wb") as file:
                file.write(seal(data))
                commit(file)
            if self._load(temporary) != bytes(data):
                raise StoreError("problem", name + " did not read back as it was written")
            if self._load(path) is not None:  # a damaged one must not push out a good .bak
                move(path, path + ".bak")
            move(temporary, path)
        except OSError as error:
            if file_size(temporary) is not None:
                self._drop(temporary)
            code = "space" if error.args and error.args[0] == ENOSPC else "problem"
            raise StoreError(code, "%s was not stored: %s" % (name, error))

    def _drop(self, path):
        try:
            os.remove(path)
        except OSError:
            self._note("could not remove " + path)

    def read_json(self, name):
        """The value of a JSON file; None if there is none, or if it is no JSON."""
        payload = self.read_bytes(name)
        if payload is None:
            return None
        try:
            return load_json(payload)
        except ValueError:
            self._note(name + " is not JSON; store it again")
            return None

    def write_json(self, name, obj) -> None:
        """Stores a value as compact JSON."""
        self.write_bytes(name, json.dumps(obj, separators=(",", ":")).encode())

    def list(self, prefix="") -> list:
        """The names stored under "" or under a directory like "profiles/", sorted."""
        folder = self._root + "/" + prefix.rstrip("/") if prefix else self._root or "/"
        try:
            found = os.listdir(folder)
        except OSError:
            return []
        names = []
        for name in found:
            name = name[:-4] if name.endswith(".bak") else name
            if not name.endswith(".tmp") and "." in name and prefix + name not in names:
                names.append(prefix + name)
        return sorted(names)

    def remove(self, name) -> bool:
        """Deletes a file and what was kept of it; False if there was none."""
        path = self._path(name)
        found = False
        # The oldest first: a cut in between must not bring an old version back.
        for each in (path + ".bak", path + ".tmp", path):
            if file_size(each) is not None:
                os.remove(each)
                found = True
        return found
