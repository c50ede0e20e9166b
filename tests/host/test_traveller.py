"""The traveller of a job in which every text is hostile, and of one whose alloys decide."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from host import browser
from host.fake_log import make_log
from host.record_facts import AUTHOR, database
from preheat.errors import Refused
from preheat.record import facts, fold, jobverdict
from preheat.record.model import Job, RunRef, Site, Warned
from preheat.record.store import Store
from preheat.report.verdict import Verdict
from preheat.traveller import page

EVIL = "</style></title><script>document.title='x'</script><img src=//evil.test onerror=alert(1)>"
SHORT = "<script>alert(1)</script>{{7*7}}"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with Store(database(tmp_path)) as made:
        yield made


def hostile(store, run_id=SHORT):
    """A job that says EVIL wherever it can, with a run whose log does."""
    store.append(SHORT, "job.opened", fold.NEW_JOB, {
        "board_serial": SHORT, "assembly": EVIL, "revision": EVIL, "product_class": 1,
        "board_type": "R", "activity": "rework", "existing_alloy": SHORT, "new_alloy": SHORT,
        "approval_ref": SHORT, "change_order": SHORT, "esd": EVIL, "equipment": [SHORT],
        "sites": [{"reference": SHORT, "package": EVIL}], "procedures": [SHORT],
        "coating": {"kind": "acrylic", "removed_by": SHORT, "removed_who": SHORT},
        "materials": [{"kind": "flux", "name": SHORT, "lot": SHORT, "alloy": SHORT}],
    })  # fmt: skip
    store.append(f"operator{SHORT}", "operator.added", f"operator/{SHORT}", {"skill": "E"})
    sha = store.keep_log(make_log(run_id, EVIL, by=EVIL))
    run = RunRef(run_id=run_id, log_sha256=sha, unit=EVIL, uid=EVIL, profile=EVIL, end=EVIL,
                 verdict=EVIL * 9, operator=SHORT, sites=(SHORT,), started_at=NOW,
                 warnings=(Warned(SHORT, EVIL),))  # fmt: skip
    store.append(SHORT, "job.added", "job/1", {
        "runs": [run], "begun": [{"run_id": "r9", "unit": EVIL}],
        "notes": [{"text": EVIL * 9}], "checkpoints": [{"name": SHORT, "result": EVIL * 9}],
        "overrides": [{"rule": SHORT, "reason": EVIL}],
    })  # fmt: skip


def test_nothing_that_anybody_wrote_does_anything_on_the_page(store, tmp_path):
    hostile(store)
    text = page.page(store, 1, "2026-03-02")
    assert "&lt;script&gt;" in text and "{{7*7}}" in text
    assert "nothing is known of it" in text  # a procedure without its file is not left out
    assert not re.search(r"<(script|img)\b", text) and text.count("</style>") == 1
    assert store.verify() == []
    if browser.why_none() is None:
        place = tmp_path / "page.html"
        place.write_text(text, encoding="utf-8")
        with browser.Browser(tmp_path) as one:
            shown = one.look(place)
            assert shown.complaints() == [] and len(shown.requests()) == 1
            assert shown.value("document.scripts.length + document.images.length") == 0


def test_a_run_s_name_is_no_way_to_a_file_elsewhere(store, tmp_path, monkeypatch):
    hostile(store, "../../../evil")
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    before = set(tmp_path.rglob("*.plog"))
    assert "log" in page.page(store, 1, "2026-03-02")
    assert set(tmp_path.rglob("*.plog")) == before


@dataclass(frozen=True)
class Found:
    """Of what the report says, the part that changes here."""

    verdict: Verdict


def job(**more):
    return Job(number=1, board_serial="S", product_class=1, board_type="R", activity="rework",
               opened_at=NOW, opened_by=AUTHOR, **more)  # fmt: skip


def test_the_limits_of_a_run_are_those_of_its_job_s_alloy_and_part():
    mixed = job(existing_alloy="Sn60Pb40", new_alloy="SAC387",
                sites=(Site("U7", "BGA"), Site("U8", "odd thing"), Site("U9", "bga")))  # fmt: skip
    asked = facts.limits_question(mixed, ("U7", "U9"), "SAC305", 2.5)
    assert (asked.alloy, asked.existing, asked.package) == ("SAC387", "Sn60Pb40", "bga")
    assert asked.sensor_error_c == 2.5
    removal = facts.limits_question(mixed, ("U7", "U8"), "SnPb", None)
    assert (removal.alloy, removal.package) == ("Sn60Pb40", None)
    unknown = facts.limits_question(job(existing_alloy="house blend"), (), "SAC305", None)
    assert (unknown.alloy, unknown.existing) == ("SAC305", None)
    assert facts.limits_question(job(), (), None, None) is None


def test_alloys_that_cannot_be_leave_the_log_s_limits_and_a_note(monkeypatch):
    def judged(run, ask=None):
        if ask is not None:
            raise Refused("bismuth and lead", code="check")
        return Found(Verdict("within limits"))

    monkeypatch.setattr(jobverdict, "judged", judged)
    header = SimpleNamespace(said={"alloy": "SnBi"}, error_c=lambda _: None)
    found = jobverdict.against(SimpleNamespace(header=header), job(), ())
    assert found.verdict.notes == ("the job's alloys and part were left out: bismuth and lead",)


def test_every_run_of_a_traveller_asks_for_its_own_job_and_sites(store, monkeypatch):
    asked = []
    monkeypatch.setattr(page, "against", lambda run, job, sites: asked.append((job.number, sites)))
    monkeypatch.setattr(page, "content", lambda *_: None)
    monkeypatch.setattr(page.report_page, "section", lambda *_, **__: "<p>")
    hostile(store)
    page.page(store, 1, "2026-03-02")
    assert asked == [(1, (SHORT,))]
