"""The field-table checker: every kind of wrong value is named, and nothing makes it raise."""

from preheat_core import check

INNER = (check.whole("n", 0, 9, "GPIO"),)
FIELDS = (
    check.choice("schema", (1,)),
    check.name("name", 8),
    check.text("title", 10, "untitled"),
    check.number("max_c", 30, 300, "°C", 100),
    check.whole("count", 1, 8, "", None),
    check.flag("wait", False),
    check.table("inner", INNER, None),
    check.rows("rows", INNER, 1, 2, None, fix="drop some"),
    check.refused("ssr", "move it"),
)
GOOD = {"schema": 1, "name": "a-1"}


def paths(d):
    return [problem.path for problem in check.check_table(d, FIELDS)]


def with_key(key, value):
    d = dict(GOOD)
    d[key] = value
    return d


def test_a_good_dict_has_no_problems():
    assert paths(GOOD) == []
    full = dict(GOOD)
    full.update(
        {
            "title": "Größe °C",
            "max_c": 30,
            "count": 8,
            "wait": True,
            "inner": {"n": 0},
            "rows": [{"n": 1}, {"n": 9}],
        }
    )
    assert paths(full) == []


def test_all_problems_at_once_in_the_order_of_the_table():
    d = {"zeta": 1, "alpha": 2, "wait": 1, "max_c": 301, "name": "A"}
    assert paths(d) == ["schema", "name", "max_c", "wait", "alpha", "zeta"]


def test_numbers_are_finite_in_range_and_never_bools():
    for bad in (29.99, 300.5, True, "100", None, [], {}, float("nan"), float("inf"), 10**400):
        assert paths(with_key("max_c", bad)) == ["max_c"], check.shown(bad)
    for bad in (0, 9, 1.0, True, "1"):
        assert paths(with_key("count", bad)) == ["count"], check.shown(bad)


def test_choices_are_compared_with_their_type():
    for bad in (True, 1.0, 2, "1", None, [1]):
        assert paths(with_key("schema", bad)) == ["schema"], check.shown(bad)


def test_names_and_texts():
    for bad in ("", "A", "a b", "a/b", "..", "ä", "abcdefghi", 5, None):
        assert paths(with_key("name", bad)) == ["name"], check.shown(bad)
    for bad in ("", "  ", "a\nb", "a\x00", "a\x7f", "12345678901", 5):
        assert paths(with_key("title", bad)) == ["title"], check.shown(bad)


def test_tables_and_rows_are_walked():
    assert paths(with_key("inner", {"n": 10})) == ["inner.n"]
    assert paths(with_key("inner", [])) == ["inner"]
    assert paths(with_key("rows", [{"n": 1}, {}])) == ["rows[1].n"]
    assert paths(with_key("rows", [1])) == ["rows[0]"]
    assert paths(with_key("rows", [])) == ["rows"]
    many = check.check_table(with_key("rows", [{"n": 1}] * 3), FIELDS)
    assert [str(p) for p in many] == ["rows = 3 rows: must be 1 to 2 rows; drop some"]


def test_messages_say_path_value_range_and_way_out():
    found = check.check_table(with_key("max_c", 400), FIELDS)
    assert str(found[0]) == "max_c = 400: must be a number 30 to 300 °C"
    found = check.check_table({"schema": 1}, FIELDS)
    assert str(found[0]) == "name = missing: must be 1 to 8 characters a-z 0-9 -; add it"
    found = check.check_table(with_key("ssr", 4), FIELDS)
    assert str(found[0]) == "ssr = 4: must be absent; move it"
    found = check.check_table(with_key("maxc", 4), FIELDS)
    assert str(found[0]).startswith(
        "maxc = 4: must be absent: the key is unknown; known here: sch"
    )
    assert "ssr" not in str(found[0])
    found = check.check_table([], FIELDS)
    assert str(found[0]) == "(file) = 0 rows: must be a table of keys and values"


def test_shown_is_short_whatever_it_is_given():
    deep = []
    for _ in range(200):
        deep = [deep]
    for value in (
        deep,
        {"a": deep},
        10**400,
        "x" * 1000,
        None,
        True,
        float("nan"),
        b"x",
        object(),
    ):
        assert 0 < len(check.shown(value)) <= 60
    assert check.shown("a\nb") == '"a?b"'


def test_unknown_keys_of_any_type_are_named():
    assert len(paths({"schema": 1, "name": "a", 5: 1, None: 2, "": 3, ("t",): 4})) == 4


def test_repeats_names_the_second_of_two():
    d = {"probes": [{"name": "a"}, {"name": "b"}, {"name": "a"}, {}, 7, {"name": []}]}
    assert [p.path for p in check.repeats(d, "probes", "name")] == ["probes[2].name"]
    assert check.repeats({"probes": 5}, "probes", "name") == []
    assert check.repeats(None, "probes", "name") == []


def test_fill_adds_defaults_and_leaves_the_original_alone():
    d = dict(GOOD)
    filled = check.fill(d, FIELDS)
    assert filled == {"schema": 1, "name": "a-1", "title": "untitled", "max_c": 100, "wait": False}
    assert d == GOOD
    assert check.fill(filled, FIELDS) == filled


def test_canonical_is_one_spelling():
    one = {"b": [1, 2.5, True, None], "a": {"y": 150.0, "x": '°"\\\n'}}
    two = {"a": {"x": '°"\\\n', "y": 150}, "b": [1, 2.5, True, None]}
    want = '{"a":{"x":"°\\"\\\\\\u000a","y":150},"b":[1,2.5,true,null]}'
    assert check.canonical(one) == check.canonical(two) == want.encode()


def test_canonical_reads_back():
    import json

    d = {"name": "x", "text": 'tab\t "q" °', "n": [0, -1, 0.5, False], "t": {}}
    assert json.loads(check.canonical(d).decode()) == d


def test_canonical_refuses_what_is_no_number():
    for bad in (float("nan"), float("inf")):
        try:
            check.canonical({"a": bad})
        except ValueError:
            continue
        raise AssertionError("accepted")
