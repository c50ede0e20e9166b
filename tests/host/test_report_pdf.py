"""A page as PDF by an installed browser: which one, with what, and what is said without one."""

import os
import sys
from pathlib import Path

import pytest

from host.cli_helpers import Shell
from host.report_logs import record_log
from preheat.errors import UsageError, VerifyError
from preheat.report import pdf

POSIX = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


@pytest.fixture
def program(tmp_path):
    """A program to take for a browser, from the body of a shell script."""

    def make(body, name="chromium"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return make


PRINTS = 'for a; do case "$a" in --print-to-pdf=*) echo "%PDF-1.4" > "${a#*=}";; esac; done'


@POSIX
def test_a_browser_on_the_path_is_found_and_the_named_one_first(program):
    found, chosen = program("", "microsoft-edge"), program("", "mine")
    environment = {"PATH": str(found.parent)}
    assert pdf.find_browser(environment, "linux") == found
    assert pdf.find_browser({**environment, "PREHEAT_BROWSER": str(chosen)}, "linux") == chosen
    with pytest.raises(UsageError, match="cannot be run"):
        pdf.find_browser({"PREHEAT_BROWSER": "/no/such"}, "linux")


@pytest.mark.parametrize(
    ("system", "root", "place"),
    [("darwin", "HOME", "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
     ("win32", "LocalAppData", "Google/Chrome/Application/chrome.exe"),
     ("win32", "ProgramFiles(x86)", "Microsoft/Edge/Application/msedge.exe")],
)  # fmt: skip
def test_a_browser_in_its_system_s_place_is_found(tmp_path, system, root, place):
    path = tmp_path.joinpath(*place.split("/"))
    path.parent.mkdir(parents=True)
    path.touch()
    environment = {root: str(tmp_path), "PATH": ""}
    assert pdf.find_browser(environment, system) == path
    assert pdf.find_browser({"PATH": "", "HOME": "/no"}, "linux") is None


def test_the_browser_gets_a_profile_of_its_own_and_only_the_page(tmp_path):
    line = pdf.command(Path("chrome"), tmp_path / "a b.html", tmp_path / "a.pdf", tmp_path / "p")
    assert "--headless" in line and f"--user-data-dir={tmp_path / 'p'}" in line
    assert f"--print-to-pdf={tmp_path / 'a.pdf'}" in line
    assert line[-1].startswith("file://") and line[-1].endswith("a%20b.html")


@POSIX
def test_the_pdf_is_taken_from_the_browser(program, tmp_path):
    pdf.print_pdf(tmp_path / "a.html", tmp_path / "a.pdf", program(PRINTS))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


@POSIX
@pytest.mark.parametrize(
    ("body", "words"), [("echo broken >&2; exit 3", "exit code 3: broken"),
                        ("sleep 60 & wait", "not through after 0.5 s")],
)  # fmt: skip
def test_a_browser_that_makes_none_is_told_and_ended(program, tmp_path, body, words):
    with pytest.raises(VerifyError, match=words) as told:
        pdf.print_pdf(tmp_path / "a.html", tmp_path / "a.pdf", program(body), longest_s=0.5)
    assert "Ctrl-P" in told.value.fix
    assert not (tmp_path / "a.pdf").exists()


def test_what_cannot_be_run_or_written_is_told(tmp_path, program):
    with pytest.raises(VerifyError, match="made no PDF"):
        pdf.print_pdf(tmp_path / "a.html", tmp_path / "a.pdf", tmp_path / "no-such-browser")
    if os.name != "nt":
        with pytest.raises(UsageError, match="cannot write"):
            pdf.print_pdf(tmp_path / "a.html", tmp_path / "no" / "a.pdf", program(PRINTS))


@POSIX
def test_report_writes_both_and_without_a_browser_says_how(
    program, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    preheat = Shell(capsys, monkeypatch, tmp_path)
    log = preheat.file("a.plog", record_log())
    monkeypatch.setenv("PREHEAT_BROWSER", str(program(PRINTS)))
    ran = preheat("report", log, "-o", "a.html", "--pdf", "--json")
    assert ran.code == 0 and ran.document["pdf"] == "a.pdf"
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    (tmp_path / "a.html").unlink()
    ran = preheat("report", log, "-o", "a.html", "--pdf")
    assert ran.code == 2 and "print it (Ctrl-P)" in ran.err
    assert (tmp_path / "a.html").exists()


if sys.platform == "linux":

    def test_root_gets_the_option_that_root_needs(tmp_path, monkeypatch):
        for user, wanted in ((0, True), (1000, False)):
            monkeypatch.setattr(os, "geteuid", lambda user=user: user)
            line = pdf.command(Path("chrome"), tmp_path / "a", tmp_path / "b", tmp_path / "c")
            assert ("--no-sandbox" in line) == wanted
