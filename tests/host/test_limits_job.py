"""`[job]` of a profile file: its limits in the profile that is sent; none is ever loosened."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.cli_helpers import Shell
from host.job_files import with_job, written
from host.limit_questions import agree, cannot_be, named, sizes
from preheat import tomlfiles
from preheat.errors import Refused
from preheat.limits import alloys, jobtable
from preheat.limits.numbers import MARK
from preheat.limits.stack import stack
from preheat_core import limits, profile, settings
from preheat_core.board import PROCESS_ROLES

BOARD = tomlfiles.load_board("virtual-quartz-full")
UNIT = settings.default("unit")
STOCK = [tomlfiles.load_profile(name) for name in tomlfiles.stock_profiles()]


def row_of(values, role):
    """The only limit of a role in a profile."""
    (row,) = [row for row in values["limits"] if row["role"] == role]
    return row


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


def test_a_profile_without_a_job_stays_as_it_is():
    for values in STOCK:
        assert tomlfiles.resolve_profile(values) == values


def test_indium_solder_keeps_the_bottom_heat_below_113_although_the_unit_knows_only_snbi(tmp_path):
    values = with_job("preheat-snpb", alloy="In52Sn48")
    values.update(alloy="SnBi")
    for stage in values["stages"]:
        stage["target_c"] = 100
    sent = tomlfiles.load_profile(written(tmp_path, values))
    assert "job" not in sent
    assert row_of(sent, "board")["max_c"] == 113
    assert "In52Sn48 solidus 118" in row_of(sent, "board")["source"]
    effective = limits.effective(BOARD, UNIT, sent)
    assert effective.row("board").trip_c == 113
    assert limits.check_profile(sent, BOARD, UNIT) == []


def test_a_target_that_melts_the_solder_is_refused_with_the_reason(preheat, tmp_path):
    values = with_job("preheat-snpb", alloy="In52Sn48")
    values.update(alloy="SnBi")
    ran = preheat("profile", "check", written(tmp_path, values), "--json")
    assert ran.code == 4
    lines = ran.document["problems"]
    assert [line.split(" = ")[0] for line in lines] == [
        "stages[1].target_c", "stages[2].target_c",
    ]  # fmt: skip
    assert all("below 113 °C (In52Sn48 solidus 118" in line for line in lines)


def test_all_problems_of_file_and_job_come_at_once(preheat, tmp_path):
    values = with_job("preheat-snpb", alloy="SnZn", package="tube", colour="green")
    values.update(ramp_max_c_s=99)
    ran = preheat("profile", "check", written(tmp_path, values), "--json")
    assert ran.code == 4
    paths = [line.split(" = ")[0] for line in ran.document["problems"]]
    assert paths == ["ramp_max_c_s", "job.alloy", "job.package", "job.colour"]
    with pytest.raises(Refused) as caught:
        tomlfiles.load_profile(written(tmp_path, values))
    assert len(caught.value.problems) == 4


def test_the_family_must_be_that_of_the_alloy(tmp_path):
    values = with_job("preheat-sac305", alloy="Sn62Pb36Ag2")
    with pytest.raises(Refused, match="SnPb.*family of job.alloy Sn62Pb36Ag2"):
        tomlfiles.load_profile(written(tmp_path, values))


def test_bismuth_on_lead_is_refused_in_a_file_too(tmp_path):
    values = with_job("hotplate-snbi", alloy="Sn42Bi58", existing="SnPb")
    with pytest.raises(Refused, match="95 °C"):
        tomlfiles.load_profile(written(tmp_path, values))


def test_two_parts_in_one_job_are_refused_and_both_are_named(tmp_path):
    values = with_job("preheat-sac305", alloy="SAC305", package="qfp", procedure="bga-removal")
    with pytest.raises(Refused, match="package qfp contradicts procedure bga-removal.*a bga"):
        tomlfiles.load_profile(written(tmp_path, values))
    values = with_job("bga-sac305", alloy="SAC305", package="mlcc")
    (problem,) = tomlfiles.check_profile({**values, "package": "bga"})
    assert problem.path == "package"
    assert str(problem).startswith('package = "bga"')
    assert "job.package is mlcc" in str(problem)
    values["job"]["package"] = "csp"  # has balls, too
    assert tomlfiles.check_profile({**values, "package": "bga"}) == []


def test_check_against_a_board_takes_the_limits_of_the_job(preheat, tmp_path):
    values = with_job("preheat-sac305", alloy="SAC305", laminate="IPC-4101/99")
    path = written(tmp_path, values)
    assert preheat("profile", "check", path, "--board", "virtual-hotplate").code == 4
    assert "below 140 °C" in preheat("profile", "check", path).out
    for stage in values["stages"]:
        stage["target_c"] = min(stage["target_c"], 130)
    path = written(tmp_path, values)
    assert preheat("profile", "check", path, "--board", "virtual-hotplate").code == 0


@pytest.mark.parametrize(("stock", "alloy", "peak_c", "liquidus_c"), [
    ("hotplate-sn63", "Sn60Pb40", 190, 191), ("hotplate-sac305", "SN100C", 225, 227),
    ("hotplate-snbi", "In52Sn48", 118, 118),
])  # fmt: skip
def test_a_reflow_that_does_not_melt_its_exact_alloy_is_refused(stock, alloy, peak_c, liquidus_c):
    values = with_job(stock, alloy=alloy)
    for stage in values["stages"]:
        stage["target_c"] = min(stage["target_c"], peak_c)
    values["stages"][-1]["target_c"] = peak_c
    found = tomlfiles.check_profile(values)
    (problem,) = [row for row in found if "liquidus" in row.want]
    assert problem.value == str(peak_c)
    assert f"above {liquidus_c} °C, the liquidus of {alloy}" in problem.want
    assert "raise this hottest stage" in str(problem)
    values["purpose"] = "preheat"
    assert not [row for row in tomlfiles.check_profile(values) if "liquidus of" in row.want]


def test_a_reflow_that_melts_nothing_is_told_with_everything_else_that_is_wrong(tmp_path):
    values = with_job("hotplate-sac305", alloy="SN100C")
    values["stages"][2]["target_c"] = 225
    values.update(ramp_max_c_s=99, alloy="SnPb")
    with pytest.raises(Refused) as caught:
        tomlfiles.load_profile(written(tmp_path, values))
    paths = [line.split(" = ")[0] for line in caught.value.problems]
    assert paths == ["ramp_max_c_s", "alloy", "stages[2].target_c"]


def test_json_files_have_a_job_too(tmp_path):
    values = with_job("preheat-sac305", alloy="SAC305", existing="Sn63Pb37")
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    assert row_of(tomlfiles.load_profile(path), "board")["max_c"] == 178


def test_a_bga_by_its_procedure_gets_the_package_that_the_unit_knows():
    sent = tomlfiles.resolve_profile(
        with_job("preheat-sac305", alloy="SAC305", procedure="bga-removal")
    )
    assert sent["package"] == "bga"
    assert row_of(sent, "component")["max_c"] == 245


def test_the_bismuth_paste_with_silver_slows_the_ramp_and_says_which_stage_is_too_fast():
    values = with_job("hotplate-snbi", alloy="Sn42Bi57Ag1")
    assert tomlfiles.resolve_profile({**values, "ramp_max_c_s": 3.5})["ramp_max_c_s"] == 2.5
    values["stages"][0]["ramp_c_s"] = 2.6
    values["ramp_max_c_s"] = 3.0
    (problem,) = tomlfiles.check_profile(values)
    assert problem.path == "stages[0].ramp_c_s"
    assert "2.5 °C/s (Sn42Bi57Ag1: MG Chemicals" in problem.want


def test_a_plan_that_is_too_long_above_liquidus_for_the_part_is_refused():
    values = with_job("hotplate-sac305", alloy="SAC305", package="qfp")
    values["stages"][2].update(hold_s=200, hold_max_s=300, target_c=230)
    values["tal_max_s"] = 400
    (problem,) = tomlfiles.check_profile(values)
    assert problem.path == "with the limits of [job]: tal_max_s"
    assert "planned time above liquidus" in problem.want


def test_the_profile_s_own_tighter_limit_stays():
    values = with_job("bga-sac305", alloy="SAC305", package="bga")
    values["limits"] = [
        {"role": "component", "max_c": 210, "source": "a plastic connector"},
        {"role": "component", "max_c": 248, "source": "hope"},
    ]
    rows = tomlfiles.resolve_profile(values)["limits"]
    assert row_of({"limits": rows}, "component")["source"] == "a plastic connector"


def test_a_shorter_time_above_liquidus_of_the_profile_stays_and_a_longer_one_is_cut():
    values = with_job("hotplate-sac305", alloy="SAC305", package="qfp")
    for own_s, sent_s in ((120, 120), (400, 150), (None, 150)):
        values["tal_max_s"] = own_s
        if own_s is None:
            del values["tal_max_s"]
        assert tomlfiles.resolve_profile(values)["tal_max_s"] == sent_s


def test_a_job_is_spelled_as_the_options_are(tmp_path):
    """What --alloy and --package take, a file takes too; what nobody knows is told as written."""
    values = with_job("hotplate-sn63", alloy="63/37", existing="sn62", package="DFN",
                      laminate="/126", procedure="SMT-installation")  # fmt: skip
    exact = with_job("hotplate-sn63", alloy="Sn63Pb37", existing="Sn62Pb36Ag2", package="qfn",
                     laminate="IPC-4101/126", procedure="smt-installation")  # fmt: skip
    assert tomlfiles.load_profile(written(tmp_path, values)) == tomlfiles.resolve_profile(exact)
    values["job"].update(alloy="sac305", package="tube")
    problems = {problem.path: problem for problem in tomlfiles.check_profile(values)}
    assert set(problems) == {"job.package"}
    assert problems["job.package"].value == '"tube"'
    values["job"]["package"] = "qfn"
    assert [problem.path for problem in tomlfiles.check_profile(values)][0] == "alloy"


def test_a_bake_that_melts_solder_is_refused_with_the_reason():
    values = with_job("hotplate-sac305", alloy="SAC305", procedure="drying")
    (problem,) = tomlfiles.check_profile(values)
    assert problem.path == "job"
    assert "drying is a bake, in which no solder melts, and the purpose is reflow" in str(problem)


@pytest.mark.parametrize("tail", ["", f" ({MARK})"])
def test_a_long_source_is_cut_and_keeps_its_mark(tail):
    short = jobtable.short("x" * 200 + tail)
    assert len(short) == 120
    assert short.endswith(tail)
    assert jobtable.short("brief" + tail) == "brief" + tail


options = {key: rule.filter(bool) for key, rule in {**named, **sizes}.items() if key != "alloy"}
jobs = st.fixed_dictionaries({"alloy": named["alloy"]}, optional=options).filter(
    lambda job: agree(job.get("package"), job.get("procedure"))
)
own_limits = st.lists(
    st.fixed_dictionaries({
        "role": st.sampled_from(PROCESS_ROLES), "max_c": st.integers(40, 300),
        "source": st.just("own"),
    }), max_size=8,
)  # fmt: skip


@given(
    base=st.sampled_from(STOCK), job=jobs, own=own_limits, ramp=st.floats(0.05, 4),
    tal=st.none() | st.integers(10, 600), package=st.sampled_from([None, "bga"]),
)
def test_a_job_never_loosens_anything(base, job, own, ramp, tal, package):
    if cannot_be(base["purpose"], job):
        return
    before = copy.deepcopy(base)
    before.update(alloy=alloys.find(job["alloy"]).family, limits=own, ramp_max_c_s=ramp)
    for key, value in (("tal_max_s", tal), ("package", package)):
        before.pop(key, None)
        if value is not None:
            before[key] = value
    sent = tomlfiles.resolve_profile({**before, "job": job})
    untouched = {"limits", "ramp_max_c_s", "tal_max_s", "package"}
    assert {k: v for k, v in sent.items() if k not in untouched} == {
        k: v for k, v in before.items() if k not in untouched
    }
    assert sent["ramp_max_c_s"] <= before["ramp_max_c_s"]
    assert sent.get("tal_max_s", 600) <= before.get("tal_max_s", 600)
    assert before.get("package") in (None, sent.get("package"))
    fields = {field.key: field for field in profile.FIELDS}
    assert not profile.fields.check_table(
        {"limits": sent["limits"], "ramp_max_c_s": sent["ramp_max_c_s"]},
        (fields["limits"], fields["ramp_max_c_s"]),
    )
    old, new = limits.effective(BOARD, UNIT, before), limits.effective(BOARD, UNIT, sent)
    for role in PROCESS_ROLES:
        assert new.row(role).trip_c <= old.row(role).trip_c
    assert new.ramp_max_c_s <= old.ramp_max_c_s


@given(base=st.sampled_from(STOCK), job=jobs)
def test_what_goes_to_the_unit_is_the_tightest_of_the_tables_and_marked_if_unverified(base, job):
    if cannot_be(base["purpose"], job):
        return
    values = {**base, "alloy": alloys.find(job["alloy"]).family, "limits": [], "job": job}
    sent = tomlfiles.resolve_profile(values)
    found = stack(jobtable.question(values))
    for role in PROCESS_ROLES:
        row = found.tightest("max_c", role)
        assert row_of(sent, role)["max_c"] == row.high
        assert (MARK in row_of(sent, role)["source"]) == (not row.verified)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["alloy", "existing", "thickness_mm", "x"]), inner),
        max_leaves=6,
    )
)
def test_any_junk_for_a_job_is_a_problem_and_never_an_exception(junk):
    values = {**STOCK[0], "job": junk, "purpose": junk, "stages": junk}
    assert tomlfiles.check_profile(values)
