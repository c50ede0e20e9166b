"""Following a run: lost events, lost answers, keys, and two kinds of Ctrl-C."""

import pytest

from preheat import faulttexts
from preheat.errors import DeviceLost, OperatorStop, Refused, RunFault
from preheat.job import collect
from preheat.ownership import Lending
from preheat.runner import UNKNOWN_HEAT, Outcome, Run, fault_detail, raise_for_end
from preheat_core import faults


class ScriptedLink:
    """Hands out one list of messages per poll, then nothing; answers from a table."""

    def __init__(self, polls=(), **answers):
        self.hello = {"boot_id": "b1"}
        self.polls = list(polls)
        self.answers = answers
        self.asked = []

    def poll(self, timeout_s=0.0):
        return self.polls.pop(0) if self.polls else []

    def request(self, cmd, timeout_s=3.0, **args):
        self.asked.append((cmd, args))
        answer = self.answers.get(cmd, {})
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Notes:
    """A view that remembers."""

    def __init__(self):
        self.notes, self.events, self.statuses = [], [], []

    def note(self, text):
        self.notes.append(text)

    def event(self, message):
        self.events.append(message["ev"])

    def status(self, message):
        self.statuses.append(message["st"])


class Presses:
    """Keys: one list of orders per look."""

    def __init__(self, *looks):
        self.looks = list(looks)

    def read(self):
        return self.looks.pop(0) if self.looks else []


class CtrlC:
    """Stands for Interrupts: pressed once before the first look."""

    def __init__(self, count=0):
        self.count = count

    def forgive(self):
        self.count = 0


