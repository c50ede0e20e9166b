"""The judge of the campaign can fail: what it says of units that are broken on purpose."""

import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import campaign_cases  # noqa: E402
import campaign_play  # noqa: E402
import campaign_table  # noqa: E402

from preheat_core import kernel as kernel_module  # noqa: E402
from preheat_core.guard import Guard  # noqa: E402
from preheat_core.latch import Latch  # noqa: E402
from preheat_core.runlog import Writer  # noqa: E402
from preheat_fw.incidents import Incidents  # noqa: E402
from preheat_fw.loop import Loop  # noqa: E402


def first(kind, value=None, healthy=False):
    """The first case of one fault of this kind, alone and lasting, that is not there before."""
    for n in range(4000):
        case = campaign_cases.draw(campaign_cases.label(7, n, healthy))
        row = case.faults[0] if case.faults else {"kind": None}
        if len(case.faults) == 1 and row["kind"] == kind and "duration_s" not in row:
            if row["at_s"] >= 5 and row.get("probe") is None and (value is None or value(row)):
                return case.label
    raise AssertionError(f"no case of {kind}")


def blind(self, *_args):
    """A guard that never trips and never withholds heat."""
    step(self, *_args)
    self.trips = []
    self.inhibit = None


step = Guard.step


@pytest.mark.parametrize("kind", ("tc_open", "spi_zero", "interlock", "ssr_stuck_on"))
def test_a_guard_that_never_trips_is_unsafe(monkeypatch, kind):
    monkeypatch.setattr(Guard, "step", blind)
    result = campaign_play.play(first(kind))
    assert result["codes"] == []
    assert any(kind in sentence for sentence in result["unsafe"]), result
    assert result["faults"][0]["missed"]


def test_a_guard_that_always_trips_is_a_false_trip(monkeypatch):
    def nervous(self, *args):
        step(self, *args)
        if args[-1].running and len(Nervous.ticks) > 200:
            self.trips = [("frozen", "a nervous guard")]
        Nervous.ticks.append(1)

    class Nervous:
        ticks = []

    monkeypatch.setattr(Guard, "step", nervous)
    result = campaign_play.play("7:0h")
    assert result["false"] and "frozen" in result["false"][0] and result["unsafe"] == []
    document = campaign_table.summary([result])
    assert document["false"] == [result] and "7:0h" in campaign_table.text(document)


def test_heat_after_a_trip_is_unsafe(monkeypatch):
    monkeypatch.setattr(
        kernel_module.Kernel, "heating",
        property(lambda self: self.run is not None and self.run.end in (None, "fault")),
    )
    monkeypatch.setattr(
        kernel_module.Run, "heating", property(lambda self: self.end in (None, "fault"))
    )
    monkeypatch.setattr(kernel_module.Run, "finish_heat", lambda self, end: setattr(
        self, "end", self.end or end))
    result = campaign_play.play(first("interlock"))
    assert any("heat" in sentence for sentence in result["unsafe"]), result


def test_a_latch_that_forgets_over_a_reset_is_unsafe(monkeypatch):
    made = Latch.__init__
    monkeypatch.setattr(Latch, "__init__", lambda self, rows=(): made(self, ()))
    result = campaign_play.play(first("tc_open"))
    assert any("lost over the reset" in sentence for sentence in result["unsafe"]), result


def test_a_log_that_does_not_read_is_unsafe(monkeypatch):
    event = Writer.event

    def torn(self, row):
        blocks = event(self, row)
        return [block[:-1] + b"\x00" for block in blocks]

    monkeypatch.setattr(Writer, "event", torn)
    result = campaign_play.play(first("tc_open"))
    assert any(sentence.startswith("log r0") for sentence in result["unsafe"]), result


def test_too_hot_under_control_is_unsafe(monkeypatch):
    """Full power from a controller that has lost its mind, and no guard."""

    def mad(self, dt_ms, temp_c, free):
        self.duty = 1.0

    monkeypatch.setattr(Guard, "step", blind)
    monkeypatch.setattr(kernel_module.Run, "steer", mad)
    cases = (campaign_cases.draw(f"7:{n}h") for n in range(500))
    label = next(case.label for case in cases if case.limit_c < 185 and case.unit.power > 1
                 and case.unit.heater == "quartz" and len(case.runs) == 1)
    result = campaign_play.play(label)
    assert any("of margin" in sentence for sentence in result["unsafe"]), result
    assert result["excess_c"] > 20


def mad(self, dt_ms, temp_c, free):
    """A controller that has lost its mind."""
    self.duty = 1.0


def played(monkeypatch, unit, *faults, again=None):
    """What comes of these faults on the first unit that is as wanted."""
    cases = (campaign_cases.draw(campaign_cases.label(7, n, False)) for n in range(500))
    case = next(case for case in cases if unit(case))
    case.faults[:] = [fault if isinstance(fault, dict) else fault(case) for fault in faults]
    if again is not None:
        case.again, case.runs = again, [*case.runs, case.runs[0]]
    monkeypatch.setattr(campaign_play, "draw", lambda label: case)
    return campaign_play.play(case.label)


def hot(case):
    """It gets far over its limit within the time that a run is played."""
    return case.limit_c < 185 and case.unit.power > 1 and case.unit.heater == "quartz"


def mute(monkeypatch):
    """A unit that calls every fault by a name which answers none of them."""
    fail = kernel_module.Kernel.fail
    monkeypatch.setattr(kernel_module.Kernel, "fail",
                        lambda self, _code, detail: fail(self, "link", detail))


