"""Incident files: written while no heat is on, apart from runs, kept until somebody has them."""

from types import SimpleNamespace

import pytest
from parts import BOARD, Bench
from test_retention import dropped, keep, listening, pulled, small

from preheat import incidents
from preheat_core import blocks
from preheat_fw.incidents import KEEP, MOST

__all__ = ["listening", "small"]  # fixtures


def names(bench):
    return sorted(path.stem for path in (bench.folder / "incidents").glob("*.inc"))


def read(bench, name="r000001"):
    return incidents.read((bench.folder / "incidents" / f"{name}.inc").read_bytes())


def fault(bench, seconds=25, detail="a defect"):
    """A fault without a run, its incident written, and cleared again."""
    bench.unit.kernel.fail("internal", detail)
    bench.wait(seconds)
    assert bench.ask("clear")["ok"]


def test_the_fault_of_a_run_is_a_file_of_the_runs_name(bench):
    bench.epoch_s = 1_780_000_000
    bench.begin()
    bench.wait(60)
    bench.interlock.level = 1
    bench.wait(25)
    assert names(bench) == ["r000001"]
    found = read(bench)
    assert found.problem is None and found.end == "whole" and len(found.records) == 240
    header = found.header
    assert header["what"] == ["interlock", "input open"] and header["run"] == "r000001"
    assert header["epoch_s"] == 1_780_000_000 and header["board_hash"] and header["settings_hash"]
    assert header["profile"] == "warm" and header["t_ms"] > 59_000
    rows = list(incidents.ticks(found))
    assert (
        rows[160]["t_s"] == 0 and rows[160]["interlock_open"] and not rows[159]["interlock_open"]
    )
    assert rows[100]["contactor"] and not rows[-1]["contactor"]
    warm = [row["probes"][0]["temp_c"] for row in rows]
    assert warm[159] > warm[0] + 20 and abs(warm[159] - bench.probe.temp_c) < 10
    assert incidents.heat_on_s(found) > 30
    assert found.summary["faults"] == [["interlock", "input open"]]
    assert {"ev": "incident", "name": "r000001"} in bench.said
    assert bench.ask("list", kind="incident", **{"from": 0})["items"][0][:3] == [
        "r000001", len((bench.folder / "incidents/r000001.inc").read_bytes()), "whole"
    ]  # fmt: skip


def test_what_was_before_the_fault_is_written_at_once_for_the_plug_may_be_pulled(bench):
    bench.begin()
    bench.wait(60)
    bench.interlock.level = 1
    bench.wait(4)
    bench.boot()  # the power went
    bench.wait(1)
    found = read(bench)
    assert found.end == "reset" and found.lost_blocks == 0 and found.problem is None
    assert found.at == 160 and len(found.records) == 161
    bench.wait(30)
    assert names(bench) == ["r000001"]  # and what was latched at boot makes none


@pytest.mark.parametrize("keep_bytes", range(0, 7000, 311))
def test_whatever_a_power_cut_leaves_reads_and_is_closed(bench, keep_bytes):
    bench.begin()
    bench.wait(50)
    bench.interlock.level = 1
    bench.wait(25)
    path = bench.folder / "incidents" / "r000001.inc"
    data = path.read_bytes()
    whole = incidents.read(data)
    path.write_bytes(data[:keep_bytes])
    left = incidents.read(data[:keep_bytes])
    bench.boot()
    found = read(bench)
    assert found.records == left.records == whole.records[: len(left.records)]
    assert found.end == ("reset" if keep_bytes < len(data) else "whole")
    assert found.lost_blocks == 0


def test_a_restart_that_was_asked_for_writes_what_there_is(bench):
    bench.begin()
    bench.wait(50)
    bench.interlock.level = 1
    bench.wait(5)
    bench.line.send({"id": 1, "cmd": "reset", "confirm": True})
    bench.loop.tick()
    bench.loop.tick()
    found = read(bench)
    assert found.end == "short" and len(found.records) in (160 + 20, 160 + 21, 160 + 22)
    assert found.problem is None


def test_no_block_is_written_while_heat_is_on(bench):
    bench.unit.kernel.fail("internal", "before the run")
    bench.wait(5)
    heat = []
    file = bench.unit.incidents._file
    append = file.append
    file.append = lambda block: (heat.append(bench.ssr.level), append(block))
    assert bench.ask("clear")["ok"]
    bench.begin()
    bench.wait(60)
    assert heat and not any(heat)
    (name,) = names(bench)
    assert read(bench, name).end == "short"


def test_a_fault_soon_after_a_clear_has_an_incident_of_its_own(bench):
    bench.unit.kernel.fail("late", "the first")
    bench.wait(3)
    assert bench.ask("clear")["ok"]
    bench.unit.kernel.fail("internal", "the second")
    bench.wait(30)
    assert [read(bench, name).header["what"][0] for name in names(bench)] == ["late", "internal"]


def test_a_fault_in_the_next_run_has_an_incident_of_its_own(bench):
    bench.begin()
    bench.wait(8)
    bench.interlock.level = 1
    bench.wait(1)
    bench.interlock.level = 0
    assert bench.ask("clear")["cleared"] == ["interlock"]
    bench.begin()
    second_run = bench.unit.kernel.run.run_id
    bench.wait(3)
    bench.probe.word = 0
    bench.wait(60)
    first, second = (read(bench, name) for name in names(bench))
    assert first.summary["faults"][0][0] == first.header["what"][0] == "interlock"
    assert second.header["run"] == second_run and second.header["what"][0] == "bus_zero"
    assert [row[0] for row in second.summary["faults"]] == ["bus_zero"]