class Clock:
    """Ten seconds pass between two looks."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        self.now_s += 10.0
        return self.now_s


END = {"ev": "end", "run": "r1", "end": "done"}
CLOSED = {"ev": "closed", "run": "r1"}
HEATING = {"run_id": "r1", "state": "ramp", "end": None, "faults": []}


def follow(link, keys=None, interrupts=None):
    view = Notes()
    run = Run(link, "token", "r1", view, keys or Presses(), interrupts or CtrlC())
    return run.follow(Clock()), view


def test_the_usual_way():
    link = ScriptedLink([[{"st": "ramp"}], [END], [CLOSED]], status=HEATING)
    outcome, view = follow(link)
    assert outcome == ("r1", "done", [END, CLOSED], True)
    assert view.statuses == ["ramp"]


def test_events_of_other_runs_do_not_end_this_one():
    other = {**END, "run": "r0"}
    link = ScriptedLink([[other], [END, CLOSED]], status=HEATING)
    assert follow(link)[0].end == "done"


def test_a_fault_after_the_end_counts():
    closed = {**CLOSED, "end": "fault:stuck_on"}
    link = ScriptedLink([[END], [closed]], status={**HEATING, "state": "cool"})
    assert follow(link)[0].end == "fault:stuck_on"


@pytest.mark.parametrize(
    ("status", "end"),
    [
        ({"run_id": None, "state": "idle", "end": "done", "faults": []}, "done"),
        ({"run_id": None, "state": "idle", "end": None, "faults": []}, "unseen"),
        ({"run_id": "r2", "state": "ramp", "end": "aborted", "faults": []}, "aborted"),
    ],
)
def test_lost_events_are_learnt_from_the_status(status, end):
    outcome, _ = follow(ScriptedLink(status=[HEATING, status]))
    assert (outcome.end, outcome.closed) == (end, True)


def test_a_fault_is_learnt_from_the_status_and_then_the_log_awaited():
    latched = {"run_id": "r1", "state": "fault", "end": None, "faults": ["link", "stuck_on"]}
    link = ScriptedLink([[]] * 6 + [[CLOSED]], status=[HEATING, latched])
    outcome, _ = follow(link)
    assert (outcome.end, outcome.closed) == ("fault:stuck_on", True)


def test_telemetry_of_an_ended_run_makes_it_ask_at_once():
    link = ScriptedLink([[{"st": "idle"}]], status={**HEATING, "run_id": None, "end": "done"})
    assert follow(link)[0].end == "done"
    assert [cmd for cmd, _ in link.asked] == ["status"]


def test_a_restart_ends_the_run():
    link = ScriptedLink([[{"hello": {"boot_id": "b1"}}], [{"hello": {"boot_id": "b2"}}]],
                        status=HEATING)
    outcome, view = follow(link)
    assert (outcome.end, outcome.closed) == ("reset", True)
    assert any("restarted" in note for note in view.notes)


def test_keys_give_orders():
    keys = Presses(
        ["continue", "warmer", "cooler", "ack", "external", "external"], ["stop"]
    )
    link = ScriptedLink([[], [], [END, CLOSED]], status=HEATING, stop={"heat": False},
                        trim={"setpoint_c": 151.0})
    _, view = follow(link, keys)
    orders = [(cmd, args) for cmd, args in link.asked if cmd != "status"]
    assert orders == [
        ("continue", {"token": "token"}), ("trim", {"token": "token", "delta_c": 1}),
        ("trim", {"token": "token", "delta_c": -1}), ("ack", {}),
        ("ext", {"token": "token", "on": True}), ("ext", {"token": "token", "on": False}),
        ("stop", {}),
    ]
    assert view.notes.count("heat off") == 1


def test_a_refused_order_is_told_and_the_run_goes_on():
    link = ScriptedLink([[], [END, CLOSED]], status=HEATING,
                        **{"continue": Refused("nothing waits", code="state")})
    outcome, view = follow(link, Presses(["continue"]))
    assert outcome.end == "done"
    assert any("nothing waits" in note for note in view.notes)


def test_ctrl_c_stops_and_later_leaves_the_open_log():
    class Again(CtrlC):
        def forgive(self):
            self.count = 1  # pressed again right after the stop

    link = ScriptedLink([[], [{**END, "end": "aborted"}]], status=HEATING, stop={"heat": False})
    outcome, view = follow(link, interrupts=Again(1))
    assert (outcome.end, outcome.closed) == ("aborted", False)
    assert "heat off" in view.notes


@pytest.mark.parametrize(
    "lost", [DeviceLost("gone"), KeyboardInterrupt(), Refused("what?", code="unknown")]
)
def test_a_stop_that_nobody_confirms_is_never_called_heat_off(lost):
    link = ScriptedLink(status=HEATING, stop=lost)
    view = Notes()
    run = Run(link, "token", "r1", view, Presses(), CtrlC(1))
    with pytest.raises(DeviceLost):
        run.follow(Clock())
    assert view.notes == [UNKNOWN_HEAT]


def test_leaving_before_the_stop_was_sent_says_that_the_heat_is_unknown():
    link = ScriptedLink(status=KeyboardInterrupt())  # Ctrl-C twice while an answer is awaited
    view = Notes()
    run = Run(link, "token", "r1", view, Presses(), CtrlC())
    with pytest.raises(DeviceLost):
        run.follow(Clock())
    assert view.notes == [UNKNOWN_HEAT]


def test_an_answer_without_heat_off_is_tried_again():
    link = ScriptedLink([[], [], [END, CLOSED]], status=HEATING,
                        stop=[{"heat": True}, {"heat": False}])
    _, view = follow(link, interrupts=CtrlC(1))
    assert view.notes[:2] == [UNKNOWN_HEAT, "heat off"]


@pytest.mark.parametrize(
    ("end", "error"),
    [("aborted", OperatorStop), ("reset", RunFault), ("unseen", RunFault)]
    + [(f"fault:{code}", RunFault) for code in faults.CODES],
)
def test_every_end_but_done_is_an_error(end, error):
    with pytest.raises(error) as caught:
        raise_for_end(end)
    assert str(caught.value)
    code = end.partition(":")[2]
    if code:
        assert faulttexts.TEXTS[code].action in str(caught.value)


def test_done_is_no_error():
    raise_for_end("done")


def test_the_detail_is_that_of_the_last_fault():
    events = [{"ev": "fault", "detail": "a"}, {"ev": "fault", "detail": "b"}, {"ev": "end"}]
    assert fault_detail(events) == " [b]"
    assert fault_detail([]) == ""


def test_a_result_without_its_log_has_the_same_keys():
    left = collect(ScriptedLink(), Outcome("r1", "aborted", [END], False))
    assert left.path is None
    assert left.as_dict()["state"] == "aborted"
    assert left.as_dict()["events"] == [END]
    assert {"peak_c", "duration_s", "tal_s", "log", "note"} <= set(left.as_dict())
    assert left.lines()[0] == "ended     aborted"


def test_a_transfer_that_fails_does_not_hide_how_the_run_ended(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    link = ScriptedLink(hello={"name": "a"}, get=Refused("not now", code="state"))
    result = collect(link, Outcome("r1", "fault:tc_open", [], True))
    assert (result.end, result.path) == ("fault:tc_open", None)
    assert "not now" in result.note
    with pytest.raises(Refused):
        collect(link, Outcome("r1", "done", [], True))


def test_the_owner_lends_its_token_to_other_windows():
    link = ScriptedLink()
    lending = Lending(link)
    lending.token = "t1"
    lending.request("continue")
    lending.request("stop")
    lending.request("beat", token="t2")
    assert link.asked == [("continue", {"token": "t1"}), ("stop", {}), ("beat", {"token": "t2"})]
    assert lending.hello is link.hello


def test_heartbeats_keep_up_with_a_unit_whose_time_runs_faster():
    told = [[{"st": "ramp", "t": t}] for t in (1, 2, 3, 4, 60)]
    link = ScriptedLink([*told, [END, CLOSED]], status=HEATING)
    view = Notes()
    Run(link, "token", "r1", view, Presses(), CtrlC()).follow(lambda: 0.0)
    assert [cmd for cmd, _ in link.asked] == ["beat"] * 3