def test_another_code_ends_a_run_and_finds_nothing(monkeypatch):
    mute(monkeypatch)
    result = campaign_play.play(first("tc_open"))
    fault = result["faults"][0]
    assert (fault["code"], fault["ended"], fault["missed"]) == (None, "link", False)
    assert result["unsafe"] == []  # the heat is off
    table = campaign_table.summary([result])["kinds"][0]
    assert (table["found"], table["codes"], table["ended"]) == (0, {}, {"link": 1})


def test_heat_that_nothing_can_cut_and_no_unplug_is_unsafe(monkeypatch):
    mute(monkeypatch)
    result = played(monkeypatch, lambda case: case.unit.load_sense and not case.unit.contactor,
                    {"kind": "ssr_stuck_on", "at_s": 20.0})
    assert any("no UNPLUG after link" in sentence for sentence in result["unsafe"]), result
    assert result["faults"][0]["unplug"] is False


@pytest.mark.parametrize("how", ("rubbish", "none"))
def test_a_fault_without_an_incident_that_reads_is_unsafe(monkeypatch, how):
    def rubbish(self, _ring, most):
        self._file.append(b"rubbish")
        self._row += most

    if how == "rubbish":
        monkeypatch.setattr(Incidents, "_block", rubbish)
    else:
        monkeypatch.setattr(Incidents, "tick", lambda self, heat: None)
        monkeypatch.setattr(Incidents, "finish", lambda self: None)
    result = campaign_play.play(first("tc_open"))
    wanted = "incident r000001: " if how == "rubbish" else "tc_open was latched and left no"
    assert any(sentence.startswith(wanted) for sentence in result["unsafe"]), result


def test_a_reading_that_stood_for_a_second_does_not_excuse_what_comes_later(monkeypatch):
    monkeypatch.setattr(Guard, "step", blind)
    monkeypatch.setattr(kernel_module.Run, "steer", mad)
    result = played(monkeypatch, hot, {"kind": "tc_frozen", "at_s": 5.0, "duration_s": 1.0})
    assert any("of margin" in sentence for sentence in result["unsafe"]), result


def test_what_a_fallen_probe_hides_is_margin_and_stands_in_the_table(monkeypatch):
    monkeypatch.setattr(Guard, "step", blind)
    monkeypatch.setattr(kernel_module.Run, "steer", mad)
    result = played(monkeypatch, lambda case: hot(case) and len(case.unit.board["probes"]) == 1,
                    {"kind": "tc_detached", "at_s": 5.0, "value": 0.35})
    assert result["excess_c"] > 10
    assert not any("of margin" in sentence for sentence in result["unsafe"]), result


@pytest.mark.parametrize("other", (True, False))
def test_another_probe_that_stands_hides_nothing_of_the_boards(monkeypatch, other):
    def stands(case):
        return {"kind": "tc_frozen", "at_s": 1.0,
                "probe": case.unit.board["probes"][int(other)]["name"]}

    monkeypatch.setattr(Guard, "step", blind)
    result = played(monkeypatch, lambda case: len(case.unit.board["probes"]) > 1,
                    {"kind": "tc_open", "at_s": 12.0}, stands)
    assert any("tc_open" in sentence for sentence in result["unsafe"]) == other, result


def test_an_exception_that_leaves_the_app_is_unsafe(monkeypatch):
    def careless(self, error, silent):
        raise error

    monkeypatch.setattr(Loop, "_fail", careless)
    result = campaign_play.play(first("raise"))
    assert any("left the app" in sentence for sentence in result["unsafe"]), result
    assert result["faults"][0]["began"]
    assert any("nothing latched" in sentence for sentence in result["unsafe"]), result


def test_a_time_that_no_run_can_reach_is_a_false_trip(monkeypatch):
    def hasty(self, *args):
        step(self, *args)
        if args[-1].running:
            self.trips = [("ramp_timeout", "a hasty guard")]

    monkeypatch.setattr(Guard, "step", hasty)
    result = campaign_play.play("7:0h")
    assert result["false"] and "ramp_timeout" in result["false"][0]
    profile = campaign_cases.draw("7:0h").profile
    longest_s = 3 * campaign_cases.HEALTHY_CAP_S
    assert min(stage["ramp_max_s"] for stage in profile["stages"]) > longest_s


def test_who_starts_again_on_the_same_cause_is_told_of_it_again(monkeypatch):
    result = played(
        monkeypatch, lambda case: True,
        {"kind": "raise", "at_s": 5.0, "where": "unit.kernel.guard.step", "error": 0,
         "after": False, "times": 1 << 30},
        again={"ack_s": 1.0, "clear_s": 2.0},
    )
    assert [row["code"] for row in result["faults"] + result["again"]] == ["internal"] * 2
    found = campaign_table.summary([result])
    assert (found["cleared"], found["again_evident"], found["again_found"]) == (1, 1, 1)


def test_what_was_found_before_the_latch_was_cleared_must_be_found_anew(monkeypatch):
    cleared = []

    def careless(self, _present, _hot):
        cleared.append(True)

    def from_then_on(self, *args):
        blind(self, *args) if cleared else step(self, *args)

    monkeypatch.setattr(Latch, "keeps", careless)
    monkeypatch.setattr(Guard, "step", from_then_on)
    result = played(monkeypatch, lambda case: case.unit.load_sense and not case.unit.contactor,
                    {"kind": "ssr_stuck_on", "at_s": 5.0}, again={"ack_s": 1.0, "clear_s": 2.0})
    assert result["faults"][0]["code"] == "stuck_on" and cleared
    assert any("ssr_stuck_on" in sentence for sentence in result["unsafe"]), result
    assert result["again"][0]["missed"]
