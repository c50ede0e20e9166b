"""What people may not put into a record: times to come, and writing that nobody can see."""

from datetime import UTC, datetime, timedelta

import pytest

from host.record_facts import AUTHOR, database, opened
from preheat.errors import Refused
from preheat.record import intake, jobtext
from preheat.record.model import RunRef
from preheat.record.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
JOB = "job/1"


@pytest.fixture
def store(tmp_path):
    """A record with one job, at noon."""
    with Store(database(tmp_path), clock=lambda: "2026-03-02T12:00:00.000Z") as made:
        opened(made, sites=[{"reference": "U7"}])
        yield made


def refused(store, kind, body, subject=JOB, author=AUTHOR):
    head = store.head()
    with pytest.raises(Refused) as caught:
        store.append(author, kind, subject, body)
    assert store.head() == head
    return caught.value.problems


def later(**span):
    return NOON + timedelta(**span)


@pytest.mark.parametrize("body", [
    {"bake": {"msl": "3", "out_of_bag_at": later(days=365)}},
    {"bake": {"msl": "3", "done_at": later(hours=1), "temp_c": 125, "hours": 9}},
    {"coating": {"kind": "acrylic", "removed_by": "solvent", "removed_at": later(minutes=6)}},
])  # fmt: skip
def test_what_is_said_to_have_happened_is_not_still_to_come(store, body):
    (problem,) = refused(store, "job.set", body)
    assert "must be not after now, 2026-03-02 12:00Z" in problem and "clock" in problem


def test_a_statement_is_not_dated_ahead_nor_a_skill(store):
    look = {"name": "joints", "result": "fine", "at": later(days=2)}
    assert "checkpoints[0].at" in refused(store, "job.added", {"checkpoints": [look]})[0]
    store.append(AUTHOR, "operator.added", "operator/Tom", {})
    shown = {"skill": "E", "skill_at": "2026-03-04"}
    assert "skill_at" in refused(store, "operator.set", shown, "operator/Tom")[0]
    store.append(AUTHOR, "operator.set", "operator/Tom", {**shown, "skill_at": "2026-03-03"})


def test_a_minute_s_difference_of_clocks_and_the_end_of_a_lot_are_no_matter(store):
    store.append(AUTHOR, "job.set", JOB, {"bake": {"msl": "3", "out_of_bag_at": later(minutes=5)}})
    store.append(AUTHOR, "job.added", JOB, {
        "materials": [{"kind": "paste", "name": "p", "lot": "l", "expires": "2030-01-01"}]})


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x9b", "\u2028"])
def test_writing_that_nobody_sees_is_refused_by_its_number(store, char):
    (problem,) = refused(store, "job.added", {"notes": [{"text": f"a{char}b"}]})
    assert f"without U+{ord(char):04X}" in problem and char not in problem
    assert refused(store, "operator.added", {}, f"operator/T{char}om")
    assert refused(store, "job.added", {"notes": [{"text": "x"}]}, author=f"Tom{char}")


def test_a_run_is_recorded_whatever_its_log_or_a_clock_says(store):
    run = RunRef(run_id="r1", log_sha256=store.keep_log(b"heat"), started_at=later(days=900))
    store.append(AUTHOR, "job.added", JOB, {"runs": [run]})
    assert intake.visible("a\u202eb\x1bc") == "a?b?c"


def test_a_note_of_two_lines_stays_one_entry(store):
    store.append(AUTHOR, "job.added", JOB, {"notes": [{"text": "fine\nrun        r9: done"}]})
    text = "\n".join(jobtext.lines(store.job(1), [], {}))
    assert "\nrun" not in text and "\n           run        r9" in text
