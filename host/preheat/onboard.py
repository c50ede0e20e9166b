"""Runs on the board, not here: file work that `remote.py` sends to a MicroPython prompt.

Sent as source once per connection, so that one short call does what would take many round trips.
Everything is written beside its target first (`.new`), and only `ph_commit` renames.
"""

import binascii
import gc
import hashlib
import io
import os

try:
    import deflate  # pyright: ignore[reportMissingImports]
except ImportError:  # a small build
    deflate = None

_ph_open = []  # the file being written, if any


def ph_look(path):
    """(path, size in bytes, first 16 hex digits of its SHA-256), or None twice."""
    digest = hashlib.sha256()
    size = 0
    chunk = bytearray(512)
    view = memoryview(chunk)
    try:
        with open(path, "rb") as file:
            while True:
                n = file.readinto(chunk)
                if not n:
                    break
                size += n
                digest.update(view[:n])
    except OSError:
        return path, None, None
    return path, size, binascii.hexlify(digest.digest())[:16].decode()


def ph_same(paths, digest):
    """Print whether the SHA-256 over what `ph_look` says of all `paths` begins with `digest`."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(repr(ph_look(path)).encode())
    print(binascii.hexlify(whole.digest())[:32].decode() == digest)


def ph_tree(top):
    """Print (path, size) of every file at or under `top`, and (path, None) of every folder."""
    try:
        rows = list(os.ilistdir(top))  # pyright: ignore[reportAttributeAccessIssue]
    except OSError:
        return
    for row in rows:
        path = top.rstrip("/") + "/" + row[0]
        if row[1] & 0x4000:
            print((path, None))
            ph_tree(path)
        else:
            print((path, os.stat(path)[6]))


def ph_mkdirs(path):
    """Make a folder and those above it."""
    done = ""
    for part in path.strip("/").split("/"):
        done += "/" + part
        try:
            os.stat(done)
        except OSError:
            os.mkdir(done)


def ph_begin(path):
    """Start writing `path`; the one before is closed."""
    ph_end()
    gc.collect()
    _ph_open.append(open(path, "wb"))  # noqa: SIM115 - open across several calls


def ph_write(text):
    """Append base64 `text`."""
    _ph_open[0].write(binascii.a2b_base64(text))


def ph_unpack(text):
    """Append what base64 `text` holds, deflated with a window of 1 KB."""
    packed = io.BytesIO(binascii.a2b_base64(text))
    plain = deflate.DeflateIO(packed, deflate.RAW, 10)  # pyright: ignore
    _ph_open[0].write(plain.read())


def ph_end():
    """Close the file being written."""
    while _ph_open:
        _ph_open.pop().close()


def ph_remove(path):
    """Remove a file or an empty folder; what is not there is no error."""
    for remove in (os.remove, os.rmdir):
        try:
            remove(path)
            return
        except OSError:
            continue


def ph_rename(old, new):
    """Rename over what is there (FAT wants it out of the way first)."""
    try:
        os.rename(old, new)
    except OSError:
        ph_remove(new)
        os.rename(old, new)


def ph_commit(first, paths, last):
    """Remove the paths `first`, move each of `paths` from its .new, remove the paths `last`."""
    for path in first:
        ph_remove(path)
    for path in paths:
        ph_rename(path + ".new", path)
    for path in last:
        ph_remove(path)
    if hasattr(os, "sync"):
        os.sync()
