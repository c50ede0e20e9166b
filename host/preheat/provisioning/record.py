"""The record of what was provisioned: a row a board in manifest.json and, for a table, .csv.

A unit counts as provisioned only when its row says so. The row is written as soon as the chip's
id is known, before more is changed, and after every step: after a break it says `unfinished`.
"""

import contextlib
import csv
import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from preheat import keepfile
from preheat.errors import UsageError
from preheat.locked import locked

PROVISIONED, FAILED, UNFINISHED = "provisioned", "failed", "unfinished"
REPLACED = "replaced"  # another chip has been provisioned under its name since
_BAD = ("fail", "warn")  # results of a self-test that a table should show by name


@dataclass
class Row:
    """One board. `at`, `tested_at`: UTC, ISO 8601; when it was proved last, when self-tested.

    uid: hex of the chip's unique id, "" when nothing answered. steps: rows of step, result
    (done, unchanged, skipped, failed) and note. selftest: rows as `preheat selftest` gives them;
    full_test: the minute of ticks is among them; unproven: the checks that nobody saw or that were
    not tried. Hashes are the first 16 hex digits of SHA-256.
    """

    name: str
    port: str
    board: str
    outcome: str = UNFINISHED
    uid: str = ""
    at: str = ""
    micropython: str = ""
    firmware: str = ""
    fw_hash: str = ""
    board_hash: str = ""
    settings_hash: str = ""
    profiles: dict[str, str] = field(default_factory=dict)
    image: str = ""
    image_hash: str = ""
    steps: list[dict[str, str]] = field(default_factory=list)
    tested_at: str = ""
    full_test: bool = False
    selftest: list[dict[str, str]] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    failed_step: str = ""
    reason: str = ""
    next: str = ""

    def note_step(self, step: str, result: str, note: str = "") -> None:
        """Add a step's result."""
        self.steps.append({"step": step, "result": result, "note": note})

    def holds(self) -> tuple[Any, ...]:
        """What a self-test is a statement about."""
        return self.micropython, self.fw_hash, self.board_hash, self.settings_hash


COLUMNS = ("uid", "name", "outcome", "at", "port", "board", "micropython", "firmware", "fw_hash",
           "board_hash", "settings_hash", "profiles", "image", "image_hash", "steps", "tested_at",
           "selftest", "unproven", "failed_step", "reason", "next")


class Book:
    """The manifest in a folder, made when missing. `UsageError` when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.json_path = folder / "manifest.json"
        self.csv_path = folder / "manifest.csv"
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._change([], lambda row: False)  # refused now rather than after the work

    def known(self, uid: str) -> "Row | None":
        """The row of the unit with that chip id, or None."""
        return next((row for row in self._rows() if uid and row.uid == uid), None)

    def put(self, row: Row, label: str = "") -> None:
        """Write a row in the place of the unit's old one.

        One that is not known by a chip id stands under its name, or was written as `label`. A
        name is one unit's: another chip that was provisioned under it before is REPLACED now.
        """
        def same(old: Row) -> bool:
            return old.uid == row.uid if old.uid else old.name in (row.name, label)

        taken = row.name if row.uid and row.outcome == PROVISIONED else None
        self._change([row], same, taken)

    def _change(
        self, add: list[Row], gone: Callable[[Row], bool], taken: "str | None" = None
    ) -> None:
        with locked(self.json_path), _explained(self.json_path.parent):
            rows = [row for row in self._rows() if not gone(row)]
            for row in rows:
                if row.name == taken and row.uid:
                    row.outcome = REPLACED
            rows += add
            rows.sort(key=lambda row: (row.name, row.uid))
            document = {"schema": 1, "units": [asdict(row) for row in rows]}
            text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
            keepfile.write(self.json_path, text.encode())
            keepfile.write(self.csv_path, as_csv(rows).encode())

    def _rows(self) -> list[Row]:
        try:
            text = self.json_path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        try:
            known = {item.name for item in dataclasses.fields(Row)}
            found = [Row(**{key: value for key, value in row.items() if key in known})
                     for row in json.loads(text)["units"]]
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise UsageError(f"{self.json_path} is not a readable manifest ({err})",
                             "move it away, or name another folder with -o") from err
        return found


def as_csv(rows: list[Row]) -> str:
    """The rows as a table with a head, lists in one cell each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = {
            **asdict(row),
            "profiles": " ".join(f"{name}={sha}" for name, sha in sorted(row.profiles.items())),
            "steps": " ".join(f"{one['step']}={one['result']}" for one in row.steps),
            "selftest": tested(row),
            "unproven": " ".join(row.unproven),
        }
        writer.writerow([cells[column] for column in COLUMNS])
    return out.getvalue()


def tested(row: Row) -> str:
    """A self-test in a few words: "10 ok, 2 skipped, warn: contactor"."""
    results = [one["result"] for one in row.selftest]
    words = [f"{results.count(kind)} {kind}" for kind in ("ok", "skipped") if kind in results]
    words += [
        f"{kind}: {' '.join(one['name'] for one in row.selftest if one['result'] == kind)}"
        for kind in _BAD if kind in results
    ]
    return ", ".join(words)


def now() -> str:
    """This moment, as the rows have it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise UsageError(f"the manifest cannot be written in {folder}: {err.strerror}",
                         "close what holds it open, or name another folder with -o") from err
