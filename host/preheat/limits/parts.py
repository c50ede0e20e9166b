"""Packages, laminates and kinds of work: what a question may name."""

from dataclasses import dataclass
from functools import cache

from preheat.limits import load, lookup
from preheat.limits.numbers import Number, Span, number, span


@dataclass(frozen=True)
class Package:
    """A kind of part. classes: what rules call it; "smd" has a body as J-STD-020 means it."""

    name: str
    title: str
    aliases: "tuple[str, ...]"
    classes: "tuple[str, ...]"


@dataclass(frozen=True)
class Laminate:
    """A board material: glass transition and decomposition (°C), minutes at 260 and 288 °C."""

    name: str
    title: str
    aliases: "tuple[str, ...]"
    tg_c: Span
    td_c: Span
    t260_min: Span
    t288_min: Span


@dataclass(frozen=True)
class Procedure:
    """A kind of work. purpose: of the profile it uses; package: what it is about, or ""."""

    name: str
    title: str
    aliases: "tuple[str, ...]"
    purpose: str
    package: str


@cache
def packages() -> "tuple[Package, ...]":
    return tuple(
        Package(row["name"], row["title"], _aliases(row), tuple(row["classes"].split()))
        for row in load.tables()["parts"]["packages"]
    )


@cache
def laminates() -> "tuple[Laminate, ...]":
    said = load.sources()
    keys = ("tg_c", "td_c", "t260_min", "t288_min")
    return tuple(
        Laminate(row["name"], row["title"], _aliases(row),
                 *(span(row.get(key), said) for key in keys))
        for row in load.tables()["parts"]["laminates"]
    )  # fmt: skip


@cache
def procedures() -> "tuple[Procedure, ...]":
    return tuple(
        Procedure(row["name"], row["title"], _aliases(row), row["purpose"],
                  row.get("package", ""))
        for row in load.tables()["parts"]["procedures"]
    )  # fmt: skip


def find_package(name: str) -> Package:
    """A package by name or alias; Refused with the known ones."""
    return lookup.find("package", name, packages())


def find_laminate(name: str) -> Laminate:
    """A laminate by name or alias; Refused with the known ones."""
    return lookup.find("laminate", name, laminates())


def find_procedure(name: str) -> Procedure:
    """A procedure by name; Refused with the known ones."""
    return lookup.find("procedure", name, procedures())


def constant(key: str) -> Number:
    """below_tg_c, lead_free_tg_c or lead_free_td_c, °C."""
    return number(load.tables()["parts"][key], load.sources())


def _aliases(row: "dict[str, str]") -> "tuple[str, ...]":
    return tuple(row.get("aliases", "").split())
