"""Each foreign profile format becomes the same stages, and says what it left out."""

import json

import pytest

from host import import_files as files
from preheat.errors import Refused, UsageError
from preheat.imports import read
from preheat.imports.build import Answers
from preheat_core import profile

SNPB = Answers(alloy="SnPb")
STAGES = [(100, 0), (145, 0), (215, 15)]


@pytest.fixture
def imported(tmp_path):
    def run(text, answers=SNPB, kind="auto", name="paste.json"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read.profile(path, answers, kind)

    return run


@pytest.fixture
def refused(imported):
    def run(*arguments, **named):
        with pytest.raises(Refused) as caught:
            imported(*arguments, **named)
        return "\n".join(caught.value.problems)

    return run


def stages(built):
    return [(row["target_c"], row.get("hold_s", 0)) for row in built.values["stages"]]


def unit(temp_unit, **more):
    return Answers(temp_unit, more.pop("alloy", "SnPb"), **more)


def test_kiln_v1_with_its_unit_given(imported):
    built = imported(files.kiln_v1(), unit("c"))
    assert stages(built) == STAGES
    rates = [row["ramp_c_s"] for row in built.values["stages"]]
    assert rates == pytest.approx([1.0, 0.5, 0.875])
    assert built.values["source"] == "imported from paste.json (kiln-controller v1)"
    assert profile.check(built.values) == []


def test_kiln_v1_in_fahrenheit_is_the_same_profile(imported):
    text = files.kiln_v1([(s, files.fahrenheit(c)) for s, c in files.LEADED])
    given = imported(text, unit("f"))
    said = imported(text.replace('"type"', '"TempUnit": "Fahrenheit", "type"'))
    assert given.values["stages"] == said.values["stages"]
    assert stages(given) == STAGES


@pytest.mark.parametrize("spelling", ["Celcius", "celsius", "C", "°C"])
def test_units_that_the_file_names(imported, refused, spelling):
    if spelling == "°C":
        assert "neither °C nor °F" in refused(files.kiln_v1(TempUnit=spelling))
        return
    assert stages(imported(files.kiln_v1(TempUnit=spelling, TimeUnit="seconds"))) == STAGES


def test_times_in_minutes(imported, refused):
    text = files.kiln_v1([(s / 60, c) for s, c in files.LEADED], TimeUnit="minutes")
    assert stages(imported(text, unit("c"))) == STAGES
    assert "TimeUnit" in refused(files.kiln_v1(TimeUnit="fortnights"), unit("c"))


def test_kiln_v2(imported):
    built = imported(files.kiln_v2())
    assert stages(built) == [(100, 0), (145, 60), (215, 15)]
    assert built.values["name"] == "bench-two"


def test_kiln_v2_at_full_power_takes_a_rate_and_says_so(imported):
    segments = [{"rate": "max", "target": 215, "hold": 0.5}]
    built = imported(files.kiln_v2(segments=segments))
    assert built.values["stages"][0]["ramp_c_s"] == 1.0
    assert any("has no rate" in note for note in built.notes)
    hot = [{"rate": "max", "target": 419, "hold": 0.5}]
    same = imported(files.kiln_v2(segments=hot, temp_units="f", start_temp=77))
    assert same.values["stages"] == built.values["stages"]


@pytest.mark.parametrize(("segments", "words"), [
    ([{"rate": "cool", "target": 50}, {"rate": 3600, "target": 215}], "follows segments[0]"),
    ([{"rate": -3600, "target": 215}], "never gets to"),
    ([{"rate": 0, "target": 215}], "rate 0"),
    ([{"rate": "fast", "target": 215}], "segments[0].rate"),
    ([{"rate": 3600, "target": "hot"}], "segments[0].target"),
    ([{"rate": 3600, "target": 215, "hold": -1}], "segments[0].hold"),
    ([5], "segments[0] must be a table"),
    ([], "1 to 2000"),
])  # fmt: skip
def test_kiln_v2_that_means_nothing(refused, segments, words):
    assert words in refused(files.kiln_v2(segments=segments))


def test_kiln_v2_of_another_version(refused):
    assert "version" in refused(files.kiln_v2(version=3))


def test_ez_oven_brings_its_alloy_and_its_data_sheet(imported):
    built = imported(files.ez_oven(), Answers())
    assert built.values["alloy"] == "SnPb"
    assert "https://example.com/paste.pdf" in built.values["source"]
    assert stages(built) == STAGES
    assert any("fall from 215 to 90 °C at the end was left out" in note for note in built.notes)


def test_pico_kiln(imported):
    built = imported(files.pico_kiln(), Answers(alloy="SnPb", purpose="bake"))
    assert stages(built) == [(120, 600)]
    assert built.values["stages"][0]["ramp_c_s"] == pytest.approx(1900 / 3600, rel=0.001)
    assert any("min_rate" in note for note in built.notes)


@pytest.mark.parametrize(("steps", "words"), [
    ([{"type": "soak", "target_temp": 100}], "must be ramp, hold or cooling"),
    ([{"type": "cooling"}, {"type": "ramp", "target_temp": 90, "desired_rate": 900}],
     "follows steps[0]"),
    ([{"type": "hold", "target_temp": 120, "duration": 600}], "holds 120 after a step to 25"),
    ([{"type": "ramp", "target_temp": 90, "desired_rate": None}], "desired_rate"),
])  # fmt: skip
def test_pico_kiln_that_means_nothing(refused, steps, words):
    assert words in refused(files.pico_kiln(steps=steps))


def test_controleo_keeps_its_peak_limit_and_names_what_it_loses(imported):
    built = imported(files.CONTROLEO, name="PASTE.TXT")
    assert stages(built) == [(50, 0), (145, 30), (215, 0)]
    assert built.values["limits"] == [
        {"role": "board", "max_c": 228.0, "source": "maximum temperature in PASTE.TXT"}
    ]
    assert built.values["title"] == "bench // paste #1"
    left = next(note for note in built.notes if "has none of it" in note)
    for word in ("open door", "deviation", "bias", "play", "convection fan"):
        assert word in left


@pytest.mark.parametrize(("line", "words"), [
    ("Ramp temperature to 420F in 80 seconds", "counts in °F"),
    ("Warm it up a little", "no command that is known"),
    ("Maintain 190C for 10 seconds", "holds 190 °C after 215 °C"),
    ("Maximum temperature 210C", "not above its peak"),
    ("Maximum temperature 215C", "not above its peak"),
    ("Wait for 20 seconds\nRamp temperature to 217C in 9 seconds", "which has no rate"),
])  # fmt: skip
def test_controleo_that_cannot_be_followed(refused, line, words):
    text = files.CONTROLEO.replace("Element duty cycle 0/0/0", line)
    text = text.replace("Maximum temperature 228C\n", "" if line.startswith("Maximum") else "\\g")
    assert words in refused(text.replace("\\g", "Maximum temperature 228C\n"), name="P.TXT")


def test_plain_lines_with_and_without_a_head(imported, refused):
    assert stages(imported(files.PLAIN)) == STAGES
    bare = "".join(f"{s},{c}\n" for s, c in files.LEADED)
    assert "--temp-unit" in refused(bare)
    assert stages(imported(bare, unit("c"))) == STAGES
    clock = "".join(f"0:{s // 60:02}:{s % 60:02} {c}\n" for s, c in files.LEADED)
    assert stages(imported(clock, unit("c"))) == STAGES
    minutes = "t_min temp_f\n" + "".join(
        f"{s / 60} {files.fahrenheit(c)}\n" for s, c in files.LEADED
    )
    assert stages(imported(minutes)) == STAGES


@pytest.mark.parametrize(("text", "words"), [
    ("0 25\n60 100\n30 150\n90 215\n", "the time goes back"),
    ("0 25\n60 100\n60 150\n120 215\n", "jumps from 100.0 to 150.0"),
    ("0 25\n-5 100\n120 215\n", "must be a number 0"),
    ("0 25\n60 nan\n120 215\n", "line 2"),
    ("0 25\n60 1e999\n120 215\n", "line 2"),
    ("0 25 3\n60 100 3\n", "line 1"),
    ("hello\n", "line 1"),
    ("0 25\n1 215\n60 215\n", "steeper than 4 °C/s"),
    ("0 25\n10000 100\n10100 215\n", "slower than 0.02 °C/s"),
    ("0 25\n400 340\n500 340\n", "a target is 30 to 300 °C"),
    ("0 25\n60 20\n", "never heats"),
    ("0 30\n60 30\n", "never heats"),
    ("0 25\n", "no two points"),
    ("", "no two points"),
])  # fmt: skip
def test_curves_that_are_no_profile(refused, text, words):
    assert words in refused(text, unit("c"), "plain")


@pytest.mark.parametrize(("data", "words"), [
    (b'{"data": [[0, 20], [60,', "not valid JSON"),
    (b'{"data": [], "data": []}', "twice"),
    (b'{"data": [[0, NaN]]}', "NaN"),
    (b"[" * 60000, "nested too deeply"),
    (b"[1, 2]", "no object"),
    (b'{"mark": 1}', "no known profile format"),
    (b'{"steps": 7}', "no known profile format"),
    (b"0 25\n60 \xff\n", "not UTF-8"),
    (b"0 25\n" * 20000, "larger than 64 KiB"),
])  # fmt: skip
def test_files_that_are_broken(imported, data, words):
    with pytest.raises(UsageError, match=words):
        imported(data)


def test_a_format_that_it_is_not(imported):
    with pytest.raises(UsageError, match="no known profile format"):
        imported(files.kiln_v1(), unit("c"), "kiln-v2")
    with pytest.raises(UsageError, match="not valid JSON"):
        imported(files.PLAIN, unit("c"), "pico-kiln")


def test_all_that_is_wrong_is_said_at_once(refused):
    rows = [[0, 25], [60, "x"], ["y", 215]]
    told = refused(json.dumps({"data": rows}), Answers())
    for words in ("data[1][1]", "data[2][0]", "--temp-unit", "--alloy"):
        assert words in told
