"""The heads file beside the database: after every change one line with how far the chain had come.

It is only ever appended to. Whoever cuts events off the end of the chain, or puts an older
database in its place, has to change this file as well.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from preheat.locked import locked

_LINE = re.compile(r"(\d{12}) ([0-9a-f]{64}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\Z")
LENGTH = 12 + 1 + 64 + 1 + 24 + 1  # with its line feed


@dataclass(frozen=True)
class Head:
    """After `count` events the last one's hash was `sha`; `line` counts from 1."""

    line: int
    count: int
    sha: str


def append(path: Path, count: int, sha: str, at: str) -> None:
    """Add a line and bring it to the disk. A line torn by a power cut is ended first."""
    with locked(path), path.open("ab") as file:
        torn = b"\n" if file.tell() and not _ended(path) else b""
        file.write(torn + f"{count:012d} {sha} {at}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _ended(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def last(path: Path) -> "Head | None":
    """The last whole line; None when there is none. Reads the end of the file only."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 3 * LENGTH))
            tail = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    for line in reversed(tail.split("\n")[:-1]):
        match = _LINE.match(line)
        if match:
            return Head(0, int(match[1]), match[2])
    return None


def read(path: Path) -> "Iterator[Head | int]":
    """Every line in order; the number of a line that cannot be read.

    A shorter line is one that a power cut tore: it says nothing, and its change had no whole one.
    """
    try:
        file = path.open(encoding="utf-8", errors="replace", newline="\n")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, 1):
            match = _LINE.match(line.rstrip("\n"))
            if match:
                yield Head(number, int(match[1]), match[2])
            elif len(line) >= LENGTH:
                yield number
