"""What events make of jobs and people, and which are refused because they make no sense."""

from datetime import date

import pytest

from host.record_facts import BGA, BOARD, CERTIFICATE, FLUX
from preheat.errors import Refused
from preheat.record import document, events, fold, heat
from preheat.record.model import RunRef

JOB, PERSON = "job/1", "operator/Ines Vogt"
HASH = "ab" * 32


def told(state, kind, subject, body, at="2026-03-02T09:30:00.000Z", author="Ines Vogt"):
    """`state` after one event."""
    event = events.make(1, at, author, kind, subject, document.plain(body), events.GENESIS)
    return fold.apply(state, event)


def job(**more):
    return told(None, "job.opened", JOB, {**BOARD, **more})


def person(**more):
    return told(None, "operator.added", PERSON, more)


def refused(state, kind, subject, body, **more):
    with pytest.raises(Refused) as caught:
        told(state, kind, subject, body, **more)
    return " | ".join(caught.value.problems)


def test_a_job_is_opened_by_whoever_says_so_at_the_event_s_time():
    made = job(sites=[BGA])
    assert (made.number, made.status, made.opened_by) == (1, "open", "Ines Vogt")
    assert document.at_text(made.opened_at) == "2026-03-02T09:30:00.000Z"


def test_rows_are_signed_by_author_and_time_unless_they_say_otherwise():
    made = told(job(), "job.added", JOB, {
        "notes": [{"text": "pad lifted"}],
        "overrides": [{"rule": "bake", "name": "Tom Reuter", "reason": "dry since the bake"}],
    })  # fmt: skip
    assert (made.notes[0].by, made.overrides[0].name) == ("Ines Vogt", "Tom Reuter")
    assert made.notes[0].at == made.overrides[0].at == made.opened_at


def test_what_was_entered_wrongly_is_taken_back_with_a_reason():
    made = job(materials=[FLUX, FLUX])
    gone = told(made, "job.removed", JOB, {"materials": [FLUX], "reason": "typed twice"})
    assert gone.materials == (FLUX,)
    assert "reason" in refused(made, "job.removed", JOB, {"materials": [FLUX]})


@pytest.mark.parametrize("key", fold.KEPT)
def test_what_happened_is_never_taken_back(key):
    body = {key: [{"text": "x"}], "reason": "x"}
    assert f"{key} = 1 row: must be absent" in refused(job(), "job.removed", JOB, body)
    assert key in refused(None, "job.opened", JOB, {**BOARD, key: []})


def test_an_override_is_spent_when_a_run_begins_and_one_made_meanwhile_is_not():
    why = {"overrides": [{"rule": "skill", "reason": "shown today"}]}
    begun = {"run_id": "r1", "uid": "u", "sites": ["U7"]}
    heated = told(told(job(sites=[BGA]), "job.added", JOB, why), "job.added", JOB,
                  {"begun": [begun]})  # fmt: skip
    assert (heated.overrides_used, heat.cycles(heated), heat.cycles_at(heated, "U7")) == (1, 1, 1)
    meanwhile = told(heated, "job.added", JOB, why)
    came_in = told(meanwhile, "job.added", JOB, {"runs": [{**begun, "log_sha256": HASH}]})
    assert (came_in.overrides_used, heat.cycles(came_in), heat.awaited(came_in)) == (1, 1, ())
    unheard = told(meanwhile, "job.added", JOB, {"runs": [{"run_id": "r2", "log_sha256": HASH}]})
    assert (unheard.overrides_used, heat.cycles(unheard)) == (2, 2)
    assert "named once" in refused(heated, "job.added", JOB, {"begun": [begun]})
    assert "add the site first" in refused(job(), "job.added", JOB, {"begun": [begun]})


def test_a_certificate_is_revoked_once():
    lost = {"number": "C-1", "reason": "lost", "at": "2026-02-01"}
    gone = told(person(certificates=[CERTIFICATE]), "operator.revoked", PERSON, lost)
    assert "that count" in refused(gone, "operator.revoked", PERSON, {**lost, "at": "2026-03-01"})
    assert gone.certificates[0].revoked_at == date(2026, 2, 1)


