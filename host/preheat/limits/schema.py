"""The shape of the data files: keys, ranges, words, and a checker that tells all at once."""

import re
from collections.abc import Iterable
from typing import Any

from preheat.limits import ranges
from preheat.limits.numbers import CONFIDENCE
from preheat.limits.units import KINDS, PURPOSES, UNITS
from preheat_core import alloys as device
from preheat_core import board
from preheat_core import check as fields
from preheat_core.check import Problem

BAKE = re.compile(r"(\d+)/(?:(\d+)-)?(\d+) (h|d)", re.ASCII)
PROCESSES = ("tin-lead", "lead-free")
_MANY = 200
_LOW, _HIGH = -300, 100_000


def files(sources: "Iterable[str]") -> "dict[str, tuple[fields.Field, ...]]":
    """The fields of every data file but sources.toml, {stem: fields}; `sources` are its keys."""
    words = tuple(CONFIDENCE)
    said = (fields.choice("source", tuple(sources)), fields.choice("confidence", words))
    value = (fields.number("value", _LOW, _HIGH, ""), *said)
    ends = (
        fields.number("low", _LOW, _HIGH, "", None),
        fields.number("high", _LOW, _HIGH, "", None),
    )
    span = (*ends, *said)
    named = (fields.text("name", 32), fields.text("aliases", 80, None))
    titled = (*named, fields.text("title", 60))
    why = fields.text("why", 90, None)
    rule = (
        fields.choice("what", tuple(UNITS)), fields.choice("kind", KINDS), *ends,
        fields.text("text", 200, None), why, *said,
        *(fields.text(key, 120, None) for key in WORDS),
    )  # fmt: skip
    rules = fields.rows("rules", rule, 0, _MANY, ())
    alloy = (
        *named, fields.choice("family", device.NAMES), fields.text("note", 120, None),
        fields.table("solidus_c", value), fields.table("liquidus_c", span),
        fields.table("peak_c", span),
        *(fields.table(key, span, None) for key in ALLOY_SPANS),
    )  # fmt: skip
    body = (
        fields.choice("process", PROCESSES), fields.text("edition", 20),
        fields.text("thickness_mm", 12), fields.text("volume_mm3", 12),
        fields.number("high", 100, 300, "°C"), *said,
    )  # fmt: skip
    error = (
        fields.text("name", 20), fields.number("high", 0, 10, "°C"),
        fields.number("corrected", 0, 10, "°C", None), why, *said,
    )  # fmt: skip
    laminate = (
        *titled, fields.table("tg_c", span),
        *(fields.table(key, span, None) for key in ("td_c", "t260_min", "t288_min")),
    )  # fmt: skip
    procedure = (*titled, fields.choice("purpose", PURPOSES), fields.text("package", 32, None))
    bake = (
        fields.number("body_mm", 0.1, 20, "mm"), fields.text("msl", 20),
        *(fields.text(f"at_{temp}", 12) for temp in (125, 90, 40)), *said,
    )  # fmt: skip
    life = (fields.text("msl", 2), fields.text("life", 20), *said)
    caution = (fields.text("elements", 8), fields.text("text", 200), *said)
    return {
        "alloys": (fields.rows("alloys", alloy, 1, _MANY),
                   fields.rows("cautions", caution, 0, _MANY, ()),
                   fields.table("lead_in_bismuth_c", value), rules),
        "article": (rules,),
        "jstd020": (fields.rows("bodies", body, 1, _MANY), rules),
        "rework": (rules, fields.rows("errors", error, 1, 9)),
        "parts": (
            fields.rows("packages", (*titled, fields.text("classes", 40)), 1, _MANY),
            fields.rows("laminates", laminate, 1, _MANY),
            fields.rows("procedures", procedure, 1, _MANY),
            *(fields.table(key, value)
              for key in ("below_tg_c", "lead_free_tg_c", "lead_free_td_c")),
        ),
        "moisture": (fields.rows("bake", bake, 1, _MANY),
                     fields.rows("floor_life", life, 1, _MANY),
                     fields.table("interruption_min", value)),
    }  # fmt: skip