def test_a_fault_without_a_run_takes_an_id_of_its_own(bench):
    fault(bench)
    assert names(bench) == ["r000001"] and read(bench).header["run"] is None
    bench.begin()
    assert bench.unit.kernel.run.run_id == "r000002"


def test_a_later_run_never_writes_over_an_incident(bench):
    fault(bench, detail="first")
    kept = (bench.folder / "incidents" / "r000001.inc").read_bytes()
    for path in (bench.folder / "logs").glob("next.json*"):
        path.unlink()  # the worst case: all counting was lost
    bench.begin()
    bench.wait(10)
    assert bench.unit.kernel.run.run_id == "r000001"
    bench.interlock.level = 1
    bench.wait(25)
    assert (bench.folder / "incidents" / "r000001.inc").read_bytes() == kept
    assert names(bench) == ["r000001", "r000002"]
    assert read(bench, "r000002").header["run"] == "r000001"


def test_a_stuck_relay_after_the_first_fault_is_an_incident_too(bench):
    bench.begin()
    bench.wait(50)
    bench.interlock.level = 1
    bench.wait(25)
    bench.unit.kernel.fail("stuck_on", "seen")
    bench.wait(25)
    assert names(bench) == ["r000001", "r000002"]
    second = read(bench, "r000002")
    assert second.header["what"][0] == "stuck_on" and second.header["run"] == "r000001"


def test_the_oldest_that_was_pulled_goes_first(bench):
    for number in range(KEEP):
        fault(bench, detail=str(number))
    was = names(bench)
    assert len(was) == KEEP
    pulled(bench, was[2], "incident")
    pulled(bench, was[5], "incident")
    fault(bench, detail="new")
    assert set(was) - set(names(bench)) == {was[2]} and len(names(bench)) == KEEP
    assert dropped(bench) == [was[2]]


def test_more_than_eight_that_nobody_has_stay_while_there_is_room(small):
    for number in range(KEEP + 2):
        fault(small, detail=str(number))
    assert len(names(small)) == KEEP + 2 and dropped(small) == []
    small.unit.logs.free_bytes = lambda: 20_000
    was = names(small)
    fault(small, detail="lost")
    assert names(small) == was
    assert {"ev": "incident_lost", "why": "no room in the flash"} in small.said


def test_no_more_than_the_most(bench):
    folder = bench.folder / "incidents"
    for number in range(MOST):
        (folder / f"r{number + 100:06}.inc").write_bytes(b"x")
    fault(bench)
    assert len(names(bench)) == MOST
    assert any(row.get("ev") == "incident_lost" for row in bench.said)


def test_the_settings_may_keep_the_newest(bench):
    keep(bench, "newest")
    for number in range(KEEP + 1):
        fault(bench, detail=str(number))
    assert len(names(bench)) == KEEP and "r000001" not in names(bench)


def test_an_incident_that_cannot_be_written_is_told_and_stops_nothing(bench):
    def broken(_name):
        raise OSError(5, "flash")

    bench.unit.incidents.files.create = broken
    bench.unit.kernel.fail("internal", "a defect")
    bench.wait(3)
    assert [row["why"] for row in bench.said if row.get("ev") == "incident_lost"] == [
        "[Errno 5] flash"
    ]
    assert bench.unit.kernel.latch.codes == ["internal"] and all(bench.fed)


def test_a_damaged_configuration_writes_none(tmp_path):
    bench = Bench(tmp_path, dict(BOARD))
    (tmp_path / "data" / "board.json").write_bytes(b"x")
    (tmp_path / "data" / "board.json.bak").unlink(missing_ok=True)
    bench.boot()
    bench.wait(30)
    assert bench.unit.kernel.latch.codes == ["config"] and names(bench) == []
    bench.close()


def test_an_incident_is_read_marked_and_deleted_over_the_line(bench):
    fault(bench)
    data = (bench.folder / "incidents" / "r000001.inc").read_bytes()
    found = bench.ask("get", kind="incident", name="r000001")
    assert found["size"] == len(data) and found["sha"] is not None
    assert bench.ask("read", kind="incident", name="r000001", off=0, n=512)["eof"] is False
    pulled(bench, "r000001", "incident")
    assert bench.ask("list", kind="incident", **{"from": 0})["items"][0][3] is True
    assert bench.ask("del", kind="incident", name="r000001")["ok"]
    assert bench.ask("get", kind="incident", name="r000001")["code"] == "missing"
    assert list((bench.folder / "incidents").iterdir()) == []


def test_one_that_is_being_written_is_not_deleted_nor_marked(bench):
    bench.unit.kernel.fail("internal", "a defect")
    bench.wait(5)
    assert bench.ask("del", kind="incident", name="r000001")["code"] == "state"
    answer = bench.ask("pulled", kind="incident", name="r000001", sha="0" * 16)
    assert answer["code"] == "state"
    bench.wait(20)
    assert read(bench).end == "whole"


def test_the_blocks_are_numbered_and_small(bench):
    fault(bench)
    data = (bench.folder / "incidents" / "r000001.inc").read_bytes()
    found = [
        SimpleNamespace(kind=kind, seq=seq, size=len(payload))
        for _, kind, _, seq, payload in blocks.blocks(
            lambda off, n: data[off : off + n], len(data)
        )
    ]
    assert [block.seq for block in found] == list(range(len(found)))
    assert found[-1].kind == blocks.SUMMARY and found[0].kind == blocks.HEADER
    assert all(block.size <= 1024 for block in found)
