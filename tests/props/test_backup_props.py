"""Whatever is done to a backup file: never anything to send, always a list of problems."""

import copy
import json

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat import backupcontent, backupfile, tomlfiles
from preheat.errors import PreheatError, Refused
from preheat_core import check, settings

UNIT = {"uid": "aabbccdd", "name": "bench-a", "board": "virtual-hotplate", "fw": "0.1.0",
        "fw_hash": "0" * 16, "micropython": "1.29.0"}
CONTENT = backupcontent.build(UNIT, "line", {
    "settings.json": check.canonical(settings.default("bench-a")),
    "board.json": check.canonical(tomlfiles.load_board("virtual-hotplate")),
    "profiles/hotplate-sn63.json": check.canonical(tomlfiles.load_profile("hotplate-sn63")),
}, "hotplate-sn63")  # fmt: skip
DATA = backupfile.pack(CONTENT)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value, path=()):
    """The path of everything in a nested value, itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        yield (*path, key)
        if isinstance(child, (dict, list)):
            yield from places(child, (*path, key))


PLACES = sorted(places(json.loads(DATA)), key=str)


def changed(whole, path, value):
    """`whole` with `value` at that path."""
    whole = copy.deepcopy(whole)
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return whole


def test_the_file_itself_is_good():
    assert backupfile.unpack(DATA) == (json.loads(DATA)["content"], [])


def judge(data):
    content, problems = backupfile.unpack(data)
    assert (content is None) == bool(problems)
    assert all(isinstance(line, str) and line for line in problems)
    return problems


@given(st.binary(max_size=200))
def test_bytes_that_are_no_backup(data):
    assert judge(data)


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_one_byte_changed_is_found_unless_it_changes_nothing_that_is_said(at, flip):
    data = DATA[:at] + bytes([DATA[at] ^ flip]) + DATA[at + 1 :]
    try:
        same = json.loads(data) == json.loads(DATA)
    except ValueError:
        same = False
    assert bool(judge(data)) != same


@given(st.integers(0, len(DATA) - 2))
def test_a_file_cut_short_is_found(size):
    assert judge(DATA[:size])


@hypothesis.settings(max_examples=40)
@given(st.sampled_from(PLACES), JSON)
def test_a_value_changed_is_found(path, value):
    before = json.loads(DATA)
    after = changed(before, path, value)
    try:
        same = check.canonical(after) == check.canonical(before)
    except (ValueError, TypeError):
        same = False
    problems = judge(json.dumps(after).encode())
    assert same or problems


@given(st.sampled_from([p for p in PLACES if p[0] == "content" and len(p) > 1]), JSON)
def test_a_value_changed_and_hashed_anew_still_meets_the_checkers(path, value):
    content = changed(json.loads(DATA), path, value)["content"]
    try:
        data = backupfile.pack(content)
    except (ValueError, TypeError, OverflowError):
        return  # it could not be written at all
    if not judge(data):
        for key, kind in (("settings", settings),):
            assert content[key] is None or kind.check(content[key]) == []


@pytest.mark.parametrize("depth", [50, 5000])
def test_deep_nesting_is_a_problem_and_no_crash(depth):
    deep = b"[" * depth + b"]" * depth
    assert judge(DATA.replace(b'"latch": []', b'"latch": ' + deep))


def test_every_problem_is_told_at_once_and_nothing_is_given():
    whole = json.loads(DATA)
    whole["content"]["settings"]["sensor_error_c"] = 99
    whole["content"]["profiles"]["hotplate-sn63"]["run_max_s"] = -1
    whole["content"]["board"]["mains_hz"] = 55
    whole["content"]["armed"] = "gone"
    text = "\n".join(judge(json.dumps(whole).encode()))
    for word in ("sha256", "sensor_error_c", "run_max_s", "mains_hz", "armed"):
        assert word in text


def test_a_file_larger_than_any_backup_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(backupfile, "MAX_BYTES", 100)
    (tmp_path / "x.json").write_bytes(DATA)
    with pytest.raises(PreheatError, match="larger than any backup"):
        backupfile.load(tmp_path / "x.json")
    (tmp_path / "y.json").write_bytes(DATA[:90])
    with pytest.raises(Refused) as caught:
        backupfile.load(tmp_path / "y.json")
    assert caught.value.problems
