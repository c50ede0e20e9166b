"""The verbs of the record in a shell: people, procedures, jobs, audit, and what they refuse."""

import datetime
import json

import pytest

from host.cli_helpers import Shell
from host.record_shell import OPEN, TODAY, ada, said
from preheat import paths
from preheat.record.store import Store

BY = ("--by", "Ada")


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("PREHEAT_RECORD_URL", raising=False)
    return Shell(capsys, monkeypatch, tmp_path)


def test_a_person_is_one_person_however_the_name_is_typed(preheat):
    found = ada(preheat)
    assert found["name"] == "Ada" and found["certificates"][0]["lecture_only"] == [8]
    assert preheat("operator", "add", " ADA ", "--by", "Ada").code == 2
    assert preheat("operator", "add", "x" * 25, "--by", "Ada").code == 2
    soon = said(preheat, "operator", "expiring", by=None)
    assert [row["operator"] for row in soon] == ["Ada"]
    assert said(preheat, "operator", "expiring", "--days", "0", by=None) == []
    said(preheat, "operator", "revoke", "Ada", "C-1", "--reason", "lost")
    assert said(preheat, "operator", "expiring", by=None) == []
    said(preheat, "operator", "leave", "Ada")
    assert "left" in preheat("operator", "list").out


def test_a_certificate_is_refused_with_all_that_cannot_be(preheat):
    said(preheat, "operator", "add", "Ada")
    ran = preheat("operator", "certify", "Ada", "--level", "CIS", "--modules", "8,x", "--number",
                  "C-1", "--issued", "1.2.2026", "--by", "Ada")  # fmt: skip
    assert ran.code == 2 and "--modules" in ran.err and "--issued" in ran.err


def test_procedures_are_found_by_component_and_shown(preheat):
    rows = said(preheat, "procedure", "list", "--component", "bga", by=None)
    assert "article:bga-removal" in [row["id"] for row in rows]
    assert "unverified" in preheat("procedure", "show", "bga-removal").out
    assert said(preheat, "procedure", "check", by=None)["procedures"] == 0
    (paths.procedures_dir() / "own.toml").write_text("schema = 2\n", encoding="utf-8")
    assert preheat("procedure", "check").code == 4


def test_a_later_edit_of_a_procedure_leaves_a_job_what_it_was(preheat):
    own = paths.procedures_dir() / "own.toml"
    text = ('schema = 1\nnamespace = "acme"\nsource = "ours"\n[[procedures]]\nid = "rw-7"\n'
            'title = "Take it off"\nskill = "E"\n')  # fmt: skip
    own.write_text(text, encoding="utf-8")
    said(preheat, *OPEN, "procedure=rw-7")
    said(preheat, "operator", "add", "Ben", "--skill", "A")
    own.write_text(text.replace('"E"', '"I"'), encoding="utf-8")
    ran = preheat("job", "check", "1", "--by", "Ben")
    assert ran.code == 4 and "acme:rw-7 asks for E" in ran.err
    said(preheat, "job", "remove", "1", "procedure", "rw-7", "--reason", "revised")
    assert said(preheat, "job", "show", "1", by=None).get("procedure_facts") is None
    said(preheat, "job", "add", "1", "procedure", "rw-7")
    assert "asks for" not in preheat("job", "check", "1", "--by", "Ben").err


def test_a_job_is_set_shown_listed_closed_and_reopened(preheat):
    said(preheat, *OPEN, "site=U7:BGA,U8", "procedure=bga-removal")
    said(preheat, "job", "set", "1", "limit=2", "coating.kind=acrylic", "coating.removed_by=peel")
    said(preheat, "job", "note", "1", "a remark")
    said(preheat, "job", "remove", "1", "site", "U8", "--reason", "a slip")
    assert preheat("job", "remove", "1", "site", "U8", "--reason", "again").code == 2
    shown = preheat("job", "show", "1", "--history").out
    for words in ("U7 BGA: 0 heat cycles of 2 by contract", "a remark", "removed_by peel",
                  "job.removed", "a slip"):  # fmt: skip
        assert words in shown, words
    said(preheat, "job", "close", "1")
    assert preheat("job", "note", "1", "late", "--by", "Ada").code == 4
    said(preheat, "job", "reopen", "1", "--reason", "one more")
    assert [row["number"] for row in said(preheat, "job", "list", "--open", by=None)] == [1]
    assert preheat("job", "show", "9").code == 2


def test_of_two_materials_of_one_lot_the_wrong_one_can_be_taken_back(preheat):
    said(preheat, *OPEN)
    for detail in ("U7", "U8", "U8"):
        said(preheat, "job", "add", "1", "material", "paste", "T4", "P-1", f"detail={detail}")
    remove = ("job", "remove", "1", "material")
    ran = preheat(*remove, "P-1", "--reason", "a slip", "--by", "Ada")
    assert ran.code == 2 and "job 1 has 3 times material P-1" in ran.err
    assert "lot P-1, detail U7; kind paste" in ran.err
    for _ in range(2):  # two that were entered alike
        said(preheat, *remove, "U8", "--reason", "a slip")
    (row,) = said(preheat, "job", "show", "1", by=None)["materials"]
    assert row["detail"] == "U7"