def test_a_closed_job_takes_nothing_until_it_is_reopened_with_a_reason():
    closed = told(job(), "job.closed", JOB, {})
    assert closed.closed_by == "Ines Vogt"
    assert "reopen it" in refused(closed, "job.set", JOB, {"esd": "checked"})
    assert "reason" in refused(closed, "job.reopened", JOB, {"reason": " "})
    again = told(closed, "job.reopened", JOB, {"reason": "second site"})
    assert (again.status, again.closed_at) == ("open", None)


@pytest.mark.parametrize("state, kind, subject, body, words", [
    (None, "job.set", JOB, {"esd": "x"}, "no such entry"),
    (None, "job.opened", "job/0", BOARD, "job/N"),
    (None, "job.opened", "operator/1", BOARD, "job/N"),
    (None, "job.burned", JOB, {}, "one of job.opened"),
    (None, "operator.added", "job/1", {}, "operator/NAME"),
    (job(), "job.opened", JOB, BOARD, "it is there already"),
    (job(), "job.set", JOB, {}, "at least one of"),
    (job(), "job.set", JOB, {"number": 2}, "cannot be given here"),
    (job(), "job.set", JOB, {"sites": []}, "cannot be given here"),
    (job(), "job.set", JOB, {"product_class": 4}, "one of 1, 2, 3"),
    (job(), "job.set", JOB, {"board_serial": None}, "text"),
    (job(), "job.added", JOB, {}, "rows for one of"),
    (job(), "job.added", JOB, {"sites": []}, "rows for one of"),
    (job(), "job.added", JOB, {"notes": "x"}, "a list"),
    (job(sites=[BGA]), "job.added", JOB, {"sites": [BGA]}, "named once"),
    (job(), "job.added", JOB, {"runs": [RunRef(run_id="r", log_sha256=HASH, sites=("U9",))]},
     "add the site first"),
    (job(), "job.added", JOB, {"runs": [RunRef(run_id=r, log_sha256=HASH) for r in "ab"]},
     "named once"),
    (job(), "job.removed", JOB, {"sites": [BGA], "reason": "x"}, "one of the job's"),
    (job(), "job.closed", JOB, {"why": "x"}, "cannot be given here"),
    (job(), "job.closed", JOB, {"reason": " "}, "text of 1 to 2000"),
    (job(), "job.set", JOB, {"coating": {"kind": "acrylic", "replaced_by": "brush"}},
     "before it is replaced"),
    (job(), "job.set", JOB, {"bake": {"msl": "3", "hours": 9}}, "when the bake ended"),
    (person(), "operator.set", PERSON, {"skill": "X"}, "one of I, A, E"),
    (person(), "operator.revoked", PERSON, {"number": "C-1", "reason": "x"}, "that count"),
    (person(certificates=[CERTIFICATE]), "operator.certified", PERSON, CERTIFICATE, "named once"),
    (person(), "operator.certified", PERSON,
     {"level": "CIS", "modules": [1], "lecture_only": [8], "issued": "2026-01-01",
      "expires": "2062-01-01"}, "among `modules`"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(state, kind, subject, body, words):
    assert words in refused(state, kind, subject, body)


def test_a_site_that_was_heated_stays():
    made = told(job(sites=[BGA]), "job.added", JOB,
                {"runs": [RunRef(run_id="r", log_sha256=HASH, sites=("U7",))]})  # fmt: skip
    assert "a site of the job" in refused(
        made, "job.removed", JOB, {"sites": [BGA], "reason": "x"})  # fmt: skip


def test_all_problems_come_together_the_author_s_too():
    text = refused(job(), "job.set", JOB, {"product_class": 4, "esd": 5}, author="")
    assert all(word in text for word in ("author", "product_class", "esd"))


def test_a_skill_has_its_date_and_who_saw_it():
    made = told(person(), "operator.set", PERSON, {"skill": "A"}, author="Tom Reuter")
    assert (made.skill, made.skill_at, made.skill_by) == ("A", date(2026, 3, 2), "Tom Reuter")


def test_a_revoked_certificate_stays_and_says_why():
    made = told(person(certificates=[CERTIFICATE]), "operator.revoked", PERSON,
                {"number": "C-1", "reason": "issued in error"})  # fmt: skip
    assert made.certificates[0].revoked == "issued in error"
    assert made.certificates[0].revoked_at == date(2026, 3, 2)


@pytest.mark.parametrize("subject", ["job/01", "job/-1", "job/1 ", "job/٣", "job/", "jobs/1"])
def test_a_job_has_one_spelling(subject):
    assert fold.job_number(subject) is None
