"""`verify` finds what was changed behind the record's back: events, tables, heads file, logs."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.record_facts import AUTHOR, database, full, opened, raw
from preheat.errors import VerifyError
from preheat.record import events, export, heads, logs
from preheat.record.store import Store


@pytest.fixture
def store(tmp_path):
    with Store(database(tmp_path)) as made:
        full(made)
        yield made


def found(store):
    return [(problem.kind, problem.where) for problem in store.verify()]


def test_a_record_that_nobody_touched_verifies(store):
    assert store.verify() == []


def test_an_empty_record_verifies(tmp_path):
    with Store(database(tmp_path)) as empty:
        assert empty.verify() == []


@pytest.mark.parametrize("column", ["at", "author", "kind", "subject", "body", "prev_sha", "sha"])
def test_an_edited_event_is_found(store, column):
    raw(store, (f"UPDATE event SET {column} = {column} || ' ' WHERE seq = 3",))
    assert ("edited", "event 3") in found(store)


def test_an_edited_event_with_a_hash_made_to_fit_breaks_the_chain(store):
    one = store.events()[2]
    forged = events.make(one.seq, one.at, "Tom Reuter", one.kind, one.subject, one.body,
                         one.prev_sha)  # fmt: skip
    raw(store, ("UPDATE event SET author = ?, sha = ? WHERE seq = 3", ("Tom Reuter", forged.sha)))
    assert ("reordered", "event 4") in found(store)


def forge_all(store, change):
    """Rewrite the whole chain, every hash made to fit, as somebody with the file alone can."""
    prev, rows = events.GENESIS, []
    for one in change(store.events()):
        place = len(rows) + 1
        made = events.make(place, one.at, one.author, one.kind, one.subject, one.body, prev)
        rows.append(made)
        prev = made.sha
    raw(store, ("DELETE FROM event",), *(
        ("INSERT INTO event VALUES (?,?,?,?,?,?,?,?)",
         (m.seq, m.at, m.author, m.kind, m.subject, events.body_text(m.body), m.prev_sha, m.sha))
        for m in rows
    ), ("UPDATE head SET events = ?, sha = ?", (len(rows), prev)))  # fmt: skip


def test_a_chain_forged_as_a_whole_differs_from_the_heads_file(store):
    forge_all(store, lambda chain: [replace(chain[0], author="Tom Reuter"), *chain[1:]])
    assert any(kind == "head" for kind, _ in found(store))
    with pytest.raises(VerifyError, match="lost events"):
        opened(store)


def test_a_tail_cut_off_and_a_head_made_to_fit_is_found_by_the_heads_file(store):
    forge_all(store, lambda chain: chain[:-1])
    assert ("removed", "heads file, line 2") in found(store)


def test_an_older_database_put_in_place_takes_no_more_events(store, tmp_path):
    store.close()
    file = store.place.file
    old = file.read_bytes()
    with Store(file) as later:
        later.append(AUTHOR, "job.reopened", "job/1", {"reason": "second site"})
    for name in ("record.db-wal", "record.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    file.write_bytes(old)
    with Store(file) as later:
        assert any(problem.kind == "removed" for problem in later.verify())
        with pytest.raises(VerifyError, match="bring back the newest"):
            opened(later)


@pytest.mark.parametrize("seq, where", [(1, "event 2"), (4, "event 5")])
def test_a_removed_event_is_found(store, seq, where):
    raw(store, (f"DELETE FROM event WHERE seq = {seq}",))
    assert ("removed", where) in found(store)


def test_the_last_event_removed_is_found_without_the_heads_file(store):
    store.place.heads.unlink()
    raw(store, ("DELETE FROM event WHERE seq = 7",))
    assert ("removed", "head") in found(store)


def test_a_count_of_events_that_is_not_theirs_is_found_though_every_hash_fits(store):
    for count in (6, 8):
        raw(store, (f"UPDATE head SET events = {count}",))
        assert ("removed", "event 7") in found(store)
        texts = [problem.text for problem in store.verify()]
        assert f"{count} events were counted, 7 are here" in texts
    raw(store, ("UPDATE head SET events = 7",))
    assert found(store) == []


def test_a_missing_heads_file_is_told_until_the_next_change(store):
    store.place.heads.unlink()
    assert found(store) == [("head", "heads file")]
    store.append(AUTHOR, "job.reopened", "job/1", {"reason": "again"})
    assert found(store) == []


def test_two_events_that_changed_places_are_found(store):
    raw(store, ("UPDATE event SET seq = 99 WHERE seq = 3",),
        ("UPDATE event SET seq = 3 WHERE seq = 4",), ("UPDATE event SET seq = 4 WHERE seq = 99",))
    assert ("reordered", "event 3") in found(store)


@pytest.mark.parametrize("statement, where", [
    ("UPDATE job SET status = 'open'", "job 1"),
    ("UPDATE job SET document = replace(document, 'QN-9', 'QN-8')", "job 1"),
    ("UPDATE material_use SET lot = 'F-78'", "material_use 1/0"),
    ("DELETE FROM material_use", "material_use 1/0"),
    ("UPDATE run SET operator = 'Tom Reuter'", "run 1/0"),
    ("UPDATE site SET cycles = 0", "site 1/0"),
    ("UPDATE operator SET active = 0", f"operator {AUTHOR}"),
    ("UPDATE certificate SET counts_until = '2099-01-01'", f"certificate {AUTHOR}/0"),
    ("INSERT INTO operator VALUES ('Nemo', 1, '{}')", "table operator"),
    ("UPDATE head SET last_job = 4", "head"),
])  # fmt: skip
def test_a_table_that_says_what_no_event_said_is_found_and_made_anew(store, statement, where):
    raw(store, (statement,))
    assert ("projection", where) in found(store)
    if where != "head":
        assert store.rebuild() == 2
        assert store.verify() == []


@pytest.mark.parametrize("statement, where, text", [
    ("CREATE TRIGGER quiet AFTER INSERT ON event BEGIN DELETE FROM site; END", "trigger quiet",
     "preheat made no such thing"),
    ("CREATE TABLE extra (x)", "table extra", "preheat made no such thing"),
    ("CREATE VIEW fine AS SELECT * FROM job", "view fine", "preheat made no such thing"),
    ("CREATE UNIQUE INDEX once ON run (operator)", "index once", "preheat made no such thing"),
    ("DROP INDEX run_log", "index run_log", "it is gone"),
    ("ALTER TABLE operator ADD COLUMN extra TEXT", "table operator",
     "it is not as preheat made it"),
])  # fmt: skip
def test_a_schema_that_preheat_did_not_make_is_found(store, statement, where, text):
    raw(store, (statement,))
    assert ("schema", where, text) in [tuple(problem) for problem in store.verify()]


def test_what_sqlite_counts_for_its_own_use_is_no_problem(store):
    raw(store, ("ANALYZE",))
    assert found(store) == []


def test_events_that_do_not_verify_are_not_made_into_tables(store):
    raw(store, ("UPDATE event SET author = 'Tom Reuter' WHERE seq = 1",))
    with pytest.raises(VerifyError, match="event 1"):
        store.rebuild()


def test_a_missing_log_is_found(store):
    sha = store.job(1).runs[0].log_sha256
    logs.path_of(store.place.folder, sha).unlink()
    assert found(store) == [("log", "job/1")]


def test_a_heads_file_that_was_touched_is_found_and_a_torn_line_is_not_blamed(store):
    lines = store.place.heads.read_bytes()
    store.place.heads.write_bytes(lines.replace(b"000000000001", b"000000000009"))
    assert ("removed", "heads file, line 1") in found(store)
    store.place.heads.write_bytes(b"?" + lines[1:])
    assert ("head", "heads file, line 1") in found(store)
    store.place.heads.write_bytes(lines + lines[:40])
    assert found(store) == []
    store.append(AUTHOR, "job.reopened", "job/1", {"reason": "again"})
    assert found(store) == []
    assert heads.last(store.place.heads).count == 8


def test_a_text_that_is_not_utf8_is_found_not_fatal(store):
    raw(store, ("UPDATE event SET body = CAST(x'ff7b7d' AS TEXT) WHERE seq = 2",))
    assert ("edited", "event 2") in found(store)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A record for many flipped bits, each put right again."""
    with Store(database(tmp_path_factory.mktemp("flips"))) as made:
        full(made)
        yield made


