"""The rules of the data files that fit a question, as rows."""

from typing import Any

from preheat.limits import load
from preheat.limits.question import Asked
from preheat.limits.row import Row
from preheat.limits.schema import UNSAID
from preheat.limits.units import unit

FILES = ("alloys", "article", "jstd020", "rework")


def rows(asked: Asked) -> "list[Row]":
    """Every rule that fits, in the order of the files; one Row per role that a rule names."""
    found = []
    for stem in FILES:
        for rule in load.tables()[stem].get("rules", ()):
            if fits(rule, asked):
                found += as_rows(rule)
    return found


def as_rows(rule: "dict[str, Any]") -> "list[Row]":
    """The rows of one checked rule: one, or one per role."""
    return [
        Row(rule["what"], rule.get("low"), rule.get("high"), unit(rule["what"]), role,
            load.sources()[rule["source"]], rule["confidence"], rule["kind"],
            rule.get("why", ""), rule.get("text", ""))
        for role in rule.get("roles", "").split() or [""]
    ]  # fmt: skip


def fits(rule: "dict[str, Any]", asked: Asked) -> bool:
    """Whether a rule holds: each list of words it has must hold one that the question has."""
    existing, procedure, laminate = asked.existing, asked.procedure, asked.laminate
    has = {
        "alloys": (asked.alloy.name,),
        "families": (asked.alloy.family,),
        "existing_families": (existing.family,) if existing else (),
        "packages": asked.classes,
        "laminates": (laminate.name if laminate else UNSAID,),
        "procedures": (procedure.name,) if procedure else (),
        "purposes": (asked.question.purpose,),
    }
    return all(
        key not in rule or set(rule[key].split()) & set(words) for key, words in has.items()
    )


def of_alloy(what: str, alloy: str) -> "list[Row]":
    """The rows of a quantity in rules that name this very alloy."""
    return [
        row
        for stem in FILES
        for rule in load.tables()[stem].get("rules", ())
        if rule["what"] == what and alloy in rule.get("alloys", "").split()
        for row in as_rows(rule)
    ]
