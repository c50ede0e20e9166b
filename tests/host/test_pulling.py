"""Pulling with a line that breaks: everything arrives, and nothing is let go of before it did."""

import pytest

from host.pull_unit import PullUnit, long_log, make_incident, make_log
from preheat import logs, paths, pulling
from preheat.connect import open_direct
from preheat.errors import DeviceLost, OperatorStop, VerifyError
from preheat.registry import Registry
from preheat_core import runlog

LOG = long_log("r000001")


@pytest.fixture
def unit(monkeypatch, tmp_path):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))
    monkeypatch.setattr(pulling, "PAUSE_S", 0.001)
    with PullUnit() as made:
        made.logs["r000001"] = LOG
        made.incidents["r000001"] = make_incident()
        yield made


def take(unit, delete=True, **more):
    """Pull the log and its incident and delete them in the unit, over a line that is reopened."""
    told = []

    def connect():
        return open_direct(unit.port, Registry())

    with connect() as first, pulling.Line(first, connect, told.append, 0.001) as line:
        found = [
            pulling.pull(line, "r000001", None, kind, delete, **more)
            for kind in ("log", "incident")
        ]
    return found, told


def requests_of_a_pull(unit):
    """How many requests it takes without a break."""
    take(unit)
    return unit.requests


def test_without_a_break_both_are_here_marked_and_gone_there(unit):
    incident = unit.incidents["r000001"]
    (log, other), told = take(unit)
    assert log.path.read_bytes() == LOG and other.path.read_bytes() == incident
    assert log.marked and log.deleted and other.marked and other.deleted and told == []
    assert unit.logs == {} and unit.incidents == {}
    assert list(log.path.parent.glob("*.part")) == []


@pytest.mark.parametrize("before", [True, False])
def test_a_break_at_every_single_request(unit, before):
    incident = unit.incidents["r000001"]
    count = requests_of_a_pull(unit)
    assert count > 20
    unit.before = before
    for number in range(1, count + 1):
        for path in paths.logs_dir().glob("*/*"):
            path.unlink()
        unit.logs, unit.incidents = {"r000001": LOG}, {"r000001": incident}
        unit.pulled.clear()
        unit.requests, unit.break_at, unit.asked = 0, (number,), []
        (log, other), told = take(unit)
        assert log.path.read_bytes() == LOG and other.path.read_bytes() == incident, number
        assert unit.logs == {} and unit.incidents == {} and len(told) == 1
        assert unit.requests <= count + 1  # it went on where it was


@pytest.mark.parametrize("before", [True, False])
def test_nothing_is_deleted_that_is_not_here_whenever_the_line_stays_broken(unit, before):
    count = requests_of_a_pull(unit)
    incident = make_incident()
    unit.before = before
    for number in range(1, count + 1):
        for path in paths.logs_dir().glob("*/*"):
            path.unlink()
        unit.logs, unit.incidents = {"r000001": LOG}, {"r000001": incident}
        unit.pulled.clear()
        unit.requests, unit.break_at = 0, range(number, number + 1000)
        with pytest.raises(DeviceLost):
            take(unit)
        folder = paths.logs_dir() / "bench-a"
        for kind, stored, name, data in (
            ("log", unit.logs, "r000001.plog", LOG),
            ("incident", unit.incidents, "r000001.inc", incident),
        ):
            here = folder / name
            if (kind, "r000001") in unit.pulled or not stored:
                assert here.read_bytes() == data
            assert not here.exists() or here.read_bytes() == data
        unit.break_at = ()
        if unit.logs:
            assert pulling_once(unit).path.read_bytes() == LOG


def pulling_once(unit):
    with open_direct(unit.port, Registry()) as link:
        return pulling.pull(link, "r000001")