COLUMNS = ("at", "author", "kind", "subject", "body", "prev_sha", "sha")


@given(st.integers(1, 7), st.sampled_from(COLUMNS), st.integers(0, 10_000))
@settings(max_examples=120, deadline=None)
def test_any_bit_flipped_in_an_event_is_found(kept, seq, column, at):
    with kept.reading() as connection:
        text = connection.exec_driver_sql(f"SELECT {column} FROM event WHERE seq={seq}").scalar()
    data = bytearray(text.encode())
    at %= len(data) * 8
    data[at // 8] ^= 1 << at % 8
    statement = f"UPDATE event SET {column} = CAST(? AS TEXT) WHERE seq = {seq}"
    raw(kept, (statement, (bytes(data),)))
    try:
        assert ("edited", f"event {seq}") in found(kept)
    finally:
        raw(kept, (statement, (text.encode(),)))


def test_every_bit_of_a_log_counts(kept):
    path = logs.path_of(kept.place.folder, kept.job(1).runs[0].log_sha256)
    path.chmod(0o600)
    data = path.read_bytes()
    for at in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        path.write_bytes(flipped)
        assert found(kept) == [("log", "job/1")]
    path.write_bytes(data)
    assert found(kept) == []


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_bit_flipped_in_an_export_is_found(kept, data):
    whole = list(kept.export("jsonl"))
    assert list(export.problems(whole)) == []
    one = data.draw(st.integers(0, len(whole) - 1))
    line = bytearray(whole[one].encode())
    at = data.draw(st.integers(0, (len(line) - 1) * 8 - 1))  # its line feed carries nothing
    line[at // 8] ^= 1 << at % 8
    whole[one] = line.decode("utf-8", "replace")
    assert list(export.problems(whole)) != []


def test_an_export_is_checked_without_a_store():
    kinds = [problem.kind for problem in export.problems(["{}", "nonsense"])]
    assert kinds.count("edited") == 2
