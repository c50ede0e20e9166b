"""Two processes at once, one killed in the middle: nothing lost, nothing half, no number twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from host.record_facts import AUTHOR, database, opened
from preheat.record import fold, writer
from preheat.record.store import Store

ROOT = Path(__file__).resolve().parents[2]
WRITER = Path(__file__).with_name("record_writer.py")


def begin(path, name, count):
    """A writer; its confirmed subjects come from `stdout`."""
    packages = os.pathsep.join([*(str(ROOT / part) for part in ("host", "firmware/lib")),
                                os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(WRITER), path, name, str(count)], stdout=subprocess.PIPE,
        encoding="utf-8", env={**os.environ, "PYTHONPATH": packages},
    )  # fmt: skip


def test_two_writers_and_one_killed(tmp_path):
    path = database(tmp_path)
    steady, doomed = begin(path, "steady", 25), begin(path, "doomed", 0)
    confirmed = [doomed.stdout.readline() for _ in range(8)]
    doomed.kill()  # it writes without a pause, so somewhere inside a transaction
    confirmed += doomed.communicate()[0].splitlines(keepends=True)
    steadily, _ = steady.communicate()
    assert steady.returncode == 0
    whole = [line.strip() for line in confirmed if line.endswith("\n")]
    with Store(path, create=False) as store:
        assert store.verify() == []
        events = store.events()
        subjects = [event.subject for event in events if event.kind == "job.opened"]
        assert len(set(subjects)) == len(subjects)
        assert subjects == [f"job/{n + 1}" for n in range(len(subjects))]
        assert set(whole) | set(steadily.split()) <= set(subjects)
        assert len(events) == 3 * len(subjects)  # no job without its other two events
        assert all(store.job(n + 1).esd == "checked" for n in range(len(subjects)))
        assert len(subjects) <= len(whole) + 25 + 1  # at most one was recorded and not told
        assert opened(store) == len(subjects) + 1


STAGES = ("the events", "the tables", "the head")


@pytest.mark.parametrize("stage", STAGES)
def test_a_process_that_dies_in_each_stage_of_a_transaction_leaves_nothing(tmp_path, stage):
    with Store(database(tmp_path)) as store:
        opened(store)
        before = store.head()
    code = f"""
import os, sys
sys.path[:0] = {[str(ROOT / 'host'), str(ROOT / 'firmware' / 'lib'), str(ROOT / 'tests')]!r}
import sqlalchemy as sa
from host.record_facts import opened
from preheat.record.store import Store
wanted = {{"the events": "INSERT INTO event", "the tables": "INSERT INTO job",
           "the head": "UPDATE head"}}[{stage!r}]
with Store({database(tmp_path)!r}) as store:
    @sa.event.listens_for(store._engine, "after_cursor_execute")
    def die(connection, cursor, statement, *rest):
        if statement.startswith(wanted):
            os._exit(9)
    opened(store)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    with Store(database(tmp_path)) as store:
        assert store.head() == before
        assert store.verify() == []
        assert opened(store) == 2


def test_a_process_that_dies_after_the_commit_loses_nothing(tmp_path, monkeypatch):
    """The heads file is a line behind then; the next change brings it up."""
    with Store(database(tmp_path)) as store:
        opened(store)
        with monkeypatch.context() as dying, pytest.raises(SystemExit):
            dying.setattr("preheat.record.heads.append", lambda *line: sys.exit())
            opened(store)
        assert store.verify() == []
        assert opened(store) == 3
        assert store.verify() == []


def test_a_failure_between_the_tables_undoes_the_events(tmp_path, monkeypatch):
    with Store(database(tmp_path)) as store:
        with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
            broken.setattr(writer.projection, "put", lambda *args: 1 / 0)
            store.append(AUTHOR, "operator.added", "operator/x", {})
        with store.reading() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM event")) == 0
        assert fold.job_number(f"job/{opened(store)}") == 1
