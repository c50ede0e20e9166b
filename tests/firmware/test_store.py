"""Stored files: the last good one survives damage, refusals, and a cut at every step."""

import builtins
import os
from pathlib import Path

import pytest

from preheat_fw import store as store_module
from preheat_fw.store import MAX_BYTES, Store, StoreError, sha

NAME = "settings.json"
OLD, NEW = b'{"old":1}', b'{"new":2}'


@pytest.fixture
def root(tmp_path):
    return str(tmp_path / "data")


def test_bytes_and_json_come_back(root):
    store = Store(root)
    for payload in (b"", b"\n", bytes(range(256)), b"x" * MAX_BYTES):
        store.write_bytes(NAME, payload)
        assert Store(root).read_bytes(NAME) == payload
    store.write_json("profiles/a.json", {"name": "Zoë", "n": [1, 2.5, None]})
    assert store.read_json("profiles/a.json") == {"name": "Zoë", "n": [1, 2.5, None]}
    assert store.problems == []


def test_what_is_absent_is_none_and_no_problem(root):
    store = Store(root)
    assert store.read_bytes("none.json") is None and store.read_json("none.json") is None
    assert store.list() == [] and store.list("profiles/") == [] and store.problems == []
    assert store.remove("none.json") is False


def test_hash_is_the_start_of_sha256():
    assert sha(b"abc") == "ba7816bf8f01cfea"


def test_the_file_is_as_documented(root):
    Store(root).write_bytes(NAME, b"{}")
    assert Path(root, NAME).read_bytes() == b"{}\na3a6bf43\n"


@pytest.mark.parametrize("damage", [b"", b"x", OLD, OLD + b"\n00000000\n", b"\xff" * 20000])
def test_a_damaged_file_gives_the_one_before_it_and_says_so(root, damage):
    store = Store(root)
    store.write_bytes(NAME, OLD)
    store.write_bytes(NAME, NEW)
    Path(root, NAME).write_bytes(damage)
    assert store.read_bytes(NAME) == OLD
    assert store.read_bytes(NAME) == OLD
    assert len(store.problems) == 1 and "before it is in use" in store.problems[0]
    # A damaged one must not push out the good one that is kept.
    store.write_bytes(NAME, b"3")
    assert store.read_bytes(NAME) == b"3"
    Path(root, NAME).write_bytes(damage)
    assert store.read_bytes(NAME) == OLD


def test_damage_without_an_older_one_is_none_and_a_problem(root):
    store = Store(root)
    store.write_bytes(NAME, OLD)
    Path(root, NAME).write_bytes(b"rubbish")
    assert store.read_bytes(NAME) is None
    assert "store it again" in store.problems[0]


def test_good_bytes_that_are_no_json_are_a_problem(root):
    store = Store(root)
    store.write_bytes(NAME, b"{")
    assert store.read_json(NAME) is None and "not JSON" in store.problems[0]


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/../b", "/x", "a//b", "a/b/c", "x.bak", "x.tmp", "A", "ä", "a b",
     "x" * 41, "a\\b", "a\x00", None, 7],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(root, name):
    store = Store(root)
    for call in (store.read_bytes, store.remove, lambda n: store.write_bytes(n, b"x")):
        with pytest.raises(ValueError):
            call(name)
    assert os.listdir(root) == []


def test_too_long_is_refused_and_the_old_is_kept(root):
    store = Store(root)
    store.write_bytes(NAME, OLD)
    with pytest.raises(StoreError) as caught:
        store.write_bytes(NAME, b"x" * (MAX_BYTES + 1))
    assert caught.value.code == "space" and store.read_bytes(NAME) == OLD


def test_list_and_remove(root):
    store = Store(root)
    for name in ("profiles/b.json", "profiles/a.json", "profiles/a.json", NAME):
        store.write_bytes(name, OLD)
    assert store.list("profiles/") == ["profiles/a.json", "profiles/b.json"]
    assert store.list() == [NAME]
    os.remove(Path(root, "profiles/a.json"))  # lost, but the kept one reads
    assert "profiles/a.json" in store.list("profiles/")
    assert store.remove("profiles/a.json") is True
    assert store.list("profiles/") == ["profiles/b.json"]
    assert store.read_bytes("profiles/a.json") is None


class PowerCut:
    """An `os` and an `open` for the store whose writing calls all fail after the first `left`."""

    def __init__(self, left, error=5):
        self.left = left
        self.error = error

    def spend(self):
        self.left -= 1
        if self.left < 0:
            raise OSError(self.error, "no more")

    def __getattr__(self, name):
        real = getattr(os, name)
        if name not in ("mkdir", "replace", "remove", "fsync"):
            return real

        def call(*args):
            self.spend()
            return real(*args)

        return call

    def open(self, path, mode):
        file = builtins.open(path, mode)  # noqa: SIM115 - the store closes it
        return file if mode == "rb" else HalfWriter(file, self)


class HalfWriter:
    """A file of which a cut write leaves half."""

    def __init__(self, file, power):
        self.file = file
        self.power = power

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        self.file.write(data[: len(data) // 2])
        self.power.spend()
        self.file.write(data[len(data) // 2 :])


@pytest.mark.parametrize("error", [5, 28])
@pytest.mark.parametrize("left", range(7))
def test_a_cut_at_every_step_keeps_the_last_good_one(root, monkeypatch, left, error):
    store = Store(root)
    store.write_bytes(NAME, b"older")
    store.write_bytes(NAME, OLD)
    power = PowerCut(left, error)
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "os", power)
        patch.setattr(store_module, "open", power.open, raising=False)
        try:
            store.write_bytes(NAME, NEW)
            want = NEW
        except StoreError as failure:
            want = OLD
            assert failure.code == ("space" if error == 28 else "problem")
            assert NAME in failure.why
    assert (want == OLD) == (left < 4), "write, fsync, move away, move in: four steps"
    again = Store(root)
    assert again.read_bytes(NAME) == want
    again.write_bytes(NAME, b"after")
    assert again.read_bytes(NAME) == b"after"


@pytest.mark.parametrize("left", range(3))
def test_a_cut_while_deleting_brings_nothing_older_back(root, monkeypatch, left):
    store = Store(root)
    store.write_bytes(NAME, OLD)
    store.write_bytes(NAME, NEW)
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "os", PowerCut(left))
        try:
            store.remove(NAME)
        except OSError:
            assert left < 2
    assert Store(root).read_bytes(NAME) == (NEW if left < 2 else None)
