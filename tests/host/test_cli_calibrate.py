"""`calibrate` at the command line: points, the fit, what is stored, who is warned; for real."""

import datetime
import io
import sys

import pytest

from host.cli_helpers import Shell
from host.fake_unit import FakeUnit
from host.test_calibration_blinka import Bus, Pin, frame
from host.test_calibration_plateau import log_of, melt
from preheat import logs, paths, tomlfiles
from preheat.bench import flash
from preheat.bench.supervisor import VirtualUnit
from preheat.calibration import blinka, dates, fit, measure, pending
from preheat_core import settings, thermocouple

EARLIER = (datetime.date.today() - datetime.timedelta(days=40)).isoformat()
NEXT_YEAR = (datetime.date.today() + datetime.timedelta(days=365)).isoformat()


class ProbedUnit(FakeUnit):
    """A scripted unit with a probe that is off by a line; its readings follow its settings."""

    offset_c, gain = 0.8, 1.002  # what a perfect calibration of it would hold
    now_ms = 90000
    tip_c = 0.0  # where the tip is; or a function of the unit's time in s
    probe_fault = None

    def do_status(self, ask):
        self.now_ms += 500
        tip_c = self.tip_c(self.now_ms / 1000) if callable(self.tip_c) else self.tip_c
        usable = not settings.check(self.settings)
        force = measure.in_force(self.settings if usable else None, "plate")
        shown_c = thermocouple.calibrated(fit.uncorrected(tip_c, self.offset_c, self.gain), *force)
        reading = [None, self.probe_fault] if self.probe_fault else [round(shown_c, 2), None]
        rows = [["plate", "board", *reading]]
        return {**super().do_status(ask), "uptime_ms": self.now_ms, "probes": rows}


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(measure, "EVERY_S", 0)
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def unit(preheat, monkeypatch):
    with ProbedUnit() as unit:
        monkeypatch.setenv("PREHEAT_PORT", unit.port)
        yield unit


def test_two_points_hours_apart_give_offset_and_gain(preheat, unit):
    ran = preheat("calibrate", "point", "plate", "--ice")
    assert ran.code == 0, ran.err
    assert "ice 0.00 °C, read -0.80 °C" in ran.out and "another point" in ran.out
    unit.tip_c = 98.53
    ran = preheat("calibrate", "point", "plate", "--boiling", "--pressure-hpa", 962, "--json")
    assert ran.code == 0, ran.err
    assert ran.document["point"]["true_c"] == pytest.approx(98.53, abs=0.01)
    assert "put" not in unit.asked  # nothing has changed in the unit
    ran = preheat("calibrate", "apply", "plate", "--yes", "--operator", "bench 3",
                  "--instrument", "barometer B12", "--certificate", "K-2231",
                  "--due", NEXT_YEAR)  # fmt: skip
    assert ran.code == 0, ran.err
    (row,) = unit.settings["calibration"]
    assert row["offset_c"] == pytest.approx(0.8, abs=0.01)
    assert row["gain"] == pytest.approx(1.002, abs=0.0002)
    assert (row["operator"], row["certificate"], row["due"]) == ("bench 3", "K-2231", NEXT_YEAR)
    assert row["date"] == datetime.date.today().isoformat()
    assert "third" in ran.out and "sensor_error_c stays 4" in ran.out and "K-2231" in ran.out
    assert unit.settings["sensor_error_c"] == 4
    (aside,) = paths.calibration_dir().glob("bench-a-*.toml")
    assert tomlfiles.load_settings(aside)["calibration"] == []
    shown = preheat("calibrate", "show", "--json").document
    assert shown["probes"][0]["row"] == row and shown["probes"][0]["waiting"] == []
    assert f"good for {365} days" in preheat("calibrate", "show").out


def test_the_present_calibration_is_taken_out_before_a_new_fit(preheat, unit):
    unit.settings["calibration"] = [{"probe": "plate", "offset_c": -2.5, "gain": 1.01}]
    unit.tip_c = 150.0
    assert preheat("calibrate", "point", "plate", "--reference", "150").code == 0
    ran = preheat("calibrate", "apply", "plate", "--yes", "--json")
    assert ran.code == 0, ran.err
    read_c = fit.uncorrected(150.0, 0.8, 1.002)
    assert ran.document["after"]["offset_c"] == pytest.approx(150 - read_c, abs=0.01)
    assert ran.document["before"]["gain"] == 1.01 and ran.document["after"]["gain"] == 1
    assert any("nothing of the gain" in note for note in ran.document["notes"])


def test_a_probe_beyond_the_bounds_is_refused_and_nothing_is_kept(preheat, unit):
    unit.offset_c = 9.0
    ran = preheat("calibrate", "point", "plate", "--ice")
    assert ran.code == 4 and "damaged" in ran.err
    assert pending.Pending("aabb").all() == {}
    unit.offset_c, unit.gain = 0.0, 1.0
    for true_c, tip_c in ((100, 97), (160, 162)):  # each plausible, together a gain of 0.92
        unit.tip_c = tip_c
        assert preheat("calibrate", "point", "plate", "--reference", true_c).code == 0
    before = dict(unit.settings)
    ran = preheat("calibrate", "apply", "plate", "--yes")
    assert ran.code == 4 and "gain of 0.92" in ran.err and "damaged" in ran.err
    assert unit.settings == before and "put" not in unit.asked
    assert list(paths.calibration_dir().glob("*.toml")) == []
    assert "no point" not in preheat("calibrate", "clear", "plate", "--points").out
    assert preheat("calibrate", "apply", "plate", "--yes").code == 4  # none waits any more


