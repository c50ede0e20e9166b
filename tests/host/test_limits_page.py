"""docs/limits.md against the data: its tables are theirs, and so are the numbers in its words."""

import re
import sys
from pathlib import Path

from preheat.limits import alloys, load, moisture, parts, rules
from preheat.limits.headroom import headroom
from preheat.limits.question import Question
from preheat.limits.stack import stack

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import limits_page

TEXT = limits_page.PAGE.read_text(encoding="utf-8")
WORDS = " ".join(re.sub(r"<!-- table.*?end -->", "", TEXT, flags=re.DOTALL).split())


def test_the_tables_are_those_of_the_data():
    assert limits_page.rewritten(TEXT) == TEXT, "run tools/limits_page.py"


def test_every_table_is_there_once():
    assert sorted(limits_page.names_in(TEXT)) == sorted(limits_page.TABLES)


def test_every_unverified_row_is_marked_and_no_other():
    """In every row whose confidence is shown, "recalled" and the mark stand together."""
    rows = [line for line in TEXT.splitlines() if re.search(r"\| [a-z, *]+ \|$", line)]
    recalled = [line for line in rows if "| recalled" in line]
    assert len(recalled) > 15
    for line in rows:
        confidence = line.rstrip(" |").rsplit("| ", 1)[1]
        assert confidence.startswith("recalled") == ("**unverified**" in confidence), line
    for name in ("SN100C", "In52Sn48", "Sn42Bi57.6Ag0.4"):
        assert re.search(rf"^\| {re.escape(name)} \|.*\(\*\*unverified\*\*\)", TEXT, re.M)


def test_every_source_of_a_rule_is_named():
    for stem in rules.FILES:
        for rule in load.tables()[stem]["rules"]:
            assert load.sources()[rule["source"]] in TEXT


def test_the_numbers_in_words_are_computed_from_the_tables():
    room = headroom(stack(Question("SAC305", package="bga")))
    low, high = room.usable_c
    better, best = room.usable_corrected_c
    melts_c = alloys.lead_in_bismuth_c()
    for said in (
        f"may reach {room.cap.high:g} °C",
        f"from {room.melts[0]:g} to {room.melts[1]:g} °C",
        f"{room.low_c:g} to {room.high_c:g} °C are left before any error",
        f"which is {room.error_c:.1f} °C",
        f"about {low:.0f} to {high:.0f} °C are usable",
        f"about {better:.0f} to {best:.0f} °C are",
        f"from {room.cap.high - room.declared_c:g} °C on",
        f"melts at {melts_c:g} ± 0.5 °C",
        f"and {alloys.find('Sn62Pb36Ag2').liquidus_c:g} °C counts",
        f"keeps {parts.constant('below_tg_c'):g} °C below Tg",
        f"Tg above {parts.constant('lead_free_tg_c'):g} °C",
        f"Td above {parts.constant('lead_free_td_c'):g} °C",
        f"more than {moisture.interruption_min():g} minutes",
    ):
        assert said in WORDS, said
