"""Run logs as files: ids that never come again, closing after a restart."""

from pathlib import Path

import pytest

from preheat_core.runlog import Writer, read
from preheat_fw.digest import Digest
from preheat_fw.logfile import RESERVE_BYTES, LogDir
from preheat_fw.store import StoreError, sha


@pytest.fixture
def root(tmp_path):
    return str(tmp_path / "logs")


def run(logs, records=40, end="done"):
    """Writes a log as the loop does; gives its id and bytes. end None: it is cut off."""
    run_id = logs.next_run_id()
    log = logs.create(run_id)
    writer = Writer(1)
    out = writer.header({"run": run_id})
    for i in range(records):
        block = writer.add_record(i * 1000, 1, 0, 50.0, 0.5, 0.5, 0, ((50.0, 49.0, 51.0),))
        out += [block] if block else []
    out += [writer.flush()] if end is None else writer.summary({"t_ms": 40000, "end": end})
    for block in out:
        log.append(block)
        log.flush()
    log.close()
    log.close()
    return run_id, b"".join(out)


def test_a_log_is_written_listed_read_and_deleted(root):
    logs = LogDir(root)
    run_id, data = run(logs)
    assert run_id == "r000001"
    assert logs.list() == [(run_id, len(data), "done")]
    assert logs.read(run_id, 0, 10**6) == data
    assert logs.read(run_id, 10, 20) == data[10:30] and logs.read(run_id, len(data), 9) == b""
    assert Digest().ask(logs, run_id, len(data)) == sha(data)
    assert logs.remove(run_id) is True and logs.remove(run_id) is False
    assert logs.list() == [] and logs.problems == []
    with pytest.raises(OSError):
        logs.read(run_id, 0, 1)


def test_an_id_never_comes_again(root):
    logs = LogDir(root)
    ids = [run(logs)[0] for _ in range(3)]
    for run_id in ids:
        logs.remove(run_id)
    assert LogDir(root).next_run_id() == "r000004"
    Path(root, "next.json").write_bytes(b"damaged")
    assert LogDir(root).next_run_id() == "r000005"


def test_a_lost_counter_is_replaced_by_the_logs(root):
    logs = LogDir(root)
    for _ in range(2):
        run(logs)
    for path in Path(root).glob("next.json*"):
        path.write_bytes(b"damaged")
    logs = LogDir(root)
    assert logs.next_run_id() == "r000003"
    assert "next.json is damaged" in logs.problems[0]


@pytest.mark.parametrize(
    "run_id", ["", "r1", "../r000001", "r00000a", "R000001", "r" + "1" * 20, "r000001.plog", None]
)
def test_ids_that_lead_elsewhere_are_refused(root, run_id):
    logs = LogDir(root)
    for call in (logs.create, logs.size, logs.remove, lambda i: logs.read(i, 0, 1)):
        with pytest.raises(ValueError):
            call(run_id)


def test_a_log_is_never_written_over(root):
    logs = LogDir(root)
    run_id, data = run(logs)
    with pytest.raises(StoreError):
        logs.create(run_id)
    assert logs.read(run_id, 0, 10**6) == data


def test_other_files_are_no_logs(root):
    logs = LogDir(root)
    for name in ("readme.txt", "r1.plog", "r000009.plog.bak", "rabcdef.plog"):
        Path(root, name).write_bytes(b"x")
    assert logs.ids() == []


def test_what_a_restart_cut_off_is_closed(root):
    logs = LogDir(root)
    good, good_data = run(logs)
    cut, cut_data = run(logs, end=None)
    assert logs.info(cut) == (cut, len(cut_data), None)
    logs = LogDir(root)
    assert logs.finish_interrupted() == [cut]
    assert logs.finish_interrupted() == []
    assert logs.read(good, 0, 10**6) == good_data
    log = read(logs.read(cut, 0, 10**6))
    assert log.problem is None and log.end == "reset" and len(log.records) == 40
    assert log.events == [{"t_ms": 39000, "ev": "interrupted", "run": cut}]
    assert log.summary == {"t_ms": 39000, "run": cut, "end": "reset"}
    assert logs.list() == [(good, len(good_data), "done"), (cut, logs.size(cut), "reset")]


@pytest.mark.parametrize("keep", [0, 1, 30, 300, 700])
def test_a_torn_log_is_closed_after_its_damage(root, keep):
    logs = LogDir(root)
    run_id, data = run(logs, end=None)
    Path(root, run_id + ".plog").write_bytes(data[:keep])
    assert logs.finish_interrupted() == [run_id]
    log = read(logs.read(run_id, 0, 10**6))
    assert log.end == "reset" and log.lost_blocks == 0
    assert log.blocks == read(data[:keep]).blocks + 2


def test_a_log_that_cannot_be_closed_is_a_problem_and_not_the_end(root):
    logs = LogDir(root)
    run(logs, end=None)
    Path(root, "r000009.plog").mkdir()
    assert logs.finish_interrupted() == ["r000001"]
    assert "r000009" in logs.problems[0]
    assert logs.info("r000009")[2] is None


def test_room(root):
    logs = LogDir(root)
    free = logs.free_bytes()
    assert free > 0 and logs.room_for(1)
    assert not logs.room_for(1 << 62) and not logs.room_for(free - RESERVE_BYTES + (1 << 40))
