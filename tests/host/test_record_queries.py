"""What an auditor asks: lots, people without a certificate that counts, hot sites; and exports."""

import csv
import json
from datetime import UTC, date, datetime

import pytest

from host.record_facts import AUTHOR, BGA, CERTIFICATE, FLUX, database, full, opened, run_ref
from preheat.errors import UsageError
from preheat.record import export
from preheat.record.model import Certificate, Material
from preheat.record.store import Store

PASTE = Material("paste", "SAC305 T4", "F-77", alloy="SAC305")


@pytest.fixture
def store(tmp_path):
    with Store(database(tmp_path)) as made:
        yield made


def heated(store, number, name, day, *sites):
    run = run_ref(store, f"{number}{name}{day}".encode(), operator=name,
                  started_at=datetime(2026, *day, 12, tzinfo=UTC), sites=sites)  # fmt: skip
    store.append(AUTHOR, "job.added", f"job/{number}", {"runs": [run]})


def test_boards_that_saw_a_lot(store):
    opened(store, board_serial="A", materials=[FLUX])
    opened(store, board_serial="B", materials=[PASTE])
    opened(store, board_serial="C", materials=[Material("flux", "gel", "F-78")])
    assert [(use.board_serial, use.kind) for use in store.with_lot("F-77")] == [
        ("A", "flux"), ("B", "paste"),
    ]  # fmt: skip
    assert [use.job for use in store.with_lot("F-77", kind="paste")] == [2]
    assert store.with_lot("none") == []


def test_runs_without_a_certificate_that_counted_on_the_day(store):
    subject = f"operator/{AUTHOR}"
    held = Certificate("CIS", (1,), date(2024, 1, 10), number="C-1")
    store.append(AUTHOR, "operator.added", subject, {"certificates": [held]})
    number = opened(store)
    for day in ((1, 9), (1, 10), (1, 11)):
        heated(store, number, AUTHOR, day)
    heated(store, number, "Nobody Known", (1, 9))
    late = [(line.operator, line.started_on, line.last_until) for line in store.uncertified()]
    assert late == [
        (AUTHOR, "2026-01-11", "2026-01-10"), ("Nobody Known", "2026-01-09", None),
    ]  # fmt: skip
    assert [line.operator for line in store.uncertified("Nobody Known")] == ["Nobody Known"]
    store.append(AUTHOR, "operator.certified", subject,
                 Certificate("CIS", (1,), date(2026, 1, 11), number="C-2").__dict__)  # fmt: skip
    assert store.uncertified(AUTHOR) == []


def test_a_revoked_certificate_counts_until_the_day_before(store):
    subject = f"operator/{AUTHOR}"
    store.append(AUTHOR, "operator.added", subject, {"certificates": [CERTIFICATE]})
    store.append(AUTHOR, "operator.revoked", subject,
                 {"number": "C-1", "reason": "issued in error", "at": "2026-02-01"})  # fmt: skip
    number = opened(store)
    for day in ((1, 31), (2, 1)):
        heated(store, number, AUTHOR, day)
    assert [line.started_on for line in store.uncertified()] == ["2026-02-01"]


def test_sites_with_more_cycles_than_this_over_all_jobs(store):
    for number in (1, 2):
        opened(store, sites=[BGA, {"reference": "R1"}])
        heated(store, number, AUTHOR, (1, number), "U7")
        heated(store, number, AUTHOR, (2, number), "U7", "R1")
    hot = store.hot_sites(2)
    assert [(line.reference, line.cycles, line.jobs) for line in hot] == [("U7", 4, (1, 2))]
    assert [line.reference for line in store.hot_sites(1)] == ["U7", "R1"]
    assert store.hot_sites(4) == []


def test_events_as_json_lines(store):
    full(store)
    made = [json.loads(line) for line in store.export("jsonl")]
    assert [one["seq"] for one in made] == list(range(1, 8))
    assert made[0]["body"]["sites"] == [{"package": "BGA-256", "reference": "U7"}]


@pytest.mark.parametrize("form", list(export.TABLES))
def test_tables_as_csv(store, form):
    full(store)
    rows = list(csv.DictReader(store.export(form)))
    assert rows and all(None not in row and None not in row.values() for row in rows)
    assert "document" not in rows[0]


def test_a_text_is_no_formula_in_a_spreadsheet(store):
    opened(store, board_serial="=1+2")
    rows = list(csv.DictReader(store.export("jobs.csv")))
    assert rows[0]["board_serial"] == "'=1+2"


def test_an_unknown_form_is_refused(store):
    with pytest.raises(UsageError, match="choose jsonl"):
        list(store.export("xml"))


def test_a_run_of_an_unknown_day_is_not_taken_for_a_certified_one(store):
    opened(store)
    store.append(AUTHOR, "operator.added", f"operator/{AUTHOR}", {"certificates": [CERTIFICATE]})
    run = run_ref(store, b"no clock", started_at=None)
    store.append(AUTHOR, "job.added", "job/1", {"runs": [run]})
    (line,) = store.uncertified(AUTHOR)
    assert (line.run_id, line.started_on, line.last_until) == (run.run_id, None, None)
