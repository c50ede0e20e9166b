"""A page as PDF, by a browser that is installed: Chrome, Edge or Chromium, in its headless mode.

It gets a profile folder of its own, so that a browser that is open is not disturbed, and a time
limit. PREHEAT_BROWSER names another program.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from preheat.errors import UsageError, VerifyError

LONGEST_S = 90.0
BY_HAND = (
    "open the page in any browser and print it (Ctrl-P): A4 or Letter, background graphics on, "
    "target PDF or paper"
)
_ON_PATH = (
    "google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge",
    "microsoft-edge-stable", "chrome", "msedge",
)  # fmt: skip
_MAC = ("Google Chrome", "Microsoft Edge", "Chromium")
_WINDOWS = (
    ("Google", "Chrome", "Application", "chrome.exe"),
    ("Microsoft", "Edge", "Application", "msedge.exe"),
    ("Chromium", "Application", "chrome.exe"),
)
_WINDOWS_ROOTS = ("ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "LocalAppData")


def find_browser(
    environment: "Mapping[str, str]" = os.environ, system: str = sys.platform
) -> "Path | None":
    """The browser to print with; None where none is found. UsageError where PREHEAT_BROWSER names
    what is no file."""
    chosen = environment.get("PREHEAT_BROWSER")
    if chosen:
        found = shutil.which(chosen, path=environment.get("PATH"))
        if found is None:
            raise UsageError(f"PREHEAT_BROWSER is {chosen}, which cannot be run", BY_HAND)
        return Path(found)
    return next(_installed(environment, system), None)


def _installed(environment: "Mapping[str, str]", system: str) -> Iterator[Path]:
    for name in _ON_PATH:
        found = shutil.which(name, path=environment.get("PATH", ""))
        if found:
            yield Path(found)
    places: list[Path] = []
    if system == "darwin":
        folders = (Path("/Applications"), Path(environment.get("HOME", "/"), "Applications"))
        places = [folder / f"{name}.app" / "Contents" / "MacOS" / name
                  for name in _MAC for folder in folders]  # fmt: skip
    elif system == "win32":
        roots = [environment[name] for name in _WINDOWS_ROOTS if environment.get(name)]
        places = [Path(root, *parts) for parts in _WINDOWS for root in roots]
    yield from (place for place in places if place.is_file())


def command(browser: Path, page: Path, target: Path, profile: Path) -> "list[str]":
    """The browser's command line for one PDF of a page."""
    options = [
        "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
        "--disable-extensions", "--disable-background-networking", "--no-pdf-header-footer",
        f"--user-data-dir={profile}", f"--print-to-pdf={target}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # it refuses to start for root otherwise
        options.append("--no-sandbox")
    return [str(browser), *options, page.absolute().as_uri()]


def print_pdf(
    page: Path, target: Path, browser: "Path | None", longest_s: float = LONGEST_S
) -> None:
    """Write `page` (HTML) as a PDF to `target`.

    UsageError without a browser or where `target` cannot be written; VerifyError where the browser
    made none. Both say how to print by hand; the page is there then all the same.
    """
    if browser is None:
        raise UsageError(f"no Chrome, Edge or Chromium was found to print {page} with", BY_HAND)
    with tempfile.TemporaryDirectory(prefix="preheat-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, "page.pdf")
        why = _run(command(browser, page, made, Path(folder, "profile")), longest_s)
        if not made.is_file() or made.read_bytes()[:5] != b"%PDF-":
            raise VerifyError(f"{browser.name} made no PDF of {page} ({why})", BY_HAND)
        try:
            shutil.copyfile(made, target)
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError(f"cannot write {target}: {why}", "choose another") from error


def _run(line: "list[str]", longest_s: float) -> str:
    """Run the browser; why it may have failed, in a few words."""
    try:
        # It starts processes of its own: in a session of theirs, all can be ended together.
        with subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", start_new_session=os.name != "nt",
        ) as child:  # fmt: skip
            try:
                _, said = child.communicate(timeout=longest_s)
            except subprocess.TimeoutExpired:
                _end(child)
                return f"it was not through after {longest_s:g} s"
    except OSError as error:
        return error.strerror or str(error)
    lines = said.strip().splitlines()
    return f"exit code {child.returncode}" + (f": {lines[-1][:160]}" if lines else "")


def _end(child: "subprocess.Popen[str]") -> None:
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(child.pid)], capture_output=True)
    else:
        import signal

        os.killpg(child.pid, signal.SIGKILL)
