"""Writes the tables of docs/limits.md from the data files, so that a limit is written once.

    python tools/limits_page.py            rewrite what stands between the marks of the page
    python tools/limits_page.py --json     the same, and say as JSON whether anything changed
"""

import argparse
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from preheat.limits import alloys, load, moisture, parts, rules
from preheat.limits.catalog import marked
from preheat.limits.numbers import CONFIDENCE, MARK, UNVERIFIED
from preheat.limits.row import Row
from preheat.limits.units import label

PAGE = Path(__file__).resolve().parent.parent / "docs" / "limits.md"
_BETWEEN = re.compile(r"(<!-- table: ([a-z0-9-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def confidence_cell(confidence: str) -> str:
    """The word, and for numbers that nobody verified the mark in bold."""
    return f"{confidence}, **{MARK}**" if confidence == UNVERIFIED else confidence


def _words() -> str:
    return _table(("word", "the number was"), [
        (confidence_cell(word), text) for word, text in CONFIDENCE.items()
    ])  # fmt: skip


def _alloys() -> str:
    heads = ("alloy", "solidus", "liquidus", "joint peak", "time above liquidus", "device")
    return _table(heads, [
        (row.name, _bold(marked(row.solidus_c, row.solidus_c, "°C")),
         _bold(marked(row.liquidus_c, row.liquidus_c, "°C")),
         _bold(marked(row.peak_low_c, row.peak_high_c, "°C")),
         _bold(marked(row.tal.low, row.tal.high, "s")), row.family)
        for row in alloys.rows()
    ])  # fmt: skip


def _sources() -> str:
    rows = []
    for row in alloys.rows():
        for what, number in (
            ("solidus", row.solidus_c), ("liquidus", row.liquidus_c),
            ("joint peak", row.peak_high_c), ("time above liquidus", row.tal_high_s),
        ):  # fmt: skip
            if number is not None:
                rows.append((row.name, what, number.source, confidence_cell(number.confidence)))
        for what, span in (("soak, °C", row.soak_c), ("soak, s", row.soak_s), ("rise", row.ramp),
                           ("rise, limit", row.ramp_max), ("cooling", row.cool)):
            if span.high is not None:
                low, high = span.low, span.high
                said = confidence_cell(high.confidence)
                rows.append((row.name, f"{what}: {marked(low, high, '')}", high.source, said))
    return _table(("alloy", "number", "who says so", "confidence"), rows)


def _rules(stem: str) -> str:
    rows = []
    for rule in load.tables()[stem]["rules"]:
        one: Row = rules.as_rows(rule)[0]
        where = [" ".join(rule.get(key, "").split()) for key in
                 ("alloys", "families", "packages", "procedures", "purposes")]
        if "existing_families" in rule:
            where.append("on " + rule["existing_families"])
        if "laminates" in rule:
            where.append("laminate " + rule["laminates"])
        rows.append((
            label(one.what), "; ".join(filter(None, where)), one.shown, one.kind, one.why,
            one.source, confidence_cell(one.confidence),
        ))  # fmt: skip
    return _table(("what", "for", "range", "kind", "note", "who says so", "confidence"), rows)


def _cautions() -> str:
    heads = ("one solder with", "another with", "what to know", "who says so", "confidence")
    return _table(heads, [
        (*row["elements"].split(), row["text"], load.sources()[row["source"]],
         confidence_cell(row["confidence"]))
        for row in load.tables()["alloys"]["cautions"]
    ])  # fmt: skip


def _bodies() -> str:
    return _table(
        ("process", "edition", "thickness mm", "volume mm³", "body at most", "who says so",
         "confidence"),
        [(row["process"], row["edition"], row["thickness_mm"], row["volume_mm3"],
          f"{row['high']} °C", load.sources()[row["source"]], confidence_cell(row["confidence"]))
         for row in load.tables()["jstd020"]["bodies"]],
    )  # fmt: skip


def _errors() -> str:
    return _table(("share", "± °C", "what", "who says so", "confidence"), [
        (row["name"], f"{row['high']:g}", row["why"], load.sources()[row["source"]],
         confidence_cell(row["confidence"]))
        for row in load.tables()["rework"]["errors"]
    ])  # fmt: skip


def _laminates() -> str:
    return _table(("laminate", "Tg", "Td", "at 260 °C", "at 288 °C", "confidence"), [
        (row.name, _bold(marked(row.tg_c.low, row.tg_c.high, "°C")),
         *(_bold(marked(span.low, span.high, unit)) for span, unit in (
             (row.td_c, "°C"), (row.t260_min, "min"), (row.t288_min, "min"))),
         confidence_cell(row.tg_c.low.confidence if row.tg_c.low is not None else ""))
        for row in parts.laminates()
    ])  # fmt: skip


def _bakes() -> str:
    heads = ("body up to mm", "level", "125 °C", "90 °C", "40 °C", "who says so", "confidence")
    return _table(heads, [
        (f"{row['body_mm']:g}", row["msl"], row["at_125"], row["at_90"], row["at_40"],
         load.sources()[row["source"]], confidence_cell(row["confidence"]))
        for row in load.tables()["moisture"]["bake"]
    ])  # fmt: skip


def _lives() -> str:
    lives = [moisture.floor_life(level) for level in moisture.levels()]
    return _table(("level", "floor life", "who says so", "confidence"), [
        (life.msl, life.life, life.source, confidence_cell(life.confidence)) for life in lives
    ])  # fmt: skip


TABLES: "dict[str, Callable[[], str]]" = {
    "confidence": _words, "alloys": _alloys, "alloy-sources": _sources, "bodies": _bodies,
    "laminates": _laminates, "errors": _errors, "bakes": _bakes, "floor-life": _lives,
    "cautions": _cautions,
    **{f"{stem}-rules": (lambda stem=stem: _rules(stem)) for stem in rules.FILES},
}  # fmt: skip


def rewritten(text: str) -> str:
    """The page with every table as the data files have it; KeyError for a name that is none."""
    return _BETWEEN.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def names_in(text: str) -> "list[str]":
    """The names of the tables of a page."""
    return [found[2] for found in _BETWEEN.finditer(text)]


def _table(heads: "Sequence[str]", rows: "Iterable[Sequence[Any]]") -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[str(cell or "").replace("|", "\\|") for cell in line] for line in lines]
    return "\n" + "".join("| " + " | ".join(line) + " |\n" for line in cells) + "\n"


def _bold(text: "str | None") -> str:
    return (text or "").replace(MARK, f"**{MARK}**")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="One JSON document on stdout.")
    as_json = parser.parse_args().json
    old = PAGE.read_text(encoding="utf-8")
    new = rewritten(old)
    PAGE.write_text(new, encoding="utf-8", newline="\n")
    print(json.dumps({"changed": new != old}) if as_json else f"{PAGE.name} is up to date")


if __name__ == "__main__":
    main()
