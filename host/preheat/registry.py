"""The units this computer knows: a name for each, the port it was last seen at, and who it is.

A unit is identified by the unique id of its chip, never by its port: ports move between boards.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from preheat import keepfile, paths
from preheat.errors import UsageError

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
    """units.json, read once and written whole (to a temporary file, then renamed).

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
            return
        try:
            data = json.loads(text)
            for name, row in data["units"].items():
                self._units[name] = Unit(name, row["port"], row["uid"], row["board"])
            self._boots = {str(uid): str(boot) for uid, boot in data["boots"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise UsageError(
                f"{self.path} is not a readable list of units ({err})",
                "repair or delete it, then name the units again with `preheat unit name`",
            ) from err

    def _save(self) -> None:
        units = {}
        for name, unit in sorted(self._units.items()):
            units[name] = asdict(unit)
            del units[name]["name"]
        text = json.dumps({"schema": 1, "units": units, "boots": self._boots}, indent=1)
        keepfile.write(self.path, (text + "\n").encode())

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
        self.need_free(name, uid)
        older = self.by_uid(uid)
        if older:
            del self._units[older.name]
        self._units[name] = Unit(name, port, uid, board)
        self._save()
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
        if name not in self._units:
            raise UsageError(f"no unit is named {name!r}", "see `preheat unit list`")
        del self._units[name]
        self._save()

    def last_boot(self, uid: str) -> str | None:
        """The boot id that unit showed when it was last spoken to, or None."""
        return self._boots.get(uid)

    def saw(self, uid: str, boot_id: str, port: str = "", board: str = "") -> None:
        """Note what a unit's hello said; a named unit found at another port moves with it."""
        if not uid:
            return
        unit = self.by_uid(uid)
        moved = None
        if unit:
            moved = Unit(unit.name, port or unit.port, uid, board or unit.board)
        if moved == unit and self._boots.get(uid) == boot_id:
            return
        if unit and moved:
            self._units[unit.name] = moved
        self._boots.pop(uid, None)
        self._boots[uid] = boot_id
        while len(self._boots) > _MAX_BOOTS:
            del self._boots[next(iter(self._boots))]
        self._save()