def test_a_reading_that_does_not_stand_is_refused_with_what_it_does(preheat, unit, monkeypatch):
    monkeypatch.setattr(measure, "STEADY_ASKS", 100)
    unit.tip_c = lambda t_s: 0.05 * (t_s - 90)
    ran = preheat("calibrate", "point", "plate", "--ice", "--seconds", 10)
    assert ran.code == 4 and "it still rises: 0.5 °C in 10 s" in ran.err
    unit.probe_fault = "tc_open"
    ran = preheat("calibrate", "point", "plate", "--ice")
    assert ran.code == 4 and "tc_open" in ran.err
    assert preheat("calibrate", "point", "top", "--ice").code == 4
    assert preheat("calibrate", "apply", "top", "--yes").code == 4
    assert pending.Pending("aabb").all() == {}


def test_it_waits_for_a_reading_that_settles(preheat, unit):
    unit.tip_c = lambda t_s: max(0.0, 20.0 - 0.5 * (t_s - 90))
    ran = preheat("calibrate", "point", "plate", "--ice", "--json")
    assert ran.code == 0 and ran.document["point"]["read_c"] == pytest.approx(-0.8, abs=0.1)


def test_a_plateau_is_watched_live(preheat, unit):
    samples = dict(melt(at_c=183.0))
    unit.offset_c, unit.gain = 0.0, 1.0
    unit.tip_c = lambda t_s: samples.get(t_s - 100, 150.0 if t_s < 100 else 200.0)
    ran = preheat("calibrate", "point", "plate", "--alloy", "Sn63Pb37", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["point"]["read_c"] == pytest.approx(183, abs=0.25)
    assert "melting plateau" in ran.document["point"]["how"]
    assert preheat("calibrate", "point", "plate", "--alloy", "SAC305").code == 4
    assert preheat("calibrate", "point", "plate", "--ice", "--log", "last").code == 2


def test_a_second_amplifier_on_the_laptop_tells_what_is_true(preheat, unit, monkeypatch):
    pins = []

    def open_reference(pin):
        pins.append(pin)
        return blinka.Reference(Bus(frame(150.5, 24.0)), Pin())

    monkeypatch.setattr(blinka, "open_reference", open_reference)
    unit.tip_c = blinka.Reference(Bus(frame(150.5, 24.0)), Pin()).read()
    ran = preheat("calibrate", "point", "plate", "--reference", "blinka:D5", "--json")
    assert ran.code == 0, ran.err
    assert pins == ["D5"]
    assert ran.document["point"]["true_c"] == pytest.approx(unit.tip_c, abs=0.001)
    assert "MAX31855 on this computer" in ran.document["point"]["how"]


def test_enter_stores_and_no_leaves_it(preheat, unit, monkeypatch):
    assert preheat("calibrate", "point", "plate", "--ice").code == 0
    for answer, code in (("", 2), ("n\n", 6), ("\n", 0)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        assert preheat("calibrate", "apply", "plate").code == code
        assert bool(unit.settings["calibration"]) == (code == 0)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert preheat("calibrate", "clear", "plate").code == 6
    assert unit.settings["calibration"]
    ran = preheat("calibrate", "clear", "plate", "--yes", "--json")
    assert ran.code == 0 and ran.document["after"] is None
    assert unit.settings["calibration"] == []
    assert preheat("calibrate", "clear", "plate", "--yes").code == 4


def test_a_due_day_that_cannot_be_is_refused_before_it_is_sent(preheat, unit):
    assert preheat("calibrate", "point", "plate", "--ice").code == 0
    for due in ("next year", EARLIER):
        ran = preheat("calibrate", "apply", "plate", "--yes", "--due", due)
        assert ran.code == 4 and "calibration[0].due" in ran.err
    assert unit.settings["calibration"] == [] and "put" not in unit.asked


def test_nothing_is_written_while_a_run_goes_on(preheat, unit):
    assert preheat("calibrate", "point", "plate", "--ice").code == 0
    unit.run_id, unit.script, unit.state = "r000007", "until-stop", "ramp"
    for verb in ("apply", "clear"):
        ran = preheat("calibrate", verb, "plate", "--yes")
        assert ran.code == 4 and "r000007 goes on" in ran.err
    assert unit.settings["calibration"] == []


def test_an_expired_calibration_is_told_wherever_somebody_looks(preheat, unit, monkeypatch):
    unit.settings["calibration"] = [
        {"probe": "plate", "offset_c": 0.5, "gain": 1.0, "due": EARLIER}
    ]
    words = f"the calibration of plate expired: it was due on {EARLIER}"
    assert f"WARNING  {words}" in preheat("status").out
    assert words in preheat("status", "--json").document["warnings"][0]
    assert words in preheat("calibrate", "show").out
    target = preheat.folder / "back.toml"
    assert preheat("config", "pull", "-o", target).code == 0
    ran = preheat("config", "check", target)
    assert ran.code == 0 and words in ran.err and words not in ran.out
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert f"WARNING  {words}" in preheat("hold", "60").err
    monkeypatch.setattr(dates, "today", lambda: datetime.date.fromisoformat(EARLIER))
    assert "WARNING" not in preheat("status").out


def test_the_settings_are_asked_for_once_and_are_known_while_it_heats(preheat, unit):
    from preheat.transfer import sha16
    from preheat_core import check

    plain = unit.do_hello

    def do_hello(ask):
        return {**plain(ask), "settings_hash": sha16(check.canonical(unit.settings))}

    unit.do_hello = do_hello
    for _ in range(3):
        assert preheat("status").code == 0
    assert unit.asked.count("read") == 1
    unit.settings["calibration"] = [
        {"probe": "plate", "offset_c": 0.5, "gain": 1.0, "due": EARLIER}
    ]
    assert "expired" in preheat("status").out
    unit.do_get = None  # what a heating unit does not answer
    assert "expired" in preheat("status").out


def test_a_log_of_this_unit_gives_a_point_without_a_unit(preheat, monkeypatch):
    monkeypatch.setattr(logs, "load", lambda path: log_of(melt(at_c=182.6, every_s=1.0)))
    file = preheat.file("r000001.plog", b"read by the line above")
    ran = preheat("calibrate", "point", "tip", "--alloy", "Sn63Pb37", "--log", file)
    assert ran.code == 0, ran.err
    (kept,) = pending.Pending("aabb").of("tip")
    assert kept.true_c == 183 and kept.read_c == pytest.approx(182.6, abs=0.25)


def test_a_virtual_unit_is_calibrated_and_its_next_log_says_so(preheat):
    faults = [{"kind": "tc_offset", "value": 3.0, "at_s": -1}]
    files = flash.image(
        tomlfiles.load_board("virtual-hotplate"), settings.default("bench-a"), source=True
    )
    with VirtualUnit(
        "hotplate", faults, speed=0, idle_speed=40, interpreter="cpython", files=files
    ) as unit:
        port = ("--port", unit.port)
        ran = preheat("calibrate", "point", "plate", "--reference", "23", *port, "--json")
        assert ran.code == 0, ran.err
        read_c = ran.document["point"]["read_c"]
        assert read_c == pytest.approx(26.0, abs=0.8)  # the chip's own error is in it too
        ran = preheat("calibrate", "apply", "plate", "--yes", "--due", NEXT_YEAR, *port, "--json")
        assert ran.code == 0, ran.err
        assert ran.document["after"]["offset_c"] == pytest.approx(23 - read_c, abs=0.001)
        probes = preheat("status", *port, "--json").document["probes"]
        assert probes[0][2] == pytest.approx(23, abs=0.5)
        ran = preheat("hold", "30", "--minutes", "0.1", "--yes", *port, "--json")
        assert ran.code == 0, ran.err
        header = logs.load(logs.find("last")).header
    (row,) = header["calibration"]
    assert row[:3] == ["plate", pytest.approx(23 - read_c, abs=0.001), 1]
    assert row[4] == NEXT_YEAR


def test_how_sure_a_reference_is_counts_and_its_silence_is_said(preheat, unit):
    ran = preheat("calibrate", "point", "plate", "--reference", 0, "--json")
    assert ran.document["point"]["error_c"] == 0
    assert "taken for exact: say with --error" in preheat(
        "calibrate", "point", "plate", "--reference", 0).out
    ran = preheat("calibrate", "point", "plate", "--reference", 0, "--error", 1.5)
    assert ran.code == 0 and "taken for exact" not in ran.out
    assert "known within ±1.5 °C only" in ran.out
    assert pending.Pending("aabb").of("plate")[0].error_c == 1.5
    assert preheat("calibrate", "point", "plate", "--ice", "--error", 1).code == 2


@pytest.mark.parametrize("verb", ["apply", "clear"])
def test_settings_stored_while_it_waits_for_enter_are_not_lost(preheat, unit, monkeypatch, verb):
    unit.settings["calibration"] = [{"probe": "plate", "offset_c": -2.5, "gain": 1.01}]
    assert preheat("calibrate", "point", "plate", "--ice").code == 0
    before = dict(unit.settings)

    def another_window(*_words):
        unit.settings = {**before, "sensor_error_c": 6.0}

    monkeypatch.setattr("preheat.cli.run.wait_for_enter", another_window)
    ran = preheat("calibrate", verb, "plate")
    assert ran.code == 4 and "have changed meanwhile" in ran.err
    assert unit.settings == {**before, "sensor_error_c": 6.0}
    assert preheat("calibrate", "show", "--json").document["probes"][0]["waiting"]
