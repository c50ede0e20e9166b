"""TOML that is written reads back as the same values."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preheat import tomlfiles
from preheat.tomltext import dumps
from preheat.units import differences

KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
PLAIN = st.one_of(
    st.booleans(), st.integers(-(2**31), 2**31),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
)
TABLES = st.dictionaries(KEYS, PLAIN, max_size=4)
FILES = st.dictionaries(
    KEYS, st.one_of(PLAIN, TABLES, st.lists(TABLES, min_size=1, max_size=3)), max_size=5
)


@given(FILES)
def test_what_is_written_reads_back(values):
    assert tomllib.loads(dumps(values)) == values


@pytest.mark.parametrize("name", tomlfiles.stock_profiles())
def test_stock_profiles_survive(name):
    values = tomlfiles.load_profile(name)
    assert tomllib.loads(dumps(values)) == values


def test_what_toml_cannot_say_is_an_error():
    with pytest.raises(TypeError):
        dumps({"a": None})


def test_differences_name_every_path():
    ours = {"a": 1, "t": {"x": 1, "y": 2}, "rows": [{"n": 1}, {"n": 2}], "gone": True}
    theirs = {"a": 1, "t": {"x": 1, "y": 3}, "rows": [{"n": 1}, {"n": 5}], "new": [1]}
    assert differences(ours, theirs) == [
        ("gone", True, None), ("new", None, [1]), ("rows[1].n", 2, 5), ("t.y", 2, 3),
    ]
    assert differences(ours, ours) == []
