"""The settings of a unit as last seen, kept on this computer: asked for again only when changed.

While a run heats a unit gives no settings out; by their hash the copy here is as good.
"""

import contextlib
from pathlib import Path
from typing import Any

from preheat import paths, transfer, units
from preheat.calibration import dates
from preheat.errors import PreheatError, Refused
from preheat_core import settings


def settings_of(link: Any) -> "dict[str, Any] | None":
    """The unit's settings, normalised; None when it has none. Refused: (state) while it heats and
    this computer has not seen them, (check) where this toolkit cannot read them.
    """
    hello = link.request("hello")
    place = _place(str(hello.get("uid") or ""))
    data = _read(place)
    if data is None or transfer.sha16(data) != hello.get("settings_hash"):
        try:
            data = transfer.fetch(link, "settings", "settings")
        except Refused as refusal:
            if refusal.code == "missing":
                return None
            raise
        with contextlib.suppress(OSError):  # a copy that cannot be kept is asked for again
            place.write_bytes(data)
    return settings.normalise(units.checked_settings(data))


def overdue(link: Any) -> list[str]:
    """A sentence for each expired calibration of the unit; none where that cannot be known.

    Advice: it never raises what would keep the rest of an answer from anybody.
    """
    try:
        values = settings_of(link)
    except PreheatError:
        return []
    return dates.overdue((values or {}).get("calibration", ()))


def _place(uid: str) -> Path:
    return paths.calibration_dir() / f"{paths.safe(uid)}.settings.json"


def _read(place: Path) -> "bytes | None":
    try:
        return place.read_bytes()
    except OSError:
        return None
