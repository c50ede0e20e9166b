"""Logs on this computer: found by name, exported to the byte, honest about damage."""

import json

import pytest

from host.fake_unit import make_log
from preheat import logs, paths
from preheat.errors import UsageError, VerifyError
from preheat_core import runlog

GOLDEN_CSV = """\
t_s,state,stage,setpoint_c,duty,delivered,inhibit,external_heat,contactor,plate_c,plate_min_c,plate_max_c
0.25,ramp,0,26.0,0.5,0.25,0,0,1,25.0,25.0,25.0
1.25,ramp,0,27.0,0.5,0.25,0,0,1,25.5,25.5,25.5
2.25,cool,,,0.5,0.25,0,0,1,,,
"""


@pytest.fixture
def filed(monkeypatch, tmp_path):
    """A function that files a log under a unit's name and returns its path."""
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path))

    def file(unit, run_id, data=None):
        path = logs.unit_folder(unit, None) / f"{run_id}.plog"
        path.write_bytes(make_log(run_id, "done") if data is None else data)
        return path

    return file


def test_csv_is_golden():
    assert logs.to_csv(runlog.read(make_log("r000001", "done"))) == GOLDEN_CSV


def test_json_holds_everything():
    document = logs.to_dict(runlog.read(make_log("r000001", "fault:tc_open")))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["end"] == "fault:tc_open"
    assert document["complete"] is True
    assert len(document["records"]) == 3
    assert [event["ev"] for event in document["events"]] == ["start", "end"]
    assert document["header"]["alloy"] == "SAC305"


def test_a_damaged_log_says_how_much_was_read():
    data = bytearray(make_log("r000001", "done"))
    data[len(data) // 2] ^= 0xFF
    log = runlog.read(bytes(data))
    said = logs.damage(log)
    assert "damaged bytes" in said
    assert f"{len(log.records)} records were read" in said
    logs.to_csv(log)
    assert logs.to_dict(log)["complete"] is False


@pytest.mark.parametrize("keep", range(0, 560, 7))
def test_a_cut_log_reads_at_every_length(keep):
    log = runlog.read(make_log("r000001", "done")[:keep])
    logs.to_csv(log)
    json.dumps(logs.to_dict(log))
    assert logs.damage(log) is not None


def test_a_log_without_its_header_still_has_columns():
    data = make_log("r000001", "done")
    second = data.index(b"PB", 2)
    log = runlog.read(data[second:])
    assert log.header is None
    assert logs.to_csv(log).splitlines()[0].endswith("p1_c,p1_min_c,p1_max_c")


def test_names(filed):
    first = filed("a", "r000001")
    second = filed("b", "r000001")
    third = filed("b", "r000002")
    assert logs.find("last") == third
    assert logs.find("r000002") == third
    assert logs.find("a/r000001") == first
    assert logs.find(str(second)) == second
    with pytest.raises(UsageError, match="a/r000001, b/r000001"):
        logs.find("r000001")
    with pytest.raises(UsageError, match="log list"):
        logs.find("r000009")


def test_no_log_at_all(filed):
    with pytest.raises(UsageError, match="log pull"):
        logs.find("last")
    assert logs.on_host() == []


def test_what_is_no_log_is_refused(filed):
    path = filed("a", "r000001", b"not a log at all")
    with pytest.raises(VerifyError):
        logs.load(path)


def test_a_unit_without_a_name_has_a_folder(filed):
    assert logs.unit_folder(None, "aabb").name == "uid-aabb"
    assert logs.unit_folder(None, None).parent == paths.logs_dir()
