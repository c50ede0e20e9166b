"""docs/safety.md against the code: every fault, number, file, test, state, priority and claim."""

import re
import sys
from collections.abc import Callable

import pytest

from preheat import mcus
from preheat_core import alarms, faults, settings
from safety_claims import INNER, JUDGES, NEEDED, SENTENCES
from safety_page import LIB, PACKAGES, ROOT, constant, section, shows, table, text, ticked

sys.path.insert(0, str(ROOT / "tools"))

import campaign_bounds

HAZARDS, NUMBERS, WHERE = "Hazards", "The numbers", "Where it is written, and tested"
SETS = "Per set of sensors"
SEVERITIES = {"stop": faults.STOP, "trip": faults.TRIP, "unplug": faults.UNPLUG}
CLEARS = {
    "on request": faults.ALWAYS, "cause gone": faults.CAUSE_GONE,
    "cool and gone": faults.COOL_AND_GONE,
}  # fmt: skip
CODES = set(faults.CODES)
MADE_BY_DEPLOY = "board_pins.py"
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
}


def keys(cell):
    """The fault codes that a guard's cell names; where it names none, its words up to a comma."""
    codes = [word for word in ticked(cell) if word in CODES]
    return codes or [re.split(r"[,:]", cell)[0]]


def by_key(heading):
    """{code or words: row} of a table with one row each; a code in two rows is an error."""
    found = {}
    for row in table(heading):
        for key in keys(row["guard"]):
            assert key not in found, f"{heading}: {key} has two rows"
            found[key] = row
    return found


def used(key):
    """[(the constant, the number as the page writes it)] of one guard, in the page's order."""
    return [
        pair
        for row in table(NUMBERS)
        if key in keys(row["guard"])
        for pair in zip(ticked(row["in the code"]), row["number"].split(", "))
    ]


def test_every_fault_has_a_hazard_and_a_place_and_nothing_else_calls_itself_one():
    for heading in (HAZARDS, WHERE):
        named = {key for key in by_key(heading) if key in CODES}
        assert named == CODES, heading
        for row in table(heading):
            words = set(ticked(row["guard"])) - CODES - {"reset", "arm"}
            assert words == set(), f"{heading}: {words} are no faults"


def test_the_three_tables_name_the_same_guards():
    assert set(by_key(HAZARDS)) == set(by_key(WHERE))
    named = {key for row in table(NUMBERS) for key in keys(row["guard"])}
    assert named == set(NEEDED) and named <= set(by_key(WHERE))


@pytest.mark.parametrize("code", faults.CODES)
def test_severity_and_clearing_are_those_of_the_table_of_faults(code):
    row = by_key(WHERE)[code]
    assert SEVERITIES[row["severity"]] == faults.severity(code)
    assert CLEARS[row["clears"].split(":")[0]] == faults.clears(code)


@pytest.mark.parametrize("key", NEEDED)
def test_every_number_is_what_the_code_compares_with(key):
    pairs = used(key)
    assert {name for name, _ in pairs} == set(NEEDED[key]), f"{key}: other constants"
    for name, written in pairs:
        assert shows(written, name), f"{key}: {written}, but {name} is {constant(name)}"


def test_every_number_has_its_constant_and_its_source():
    for row in table(NUMBERS):
        names, numbers = ticked(row["in the code"]), row["number"].split(", ")
        assert len(names) == len(numbers), row
        known = re.match(r"design|bench|computed|MAX31855 data sheet|J-STD-020", row["source"])
        assert known and len(row["source"]) >= len("design"), row
        if "bench: the same" not in row["source"] and row["source"].startswith("bench"):
            shown = set(re.findall(r"`(?:tools/)?(\w+(?:\.py)?)`", row["source"]))
            assert shown or "up to" in row["source"], f"what shows it? {row}"


@pytest.mark.parametrize("module", JUDGES)
def test_no_number_of_a_judge_is_left_out(module):
    source = (LIB / "preheat_core" / f"{module}.py").read_text(encoding="utf-8")
    heads = re.findall(r"^([A-Z][A-Z_0-9, ]*) = [-\d(]", source, re.M)
    names = {name.strip() for head in heads for name in head.split(",")}
    shown = {name for key in NEEDED for name in NEEDED[key]}
    left = {name for name in names if f"{module}.{name}" not in shown}
    assert left == set(INNER.get(module, ())), f"{module}: on the page, or among INNER"


@pytest.mark.parametrize("guard", [row["guard"] for row in table(WHERE)])
def test_every_file_named_exists_and_holds_what_is_claimed(guard):
    row = next(row for row in table(WHERE) if row["guard"] == guard)
    marks = [f'"{key}"' for key in keys(guard)]
    homes = {name.split(".")[0] for key in keys(guard) for name in NEEDED.get(key, ())}
    cited = re.findall(r"`(\w+)\.py`(?: \(`([^`]+)`\))?", row["files"])
    assert cited and len(cited) == row["files"].count(".py")
    for name, word in cited:
        paths = [path for p in PACKAGES if (path := LIB / p / f"{name}.py").exists()]
        assert len(paths) == 1, f"{name}.py"
        held = paths[0].read_text(encoding="utf-8")
        holds = word in held if word else name in homes or any(mark in held for mark in marks)
        assert holds, f"{name}.py has neither {word or marks} nor a number of it"
    assert homes <= {name for name, _ in cited}, "a number's file is not named"


def test_every_test_and_tool_named_is_there():
    words = set(ticked(text()))
    named = {word for word in words if re.fullmatch(r"test_\w+", word)}
    assert named - TESTS == set()
    assert all(ticked(row["tests"]) for row in table(WHERE))
    for word in words:
        if word.startswith(("tools/", "tests/")):
            assert (ROOT / word.split(" ")[0]).exists(), word
        elif re.fullmatch(r"\w+\.py", word) and word != MADE_BY_DEPLOY:
            places = ("firmware", "tests", "host/preheat", "tools")
            assert any(any((ROOT / place).rglob(word)) for place in places), word