# The lists of words of a rule; each holds where one of its words fits, or where it has none.
WORDS = (
    "alloys", "families", "existing_families", "packages", "laminates", "procedures", "purposes",
    "roles",
)  # fmt: skip
UNSAID = "unsaid"  # as a laminate of a rule: where nobody named the board's material
ALLOY_SPANS = ("tal_s", "soak_c", "soak_s", "ramp_c_s", "ramp_max_c_s", "cool_c_s")


def check(raw: "dict[str, Any]") -> "list[Problem]":
    """All problems of {file's stem: its dict}; never an exception. Paths start with the stem."""
    sources = raw.get("sources")
    if not isinstance(sources, dict):
        return [Problem("sources", sources, "a table of sources")]
    found = []
    for key, row in sources.items():
        found += fields.check_table(row, (fields.text("name", 80),), f"sources.{key}")
    for stem, own in files(sources).items():
        found += fields.check_table(raw.get(stem), own, stem)
    return found or _contradictions(raw)


def _contradictions(raw: "dict[str, Any]") -> "list[Problem]":
    """What is wrong between keys that are good one by one."""
    found = []
    for path, table in _tables(raw, ""):
        low, high = table.get("low"), table.get("high")
        if low is not None and high is not None and low > high:
            found.append(Problem(path + ".low", low, f"at most high = {high}"))
        if "source" in table and not {"low", "high", "value", "text", "msl"} & set(table):
            found.append(Problem(path, table, "a number: low, high or both"))
    return found + _unknown_words(raw) + _unreadable(raw) + _repeats(raw)


def _unknown_words(raw: "dict[str, Any]") -> "list[Problem]":
    """Words in rules that name nothing."""
    found = []
    known = _known(raw)
    for stem in ("alloys", "article", "jstd020", "rework"):
        for i, rule in enumerate(raw[stem].get("rules", ())):
            for key in WORDS:
                for word in str(rule.get(key, "")).split():
                    if word not in known[key]:
                        want = "words of: " + ", ".join(sorted(known[key]))
                        found.append(Problem(f"{stem}.rules[{i}].{key}", word, want))
    return found


def _unreadable(raw: "dict[str, Any]") -> "list[Problem]":
    """Ranges of bodies and pairs of bakes that cannot be read."""
    found = []
    for i, body in enumerate(raw["jstd020"]["bodies"]):
        for key in ("thickness_mm", "volume_mm3"):
            if not ranges.is_range(body[key]):
                path = f"jstd020.bodies[{i}].{key}"
                found.append(Problem(path, body[key], "a range such as <1.6, 1.6-2.5 or >2.5"))
    for i, bake in enumerate(raw["moisture"]["bake"]):
        for key in ("at_125", "at_90", "at_40"):
            if not BAKE.fullmatch(bake[key]):
                path = f"moisture.bake[{i}].{key}"
                found.append(Problem(path, bake[key], "two times such as 17/11 h or 10/8-10 d"))
    return found


def _known(raw: "dict[str, Any]") -> "dict[str, set[str]]":
    classes = {word for row in raw["parts"]["packages"] for word in row["classes"].split()}
    return {
        "alloys": {row["name"] for row in raw["alloys"]["alloys"]},
        "families": set(device.NAMES),
        "existing_families": set(device.NAMES),
        "packages": classes,
        "laminates": {UNSAID, *(row["name"] for row in raw["parts"]["laminates"])},
        "procedures": {row["name"] for row in raw["parts"]["procedures"]},
        "purposes": set(PURPOSES),
        "roles": set(board.PROCESS_ROLES),
    }


def _repeats(raw: "dict[str, Any]") -> "list[Problem]":
    """Names and aliases that mean two rows of one table."""
    found = []
    for stem, key in (("alloys", "alloys"), ("parts", "packages"), ("parts", "laminates"),
                      ("parts", "procedures")):
        seen: set[str] = set()
        for i, row in enumerate(raw[stem][key]):
            words = [row["name"], *row.get("aliases", "").split()]
            for word in {word.casefold() for word in words}:
                if word in seen:
                    found.append(Problem(f"{stem}.{key}[{i}]", word, "used once"))
                seen.add(word)
    return found


def _tables(value: Any, path: str) -> "Iterable[tuple[str, dict[str, Any]]]":
    """Every table in nested data, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from _tables(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _tables(item, f"{path}[{i}]")
