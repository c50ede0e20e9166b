"""The self-test's order on the real firmware inside this process, whose time is the test's."""

import pytest

from host.unit_here import ALL, TWO, placing
from preheat.errors import OperatorStop, Refused
from preheat.ownership import Lending, _ForOthers
from preheat.selftest import (
    ABSENT,
    FAIL,
    OK,
    SKIPPED,
    WARN,
    Options,
    run,
    unproven,
)  # fmt: skip
from preheat_core.contactor_proof import MOVES

QUICK = Options(quick=True)
PROOF = Options(quick=True, proof=True)  # somebody stays, though nobody is at a terminal


@pytest.fixture
def made(tmp_path, monkeypatch):
    yield from placing(tmp_path, monkeypatch)


class Person:
    """Somebody there: does what is told, and sees what is on."""

    def __init__(self, line):
        self.line = line
        self.told = []
        self.does = {}  # the beginning of what is told → what is done then
        self.blind = ()

    def tell(self, text):
        self.told.append(text)
        for words, act in self.does.items():
            if text.startswith(words):
                act()

    def ask(self, question):
        return not any(word in question for word in self.blind)


def results(line, options=QUICK, person=None, **more):
    person = person or Person(line)
    found = run(line, options, more.get("ask", person.ask), person.tell)
    return {row.name: row for row in found}


def handy(line):
    """A person who opens and closes the interlock when told to."""
    person = Person(line)
    lock = line.bench.interlock
    person.does = {"open the interlock": lambda: lock(1), "… and close": lambda: lock(0)}
    return person


def test_a_healthy_unit_with_a_person_beside_it_passes_everything(made):
    line = made()
    found = results(line, Options(watchdog=True), handy(line))
    want = dict.fromkeys((
        "identity", "heap", "probes", "cold-junctions", "interlock", "lamp", "contactor",
        "contactor-proof", "storage", "ticks", "watchdog",
    ), OK)  # fmt: skip
    want["heap"] = SKIPPED  # this Python does not tell
    want.update(buzzer=ABSENT, fan=ABSENT)
    assert {name: row.result for name, row in found.items()} == want, found
    assert list(found)[-1] == "watchdog"
    assert line.bench.unit.leaving == "bite" and line.bench.ssr.level == 0


def test_without_a_person_what_nobody_saw_is_said_so(made):
    found = results(made(), ask=None)
    for name in ("interlock", "lamp", "contactor"):
        assert found[name].result == WARN
        assert "not seen by a person" in found[name].seen + found[name].meaning
    assert "ticks" not in found and "watchdog" not in found


def test_without_a_person_the_relay_is_not_switched_on_unless_somebody_says_so(made):
    line = made()
    found = results(line, ask=None)["contactor-proof"]
    assert (found.result, found.seen) == (
        SKIPPED, "left out: nobody is there to watch the relay")
    assert "--proof" in found.next
    assert ("test", "proof") not in [(cmd, args.get("what")) for cmd, args in line.asked]
    assert results(line, PROOF, ask=None)["contactor-proof"].result == OK


def test_a_welded_contactor_fails_and_what_comes_after_is_skipped(made):
    line = made()
    line.bench.welded = True
    found = results(line, PROOF, ask=None)
    assert found["contactor-proof"].result == FAIL and "UNPLUG" in found["contactor-proof"].next
    assert found["storage"].result == SKIPPED and "contactor is latched" in found["storage"].seen
    assert line.bench.ssr.level == 0


def test_without_a_contactor_there_is_nothing_to_prove_and_it_says_what_that_means(made):
    pins = {key: pin for key, pin in ALL["pins"].items() if key != "contactor"}
    found = results(made(dict(ALL, pins=pins)), ask=None)
    assert found["contactor-proof"].result == ABSENT
    assert "no contactor" in found["contactor-proof"].seen
    assert "stuck on" in found["contactor-proof"].meaning


def test_a_proof_waits_for_a_heater_that_is_not_quite_at_rest(made):
    line = made()
    person = Person(line)
    line.bench.probe.temp_c = 34.0  # it cools by 0.6 C in 20 s at first
    line.bench.wait(2)
    found = results(line, PROOF, person, ask=None)
    assert MOVES in person.told and found["contactor-proof"].result == OK


def test_an_interlock_that_nobody_can_open_fails(made):
    line = made()
    found = results(line, person=Person(line))
    assert found["interlock"].result == FAIL and "bridged" in found["interlock"].next


def test_an_interlock_that_is_open_fails_and_nobody_is_asked_to_open_it(made):
    line = made()
    line.bench.interlock(1)
    line.bench.wait(1)
    person = Person(line)
    found = results(line, person=person)["interlock"]
    assert (found.result, found.seen) == (FAIL, "open") and "Close it" in found.next
    assert not [text for text in person.told if "interlock" in text]


def test_a_lamp_that_nobody_sees_fails(made):
    line = made()
    person = handy(line)
    person.blind = ("lamp",)
    assert results(line, person=person)["lamp"].result == FAIL


