"""The same record on a PostgreSQL server: the same schema, the same answers, writers apart."""

import sys

import pytest
import sqlalchemy as sa

from host import record_server
from host.record_facts import FLUX, full, opened
from host.test_record_writers import begin
from preheat.errors import UsageError
from preheat.record import schema
from preheat.record.query import Filter
from preheat.record.store import Store

reason = record_server.missing()
pytestmark = [pytest.mark.skipif(bool(reason), reason=reason)]


@pytest.fixture(scope="module")
def url():
    try:
        with record_server.server() as running:
            yield running
    except PermissionError as err:
        pytest.skip(f"as root, and {record_server.OTHER_USER} may not run the server: {err}")


@pytest.fixture
def store(url, tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    empty = sa.create_engine(url)
    schema.metadata.drop_all(empty)
    empty.dispose()
    with Store(url) as made:
        yield made


def test_what_went_in_comes_out_and_verifies(store):
    number = full(store)
    assert store.job(number).materials == (FLUX,)
    assert store.verify() == []
    assert [use.job for use in store.with_lot("F-77")] == [number]
    assert [line.number for line in store.jobs(Filter(text="sn-00"))] == [number]
    assert [line.run_id for line in store.uncertified()] == []
    assert [line.reference for line in store.hot_sites(0)] == ["U7"]
    assert len(list(store.export("jsonl"))) == 7
    assert store.rebuild() == 2 and store.verify() == []


def test_the_hashes_are_those_that_sqlite_would_have(store, tmp_path):
    def clock():
        return "2026-03-02T09:30:00.000Z"

    with Store(tmp_path / "own.db", clock=clock) as own:
        full(own)
        head = own.head()
    store._clock = clock
    full(store)
    assert store.head() == head


def test_a_changed_event_and_a_cut_tail_are_found(store):
    full(store)
    engine = sa.create_engine(store.place.url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE event SET author = 'x' WHERE seq = 2"))
        connection.execute(sa.text("DELETE FROM event WHERE seq = 7"))
    engine.dispose()
    found = {(problem.kind, problem.where) for problem in store.verify()}
    assert {("edited", "event 2"), ("removed", "head"), ("removed", "heads file, line 2")} <= found


def test_two_writers_and_one_killed(store, url):
    steady, doomed = begin(url, "steady", 15), begin(url, "doomed", 0)
    told = [doomed.stdout.readline() for _ in range(5)]
    doomed.kill()
    told += doomed.communicate()[0].splitlines(keepends=True)
    steadily, _ = steady.communicate()
    assert steady.returncode == 0
    whole = {line.strip() for line in told if line.endswith("\n")} | set(steadily.split())
    opened(store)  # waits for what the server still has to undo
    kinds = [(event.kind, event.subject) for event in store.events()]
    subjects = [subject for kind, subject in kinds if kind == "job.opened"]
    assert subjects == [f"job/{n + 1}" for n in range(len(subjects))]
    assert whole <= set(subjects)
    assert store.verify() == []


def test_a_server_that_does_not_answer_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="cannot be used"):
        Store("postgresql://tester@127.0.0.1:1/postgres")


def test_a_missing_driver_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match="needs a driver"):
        Store("postgresql://tester@127.0.0.1:1/postgres")
