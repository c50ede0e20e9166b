"""Before heat the tables are held against the events, each thing once; also on a busy board."""

from datetime import UTC, datetime

import pytest

from host.record_facts import AUTHOR, database, opened, raw
from preheat.errors import VerifyError
from preheat.record import bench, fold
from preheat.record.store import Store


@pytest.fixture
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with Store(database(tmp_path)) as made:
        yield made


def asked(store, number):
    return bench.question(store, bench.Order(number, AUTHOR), None, None, datetime.now(UTC))


def test_what_was_proven_is_folded_again_only_when_it_has_changed(store, monkeypatch):
    store.append(AUTHOR, "operator.added", f"operator/{AUTHOR}", {"skill": "E"})
    numbers = [opened(store) for _ in range(5)]
    seen, apply = [], fold.apply

    def counted(state, event):
        seen.append(event.subject)
        return apply(state, event)

    monkeypatch.setattr(fold, "apply", counted)
    assert asked(store, 1).operator.skill == "E"
    assert sorted(seen) == sorted([f"job/{n}" for n in numbers] + [f"operator/{AUTHOR}"])
    seen.clear()
    assert asked(store, 1).job.number == 1 and seen == []

    store.append(AUTHOR, "job.set", "job/3", {"esd": "strap"})
    seen.clear()
    asked(store, 1)
    assert seen == ["job/3", "job/3"]


@pytest.mark.parametrize("statement", [
    "UPDATE job SET document = replace(document, 'rework', 'repair') WHERE number = 2",
    "DELETE FROM operator",
    "UPDATE event SET author = 'Tom Reuter' WHERE subject = 'job/2'",
])  # fmt: skip
def test_what_somebody_changed_is_found_before_and_after_it_was_proven(store, statement):
    store.append(AUTHOR, "operator.added", f"operator/{AUTHOR}", {"skill": "E"})
    number, _ = opened(store), opened(store)
    if "event" not in statement:  # one that was read before is not read again
        asked(store, number)
    raw(store, (statement,))
    if "operator" in statement:
        assert asked(store, number).operator is None
        with pytest.raises(VerifyError, match="not what its events say"):
            store.proven([f"operator/{AUTHOR}"])
    else:
        with pytest.raises(VerifyError, match="audit verify"):
            asked(store, number)


def test_more_jobs_than_one_statement_takes_are_all_looked_at(store):
    changes = [("job.opened", fold.NEW_JOB, {
        "board_serial": "S", "product_class": 1, "board_type": "R", "activity": "rework",
        "cycles_before": 0, "sites": [{"reference": "U7", "cycles_before": n % 2}]})
        for n in range(700)]  # fmt: skip
    store.append_all(AUTHOR, changes)
    assert asked(store, 700).site_cycles == {"U7": 1}
    raw(store, ("UPDATE job SET document = replace(document, 'rework', 'repair') "
                "WHERE number = 650",))  # fmt: skip
    with pytest.raises(VerifyError, match="job/650 is not what its events say"):
        asked(store, 1)


def test_the_newest_time_of_a_record_is_found_by_an_index(store):
    opened(store)
    with store.reading() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT max(at) FROM event").all()
    assert "event_at" in str(plan)
