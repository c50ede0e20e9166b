"""The store: what goes in comes out, all or nothing, numbers once, and where it may lie."""

import sqlite3

import pytest

from host.record_facts import AUTHOR, BGA, BOARD, FLUX, database, full, opened, raw, run_ref
from preheat import paths
from preheat.errors import Refused, UsageError, VerifyError
from preheat.record import engine, logs
from preheat.record.query import Filter, Page
from preheat.record.store import Store


@pytest.fixture
def store(tmp_path):
    with Store(database(tmp_path)) as made:
        yield made


def test_what_went_in_comes_out_in_another_opening(store):
    number = full(store)
    with Store(store.place.file, create=False) as again:
        job = again.job(number)
        assert (job.status, job.approval_ref, job.materials) == ("closed", "QN-9", (FLUX,))
        assert job.checkpoints[0].result == "äöü °C, fine"
        assert again.operator(AUTHOR).skill == "E"
        assert again.read_log(job.runs[0].log_sha256) == b"heat"
        kinds = [event.kind for event in again.events(f"job/{number}")]
    assert kinds == ["job.opened", "job.added", "job.added", "job.added", "job.set", "job.closed"]


def test_events_are_chained_from_the_first(store):
    full(store)
    events = store.events()
    assert [event.seq for event in events] == list(range(1, 8))
    before = [event.sha for event in events[:-1]]
    assert [event.prev_sha for event in events] == ["0" * 64, *before]
    assert store.head() == (7, events[-1].sha)


def test_several_changes_are_recorded_together_or_not_at_all(store):
    opened(store)
    head = store.head()
    with pytest.raises(Refused):
        store.append_all(AUTHOR, [
            ("job.opened", "job/new", BOARD),
            ("job.added", "job/new", {"sites": [BGA]}),
            ("job.set", "job/new", {"product_class": 9}),
        ])  # fmt: skip
    assert store.head() == head
    assert len(store.jobs()) == 1
    assert opened(store) == 2  # no number was lost to what did not happen


def test_job_new_after_an_opening_is_the_job_opened(store):
    opened(store)
    made = store.append_all(AUTHOR, [
        ("job.opened", "job/new", BOARD), ("job.added", "job/new", {"sites": [BGA]}),
    ])  # fmt: skip
    assert [event.subject for event in made] == ["job/2", "job/2"]
    assert store.job(2).sites == (BGA,)


def test_a_job_cannot_choose_its_number(store):
    with pytest.raises(Refused, match="numbers are given"):
        store.append(AUTHOR, "job.opened", "job/7", BOARD)


@pytest.mark.parametrize("body", [{"esd": float("nan")}, {"esd": {1: 2}}, {"esd": object()}, [],
                                  {"esd": "\ud800"}])  # fmt: skip
def test_what_cannot_be_written_down_is_refused(store, body):
    opened(store)
    with pytest.raises(Refused):
        store.append(AUTHOR, "job.set", "job/1", body)
    assert store.head().events == 1


def test_a_run_needs_its_log_kept_first(store):
    opened(store)
    run = run_ref(store, b"kept")
    logs.path_of(store.place.folder, run.log_sha256).unlink()
    with pytest.raises(VerifyError, match="not in the record"):
        store.append(AUTHOR, "job.added", "job/1", {"runs": [run]})


def test_a_log_is_kept_once_and_read_only(store, tmp_path):
    source = tmp_path / "1.plog"
    source.write_bytes(b"log")
    sha = store.keep_log(source)
    assert store.keep_log(b"log") == sha
    path = logs.path_of(store.place.folder, sha)
    assert path.relative_to(tmp_path).parts[0] == "logs" and path.parent.name == sha[:2]
    assert path.stat().st_mode & 0o222 == 0
    path.chmod(0o600)
    path.write_bytes(b"other")
    with pytest.raises(VerifyError, match="SHA-256"):
        store.keep_log(b"log")


