"""Files of other programs, laid out beside a backup: all of them, and each in its own place."""

import base64
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from preheat import backupplain


def holding(*there, **more):
    """The content of a backup with files of these paths, each of which holds its path."""
    files = {path: base64.b64encode(path.encode()).decode() for path in there}
    return {"files": files, "settings": None, "board": None, "made": {"way": "prompt"}, **more}


def test_a_name_from_the_board_never_leads_out_of_the_folder(tmp_path):
    content = holding("/../../evil.py")
    folder = backupplain.lay_out(content, tmp_path / "b.json")
    assert [p.name for p in folder.rglob("*.py")] == ["evil.py"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.files"]


OURS = ("/fw.json", "/board_pins.py", "/boot.py", "/main.py", "/data/settings.json",
        "/data/settings.json.bak", "/data/board.json", "/data/profiles/a.json",
        "/data/latch.json", "/data/armed.json")  # fmt: skip
LIKE_OURS = ("/fw.json.old", "/main.py.txt", "/boot.py~", "/data/log.csv", "/data/settings.json5",
             "/data/profiles/a/b.json")  # fmt: skip


def test_only_what_is_exactly_ours_is_left_out_of_the_folder():
    assert set(backupplain.foreign(holding(*OURS, *LIKE_OURS))) == set(LIKE_OURS)


def test_on_another_programs_board_data_is_its_own():
    theirs = ("/data/log.csv", "/data/settings.json", "/main.py", "/boot.py")
    assert set(backupplain.foreign(holding(*theirs))) == set(theirs)
    live = holding("/data/settings.json", made={"way": "line"})  # asked of our own app
    assert backupplain.foreign(live) == {}
    whole = holding("/data/settings.json", "/data/log.csv", settings={"name": "a"})
    assert set(backupplain.foreign(whole)) == {"/data/log.csv"}


@given(st.sets(st.lists(st.text("aA_ .é/", min_size=1, max_size=3), min_size=1, max_size=3)
               .map(lambda parts: "/" + "/".join(parts)), min_size=1, max_size=12))
def test_no_two_files_of_a_board_get_the_same_place(there):
    plain = {"/" + "/".join(part for part in path.split("/") if part) for path in there} - {"/"}
    whole = {path for path in plain if not any(o.startswith(path + "/") for o in plain)}
    found = backupplain.places(whole, Path("b.files"))
    assert len({str(place).casefold() for place in found.values()}) == len(whole)
    folders = {str(parent).casefold() for place in found.values() for parent in place.parents}
    assert not folders & {str(place).casefold() for place in found.values()}


def test_names_that_become_the_same_are_numbered(tmp_path):
    folder = backupplain.lay_out(holding("/a b.py", "/a_b.py", "/x/A", "/x/a"),
                                 tmp_path / "b.json")
    there = {p.relative_to(folder).as_posix(): p.read_text()
             for p in folder.rglob("*") if p.is_file()}
    assert there == {"a_b.py": "/a b.py", "a_b-2.py": "/a_b.py", "x/A": "/x/A", "x/a-2": "/x/a"}
