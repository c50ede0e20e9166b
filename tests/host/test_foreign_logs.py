"""Each kind of foreign log becomes the same series; units are never guessed."""

import numpy as np
import pytest

from host import foreign_logs as logs
from host.fake_log import make_log
from preheat import logs as own_logs
from preheat.errors import Refused, UsageError
from preheat.foreign.load import load
from preheat_core import runlog

TRUTH_C = [logs.ramp_c(s) for s in logs.TIMES_S]


@pytest.fixture
def loaded(tmp_path):
    def run(text, temp_unit=None):
        path = tmp_path / "log.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, temp_unit)

    return run


@pytest.fixture
def refused(loaded):
    def run(*arguments):
        with pytest.raises(Refused) as caught:
            loaded(*arguments)
        return "\n".join([str(caught.value), *caught.value.problems])

    return run


def same(series, name):
    assert list(series.t_s) == logs.TIMES_S
    assert series.trace(name).temp_c == pytest.approx(TRUTH_C, abs=0.06)


def test_t962_without_its_standby_and_its_empty_channel(loaded):
    series, about = loaded(logs.t962())
    assert about.kind == "T-962"
    same(series, "temp0")
    assert [trace.name for trace in series.traces] == [
        "actual", "temp0", "temp1", "temp2", "coldj",
    ]  # fmt: skip
    assert series.control.name == "actual"
    assert series.trace("coldj").role == "ambient"
    assert series.duty == pytest.approx(128 / 255)
    assert series.setpoint_c == pytest.approx(np.array(TRUTH_C) + 1, abs=0.06)
    told = " ".join(about.notes)
    for words in ("STANDBY", "temp3 has no readings", "no rows", "oven's own probes"):
        assert words in told


def test_pico_kiln(loaded):
    series, about = loaded(logs.pico_kiln())
    assert about.kind == "pico-kiln"
    same(series, "kiln")
    assert series.duty == pytest.approx(0.4)
    assert series.setpoint_c == pytest.approx(np.array(TRUTH_C) + 3)


def test_kiln_controller_asks_for_its_unit(loaded, refused):
    assert "no unit of temperature for temperature, setpoint" in refused(logs.kiln_controller())
    series, about = loaded(logs.kiln_controller(), "c")
    assert about.kind == "kiln-controller"
    same(series, "temperature")
    assert series.duty is None
    in_f = loaded(logs.kiln_controller(), "f")[0]
    assert in_f.trace("temperature").temp_c == pytest.approx((np.array(TRUTH_C) - 32) / 1.8)


def test_controleo_is_told_by_its_own_words(loaded, refused):
    series, about = loaded(logs.controleo())
    assert about.kind == "Controleo3"
    same(series, "oven")
    bare = "\n".join(line for line in logs.controleo().split("\n") if "temperature" not in line)
    assert "4 columns and no line that names them" in refused(bare)
    two = "\n".join(",".join(line.split(",")[:2]) for line in bare.split("\n"))
    assert "no unit of temperature" in refused(two)
    same(loaded(two, "c")[0], "temp")


@pytest.mark.parametrize(("head", "delimiter", "clock"), [
    (("time_s", "temp_c"), ",", False),
    (("t", "board °C"), ";", False),
    (("seconds", "Temperature [degC]"), "\t", False),
    (("Elapsed (s)", "Board (°C)"), ",", False),
    (("time", "TC1 celsius"), ",", True),
    (("sec", "probe_c"), "  ", False),
])  # fmt: skip
def test_columns_by_their_heads(loaded, head, delimiter, clock):
    series, about = loaded(logs.columns(head, delimiter, clock))
    assert about.kind == "columns"
    same(series, series.traces[0].name)
    assert series.traces[0].role == "board"


def test_fahrenheit_milliseconds_minutes_and_decimal_commas(loaded):
    text = logs.columns(("t_s", "temp_f"), degrees=lambda s: logs.ramp_c(s) * 1.8 + 32)
    same(loaded(text)[0], "temp")
    ms = "time_ms,temp_c\n" + "".join(f"{s * 1000:.0f},{logs.ramp_c(s)}\n" for s in logs.TIMES_S)
    same(loaded(ms)[0], "temp")
    minutes = "min;temp_c\n" + "".join(
        f"{s / 60:.9f};{logs.ramp_c(s)}\n".replace(".", ",") for s in logs.TIMES_S
    )
    series = loaded(minutes)[0]
    assert series.t_s == pytest.approx(logs.TIMES_S, abs=1e-5)
    assert series.traces[0].temp_c == pytest.approx(TRUTH_C)


def test_a_decimal_comma_in_quotes_is_no_second_column(loaded):
    """A spreadsheet in German writes commas between cells, and quotes around 25,5."""
    rows = "".join(f'"{s / 2}","{250 + s / 10}"\n'.replace(".", ",") for s in range(8))
    series, about = loaded("time_s,board_c\n" + rows)
    assert series.t_s.tolist() == [s / 2 for s in range(8)]
    assert series.traces[0].temp_c.tolist() == pytest.approx([250 + s / 10 for s in range(8)])
    assert about.notes == ()


def test_a_decimal_comma_between_commas_is_refused_not_cut_off(loaded, refused):
    text = "time_s,board_c\n" + "".join(f"{s},25{s},5\n" for s in range(6))
    assert "6 rows have more cells than the head names, first line 2" in refused(text)
    assert "decimal commas" in refused(text)
    trailing = "".join(f"{s},25{s},\n" for s in range(6))  # an empty cell is nobody's
    series, _ = loaded("time_s,board_c\n" + trailing)
    assert series.traces[0].temp_c[-1] == 255


