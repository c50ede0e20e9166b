"""Whatever the host sends, no limit of a run lies above the board file's."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from preheat import tomlfiles
from preheat_core import alloys, board, limits, profile, settings

BOARDS = [tomlfiles.load_board(name) for name in ("virtual-quartz-full", "virtual-hotplate-bare")]
PROFILES = [tomlfiles.load_profile(name) for name in ("bga-sac305", "hotplate-sac305")]

hard_limits = st.fixed_dictionaries(
    {field.key: st.integers(int(field.low) + 1, int(field.high)) for field in board.LIMIT_FIELDS}
)
wishes = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(board.PROCESS_ROLES),
            "max_c": st.one_of(st.integers(20, 2000), st.floats(20, 2000)),
            "source": st.just("wishful"),
        }
    ),
    max_size=4,
)


@given(
    made=st.sampled_from(BOARDS),
    hard=hard_limits,
    wanted=st.sampled_from(PROFILES),
    rows=wishes,
    alloy=st.sampled_from(alloys.NAMES),
    purpose=st.sampled_from(profile.PURPOSES),
    package=st.sampled_from((None, "bga")),
    ramp_max_c_s=st.one_of(st.integers(0, 50), st.floats(0, 50)),
    run_max_s=st.integers(1, 10_000_000),
    error_c=st.one_of(st.integers(-100, 100), st.floats(-100, 100)),
)
def test_no_profile_and_no_settings_raise_a_limit(
    made, hard, wanted, rows, alloy, purpose, package, ramp_max_c_s, run_max_s, error_c
):
    """Also for values that no checker would let pass: the limits do not lean on it alone.

    A negative sensor error is the exception; the settings' checker refuses it.
    """
    unit = dict(settings.default("unit"), sensor_error_c=error_c)
    built = copy.deepcopy(made)
    built["limits"].update(hard)
    d = dict(copy.deepcopy(wanted), alloy=alloy, purpose=purpose, limits=rows)
    d.update(ramp_max_c_s=ramp_max_c_s, run_max_s=run_max_s)
    d.pop("package", None)
    if package:
        d["package"] = package
    allowed = settings.check(unit) == []
    assert not allowed or error_c > 0
    before = copy.deepcopy(built)
    found = limits.effective(built, unit, d)
    assert built == before, "reading the limits must not change the board"
    ceilings = dict.fromkeys(board.PROCESS_ROLES, built["limits"]["board_max_c"])
    ceilings["heater"] = built["limits"]["heater_max_c"]
    assert [row.role for row in found.rows] == list(limits.LIMIT_ROLES)
    for row in found.rows:
        assert row.trip_c <= ceilings[row.role]
        assert not allowed or row.approach_c < row.trip_c
    assert found.ramp_max_c_s <= built["limits"]["ramp_max_c_s"]
    assert found.run_max_s <= built["limits"]["run_max_s"]
    idle = limits.hardware(built, unit)
    for row in idle.rows:
        assert row.trip_c == ceilings[row.role]


@given(error_c=st.floats(-1000, 1000))
def test_the_settings_checker_lets_no_error_pass_that_would_raise_the_approach_level(error_c):
    unit = dict(settings.default("unit"), sensor_error_c=error_c)
    if settings.check(unit) == []:
        assert error_c > 0
