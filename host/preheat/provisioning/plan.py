"""What one board is to become: everything loaded and judged before any port is opened."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import tomlfiles
from preheat.boardfacts import HostFacts
from preheat.errors import UsageError
from preheat.flashing import images, ports
from preheat.flashing.guide import mcu_of
from preheat.flashing.images import Image
from preheat.mcus import UF2
from preheat.registry import NAME

PATTERN = "bench-{n}"  # names for boards that nobody named
_HIGHEST = "999"  # a number that a pattern must have room for


@dataclass(frozen=True)
class Plan:
    """One board's way to a unit; boards, settings and profiles as from `tomlfiles`.

    name: the unit's, or a pattern with {n} for the next free number. port: a device path or a
    known unit's name; serial: its USB serial number, where port is None; with neither it is an
    RP2 that waits in its bootloader. settings: None keeps the unit's own, or gives the defaults.
    """

    name: str
    board: dict[str, Any]
    facts: HostFacts
    port: "str | None" = None
    serial: str = ""
    image: "Image | None" = None
    settings: "dict[str, Any] | None" = None
    profiles: tuple[dict[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """What to call it before it has its name."""
        return (self.port or self.serial or "the board") if "{n}" in self.name else self.name


def make(
    board: "str | Path",
    name: "str | None" = None,
    port: "str | None" = None,
    serial: str = "",
    image: "str | Path | None" = None,
    settings: "str | Path | None" = None,
    profiles: "tuple[str | Path, ...]" = (),
) -> Plan:
    """A plan from names and files; without a `name` the settings file has it, else `PATTERN`.

    UsageError or Refused as the loaders raise them.
    """
    values, facts = tomlfiles.load_board(board), tomlfiles.load_host_facts(board)
    mcu = mcu_of(values) if image is not None else None
    mine = None if settings is None else tomlfiles.load_settings(settings)
    chosen = name or (mine["name"] if mine else PATTERN)
    if not name_fits(chosen):
        raise UsageError(f"{chosen!r} cannot be a unit's name",
                         "use 1 to 24 of a-z, 0-9 and -, or such a text with one {n}")
    if port is None and not serial and not (mcu and mcu.loader == UF2):
        raise UsageError("no port was named",
                         "name the board's with --port: it is never guessed")
    return Plan(
        chosen, values, facts, port, serial,
        images.load(image, mcu, facts.micropython_min, values)
        if image is not None and mcu else None,
        mine, tuple(tomlfiles.load_profile(ref) for ref in profiles),
    )


def name_fits(name: str) -> bool:
    """Whether this is a unit's name, or becomes one with a number for its only {n}."""
    return name.count("{n}") <= 1 and NAME.match(name.replace("{n}", _HIGHEST)) is not None


def own_ids(facts: HostFacts) -> list[tuple[int, int]]:
    """USB ids that belong to the chip itself, and not to an adapter."""
    return [usb for usb in facts.usb if usb[0] in ports.NATIVE_VIDS]