def test_several_probes_get_their_roles_setpoint_and_power(loaded):
    head = "time_s,board_c,top_c,bga_c,heater_c,ambient_c,target_c,duty,note"
    rows = [f"{s},{c},{c + 1},{c + 2},{c + 90},24,{c + 5},0.5,x"
            for s, c in zip(logs.TIMES_S, TRUTH_C)]  # fmt: skip
    series, about = loaded("\n".join([head, *rows]))
    assert [(trace.name, trace.role) for trace in series.traces] == [
        ("board", "board"), ("top", "board_top"), ("bga", "component"), ("heater", "heater"),
        ("ambient", "ambient"),
    ]  # fmt: skip
    assert series.setpoint_c == pytest.approx(np.array(TRUTH_C) + 5)
    assert series.duty == pytest.approx(0.5)
    assert "left out: note" in about.notes


def test_percent_by_its_head_or_by_its_values(loaded):
    for head, value in (("output %", "0.5"), ("power", "50")):
        text = f"time_s,temp_c,{head}\n" + "".join(f"{s},30,{value}\n" for s in range(9))
        share = 0.005 if "%" in head else 0.5
        assert loaded(text)[0].duty == pytest.approx(share)


def test_two_probes_of_one_name_stay_two(loaded):
    text = "time_s,temp_c,temp_f\n0,20,68\n1,21,69.8\n"
    series, _ = loaded(text)
    assert [trace.name for trace in series.traces] == ["temp", "temp-2"]
    assert series.traces[0].temp_c == pytest.approx(series.traces[1].temp_c)


@pytest.mark.parametrize(("text", "unit", "words"), [
    ("time_s,temp_c\n0,20\n1,21\n", "f", "contradicts the file"),
    ("time_s,temp\n0,20\n1,21\n", None, "no unit of temperature"),
    ("time_s,colour\n0,20\n1,21\n", None, "no column of temperature"),
    ("day,temp_c\nMon,20\nTue,21\n", None, "no row of numbers"),
    ("x", None, "no row of numbers"),
    ("", None, "no row of numbers"),
    ("time_s,temp_c\n0,20\n", None, "1 rows with a time"),
    ("time_s,temp_c\n5,20\n5,21\n", None, "does not rise"),
    ("time_s,temp_c\n0,nan\n1,\n2,x\n", None, "no probe has two readings"),
    ("time_s,temp_c\nnan,20\nx,20\n,20\n", None, "most rows have no readable time"),
    ("note,temp_c,t\n0,\n1,\n2,20,5\n", None, "most rows have no readable time"),
    ("time_s,temp_c\n5,20\n1,21\n4,22\n2,23\n", None, "no piece between holds most"),
])  # fmt: skip
def test_logs_that_are_not_clear(refused, text, unit, words):
    assert words in refused(text, unit)


@pytest.mark.parametrize("line", [
    "Thermocouple fault: open circuit", "ERROR 12", "TC_OPEN", "Reflow aborted by user",
    "emergency stop", "sensor SHORTED to ground", "# heater over-temperature", "profile failed",
])  # fmt: skip
def test_a_skipped_line_that_tells_of_a_fault_is_told_with_its_number(loaded, line):
    rows = logs.t962().splitlines()
    rows.insert(9, line)
    _, about = loaded("\n".join(rows))
    assert about.troubles == (f'line 10 tells of trouble: "{line}"',)


@pytest.mark.parametrize("line", [
    "T-962-controller open source firmware", "Deviation to abort 25C", "Open door over 10 seconds",
    "no errors", "Errors: 0", "fault = none", "opening the oven", "default profile",
])  # fmt: skip
def test_a_line_that_tells_of_no_fault_is_left_in_peace(loaded, line):
    _, about = loaded(logs.t962() + line + "\n")
    assert about.troubles == ()


def test_a_cell_that_tells_of_a_fault_is_told_once_a_column_and_many_lines_are_counted(loaded):
    text = logs.pico_kiln().replace("RUNNING", "ERROR")
    _, about = loaded(text)
    assert about.troubles == ('line 3 tells of trouble: "ERROR"',)
    noisy = logs.t962() + "".join(f"fault {i}\n" for i in range(1, 10))
    _, about = loaded(noisy)
    assert len(about.troubles) == 4
    assert about.troubles[-1] == "6 more lines tell of trouble"


def test_files_that_are_broken(loaded, tmp_path):
    with pytest.raises(UsageError, match="not UTF-8 text .line 2"):
        loaded(b"time_s,temp_c\n0,\xb0\n")
    with pytest.raises(UsageError, match="does not exist"):
        load(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path)


def test_our_own_export_comes_back(loaded):
    series, about = loaded(own_logs.to_csv(runlog.read(make_log("0001-x", "done"))))
    assert about.kind == "preheat"
    assert list(series.t_s) == [0.0, 1.0, 2.0]
    trace = series.traces[0]
    assert (trace.name, trace.role) == ("plate", "board")
    for values in (trace.temp_c, trace.low_c, trace.high_c):
        assert list(values[:2]) == [25.0, 25.5]
        assert np.isnan(values[2])
    assert list(series.stage) == [0, 0, -1]
    assert list(series.state) == ["ramp", "ramp", "cool"]
    assert np.isnan(series.setpoint_c[2])
    assert series.duty == pytest.approx(0.5)
    assert series.delivered == pytest.approx(0.25)
    assert not series.external.any()
