"""The units this computer knows: a name for each, the port it was last seen at, and who it is.

A unit is identified by the unique id of its chip, never by its port: ports move between boards.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from preheat import keepfile, paths
from preheat.errors import UsageError
from preheat.locked import locked

NAME = re.compile(r"[a-z0-9-]{1,24}\Z")
_MAX_BOOTS = 200  # remembered boot ids; the oldest is forgotten first


@dataclass(frozen=True)
class Unit:
    """A known unit: `uid` is hex of the chip's unique id, `board` the name of its board file."""

    name: str
    port: str
    uid: str = ""
    board: str = ""


class Registry:
    """units.json, written whole (to a temporary file, then renamed).

    Questions are answered from what was read when this was made. Each change reads the file anew
    under a lock first, so that no other thread or process loses what it wrote meanwhile.
    `UsageError` when the file exists and cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.units_file()
        self._units: dict[str, Unit] = {}
        self._boots: dict[str, str] = {}
        self._load()

    def _load(self) -> None:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            self._units, self._boots = {}, {}
            return
        try:
            data = json.loads(text)
            self._units = {
                name: Unit(name, row["port"], row["uid"], row["board"])
                for name, row in data["units"].items()
            }
            self._boots = {str(uid): str(boot) for uid, boot in data["boots"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise UsageError(
                f"{self.path} is not a readable list of units ({err})",
                "repair or delete it, then name the units again with `preheat unit name`",
            ) from err

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """The file as it is now, to be changed and, unless nothing changed, saved."""
        with locked(self.path):
            self._load()
            before = self._text()
            yield
            if self._text() != before:
                keepfile.write(self.path, self._text().encode())

    def _text(self) -> str:
        units = {}
        for name, unit in sorted(self._units.items()):
            units[name] = asdict(unit)
            del units[name]["name"]
        return json.dumps({"schema": 1, "units": units, "boots": self._boots}, indent=1) + "\n"

    def units(self) -> list[Unit]:
        """All known units, by name."""
        return [self._units[name] for name in sorted(self._units)]

    def get(self, name: str) -> Unit | None:
        """The unit of that name, or None."""
        return self._units.get(name)

    def by_uid(self, uid: str) -> Unit | None:
        """The unit with that chip id, or None."""
        return next((u for u in self._units.values() if uid and u.uid == uid), None)

    def add(self, name: str, port: str, uid: str = "", board: str = "") -> Unit:
        """Name a unit, or move a known one; a unit has one name, so an older one is dropped."""
        with self._changing():
            return self._add(name, port, uid, board)

    def add_next(
        self, pattern: str, port: str, uid: str, board: str = "", own: "str | None" = None
    ) -> Unit:
        """Name a unit by `pattern`, "bench-{n}", with the first number that is free.

        A unit keeps the name that it has here, or else `own`, the one in its settings.
        """
        with self._changing():
            known = self.by_uid(uid)
            names = [pattern.replace("{n}", str(n + 1)) for n in range(len(self._units) + 1)]
            if own is not None:
                names.insert(0, own)
            name = known.name if known else next(n for n in names if n not in self._units)
            return self._add(name, port, uid, board)

    def _add(self, name: str, port: str, uid: str, board: str) -> Unit:
        self.need_free(name, uid)
        older = self.by_uid(uid)
        if older:
            del self._units[older.name]
        self._units[name] = Unit(name, port, uid, board)
        return self._units[name]

    def need_free(self, name: str, uid: str = "") -> None:
        """`UsageError` when the unit with that chip id cannot have this name."""
        if not NAME.match(name):
            raise UsageError(
                f"{name!r} cannot be a unit's name", "use 1 to 24 of a-z, 0-9 and -"
            )
        known = self._units.get(name)
        if known and known.uid and uid and known.uid != uid:
            raise UsageError(
                f"{name!r} is already another unit (chip id {known.uid}, at {known.port})",
                f"choose another name, or first `preheat unit forget {name}`",
            )

    def remove(self, name: str) -> None:
        """Forget a unit; `UsageError` when there is none of that name."""
        with self._changing():
            if name not in self._units:
                raise UsageError(f"no unit is named {name!r}", "see `preheat unit list`")
            del self._units[name]

    def last_boot(self, uid: str) -> str | None:
        """The boot id that unit showed when it was last spoken to, or None."""
        return self._boots.get(uid)

    def saw(self, uid: str, boot_id: str, port: str = "", board: str = "") -> None:
        """Note what a unit's hello said; a named unit found at another port moves with it."""
        if not uid:
            return
        with self._changing():
            unit = self.by_uid(uid)
            if unit:
                port, board = port or unit.port, board or unit.board
                self._units[unit.name] = Unit(unit.name, port, uid, board)
            if self._boots.get(uid) != boot_id:
                self._boots.pop(uid, None)  # the newest stands last
                self._boots[uid] = boot_id
            while len(self._boots) > _MAX_BOOTS:
                del self._boots[next(iter(self._boots))]