def test_a_board_brings_its_heat_into_its_next_job(store):
    opened(store, sites=[BGA], cycles_before=1)
    store.append(AUTHOR, "job.added", "job/1", {"runs": [run_ref(store, b"1", sites=("U7",))]})
    second = store.job(opened(store, sites=[{"reference": "U7"}, {"reference": "U8"}]))
    assert second.cycles_before == 2
    assert [site.cycles_before for site in second.sites] == [1, 0]
    third = store.job(opened(store, cycles_before=7))
    assert third.cycles_before == 7  # a person knows better
    store.append(AUTHOR, "job.added", "job/3", {"sites": [{"reference": "U7"}]})
    assert store.job(3).sites[0].cycles_before == 1
    assert store.job(opened(store, board_serial="another")).cycles_before == 0


def test_jobs_come_newest_first_by_page_and_by_what_is_asked(store):
    for serial in ("A-1", "A-2", "B%1"):
        opened(store, board_serial=serial, assembly="psu")
    store.append(AUTHOR, "job.closed", "job/2", {})
    assert [line.number for line in store.jobs()] == [3, 2, 1]
    assert [line.number for line in store.jobs(page=Page(2))] == [3, 2]
    assert [line.number for line in store.jobs(page=Page(2, before=2))] == [1]
    assert [line.number for line in store.jobs(Filter(status="closed"))] == [2]
    assert [line.number for line in store.jobs(Filter(text="a-"))] == [2, 1]
    assert [line.number for line in store.jobs(Filter(text="%"))] == [3]


def test_what_is_not_there_is_said(store):
    for question in (lambda: store.job(5), lambda: store.operator("Nemo")):
        with pytest.raises(UsageError, match="there is no"):
            question()


def test_sqlite_is_opened_to_be_safe(store):
    with store.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000,
    }  # fmt: skip


def test_the_default_is_the_data_folder_and_the_environment_moves_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    monkeypatch.delenv("PREHEAT_RECORD_URL", raising=False)
    assert engine.place().file == paths.record_dir() / "record.db"
    monkeypatch.setenv("PREHEAT_RECORD_URL", f"sqlite:///{tmp_path}/other.db")
    assert engine.place().file == tmp_path / "other.db"
    server = engine.place("postgresql://ann:secret@db.example/rework")
    assert server.file is None and server.folder == paths.record_dir()
    assert "secret" not in server.text
    assert server.heads.name == "db_example-5432-rework.heads"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "://"])
def test_a_url_that_cannot_hold_a_record_is_refused(url):
    with pytest.raises(UsageError):
        engine.place(url)


def test_nothing_is_made_where_only_reading_was_asked(tmp_path):
    with pytest.raises(UsageError, match="there is no record"):
        Store(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_share_of_another_computer_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("preheat.record.netshare.found", lambda folder: "nfs4")
    with pytest.raises(UsageError, match="share of another computer"):
        Store(database(tmp_path))


def test_a_record_of_a_newer_preheat_is_left_alone(store):
    raw(store, ("UPDATE head SET version = 99",))
    with pytest.raises(UsageError, match="newer preheat"):
        Store(store.place.file)


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "record.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(VerifyError, match="damaged"):
        Store(database(tmp_path))


def test_a_change_whose_head_cannot_be_written_is_recorded_and_said(store, monkeypatch):
    def full_disk(*line):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(VerifyError, match="is recorded, but"):
        broken.setattr("preheat.record.heads.append", full_disk)
        opened(store)
    assert opened(store) == 2 and store.verify() == []


def test_a_busy_record_is_said(store, monkeypatch):
    monkeypatch.setattr(engine, "WAIT_MS", 10)
    with sqlite3.connect(store.place.file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store(store.place.file) as second, pytest.raises(UsageError, match="has held"):
            opened(second)
        other.execute("ROLLBACK")
    other.close()
