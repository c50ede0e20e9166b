"""What people see of a profile's `[job]`: its solders and where they melt."""

import pytest

from host.cli_helpers import Shell
from host.job_files import with_job, written


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.mark.parametrize("verb", ["check", "show"])
def test_indium_on_lead_is_told_by_whoever_loads_the_file(preheat, tmp_path, verb):
    values = with_job("hotplate-snbi", alloy="In52Sn48", existing="SnPb")
    for stage, target_c in zip(values["stages"], (90, 110, 140)):
        stage["target_c"] = target_c
    ran = preheat("profile", verb, written(tmp_path, values))
    assert ran.code == 0
    assert "note: tin, indium and lead together form phases that melt below either" in ran.err
    assert "In52Sn48 on Sn63Pb37: recalled from practice, no source seen (unverified)" in ran.err


def test_solders_of_which_nothing_is_known_get_no_note(preheat, tmp_path):
    values = with_job("preheat-sac305", alloy="SAC305", existing="SnPb")
    assert preheat("profile", "show", written(tmp_path, values)).err == ""


def test_show_and_plot_say_where_the_exact_alloy_melts_and_not_its_family(preheat, tmp_path):
    values = with_job("hotplate-snbi", alloy="In52Sn48")
    for stage, target_c in zip(values["stages"], (90, 110, 140)):
        stage["target_c"] = target_c
    path = written(tmp_path, values)
    shown = preheat("profile", "show", path).out
    assert "In52Sn48 (SnBi on a unit), solidus 118, liquidus 118 °C" in shown
    assert any(line.startswith("118 °C") and "liquidus" in line for line in shown.splitlines())
    picture = tmp_path / "mine.svg"
    assert preheat("profile", "plot", path, "-o", picture).code == 0
    assert "In52Sn48 liquid from 118" in picture.read_text(encoding="utf-8")


def test_a_curve_of_another_controller_is_pointed_to_the_import(preheat, tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text("time,temp\n0,25\n", encoding="utf-8")
    assert "`preheat profile import`" in preheat("profile", "show", path).err
