"""A job in a real store, from refusal to override to the next run, and nothing of it is lost."""

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from host.record_facts import AUTHOR, database, opened
from preheat.errors import Refused
from preheat.record import gates, people, procedures
from preheat.record.model import RunRef
from preheat.record.question import Question
from preheat.record.store import Store

LATER = datetime(2099, 1, 1, tzinfo=UTC)  # after whatever the store's clock says


@pytest.fixture
def store(monkeypatch, tmp_path):
    """An empty record and data folder."""
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with Store(database(tmp_path)) as made:
        yield made


def judged(store, number, **changes):
    job = store.job(number)
    return gates.judge_all(Question(
        job=job, operator=store.operator(AUTHOR), procedures=procedures.look_up(job.procedures),
        calibration=(), now=datetime.now(UTC), **changes,
    ))  # fmt: skip


def test_a_repair_is_refused_overridden_run_once_and_refused_again(store):
    paper = people.certificate(
        "CIS", (1, 10), people.day_of(datetime.now(UTC)), number="C-1", practised=()
    )
    store.append(AUTHOR, "operator.added", f"operator/{AUTHOR}", {
        "skill": "E", "certificates": [paper],
    })  # fmt: skip
    number = opened(
        store, activity="repair", sites=[{"reference": "U7"}], product_class=2,
        procedures=[procedures.find("land-bonding").id],
    )  # fmt: skip
    found = judged(store, number)
    with pytest.raises(Refused, match="repair without a reference to its approval"):
        gates.require(found, number)

    past = gates.override("repair-approval", AUTHOR, "told by telephone", datetime.now(UTC))
    store.append(AUTHOR, "job.added", f"job/{number}", {"overrides": [past]})
    gates.require(judged(store, number), number)

    run = RunRef(
        run_id="r1", log_sha256=store.keep_log(b"heat"), operator=AUTHOR, started_at=LATER,
        sites=("U7",),
    )  # fmt: skip
    store.append(AUTHOR, "job.added", f"job/{number}", {"runs": [run]})
    assert [one.gate.name for one in gates.blocking(judged(store, number))] == ["repair-approval"]
    (kept,) = store.job(number).overrides
    assert (kept.rule, kept.name, kept.reason) == (past.rule, past.name, past.reason)
    assert asdict(kept).keys() == asdict(past).keys() and store.verify() == []


def test_a_closed_job_is_refused_before_heat_as_the_store_would_after_it(store):
    store.append(AUTHOR, "operator.added", f"operator/{AUTHOR}", {})
    number = opened(store)
    store.append(AUTHOR, "job.closed", f"job/{number}", {})
    assert "job-open" in [one.gate.name for one in gates.blocking(judged(store, number))]
    with pytest.raises(Refused, match="closed"):
        store.append(AUTHOR, "job.added", f"job/{number}", {"notes": [{"text": "heated"}]})