def test_what_is_a_row_is_added_and_the_way_there_is_said(preheat):
    said(preheat, *OPEN)
    ran = preheat("job", "set", "1", "site=U8:QFN", "material=x", "--by", "Ada")
    assert ran.code == 2 and "`preheat job add N site …`" in ran.err
    assert "`preheat job add N material …`" in ran.err
    assert "`preheat job add N site …`" not in preheat("job", "set", "1", "x=1", *BY).err
    ran = preheat("job", "override", "1", "skill", "--reason", "seen by me", *BY)
    assert "its next run may go past skill, as Ada says" in ran.out
    ran = preheat("operator", "skill", "Ada", "E", *BY)
    assert "`preheat operator add` enters one" in ran.err


def test_a_check_that_finds_nothing_says_so(preheat):
    ada(preheat)
    said(preheat, *OPEN, "procedure=3.1.1", "site=U7")
    assert "every gate is satisfied" not in preheat("job", "check", "1", *BY).out
    said(preheat, "job", "remove", "1", "procedure", "3.1.1", "--reason", "a slip")
    said(preheat, "job", "add", "1", "procedure", "guide:2.5")
    out = preheat("job", "check", "1", *BY).out
    assert "every gate is satisfied" in out and "alloy is judged with --profile" in out
    out = preheat("job", "check", "1", "--profile", "bga-sac305", *BY).out
    assert "every gate is satisfied" in out and "--profile" not in out


def test_the_record_is_exported_whole_and_as_tables(preheat):
    said(preheat, *OPEN)
    lines = preheat("audit", "export").out.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["job.opened"]
    assert said(preheat, "audit", "export", by=None) == [json.loads(line) for line in lines]
    assert preheat("audit", "export", "--format", "jobs.csv").out.startswith("number,")
    assert [row["kind"] for row in said(preheat, "audit", "log", "--job", "1", by=None)] == [
        "job.opened"]
    assert preheat("audit", "query", "--lot", "x", "--expired").code == 2


def test_a_record_that_is_not_there_is_neither_good_nor_made_by_asking(preheat):
    place = preheat.folder / "nowhere.db"
    for words in (
        ("audit", "verify"), ("job", "list"), ("operator", "list"), ("job", "check", "1", *BY),
        ("job", "set", "1", "limit=1", *BY), ("operator", "skill", "Ada", "E", *BY),
        ("job", "attach-run", "1", *BY),
    ):  # fmt: skip
        ran = preheat(*words, "--store", place)
        assert ran.code == 2 and "there is no record" in ran.err
    assert preheat("run", "hotplate-sac305", "--job", "1", "--store", place).code == 2
    assert not place.exists()


def test_a_hash_on_paper_is_not_that_of_an_empty_record_nor_half_a_word(preheat):
    said(preheat, *OPEN)
    paper = said(preheat, "audit", "verify", by=None)["head"]
    assert preheat("audit", "verify", "--expect", f" {paper[:16].upper()}…").code == 0
    for text in ("", paper[:11], "x" * 64, paper + "0"):
        ran = preheat("audit", "verify", "--expect", text)
        assert ran.code == 2 and "12 to 64 hex digits" in ran.err
    empty = preheat.folder / "empty.db"
    Store(empty).close()
    ran = preheat("audit", "verify", "--store", empty, "--expect", paper)
    assert ran.code == 7 and "not the record of that day" in ran.out


def test_a_clock_that_is_behind_the_record_is_told_of_before_heat(preheat):
    said(preheat, *OPEN)
    with Store(clock=lambda: "2099-01-01T00:00:00.000Z") as ahead:
        ahead.append("Ada", "job.added", "job/1", {"notes": [{"text": "from a wrong clock"}]})
    assert "WARNING clock: this computer says" in preheat("job", "check", "1", "--by", "Ada").out


def test_a_serial_number_in_other_capitals_is_another_board_and_told_of(preheat):
    said(preheat, *OPEN, "serial=SN-1")
    ran = preheat(*OPEN, "serial=sn-1", "--by", "Ada")
    assert ran.code == 0 and "jobs on SN-1 too, a different board" in ran.err
    assert "WARNING" not in preheat(*OPEN, "serial=SN-10", "--by", "Ada").err


def test_a_name_that_nobody_has_is_not_answered_with_none(preheat):
    said(preheat, "operator", "add", "Ada")
    assert said(preheat, "audit", "query", "--expired", "--operator", "ada", by=None) == []
    ran = preheat("audit", "query", "--expired", "--operator", "Adda")
    assert ran.code == 2 and "nobody called Adda" in ran.err


def test_a_heads_file_that_was_begun_anew_says_since_when_it_vouches(preheat):
    said(preheat, *OPEN)
    said(preheat, "job", "note", "1", "one")
    heads = paths.record_dir() / "record.heads"
    assert said(preheat, "audit", "verify", by=None)["heads_since"] == 1
    heads.write_bytes(b"")
    assert "gone or empty" in preheat("audit", "verify").out
    said(preheat, "job", "note", "1", "two")
    ran = preheat("audit", "verify")
    assert ran.code == 0 and "only since event 3" in ran.out


def test_what_holds_from_today_on_holds_from_today_at_the_bench(preheat, monkeypatch):
    """Whatever day it is by UTC, in which events have their times."""
    ada(preheat)
    bench = TODAY - datetime.timedelta(days=1)
    monkeypatch.setattr("preheat.calibration.dates.today", lambda: bench)
    found = said(preheat, "operator", "revoke", "Ada", "C-1", "--reason", "lost")
    assert found["certificates"][0]["revoked_at"] == bench.isoformat()
    assert said(preheat, "operator", "skill", "Ada", "A")["skill_at"] == bench.isoformat()