def test_what_stands_in_the_way_is_refused_before_anything_is_tried(made):
    line = made()
    line.bench.probe.temp_c = 55.0
    line.bench.wait(2)
    with pytest.raises(Refused) as hot:
        results(line)
    assert hot.value.code == "hot"
    line.bench.unit.kernel.fail("late", "tried")
    with pytest.raises(Refused, match="late is latched"):
        results(line)
    assert {cmd for cmd, _ in line.asked} == {"status"}


def test_a_run_is_refused(made):
    line = made()
    line.bench.begin()
    with pytest.raises(Refused, match="is not over"):
        results(line)


def test_a_dead_probe_fails_and_the_rest_is_still_looked_at(made):
    line = made()
    line.bench.probe.word = 0x00010001  # open
    line.bench.wait(2)
    found = results(line, PROOF, ask=None)
    assert found["probes"].result == FAIL and found["lamp"].result == WARN
    assert found["contactor-proof"].result == SKIPPED
    assert "every probe must read" in found["contactor-proof"].seen


@pytest.mark.parametrize("code", ["flash_bad", "flash_full"])
def test_a_flash_that_does_not_hold_what_is_written_fails(made, code):
    line = made()
    line.bench.unit.logs.probe = lambda size: (code, "what was written did not read back")
    found = results(line, ask=None)
    assert found["storage"].result == FAIL and "did not read back" in found["storage"].seen
    assert found["storage"].next
    assert found[f"fault {code}"].result == FAIL and found[f"fault {code}"].next


def test_a_fault_that_comes_while_it_is_tested_fails(made):
    line = made()
    person = Person(line)
    person.does = {"counting ticks": lambda: line.bench.unit.kernel.fail("late", "tried")}
    found = results(line, Options(), person, ask=None)
    assert found["fault late"].result == FAIL


def test_the_proof_is_left_out_where_the_mains_are_off(made):
    line = made()
    found = results(line, Options(quick=True, proof=False), ask=None)
    assert found["contactor-proof"].result == SKIPPED
    assert "mains are off" in found["contactor-proof"].seen and found["contactor-proof"].next
    assert ("test", "proof") not in [(cmd, args.get("what")) for cmd, args in line.asked]
    assert "contactor-proof" in unproven(list(found.values()))


def test_a_stop_from_another_window_ends_the_whole_test(made):
    line = made()
    lending = Lending(line)
    request = line.request

    def while_the_relay_is_on(cmd, timeout_s=3.0, **args):
        if cmd == "beat" and line.bench.ssr.level:
            line.request = request
            _ForOthers(lending).request("stop")
        return request(cmd, timeout_s, **args)

    line.request = while_the_relay_is_on
    found = []
    with pytest.raises(OperatorStop) as stopped:
        run(lending, PROOF, None, lambda text: None, found)
    assert stopped.value.exit_code == 6
    assert line.bench.ssr.level == 0 and line.bench.unit.kernel.trial is None
    names = [row.name for row in found]
    assert "lamp" in names and "contactor-proof" not in names and "storage" not in names


def test_a_stop_between_two_trials_lets_no_other_begin(made):
    line = made()
    lending = Lending(line)

    def answer(question):
        _ForOthers(lending).request("stop")
        return True

    with pytest.raises(OperatorStop):
        run(lending, QUICK, answer, handy(line).tell)
    tried = [args["what"] for cmd, args in line.asked if cmd == "test"]
    assert tried == ["lamp"]


def test_a_stop_on_the_unit_itself_ends_the_whole_test(made):
    line = made()
    request = line.request

    def pressed(cmd, timeout_s=3.0, **args):
        if cmd == "beat" and line.bench.ssr.level:
            line.bench.unit.kernel.orders.stop()
        return request(cmd, timeout_s, **args)

    line.request = pressed
    with pytest.raises(OperatorStop):
        results(line, PROOF, ask=None)


def test_an_interrupted_proof_is_stopped(made):
    line = made()
    request = line.request

    def interrupted(cmd, timeout_s=3.0, **args):
        if cmd == "beat" and line.bench.ssr.level:
            raise KeyboardInterrupt
        return request(cmd, timeout_s, **args)

    line.request = interrupted
    with pytest.raises(KeyboardInterrupt):
        results(line, PROOF, ask=None)
    assert line.bench.ssr.level == 0 and line.bench.unit.kernel.trial is None


@pytest.mark.parametrize("swapped", [False, True])
def test_tips_warmed_in_turn(made, swapped):
    line = made(TWO)
    bench = line.bench
    person = handy(line)

    def fingers(probe):
        def warm():
            probe.temp_c = 31.0

        return warm

    order = (bench.top, bench.probe) if swapped else (bench.probe, bench.top)
    person.does["warm the tip of 'plate'"] = fingers(order[0])
    person.does["warm the tip of 'top'"] = fingers(order[1])
    found = results(line, Options(probes=True, quick=True), person)
    want = FAIL if swapped else OK
    assert found["tip-plate"].result == found["tip-top"].result == want
    if swapped:
        assert found["tip-plate"].seen == "top rose"
        assert "Swap the plugs of plate and top" in found["tip-plate"].next
