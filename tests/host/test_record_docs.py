"""docs/record.md on the store and the audit names what the code has, no more and no less."""

import re
from pathlib import Path

from preheat.record import export, fold

PAGE = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_column(text):
    return {code for row in re.findall(r"^\| (`.*?) \|", text, re.M)
            for code in re.findall(r"`([^`]+)`", row)}  # fmt: skip


def test_every_kind_of_event_is_listed():
    listed = {code for code in first_column(section("The store")) if "operator." in code
              or code.startswith("job.")}  # fmt: skip
    assert listed == set(fold.KINDS)


def test_what_can_be_taken_back_is_what_the_page_says():
    row = next(line for line in section("The store").splitlines() if "`job.removed`" in line)
    back, kept = row.split("never")
    assert all(word in back for word in fold.TAKEN_BACK)
    assert all(word in kept for word in fold.KEPT)


def test_every_kind_of_problem_is_listed():
    source = Path(fold.__file__).parent
    text = "".join((source / name).read_text(encoding="utf-8") for name in
                   ("verify.py", "events.py", "shape.py"))  # fmt: skip
    used = set(re.findall(r'Problem\(\s*"(\w+)"', text)) | {"removed", "reordered"}
    assert first_column(section("Audit")) == used


def test_every_form_of_an_export_is_named():
    assert all(f"`{form}`" in section("Audit") for form in export.FORMS)