def test_a_pull_that_gave_up_says_how_to_go_on_and_goes_on(unit):
    unit.break_at = range(6, 1000)
    with pytest.raises(DeviceLost, match=r"\d+ bytes of log r000001 are here.*again"):
        take(unit)
    part = paths.logs_dir() / "bench-a" / "r000001.part"
    held = part.stat().st_size
    assert held >= 3 * 512
    unit.break_at, unit.asked = (), []
    found = pulling_once(unit)
    assert found.path.read_bytes() == LOG and not part.exists()
    assert unit.asked.count("read") <= -(-(len(LOG) - held) // 512) + 1


def test_ctrl_c_says_how_much_is_here_and_that_the_same_command_goes_on(unit):
    def progress(done, _total):
        if done > 2000:
            raise KeyboardInterrupt

    with (
        open_direct(unit.port, Registry()) as link,
        pytest.raises(OperatorStop, match=r"bytes of log r000001 are here: run the same") as left,
    ):
        pulling.pull(link, "r000001", progress)
    part = paths.logs_dir() / "bench-a" / "r000001.part"
    assert f"; {part.stat().st_size} bytes" in str(left.value) and part.stat().st_size > 2000
    assert pulling_once(unit).path.read_bytes() == LOG


def test_a_program_that_was_killed_left_whole_pieces(unit):
    class Killed(BaseException):
        """As a kill does it: nothing runs after it."""

    def progress(done, _total):
        if done > 2000:
            raise Killed

    with open_direct(unit.port, Registry()) as link, pytest.raises(Killed):
        pulling.pull(link, "r000001", progress)
    part = paths.logs_dir() / "bench-a" / "r000001.part"
    assert part.stat().st_size > 2000
    part.write_bytes(part.read_bytes() + b"\0" * 400)  # torn by the computer's own power cut
    unit.asked = []
    assert pulling_once(unit).path.read_bytes() == LOG
    assert unit.asked.count("read") <= (len(LOG) - 2000) // 512 + 2


def test_a_unit_that_restarted_meanwhile_and_closed_the_log_is_pulled_as_it_is_now(unit):
    cut = long_log("r000001", None)
    seq = runlog.tail(lambda o, n: cut[o : o + n], len(cut))[0]
    closed = cut + b"".join(runlog.Writer(0, seq + 1).summary({"run": "r000001", "end": "reset"}))
    count = 0
    for number in range(2, 9):
        unit.logs, unit.pulled, unit.requests = {"r000001": cut}, set(), 0
        unit.on_break = lambda: unit.logs.update(r000001=closed)
        unit.break_at = (number,)
        for path in paths.logs_dir().glob("*/*.plog"):
            path.unlink()
        (log, _), _ = take(unit, delete=False)
        assert log.path.read_bytes() == closed and log.marked, number
        count += 1
    assert count == 7


def test_a_beginning_of_another_file_is_fetched_anew(unit):
    folder = paths.logs_dir() / "bench-a"
    folder.mkdir(parents=True)
    (folder / "r000001.part").write_bytes(long_log("r000001", "aborted")[:2000] + b"x")
    (folder / "r000001.part").write_bytes(make_log("r000001", "done"))
    assert pulling_once(unit).path.read_bytes() == LOG


def test_what_is_here_is_not_fetched_again_but_verified_and_marked(unit):
    pulling_once(unit)
    unit.asked, unit.pulled = [], set()
    found = pulling_once(unit)
    assert found.marked and "read" not in unit.asked and ("log", "r000001") in unit.pulled


def test_a_sha_that_takes_many_questions(unit):
    unit.pieces = 5
    assert pulling_once(unit).path.read_bytes() == LOG
    assert unit.asked.count("get") == 5


@pytest.mark.parametrize("kind", ["log", "incident"])
def test_every_damaged_byte_is_found_and_nothing_is_let_go(unit, kind):
    stored = unit.logs if kind == "log" else unit.incidents
    whole = stored["r000001"]
    for at in range(3, len(whole), 97):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        stored["r000001"] = bytes(damaged)
        for path in paths.logs_dir().glob("*/*"):
            path.unlink()
        with open_direct(unit.port, Registry()) as link:
            found = pulling.pull(link, "r000001", kind=kind, delete=True)
        assert found.problem and not found.marked and not found.deleted, at
        # Where the end itself is lost it looks like a file that is still open.
        assert found.kept == pulling.DAMAGED or found.end is None
        assert "r000001" in stored and unit.pulled == set()
        assert found.path.read_bytes() == damaged


def test_damage_may_be_accepted(unit):
    damaged = bytearray(LOG)
    damaged[700] ^= 1
    unit.logs["r000001"] = bytes(damaged)
    (log, _), _ = take(unit, accept=True)
    assert log.deleted and log.problem and unit.logs == {}


def test_the_torn_block_of_a_power_cut_is_no_damage(unit):
    cut = LOG[:2000]
    seq = runlog.tail(lambda o, n: cut[o : o + n], len(cut))[0]
    writer = runlog.Writer(0, seq + 1)
    cut += b"".join(writer.summary({"run": "r000001", "end": "reset"}))
    unit.logs["r000001"] = cut
    (log, _), _ = take(unit)
    assert log.deleted and "damaged bytes" in log.problem


def test_an_open_log_is_filed_and_not_marked(unit):
    unit.logs["r000001"] = make_log("r000001", "done", whole=False)
    (log, _), _ = take(unit)
    assert not log.marked and log.kept == "it is still open" and "r000001" in unit.logs


def test_a_wrong_answer_of_the_unit_about_its_sha_deletes_nothing(unit):
    stored = unit.do_get
    unit.do_get = lambda ask: {**stored(ask), "sha": "0" * 16}
    with pytest.raises(VerifyError):
        take(unit)
    assert "r000001" in unit.logs and unit.pulled == set()
    assert list((paths.logs_dir() / "bench-a").glob("*")) == []


def test_another_unit_at_the_port_is_not_taken_for_the_first(unit):
    hello = unit.do_hello
    unit.on_break = lambda: setattr(unit, "do_hello", lambda ask: {**hello(ask), "uid": "ccdd"})
    unit.break_at = (4,)
    with pytest.raises(VerifyError, match="another unit"):
        take(unit)


def test_a_firmware_that_cannot_note_it_is_said(unit):
    from host.fake_unit import Refusal

    def unknown(_ask):
        raise Refusal("unknown", "there is no such command")

    unit.do_pulled = unknown
    (log, _), _ = take(unit)
    assert not log.marked and not log.deleted and "firmware" in log.kept
    assert logs.load(log.path).end == "done"
