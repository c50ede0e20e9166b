"""The documents against the code: what the code names, its page names; links lead somewhere."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from preheat import errors
from preheat.cli import VERBS
from preheat_core import faults

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = (
    "architecture", "control", "safety", "protocol", "log-format", "configuration", "wiring",
    "commissioning", "importing", "limits", "report", "record",
)


def text(*parts):
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def codes_in(page):
    """Every word that stands in `backticks` on a page, alone or first in a phrase."""
    spans = re.findall(r"`([^`\n]+)`", page)
    return {word for span in spans for word in re.findall(r"[\w.-]+", span)}


def test_readme_opens_with_the_two_commands_then_safety_then_the_folders():
    page = text("README.md")
    order = [
        "python3 tools/dev.py demo", "python3 tools/dev.py test", r"py tools\dev.py demo",
        "fails ON", "thermal cut-out", "## The folders",
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_readme_names_every_verb():
    missing = {verb.name for verb in VERBS} - codes_in(text("README.md"))
    assert missing == set()


def test_readme_names_every_folder_of_the_project():
    page = text("README.md")
    for name in ("firmware", "host/preheat", "host/preheat/bench", "boards", "docs", "tests"):
        assert f"`{name}/`" in page
        assert (ROOT / name).is_dir()


def test_readme_lists_the_exit_codes_of_the_error_tree():
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", text("README.md"), re.M)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    used = {kind.exit_code for kind in kinds if issubclass(kind, errors.PreheatError)}
    assert listed == used | {0}


def test_safety_names_every_fault_and_every_state():
    named = codes_in(text("docs", "safety.md"))
    assert set(faults.CODES) - named == set()
    assert set(faults.STATE_NAMES) - named == set()


@pytest.mark.parametrize("page", PAGES)
def test_page_exists_and_says_something(page):
    assert len(text("docs", f"{page}.md").split()) > 150


def test_links_between_the_documents_lead_somewhere():
    broken = []
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_decisions_are_numbered_without_gaps_and_have_three_parts():
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n + 1:04}" for n in range(len(pages))]
    for page in pages:
        headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.M)
        assert headings == ["Context", "Decision", "Consequence"], page.name


def test_no_tracked_file_names_a_machine():
    """No home folder, no path of this checkout, no name of the computer it was written on."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
        capture_output=True, text=True, encoding="utf-8",
    ).stdout.split("\n")
    private = [r"/home/\w", r"/Users/\w", r"[A-Z]:\\Users\\\w", r"/root/", re.escape(f"{ROOT}/")]
    host = socket.gethostname()
    if len(host) > 6 and host not in ("localhost", "localhost.localdomain"):
        private.append(re.escape(host))
    pattern = re.compile("|".join(private))
    found = []
    for name in filter(None, listing):
        path = ROOT / name
        if path.resolve() == Path(__file__).resolve() or not path.is_file():
            continue
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []
