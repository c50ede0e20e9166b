"""The numbers of a run as shown: the unit's own where there are any, else from the records."""

from host.fake_unit import make_log
from preheat import summary
from preheat.card import make_card, planned_s
from preheat.runview import PlainView, event_text, fault_text, minutes, status_line
from preheat.tomlfiles import load_profile
from preheat_core import runlog
from preheat_core.events import EVENTS


def test_the_unit_s_own_numbers_count():
    found = summary.summarise(runlog.read(make_log("r000001", "done")))
    assert (found["run_id"], found["state"], found["computed"]) == ("r000001", "done", "unit")
    assert found["tracking_rmse_c"] == 1.25
    text = "\n".join(summary.lines(found))
    assert "peak      25.5 °C" in text
    assert "0:02" in text


def test_a_log_that_was_cut_off_gets_its_numbers_here():
    log = runlog.read(make_log("r000001", "done", whole=False))
    found = summary.summarise(log)
    assert (found["state"], found["computed"]) == (None, "host")
    assert found["peak_c"] == 25.5
    assert found["tracking_rmse_c"] is not None
    assert found["peaks"] == [["plate", 25.5]]
    text = "\n".join(summary.lines(found))
    assert "cut off" in text
    assert "computed from the records" in text


def test_a_fault_is_told_with_its_action():
    found = summary.summarise(runlog.read(make_log("r000001", "fault:tc_open")))
    assert "Check the plug" in "\n".join(summary.lines(found))


def test_nothing_at_all_can_be_summarised():
    found = summary.summarise(runlog.read(b""))
    assert found["peak_c"] is None
    assert summary.lines(found)


def test_the_card_names_the_tightest_limit_of_a_fitted_probe():
    profile = load_profile("hotplate-sac305")
    rows = [["board", 250, 246, "alloy"], ["component", 245, 241, "package"],
            ["heater", 200, 180, "board file"]]
    status = {"probes": [["plate", "board", 24.0, None], ["e", "heater", None, "tc_open"]]}
    card = make_card({"name": "a"}, status, {"limits": rows}, profile)
    assert card.binding.source == "alloy"
    assert card.planned_s == round(planned_s(profile, 24.0), 1)
    text = "\n".join(card.lines())
    assert "NO READING: tc_open" in text
    assert "off for good at 250 °C (alloy)" in text
    assert card.as_dict()["binding"]["trip_c"] == 250
    status["probes"].append(["u3", "component", 24.0, None])
    assert make_card({}, status, {"limits": rows}, profile).binding.role == "component"


def test_the_card_warns_of_a_limit_that_no_probe_watches():
    profile = load_profile("bga-sac305")
    rows = [["board", 212, 208, "alloy"], ["board_top", 245, 241, "BGA"],
            ["component", 245, 241, "BGA"]]
    status = {"probes": [["plate", "board", 24.0, None], ["u3", "component", 24.0, None]]}
    card = make_card({"name": "a"}, status, {"limits": rows}, profile)
    warnings = [line for line in card.lines() if line.startswith("WARNING")]
    assert warnings == ["WARNING  no board_top probe on this unit: nothing watches its limit of "
                        "245 °C (BGA)"]
    assert [row["role"] for row in card.as_dict()["unwatched"]] == ["board_top"]
    status["probes"].append(["top", "board_top", 24.0, None])
    assert not make_card({}, status, {"limits": rows}, profile).unwatched


def test_status_line():
    message = {"st": "hold", "i": 1, "c": [148.2, None], "sp": 150, "u": 45, "t": 192, "l": 61}
    assert status_line(message, ("plate", "top"), ("warm", "soak")) == (
        "HOLD soak (2/2) · plate 148.2 °C · top — °C · → 150.0 °C · duty 45 % · 3:12 · 1:01 left"
    )
    fault = {"st": "fault", "f": "tc_open", "c": [25.0]}
    assert status_line(fault) == "FAULT tc_open · probe 1 25.0 °C"
    assert status_line({**fault, "st": "cool"}) == "COOL · FAULT tc_open · probe 1 25.0 °C"
    assert status_line({}) == "?"


def test_every_event_of_the_protocol_can_be_shown():
    for name, fields in EVENTS:
        text = event_text({"ev": name, **dict.fromkeys(fields)})
        assert isinstance(text, str)
    assert "role" not in event_text({"ev": "approach", "role": "board"})
    assert event_text({"ev": "from the future"}) == ""
    assert fault_text("from_the_future") == "FAULT from_the_future"


def test_minutes():
    shown = [minutes(s) for s in (0, 59.9, 60, 3661, -5)]
    assert shown == ["0:00", "0:59", "1:00", "61:01", "0:00"]


def test_the_plain_view_speaks_on_change_and_now_and_then(capsys):
    with PlainView(("plate",), ("warm",)) as view:
        for t in (1, 2, 3, 40):
            view.status({"st": "ramp", "i": 0, "c": [30.0], "t": t})
        view.status({"st": "hold", "i": 0, "c": [30.0], "t": 41})
        view.event({"ev": "from the future"})
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 3