@pytest.mark.parametrize(("name", "words"), SENTENCES)
def test_sentences_say_the_numbers_of_the_code(name, words):
    before, after = words.split("{}")
    found = re.search(rf"{re.escape(before)}(-?[\d ]+(?:\.\d+)? ?[^\s;,.)]+){re.escape(after)}",
                      text())
    assert found, f"the page does not say {words!r}"
    assert shows(found[1], name), f"{found[0]!r}, but {name} is {constant(name)}"


def test_settings_are_named_with_their_defaults():
    default = settings.normalise(settings.default("unit"))
    assert f"error is {default['sensor_error_c']} °C unless said otherwise" in text()
    assert f"({default['operator_timeout_s']} s unless said otherwise)" in text()


def test_every_chip_has_a_row_of_the_residual_bound():
    rows = table("Residual bound")
    assert [row["MCU"] for row in rows] == [chip.title for chip in mcus.MCUS.values()]
    for row in rows:
        assert shows(row["hardware timer"].split(",")[0], "gate.DROP_MS"), row
        assert shows(row["watchdog"].split(",")[0], "app.WATCHDOG_MS"), row
        assert all(row.values())


def test_states_are_those_of_the_code_and_heat_is_permitted_where_it_is():
    rows = {ticked(row["state"])[0]: row["heat"] for row in table("States")}
    assert tuple(rows) == faults.STATE_NAMES
    assert tuple(s for s, heat in rows.items() if heat == "permitted") == faults.HEATING_STATES
    assert set(rows.values()) == {"permitted", "off"}


def test_priorities_are_those_of_the_code():
    rows = {row["priority"]: row["alarms"] for row in table("Alarms")}
    assert tuple(rows) == alarms.PRIORITIES
    for rank, name in enumerate(alarms.PRIORITIES):
        told = {word for word in ticked(rows[name]) if word in CODES or word in alarms.NOTICES}
        own = {code for code, at in alarms.NOTICES.items() if at == rank}
        if name == "urgent":
            own = {code for code in CODES if alarms.priority(code) == rank}
        assert told == own, name


def seconds(cell) -> "Callable[[float, bool], float | None]":
    """A goal or claim of the page as a function of (dead time + lag, whether it is tuned)."""
    if cell == "none":
        return lambda late_s, tuned: None
    late = r"(?:(?:(\d) × \()?(dead time \+ lag)\)? \+ )?"
    match = re.fullmatch(late + r"([\d.]+) s(?: tuned, \+ ([\d.]+) s untuned)?", cell)
    assert match, f"{cell!r} is no goal or claim"
    times, counts, tuned_s, untuned_s = match.groups()

    def at(late_s, tuned):
        fixed_s = float(tuned_s if tuned or untuned_s is None else untuned_s)
        return fixed_s + (float(times or 1) * late_s if counts else 0.0)

    return at


class Unit:
    """What a bound may hang on."""

    def __init__(self, late_s, tune):
        self.late_s = late_s
        self.tune = tune


FITTED = {
    "load sense": "load_sense", "heater's own probe": "heater", "board probe only": "any",
    "whatever is fitted": "any",
}  # fmt: skip


@pytest.mark.parametrize("kind", campaign_bounds.BOUNDS)
def test_goals_and_claims_are_those_that_the_campaign_judges_by(kind):
    rows = [row for row in table(SETS) if kind in ticked(row["fault"])]
    said = {FITTED[row["fitted"]]: row for row in rows if row["fitted"] != "all together"}
    bounds = {row.sensors: row for row in campaign_bounds.BOUNDS[kind]}
    assert set(said) == set(bounds), kind
    assert len(rows) == len(bounds) + (len(bounds) > 1), "each once, and all together"
    for sensors, row in said.items():
        for late_s, tune in ((2.0, "none"), (2.0, "good"), (17.5, "none"), (17.5, "good")):
            reach_s, hard_s = bounds[sensors].seconds(Unit(late_s, tune))
            tuned = tune == "good"
            assert seconds(row["goal"])(late_s, tuned) == pytest.approx(reach_s), (kind, sensors)
            assert seconds(row["claim"])(late_s, tuned) == pytest.approx(hard_s), (kind, sensors)


def test_what_was_measured_is_what_the_benchmarks_say():
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(\w+)` \| (.+) \|$", page.split("## Campaign")[1], re.M)
    head = re.search(r"^\| fault \| (.+) \|$", page.split("## Campaign")[1], re.M)
    assert head
    measured = {kind: dict(zip(head[1].split(" | "), row.split(" | "))) for kind, row in lines}
    columns = ("evident", "median s", "worst s")
    for row in table(SETS):
        (kind,) = (word for word in ticked(row["fault"]) if word in campaign_bounds.BOUNDS)
        if row["fitted"] in ("all together", "whatever is fitted"):
            assert [row[name] for name in columns] == [measured[kind][name] for name in columns]
            assert row["within the goal"] == measured[kind]["reach met"], kind


def test_what_the_goals_hang_on_is_told():
    said = section(SETS)
    low_s, low = campaign_bounds.LOW_DUTY_S, campaign_bounds.LOW_DUTY
    assert f"dead heater is {low_s:.0f} s below duty {low}" in said
    most, away_c = campaign_bounds.DETACHED_MOST, campaign_bounds.AWAY_C
    assert f"at most {most} of the way to the heater and {away_c:.0f} °C away" in said
