"""The manifest: who counts as provisioned, what stays of others, and files that do not read."""

import csv
import json

import pytest

from preheat.errors import UsageError
from preheat.provisioning.record import FAILED, PROVISIONED, REPLACED, UNFINISHED, Book, Row


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "lab" / "provision")


def rows(book):
    return json.loads(book.json_path.read_text(encoding="utf-8"))["units"]


def table(book):
    with book.csv_path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_unit_has_one_row_by_its_chip_whatever_it_is_called(book):
    book.put(Row("bench-1", "COM3", "pico", uid="aa"))
    assert book.known("aa").outcome == UNFINISHED
    book.put(Row("bench-1", "COM3", "pico", PROVISIONED, uid="aa"))
    book.put(Row("bench-2", "COM4", "pico", PROVISIONED, uid="bb"))
    book.put(Row("bench-7", "COM3", "pico", PROVISIONED, uid="aa"))
    assert [(row["name"], row["uid"]) for row in rows(book)] == [("bench-2", "bb"),
                                                                 ("bench-7", "aa")]
    assert book.known("cc") is None and book.known("") is None


def test_a_chip_whose_name_another_has_now_is_replaced(book):
    book.put(Row("bench-1", "COM3", "pico", PROVISIONED, uid="aa"))
    book.put(Row("bench-2", "COM4", "pico", PROVISIONED, uid="bb"))
    book.put(Row("bench-1", "COM3", "pico", FAILED, uid="cc"))  # a wrong board at its port
    assert book.known("aa").outcome == PROVISIONED
    book.put(Row("bench-1", "COM3", "pico", PROVISIONED, uid="cc"))
    assert {row["uid"]: row["outcome"] for row in rows(book)} == {
        "aa": REPLACED, "bb": PROVISIONED, "cc": PROVISIONED}
    book.put(Row("bench-9", "COM5", "pico", PROVISIONED, uid="aa"))  # and is used again
    assert book.known("aa").outcome == PROVISIONED


def test_what_never_answered_has_a_row_until_it_does(book):
    failed = Row("/dev/ttyACM0", "/dev/ttyACM0", "pico", FAILED, reason="nothing answered")
    book.put(failed, "/dev/ttyACM0")
    book.put(failed, "/dev/ttyACM0")
    assert len(rows(book)) == 1
    book.put(Row("bench-1", "/dev/ttyACM0", "pico", uid="aa"), "/dev/ttyACM0")
    assert [row["uid"] for row in rows(book)] == ["aa"]


def test_a_name_that_fails_does_not_take_away_what_was_proved_of_the_unit(book):
    book.put(Row("bench-1", "COM3", "pico", PROVISIONED, uid="aa"))
    book.put(Row("bench-1", "COM3", "pico", FAILED), "bench-1")
    assert [(row["uid"], row["outcome"]) for row in rows(book)] == [
        ("", FAILED), ("aa", PROVISIONED)]


def test_the_table_says_the_same_in_cells(book):
    row = Row("bench-1", "COM3", "pico", uid="aa", profiles={"b": "22", "a": "11"})
    row.note_step("deploy", "done", "77 files")
    row.note_step("selftest", "failed", 'probes: "board", open')
    row.reason = 'the self-test failed: "board",\nopen'
    row.selftest = [{"name": "heap", "result": "ok"}, {"name": "lamp", "result": "skipped"},
                    {"name": "probes", "result": "fail"}]
    book.put(row)
    (cells,) = table(book)
    assert cells["profiles"] == "a=11 b=22"
    assert cells["steps"] == "deploy=done selftest=failed"
    assert cells["selftest"] == "1 ok, 1 skipped, fail: probes"
    assert cells["reason"] == row.reason


def test_a_second_program_s_rows_are_kept(book, tmp_path):
    other = Book(book.json_path.parent)
    book.put(Row("bench-1", "COM3", "pico", uid="aa"))
    other.put(Row("bench-2", "COM4", "pico", uid="bb"))
    assert [row["uid"] for row in rows(book)] == ["aa", "bb"]
    assert [cells["uid"] for cells in table(book)] == ["aa", "bb"]
    assert not list(tmp_path.rglob("*.new"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"units": [3]}', '{"units": [{"name": "x"}]}'])
def test_a_manifest_that_does_not_read_is_named_and_left(tmp_path, text):
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="not a readable manifest"):
        Book(tmp_path)
    assert path.read_text() == text


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="-o"):
        Book(tmp_path / "file" / "provision")
