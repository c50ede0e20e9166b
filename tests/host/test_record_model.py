"""The record's own words: expiry, heat cycles, and JSON there and back with every problem."""

import hashlib
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.record_facts import BGA, BOARD, CERTIFICATE, FLUX, STARTED
from preheat.record import document, events
from preheat.record.heat import cycles, cycles_at
from preheat.record.model import (
    Bake,
    Certificate,
    Coating,
    Job,
    Operator,
    ProbeCalibration,
    RunRef,
    Site,
    expiry,
)
from preheat.record.spelling import spelled
from preheat_core import check

RUN = RunRef(run_id="r1", log_sha256="ab" * 32, sites=("U7",),
             calibration=(ProbeCalibration("board", due=date(2026, 9, 1)),))  # fmt: skip


def job(**more):
    return Job(**{"number": 3, "opened_at": STARTED, "opened_by": "Ines Vogt", **BOARD, **more})


@pytest.mark.parametrize(
    "issued, expires",
    [(date(2024, 5, 6), date(2026, 5, 6)), (date(2024, 2, 29), date(2026, 2, 28))],
)
def test_a_certificate_lasts_two_years_unless_it_says_otherwise(issued, expires):
    assert expiry(issued) == Certificate("CIS", (1,), issued).expires == expires
    own = Certificate("CIS", (1,), issued, expires=date(2025, 1, 1))
    assert own.expires == date(2025, 1, 1)


def test_cycles_are_those_before_and_the_runs_that_count():
    baked = RunRef(run_id="r2", log_sha256="cd" * 32, sites=("U7",), heat_cycle=False)
    warm = RunRef(run_id="r3", log_sha256="ef" * 32)
    seen = job(cycles_before=2, sites=(Site("U7", cycles_before=1),), runs=(RUN, baked, warm))
    assert cycles(seen) == 4
    assert cycles_at(seen, "U7") == 2
    assert cycles_at(seen, "U8") == 0


def test_what_is_written_reads_back_the_same():
    whole = job(
        sites=(BGA,), materials=(FLUX,), runs=(RUN,), procedures=("a/1",),
        coating=Coating("acrylic", "solvent", STARTED, "Ines Vogt"),
        bake=Bake("3", 1.4, STARTED, STARTED + timedelta(hours=9), 125, 9.5),
    )  # fmt: skip
    person = Operator("Ines Vogt", (CERTIFICATE,), "E", date(2026, 1, 1), roles=("rework",))
    for thing in (whole, person):
        assert document.read(type(thing), document.plain(thing), "") == (thing, [])


def test_a_document_leaves_out_what_nobody_said():
    assert document.plain(BGA) == {"reference": "U7", "package": "BGA-256"}


@given(st.datetimes(min_value=datetime(2000, 1, 1)), st.integers(-14 * 60, 14 * 60))
@settings(max_examples=40, deadline=None)
def test_a_time_is_utc_with_milliseconds_whatever_zone_it_came_in(naive, minutes):
    local = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = document.at_text(local)
    assert len(text) == 24 and text.endswith("Z")
    back = datetime.fromisoformat(text)
    assert abs(back - local.astimezone(UTC)) < timedelta(milliseconds=1)


def test_every_problem_is_told_at_once_with_its_path():
    body = {**BOARD, "product_class": True, "board_type": "X", "colour": "red",
            "bake": {"msl": 3, "thickness_mm": "1.4", "done_at": "2026-01-01T10:00:00"},
            "sites": [{"reference": ""}, "U7"], "esd": "a\x00b"}  # fmt: skip
    made, problems = document.read(Job, body, "", {"number": 1})
    assert made is None
    assert {problem.path for problem in problems} == {
        "product_class", "board_type", "colour", "bake.msl", "bake.thickness_mm", "bake.done_at",
        "sites[0].reference", "sites[1]", "esd", "opened_at", "opened_by",
    }  # fmt: skip
    assert all(problem.want for problem in problems)


def test_a_time_without_a_zone_is_not_written():
    with pytest.raises(ValueError, match="zone"):
        document.plain({"at": datetime(2026, 1, 1)})


def test_the_pure_half_of_the_record_needs_no_database():
    code = (
        "import sys\n"
        "from preheat.record import document, events, fold, heads, logs, model, netshare, sense\n"
        "sys.exit('sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_the_fast_spelling_is_the_core_s(value):
    assert spelled(value).encode() == check.canonical(value)


@given(st.dictionaries(st.text(), JSON, max_size=3), st.text(), st.text())
@settings(max_examples=60, deadline=None)
def test_the_hash_covers_the_canonical_json_of_all_other_fields(body, author, subject):
    made = events.make(7, "2026-03-02T09:30:00.000Z", author, "job.set", subject, body, "ab" * 32)
    rest = {key: value for key, value in made.__dict__.items() if key != "sha"}
    assert made.sha == hashlib.sha256(check.canonical(rest)).hexdigest()
    row = events.Row(**{**made.__dict__, "body": events.body_text(body)})
    assert events.read(row).sha == made.sha
