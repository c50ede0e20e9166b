"""The words of the faults: a row per code of the unit's table, in its order, and how they show."""

from preheat import faulttexts, logs, summary
from preheat.runview import event_text, fault_text
from preheat_core import faults, runlog

FAULT = {"t_ms": 5, "ev": "fault", "code": "tc_open", "detail": "plate"}


def test_unit_and_host_have_the_same_codes_in_the_same_order():
    assert tuple(faulttexts.TEXTS) == faults.CODES


def test_every_row_says_evidence_cause_and_action_in_words_of_its_own():
    for code, text in faulttexts.TEXTS.items():
        assert text.evidence and not text.evidence.endswith("."), code
        assert text.sentence.endswith(".") and text.action.endswith("."), code
    for column in ("sentence", "action"):
        words = [getattr(text, column) for text in faulttexts.TEXTS.values()]
        assert len(set(words)) == len(words), column


def test_what_calls_for_the_plug_says_so_first():
    unplug = {code for code, severity, _ in faults.FAULTS if severity == faults.UNPLUG}
    told = {code for code, text in faulttexts.TEXTS.items() if text.action.startswith("UNPLUG")}
    assert told == unplug


def test_a_fault_is_shown_with_sentence_measurement_and_action():
    text = faulttexts.TEXTS["tc_open"]
    assert event_text(FAULT) == f"FAULT tc_open: {text.sentence} [plate] {text.action}"


def test_a_fault_that_only_a_newer_unit_knows_is_shown_as_it_is():
    assert faulttexts.find("from_the_future") is None and faulttexts.find(None) is None
    assert fault_text("from_the_future", "seen") == "FAULT from_the_future [seen]"
    strange = {"ev": "fault", "code": "from_the_future"}
    assert faulttexts.told([strange, {"st": "idle"}]) == [strange, {"st": "idle"}]


def test_documents_for_programs_have_the_action_that_the_unit_left_out():
    log = runlog.Log()
    log.events = [FAULT, {"t_ms": 6, "ev": "end", "run": "r000001", "end": "fault:tc_open"}]
    for events in (logs.to_dict(log)["events"], summary.summarise(log)["events"]):
        assert events == [{**FAULT, "action": faulttexts.TEXTS["tc_open"].action}, log.events[1]]
    assert "action" not in FAULT, "the log itself stays as it was read"


def test_an_older_log_keeps_the_action_that_its_unit_wrote():
    assert faulttexts.told([{**FAULT, "action": "Look."}]) == [{**FAULT, "action": "Look."}]
