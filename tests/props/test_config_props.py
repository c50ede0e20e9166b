"""Whatever a file holds, checking it gives problems and never raises; limits only tighten."""

import copy
import json
import string

from hypothesis import given
from hypothesis import strategies as st

from preheat import tomlfiles
from preheat.bench import flash
from preheat_core import alloys, board, check, limits, profile, settings

BOARD = tomlfiles.load_board("virtual-quartz-full")
SETTINGS = settings.default("unit")
SETTINGS["calibration"] = [{"probe": "board", "offset_c": 1, "gain": 1.01}]
SETTINGS["model"] = flash.unit_settings("quartz-medium")["model"]
PROFILE = tomlfiles.load_profile("bga-sac305")
KINDS = ((board, BOARD), (settings, SETTINGS), (profile, PROFILE))

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=50), st.dates()
)
keys = st.one_of(
    st.sampled_from([field.key for kind, _ in KINDS for field in kind.FIELDS]),
    st.text(max_size=5),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


def _places(value, path=()):
    """The path of every key and list item inside a dict."""
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    out = []
    for key, item in items:
        out.append((*path, key))
        out.extend(_places(item, (*path, key)))
    return out


@st.composite
def mutated(draw, good):
    """`good` with one to three of its values replaced, removed, or joined by an unknown key."""
    d = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(d)
        if not places:
            break
        *path, last = draw(st.sampled_from(places))
        parent = d
        for key in path:
            parent = parent[key]
        action = draw(st.sampled_from(("replace", "remove", "add")))
        if action == "remove":
            del parent[last]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(st.text(string.ascii_lowercase, min_size=1))] = draw(values)
        else:
            parent[last] = draw(values)
    return d


def _is_problems(found):
    assert isinstance(found, list)
    for problem in found:
        assert isinstance(problem, check.Problem)
        line = str(problem)
        assert "\n" not in line and len(line) < 600
        line.encode()  # a lone surrogate must not reach a message


@given(values)
def test_anything_at_all_gives_problems(d):
    for kind, _ in KINDS:
        found = kind.check(d)
        assert found, "nothing but a complete file is good"
        _is_problems(found)
    _is_problems(limits.check_profile(d, BOARD, SETTINGS))
    _is_problems(limits.check_profile(PROFILE, d, SETTINGS))
    _is_problems(limits.check_profile(PROFILE, BOARD, d))


@given(st.data())
def test_mutations_are_either_good_or_named(data):
    for kind, good in KINDS:
        d = data.draw(mutated(good))
        before = copy.deepcopy(d)
        found = kind.check(d)
        _is_problems(found)
        assert repr(d) == repr(before), "checking must not change what it checks"
        if not found:
            full = kind.normalise(d)
            assert kind.check(full) == []
            assert kind.normalise(full) == full
            assert json.loads(check.canonical(full)) == json.loads(json.dumps(full))


@given(st.data())
def test_a_good_key_in_range_stays_good_and_out_of_range_is_found(data):
    field = data.draw(st.sampled_from(board.LIMIT_FIELDS))
    d = copy.deepcopy(BOARD)
    below = data.draw(st.floats(max_value=field.low, exclude_max=True, allow_nan=False))
    above = data.draw(st.floats(min_value=field.high, exclude_min=True, allow_nan=False))
    for bad in (below, above):
        d["limits"][field.key] = bad
        assert [p.path for p in board.check(d)] == [f"limits.{field.key}"]
    for good in (field.low, field.high):
        d["limits"][field.key] = good
        assert board.check(d) == []


limit_rows = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(board.PROCESS_ROLES),
            "max_c": st.floats(40, 300),
            "source": st.just("a test"),
        }
    ),
    max_size=8,
)


@given(
    rows=limit_rows,
    alloy=st.sampled_from(alloys.NAMES),
    purpose=st.sampled_from(profile.PURPOSES),
    package=st.sampled_from((None, "bga")),
    ramp_max_c_s=st.floats(0.5, 4),
    run_max_s=st.integers(4000, 172800),
    error_c=st.floats(1, 10),
)
def test_a_profile_only_tightens(rows, alloy, purpose, package, ramp_max_c_s, run_max_s, error_c):
    d = copy.deepcopy(PROFILE)
    d.update(alloy=alloy, purpose=purpose, limits=rows, run_max_s=run_max_s)
    d.update(ramp_max_c_s=max(ramp_max_c_s, 0.8))
    d.pop("package")
    if package:
        d["package"] = package
    assert profile.check(d) == []
    unit = dict(SETTINGS, sensor_error_c=error_c)
    got = limits.effective(BOARD, unit, d)
    loose = limits.effective(BOARD, unit, dict(d, limits=[]))
    hard = BOARD["limits"]
    assert [row.role for row in got.rows] == list(limits.LIMIT_ROLES)
    for row in got.rows[:-1]:
        own = [limit["max_c"] for limit in rows if limit["role"] == row.role]
        assert row.trip_c == min([loose.row(row.role).trip_c, *own])
        assert row.trip_c <= hard["board_max_c"]
        assert row.trip_c <= alloys.find(alloy).peak_max_c
        assert row.approach_c == row.trip_c - error_c
        assert row.source
    assert got.rows[-1].trip_c == hard["heater_max_c"]
    assert got.ramp_max_c_s == min(hard["ramp_max_c_s"], d["ramp_max_c_s"])
    assert got.run_max_s == min(hard["run_max_s"], run_max_s)
    allowed = limits.check_profile(d, BOARD, unit) == []
    highest_c = max(stage["target_c"] for stage in d["stages"])
    assert allowed == (highest_c <= got.row("board").approach_c)
